"""The file of heartbeats in releases/: a new one, once a day, and those that the site shows."""

from collections.abc import Callable
from datetime import datetime

from greenchannel.delivery.record import read_record
from greenchannel.delivery.writing import locked, write_file
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.record.heartbeat import HEARTBEAT, Beat, read_beats, write_beats


def shown_beats(settings: Settings) -> tuple[Beat, ...]:
    """Oldest first; none while the heartbeat is off."""
    return _beats(settings) if settings.heartbeat else ()


def beat(settings: Settings, clock: Callable[[], datetime]) -> bool:
    """Adds today's. False where it is there; the day is that of the newsroom.

    Raises GreenchannelError where the heartbeat is off or the clock is behind the last one.
    """
    if not settings.heartbeat:
        raise GreenchannelError("the heartbeat is off; set heartbeat: true under extra.greenchannel in mkdocs.yml")
    with locked(settings.releases):
        beats, now = _beats(settings), clock()
        if beats and now < beats[-1].at:
            at = beats[-1].at.isoformat()
            raise GreenchannelError("this machine's clock is behind the last heartbeat ({at}): set it right", at=at)
        if beats and now.date() == beats[-1].at.astimezone(settings.zone).date():
            return False
        sequence = read_record(settings.releases).state.entries
        write_file(settings.releases / HEARTBEAT, write_beats((*beats, Beat(now, sequence))))
    return True


def _beats(settings: Settings) -> tuple[Beat, ...]:
    path = settings.releases / HEARTBEAT
    return read_beats(path.read_bytes()) if path.is_file() else ()
