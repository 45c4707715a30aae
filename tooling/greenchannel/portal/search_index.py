"""The record -> the index that the search page reads: static files, asked for piece by piece.

A server that searches is not needed, and an index of everything is not loaded: a query asks for the pieces of its own
pairs of characters (`postings`) and for nothing else.

1. The index counts changes: each publication, correction and withdrawal is one. It has up to three segments: the
   changes up to the last full _LARGE, those after it up to the last full _SMALL, and the rest. A change therefore
   costs a segment of at most _SMALL releases; each _SMALL changes cost one of at most _LARGE; and only each _LARGE
   changes is everything written anew. All of it is a pure function of the record.
2. A segment has each release as its last change in that span left it. One that changed later is in a later segment and
   counts as gone in the earlier one, which the entry says.
3. A release is found by what it says in any language. A withdrawn one is found by its Chinese title alone: that is
   what its page and its twin still say.
4. The files of a segment stand in a folder that is named by the digest of what they are made of, so that they never
   change and may be kept for good. The entry, which names the folders, is the one file that does change, and goes out
   last: whoever has an old one finds old pieces.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from functools import partial
from itertools import pairwise
from typing import Any

from msgspec import Struct

from greenchannel.portal.plan import Planned, Stage, fingerprint, given
from greenchannel.portal.postings import write_number, write_pieces
from greenchannel.record.canonical import canonical_json

FOLDER = "search/index"
ENTRY = f"{FOLDER}/entry.json"
_PIECE = re.compile(rf"{FOLDER}/[0-9a-f]{{16}}/(head\.bin|names-[0-9]+\.json|[0-9a-f]+\.bin)")
_FORMAT = 2
_SMALL, _LARGE = 16, 512  # changes
_NAMES = 64  # ids in a file
_FEWEST, _MOST = 2, 4096  # buckets: pieces of about 5 to 10 KB
_SHARE = 5  # releases to a bucket
_EPOCH = date(2000, 1, 1).toordinal()
Event = Mapping[str, Any]  # Any: JSON
ReadText = Callable[[str], str]  # digest of a frozen text -> what a reader of its page reads of it


class Document(Struct, frozen=True):
    """A release as a change left it; `text` is the digest of what can be found in it, empty where it is withdrawn.

    `translations` are title and digest of what it says in other languages.
    """

    id: str
    title: str
    type: str
    department: str
    day: int  # of its first publication, counted from 1 January 2000
    text: str
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """Title and digest in each."""
        return ((self.title, self.text), *self.translations)


class Segment(Struct, frozen=True):
    """`documents` from the oldest to the newest; `gone` are the numbers of those that changed in a later segment.

    `folder` is named by all that its files are made of.
    """

    documents: tuple[Document, ...]
    gone: tuple[int, ...]
    folder: str

    @property
    def buckets(self) -> int:
        """A power of two, so that a piece is neither a handful of bytes nor a book."""
        return min(_MOST, max(_FEWEST, 1 << (len(self.documents) // _SHARE).bit_length()))


def plan_index(events: Iterable[Event], read_text: ReadText, zone: timezone, maker: str) -> Iterator[Planned]:
    """Pieces first, the entry last. `maker` stands for the programs that make a page's text of a frozen one."""
    segments = read_segments(events, zone, maker)
    for one in segments:
        paths = tuple(f"{one.folder}/{name}" for name in _names(one))
        yield Planned(Stage.SEARCH, paths, fingerprint(one.folder), partial(_pieces, one, read_text))
    yield given(Stage.SEARCH_ENTRY, ENTRY, _entry(segments))


def is_piece(path: str) -> bool:
    """By its name: of this index or of an earlier one, which a reader may still be asking."""
    return _PIECE.fullmatch(path) is not None


def folders(entry: bytes) -> frozenset[str]:
    """What an entry names, by the names of the folders in FOLDER. Raises ValueError or KeyError for anything else."""
    return frozenset(one["folder"] for one in json.loads(entry)["segments"])


def read_segments(events: Iterable[Event], zone: timezone, maker: str = "") -> tuple[Segment, ...]:
    changes = tuple(_changes(events, zone))
    cuts = (0, *(len(changes) // size * size for size in (_LARGE, _SMALL)), len(changes))
    spans = [{one.id: one for one in changes[start:end]} for start, end in pairwise(cuts) if start < end]
    later = [frozenset().union(*spans[number + 1 :]) for number in range(len(spans))]
    return tuple(_segment(span.values(), changed, maker) for span, changed in zip(spans, later, strict=True))


def _segment(found: Iterable[Document], changed: frozenset[str], maker: str) -> Segment:
    documents = tuple(sorted(found, key=lambda one: (one.day, one.id)))
    gone = tuple(number for number, one in enumerate(documents) if one.id in changed)
    return Segment(documents, gone, f"{FOLDER}/{fingerprint(_FORMAT, maker, documents)[:16]}")


def _changes(events: Iterable[Event], zone: timezone) -> Iterator[Document]:
    first: dict[str, int] = {}
    newest: dict[str, Event] = {}
    for event in events:
        if (kind := event["event"]) not in ("published", "corrected", "withdrawn"):
            continue
        identifier = event["id"]
        if kind != "withdrawn":
            newest[identifier] = event
            day = datetime.fromisoformat(event["at"]).astimezone(zone).toordinal() - _EPOCH
            first.setdefault(identifier, day)
        told = newest[identifier]
        text, listed = ("", ()) if kind == "withdrawn" else (told["sha256"], told.get("translations", ()))
        others = tuple((one["title"], one["sha256"]) for one in listed)
        yield Document(identifier, told["title"], told["type"], told["department"], first[identifier], text, others)


def _names(segment: Segment) -> Iterator[str]:
    yield "head.bin"
    yield from (f"names-{number}.json" for number in range(-(-len(segment.documents) // _NAMES)))
    yield from (f"{number:x}.bin" for number in range(segment.buckets))


def _pieces(segment: Segment, read_text: ReadText) -> tuple[bytes, ...]:
    ids = [one.id for one in segment.documents]
    texts = (((title, read_text(one) if one else "") for title, one in of.languages) for of in segment.documents)
    return (
        _head(segment),
        *(canonical_json({"ids": ids[start : start + _NAMES]}) for start in range(0, len(ids), _NAMES)),
        *write_pieces(texts, segment.buckets),
    )


def _head(segment: Segment) -> bytes:
    """For each release its type and department, by their places in the entry's lists, and the days since the last."""
    types, departments = _vocabulary(segment)
    written, day = bytearray(), 0
    for one in segment.documents:
        written += write_number(departments.index(one.department) * len(types) + types.index(one.type))
        written += write_number(one.day - day)
        day = one.day
    return bytes(written)


def _vocabulary(segment: Segment) -> tuple[Sequence[str], Sequence[str]]:
    documents = segment.documents
    return sorted({one.type for one in documents}), sorted({one.department for one in documents})


def _entry(segments: Iterable[Segment]) -> bytes:
    return canonical_json(
        {
            "format": _FORMAT,
            "names": _NAMES,
            "segments": [
                {
                    "folder": one.folder.removeprefix(f"{FOLDER}/"),
                    "documents": len(one.documents),
                    "buckets": one.buckets,
                    "gone": list(one.gone),
                    **dict(zip(("types", "departments"), _vocabulary(one), strict=True)),
                }
                for one in segments
            ],
        }
    )
