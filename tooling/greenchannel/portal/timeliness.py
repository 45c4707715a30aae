"""How the city kept its time, from the record alone.

On a release and on an incident: when the city learned, by when it owed an answer, under which rule, and how it stood.
On ``/timeliness/``: every duty that was ever owed, counted by month and department, the late ones by name; and the
same as CSV. Nothing is left out: a duty counts once its incident is public, in the month in which it was due.

Everything is told as of the record's own last line, so that a page does not change by waiting.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.moment import Day
from greenchannel.domain.timing import (
    Appearance,
    Late,
    Met,
    Obligation,
    Overdue,
    Pending,
    Standing,
    Undetermined,
    standing,
)
from greenchannel.domain.vocabulary import Clock, Force
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import month_name
from greenchannel.portal.definitions import definitions
from greenchannel.portal.shown import duration, incident_url, local, shown_time
from greenchannel.portal.views.lists import LateDuty, Tally, TimelinessView
from greenchannel.portal.views.parts import DutyView, Frame, Link, Row, Time
from greenchannel.record.events import PublicRelease

CSV_PATH = "timeliness/timeliness.csv"


class _Owed(Struct, frozen=True):
    obligation: Obligation
    standing: Standing
    title: str
    department: str


def incident_duties(catalogue: Catalogue, identifier: str) -> tuple[DutyView, ...]:
    return tuple(_view(catalogue, one) for one in _of_incident(catalogue, identifier))


def release_duties(catalogue: Catalogue, release: PublicRelease) -> tuple[DutyView, ...]:
    """The duties that this release was the first to meet, in time or late."""
    return tuple(
        _view(catalogue, one)
        for one in _of_incident(catalogue, release.current.event["incident"]["id"])
        if isinstance(one.standing, Met | Late) and one.standing.by == release.id
    )


def page(catalogue: Catalogue) -> tuple[str, TimelinessView]:
    every = tuple(_all(catalogue))
    until = catalogue.state.last_at
    root, policy, say = catalogue.settings.root, catalogue.say(catalogue.policy.title), catalogue.say
    names = {one.department: catalogue.department_name(one.department) for one in every}
    return "timeliness.html", TimelinessView(
        frame=Frame(
            title=say("回应时效"),
            description=say("各项回应时限的履行情况，按月份和部门统计，逾时事项逐项列明"),
            url=f"{catalogue.home}timeliness/",
            crumbs=(),
            column_type="数据发布",
        ),
        as_of=shown_time(catalogue, until) if until else Time("—", ""),
        policy=policy,
        total=_tally(Link(say("合计"), ""), every),
        months=tuple(
            _tally(Link(month_name(catalogue, month), ""), members)
            for month, members in sorted(_grouped(every, lambda one: _month(catalogue, one)).items(), reverse=True)
        ),
        departments=tuple(
            _tally(Link(names[key], f"{root}departments/{key}/"), members)
            for key, members in sorted(_grouped(every, lambda one: one.department).items())
        ),
        late=tuple(_late(catalogue, one) for one in every if isinstance(one.standing, Late | Overdue | Undetermined)),
        definitions=definitions(catalogue),
        csv=Link(say("下载全部数据（CSV）"), f"{root}{CSV_PATH}"),
    )


def glance(catalogue: Catalogue) -> tuple[Row, ...]:
    """The whole in four figures, for the home page; empty before anything was owed."""
    total, say = _tally(Link(catalogue.say("合计"), ""), _all(catalogue)), catalogue.say
    if not total.owed or catalogue.state.last_at is None:
        return ()
    return (
        Row(say("按时率"), total.rate),
        Row(say("应履行"), say("%(count)s 项", count=total.owed)),
        Row(say("逾时或未履行"), say("%(count)s 项", count=total.excused + total.late + total.missed)),
        Row(say("数据截至"), shown_time(catalogue, catalogue.state.last_at).text),
    )


def table(catalogue: Catalogue) -> bytes:
    """Every duty as a row, with Chinese captions; a byte order mark, so that spreadsheets read it as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("事件", "事件名称", "牵头部门", "职责", "依据规则", "力度", "起算", "起算时间", "时限", "履行时间", "结果",
         "秒数", "原因", "说明")
    )  # fmt: skip
    for one in _all(catalogue):
        writer.writerow(tuple(_harmless(cell) for cell in _csv_row(catalogue, one)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet; an apostrophe keeps it text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _csv_row(catalogue: Catalogue, one: _Owed) -> tuple[str, ...]:
    obligation, how = one.obligation, one.standing
    at = local(catalogue, how.at).isoformat() if isinstance(how, Met | Late) else ""
    seconds = {Met: "margin", Late: "late", Overdue: "late", Pending: "left"}.get(type(how))
    return (
        obligation.incident,
        one.title,
        catalogue.department_name(one.department),
        obligation.duty.zh,
        f"{obligation.policy}/{obligation.rule}",
        obligation.force.zh,
        obligation.clock.zh if obligation.clock else "",
        shown_time(catalogue, obligation.started).iso if obligation.started else "",
        local(catalogue, obligation.due_at).isoformat() if obligation.due_at else "",
        at,
        _result(obligation, how),
        str(int(getattr(how, seconds).total_seconds())) if seconds else "",
        how.reason or "" if isinstance(how, Late) else "",
        how.doubt.zh if isinstance(how, Undetermined) else "",
    )


def _all(catalogue: Catalogue) -> Iterator[_Owed]:
    for members in _by_incident(catalogue.original or catalogue).values():
        yield from members


def _of_incident(catalogue: Catalogue, identifier: str) -> tuple[_Owed, ...]:
    return _by_incident(catalogue.original or catalogue)[identifier]


@lru_cache(maxsize=1)  # Releases, incidents, home pages and the table ask the same, in both languages.
def _by_incident(catalogue: Catalogue) -> dict[str, tuple[_Owed, ...]]:
    appearances = catalogue.state.appearances(catalogue.settings.zone)
    return {one: tuple(_owed(catalogue, one, appearances[one])) for one in sorted(appearances)}


def _owed(catalogue: Catalogue, identifier: str, appearances: tuple[Appearance, ...]) -> Iterator[_Owed]:
    """The duties of an incident but for mere advice, as they stood at the record's last line."""
    until = catalogue.state.last_at
    incident = catalogue.incident(identifier)
    for one in catalogue.known.obligations(incident, catalogue.policy, appearances):
        if one.force is not Force.ADVICE and until is not None:
            yield _Owed(one, standing(one, appearances, until), incident.title, incident.lead)


def _view(catalogue: Catalogue, one: _Owed) -> DutyView:
    obligation, how = one.obligation, one.standing
    outcome, state = _outcome(catalogue, obligation, how)
    return DutyView(
        duty=catalogue.term(obligation.duty),
        due=shown_time(catalogue, obligation.due_at) if obligation.due_at else Time(catalogue.say("不能判定"), ""),
        clock=_clock(catalogue, obligation),
        answered=shown_time(catalogue, how.at) if isinstance(how, Met | Late) else None,
        basis=catalogue.say(
            "%(basis)s（%(policy)s）", basis=obligation.basis, policy=catalogue.say(catalogue.policy.title)
        ),
        force=catalogue.term(obligation.force),
        outcome=outcome,
        state=state,
    )


def _clock(catalogue: Catalogue, obligation: Obligation) -> str:
    """When the city learned, as the policy counts it."""
    if obligation.clock is None or obligation.started is None:
        return catalogue.say("起算时间未填写")
    say = catalogue.say
    words = {
        Clock.OCCURRED: say("事件发生"),
        Clock.DETECTED: say("本市发现此事"),
        Clock.CLAIMED: say("责任部门认领此事"),
        Clock.REPORTED_UP: say("向上级报告"),
        Clock.PUBLISHED: say("上次发布"),
    }
    day = say("（只知当日）") if isinstance(obligation.started, Day) else ""
    text = f"{shown_time(catalogue, obligation.started).text}{day} {words[obligation.clock]}"
    if obligation.stood_in_for is None:
        return text
    return say("%(text)s（未记录%(clock)s，以此代）", text=text, clock=catalogue.term(obligation.stood_in_for))


def _outcome(catalogue: Catalogue, obligation: Obligation, how: Standing) -> tuple[str, str]:
    say = catalogue.say
    match how:
        case Met():
            return say("按时履行，比时限提前%(duration)s", duration=duration(catalogue, how.margin)), "met"
        case Late(reason=reason) if reason and obligation.force is Force.PRINCIPLE:
            late = duration(catalogue, how.late)
            return say("逾时%(duration)s，已说明原因：%(reason)s", duration=late, reason=reason), "late"
        case Late():
            return say("逾时%(duration)s", duration=duration(catalogue, how.late)), "late"
        case Overdue():
            # By how much would change the page with every line of the record.
            return say("已过时限，尚未履行"), "late"
        case Pending():
            return say("尚在时限内"), "open"
        case Undetermined(doubt=doubt, strict=strict, lenient=lenient):
            readings = [
                say("%(reading)s：%(outcome)s", reading=name, outcome=_outcome(catalogue, obligation, reading)[0])
                for name, reading in ((say("从严计"), strict), (say("从宽计"), lenient))
                if reading is not None
            ]
            unknown = say("不能判定（%(doubt)s）", doubt=catalogue.term(doubt))
            return say("；").join((unknown, *readings)), "unknown"


def _result(obligation: Obligation, how: Standing) -> str:
    match how:
        case Met():
            return "按时"
        case Late(reason=reason):
            return "逾时（已说明原因）" if reason and obligation.force is Force.PRINCIPLE else "逾时"
        case Overdue():
            return "逾时未履行"
        case Pending():
            return "尚在时限内"
        case Undetermined():
            return "不能判定"


def _tally(name: Link, members: Iterable[_Owed]) -> Tally:
    results = [_result(one.obligation, one.standing) for one in members]
    met, excused = results.count("按时"), results.count("逾时（已说明原因）")
    late, missed = results.count("逾时"), results.count("逾时未履行")
    decided = met + excused + late + missed
    return Tally(
        name=name,
        owed=len(results),
        met=met,
        excused=excused,
        late=late,
        missed=missed,
        pending=results.count("尚在时限内"),
        undetermined=results.count("不能判定"),
        rate=f"{100 * met / decided:.1f}%" if decided else "—",
    )


def _grouped(members: Iterable[_Owed], key: Callable[[_Owed], str]) -> dict[str, list[_Owed]]:
    groups: dict[str, list[_Owed]] = {}
    for one in members:
        groups.setdefault(key(one), []).append(one)
    return groups


def _month(catalogue: Catalogue, one: _Owed) -> str:
    """The month in which it was due; where that is not known, the month in which the incident became public."""
    released = (release.first_at for release in catalogue.of_incident(one.obligation.incident))
    moment = one.obligation.due_at or min(released, default=None) or catalogue.state.last_at
    if moment is None:  # Nothing is owed before the record has a line.
        raise GreenchannelError("{incident}: its duties have no time", incident=one.obligation.incident)
    return f"{local(catalogue, moment):%Y-%m}"


def _late(catalogue: Catalogue, one: _Owed) -> LateDuty:
    view = _view(catalogue, one)
    return LateDuty(
        incident=Link(_title(catalogue, one.obligation.incident), incident_url(catalogue, one.obligation.incident)),
        department=catalogue.department_name(one.department),
        duty=view.duty,
        due=view.due,
        answered=view.answered,
        outcome=view.outcome,
    )


def _title(catalogue: Catalogue, incident: str) -> str:
    return catalogue.title(catalogue.state.incidents[incident])
