"""What came -> the plan of what it changes first: its pages, the lists that show it and the feeds.

Planned from a part of the record that holds all that these files show and little more, found by the almanac. Each of
them is the one that the plan of the whole site has, but for the home page: its figures are those that were worked out
last, and say of when they are. What else tells of the whole (tables, sitemaps, lists by year, the public ledger)
follows when all of the site is planned.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from heapq import nlargest
from itertools import islice

import orjson
from msgspec import Struct

from greenchannel.domain.remembering import Remembering
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal import columns, home_page, incident_page, newest, ongoing, pages
from greenchannel.portal.almanac import Almanac
from greenchannel.portal.bodies import Bodies
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import Shelf
from greenchannel.portal.entries import voice_of
from greenchannel.portal.feed_plan import plan_feeds
from greenchannel.portal.incident_plan import plan_incidents
from greenchannel.portal.index_number import index_number, period_of
from greenchannel.portal.neighbourhood import Neighbourhood, neighbourhood
from greenchannel.portal.page_plan import Pages
from greenchannel.portal.plan import Planned, Stage, given
from greenchannel.portal.remembered_plan import remembered_marks
from greenchannel.portal.source import Site
from greenchannel.portal.stream_ends import StreamEnds
from greenchannel.portal.streams import Ends
from greenchannel.portal.theme import Theme
from greenchannel.portal.views.parts import Row
from greenchannel.portal.wording import CHINESE, ENGLISH
from greenchannel.record.events import NAMES_NOTHING
from greenchannel.record.glance import Glance, Lines

_MOST_LINES = 200  # of news; behind more than that all of the site is as quick
_PUNCTUALITY = "punctuality "  # and a language: what the figures of its home page are remembered under
Rows = tuple[Row, ...]


class News(Struct, frozen=True):
    """What came behind the lines that an almanac knew, which knows it now.

    `grown` are the streams that got something, with how many versions each had before; `turned` are the incidents and
    releases that got a page in another language. `is_plain` says that it changes nothing that every page shows.
    """

    since: int
    grown: Mapping[str, int]
    turned: frozenset[str]
    is_plain: bool


def read_news(almanac: Almanac, site: Site) -> News:
    """The almanac goes on to the end of the record."""
    events, state = _at_a_glance(site)
    since, frames = almanac.lines, _framing(almanac)
    before = {language: len(ones) for language, ones in almanac.pages.items()}
    grown = almanac.go_on(events, state.index.lines, state.head)
    turned = (one for language, ones in almanac.pages.items() for one in islice(ones, before.get(language, 0), None))
    is_plain = frames == _framing(almanac) and len(events) - since <= _MOST_LINES
    return News(since, grown, frozenset(turned), is_plain)


def keep_punctuality(memory: Remembering, language: str, rows: Rows) -> None:
    memory.keep(_PUNCTUALITY + language, orjson.dumps([(one.label, one.value) for one in rows]))


class NewsPlan(Struct, frozen=True):
    """`before` is what files below the incidents were made of when all of the site stood, by their paths."""

    planned: tuple[Planned, ...]
    before: Mapping[str, str]


def plan_news(site: Site, theme: Theme, almanac: Almanac, news: News) -> NewsPlan | None:
    """None where that takes the plan of all of the site. The site's events are `Lines`, its state is a `Glance`."""
    if not news.is_plain or site.memory is None:
        return None
    names = [_PUNCTUALITY + one for one in (CHINESE, *almanac.pages)]
    known = site.memory.recall(names)
    ends = StreamEnds(*_at_a_glance(site), almanac).of(news.grown)
    if len(known) < len(names) or ends is None:
        return None
    punctuality = {one.removeprefix(_PUNCTUALITY): _rows(data) for one, data in known.items()}
    # What is remembered stays what stood, until all of it does again.
    at_hand = replace(site.at_hand, plans={}, entries=site.at_hand.entries.for_news())
    apart = replace(site, memory=None, at_hand=at_hand)
    plan = _Plan(apart, theme, almanac, news, ends, site.memory)
    return NewsPlan(tuple(plan.plan(punctuality)), remembered_marks(site.memory, plan.names))


def _framing(almanac: Almanac) -> tuple[list[str], list[str]]:
    """What stands around every page says of which types there are releases, and in which languages."""
    return sorted(one for one in almanac.held if one.startswith("types/")), sorted(almanac.pages)


def _at_a_glance(site: Site) -> tuple[Lines, Glance]:
    if isinstance(site.events, Lines) and isinstance(site.state, Glance):
        return site.events, site.state
    raise TypeError("news are planned of a record at a glance")


