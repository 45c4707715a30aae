"""Calendar files (RFC 5545). The only module that knows the library; the same entries give the same bytes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from icalendar import Alarm as Component
    from icalendar import Event


class Alarm(Struct, frozen=True, kw_only=True):
    before: timedelta
    text: str


class Entry(Struct, frozen=True, kw_only=True):
    """`stamp` is when it was last written; `sequence` grows with each change. What is empty is left out."""

    uid: str
    stamp: datetime
    start: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    contact: str = ""
    status: str = ""
    sequence: int | None = None
    categories: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()


def calendar_file(product: str, entries: Iterable[Entry]) -> bytes:
    from icalendar import Calendar  # noqa: PLC0415  # A build without a conference waits for no library.

    whole = Calendar()
    whole.add("prodid", product)
    whole.add("version", "2.0")
    for one in entries:
        whole.add_component(_event(one))
    return bytes(whole.to_ical())


def _event(one: Entry) -> "Event":
    from icalendar import Event  # noqa: PLC0415  # See above.

    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.stamp.astimezone(UTC))
    event.add("dtstart", one.start.astimezone(UTC))
    texts = {"description": one.description, "location": one.location, "url": one.url, "contact": one.contact}
    for name, text in {"summary": one.summary, **texts, "status": one.status}.items():
        if text:
            event.add(name, text)
    if one.sequence is not None:
        event.add("sequence", one.sequence)
    if one.categories:
        event.add("categories", list(one.categories))
    for alarm in one.alarms:
        event.add_component(_alarm(alarm))
    return event


def _alarm(one: Alarm) -> "Component":
    from icalendar import Alarm as Component  # noqa: PLC0415  # See above.

    alarm = Component()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one.text)
    alarm.add("trigger", -one.before)
    return alarm
