"""A province from the records of its cities: ask every city, show what is new, write what changed.

Each city is taken by itself and as it answers: one that is slow, dead or not believed keeps its place with what was
taken of it last, and holds up nobody. Only so many are under way at a time, so memory and connections stay those of a
few cities however many there are. Whatever was killed, the next merge ends it: what readers have is written in an
order in which nothing names what is not there, and what it is made of is noted when all of it is.
"""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from itertools import islice
from pathlib import Path

from greenchannel.delivery.writing import locked, write_file
from greenchannel.fetching import Answer
from greenchannel.portal.confinement import Renderer, UnrenderableError
from greenchannel.portal.feeds import EXTENSIONS
from greenchannel.portal.views.feeds import FeedEntry
from greenchannel.record.canonical import sha256
from greenchannel.record.freeze import thaw
from greenchannel.record.verification import Event
from provincial.feed import FULL, PATH, Of, chosen, documents, newest
from provincial.keeping import Keep
from provincial.pages import CITIES, Standing, cities_json, home_page, month_page, month_path
from provincial.roll import City, Roll
from provincial.showing import newest_first, shown
from provincial.taking import Ask, Fetched, Refused, Taken, Unchanged, fetch, judge

AT_ONCE = 8  # cities under way


@dataclass(slots=True)
class Merged:
    """What a merge did: cities by what became of them, and the files that changed, with their bytes."""

    taken: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # entries that came without their text, and why
    written: dict[str, int] = field(default_factory=dict)


def merge(roll: Roll, keep: Keep, site: Path, ask: Ask, now: datetime) -> Merged:
    """`ask` may be called from threads. Raises OSError where our own disk fails; a city's fault is told in `Merged`.

    One merge at a time: a second one waits. Two would note a ledger of one and the length of the other.
    """
    with locked(keep.folder):
        return _Merge(roll, keep, site, ask, now).run()


class _Merge:
    def __init__(self, roll: Roll, keep: Keep, site: Path, ask: Ask, now: datetime) -> None:
        self._roll, self._keep, self._site, self._ask, self._now = roll, keep, site, ask, now
        self._merged = keep.merged if (site / CITIES).exists() else {}
        self._done = Merged()
        self._months: set[str] = set()

    def run(self) -> Merged:
        for city, fetched in self._fetched():
            self._take(city, fetched)
        standings = self._standings()
        lines = {one.city.id: one.taken.entries for one in standings}
        if lines != self._merged:
            self._write_months()
            self._write_feeds()
        self._write("index.html", home_page(self._roll.province, self._keep.months(), standings))
        self._write(CITIES, cities_json(self._roll.province, standings))
        self._keep.keep_merged(lines)
        self._done.taken.sort()
        return self._done

    def _fetched(self) -> Iterator[tuple[City, Fetched]]:
        """As they answer; a new one is asked when one has been taken."""
        waiting = iter(self._roll.cities)
        with ThreadPoolExecutor(AT_ONCE) as pool:

            def begun(count: int) -> dict[Future[Fetched], City]:
                return {
                    pool.submit(fetch, one, self._keep.known(one.id), self._ask): one for one in islice(waiting, count)
                }

            under_way = begun(AT_ONCE)
            while under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    yield under_way.pop(future), future.result()
                    under_way |= begun(1)

    def _take(self, city: City, fetched: Fetched) -> None:
        known, events = self._keep.known(city.id), None
        match judge(known, lambda: self._keep.ledger(city.id), fetched, self._now):
            case Taken() as taken:
                self._keep.keep(city.id, taken.known, taken.ledger)
                self._done.taken.append(city.id)
                events = taken.events
            case Unchanged(etag):
                self._done.unchanged += 1
                if etag != known.etag:
                    self._keep.note(city.id, replace(known, etag=etag))
            case Refused(reason):
                self._done.refused[city.id] = reason
        self._show(city, events)

    def _show(self, city: City, events: tuple[Event, ...] | None) -> None:
        """What readers do not have yet, be it of this merge or of one that did not come to its end."""
        since = self._merged.get(city.id, 0)
        if self._keep.known(city.id).checkpoint.entries == since:
            return
        found = shown(city, events if events is not None else self._keep.events(city.id), since)
        self._keep.keep_months(city.id, found.months)
        self._keep.keep_newest(city.id, found.newest)
        self._months |= set(found.months)

    def _standings(self) -> tuple[Standing, ...]:
        before, now = self._keep.problems, self._now.isoformat("T", "minutes")
        self._done.refused = dict(sorted(self._done.refused.items()))  # They answered in any order.
        problems = {
            city: {"problem": reason, "since": before.get(city, {}).get("since") or now}
            for city, reason in self._done.refused.items()
        }
        self._keep.keep_problems(problems)
        return tuple(
            Standing(one, self._keep.known(one.id).checkpoint, **problems.get(one.id, {})) for one in self._roll.cities
        )

    def _write_months(self) -> None:
        names = {one.id: one.voice.name for one in self._roll.cities}
        for month in sorted(self._months):
            rows = newest_first([row for one in self._roll.cities for row in self._keep.month(one.id, month)])
            self._write(month_path(month), month_page(self._roll.province, names, month, rows))

    def _write_feeds(self) -> None:
        entries = newest([Of(city, entry) for city in self._roll.cities for entry in self._keep.newest(city.id)])
        self._fetch_texts(entries[:FULL])
        with Renderer() as renderer:
            texts = _Texts(self._keep, renderer)
            items = chosen(entries, texts.html)
        if items:
            for extension, data in zip(EXTENSIONS, documents(self._roll.province, items), strict=True):
                self._write(PATH + extension, data)

    def _fetch_texts(self, entries: list[Of]) -> None:
        """Those that are not at hand. What is not the text that the ledger names is no text."""
        with_text = [one for one in entries if one.entry.body]
        wanted = [one for one in with_text if self._keep.text(one.entry.body) is None]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = pool.map(lambda one: self._ask(_origin(one), {}), wanted)
            for one, answer in zip(wanted, answers, strict=True):
                if sha256(answer.body) == one.entry.body:
                    self._keep.keep_text(one.entry.body, answer.body)
                else:
                    self._done.texts[one.entry.id] = _without(answer)
        self._keep.keep_no_texts_but(one.entry.body for one in with_text)

    def _write(self, path: str, data: bytes) -> None:
        # With the time of the merge: a server that tells versions apart by size and second must see each.
        if write_file(self._site / path, data, changed_at=int(self._now.timestamp())):
            self._done.written[path] = len(data)


class _Texts:
    """The texts that are at hand, as HTML, each rendered once, in a process that has limits."""

    def __init__(self, keep: Keep, renderer: Renderer) -> None:
        self._keep, self._renderer = keep, renderer
        self._made: dict[str, str | None] = {}

    def html(self, entry: FeedEntry) -> str | None:
        if entry.id not in self._made:
            data = self._keep.text(entry.body)
            self._made[entry.id] = None if data is None else self._rendered(entry, thaw(data).body)
        return self._made[entry.id]

    def _rendered(self, entry: FeedEntry, body: str) -> str:
        try:
            return self._renderer.render(body, tuple((one.name, one.url) for one in entry.attachments))
        except UnrenderableError:
            return f"<pre>{escape(body)}</pre>"


def _origin(one: Of) -> str:
    """Where the text is read: below the origin, at the place that it has on the site."""
    return one.city.origin + one.entry.text_url.removeprefix(one.city.voice.url)


def _without(answer: Answer) -> str:
    if answer.problem:
        return str(answer.problem)
    return f"status {answer.status}" if answer.status != 200 else "it is not the text that the ledger names"
