"""The search page: its form and filters, and the lists that find everything without it."""

from collections.abc import Iterator

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import month_name
from greenchannel.portal.views.lists import SearchView
from greenchannel.portal.views.parts import Frame, Link


def search_page(catalogue: Catalogue) -> tuple[str, SearchView]:
    root, departments, say = catalogue.settings.root, catalogue.registry.departments, catalogue.say
    described, url = say("%(site)s：全文搜索", site=catalogue.name), f"{catalogue.home}search/"
    frame = Frame(title=say("搜索"), description=described, url=url, crumbs=())
    types = tuple(Link(catalogue.term(one), f"{catalogue.home}types/{one.value}/") for one in ReleaseType)
    bodies = {one: catalogue.department_name(one) for one in departments}
    return "search.html", SearchView(
        frame=frame,
        types=tuple((one.value, catalogue.term(one)) for one in ReleaseType),
        departments=tuple(bodies.items()),
        lists=(
            (say("按月查阅"), tuple(_months(catalogue))),
            (say("按类型查阅"), types),
            (say("按部门查阅"), tuple(Link(name, f"{root}departments/{one}/") for one, name in bodies.items())),
        ),
    )


def _months(catalogue: Catalogue) -> Iterator[Link]:
    """Newest first."""
    for month in sorted({*catalogue.months.values()}, reverse=True):
        yield Link(month_name(catalogue, month), f"{catalogue.settings.root}archive/{month}/")
