"""Directories: the departments, the experts who agreed to be named, and who speaks for each department.

Each is there always, for its address may be anywhere. An empty one says so; no menu and no site map leads to it.
"""

from collections.abc import Iterator

from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.telephones import telephone_row
from greenchannel.portal.views.lists import DirectoryEntry, DirectoryView
from greenchannel.portal.views.parts import Frame, Link, Row

_Entry = tuple[Link, tuple[Row, ...]]


def directories(catalogue: Catalogue) -> Iterator[tuple[str, DirectoryView]]:
    for title, description, path, column_type, entries, notice in (
        ("部门", "各部门职责、电话与发布", "departments/", "机构职能", _bodies(catalogue), "目前没有公开的部门。"),
        ("专家库", "参与政策与事件解读的专家", "experts/", "政策解读", _experts(catalogue), "目前没有公开的专家。"),
        ("新闻发言人", "各部门新闻发言人及新闻发布工作机构电话", "spokespersons/", "负责人信息",
         _spokespersons(catalogue), "目前没有公开的发言人。"),
    ):  # fmt: skip
        listed = tuple(
            DirectoryEntry(name=name, rows=tuple(row for row in rows if row.value)) for name, rows in entries
        )
        frame = Frame(
            title=title,
            description=description,
            url=catalogue.settings.root + path,
            crumbs=(),
            column_type=column_type,
            is_indexed=bool(listed),
        )
        yield "directory.html", DirectoryView(frame=frame, entries=listed, notice=notice)


def _bodies(catalogue: Catalogue) -> Iterator[_Entry]:
    counts = catalogue.grouped(lambda one: one.current.event["department"])
    for one in catalogue.registry.departments.values():
        released = Row("发布", f"{len(counts.get(one.id, ()))} 条")
        rows = (Row("职责", one.duty), telephone_row("电话", one.phone), released)
        yield Link(one.name, f"{catalogue.settings.root}departments/{one.id}/"), rows


def _experts(catalogue: Catalogue) -> Iterator[_Entry]:
    """Who explained something has a page."""
    named = catalogue.state.named.experts
    for one in catalogue.registry.public_experts.values():
        url = f"{catalogue.settings.root}experts/{one.id}/" if one.id in named else ""
        rows = (Row("研究领域", one.field), Row("单位", one.affiliation), Row("职称", one.title))
        yield Link(one.name, url), rows


def _spokespersons(catalogue: Catalogue) -> Iterator[_Entry]:
    departments = catalogue.registry.departments
    for one in catalogue.registry.spokespersons:
        name, body = catalogue.department_name(one.department), departments.get(one.department)
        rows = (
            Row("部门", name, f"{catalogue.settings.root}departments/{one.department}/"),
            Row("职务", one.post),
            telephone_row("新闻发布工作机构电话", body.phone if body else ""),
        )
        yield Link(one.name, ""), rows
