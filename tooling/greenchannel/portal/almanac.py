"""What lists and feeds need to know of a whole record, so that what is new can be planned from a part of it.

A fold over the ledger, as the state is: it goes on with each line, and is kept from one build to the next. It holds no
text and no title, only where they are to be found.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone

import orjson

from greenchannel.portal.catalogue import month_of
from greenchannel.portal.columns import paths_of
from greenchannel.portal.streams import Event, Holding, News, follow
from greenchannel.record.events import GENESIS, NAMES_NOTHING

_KEPT = 2_500  # places of a stream's newest versions: more than its current document looks back


@dataclass(slots=True)
class Tail:
    """The newest of a stream: `places` are those of its last versions in the ledger, from 1, one for each version."""

    versions: int = 0
    entries: int = 0
    places: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Almanac:
    """As of the first `lines` lines of a ledger, of which the last one has the SHA-256 `head`.

    Releases are numbered from 0 in the order of their first publication, which never goes back in time: `first` is when
    that was, in whole seconds (Unix time). `ever` are the releases that ever were an incident's, `explained` those that
    ever explained a release, `held` those that ever stood in a column, by its path. `unclosed` are the incidents that
    go on. By language, `texts` are the releases that ever had a translation, `pages` all that has a page.
    """

    lines: int = 0
    head: str = GENESIS
    releases: dict[str, int] = field(default_factory=dict)
    first: list[int] = field(default_factory=list)
    ever: dict[str, list[str]] = field(default_factory=dict)
    explained: dict[str, list[str]] = field(default_factory=dict)
    unclosed: dict[str, None] = field(default_factory=dict)
    held: dict[str, list[int]] = field(default_factory=dict)
    streams: dict[str, Tail] = field(default_factory=dict)
    texts: dict[str, dict[str, None]] = field(default_factory=dict)
    pages: dict[str, dict[str, None]] = field(default_factory=dict)

    def go_on(self, events: Sequence[Event], places: Mapping[str, Sequence[int]], head: str) -> Mapping[str, int]:
        """Behind the lines that it knows. `places` are those of each release, from 0; `head` is that of the last line.

        The streams that got something, each with the versions that it had before.
        """
        before: dict[str, int] = {}
        for place, event in enumerate(events[self.lines :], self.lines + 1):
            if event["event"] in NAMES_NOTHING:
                continue
            earlier = [(one + 1, events[one]) for one in places[event["id"]] if one + 1 < place]
            if event["event"] != "withdrawn":
                self._revised(event, [one for _, one in earlier])
            for news in follow(holding(earlier), event, place)[1]:
                tail = self.streams.setdefault(news.key, Tail())
                before.setdefault(news.key, tail.versions)
                self._add(tail, news, place)
        self.lines, self.head = len(events), head
        return before

    def months(self, path: str, zone: timezone) -> tuple[str, ...]:
        """``2026/11``: those of what a column ever held, the newest first."""
        found, held = [], self.held[path]
        end = len(held)
        while end:
            found.append(self.month(held[end - 1], zone))
            year, month = map(int, found[-1].split("/"))
            since = datetime(year, month, 1, tzinfo=zone).timestamp()
            end = bisect_left(held, since, hi=end, key=self.first.__getitem__)
        return tuple(found)

    def month(self, number: int, zone: timezone) -> str:
        """``2026/11``: in which a release was first published, as `Catalogue.months` has it."""
        return month_of(datetime.fromtimestamp(self.first[number], zone))

    def write(self) -> bytes:
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        streams = {key: (one.versions, one.entries, one.places) for key, one in self.streams.items()}
        return orjson.dumps({**told, "releases": [*self.releases], "streams": streams})

    def _revised(self, event: Event, earlier: Sequence[Event]) -> None:
        release, incident = event["id"], event["incident"]["id"]
        if release not in self.releases:
            self.releases[release] = len(self.first)
            self.first.append(int(datetime.fromisoformat(event["at"]).timestamp()))
        number = self.releases[release]
        _put(self.ever.setdefault(incident, []), release)
        if basis := event.get("basis"):
            _put(self.explained.setdefault(basis, []), release)
        if event["incident"].get("closed_at"):
            self.unclosed.pop(incident, None)
        else:
            self.unclosed[incident] = None
        for path in paths_of(event):
            held = self.held.setdefault(path, [])
            if (place := bisect_left(held, number)) == len(held) or held[place] != number:
                held.insert(place, number)
        self._translated(event, earlier)

    def _translated(self, event: Event, earlier: Sequence[Event]) -> None:
        incident = event["incident"]["id"]
        for one in event["incident"].get("translations", ()):
            self.pages.setdefault(one["language"], {})[incident] = None
        for language in (one["language"] for one in event.get("translations", ())):
            self.texts.setdefault(language, {})[event["id"]] = None
            before = (one["incident"]["id"] for one in earlier if "incident" in one)
            self.pages.setdefault(language, {}).update(dict.fromkeys((event["id"], *before)))
        for language, texts in self.texts.items():
            if event["id"] in texts:  # It has a page there, and so has its incident, whatever this revision says.
                self.pages[language][incident] = None

    def _add(self, tail: Tail, news: News, place: int) -> None:
        tail.versions += 1
        tail.entries += news.is_new
        tail.places.append(place)
        if len(tail.places) > 2 * _KEPT and not is_kept_whole(news.key):
            del tail.places[:-_KEPT]


def is_kept_whole(stream: str) -> bool:
    """Whether all places of a stream are kept: an incident's stream is called as its lines say."""
    return stream.startswith("incidents/")


def places_of(events: Iterable[Event]) -> Mapping[str, Sequence[int]]:
    """The places of each release in a ledger, from 0."""
    places = dict[str, list[int]]()
    for place, event in enumerate(events):
        places.setdefault(event["id"], []).append(place)
    return places


def read_almanac(data: bytes) -> Almanac:
    """As `Almanac.write` wrote it."""
    told = orjson.loads(data)
    releases = {one: number for number, one in enumerate(told.pop("releases"))}
    streams = {key: Tail(*one) for key, one in told.pop("streams").items()}
    return Almanac(releases=releases, streams=streams, **told)


def holding(lines: Iterable[tuple[int, Event]]) -> Holding | None:
    """What streams know of a release by these of its lines, each with its place in the ledger."""
    known = None
    for place, event in lines:
        known, _ = follow(known, event, place)
    return known


def _put(ones: list[str], one: str) -> None:
    if one not in ones:
        ones.append(one)
