"""Which entries a document holds, and how much of each.

The current document of a stream holds every entry to which something happened within thirty days before the stream's
newest event, be it a minor fix that leaves `updated` behind, at least a hundred if there are that many, and always what
no archive holds yet: with the archives there is no gap. It is measured by the stream's own newest event and not by a
clock, so that its bytes depend on content alone.

An archive holds a hundred entry versions, in the ledger's order, each entry as it was at the archive's end. It is
complete when it appears and never changes.

A document stays below LIMIT bytes: the newest entries come with their full text as far as there is room, the rest with
a summary. Where even the summaries do not fit, the incident with most entries gives up its older ones first, all but
its first; then the oldest entries go. What no archive holds yet never goes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from msgspec import Struct

from greenchannel.portal.streams import Stream, Version

LIMIT = 900_000
ARCHIVE = 100  # entry versions in an archive
_DAYS = timedelta(days=30)
_AT_LEAST = 100
_AT_MOST = 2_000  # versions looked at; no office releases more in a month, and more would never fit
_FULL = 100  # entries tried in full: each costs the rendering of its text


def archives(stream: Stream) -> int:
    """How many are complete."""
    return stream.versions // ARCHIVE


def archived(stream: Stream, number: int) -> tuple[Version, ...]:
    """The entries of an archive, newest first; `number` counts from 1. None of it may be left out of the stream."""
    end = number * ARCHIVE - stream.left_out
    return _newest_first(stream.log[end - ARCHIVE : end])


def archive_place(stream: Stream, number: int) -> int:
    """The ledger's line at the end of an archive: nothing behind it can change the archive."""
    return stream.log[number * ARCHIVE - 1 - stream.left_out].place


def unarchived(stream: Stream) -> frozenset[str]:
    """The entries of which the newest version is in no archive."""
    return frozenset(one.entry for one in stream.log[archives(stream) * ARCHIVE - stream.left_out :])


def current(stream: Stream) -> tuple[Version, ...]:
    """The entries of the current document, newest first, before what does not fit is left out.

    It looks back from the log's end as far as an entry of the window can lie: the cost is the window's, not the log's.
    """
    if not stream.log:
        return ()
    kept = unarchived(stream)
    versions = _newest_first(_recent(stream))
    since = stream.log[-1].at - _DAYS
    return tuple(
        one
        for rank, one in enumerate(versions)
        if rank < _AT_LEAST or one.at >= since or one.entry in kept
    )  # fmt: skip


def is_seen(stream: Stream) -> bool:
    """Whether a log of which the beginning is left out has all that the current document looks back at."""
    if archives(stream) * ARCHIVE < stream.left_out:
        return False
    seen = len(_recent(stream))
    return not stream.left_out or seen < len(stream.log) or seen >= _AT_MOST


def _recent(stream: Stream) -> list[Version]:
    """The log's end: what lies before it happened before the window."""
    since = stream.log[-1].at - _DAYS
    start, moved = len(stream.log), set[str]()
    while start and len(stream.log) - start < _AT_MOST:
        one = stream.log[start - 1]
        if len(stream.log) - start >= ARCHIVE and one.at < since and len(moved) >= _AT_LEAST:
            break
        start -= 1
        if one.updated == one.at:
            moved.add(one.entry)
    return stream.log[start:]


def _newest_first(log: Iterable[Version]) -> tuple[Version, ...]:
    """The newest version of each entry, by `updated`; the ledger's order breaks ties."""
    newest: dict[str, Version] = {}
    for one in log:
        newest.pop(one.entry, None)
        newest[one.entry] = one
    latest = [*reversed(newest.values())]  # A sort is stable: of two of one second the later line stays first.
    return tuple(sorted(latest, key=lambda one: one.updated, reverse=True))


class Weighed(Struct, frozen=True):
    """An entry to be fitted: its bytes as a summary."""

    incident: str
    bytes: int
    may_go: bool  # an archive holds it


def fold(entries: Sequence[Weighed], room: int) -> list[int]:
    """The places of the entries that stay, in their order, so that their summaries fit into so many bytes."""
    over = sum(one.bytes for one in entries) - room
    gone: set[int] = set()
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(entries):
        groups[one.incident].append(place)
    sizes = {name: len(places) for name, places in groups.items()}
    # Newest first: all but the newest and the first, the oldest to be taken next at the end.
    middle = {name: [one for one in places[1:-1] if entries[one].may_go] for name, places in groups.items()}
    while over > 0 and (busy := max((one for one in middle if middle[one]), key=lambda one: sizes[one], default="")):
        place = middle[busy].pop()
        gone.add(place)
        sizes[busy] -= 1
        over -= entries[place].bytes
    for place in reversed(range(len(entries))):
        if over > 0 and place not in gone and entries[place].may_go:
            gone.add(place)
            over -= entries[place].bytes
    return [place for place in range(len(entries)) if place not in gone]


def in_full(summaries: Sequence[int], full: Callable[[int], int], room: int) -> frozenset[int]:
    """The places of the entries that come with their full text, the newest first; both measures are bytes.

    One long text does not keep the shorter ones behind it from coming in full.
    """
    left = room - sum(summaries)
    chosen: set[int] = set()
    for place, summary in enumerate(summaries[:_FULL]):
        if left <= 0:
            break
        more = full(place) - summary
        if more <= left:
            chosen.add(place)
            left -= more
    return frozenset(chosen)
