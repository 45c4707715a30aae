"""The search page: its form and filters, and the lists that find everything without it."""

from collections.abc import Iterator

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import local
from greenchannel.portal.views import Frame, Link, SearchView


def search_page(catalogue: Catalogue) -> tuple[str, SearchView]:
    root, departments = catalogue.settings.root, catalogue.registry.departments
    frame = Frame(title="检索", description=f"{catalogue.settings.name}：全文检索", url=f"{root}search/", crumbs=())
    return "search.html", SearchView(
        frame=frame,
        types=tuple((one.value, one.zh) for one in ReleaseType),
        departments=tuple((one.id, one.name) for one in departments.values()),
        lists=(
            ("按月查阅", tuple(_months(catalogue))),
            ("按类型查阅", tuple(Link(one.zh, f"{root}types/{one.value}/") for one in ReleaseType)),
            ("按部门查阅", tuple(Link(one.name, f"{root}departments/{one.id}/") for one in departments.values())),
        ),
    )


def _months(catalogue: Catalogue) -> Iterator[Link]:
    """Newest first."""
    found = catalogue.grouped(lambda one: f"{local(catalogue, one.first_at):%Y/%m}")
    for month in sorted(found, reverse=True):
        year, number = month.split("/")
        yield Link(f"{year}年{int(number)}月", f"{catalogue.settings.root}archive/{month}/")
