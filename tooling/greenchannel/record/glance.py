"""A sound record at a glance: where each release and each incident is told, so that who asks for a few reads few lines.

An archive of ten years is read whole by who adds to it and by who builds from it. Who looks at one text of the desk
wants to know what became of its neighbours.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, overload

import orjson

from greenchannel.record.canonical import sha256
from greenchannel.record.events import PublicRelease, State, apply

Event = Mapping[str, Any]  # Any: JSON
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Glance(State):
    """As the state that the lines add up to. What is asked of a release or an incident is read from its lines then."""

    members_of: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by incident
    bodies: frozenset[str] = frozenset()

    def members(self) -> Mapping[str, Sequence[str]]:
        return self.members_of

    def named_bodies(self) -> frozenset[str]:
        return self.bodies


class Lines(Sequence[Event]):
    """The events of a sound ledger, each read when it is asked for."""

    def __init__(self, ledger: bytes) -> None:
        self._lines = ledger.split(b"\n")[:-1]

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...

    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if isinstance(place, slice):
            return [orjson.loads(line) for line in self._lines[place]]
        event: Event = orjson.loads(self._lines[place])
        return event

    def __len__(self) -> int:
        return len(self._lines)


def index_of(events: Iterable[Event], state: State) -> bytes:
    """What `glance` needs beside the ledger, to be kept. `state` is what the events add up to."""
    lines, facts = defaultdict[str, list[int]](list), dict[str, int]()
    for place, event in enumerate(events):
        lines[event["id"]].append(place)
        if "incident" in event:
            facts[event["incident"]["id"]] = place
    return orjson.dumps(
        {"lines": lines, "facts": facts, "members": state.members(), "bodies": sorted(state.named_bodies())}
    )


def glance(index: bytes, ledger: bytes) -> tuple[Lines, Glance]:
    """`index` is that of the same lines, of which there is one at least."""
    told, lines = orjson.loads(index), Lines(ledger)

    def release(identifier: str) -> PublicRelease:
        found, incidents = dict[str, PublicRelease](), dict[str, Event]()
        for place in told["lines"][identifier]:
            apply(lines[place], found, incidents)
        return found[identifier]

    def incident(identifier: str) -> Event:
        facts: Event = lines[told["facts"][identifier]]["incident"]
        return facts

    last = ledger[ledger.rfind(b"\n", 0, -1) + 1 : -1]
    return lines, Glance(
        releases=_Told(told["lines"], release),
        incidents=_Told(told["facts"], incident),
        entries=len(lines),
        head=sha256(last),
        last_at=datetime.fromisoformat(lines[-1]["at"]),
        members_of=told["members"],
        bodies=frozenset(told["bodies"]),
    )


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
