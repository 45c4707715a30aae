"""What is owed as a calendar file with alarms, for any calendar that imports .ics."""

from datetime import datetime, timedelta
from urllib.parse import quote

from greenchannel.board import Owed
from greenchannel.cli.call import Translate
from greenchannel.domain.vocabulary import Force
from greenchannel.portal.calendar_file import Alarm, Entry, calendar_file

_ALARMS = (timedelta(minutes=30), timedelta(minutes=10))
_DAY_BEFORE = timedelta(hours=4)


def calendar(owed: tuple[Owed, ...], now: datetime, authority: str, translate: Translate) -> bytes:
    """One event for each duty with a due time, at that time; `authority` makes its UID unique in the world.

    The UID stays the same from export to export, so that importing again moves an event instead of doubling it.
    """
    entries = (
        _entry(one, one.obligation.due_at, now, authority, translate)
        for one in owed
        if one.obligation.due_at is not None and not one.is_settled
    )
    return calendar_file("-//Greenchannel//due//ZH", entries)


def _entry(one: Owed, due_at: datetime, now: datetime, authority: str, translate: Translate) -> Entry:
    obligation = one.obligation
    summary = translate("due: {duty} · {title}").format(duty=obligation.duty.zh, title=one.title)
    lines = (f"{obligation.basis} ({obligation.policy})", one.responsible, one.next_command or "")
    alarms: tuple[timedelta, ...] = ()
    if not one.advisory and obligation.force is not Force.ADVICE:
        alarms = (*_ALARMS, _DAY_BEFORE) if obligation.within >= timedelta(hours=24) else _ALARMS
    return Entry(
        uid=f"{quote(f'{obligation.incident}/{obligation.policy}/{obligation.rule}')}@{authority}",
        stamp=now,
        start=due_at,
        summary=f"[{translate('advice')}] {summary}" if one.advisory else summary,
        description="\n".join(line for line in lines if line),
        categories=(obligation.duty.zh,),
        alarms=tuple(Alarm(before=before, text=summary) for before in alarms),
    )
