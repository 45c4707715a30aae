"""Subscribers of feeds as they are, and a newsroom that releases, corrects and withdraws while they poll.

A reader keeps one entry under each key (id, link or title) and shows it once; what it does with a change of an entry
that it knows differs. What the record owes it is told from the ledger, by the documented ids and by nothing of the code
that makes feeds.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from msgspec.structs import replace

from feed_documents import Document, Entry, parsed
from greenchannel.portal.entries import Voice
from greenchannel.portal.feed_plan import plan_feeds
from ledgers import SERIOUS, VOICE, Event, Ledger

MINUTES = (1, 15, 60, 1_440)
MONTH = 28 * 1_440  # thirty days less the longest outage
AWAY = 150 * 1_440
EXTENSIONS = (".rss", ".atom", ".json")
HOUSING = "departments/housing"
TWICE = 20  # every how manieth document feedparser reads, too
HOMES = ("https://news.shili.example/", "https://www.shili.example/news/", "http://news.shili.example/")
ACTIONS = ("publish", "publish", "publish", "correct", "update", "minor", "withdraw", "return", "move", "rename")


@dataclass(kw_only=True)
class Reader:
    """`follows` tells one that takes a changed entry in place from one that never looks at a known entry again."""

    extension: str
    key: str = "id"
    stream: str = "all"
    minutes: int
    follows: bool = True
    pages: bool = False
    due: datetime | None = None
    held: dict[str, Entry] = field(default_factory=dict)
    shown: list[Entry] = field(default_factory=list)
    archives: set[str] = field(default_factory=set)
    times: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    moved: defaultdict[str, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    faults: list[str] = field(default_factory=list)

    def read(self, fetch: Callable[[str], Document]) -> None:
        met: dict[str, Entry] = {}
        for document in self._documents(fetch):
            for one in document.entries:
                met.setdefault(getattr(one, self.key), one)
        for name, one in reversed(met.items()):
            self._look(one)
            if name not in self.held:
                self.shown.append(one)
            if name not in self.held or self.follows:
                self.held[name] = one

    def _documents(self, fetch: Callable[[str], Document]) -> Iterator[Document]:
        """An archive never changes, so one that was read is the end of the way back."""
        document = fetch(f"feeds/{self.stream}{self.extension}")
        yield document
        while self.pages and document.previous and document.previous not in self.archives:
            self.archives.add(document.previous)
            document = fetch(document.previous)
            yield document

    def _look(self, one: Entry) -> None:
        published, updated = self.times.get(one.id, (one.published, one.updated))
        if one.published != published:
            self.faults.append(f"published moved: {one.id}")
        if one.updated < updated:
            self.faults.append(f"updated went back: {one.id}")
        self.times[one.id] = one.published, one.updated
        self.moved[one.id].add(one.updated)


@dataclass(kw_only=True)
class Owed:
    """What the ledger owes to a stream's readers; `news` is what must be shown of each correction and withdrawal."""

    ids: set[str] = field(default_factory=set)
    news: list[tuple[str, str]] = field(default_factory=list)  # what its title begins with, what its summary holds
    newest: dict[str, int] = field(default_factory=dict)  # id of an item -> number of its newest line
    weighty: dict[str, int] = field(default_factory=dict)  # the same, minor fixes left out
    moments: defaultdict[str, set[datetime]] = field(default_factory=lambda: defaultdict(set))


def owed(events: list[Event], stream: str) -> Owed:
    found, texts, withdrawals, members = Owed(), dict[str, Event](), Counter[str](), set[str]()
    withdrawn = set[str]()
    for event in events:
        name = event["id"]
        identifier, at = f"tag:{VOICE.tag}:{name}", datetime.fromisoformat(event["at"])
        before = texts.get(name)
        if event["event"] == "withdrawn":
            withdrawals[name] += 1
            withdrawn.add(name)
            notice, is_weighty = f"{identifier}/withdrawal/{withdrawals[name]}", True
            said = [("【撤回】", event["reason"])]
        else:
            texts[name] = event
            new = event["changes"][len(before["changes"]) if before else 0 :]
            said = [("【更正】", one["note"]) for one in new if one["kind"] == "correction"]
            notice = f"{identifier}/correction/{event['revision']}"
            is_weighty = not before or name in withdrawn or any(one["kind"] != "minor" for one in new)
            withdrawn.discard(name)
            members |= {name} if _belongs(event, stream) else set()
        if is_weighty:
            found.moments[identifier].add(at)
        if name in members:
            found.ids |= {identifier, *([notice] if said else ())}
            found.news += said
            found.newest[identifier] = event["seq"]
            found.weighty |= {identifier: event["seq"]} if is_weighty or identifier not in found.weighty else {}
    return found


