"""Catalogue -> views: which pages there are, at which address, and what each shows.

Public addresses are a contract with readers and are only ever added to. A release's address is its id, minted once.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from greenchannel.domain.moment import read_moment
from greenchannel.domain.registry import Expert
from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass, ReleaseType, Verdict
from greenchannel.portal import revisions, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import (
    attached,
    card_of,
    feed_link,
    incident_url,
    local,
    notice,
    release_url,
    shown_time,
)
from greenchannel.portal.views import (
    Card,
    DirectoryView,
    FeedLink,
    Frame,
    HomeView,
    IncidentView,
    Link,
    ListView,
    PageView,
    PlainView,
    ReleaseView,
    Row,
    SiteFrame,
)
from greenchannel.record.events import PublicRelease

_COLUMN = 100  # releases on a column page; older ones stand in the month archives
_HOME = 6
_SERIOUS = (IncidentClass.PARTICULARLY_SERIOUS, IncidentClass.SERIOUS)
Page = tuple[str, PageView]


def site_frame(catalogue: Catalogue) -> SiteFrame:
    settings, root = catalogue.settings, catalogue.settings.root
    menu = (
        Link("首页", root),
        *(Link(one.zh, f"{root}types/{one.value}/") for one in ReleaseType),
        Link("部门", f"{root}departments/"),
        Link("专家库", f"{root}experts/"),
        Link("回应时效", f"{root}timeliness/"),
        Link("订阅", f"{root}subscribe/"),
        Link("工作手册", f"{root}handbook/"),
    )
    return SiteFrame(
        name=settings.name,
        organisation=settings.organisation,
        url=settings.url,
        root=root,
        menu=menu,
        footer=tuple(Row(label, value) for label, value in settings.footer),
        feeds=(feed_link(catalogue, "全部发布", "all"),),
        site_id_code=settings.site_id_code,
        domain=settings.url.split("/")[2],
    )


def release_pages(catalogue: Catalogue) -> Iterator[Page]:
    for identifier in sorted(catalogue.state.incidents):
        timeline = catalogue.of_incident(identifier)
        for index, release in enumerate(timeline):
            older = timeline[index + 1] if index + 1 < len(timeline) else None
            newer = timeline[index - 1] if index else None
            for view in revisions.pages(catalogue, release):
                yield "revision.html", view
            yield "release.html", _release(catalogue, release, older, newer)
        yield "incident.html", _incident(catalogue, identifier, timeline)


def list_pages(catalogue: Catalogue) -> Iterator[Page]:
    """Lists after what they name, the home page last."""
    root = catalogue.settings.root
    experts = catalogue.grouped(lambda one: one.current.event.get("expert", ""))
    for expert in _public_experts(catalogue):
        rows: tuple[Row, ...] = (
            Row("研究领域", expert.field),
            Row("单位", expert.affiliation),
            Row("职称", expert.title),
        )
        yield _list(catalogue, f"experts/{expert.id}/", expert.name, experts.get(expert.id, ()), rows=rows)
    for month, members in catalogue.grouped(lambda one: f"{local(catalogue, one.first_at):%Y/%m}").items():
        year, number = month.split("/")
        yield _list(catalogue, f"archive/{month}/", f"{year}年{int(number)}月", members, limit=None)
    for identifier, department in sorted(catalogue.registry.departments.items()):
        members = catalogue.grouped(lambda one: one.current.event["department"]).get(identifier, ())
        rows = (Row("职责", department.duty), Row("电话", department.phone))
        path = f"departments/{identifier}/"
        yield _list(catalogue, path, department.name, members, rows=rows, feed=f"departments/{identifier}")
    for category in Category:
        members = catalogue.grouped(lambda one: one.current.event["incident"]["category"]).get(category.value, ())
        yield _list(
            catalogue, f"categories/{category.value}/", category.zh, members, feed=f"categories/{category.value}"
        )
    for kind in ReleaseType:
        members = catalogue.grouped(lambda one: one.current.event["type"]).get(kind.value, ())
        yield _list(catalogue, f"types/{kind.value}/", kind.zh, members, feed=f"types/{kind.value}")
    yield timeliness.page(catalogue)
    yield "directory.html", _departments(catalogue)
    yield "directory.html", _experts(catalogue, root)
    yield "home.html", _home(catalogue)


def not_found(catalogue: Catalogue) -> Page:
    frame = Frame(
        title="没有找到页面", description="请从首页或部门列表查找", url=f"{catalogue.settings.root}404/", crumbs=()
    )
    return "not-found.html", PlainView(frame=frame)


def _release(
    catalogue: Catalogue, release: PublicRelease, older: PublicRelease | None, newer: PublicRelease | None
) -> ReleaseView:
    card = card_of(catalogue, release)
    history = revisions.history(catalogue, release)
    frame = Frame(
        title=card.title,
        description=card.summary,
        url=card.url,
        crumbs=(card.incident,),
        feeds=tuple(_release_feeds(catalogue, release)),
        column_type="政策解读" if card.type == ReleaseType.INTERPRETATION else "回应关切",
    )
    return ReleaseView(
        frame=frame,
        twin=f"{card.url}index.json",
        card=card,
        rows=tuple(_release_rows(catalogue, release, card)),
        revisions=history,
        body=release.current.sha256,
        previous=Link(older.current.event["title"], release_url(catalogue, older)) if older else None,
        next=Link(newer.current.event["title"], release_url(catalogue, newer)) if newer else None,
        attachments=() if release.withdrawal else tuple(attached(catalogue, release)),
        withdrawn=notice(catalogue, release),
        corrections=revisions.notes(catalogue, release, ChangeKind.CORRECTION),
        update=next(iter(revisions.notes(catalogue, release, ChangeKind.UPDATE)), None),
        earlier_withdrawals=tuple(one.withdrawal for one in history if one.withdrawal and one.withdrawal.until),
        duties=timeliness.release_duties(catalogue, release),
        draft=release.draft,
    )


def _release_feeds(catalogue: Catalogue, release: PublicRelease) -> Iterator[FeedLink]:
    incident = release.current.event["incident"]
    yield feed_link(catalogue, incident["title"], f"incidents/{incident['id']}")
    yield _department_feed(catalogue, release)
    kind = ReleaseType(release.current.event["type"])
    yield feed_link(catalogue, kind.zh, f"types/{kind.value}")


def _department_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    department = release.current.event["department"]
    return feed_link(catalogue, catalogue.department_name(department), f"departments/{department}")


def _category_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    category = Category(release.current.event["incident"]["category"])
    return feed_link(catalogue, category.zh, f"categories/{category.value}")


def _release_rows(catalogue: Catalogue, release: PublicRelease, card: Card) -> Iterator[Row]:
    event = release.current.event
    yield Row("发布机构", card.department.text, card.department.url)
    yield Row("发布日期", card.published.text)
    if release.updated_at != release.first_at:
        yield Row("更新时间", shown_time(catalogue, release.updated_at).text)
    yield Row("所属事件", card.incident.text, card.incident.url)
    if verdict := event.get("verdict"):
        yield Row("核查结论", Verdict(verdict).zh)
    if starts := event.get("starts_at"):
        yield Row("开始时间", shown_time(catalogue, datetime.fromisoformat(starts)).text)
    if held := event.get("held_at"):
        yield Row("召开时间", shown_time(catalogue, read_moment(held, catalogue.settings.zone)).text)
    if (expert := catalogue.registry.experts.get(event.get("expert", ""))) and expert.public:
        yield Row(
            "解读专家", f"{expert.name}（{expert.affiliation}）", f"{catalogue.settings.root}experts/{expert.id}/"
        )
    if basis := catalogue.state.releases.get(event.get("basis", "")):
        yield Row("解读对象", basis.current.event["title"], release_url(catalogue, basis))
    if reason := event.get("late_reason"):
        yield Row("迟发原因", reason)


def _incident(catalogue: Catalogue, identifier: str, timeline: tuple[PublicRelease, ...]) -> IncidentView:
    facts, incident = catalogue.state.incidents[identifier], catalogue.incident(identifier)
    category, url = incident.category, incident_url(catalogue, identifier)
    is_open = incident.closed_at is None
    clocks = (("发生时间", incident.occurred_at), ("发现时间", incident.detected_at), ("认领时间", incident.claimed_at),
              ("办结时间", incident.closed_at))  # fmt: skip
    rows = (
        Row("类别", category.zh, f"{catalogue.settings.root}categories/{category.value}/"),
        *((Row("等级", incident.incident_class.zh),) if incident.incident_class else ()),
        Row("牵头部门", catalogue.department_name(incident.lead)),
        *(Row(label, shown_time(catalogue, moment).text) for label, moment in clocks if moment),
    )
    return IncidentView(
        frame=Frame(
            title=incident.title,
            description=f"{incident.title}：全部发布、时间线与时限履行情况",
            url=url,
            crumbs=(Link(rows[0].value, rows[0].url),),
            feeds=(
                feed_link(catalogue, incident.title, f"incidents/{identifier}"),
                # The newest release is in these two, so they are there.
                *(feed(catalogue, one) for one in timeline[:1] for feed in (_department_feed, _category_feed)),
            ),
        ),
        status="处置中" if is_open else "已办结",
        is_open=is_open,
        rows=rows,
        duties=timeliness.incident_duties(catalogue, identifier),
        timeline=tuple(card_of(catalogue, one) for one in timeline),
        body=facts["sha256"],
    )


def _list(
    catalogue: Catalogue,
    path: str,
    title: str,
    members: tuple[PublicRelease, ...],
    *,
    rows: tuple[Row, ...] = (),
    feed: str = "",
    limit: int | None = _COLUMN,
) -> Page:
    root = catalogue.settings.root
    months = catalogue.grouped(lambda one: f"{local(catalogue, one.first_at):%Y/%m}") if limit else {}
    frame = Frame(
        title=title,
        description=f"{catalogue.settings.name}：{title}",
        url=root + path,
        crumbs=(),
        feeds=(feed_link(catalogue, title, feed),) if feed and members else (),
    )
    view = ListView(
        frame=frame,
        note="" if members else "目前没有发布。",
        rows=tuple(row for row in rows if row.value),
        cards=tuple(card_of(catalogue, one) for one in members[:limit]),
        more=tuple(
            Link(month.replace("/", "年") + "月", f"{root}archive/{month}/") for month in reversed(tuple(months))
        ),
    )
    return "list.html", view


def _public_experts(catalogue: Catalogue) -> tuple[Expert, ...]:
    return tuple(one for _, one in sorted(catalogue.registry.experts.items()) if one.public)


def _departments(catalogue: Catalogue) -> DirectoryView:
    root = catalogue.settings.root
    counts = catalogue.grouped(lambda one: one.current.event["department"])
    entries = tuple(
        (Link(one.name, f"{root}departments/{one.id}/"), one.duty, f"{len(counts.get(one.id, ()))} 条发布")
        for one in catalogue.registry.departments.values()
    )
    frame = Frame(
        title="部门", description="各部门职责与发布", url=f"{root}departments/", crumbs=(), column_type="机构职能"
    )
    return DirectoryView(frame=frame, entries=entries)


def _experts(catalogue: Catalogue, root: str) -> DirectoryView:
    entries = tuple(
        (Link(one.name, f"{root}experts/{one.id}/"), one.field, one.affiliation) for one in _public_experts(catalogue)
    )
    frame = Frame(
        title="专家库", description="参与政策与事件解读的专家", url=f"{root}experts/", crumbs=(), column_type="政策解读"
    )
    return DirectoryView(frame=frame, entries=entries)


def _home(catalogue: Catalogue) -> HomeView:
    root = catalogue.settings.root
    running = [
        one
        for one in catalogue.state.incidents
        if catalogue.incident(one).closed_at is None and catalogue.of_incident(one)
    ]
    newest = sorted(
        ((catalogue.of_incident(one)[0], one) for one in running), key=lambda pair: pair[0].first_at, reverse=True
    )
    by_type = catalogue.grouped(lambda one: one.current.event["type"])
    return HomeView(
        frame=Frame(
            title="首页",
            description=f"{catalogue.settings.organisation}政务舆情回应与新闻发布",
            url=root,
            crumbs=(),
            feeds=(feed_link(catalogue, "全部发布", "all"), *_urgent_feed(catalogue, running)),
            column_type="首页",
        ),
        open_incidents=tuple(
            (
                Link(catalogue.incident(one).title, incident_url(catalogue, one)),
                IncidentClass(catalogue.state.incidents[one]["class"]).zh,
                card_of(catalogue, release),
            )
            for release, one in newest
        ),
        columns=tuple(
            (
                Link(kind.zh, f"{root}types/{kind.value}/"),
                tuple(card_of(catalogue, one) for one in by_type.get(kind.value, ())[:_HOME]),
            )
            for kind in ReleaseType
        ),
        departments=tuple(
            Link(one.name, f"{root}departments/{one.id}/") for one in catalogue.registry.departments.values()
        ),
    )


def _urgent_feed(catalogue: Catalogue, running: Iterable[str]) -> Iterator[FeedLink]:
    if any(catalogue.incident(one).incident_class in _SERIOUS for one in running):
        yield feed_link(catalogue, "重大突发事件", "urgent")
