"""The events of the ledger and what they add up to.

`published`, `corrected`, `withdrawn`, `countersigned` and `visible` are facts that happened, one canonical JSON object
a line, each with `seq`, `at` and `prev` (the SHA-256 of the line before). State is a fold over them; nothing else is
stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

import orjson

from greenchannel.domain.moment import read_moment
from greenchannel.domain.timing import Appearance
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.record.canonical import canonical_json, sha256

GENESIS = "0" * 64
NAMES_NOTHING = frozenset(("visible", "countersigned"))  # events that change nothing that lists and feeds tell


class Revision(NamedTuple):
    """One public text of a release. `event` is its ledger line, whose fields lists and feeds are made of."""

    number: int
    at: datetime
    sha256: str
    path: str
    event: Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`revision` is the text that stood when the release was withdrawn; a later one ends the withdrawal.

    `signature` is the SHA-256 of the file that says who withdrew; older lines have none.
    """

    at: datetime
    department: str
    reason: str
    revision: int
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class PublicRelease:
    """A release as the public has it: all its revisions, oldest first, and what became of them."""

    id: str
    revisions: tuple[Revision, ...]
    visible: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)  # revision -> target -> read back
    withdrawals: tuple[Withdrawal, ...] = ()  # every one, also those that a new publication ended
    countersigned: Mapping[int, datetime] = field(default_factory=dict)  # revision -> when it got its second signature
    draft: bool = False
    # A value that never changes need not be asked twice: an archive is asked with each line of the ledger.
    _appearances: dict[timezone, Appearance] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def current(self) -> Revision:
        return self.revisions[-1]

    @property
    def first_at(self) -> datetime:
        return self.revisions[0].at

    @property
    def withdrawal(self) -> Withdrawal | None:
        """The one in force."""
        newest = self.withdrawals[-1] if self.withdrawals else None
        return newest if newest and newest.revision == self.current.number else None

    @property
    def updated_at(self) -> datetime:
        return self.withdrawal.at if self.withdrawal else self.current.at

    @property
    def unsigned(self) -> tuple[Revision, ...]:
        """Revisions that one officer released on duty and that nobody has countersigned."""
        return tuple(one for one in self.revisions if one.event.get("on_duty") and one.number not in self.countersigned)

    def seen_at(self, revision: int) -> datetime | None:
        """When the public could first read it, wherever that was."""
        return min(self.visible.get(revision, {}).values(), default=None)

    def appearance(self, zone: timezone) -> Appearance:
        """When the public first met it; what is said of it (a held time, its end) by the newest text it can read."""
        if zone not in self._appearances:
            self._appearances[zone] = self._appearance(zone)
        return self._appearances[zone]

    def _appearance(self, zone: timezone) -> Appearance:
        seen = {number: at for number in self.visible if (at := self.seen_at(number))}
        event = (self.revisions[max(seen) - 1] if seen else self.current).event
        held = event.get("held_at")
        return Appearance(
            release=self.id,
            type=ReleaseType(event["type"]),
            published_at=self.first_at,
            visible_at=min(seen.values(), default=None),
            held_at=read_moment(held, zone) if held else None,
            starts_at=datetime.fromisoformat(event["starts_at"]) if event.get("starts_at") else None,
            final=bool(event.get("final")),
            late_reason=self.revisions[0].event.get("late_reason"),
        )


class Named(NamedTuple):
    """What the record ever named: pages about it keep their addresses, whatever the registry says today.

    `bodies` are departments that released or withdrew something, or led an incident. `experts` are those whose view was
    released, whether they agreed to be named or not. `languages` are those of translations.
    """

    bodies: frozenset[str] = frozenset()
    experts: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


def named_by(events: Iterable[Mapping[str, Any]], known: Named = Named()) -> Named:  # noqa: B008  # Never changed.
    """What these lines name, and what is known. Receipts and second signatures name nothing."""
    bodies, experts, types, languages = (set(one) for one in known)
    for event in events:
        incident = event.get("incident", {})
        bodies.update(one for one in (event.get("department"), incident.get("lead")) if one)
        if "type" in event:
            types.add(event["type"])
        if expert := event.get("expert"):
            experts.add(expert)
        for facts in (event, incident):
            if "translations" in facts:
                languages.update(one["language"] for one in facts["translations"])
    return Named(*(frozenset(one) for one in (bodies, experts, types, languages)))


