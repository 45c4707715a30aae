"""One of several publishers: releases every fourth text of a crowd, one by one, and builds the site now and then.

``python tests/publisher.py HOME 0/4``; it says that it is ready and waits for a line. With a third argument the lock is
taken from it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from greenchannel import building
from greenchannel.delivery import record
from greenchannel.delivery.record import Submission
from greenchannel.desk.document import Newsroom
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.release import Release
from greenchannel.opening import open_desk
from greenchannel.record.approval import Approval, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.gate import candidate

BY = "li-si"
BUILD_AFTER = 25


def approval_of(newsroom: Newsroom, release: Release) -> bytes:
    one = candidate(release, newsroom.incidents[release.incident], State())
    return write_approval(
        Approval(
            release=release.id,
            sha256=sha256(one.text),
            incident_sha256=sha256(one.incident_text),
            author=release.author,
            by=BY,
            at=datetime.now(UTC) - timedelta(minutes=1),
        )
    )


def clock() -> datetime:
    return datetime.now(UTC).astimezone()


def publish(settings: Settings, part: int, parts: int) -> int:
    """How many were released."""
    desk = open_desk(settings, clock())
    newsroom, released = desk.newsroom, 0
    for number, one in enumerate(sorted(newsroom.releases.values(), key=lambda one: one.id)[part::parts], 1):
        incident = newsroom.incidents[one.incident]
        submission = Submission(
            make=lambda state, one=one, incident=incident: candidate(one, incident, state),  # type: ignore[misc]
            approval=approval_of(newsroom, one),
            errors=desk.errors_of((one.id, one.incident)),
        )
        (decision,) = record.release(settings.releases, [submission], newsroom.registry, clock, dry_run=False)
        released += decision.event is not None
        if number % BUILD_AFTER == 0:
            building.build(settings, clock)
    building.build(settings, clock)
    return released


@contextmanager
def lock_taken_away() -> Iterator[None]:
    with patch.object(record, "locked", nullcontext):
        yield


def main(argv: list[str]) -> int:
    home, share, *unlocked = argv
    part, parts = (int(one) for one in share.split("/"))
    settings = read_settings(Path(home))
    print("ready", flush=True)  # noqa: T201  # Whoever starts us waits for it.
    sys.stdin.readline()
    with lock_taken_away() if unlocked else nullcontext():
        print(publish(settings, part, parts), flush=True)  # noqa: T201  # The answer.
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
