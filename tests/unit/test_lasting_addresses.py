"""Public addresses are only ever added to, whatever happens next: to the record, and to the registry beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conftest import REGULATION, REPOSITORY
from greenchannel.desk.settings import read_settings
from greenchannel.domain.registry import Department, Expert, Person, Registry
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme, read_theme
from greenchannel.record.events import fold, write_events
from ledgers import STEPS, ledger_of

OFFICE = read_settings(REPOSITORY / "tests/golden/small")
BODIES, EXPERTS = ("housing", "water"), ("a", "b")
FACTS: Mapping[str, Any] = {
    "casualties": False,
    "wide_impact": False,
    "lead": "roads",
    "path": "incident.r1.md",
    "sha256": "0" * 64,
    "starts_at": "2026-11-20T15:00:00+08:00",
    "verdict": "true",
}
# As they change: an expert's view becomes a conference becomes a fact.
TYPES = ("interpretation", "conference", "fact")
REGISTRIES = st.builds(
    lambda bodies, experts, speaks: Registry(
        departments={one: Department(id=one, name=one) for one in bodies},
        experts={
            one: Expert(id=one, name=one, field="", affiliation="", public=public) for one, public in experts.items()
        },
        people={"p": Person(id="p", name="p", department="housing", post="", spokesperson=speaks)},
    ),
    st.sets(st.sampled_from(BODIES)),
    st.dictionaries(st.sampled_from(EXPERTS), st.booleans()),
    st.booleans(),
)


@cache
def theme() -> Theme:
    return read_theme(REPOSITORY / "templates")


def with_types(events: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Releases whose type changes from revision to revision."""
    return tuple(_with_type(one) if "revision" in one and "incident" in one else one for one in events)


def _with_type(event: Mapping[str, Any]) -> Mapping[str, Any]:
    number, incident = int(event["id"].rpartition("-")[2]), {**FACTS, **event["incident"]}
    kind = TYPES[(number + event["revision"]) % 3]
    more = {"expert": EXPERTS[number % 2], "basis": "2026/x/fact-1"} if kind == "interpretation" else {}
    return {**FACTS, **event, **more, "type": kind, "incident": incident}


def planned(events: Sequence[Mapping[str, Any]], registry: Registry) -> set[str]:
    site = Site(
        settings=OFFICE,
        registry=registry,
        policy=REGULATION,
        state=fold(events),
        events=tuple(events),
        ledger=write_events(tuple(events)),
        read_frozen=lambda path: path.encode(),
        render=lambda text, _links: text,
    )
    return {path for one in plan(site, theme()) for path in one.paths}


@given(steps=STEPS, until=st.integers(0, 60), first=REGISTRIES, second=REGISTRIES)
def test_no_address_is_lost_by_what_happens_next(
    steps: list[tuple[int, str, int]], until: int, first: Registry, second: Registry
) -> None:
    # Of few releases, so that each has several revisions.
    events = with_types(ledger_of([(number % 4, step, hours) for number, step, hours in steps]))
    until %= len(events) + 1
    # A body that released nothing has a page as long as it stands in the registry; no release leads to it.
    named = {one["department"] for one in events[:until] if "department" in one}
    known = replace(first, departments={key: one for key, one in first.departments.items() if key in named})
    assert planned(events[:until], known) - planned(events, second) == set()
