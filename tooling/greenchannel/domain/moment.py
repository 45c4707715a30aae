"""When something happened, as precisely as it is known: to the instant, or only to the day.

A day is a value of its own and no midnight: whoever asks for one instant of it must say which, the earliest or the
latest. All instants are aware; a day is read with the newsroom's offset.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timezone


@dataclass(frozen=True, slots=True)
class Day:
    """A time that is known to the day only, by the calendar of a `zone`."""

    day: date
    zone: timezone

    def __str__(self) -> str:
        return self.day.isoformat()


Moment = datetime | Day


def earliest(moment: Moment) -> datetime:
    return datetime.combine(moment.day, time.min, moment.zone) if isinstance(moment, Day) else moment


def latest(moment: Moment) -> datetime:
    """The last second of a day: limits are exact to the second."""
    return datetime.combine(moment.day, time(23, 59, 59), moment.zone) if isinstance(moment, Day) else moment


def moment_text(moment: Moment) -> str:
    """RFC 3339: ``2026-11-20`` for a day, ``2026-11-20T08:31:00+08:00`` for an instant."""
    return str(moment) if isinstance(moment, Day) else moment.isoformat()


def read_moment(text: str, zone: timezone) -> Moment:
    """Raises ValueError for what is neither a date nor a time with an offset."""
    if "T" not in text and len(text) <= len("2026-11-20"):
        return Day(date.fromisoformat(text), zone)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment
