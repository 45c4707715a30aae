"""The home page: what is going on, what is new, how the city keeps its time, who releases."""

from collections.abc import Iterator

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal import timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.ongoing import open_incidents
from greenchannel.portal.shown import card_of, feed_link
from greenchannel.portal.views import Column, FeedLink, Frame, HomeView, Link

_NEWEST = 6


def home_view(catalogue: Catalogue) -> HomeView:
    root = catalogue.settings.root
    by_type = catalogue.grouped(lambda one: one.current.event["type"])
    urgent, others = open_incidents(catalogue)
    return HomeView(
        frame=Frame(
            title="首页",
            description=f"{catalogue.settings.organisation}政务舆情回应与新闻发布",
            url=root,
            crumbs=(),
            feeds=tuple(_feeds(catalogue)),
            column_type="首页",
        ),
        urgent=urgent,
        others=others,
        columns=tuple(
            Column(
                link=Link(kind.zh, f"{root}types/{kind.value}/"),
                cards=tuple(card_of(catalogue, one) for one in newest),
            )
            for kind in ReleaseType
            if (newest := by_type.get(kind.value, ())[:_NEWEST])
        ),
        punctuality=timeliness.glance(catalogue),
        departments=tuple(
            Link(one.name, f"{root}departments/{one.id}/") for one in catalogue.registry.departments.values()
        ),
    )


def _feeds(catalogue: Catalogue) -> Iterator[FeedLink]:
    yield feed_link(catalogue.settings.root, "全部发布", "all")
    if catalogue.urgent:
        yield feed_link(catalogue.settings.root, "重大突发事件", "urgent")