def _belongs(event: Event, stream: str) -> bool:
    match stream:
        case "urgent":
            return bool(event["incident"]["class"] == "serious")
        case "departments/housing":
            return bool(event["department"] == "housing")
        case _:
            return True


def faults(reader: Reader, record: Owed, homes: int = 1) -> list[str]:
    """What it lost, doubled, or holds in an old text without having been told.

    Who goes by the address shows an entry once for each of the addresses that the site has had, and no oftener.
    """
    most = homes if reader.key == "link" else 1
    held = [one.id for one in reader.held.values()]
    found = list(reader.faults)
    if reader.pages or reader.minutes <= MONTH:
        found += [f"lost: {one}" for one in sorted(record.ids - set(held))]
        told = [(one.title, one.summary) for one in reader.shown]
        for mark, text in record.news:
            times = sum(title.startswith(mark) and text in summary for title, summary in told)
            found += [f"told {times} times: {mark}{text}"] if not 1 <= times <= most else []
        if reader.follows:
            seen: dict[str, int] = {}
            for one in reader.held.values():
                seen[one.id] = max(seen.get(one.id, 0), one.sequence)
            least = record.newest if reader.pages else record.weighty
            found += [f"old text: {one}" for one, number in least.items() if seen.get(one, number) < number]
    found += [f"of no record: {one}" for one in sorted(set(held) - record.ids)]
    if reader.key != "title":  # A title tells what became of the item, so a reader that goes by it shows that.
        found += [f"doubled: {one}" for one, times in Counter(held).items() if times > most]
    for name, moments in record.moments.items():
        if not reader.moved[name] <= moments:
            found.append(f"updated moved without news: {name}")
    return found


