"""Columns and directories: releases by type, department, category, expert and month; departments and experts."""

from greenchannel.domain.registry import Expert
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, feed_link, local
from greenchannel.portal.views import DirectoryView, Frame, Link, ListView, Row
from greenchannel.record.events import PublicRelease

_COLUMN = 100  # releases on a column page; older ones stand in the month archives


def column(
    catalogue: Catalogue,
    path: str,
    title: str,
    members: tuple[PublicRelease, ...],
    *,
    rows: tuple[Row, ...] = (),
    feed: str = "",
    limit: int | None = _COLUMN,
) -> tuple[str, ListView]:
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


def public_experts(catalogue: Catalogue) -> tuple[Expert, ...]:
    return tuple(one for _, one in sorted(catalogue.registry.experts.items()) if one.public)


def departments(catalogue: Catalogue) -> DirectoryView:
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


def experts(catalogue: Catalogue, root: str) -> DirectoryView:
    entries = tuple(
        (Link(one.name, f"{root}experts/{one.id}/"), one.field, one.affiliation) for one in public_experts(catalogue)
    )
    frame = Frame(
        title="专家库", description="参与政策与事件解读的专家", url=f"{root}experts/", crumbs=(), column_type="政策解读"
    )
    return DirectoryView(frame=frame, entries=entries)
