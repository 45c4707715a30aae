"""What a process keeps of incidents comes to the same as working it out anew, whatever changes between two plans."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from conftest import REGULATION
from greenchannel.domain.incident import Incident
from greenchannel.domain.policy import Policy
from greenchannel.domain.timing import Appearance, obligations
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal import known_incidents
from greenchannel.portal.known_incidents import KnownIncidents
from small import INCIDENT, START

SEEN = Appearance(
    release="2026/x/fact-1", type=ReleaseType.FACT, published_at=START, visible_at=START + timedelta(minutes=5)
)
Case = tuple[Incident, Policy, tuple[Appearance, ...]]
BEFORE: Case = INCIDENT, REGULATION, (SEEN,)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """What was asked of the rules of timing."""
    asked = list[Case]()

    def counted(*case: object) -> object:
        asked.append(case)  # type: ignore[arg-type]
        return obligations(*case)  # type: ignore[arg-type]

    monkeypatch.setattr(known_incidents, "obligations", counted)
    return asked


@pytest.mark.parametrize(
    "then",
    [
        lambda incident, policy, seen: (replace(incident, detected_at=START), policy, seen),
        lambda incident, policy, seen: (incident, replace(policy, rules=policy.rules[1:]), seen),
        lambda incident, policy, seen: (incident, policy, (replace(seen[0], visible_at=START + timedelta(days=3)),)),
        lambda incident, policy, _seen: (incident, policy, ()),
    ],
    ids=["the incident", "the policy", "when it was seen", "what was seen"],
)
def test_what_was_owed_is_worked_out_again_where_something_else_is_so(
    then: Callable[[Incident, Policy, tuple[Appearance, ...]], Case], worked_out: list[Case]
) -> None:
    known, after = KnownIncidents(), then(*BEFORE)
    known.obligations(*BEFORE)
    assert known.obligations(*after) == obligations(*after)
    assert worked_out == [BEFORE, after]


def test_what_was_owed_is_not_worked_out_twice(worked_out: list[Case]) -> None:
    known = KnownIncidents()
    first = known.obligations(*BEFORE)
    assert known.obligations(INCIDENT, replace(REGULATION), (replace(SEEN),)) == first
    assert len(worked_out) == 1


def test_an_incident_is_read_again_where_its_facts_or_the_time_zone_are_others() -> None:
    known, read = KnownIncidents(), list[str]()

    def reading(name: str) -> Callable[[], Incident]:
        return lambda: read.append(name) or INCIDENT  # type: ignore[func-returns-value]

    facts = {"title": "停水"}
    known.incident("2026/x", facts, "+08:00", reading("first"))
    known.incident("2026/x", facts, "+08:00", reading("the same"))
    known.incident("2026/x", dict(facts), "+08:00", reading("other facts"))
    known.incident("2026/x", facts, "+09:00", reading("another zone"))
    assert read == ["first", "other facts", "another zone"]
