"""The public ledger -> streams of entry versions: what happened to which entry, in the order in which it happened.

A stream is a filter over the ledger's public events. Entries are of four kinds:

- an *item* is a release; each of its revisions and each withdrawal makes a new version of it;
- a *correction* and a *withdrawal* are news, so each is an entry of its own beside the item, which never changes;
- a *revision* stands in the stream ``changes`` alone, one for each revision of whatever kind. A withdrawal marks those
  that it ended.

The rules: an id is minted once. `published` is the first publication, for ever. `updated` moves with a revision that is
more than minor, with a withdrawal and with a new publication after one; it never goes back. Whatever stream once held
an item gets all that happens to it later, also when it moves to another department or its incident is closed: a reader
of that stream must not keep an old text. Nothing that is appended to the ledger changes what a log held before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field

from greenchannel.domain.vocabulary import ChangeKind
from greenchannel.portal.catalogue import SERIOUS, Catalogue
from greenchannel.portal.shown import incident_url, release_url, rfc3339

ALL, URGENT, CHANGES = "all", "urgent", "changes"
Event = Mapping[str, Any]  # Any: JSON


class Kind(StrEnum):
    ITEM = "item"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    REVISION = "revision"


class Note(Struct, frozen=True, kw_only=True):
    """What a revision said of itself."""

    kind: ChangeKind
    text: str
    at: datetime


class Version(NamedTuple):
    """An entry as one event left it. A tuple, since there are two for nearly every line of a long record."""

    entry: str  # the part of its id behind the authority: 2026/x/fact-1, 2026/x/fact-1/correction/2
    kind: Kind
    place: int  # of the event in the ledger, from 1
    at: datetime  # of the event
    published: datetime
    updated: datetime
    text: Event  # the line of the revision that it shows
    withdrawn: Event | None = None  # the line that withdrew it
    notes: tuple[Note, ...] = ()  # an item's corrections, or what a notice or a revision is about; oldest first
    number: int = 1  # of a notice: the how manieth of its kind
    is_return: bool = False  # a revision that ended a withdrawal

    def __hash__(self) -> int:
        return hash((self.entry, self.place))

    @property
    def release(self) -> str:
        return str(self.text["id"])

    @property
    def incident(self) -> str:
        return str(self.text["incident"]["id"])


class Stream(Struct):
    """`key` is its address below ``feeds/``; `entries` counts every id that it held.

    `log` is the end of what happened, behind so many versions as are `left_out`: none, but where news are planned.
    """

    key: str
    log: list[Version] = field(default_factory=list)
    entries: int = 0
    left_out: int = 0

    @property
    def versions(self) -> int:
        return self.left_out + len(self.log)

    @property
    def updated(self) -> datetime | None:
        """Its newest time. The ledger never goes back, so nothing before a version that moved is newer than that."""
        newest: datetime | None = None
        for one in reversed(self.log):
            newest = max(newest or one.updated, one.updated)
            if one.updated >= one.at:
                break
        return newest

    @property
    def place(self) -> int:
        """The ledger's line that it changed with last; one that is empty stands as of the first line."""
        return self.log[-1].place if self.log else 1


class Holding(NamedTuple):
    """What streams know of a release behind a line of the ledger."""

    item: Version
    held: Mapping[str, None]  # the streams that hold it, in the order in which they came to
    revisions: tuple[Version, ...]  # those that no withdrawal has ended
    withdrawals: int = 0
    corrections: int = 0


class News(NamedTuple):
    """What a stream gets by a line."""

    key: str
    version: Version
    is_new: bool  # the entry, to this stream


class Ends(NamedTuple):
    """Streams that got something, with how many versions each had before."""

    streams: Mapping[str, Stream]
    before: Mapping[str, int]


class Streams:
    """Every stream as of the lines that were read last: who reads a ledger again goes on behind them."""

    def __init__(self) -> None:
        self._streams: dict[str, Stream] = {}
        self._releases: dict[str, Holding] = {}
        self._read = 0
        self._last: Event | None = None

    def of(self, events: Sequence[Event]) -> Mapping[str, Stream]:
        """By their keys, sorted. `all`, `urgent` and `changes` are there before they hold anything.

        What was given before stays as it was. A line names the one before it, so the last one vouches for all. Behind
        the drafts of a preview, which say that they came out now, everything is read anew.
        """
        if self._last is None or len(events) < self._read or events[self._read - 1] != self._last:
            self._streams, self._releases, self._read = {key: Stream(key) for key in (ALL, CHANGES, URGENT)}, {}, 0
        self._last = None  # Until all are added.
        for place, event in enumerate(events[self._read :], self._read + 1):
            then, news = follow(self._releases.get(event["id"]), event, place)
            if then is not None:
                self._releases[event["id"]] = then
            for one in news:
                if (stream := self._streams.get(one.key)) is None:
                    stream = self._streams[one.key] = Stream(one.key)
                stream.log.append(one.version)
                stream.entries += one.is_new
        self._read, self._last = len(events), events[-1] if events else None
        return {key: Stream(key, list(one.log), one.entries) for key, one in sorted(self._streams.items())}