def _rows(data: bytes) -> Rows:
    return tuple(Row(label, value) for label, value in orjson.loads(data))


class _Plan:
    def __init__(
        self, site: Site, theme: Theme, almanac: Almanac, news: News, ends: Ends, memory: Remembering
    ) -> None:
        """`memory` is for values that tell what they are made of."""
        self._site, self._theme, self._almanac, self._ends, self._memory = site, theme, almanac, ends, memory
        self._events, state = _at_a_glance(site)
        self._state, self._names = state, [*almanac.releases]
        touched = dict.fromkeys(str(event["id"]) for event in site.events[news.since :])
        lines = (site.events[place] for one in touched for place in state.index.lines[one])
        self._incidents = dict.fromkeys(event["incident"]["id"] for event in lines if "incident" in event)
        turned = (one for incident in news.turned for one in almanac.ever.get(incident, ()))
        shown = [almanac.releases[one] for one in dict.fromkeys((*touched, *turned))]
        zone = site.settings.zone
        self._months = {one: almanac.month(one, zone) for one in shown}
        self._columns = {path for path, held in almanac.held.items() if any(_is_in(held, one) for one in shown)}
        began = self._began()
        since = min(nlargest(incident_page.NEWEST, began.values()), default=0)
        self.names = [f"incident {one}" for one in self._incidents]  # of the plans below them
        self._listed = [one for one, at in began.items() if at >= since]
        years = {datetime.fromtimestamp(at, zone).year for at in began.values()}  # A tenth of formatting each.
        self._years = [f"{date(one, 1, 1):%Y}" for one in sorted(years, reverse=True)]

    def plan(self, punctuality: Mapping[str, Rows]) -> Iterator[Planned]:
        site, theme, known = self._site, self._theme, self._almanac.pages.get(ENGLISH, {})
        part = self._part()
        catalogue = Catalogue(site.settings, site.registry, site.policy, part)
        english = catalogue.speaking(ENGLISH, frozenset(known))
        bodies = Bodies(catalogue, site.read_frozen, site.render, site.at_hand.entries.refuse)
        frames = {one: pages.frame_of(site.settings, site.registry, part, one) for one in (CHINESE, ENGLISH)}
        yield from plan_incidents(site, theme, frames, bodies, map(self._around, self._incidents))
        paths = frozenset[str]()
        if known:
            made = Pages(site, theme, frames[ENGLISH], english, bodies)
            below = tuple(self._lists(english, made, columns.types(english), punctuality[ENGLISH]))
            yield from below
            yield given(Stage.FEED, f"{ENGLISH}/{ongoing.STYLE_PATH}", ongoing.urgent_style(english))
            paths = frozenset(path for one in below for path in one.paths)
        made = Pages(site, theme, frames[CHINESE], catalogue, bodies, paths)
        yield from self._lists(catalogue, made, columns.columns(catalogue), punctuality[CHINESE])
        yield given(Stage.FEED, ongoing.STYLE_PATH, ongoing.urgent_style(catalogue))
        voice = voice_of(site.settings, site.registry)
        entries, ends, memory = site.at_hand.entries, self._ends, self._memory
        yield from plan_feeds(
            voice, site.events, bodies.html, site.maker, entries=entries, ends=ends, memory=memory
        )  # fmt: skip
        yield given(Stage.FEED, "sitemap-news.xml", newest.news_sitemap(catalogue))
        yield given(Stage.FEED, "latest.json", newest.latest(catalogue))

    def _lists(
        self, catalogue: Catalogue, made: Pages, shelves: Iterable[Shelf], punctuality: Rows
    ) -> Iterator[Planned]:
        """The columns that show what changed, and what else shows the newest."""
        almanac, zone = self._almanac, self._site.settings.zone
        for shelf in (one for one in shelves if one.column.path in self._columns):
            path = shelf.column.path
            months = almanac.months(path, zone)
            whole = Shelf(shelf.column, {one: shelf.months.get(one, ()) for one in months})
            held = almanac.held[path]
            for month in sorted({of for one, of in self._months.items() if _is_in(held, one)}, reverse=True):
                yield from (made.page(Stage.LIST, *one) for one in columns.month_pages(catalogue, (whole,), month))
            yield from (made.page(Stage.LIST, *one) for one in columns.front_pages(catalogue, (whole,)))
        identifiers = incident_page.by_beginning(catalogue, self._listed)[: incident_page.NEWEST]
        found = incident_page.newest_incidents(catalogue, identifiers, self._years)
        yield from (made.page(Stage.LIST, *one) for one in found)
        yield made.page(Stage.LIST, *ongoing.urgent_page(catalogue))
        yield made.page(Stage.LIST, "home.html", home_page.home_view(catalogue, punctuality))

    def _part(self) -> Glance:
        """Of the record what the lists and feeds show, whole releases each."""
        almanac, index = self._almanac, self._state.index
        numbers = {*self._months, *self._fresh(), *self._changed()}
        for month in {*self._months.values()}:
            numbers.update(self._of_month(month))
        for incident in self._incidents:
            numbers.update(almanac.releases[one] for one in almanac.ever[incident])
        for path in self._columns:
            numbers.update(almanac.held[path][-columns.NEWEST :], self._newest(path, columns.NEWEST))
        for path in (f"types/{one.value}/" for one in ReleaseType):
            numbers.update(self._newest(path, home_page.NEWEST))
        for incident in (*self._listed, *almanac.unclosed):
            numbers.update(almanac.releases[one] for one in index.members[incident])
        for stream in self._ends.streams.values():
            numbers.update(almanac.releases[one.release] for one in stream.log)
        names = (self._names[one] for one in sorted(numbers))
        return replace(self._state, releases={one: self._state.releases[one] for one in names})

    def _of_month(self, month: str) -> range:
        first, (year, number) = self._almanac.first, map(int, month.split("/"))
        since = datetime(year, number, 1, tzinfo=self._site.settings.zone)
        until = since.replace(year=year + number // 12, month=number % 12 + 1)
        return range(bisect_left(first, since.timestamp()), bisect_left(first, until.timestamp()))

    def _newest(self, path: str, count: int) -> Iterator[int]:
        """Of what a column ever held, those that stand in it still: some columns show these alone."""
        names = self._names
        found = (
            number
            for number in reversed(self._almanac.held.get(path, ()))
            if path in columns.paths_of(self._state.releases[names[number]].current.event)
        )
        return islice(found, count)

    def _fresh(self) -> Iterator[int]:
        """What the news sitemap has."""
        first, last_at = self._almanac.first, self._state.last_at
        since = last_at.timestamp() - newest.NEWS_WINDOW.total_seconds() if last_at else 0
        return (one for one in range(max(0, len(first) - newest.NEWS), len(first)) if first[one] >= int(since))

    def _changed(self) -> Iterator[int]:
        """What changed last, and whatever changed in the same second as the last of that."""
        found, at = dict[str, None](), ""
        for event in reversed(self._site.events):
            if event["event"] in NAMES_NOTHING or event["id"] in found:
                continue
            if len(found) >= newest.LATEST and event["at"] != at:
                break
            found[event["id"]], at = None, event["at"]
        return (self._almanac.releases[one] for one in found)

    def _began(self) -> Mapping[str, int]:
        """Of each incident of which something was released, when the first of it was (Unix time)."""
        almanac, members = self._almanac, self._state.index.members
        return {one: almanac.first[almanac.releases[of[0]]] for one, of in members.items() if of}

    def _around(self, incident: str) -> Neighbourhood:
        site, almanac, places = self._site, self._almanac, self._state.index.lines
        own = almanac.ever[incident]
        explained = (self._site.events[place].get("basis") for one in own for place in places[one])
        beside = {*own, *explained, *(by for one in own for by in almanac.explained.get(one, ()))}
        releases = sorted(one for one in beside if one in places)
        lines = [
            (self._events[place], self._events.digest(place))
            for place in sorted(place for one in releases for place in places[one])
        ]
        last_at = datetime.fromisoformat(site.events[-1]["at"])
        translated = almanac.pages.get(ENGLISH, {})
        return neighbourhood(incident, releases, lines, last_at, site.policy, self._numbers(releases), translated)

    def _numbers(self, releases: Iterable[str]) -> Mapping[str, str]:
        form, zone, first = self._site.settings.index_number, self._site.settings.zone, self._almanac.first
        if form is None:
            return {}
        numbers = {}
        for one in releases:
            number = self._almanac.releases[one]
            since = period_of(form, datetime.fromtimestamp(first[number], zone), zone)
            numbers[one] = index_number(form, since, number + 1 - bisect_left(first, since.timestamp()))
        return numbers


def _is_in(held: list[int], number: int) -> bool:
    place = bisect_left(held, number)
    return place < len(held) and held[place] == number