class World:
    """A newsroom, its site and all who poll it; minutes pass in between."""

    def __init__(self, *readers: Reader) -> None:
        self.ledger, self.voice, self.readers = Ledger(), VOICE, readers
        self.withdrawn: set[str] = set()
        self.departments: dict[str, str] = {}
        self.known: list[str] = []
        self.count: Counter[str] = Counter()
        self.homes = {self.voice.url}
        self._parsed = 0
        self._places: Mapping[str, Callable[[], tuple[bytes, ...]]] = {}
        self._documents: dict[str, Document] = {}
        self.act("publish", 0)

    def act(self, action: str, number: int) -> None:
        """What cannot be done to the release is done to none."""
        name = self.known[number % len(self.known)] if self.known else ""
        note = f"第{len(self.ledger.events)}条记录之后"
        serious: Mapping[str, Any] = SERIOUS if name.startswith("2026/x0/") else {}
        match action:
            case "publish" | "burst":
                place = 9 if action == "burst" else number % 5
                name = f"2026/x{place}/fact-{len(self.known)}"
                serious = SERIOUS if place == 0 else {}
                self.departments[name] = "water" if number % 3 else "housing"
                self.ledger.publish(name, department=self.departments[name], **serious)
                self.known.append(name)
            case "rename":
                names = (("housing", f"住建局{self.count['rename']}", "0999-8123000"),)
                self.voice = replace(self.voice, departments=names)
            case "relocate":
                self.voice = replace(self.voice, url=HOMES[(self.count["relocate"] + 1) % len(HOMES)])
                self.homes.add(self.voice.url)
            case "withdraw" if name not in self.withdrawn:
                self.ledger.withdraw(name, f"{note}查明有误。")
                self.withdrawn.add(name)
            case "return" if name in self.withdrawn:
                self.ledger.publish(name, ("update", f"{note}核实。"), department=self.departments[name], **serious)
                self.withdrawn.discard(name)
            case "move" if name not in self.withdrawn:
                self.departments[name] = "housing"
                kind = "minor" if number % 2 else "update"
                self.ledger.publish(name, (kind, f"{note}移交。"), department="housing", **serious)
            case "correct" | "update" | "minor" if name not in self.withdrawn:
                kind = {"correct": "correction"}.get(action, action)
                self.ledger.publish(name, (kind, f"{note}改动。"), department=self.departments[name], **serious)
            case _:
                return
        self.count[action] += 1
        self._places, self._documents = {}, {}
        self.wait(0)

    def wait(self, minutes: int, *, is_down: bool = False) -> None:
        """Who polls within this time does so once, for nothing changes; while the site is down, it tries on."""
        self.ledger.wait(minutes=minutes)
        if is_down:
            self.count["outage"] += 1
            return
        for one in self.readers:
            one.due = one.due or self.ledger.now
            if one.due <= self.ledger.now:
                one.read(self.fetch)
                periods = (self.ledger.now - one.due) // timedelta(minutes=one.minutes) + 1
                one.due += periods * timedelta(minutes=one.minutes)

    def fetch(self, address: str) -> Document:
        """An address that the site had leads to the one that it has."""
        path = next((address.removeprefix(one) for one in self.homes if address.startswith(one)), address)
        if path not in self._documents:
            self._parsed += 1
            self._documents[path] = parsed(path, self._bytes(path), twice=self._parsed % TWICE == 0)
        return self._documents[path]

    def _bytes(self, path: str) -> bytes:
        if not self._places:
            self._places = dict(_planned(self.voice, self.ledger.events))
        stem, _, extension = path.rpartition(".")
        return self._places[stem]()[EXTENSIONS.index(f".{extension}")]

    def end(self) -> list[str]:
        """Everybody polls a last time; what is wrong then, told once for all readers of a kind."""
        for one in self.readers:
            one.read(self.fetch)
        records = {key: owed(self.ledger.events, key) for key in {one.stream for one in self.readers}}
        return [
            f"{one.key} {one.minutes} {one.extension} {one.stream}: {fault}"
            for one in self.readers
            for fault in faults(one, records[one.stream], len(self.homes))
        ]


def _planned(voice: Voice, events: list[Event]) -> Iterator[tuple[str, Callable[[], tuple[bytes, ...]]]]:
    for one in plan_feeds(voice, events, lambda digest: f"<p>{digest}</p>", "maker"):
        made: list[tuple[bytes, ...]] = []

        def make(one: Any = one, made: list[tuple[bytes, ...]] = made) -> tuple[bytes, ...]:
            if not made:
                made.append(one.make())
            return made[0]

        if one.paths[0].endswith(EXTENSIONS[0]):
            yield one.paths[0].removesuffix(EXTENSIONS[0]), make


def everybody() -> tuple[Reader, ...]:
    """Every way of telling entries apart, polling and taking changes; each format is read in every way of keeping."""
    common = product((*MINUTES, MONTH, AWAY), ("id", "link", "title"), (True, False))
    plain = [
        Reader(minutes=minutes, key=key, follows=follows, extension=EXTENSIONS[number % 3])
        for number, ((minutes, key, follows), _) in enumerate(product(common, range(3)))
    ]
    paging = product(("all", "urgent", HOUSING), (60, AWAY), EXTENSIONS)
    followers = [
        Reader(minutes=minutes, stream=stream, extension=extension, pages=True) for stream, minutes, extension in paging
    ]
    others = [Reader(minutes=15, stream=stream, extension=".json") for stream in ("urgent", HOUSING)]
    return (*plain, *followers, *others)


def play(world: World, random: Random, days: int) -> None:
    """Two things happen in a day, some on what is old; now and then the site is down for up to two days."""
    for _ in range(days):
        for _ in range(2):
            number = random.randrange(1_000_000)
            world.wait(random.randrange(1, 900), is_down=number % 20 == 0)
            world.act(random.choice(ACTIONS), number)
        if random.randrange(90) == 0:
            world.wait(random.randrange(60, 2 * 1_440), is_down=True)
        if random.randrange(30) == 0:
            world.wait(random.randrange(1, 40) * 1_440)