def follow(known: Holding | None, event: Event, place: int) -> tuple[Holding | None, Iterable[News]]:
    """One step of the fold of a release: what is known of it then, and what streams get, the notice on top."""
    match event["event"]:
        case "published" | "corrected":
            then = _revised(known, event, place)
        case "withdrawn" if known:
            then = _withdrawn(known, event, place)
        case _:
            return known, ()
    return then, _news(known, then, event)


def read_streams(events: Sequence[Event], known: Streams | None = None) -> Mapping[str, Stream]:
    """As `Streams.of`; `known` is what a process keeps that reads them again."""
    return (known or Streams()).of(events)


def _revised(known: Holding | None, event: Event, place: int) -> Holding:
    at = datetime.fromisoformat(event["at"])
    notes = _new_notes(known, event, at)
    said = {one.kind for one in notes}
    is_return = known is not None and known.item.withdrawn is not None
    moves = known is None or is_return or said != {ChangeKind.MINOR}
    corrections = tuple(one for one in notes if one.kind is ChangeKind.CORRECTION)
    item = Version(
        entry=event["id"],
        kind=Kind.ITEM,
        place=place,
        at=at,
        published=known.item.published if known else at,
        updated=at if known is None else max(known.item.updated, at) if moves else known.item.updated,
        text=event,
        notes=(*known.item.notes, *corrections) if known else corrections,
    )
    revision = Version(
        entry=f"{event['id']}/r{event['revision']}",
        kind=Kind.REVISION,
        place=place,
        at=at,
        published=at,
        updated=at,
        text=event,
        notes=notes,
        is_return=is_return,
    )
    return Holding(
        item=item,
        held={**(known.held if known else {}), **dict.fromkeys(_keys(event))},
        revisions=(*(known.revisions if known and not is_return else ()), revision),
        withdrawals=known.withdrawals if known else 0,
        corrections=(known.corrections if known else 0) + bool(corrections),
    )


def _new_notes(known: Holding | None, event: Event, at: datetime) -> tuple[Note, ...]:
    """Those behind the ones that the text before had."""
    if known is None:
        return ()
    added = event["changes"][len(known.item.text["changes"]) :]
    return tuple(Note(kind=ChangeKind(one["kind"]), text=one["note"], at=at) for one in added)


def _withdrawn(known: Holding, event: Event, place: int) -> Holding:
    at = datetime.fromisoformat(event["at"])

    def ended(one: Version) -> Version:
        return one._replace(place=place, at=at, updated=max(one.updated, at), withdrawn=event)

    return known._replace(
        item=ended(known.item),
        revisions=tuple(ended(one) for one in known.revisions),
        withdrawals=known.withdrawals + 1,
    )


def _news(known: Holding | None, then: Holding, event: Event) -> Iterator[News]:
    notice = _notice(known, then, event)
    for key in then.held:
        yield News(key, then.item, known is None or key not in known.held)
        if notice:
            yield News(key, notice, is_new=True)
    if event["event"] == "withdrawn":
        yield from (News(CHANGES, one, is_new=False) for one in then.revisions)
        if notice:
            yield News(CHANGES, notice, is_new=True)
    else:
        yield News(CHANGES, then.revisions[-1], is_new=True)


def _notice(known: Holding | None, then: Holding, event: Event) -> Version | None:
    is_withdrawal = event["event"] == "withdrawn"
    if not is_withdrawal and then.corrections == (known.corrections if known else 0):
        return None
    item = then.item._replace(published=then.item.at, updated=then.item.at)
    if is_withdrawal:
        entry = f"{item.entry}/withdrawal/{then.withdrawals}"
        return item._replace(entry=entry, kind=Kind.WITHDRAWAL, number=then.withdrawals, notes=())
    notes = tuple(one for one in then.revisions[-1].notes if one.kind is ChangeKind.CORRECTION)
    entry = f"{item.entry}/correction/{event['revision']}"
    return item._replace(entry=entry, kind=Kind.CORRECTION, number=then.corrections, notes=notes)


def _keys(event: Event) -> Iterator[str]:
    """The streams that a revision belongs to by its own facts."""
    incident = event["incident"]
    yield ALL
    yield f"types/{event['type']}"
    yield f"departments/{event['department']}"
    yield f"categories/{incident['category']}"
    yield f"incidents/{incident['id']}"
    if incident["class"] in SERIOUS and not incident.get("closed_at"):
        yield URGENT


def addresses(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every release and incident in this language with the day its page last changed, for the sitemap."""
    for identifier in sorted(filter(catalogue.has_page, catalogue.state.incidents)):
        timeline = catalogue.of_incident(identifier)
        yield incident_url(catalogue, identifier), rfc3339(catalogue, catalogue.changed_at(identifier))
        for one in timeline:
            if catalogue.has_page(one.id):
                yield release_url(catalogue, one), rfc3339(catalogue, one.updated_at)
