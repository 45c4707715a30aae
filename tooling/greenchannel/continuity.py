"""A site is never taken back: what its own copy of the record tells, releases/ must tell, too.

Where releases/ is lost, or came back from an old backup, a build would take from readers what they have, and a
publication would begin a second record. The copy that is compared is the one in site/; where there is none, it is a
first build, and a place of which we remember what it got takes only what goes on from there. Receipts do not count in
site/: a lost one takes nothing from anybody, and the next build writes it again.
"""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

from greenchannel.delivery.record import PUBLIC, read_record
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.record.canonical import read_canonical
from greenchannel.record.verification import LEDGER

_AT_ONCE = 262_144  # bytes


def refuse_older_record(settings: Settings) -> None:
    """Raises GreenchannelError where the site tells what the record does not; LedgerDamagedError as `read_record`."""
    if error := older_record(settings):
        raise error


def older_record(settings: Settings) -> GreenchannelError | None:
    """What `refuse_older_record` raises, for who only looks."""
    # In this order: a publisher beside us adds to the record first.
    if _is_beginning(_copy(settings), settings.releases / LEDGER):
        return None
    shown, known = _bytes(_copy(settings)), {_told(one) for one in read_record(settings.releases).events}
    events = (read_canonical(line) for line in shown.splitlines())
    lost = [one for one in events if one and one.get("event") != "visible" and _told(one) not in known]
    if lost:
        return GreenchannelError(
            "{path} tells of {count} publication(s), corrections or withdrawals that releases/ does not have, the last "
            "of {release} at {at}; nothing was changed. Restore releases/ from its newest backup. If the public is to "
            "lose them: greenchannel build --older-record",
            path=_copy(settings),
            count=len(lost),
            release=lost[-1].get("id", ""),
            at=lost[-1].get("at", ""),
        )
    return None


def _is_beginning(path: Path, of: Path) -> bool:
    """Whether one file is how the other one begins. A missing one begins with nothing."""
    with ExitStack() as opened:
        shown, kept = (opened.enter_context(one.open("rb")) if one.exists() else BytesIO() for one in (path, of))
        while data := shown.read(_AT_ONCE):  # In pieces: memory for all of it takes longer than to read it.
            if kept.read(len(data)) != data:
                return False
    return True


def is_beginning(digest: str, ledger: bytes) -> bool:
    """Whether some beginning of the ledger, in whole lines, has that SHA-256: a copy of it that is only behind."""
    return _after(digest, ledger) is not None


def lacks_news(settings: Settings, digest: str) -> bool:
    """Whether the record tells more than receipts that a copy of its ledger with that SHA-256 does not tell.

    Something that is no copy of it, or no copy at all, tells nothing.
    """
    ledger = _bytes(settings.releases / LEDGER)
    rest = _after(digest, ledger)
    events = (read_canonical(line) for line in (ledger if rest is None else rest).splitlines())
    return any(one and one.get("event") != "visible" for one in events)


def _after(digest: str, ledger: bytes) -> bytes | None:
    """What is behind the beginning, in whole lines, with that SHA-256; None: there is no such beginning."""
    total, length = hashlib.sha256(), 0
    for line in ledger.splitlines(keepends=True):
        total.update(line)
        length += len(line)
        if total.hexdigest() == digest:
            return ledger[length:]
    return None


def _copy(settings: Settings) -> Path:
    return settings.site / PUBLIC / LEDGER


def _told(event: Mapping[str, Any]) -> tuple[object, ...]:  # Any: JSON
    return tuple(str(event.get(key)) for key in ("event", "id", "revision", "sha256"))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
