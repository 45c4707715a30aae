"""All of the record that the pages of one incident are made of.

Of an incident's pages each shows its own releases, what these explain and what explains them, and nothing else that
was released. So they are made from a record that holds no more than that: what does not stand in it cannot show, and a
page that was made from the same lines is the same page, however much was released elsewhere.

Two things stand outside those lines and are named beside them: the numbers that the whole record gave the releases,
and which of the ids have a page in another language. And time goes on without any line of the incident's own: whether a
duty is still open is told by the record's last line, until everything that was owed has long been due (`_settled`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from greenchannel.domain.policy import Policy
from greenchannel.portal.plan import fingerprint
from greenchannel.record.events import State, fold

Event = Mapping[str, Any]  # Any: JSON
_MOMENTS = ("occurred_at", "detected_at", "claimed_at", "closed_at")
_MARGIN = timedelta(days=3)  # A day has no zone, and no conference lasts longer.


class Neighbourhood(Struct, frozen=True):
    """`state` knows these lines alone. `key` stands for all of it: equal keys, equal pages."""

    incident: str
    events: tuple[Event, ...]
    numbers: Mapping[str, str]
    translated: frozenset[str]
    until: datetime
    key: str

    @property
    def state(self) -> State:
        return replace(fold(self.events), last_at=self.until)


def incidents_of(lines: Iterable[Event]) -> frozenset[str]:
    """Those that the lines tell of."""
    return frozenset(one["incident"]["id"] for one in lines if "incident" in one)


def neighbourhoods(
    events: Sequence[Event],
    digests: Sequence[str],
    policy: Policy,
    numbers: Mapping[str, str],
    translated: frozenset[str],
    first: frozenset[str] = frozenset(),
) -> Iterator[Neighbourhood]:
    """Of every incident, by its id; those of `first` before all others. `digests` are those of the lines."""
    if not events:
        return
    relations = _Relations(events)
    last_at = datetime.fromisoformat(events[-1]["at"])
    for incident in sorted(relations.members, key=lambda one: (one not in first, one)):
        releases = relations.around(incident)
        places = sorted(place for one in releases for place in relations.places[one])
        lines = [(events[place], digests[place]) for place in places]
        yield neighbourhood(incident, releases, lines, last_at, policy, numbers, translated)


def neighbourhood(
    incident: str,
    releases: Iterable[str],
    lines: Sequence[tuple[Event, str]],
    last_at: datetime,
    policy: Policy,
    numbers: Mapping[str, str],
    translated: Collection[str],
) -> Neighbourhood:
    """`releases` are all around the incident, by their ids; `lines` are theirs with the SHA-256 of each.

    `last_at` is the time of the record's last line.
    """
    events = tuple(event for event, _ in lines)
    ids = sorted(one for one in incidents_of(events).union(releases) if one in translated)
    longest = max((rule.within for rule in policy.rules), default=timedelta(0))
    until = min(last_at, _settled(events, longest))
    numbered = {one: numbers[one] for one in sorted(releases) if one in numbers}
    key = fingerprint(incident, [digest for _, digest in lines], numbered, ids, until)
    return Neighbourhood(incident, events, numbered, frozenset(ids), until, key)


class _Relations:
    """`places` are those of a release's lines; `members` the releases that were ever an incident's."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.places: dict[str, list[int]] = defaultdict(list)
        self.members: dict[str, set[str]] = defaultdict(set)
        self._explains: dict[str, set[str]] = defaultdict(set)
        self._explained_by: dict[str, set[str]] = defaultdict(set)
        for place, event in enumerate(events):
            release = event["id"]
            self.places[release].append(place)
            if "incident" in event:
                self.members[event["incident"]["id"]].add(release)
            if basis := event.get("basis"):
                self._explains[release].add(basis)
                self._explained_by[basis].add(release)

    def around(self, incident: str) -> list[str]:
        found = set(self.members[incident])
        for one in self.members[incident]:
            found |= self._explains.get(one, set()) | self._explained_by.get(one, set())
        return sorted(one for one in found if one in self.places)


def _settled(lines: Sequence[Event], longest: timedelta) -> datetime:
    """When nothing of these lines is waited for any more: every duty was due, every conference held."""
    days = (day[:10] for line in lines for day in _days(line))
    return datetime.combine(datetime.fromisoformat(max(days)), time(), UTC) + longest + _MARGIN


def _days(line: Event) -> Iterator[str]:
    """All times that a duty or a conference is reckoned from."""
    yield line["at"]
    yield from (line[key] for key in ("starts_at", "held_at") if line.get(key))
    incident = line.get("incident", {})
    yield from (incident[key] for key in _MOMENTS if incident.get(key))
    yield from (one["until"] for one in incident.get("earlier_classes", ()))