@dataclass(frozen=True, slots=True)
class State:
    """What the lines of a ledger add up to: `entries` of them, of which the last has the SHA-256 `head`."""

    releases: Mapping[str, PublicRelease] = field(default_factory=dict)
    incidents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # the newest public facts of each
    entries: int = 0
    head: str = GENESIS
    last_at: datetime | None = None
    _revised: list[tuple[Mapping[str, Any], ...]] = field(default_factory=list, init=False, repr=False, compare=False)
    _named: list[Named] = field(default_factory=list, init=False, repr=False, compare=False)

    def appearances(self, zone: timezone) -> Mapping[str, tuple[Appearance, ...]]:
        """By incident, each worked out when it is asked for. A withdrawn release still appeared when it did.

        `zone` reads a conference known to the day only.
        """
        return _Appearances(self, zone)

    def revised(self) -> Sequence[Mapping[str, Any]]:  # Any: JSON
        """The ledger line of every revision, by release."""
        if not self._revised:  # At once: another thread must not take a part of them for all.
            self._revised.append(tuple(one.event for release in self.releases.values() for one in release.revisions))
        return self._revised[0]

    def members(self) -> Mapping[str, Sequence[str]]:
        """By incident, the releases that belong to it now, in the order of the ledger."""
        found: dict[str, list[str]] = {one: [] for one in self.incidents}
        for one in self.releases.values():
            found[one.current.event["incident"]["id"]].append(one.id)
        return found

    @property
    def named(self) -> Named:
        if not self._named:
            withdrawals = (one for release in self.releases.values() for one in release.withdrawals)
            self._named.append(named_by((*self.revised(), *({"department": one.department} for one in withdrawals))))
        return self._named[0]


class _Appearances(Mapping[str, tuple[Appearance, ...]]):
    def __init__(self, state: State, zone: timezone) -> None:
        self._releases, self._members, self._zone = state.releases, state.members(), zone

    def __getitem__(self, incident: str) -> tuple[Appearance, ...]:
        members = (self._releases[one] for one in self._members[incident])
        return tuple(one.appearance(self._zone) for one in members if one.visible or not one.withdrawal)

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def fold(events: Iterable[Mapping[str, Any]], state: State | None = None) -> State:
    """Law: ``fold(a + b) == fold(b, fold(a))``."""
    state = state or State()
    releases, incidents = dict(state.releases), dict(state.incidents)
    entries, last = state.entries, None
    for event in events:
        apply(event, releases, incidents)
        entries, last = entries + 1, event
    if last is None:
        return state
    return State(releases, incidents, entries, sha256(canonical_json(last)), datetime.fromisoformat(last["at"]))


def apply(
    event: Mapping[str, Any], releases: dict[str, PublicRelease], incidents: dict[str, Mapping[str, Any]]
) -> None:
    """One step of the fold, in place. Raises KeyError or ValueError for what `succession` objects to."""
    identifier, at = event["id"], datetime.fromisoformat(event["at"])
    match event["event"]:
        case "published" | "corrected":
            revision = Revision(event["revision"], at, event["sha256"], event["path"], event)
            draft = bool(event.get("draft"))
            # Spelt out where most lines come by: a `replace` takes three times as long.
            if (known := releases.get(identifier)) is None:
                releases[identifier] = PublicRelease(identifier, (revision,), draft=draft)
            else:
                releases[identifier] = replace(known, revisions=(*known.revisions, revision), draft=draft)
            incidents[event["incident"]["id"]] = event["incident"]
        case "withdrawn":
            known = releases[identifier]
            stood, signature = known.current.number, event.get("withdrawal")
            withdrawal = Withdrawal(at, event["department"], event["reason"], stood, signature)
            releases[identifier] = replace(known, withdrawals=(*known.withdrawals, withdrawal))
        case "countersigned":
            known = releases[identifier]
            releases[identifier] = replace(known, countersigned={**known.countersigned, event["revision"]: at})
        case "visible":
            known = releases[identifier]
            targets = {event["target"]: at, **known.visible.get(event["revision"], {})}
            visible = {**known.visible, event["revision"]: targets}
            releases[identifier] = PublicRelease(
                identifier, known.revisions, visible, known.withdrawals, known.countersigned, known.draft
            )
        case unknown:
            raise ValueError(f"unknown event {unknown!r}")


def chain(state: State, bodies: Iterable[Mapping[str, Any]], at: datetime) -> tuple[Mapping[str, Any], ...]:
    """Gives new events their place behind `state`: `seq`, `at`, `prev`."""
    chained: list[Mapping[str, Any]] = []
    head = state.head
    for number, body in enumerate(bodies, state.entries + 1):
        event = {**body, "seq": number, "at": at.isoformat(), "prev": head}
        head = sha256(canonical_json(event))
        chained.append(event)
    return tuple(chained)


def line_digests(events: Sequence[Mapping[str, Any]], head: str) -> tuple[str, ...]:
    """The SHA-256 of each line: the next one names it; `head` is that of the last."""
    return (*(str(event["prev"]) for event in events[1:]), head) if events else ()


def write_events(events: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical_json(event) + b"\n" for event in events)


def read_events(ledger: bytes) -> tuple[Mapping[str, Any], ...]:
    """The events of a ledger that `verification` found sound."""
    return tuple(orjson.loads(line) for line in ledger.splitlines())
