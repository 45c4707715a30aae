"""A page of an incident is made again for a line that it could show, and for no other."""

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REGULATION
from greenchannel.portal.neighbourhood import Neighbourhood, neighbourhoods
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import line_digests
from ledgers import STEPS, Ledger, ledger_of

OWN, ELSEWHERE = "2026/own", "2026/elsewhere"
FACT, VIEW = f"{OWN}/fact-1", f"{OWN}/interpretation-1"  # the view explains OTHER, and THEIRS the fact
OTHER, THEIRS = f"{ELSEWHERE}/fact-1", f"{ELSEWHERE}/interpretation-1"
UNRELATED = "2026/third/fact-1"
LONG = 200  # days: by then nothing is waited for any more


def around(
    ledger: Ledger, numbers: Mapping[str, str] | None = None, translated: frozenset[str] = frozenset()
) -> dict[str, Neighbourhood]:
    events = ledger.events
    digests = line_digests(events, sha256(canonical_json(events[-1])))
    found = neighbourhoods(events, digests, REGULATION, numbers or {}, translated)
    return {one.incident: one for one in found}


def keys(ledger: Ledger) -> dict[str, str]:
    return {incident: one.key for incident, one in around(ledger).items()}


@pytest.fixture
def ledger() -> Ledger:
    """Two incidents that explain each other, and a third; what was owed was due long before the last line."""
    found = Ledger()
    for release in (FACT, OTHER, UNRELATED):
        found.publish(release)
    found.publish(VIEW, basis=OTHER)
    found.publish(THEIRS, basis=FACT)
    found.wait(days=LONG)
    found.see(UNRELATED)
    return found


@pytest.mark.parametrize("release", [FACT, VIEW, OTHER, THEIRS])
@pytest.mark.parametrize("act", [Ledger.see, Ledger.withdraw, Ledger.publish])
def test_a_line_of_its_own_releases_of_what_they_explain_and_of_what_explains_them_changes_the_key(
    ledger: Ledger, act: Callable[[Ledger, str], None], release: str
) -> None:
    before = keys(ledger)[OWN]
    act(ledger, release)
    assert keys(ledger)[OWN] != before


@pytest.mark.parametrize("act", [Ledger.see, Ledger.withdraw, Ledger.publish])
def test_a_line_of_another_incident_does_not_change_the_key(ledger: Ledger, act: Callable[[Ledger, str], None]) -> None:
    before = keys(ledger)[OWN]
    act(ledger, UNRELATED)
    assert keys(ledger)[OWN] == before


def test_a_line_of_another_incident_changes_the_key_while_something_may_be_owed() -> None:
    ledger = Ledger()
    ledger.publish(FACT)
    before = keys(ledger)[OWN]
    ledger.publish(UNRELATED)
    assert keys(ledger)[OWN] != before


def test_time_that_goes_by_when_nothing_is_owed_any_more_does_not_change_the_key(ledger: Ledger) -> None:
    ledger.publish(UNRELATED)
    before = around(ledger)[OWN]
    ledger.wait(days=LONG)
    ledger.see(UNRELATED)
    after = around(ledger)[OWN]
    assert (after.key, after.until, after.state.last_at) == (before.key, before.until, before.until)


@pytest.mark.parametrize("moment", ["occurred_at", "detected_at", "claimed_at", "closed_at"])
def test_a_moment_that_is_still_to_come_is_waited_for(ledger: Ledger, moment: str) -> None:
    """Nobody should write one, and whoever does must not make the page stand still."""
    ledger.publish(FACT, **{moment: "2028-12-01T10:00+08:00"})
    ledger.wait(days=LONG)
    ledger.publish(UNRELATED)
    assert around(ledger)[OWN].until == datetime.fromisoformat(ledger.events[-1]["at"])


def test_a_release_that_left_an_incident_stays_in_the_neighbourhood_of_both(ledger: Ledger) -> None:
    ledger.publish(UNRELATED, id=OWN)
    before = keys(ledger)
    ledger.see(UNRELATED)
    assert sorted(one for one, key in keys(ledger).items() if key != before[one]) == [OWN, "2026/third"]


def test_the_number_of_a_release_that_it_shows_changes_the_key(ledger: Ledger) -> None:
    assert around(ledger, {OTHER: "1"})[OWN].key != around(ledger, {OTHER: "2"})[OWN].key


def test_the_number_of_another_release_does_not_change_the_key(ledger: Ledger) -> None:
    assert around(ledger, {UNRELATED: "1"})[OWN].key == around(ledger, {UNRELATED: "2"})[OWN].key


@pytest.mark.parametrize("identifier", [FACT, THEIRS, OWN, ELSEWHERE])
def test_a_page_in_another_language_that_it_leads_to_changes_the_key(ledger: Ledger, identifier: str) -> None:
    assert around(ledger, translated=frozenset({identifier}))[OWN].key != keys(ledger)[OWN]


def test_a_page_in_another_language_of_an_unrelated_incident_does_not_change_the_key(ledger: Ledger) -> None:
    assert around(ledger, translated=frozenset({UNRELATED, "2026/third"}))[OWN].key == keys(ledger)[OWN]


def test_an_incident_of_which_nothing_explains_anything_knows_its_own_lines_alone(ledger: Ledger) -> None:
    assert {event["id"] for event in around(ledger)["2026/third"].events} == {UNRELATED}


@given(STEPS, st.integers(0, 11))
def test_in_every_settled_record_a_new_line_changes_the_keys_of_its_own_incident_alone(
    steps: list[tuple[int, str, int]], number: int
) -> None:
    events = ledger_of(steps)
    ledger = Ledger(events, datetime.fromisoformat(events[-1]["at"]))
    ledger.wait(days=LONG)
    ledger.publish("2026/another/fact-1")  # It brings the time to where nothing is waited for any more.
    before = keys(ledger)
    ledger.wait(days=LONG)
    ledger.publish(f"2026/x{number % 3}/fact-{number}")
    changed = {one for one, key in keys(ledger).items() if key != before.get(one)}
    assert changed - {"2026/another"} == {f"2026/x{number % 3}"}
