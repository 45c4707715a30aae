"""The home page: what is going on, what is new, who releases."""

from collections.abc import Iterable, Iterator

from greenchannel.domain.vocabulary import IncidentClass, ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, feed_link, incident_url
from greenchannel.portal.views import FeedLink, Frame, HomeView, Link

_HOME = 6
_SERIOUS = (IncidentClass.PARTICULARLY_SERIOUS, IncidentClass.SERIOUS)


def home_view(catalogue: Catalogue) -> HomeView:
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
