"""How the city kept its time, from the record alone.

On a release and on an incident: when the city learned, by when it owed an answer, under which rule, and how it stood.
On ``/timeliness/``: every duty that was ever owed, counted by month and department, the late ones by name; and the
same as CSV. Nothing is left out: a duty counts once its incident is public, in the month in which it was due.

Everything is told as of the record's own last line, so that a page does not change by waiting.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

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
    obligations,
    standing,
)
from greenchannel.domain.vocabulary import Clock, Duty, Force
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import incident_url, local, shown_time
from greenchannel.portal.views import DutyView, Frame, LateDuty, Link, Row, Tally, Time, TimelinessView
from greenchannel.record.events import PublicRelease

CSV_PATH = "timeliness/timeliness.csv"
_MET_BY = {
    Duty.FACT: "首次公开可见的事实发布",
    Duty.CONFERENCE: "实际召开新闻发布会（预告不算）",
    Duty.RESPONSE: "首次公开可见的回应，或实际召开新闻发布会",
}


@dataclass(frozen=True, slots=True)
class _Owed:
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
    root, policy = catalogue.settings.root, catalogue.policy
    names = {one.department: catalogue.department_name(one.department) for one in every}
    return "timeliness.html", TimelinessView(
        frame=Frame(
            title="回应时效",
            description="各项回应时限的履行情况，按月份和部门统计，逾时事项逐项列明",
            url=f"{root}timeliness/",
            crumbs=(),
            column_type="数据发布",
        ),
        as_of=shown_time(catalogue, until) if until else Time("—", ""),
        policy=policy.title,
        total=_tally(Link("合计", ""), every),
        months=tuple(
            _tally(Link(f"{month[:4]}年{int(month[5:])}月", ""), members)
            for month, members in sorted(_grouped(every, lambda one: _month(catalogue, one)).items(), reverse=True)
        ),
        departments=tuple(
            _tally(Link(names[key], f"{root}departments/{key}/"), members)
            for key, members in sorted(_grouped(every, lambda one: one.department).items())
        ),
        late=tuple(_late(catalogue, one) for one in every if isinstance(one.standing, Late | Overdue | Undetermined)),
        definitions=_definitions(policy.title),
        csv=Link("下载全部数据（CSV）", f"{root}{CSV_PATH}"),
    )


def glance(catalogue: Catalogue) -> tuple[Row, ...]:
    """The whole in four figures, for the home page; empty before anything was owed."""
    total = _tally(Link("合计", ""), _all(catalogue))
    if not total.owed or catalogue.state.last_at is None:
        return ()
    return (
        Row("按时率", total.rate),
        Row("应履行", f"{total.owed} 项"),
        Row("逾时或未履行", f"{total.excused + total.late + total.missed} 项"),
        Row("数据截至", shown_time(catalogue, catalogue.state.last_at).text),
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
    for members in _by_incident(catalogue).values():
        yield from members


def _of_incident(catalogue: Catalogue, identifier: str) -> tuple[_Owed, ...]:
    return _by_incident(catalogue)[identifier]


@lru_cache(maxsize=1)  # Releases, incidents, the home page and the table ask the same of one catalogue.
def _by_incident(catalogue: Catalogue) -> dict[str, tuple[_Owed, ...]]:
    appearances = catalogue.state.appearances(catalogue.settings.zone)
    return {one: tuple(_owed(catalogue, one, appearances[one])) for one in sorted(appearances)}


def _owed(catalogue: Catalogue, identifier: str, appearances: tuple[Appearance, ...]) -> Iterator[_Owed]:
    """The duties of an incident but for mere advice, as they stood at the record's last line."""
    until = catalogue.state.last_at
    incident = catalogue.incident(identifier)
    for one in obligations(incident, catalogue.policy, appearances):
        if one.force is not Force.ADVICE and until is not None:
            yield _Owed(one, standing(one, appearances, until), incident.title, incident.lead)


def _view(catalogue: Catalogue, one: _Owed) -> DutyView:
    obligation, how = one.obligation, one.standing
    outcome, state = _outcome(obligation, how)
    return DutyView(
        duty=obligation.duty.zh,
        due=shown_time(catalogue, obligation.due_at) if obligation.due_at else Time("不能判定", ""),
        clock=_clock(catalogue, obligation),
        answered=shown_time(catalogue, how.at) if isinstance(how, Met | Late) else None,
        basis=f"{obligation.basis}（{catalogue.policy.title}）",
        force=obligation.force.zh,
        outcome=outcome,
        state=state,
    )


