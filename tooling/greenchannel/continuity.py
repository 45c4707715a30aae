"""A site is never taken back: what its own copy of the record tells, releases/ must tell, too.

Where releases/ is lost, or came back from an old backup, a build would take from readers what they have, and a
publication would begin a second record. The copy that is compared is the one in site/; where there is none, it is a
first build. Receipts do not count: a lost one takes nothing from anybody, and the next build writes it again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greenchannel.delivery.record import PUBLIC, read_record
from greenchannel.delivery.writing import forget_file
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.record.canonical import read_canonical
from greenchannel.record.verification import LEDGER


def refuse_older_record(settings: Settings) -> None:
    """Raises GreenchannelError where the site tells what the record does not; LedgerDamagedError as `read_record`."""
    # In this order: a publisher beside us adds to the record first.
    shown, kept = _bytes(_copy(settings)), _bytes(settings.releases / LEDGER)
    if kept.startswith(shown):
        return
    known = {_told(one) for one in read_record(settings.releases).events}
    events = (read_canonical(line) for line in shown.splitlines())
    lost = [one for one in events if one and one.get("event") != "visible" and _told(one) not in known]
    if lost:
        raise GreenchannelError(
            "{path} tells of {count} publication(s), corrections or withdrawals that releases/ does not have, the last "
            "of {release} at {at}; nothing was changed. Restore releases/ from its newest backup. If the public is to "
            "lose them: greenchannel build --older-record",
            path=_copy(settings),
            count=len(lost),
            release=lost[-1].get("id", ""),
            at=lost[-1].get("at", ""),
        )


def accept_older_record(settings: Settings) -> None:
    """The next build compares with nothing."""
    forget_file(_copy(settings))


def _copy(settings: Settings) -> Path:
    return settings.site / PUBLIC / LEDGER


def _told(event: Mapping[str, Any]) -> tuple[object, ...]:  # Any: JSON
    return tuple(str(event.get(key)) for key in ("event", "id", "revision", "sha256"))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
