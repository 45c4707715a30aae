"""The public ledger -> the plan of every feed: archives, then current documents, then the lists of all streams.

A document is made of the ledger's lines up to one of them, of the newsroom's voice and of the programs that make it.
So its fingerprint needs the digest of that line alone, and each line vouches for all before it: planning an archive
costs the same however much it holds, and touches none of its entries.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from greenchannel.domain.remembering import Remembering
from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal import window
from greenchannel.portal.entries import Voice
from greenchannel.portal.feed_index import INDEX, OPML, Listed, index_json, opml
from greenchannel.portal.feeds import EXTENSIONS, fitted, render_feed
from greenchannel.portal.items import clean
from greenchannel.portal.plan import Planned, Stage, fingerprint
from greenchannel.portal.prepared import Entries
from greenchannel.portal.streams import ALL, CHANGES, URGENT, Ends, Event, Stream, Streams, Version, read_streams
from greenchannel.portal.views.feeds import FeedView
from greenchannel.record.canonical import canonical_json, sha256

ARCHIVES = "feeds/archive/"


def plan_feeds(
    voice: Voice,
    events: Sequence[Event],
    html: Callable[[str], str],
    maker: str,
    streams: Streams | None = None,
    entries: Entries | None = None,
    ends: Ends | None = None,
    memory: Remembering | None = None,
) -> Iterator[Planned]:
    """`html` gives the clean HTML of a frozen text by its digest; `maker` stands for the programs that make feeds.

    `streams` and `entries` are those that a process keeps. Where the `ends` of some streams are given, these alone are
    planned, and of their archives those that are new; what most of a document told before is then in a `memory`. The
    voice may hold what neither XML nor UTF-8 can carry; no document does.
    """
    if events:
        told = ends or Ends(read_streams(events, streams), {})
        feeds = _Feeds(clean(voice), events, html, maker, told, entries or Entries(), memory)
        yield from feeds.plan()
        if ends is None:
            yield feeds.index()


class _Feeds:
    def __init__(
        self,
        voice: Voice,
        events: Sequence[Event],
        html: Callable[[str], str],
        maker: str,
        ends: Ends,
        entries: Entries,
        memory: Remembering | None,
    ) -> None:
        self._voice, self._events, (self._streams, self._before) = voice, events, ends
        self._html, self._entries, self._memory = html, entries, memory
        self._common = fingerprint(maker, voice)

    def plan(self) -> Iterator[Planned]:
        # In the ledger's order, so that streams find the entries that they share still at hand.
        for place, stream, number in sorted(self._archives(), key=lambda one: one[0]):
            make = partial(self._archived, stream, number)
            yield self._planned(Stage.ARCHIVE, _archive(stream, number), place, make)
        for stream in self._streams.values():
            yield self._planned(Stage.FEED, f"feeds/{stream.key}", stream.place, partial(self._current, stream))

    def index(self) -> Planned:
        last = self._line(max(one.place for one in self._streams.values()))
        return Planned(Stage.INDEX, (INDEX, OPML), fingerprint(self._common, INDEX, last), self._index)

    def _archives(self) -> Iterator[tuple[int, Stream, int]]:
        for stream in self._streams.values():
            for number in range(self._before.get(stream.key, 0) // window.ARCHIVE + 1, window.archives(stream) + 1):
                yield window.archive_place(stream, number), stream, number

    def _planned(self, stage: Stage, path: str, place: int, make: Callable[[], tuple[bytes, ...]]) -> Planned:
        paths = tuple(path + one for one in EXTENSIONS)
        return Planned(stage, paths, fingerprint(self._common, path, self._line(place)), make)

    def _line(self, place: int) -> str:
        """The digest of a line of the ledger, which the next one holds."""
        events = self._events
        return str(events[place]["prev"]) if place < len(events) else sha256(canonical_json(events[-1]))

    def _archived(self, stream: Stream, number: int) -> tuple[bytes, ...]:
        versions = window.archived(stream, number)
        return self._document(stream, versions, frozenset(one.entry for one in versions), number)

    def _current(self, stream: Stream) -> tuple[bytes, ...]:
        return self._document(stream, window.current(stream), window.unarchived(stream), 0)

    def _document(
        self, stream: Stream, versions: Sequence[Version], kept: frozenset[str], archive: int
    ) -> tuple[bytes, ...]:
        """`kept` are the entries that must not be left out."""
        view = _view(self._voice, stream, versions, archive, str(self._events[0]["at"]))
        self._entries.begin(self._html, self._mark, self._memory)
        entries = self._entries.of(self._voice, versions)
        written = render_feed(view, fitted(view, entries, [one.entry not in kept for one in versions]))
        self._entries.put_away()
        return written

    def _mark(self, version: Version) -> str:
        return fingerprint(self._common, version.entry, self._line(version.place))

    def _index(self) -> tuple[bytes, ...]:
        listed = tuple(self._listed(one) for one in self._streams.values())
        return index_json(self._voice, listed), opml(self._voice, listed)

    def _listed(self, stream: Stream) -> Listed:
        return Listed(
            path=f"feeds/{stream.key}",
            id=f"tag:{self._voice.tag}:feeds/{stream.key}",
            title=clean(_title(self._voice, stream, 0)[0]),
            entries=stream.entries,
            archives=window.archives(stream),
            sequence=self._events[stream.place - 1]["seq"] if stream.log else 0,
            updated=self._voice.time(stream.updated) if stream.updated else "",
        )


def _archive(stream: Stream, number: int) -> str:
    return f"{ARCHIVES}{stream.key}/{number}" if number else ""


def _view(voice: Voice, stream: Stream, versions: Sequence[Version], archive: int, founded: str) -> FeedView:
    """`archive` is 0 for the current document; `founded` is the time of a stream that nothing was released to yet."""
    title, home = _title(voice, stream, archive)
    return FeedView(
        id=f"tag:{voice.tag}:feeds/{stream.key}",
        path=_archive(stream, archive) or f"feeds/{stream.key}",
        title=title,
        description=f"{voice.organisation}：{title}",
        home=home,
        base=voice.url,
        organisation=voice.organisation,
        email=voice.email,
        rights=voice.rights,
        licence=voice.licence,
        namespace=voice.namespace,
        updated=voice.time(versions[0].updated) if versions else founded,
        hubs=() if archive else voice.hubs,
        current=f"feeds/{stream.key}" if archive else "",
        previous=_archive(stream, archive - 1 if archive else window.archives(stream)),
    )


def _title(voice: Voice, stream: Stream, archive: int) -> tuple[str, str]:
    """What a stream is called at the end of a document, and the page that belongs to it, below the site's root."""
    behind = archive * window.ARCHIVE - stream.left_out if archive else None
    kind, _, name = stream.key.partition("/")
    match kind:
        case "incidents":
            # As the newest line of its own has it: a release may have moved to another incident since.
            lines = (one.text for one in stream.log[:behind] if one.text["incident"]["id"] == name)
            newest = max(lines, key=lambda line: line["seq"])
            return str(newest["incident"]["title"]), f"releases/{name}/"
        case "departments":
            return f"{voice.name}·{voice.department(name)[0]}", f"{stream.key}/"
        case "categories":
            return f"{voice.name}·{Category(name).zh}", f"{stream.key}/"
        case "types":
            return f"{voice.name}·{ReleaseType(name).zh}", f"{stream.key}/"
        case _:
            return voice.name + {ALL: "", URGENT: "·重大事件", CHANGES: "·全部变更"}[stream.key], ""
