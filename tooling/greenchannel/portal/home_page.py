"""The home page: what is going on, what is new, how the city keeps its time, who releases."""

from collections.abc import Iterator

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.ongoing import open_incidents
from greenchannel.portal.shown import card_of, feed_link
from greenchannel.portal.views.lists import Column, HomeView
from greenchannel.portal.views.parts import FeedLink, Frame, Link, Row

NEWEST = 6


def home_view(catalogue: Catalogue, punctuality: tuple[Row, ...]) -> HomeView:
    """`punctuality` is the `glance` of the timeliness page, as of whenever it says."""
    root, say = catalogue.settings.root, catalogue.say
    by_type = catalogue.grouped(lambda one: one.current.event["type"])
    urgent, others = open_incidents(catalogue)
    return HomeView(
        frame=Frame(
            title=say("首页"),
            description=say("%(organisation)s政务舆情回应与新闻发布", organisation=catalogue.organisation),
            url=catalogue.home,
            crumbs=(),
            feeds=tuple(_feeds(catalogue)),
            column_type="首页",
        ),
        urgent=urgent,
        others=others,
        columns=tuple(
            Column(
                link=Link(catalogue.term(kind), f"{catalogue.home}types/{kind.value}/"),
                cards=tuple(card_of(catalogue, one) for one in newest),
            )
            for kind in ReleaseType
            if (newest := by_type.get(kind.value, ())[:NEWEST])
        ),
        punctuality=punctuality,
        departments=tuple(
            Link(catalogue.department_name(one), f"{root}departments/{one}/") for one in catalogue.registry.departments
        ),
    )


def _feeds(catalogue: Catalogue) -> Iterator[FeedLink]:
    yield feed_link(catalogue.settings.root, catalogue.say("全部发布"), "all")
    if catalogue.urgent:
        yield feed_link(catalogue.settings.root, catalogue.say("重大突发事件"), "urgent")
