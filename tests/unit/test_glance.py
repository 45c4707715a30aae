"""Who reads a sound record at a glance is told what all of it comes to, and reads no more than he asks for."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CHINA, REPOSITORY
from greenchannel.record import glance as module
from greenchannel.record.events import apply, fold, read_events, write_events
from greenchannel.record.glance import Glance, Lines, glance, index_of, lines_of, read_index, write_index

EVENTS = read_events((REPOSITORY / "releases/ledger.jsonl").read_bytes())
RELEASE = "2026/chengbei-tingshui/fact-1"


def seen_at_a_glance(count: int) -> tuple[Lines, Glance]:
    events = EVENTS[:count]
    ledger, known = write_events(events), EVENTS[: (count + 1) // 2]
    index, lines = read_index(write_index(index_of(known), lines_of(write_events(known))), ledger)
    return lines, glance(index, lines)


@given(count=st.integers(min_value=1, max_value=len(EVENTS)))
def test_it_tells_what_the_fold_of_the_same_lines_tells(count: int) -> None:
    lines, state = seen_at_a_glance(count)
    whole = fold(EVENTS[:count])
    assert (*lines,) == EVENTS[:count]
    assert [*state.releases.items()] == [*whole.releases.items()]
    assert [*state.incidents.items()] == [*whole.incidents.items()]
    assert (state.entries, state.head, state.last_at) == (whole.entries, whole.head, whole.last_at)
    assert dict(state.appearances(CHINA)) == dict(whole.appearances(CHINA))
    assert (state.members(), state.named) == (whole.members(), whole.named)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The releases whose lines are read, one for each line."""
    found = list[str]()

    def counted(event: Mapping[str, Any], *rest: Any) -> None:
        found.append(event["id"])
        apply(event, *rest)

    monkeypatch.setattr(module, "apply", counted)
    return found


def test_of_a_release_its_own_lines_are_read_once(read: list[str]) -> None:
    _, state = seen_at_a_glance(len(EVENTS))
    assert read == []
    assert state.releases[RELEASE] == state.releases[RELEASE]
    assert read == [RELEASE for event in EVENTS if event["id"] == RELEASE]


def test_of_an_incident_those_of_its_releases(read: list[str]) -> None:
    _, state = seen_at_a_glance(len(EVENTS))
    incident = RELEASE.removesuffix("/fact-1")
    assert state.appearances(CHINA)[incident]
    assert {*read} == {*state.members()[incident]}


def test_a_line_is_read_once_and_those_behind_the_limit_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KNOWN", 1)
    lines = lines_of(write_events(EVENTS))
    assert lines[0] is lines[0]
    assert lines[-1] is not lines[-1]
    assert (lines[0], lines[-1]) == (EVENTS[0], EVENTS[-1])


def test_of_two_that_went_on_from_the_same_lines_each_tells_its_own() -> None:
    first, *others = (write_events((one,))[:-1] for one in EVENTS[:3])
    began = lines_of(first + b"\n")
    assert [[*(began + one)] for one in others] == [[EVENTS[0], EVENTS[1]], [EVENTS[0], EVENTS[2]]]


def test_what_the_record_does_not_have_is_not_there() -> None:
    _, state = seen_at_a_glance(len(EVENTS))
    assert state.releases.get("2026/meiyou/fact-1") is None
    assert "2026/meiyou" not in state.incidents