def _clock(catalogue: Catalogue, obligation: Obligation) -> str:
    """When the city learned, as the policy counts it."""
    if obligation.clock is None or obligation.started is None:
        return "起算时间未填写"
    words = {
        Clock.OCCURRED: "事件发生",
        Clock.DETECTED: "本市发现此事",
        Clock.CLAIMED: "责任部门认领此事",
        Clock.REPORTED_UP: "向上级报告",
        Clock.PUBLISHED: "上次发布",
    }
    day = "（只知当日）" if isinstance(obligation.started, Day) else ""
    text = f"{shown_time(catalogue, obligation.started).text}{day} {words[obligation.clock]}"
    return f"{text}（未记录{obligation.stood_in_for.zh}，以此代）" if obligation.stood_in_for else text


def _outcome(obligation: Obligation, how: Standing) -> tuple[str, str]:
    match how:
        case Met():
            return f"按时履行，比时限提前{_duration(how.margin)}", "met"
        case Late(reason=reason) if reason and obligation.force is Force.PRINCIPLE:
            return f"逾时{_duration(how.late)}，已说明原因：{reason}", "late"
        case Late():
            return f"逾时{_duration(how.late)}", "late"
        case Overdue():
            # By how much would change the page with every line of the record.
            return "已过时限，尚未履行", "late"
        case Pending():
            return "尚在时限内", "open"
        case Undetermined(doubt=doubt, strict=strict, lenient=lenient):
            readings = [
                f"{name}：{_outcome(obligation, reading)[0]}"
                for name, reading in (("从严计", strict), ("从宽计", lenient))
                if reading is not None
            ]
            return "；".join((f"不能判定（{doubt.zh}）", *readings)), "unknown"


def _result(obligation: Obligation, how: Standing) -> str:
    match how:
        case Met():
            return "按时"
        case Late(reason=reason):
            return "逾时（已说明原因）" if reason and obligation.force is Force.PRINCIPLE else "逾时"
        case Overdue():
            return "超时未履行"
        case Pending():
            return "尚在时限内"
        case Undetermined():
            return "不能判定"


def _duration(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    if not minutes:
        return f"{seconds}秒"
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "天"), (hours, "小时"), (rest, "分"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _tally(name: Link, members: Iterable[_Owed]) -> Tally:
    results = [_result(one.obligation, one.standing) for one in members]
    met, excused = results.count("按时"), results.count("逾时（已说明原因）")
    late, missed = results.count("逾时"), results.count("超时未履行")
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
    moment = one.obligation.due_at or min(
        release.first_at for release in catalogue.of_incident(one.obligation.incident)
    )
    return f"{local(catalogue, moment):%Y-%m}"


def _late(catalogue: Catalogue, one: _Owed) -> LateDuty:
    view = _view(catalogue, one)
    return LateDuty(
        incident=Link(one.title, incident_url(catalogue, one.obligation.incident)),
        department=catalogue.department_name(one.department),
        duty=view.duty,
        due=view.due,
        answered=view.answered,
        outcome=view.outcome,
    )


def _definitions(policy: str) -> tuple[Row, ...]:
    met_by = "；".join(f"{duty.zh}：{text}" for duty, text in _MET_BY.items())
    return (
        Row("统计范围", f"已公开的全部事件，按《{policy}》应履行的每一项职责；建议性要求不计。"),
        Row("履行时间", f"{met_by}。以系统回读到公开页面的时间为准。"),
        Row("按时", "履行时间不晚于时限；恰在时限的，算按时。"),
        Row("逾时（已说明原因）", "“原则上”的时限之后履行，并公开说明了原因。"),
        Row("逾时", "时限之后履行。"),
        Row("超时未履行", "截至本页数据时间，时限已过而尚未履行。"),
        Row("不能判定", "起算时间或召开时间只精确到日或未记录，从严与从宽计算结果不同。"),
        Row("按时率", "按时 ÷（按时＋逾时＋超时未履行）；已说明原因的逾时仍计为逾时，尚在时限内和不能判定的不计。"),
        Row("月份", "以时限所在月份计。"),
    )
