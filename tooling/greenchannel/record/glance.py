"""A sound record at a glance: where each release and each incident is told, so that who asks for a few reads few lines.

An archive of ten years is read whole by who builds all of it. Who looks at one text of the desk, and who adds one to
the record, wants to know what became of its neighbours.
"""

import re
from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, overload

import orjson

from greenchannel.record.canonical import sha256
from greenchannel.record.events import Named, PublicRelease, State, apply, named_by

Event = Mapping[str, Any]  # Any: JSON
Value = TypeVar("Value")
_END = re.compile(b"\n")
_KNOWN = 4_096  # lines: more than a publication asks for, in about ten megabytes


@dataclass(slots=True)
class Index:
    """A fold, as the state is: it goes on with each line. Places count the ledger's lines from 0.

    `lines` are the places of each release, `facts` the one that has the newest facts of an incident, `members` the
    releases of an incident now; all in the order of the ledger.
    """

    lines: dict[str, list[int]] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    named: Named = field(default_factory=Named)

    def add(self, events: Sequence[Event], place: int) -> None:
        """`events` are those of the ledger, with the one at this place. What was copied before stays as it was."""
        event = events[place]
        release, told = event["id"], self.lines.get(event["id"], [])
        self.lines[release] = [*told, place]
        if event["event"] != "visible":
            self.named = named_by((event,), self.named)
        if "incident" not in event:
            return
        incident = event["incident"]["id"]
        before = next((found["id"] for one in reversed(told) if (found := events[one].get("incident"))), None)
        self.facts[incident] = place
        members = self.members.setdefault(incident, [])
        if before != incident:
            if before is not None:
                self.members[before] = [one for one in self.members[before] if one != release]
            self.members[incident] = [*members]
            insort(self.members[incident], release, key=lambda one: self.lines[one][0])

    def copy(self) -> "Index":
        return Index(dict(self.lines), dict(self.facts), dict(self.members), self.named)


def write_index(index: Index, lines: "Lines") -> bytes:
    """With where these lines end, which it is of."""
    named = [sorted(one) for one in index.named]
    told = {"lines": index.lines, "facts": index.facts, "members": index.members, "named": named, "ends": lines.ends}
    return orjson.dumps(told)


def read_index(data: bytes, ledger: bytes) -> tuple[Index, "Lines"]:
    """As it was written, gone on to the end of a ledger that begins with those lines."""
    told = orjson.loads(data)
    index = Index(told["lines"], told["facts"], told["members"], Named(*map(frozenset, told["named"])))
    lines = _lines_of(ledger, told["ends"])
    for place in range(len(told["ends"]), len(lines)):
        index.add(lines, place)
    return index, lines


def index_of(events: Sequence[Event]) -> Index:
    index = Index()
    for place in range(len(events)):
        index.add(events, place)
    return index


@dataclass(frozen=True, slots=True)
class Glance(State):
    """As the state that the lines add up to. What is asked of a release or an incident is read from its lines then."""

    index: Index = field(default_factory=Index)

    def members(self) -> Mapping[str, Sequence[str]]:
        return self.index.members

    @property
    def named(self) -> Named:
        return self.index.named


class Lines(Sequence[Event]):
    """The events of a sound ledger, each read when it is asked for. `ends` are where its lines end, `added` the next.

    Not cut into lines: of a long ledger most are not asked for. Those of a few releases are asked for again and again,
    and `known` by their places; nobody changes them.
    """

    def __init__(
        self, ledger: bytes, ends: Sequence[int], added: tuple[bytes, ...] = (), known: dict[int, Event] | None = None
    ) -> None:
        self._ledger, self.ends, self._added = ledger, ends, added
        self._known = {} if known is None else known

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...

    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        place = range(len(self))[place]
        if (event := self._known.get(place)) is None:
            event = orjson.loads(self._line(place))
            # What was added may never come to be: another one may stand there in its stead.
            if place < len(self.ends) and len(self._known) < _KNOWN:
                self._known[place] = event
        return event

    def __len__(self) -> int:
        return len(self.ends) + len(self._added)

    def __add__(self, line: bytes) -> "Lines":
        return Lines(self._ledger, self.ends, (*self._added, line), self._known)

    def digest(self, place: int) -> str:
        """SHA-256 of a line, by which the next one names it."""
        return sha256(self._line(range(len(self))[place]))

    def _line(self, place: int) -> bytes:
        if place >= len(self.ends):
            return self._added[place - len(self.ends)]
        return self._ledger[self.ends[place - 1] + 1 if place else 0 : self.ends[place]]


def lines_of(ledger: bytes) -> Lines:
    return _lines_of(ledger, [])


def _lines_of(ledger: bytes, ends: list[int]) -> Lines:
    """`ends` are those of its first lines."""
    behind = _END.finditer(ledger, ends[-1] + 1 if ends else 0)
    return Lines(ledger, [*ends, *(one.start() for one in behind)])


def glance(index: Index, lines: Lines) -> Glance:
    """`index` is that of the same lines, of which there is one at least."""

    def release(identifier: str) -> PublicRelease:
        return read_release(lines[place] for place in index.lines[identifier])

    def incident(identifier: str) -> Event:
        facts: Event = lines[index.facts[identifier]]["incident"]
        return facts

    return Glance(
        releases=_Told(index.lines, release),
        incidents=_Told(index.facts, incident),
        entries=len(lines),
        head=lines.digest(-1),
        last_at=datetime.fromisoformat(lines[-1]["at"]),
        index=index,
    )


def read_release(lines: Iterable[Event]) -> PublicRelease:
    """Of its own lines."""
    found, incidents = dict[str, PublicRelease](), dict[str, Event]()
    for event in lines:
        apply(event, found, incidents)
    (release,) = found.values()
    return release


class _Told(Mapping[str, Value]):
    """Of these keys, values that are read when they are asked for, and then kept."""

    def __init__(self, keys: Collection[str], read: Callable[[str], Value]) -> None:
        self._keys, self._read = keys, read
        self._known: dict[str, Value] = {}

    def __getitem__(self, key: str) -> Value:
        if key not in self._known:
            self._known[key] = self._read(key)  # Raises KeyError for another one.
        return self._known[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
