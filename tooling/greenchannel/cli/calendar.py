"""What is owed as a calendar file (RFC 5545) with alarms, for any calendar that imports .ics."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event

from greenchannel.board import Owed
from greenchannel.cli.call import Translate
from greenchannel.domain.vocabulary import Force

_ALARMS = (timedelta(minutes=30), timedelta(minutes=10))
_DAY_BEFORE = timedelta(hours=4)


def calendar(owed: tuple[Owed, ...], now: datetime, authority: str, translate: Translate) -> bytes:
    """One event for each duty with a due time, at that time; `authority` makes its UID unique in the world.

    The UID stays the same from export to export, so that importing again moves an event instead of doubling it.
    """
    whole = Calendar()
    whole.add("prodid", "-//Greenchannel//due//ZH")
    whole.add("version", "2.0")
    for one in owed:
        if one.obligation.due_at is not None and not one.is_settled:
            whole.add_component(_event(one, one.obligation.due_at, now, authority, translate))
    return bytes(whole.to_ical())


def _event(one: Owed, due_at: datetime, now: datetime, authority: str, translate: Translate) -> Event:
    obligation, event = one.obligation, Event()
    event.add("uid", f"{quote(f'{obligation.incident}/{obligation.policy}/{obligation.rule}')}@{authority}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", due_at.astimezone(UTC))
    summary = translate("due: {duty} · {title}").format(duty=obligation.duty.zh, title=one.title)
    event.add("summary", f"[{translate('advice')}] {summary}" if one.advisory else summary)
    lines = (f"{obligation.basis} ({obligation.policy})", one.responsible, one.next_command or "")
    event.add("description", "\n".join(line for line in lines if line))
    event.add("categories", [obligation.duty.zh])
    if not one.advisory and obligation.force is not Force.ADVICE:
        alarms = (*_ALARMS, _DAY_BEFORE) if obligation.within >= timedelta(hours=24) else _ALARMS
        for before in alarms:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", summary)
            alarm.add("trigger", -before)
            event.add_component(alarm)
    return event
