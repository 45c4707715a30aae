"""Catalogue -> views: which pages there are, at which address.

Public addresses are a contract with readers and are only ever added to. A release's address is its id, minted once.
"""

from collections.abc import Iterator

from greenchannel.desk.furniture import FooterEntry
from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal import revisions, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import column, departments, experts, public_experts
from greenchannel.portal.home_page import home_view
from greenchannel.portal.incident_page import incident_view
from greenchannel.portal.release_page import release_view
from greenchannel.portal.shown import feed_link, local
from greenchannel.portal.views import FooterRow, Frame, Link, PageView, PlainView, Row, SiteFrame

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
        footer=tuple(_footer_row(one, root) for one in settings.footer),
        feeds=(feed_link(catalogue, "全部发布", "all"),),
        site_id_code=settings.site_id_code,
        domain=settings.url.split("/")[2],
    )


def _footer_row(one: FooterEntry, root: str) -> FooterRow:
    url, image = (f"{root}{place[1:]}" if place.startswith("/") else place for place in (one.url, one.image))
    return FooterRow(key=one.piece.value if one.piece else "", label=one.label, value=one.text, url=url, image=image)


def release_pages(catalogue: Catalogue) -> Iterator[Page]:
    for identifier in sorted(catalogue.state.incidents):
        timeline = catalogue.of_incident(identifier)
        for index, release in enumerate(timeline):
            older = timeline[index + 1] if index + 1 < len(timeline) else None
            newer = timeline[index - 1] if index else None
            for view in revisions.pages(catalogue, release):
                yield "revision.html", view
            yield "release.html", release_view(catalogue, release, older, newer)
        yield "incident.html", incident_view(catalogue, identifier, timeline)


def list_pages(catalogue: Catalogue) -> Iterator[Page]:
    """Lists after what they name, the home page last."""
    root = catalogue.settings.root
    by_expert = catalogue.grouped(lambda one: one.current.event.get("expert", ""))
    for expert in public_experts(catalogue):
        rows: tuple[Row, ...] = (
            Row("研究领域", expert.field),
            Row("单位", expert.affiliation),
            Row("职称", expert.title),
        )
        yield column(catalogue, f"experts/{expert.id}/", expert.name, by_expert.get(expert.id, ()), rows=rows)
    for month, members in catalogue.grouped(lambda one: f"{local(catalogue, one.first_at):%Y/%m}").items():
        year, number = month.split("/")
        yield column(catalogue, f"archive/{month}/", f"{year}年{int(number)}月", members, limit=None)
    for identifier, department in sorted(catalogue.registry.departments.items()):
        members = catalogue.grouped(lambda one: one.current.event["department"]).get(identifier, ())
        rows = (Row("职责", department.duty), Row("电话", department.phone))
        path = f"departments/{identifier}/"
        yield column(catalogue, path, department.name, members, rows=rows, feed=f"departments/{identifier}")
    for category in Category:
        members = catalogue.grouped(lambda one: one.current.event["incident"]["category"]).get(category.value, ())
        yield column(
            catalogue, f"categories/{category.value}/", category.zh, members, feed=f"categories/{category.value}"
        )
    for kind in ReleaseType:
        members = catalogue.grouped(lambda one: one.current.event["type"]).get(kind.value, ())
        yield column(catalogue, f"types/{kind.value}/", kind.zh, members, feed=f"types/{kind.value}")
    yield timeliness.page(catalogue)
    yield "directory.html", departments(catalogue)
    yield "directory.html", experts(catalogue, root)
    yield "home.html", home_view(catalogue)


def not_found(catalogue: Catalogue) -> Page:
    frame = Frame(
        title="没有找到页面", description="请从首页或部门列表查找", url=f"{catalogue.settings.root}404/", crumbs=()
    )
    return "not-found.html", PlainView(frame=frame)
