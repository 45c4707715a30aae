"""Columns and directories: releases by type, department, category, expert and month; who releases and who explains.

A column's own page has the newest; all of it stands in pages by month. A month that is over is a page that no later
release changes: only a correction or a withdrawal of one of its own does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from greenchannel.domain.registry import Expert
from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, feed_link, local
from greenchannel.portal.telephones import telephone_row
from greenchannel.portal.views.lists import DirectoryEntry, DirectoryView, ListView
from greenchannel.portal.views.parts import FeedLink, Frame, Link, Row
from greenchannel.record.events import PublicRelease

_NEWEST = 50
Members = tuple[PublicRelease, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    title: str
    path: str  # below the root, slash at its end
    held: Members  # all that ever stood in it
    is_member: Callable[[PublicRelease], bool] = lambda _: True
    column_type: str = "回应关切"
    rows: tuple[Row, ...] = ()
    above: tuple[Link, ...] = ()  # what leads to it
    feeds: tuple[FeedLink, ...] = ()

    @property
    def members(self) -> Members:
        return tuple(filter(self.is_member, self.held))


def columns(catalogue: Catalogue) -> Iterator[tuple[str, ListView]]:
    """Those that ever held something: a column without content is not built, and none loses its address."""
    yield from _pages(catalogue, (*_experts(catalogue), *_departments(catalogue), *_categories(catalogue)))
    yield from types(catalogue)


def types(catalogue: Catalogue) -> Iterator[tuple[str, ListView]]:
    yield from _pages(catalogue, _types(catalogue))


def _pages(catalogue: Catalogue, each: Iterable[_Column]) -> Iterator[tuple[str, ListView]]:
    for column in each:
        months = _by_month(catalogue, column.held)
        for month in months:
            yield "list.html", _month(catalogue, column, month, months)
        yield "list.html", _front(catalogue, column, months)


def archive(catalogue: Catalogue) -> Iterator[tuple[str, ListView]]:
    """Everything, by month; /archive/ itself leads to the months."""
    column = _Column(title="全部发布", path="archive/", held=catalogue.releases,
                     feeds=(feed_link(catalogue.settings.root, "全部发布", "all"),))  # fmt: skip
    months = _by_month(catalogue, column.held)
    for month in months:
        yield "list.html", _month(catalogue, column, month, months)
    if months:
        yield "list.html", _front(catalogue, column, months)


def _types(catalogue: Catalogue) -> Iterator[_Column]:
    groups = catalogue.held(lambda event: str(event["type"]))
    for kind in ReleaseType:
        if held := groups.get(kind.value):
            yield _Column(
                title=catalogue.term(kind),
                path=f"types/{kind.value}/",
                held=held,
                column_type="政策解读" if kind is ReleaseType.INTERPRETATION else "回应关切",
                feeds=(feed_link(catalogue.settings.root, catalogue.term(kind), f"types/{kind.value}"),),
            )


def _categories(catalogue: Catalogue) -> Iterator[_Column]:
    groups = catalogue.held(lambda event: str(event["incident"]["category"]))
    for category in Category:
        if held := groups.get(category.value):
            path = f"categories/{category.value}"
            yield _Column(
                title=category.zh,
                path=f"{path}/",
                held=held,
                is_member=partial(_is, category.value, lambda event: event["incident"]["category"]),
                feeds=(feed_link(catalogue.settings.root, category.zh, path),),
            )


def _departments(catalogue: Catalogue) -> Iterator[_Column]:
    """Each has a page, for its duty and telephone, whether it released something or not."""
    groups = catalogue.held(lambda event: str(event["department"]))
    spokespersons = {one.department: one for one in catalogue.registry.people.values() if one.spokesperson}
    for identifier, department in sorted(catalogue.registry.departments.items()):
        held, path = groups.get(identifier, ()), f"departments/{identifier}"
        speaker = spokespersons.get(identifier)
        rows = (
            Row("职责", department.duty),
            Row("新闻发言人", f"{speaker.name}（{speaker.post}）" if speaker else ""),
            telephone_row("电话", department.phone),
        )
        yield _Column(
            title=department.name,
            path=f"{path}/",
            held=held,
            is_member=partial(_is, identifier, lambda event: event["department"]),
            column_type="机构职能",
            rows=tuple(row for row in rows if row.value),
            above=(Link("部门", f"{catalogue.settings.root}departments/"),),
            feeds=(feed_link(catalogue.settings.root, department.name, path),) if held else (),
        )


def _experts(catalogue: Catalogue) -> Iterator[_Column]:
    groups = catalogue.held(lambda event: str(event.get("expert", "")))
    for expert in public_experts(catalogue):
        rows = (Row("研究领域", expert.field), Row("单位", expert.affiliation), Row("职称", expert.title))
        yield _Column(
            title=expert.name,
            path=f"experts/{expert.id}/",
            held=groups.get(expert.id, ()),
            is_member=partial(_is, expert.id, lambda event: event.get("expert")),
            column_type="政策解读",
            rows=tuple(row for row in rows if row.value),
            above=(Link("专家库", f"{catalogue.settings.root}experts/"),),
        )


def _is(value: str, key: Callable[[Mapping[str, Any]], object], release: PublicRelease) -> bool:
    return key(release.current.event) == value


def _by_month(catalogue: Catalogue, members: Members) -> dict[str, Members]:
    """Newest month first."""
    months: dict[str, list[PublicRelease]] = {}
    for one in members:
        months.setdefault(f"{local(catalogue, one.first_at):%Y/%m}", []).append(one)
    return {month: tuple(ones) for month, ones in months.items()}


def _front(catalogue: Catalogue, column: _Column, months: dict[str, Members]) -> ListView:
    url, say = catalogue.home + column.path, catalogue.say
    years: dict[str, list[Link]] = {}
    for month in months:
        named = say("%(month)d月", month=int(month[5:]))
        years.setdefault(say("%(year)s年", year=month[:4]), []).append(Link(named, f"{url}{month}/"))
    return ListView(
        frame=Frame(
            title=column.title,
            description=say("%(site)s：%(title)s", site=catalogue.name, title=column.title),
            url=url,
            crumbs=column.above,
            feeds=column.feeds,
            column_type=column.column_type,
        ),
        rows=column.rows,
        cards=tuple(card_of(catalogue, one) for one in column.members[:_NEWEST]),
        is_month=False,
        months=tuple((year, tuple(links)) for year, links in years.items()),
    )


def _month(catalogue: Catalogue, column: _Column, month: str, months: dict[str, Members]) -> ListView:
    url, order = catalogue.home + column.path, tuple(months)
    name = month_name(catalogue, month)
    place = order.index(month)
    newer, older = order[place - 1 : place] if place else (), order[place + 1 : place + 2]
    return ListView(
        frame=Frame(
            title=f"{column.title} {name}",
            description=catalogue.say(
                "%(site)s：%(title)s，%(month)s", site=catalogue.name, title=column.title, month=name
            ),
            url=f"{url}{month}/",
            crumbs=(*column.above, Link(column.title, url)),
            feeds=column.feeds,
            column_type=column.column_type,
        ),
        rows=(),
        cards=tuple(card_of(catalogue, one) for one in months[month] if column.is_member(one)),
        is_month=True,
        months=(),
        previous=next((Link(month_name(catalogue, one), f"{url}{one}/") for one in older), None),
        next=next((Link(month_name(catalogue, one), f"{url}{one}/") for one in newer), None),
    )


def month_name(catalogue: Catalogue, month: str) -> str:
    """``2026/11`` or ``2026-11`` as readers say it."""
    return catalogue.say("%(year)d年%(month)d月", year=int(month[:4]), month=int(month[5:]))


def public_experts(catalogue: Catalogue) -> tuple[Expert, ...]:
    return tuple(one for _, one in sorted(catalogue.registry.experts.items()) if one.public)


def directories(catalogue: Catalogue) -> Iterator[tuple[str, DirectoryView]]:
    """Departments, and experts and spokespersons where there are any."""
    root = catalogue.settings.root
    counts = catalogue.grouped(lambda one: one.current.event["department"])
    bodies = (
        (Link(one.name, f"{root}departments/{one.id}/"),
         (Row("职责", one.duty), telephone_row("电话", one.phone), Row("发布", f"{len(counts.get(one.id, ()))} 条")))
        for one in catalogue.registry.departments.values()
    )  # fmt: skip
    yield from _directory(catalogue, "部门", "各部门职责、电话与发布", "departments/", "机构职能", bodies)
    named = (
        (Link(one.name, f"{root}experts/{one.id}/"),
         (Row("研究领域", one.field), Row("单位", one.affiliation), Row("职称", one.title)))
        for one in public_experts(catalogue)
    )  # fmt: skip
    yield from _directory(catalogue, "专家库", "参与政策与事件解读的专家", "experts/", "政策解读", named)
    speakers = (
        (Link(one.name, ""),
         (Row("部门", catalogue.department_name(one.department), f"{root}departments/{one.department}/"),
          Row("职务", one.post), telephone_row("新闻发布工作机构电话", _phone(catalogue, one.department))))
        for one in catalogue.registry.people.values() if one.spokesperson
    )  # fmt: skip
    described = "各部门新闻发言人及新闻发布工作机构电话"
    yield from _directory(catalogue, "新闻发言人", described, "spokespersons/", "负责人信息", speakers)


def _phone(catalogue: Catalogue, department: str) -> str:
    known = catalogue.registry.departments.get(department)
    return known.phone if known else ""


def _directory(
    catalogue: Catalogue,
    title: str,
    description: str,
    path: str,
    column_type: str,
    entries: Iterator[tuple[Link, tuple[Row, ...]]],
) -> Iterator[tuple[str, DirectoryView]]:
    listed = tuple(
        DirectoryEntry(name=name, rows=tuple(row for row in rows if row.value)) for name, rows in entries
    )
    frame = Frame(
        title=title, description=description, url=catalogue.settings.root + path, crumbs=(), column_type=column_type
    )
    if listed:
        yield "directory.html", DirectoryView(frame=frame, entries=listed)
