"""Columns: releases by type, department, category, expert and month.

A column's own page has the newest; all of it stands in pages by month. A month that is over is a page that no later
release changes: only a correction or a withdrawal of one of its own does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, feed_link
from greenchannel.portal.telephones import telephone_row
from greenchannel.portal.views.lists import ListView
from greenchannel.portal.views.parts import FeedLink, Frame, Link, Row
from greenchannel.record.events import PublicRelease

ALL = "archive/"  # the column that has everything
NEWEST = 50
Members = tuple[PublicRelease, ...]  # newest first
Event = Mapping[str, Any]  # Any: JSON


class _Column(Struct, frozen=True, kw_only=True):
    title: str
    path: str  # below the root, slash at its end
    held: Members  # all that ever stood in it
    is_member: Callable[[PublicRelease], bool] = lambda _: True
    column_type: str = "回应关切"
    rows: tuple[Row, ...] = ()
    above: tuple[Link, ...] = ()  # what leads to it
    feeds: tuple[FeedLink, ...] = ()
    notice: str = ""  # what it says instead of its releases; then it leads nowhere, and no search engine shall keep it

    @property
    def members(self) -> Members:
        return tuple(filter(self.is_member, self.held))


class Shelf(Struct, frozen=True):
    """A column with what it holds by month, the newest first."""

    column: _Column
    months: Mapping[str, Members]


def columns(catalogue: Catalogue) -> tuple[Shelf, ...]:
    """Those that ever held something: a column without content is not built, and none loses its address.

    Which there are is decided by the record, which only grows; the registry, which is edited, says what they show. The
    last one has everything by month; /archive/ itself leads to the months.
    """
    everything = _Column(title="全部发布", path=ALL, held=catalogue.releases,
                         feeds=(feed_link(catalogue.settings.root, "全部发布", "all"),))  # fmt: skip
    each = (*_experts(catalogue), *_departments(catalogue), *_categories(catalogue), *_types(catalogue))
    return _shelves(catalogue, (*each, *((everything,) if everything.held else ())))


def types(catalogue: Catalogue) -> tuple[Shelf, ...]:
    return _shelves(catalogue, _types(catalogue))


def _shelves(catalogue: Catalogue, each: Iterable[_Column]) -> tuple[Shelf, ...]:
    return tuple(Shelf(one, _by_month(catalogue.months, one.held)) for one in each)


def months(shelves: Iterable[Shelf]) -> tuple[str, ...]:
    return tuple(sorted({month for one in shelves for month in one.months}, reverse=True))


def month_pages(catalogue: Catalogue, shelves: Iterable[Shelf], month: str) -> Iterator[tuple[str, ListView]]:
    """A month in every column that held something of it: made of the releases of that month alone."""
    for one in shelves:
        if month in one.months:
            yield "list.html", _month(catalogue, one, month)


def month_inputs(shelves: Iterable[Shelf], month: str) -> Iterator[tuple[str, tuple[str, ...], Members]]:
    """What `month_pages` look at: the columns, the months beside this one in each, and the releases."""
    for one in shelves:
        if held := one.months.get(month):
            yield one.column.path, (*_newer(one, month), "", *_older(one, month)), held


def front_pages(catalogue: Catalogue, shelves: Iterable[Shelf]) -> Iterator[tuple[str, ListView]]:
    for one in shelves:
        yield "list.html", _front(catalogue, one.column, one.months)


def _types(catalogue: Catalogue) -> Iterator[_Column]:
    groups = catalogue.held(_type)
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
    groups = catalogue.held(_category)
    for category in Category:
        if held := groups.get(category.value):
            path = f"categories/{category.value}"
            yield _Column(
                title=category.zh,
                path=f"{path}/",
                held=held,
                is_member=_now(_category, category.value),
                feeds=(feed_link(catalogue.settings.root, category.zh, path),),
            )


def _departments(catalogue: Catalogue) -> Iterator[_Column]:
    """Each has a page, for its duty and telephone, whether it released something or not.

    So has each that the record names and the registry does not know any more: links lead to it for ever.
    """
    groups = catalogue.held(_department)
    for identifier in sorted(catalogue.registry.departments.keys() | catalogue.state.named.bodies):
        held, path = groups.get(identifier, ()), f"departments/{identifier}"
        name = catalogue.department_name(identifier)
        yield _Column(
            title=name,
            path=f"{path}/",
            held=held,
            is_member=_now(_department, identifier),
            column_type="机构职能",
            rows=tuple(row for row in _body_rows(catalogue, identifier) if row.value),
            above=(Link("部门", f"{catalogue.settings.root}departments/"),),
            feeds=(feed_link(catalogue.settings.root, name, path),) if held else (),
        )


def _body_rows(catalogue: Catalogue, identifier: str) -> Iterator[Row]:
    department = catalogue.registry.departments.get(identifier)
    if department is None:
        yield Row("状态", "已不在部门名录")
        return
    yield Row("职责", department.duty)
    for speaker in catalogue.registry.spokespersons:
        if speaker.department == identifier:
            yield Row("新闻发言人", f"{speaker.name}（{speaker.post}）")
    yield telephone_row("电话", department.phone)


def _experts(catalogue: Catalogue) -> Iterator[_Column]:
    """Each whose view was ever released.

    One who is not public, or not any more, has a page without name and releases: those stand in the other columns,
    and together they would say who it was. One who explained nothing yet has an entry in the directory and no page,
    which nobody could take back any more.
    """
    groups = catalogue.held(_expert)
    public = catalogue.registry.public_experts
    for identifier in sorted(catalogue.state.named.experts):
        path, held = f"experts/{identifier}/", groups.get(identifier, ())
        if expert := public.get(identifier):
            rows = (Row("研究领域", expert.field), Row("单位", expert.affiliation), Row("职称", expert.title))
            yield _Column(
                title=expert.name,
                path=path,
                held=held,
                is_member=_now(_expert, identifier),
                column_type="政策解读",
                rows=tuple(row for row in rows if row.value),
                above=(Link("专家库", f"{catalogue.settings.root}experts/"),),
            )
        else:
            yield _Column(title="专家", path=path, held=held, column_type="政策解读", notice="该专家未列入专家库。")


def paths_of(event: Event) -> Iterator[str]:
    """Of the columns in which a revision stands."""
    yield from (f"types/{_type(event)}/", f"departments/{_department(event)}/", f"categories/{_category(event)}/")
    if expert := _expert(event):
        yield f"experts/{expert}/"
    yield ALL


def _type(event: Event) -> str:
    return str(event["type"])


def _category(event: Event) -> str:
    return str(event["incident"]["category"])


def _department(event: Event) -> str:
    return str(event["department"])


def _expert(event: Event) -> str:
    return str(event.get("expert", ""))


def _now(key: Callable[[Event], str], value: str) -> Callable[[PublicRelease], bool]:
    """Whether a release stands in the column still, by its newest revision."""
    return lambda release: key(release.current.event) == value


def _by_month(months: Mapping[str, str], members: Members) -> dict[str, Members]:
    """Newest month first. `months` has that of each release by its id."""
    found: dict[str, list[PublicRelease]] = {}
    for one in members:
        found.setdefault(months[one.id], []).append(one)
    return {month: tuple(ones) for month, ones in found.items()}


def _front(catalogue: Catalogue, column: _Column, months: Mapping[str, Members]) -> ListView:
    url, say = catalogue.home + column.path, catalogue.say
    if column.notice:
        return _withheld(catalogue, column, url)
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
        cards=tuple(card_of(catalogue, one) for one in column.members[:NEWEST]),
        is_month=False,
        months=tuple((year, tuple(links)) for year, links in years.items()),
    )


def _withheld(catalogue: Catalogue, column: _Column, url: str) -> ListView:
    """A page of a column that shows nothing of what it held, not even when that was."""
    described = catalogue.say("%(site)s：%(title)s", site=catalogue.name, title=column.title)
    return ListView(
        frame=Frame(
            title=column.title,
            description=described,
            url=url,
            crumbs=(),
            column_type=column.column_type,
            is_indexed=False,
        ),
        rows=(),
        cards=(),
        is_month=False,
        months=(),
        notice=column.notice,
    )


def _newer(shelf: Shelf, month: str) -> tuple[str, ...]:
    order = tuple(shelf.months)
    place = order.index(month)
    return order[place - 1 : place] if place else ()


def _older(shelf: Shelf, month: str) -> tuple[str, ...]:
    order = tuple(shelf.months)
    place = order.index(month)
    return order[place + 1 : place + 2]


def _month(catalogue: Catalogue, shelf: Shelf, month: str) -> ListView:
    column = shelf.column
    url = catalogue.home + column.path
    if column.notice:
        return _withheld(catalogue, column, f"{url}{month}/")
    name = month_name(catalogue, month)
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
        cards=tuple(card_of(catalogue, one) for one in shelf.months[month] if column.is_member(one)),
        is_month=True,
        months=(),
        previous=next((Link(month_name(catalogue, one), f"{url}{one}/") for one in _older(shelf, month)), None),
        next=next((Link(month_name(catalogue, one), f"{url}{one}/") for one in _newer(shelf, month)), None),
    )


def month_name(catalogue: Catalogue, month: str) -> str:
    """``2026/11`` or ``2026-11`` as readers say it."""
    return catalogue.say("%(year)d年%(month)d月", year=int(month[:4]), month=int(month[5:]))
