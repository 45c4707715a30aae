"""What is going on now, on every page at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REGULATION, REPOSITORY
from greenchannel.desk.settings import read_settings
from greenchannel.domain.registry import Registry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.ongoing import announced, knowledge, open_incidents, urgent_style
from greenchannel.record.events import fold
from ledgers import Ledger

NOTHING = b".urgent { display: none }\n"
RULE = re.compile(r'\.urgent-([a-z]+)::before \{ content: "((?:[^\W_]|\\[0-9a-f]+ )*)" \}\n')
FIRE = "2026/fire/fact-1"
CONFERENCE = {"type": "conference", "starts_at": "2026-11-20T17:00:00+08:00"}
SERIOUS: Mapping[str, Any] = {"class": "serious", "casualties": True, "wide_impact": False, "lead": "housing"}
ORDINARY: Mapping[str, Any] = {**SERIOUS, "class": "ordinary"}


def catalogue(*steps: Callable[[Ledger], None], **of_release: Any) -> Catalogue:
    """`of_release` is added to every ledger line that publishes."""
    ledger = Ledger()
    for step in steps:
        step(ledger)
    events: list[Mapping[str, Any]] = [{**one, **(of_release if "type" in one else {})} for one in ledger.events]
    return Catalogue(read_settings(REPOSITORY / "tests/golden/small"), Registry(), REGULATION, fold(events))


def publish(release: str, **incident: Any) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.publish(release, **{**SERIOUS, **incident})


def shown(style: bytes) -> dict[str, str]:
    """What the style sheet writes into each part of the banner; it holds nothing else."""
    head, _, rules = style.decode().partition("\n")
    assert (head, RULE.sub("", rules)) == ('@charset "UTF-8";', "")
    escaped = re.compile(r"\\([0-9a-f]+) ")
    return {part: escaped.sub(lambda one: chr(int(one[1], 16)), text) for part, text in RULE.findall(rules)}


def test_an_open_serious_incident_stands_on_every_page() -> None:
    assert shown(urgent_style(catalogue(publish(FIRE, title="青年路火灾")))) == {
        "name": "青年路火灾",
        "newest": f"最新 2026-11-20 10:00 通报{FIRE}",
    }


def test_the_banner_tells_of_the_next_conference() -> None:
    announced_now = catalogue(publish("2026/fire/conference-1"), **CONFERENCE, venue="新闻发布厅")
    assert shown(urgent_style(announced_now))["conference"] == "新闻发布会 2026-11-20 17:00 新闻发布厅"


def test_of_several_the_newest_is_named_and_the_others_are_counted() -> None:
    two = catalogue(publish(FIRE), publish("2026/flood/fact-1", title="南港内涝"))
    assert shown(urgent_style(two))["name"] == "南港内涝 等2起"


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (lambda ledger: ledger.publish(FIRE, **ORDINARY),),
        (publish(FIRE, closed_at="2026-11-20T12:00:00+08:00"),),
        (publish(FIRE), lambda ledger: ledger.withdraw(FIRE)),
    ],
    ids=["nothing", "ordinary", "closed", "withdrawn"],
)
def test_nothing_serious_that_is_open_hides_the_banner(steps: tuple[Callable[[Ledger], None], ...]) -> None:
    assert urgent_style(catalogue(*steps)) == NOTHING


@given(st.text(min_size=1))
def test_no_title_ends_the_string_it_stands_in(title: str) -> None:
    assert shown(urgent_style(catalogue(publish(FIRE, title=title))))["name"] == "".join(filter(str.isprintable, title))


def test_serious_incidents_come_first_and_the_others_apart() -> None:
    found = catalogue(publish(FIRE), lambda ledger: ledger.publish("2026/x/fact-1", **ORDINARY))
    urgent, others = open_incidents(found)
    assert [[one.incident.url for one in group] for group in (urgent, others)] == [
        ["/releases/2026/fire/"], ["/releases/2026/x/"],
    ]  # fmt: skip


def test_the_newest_fact_is_shown_and_not_what_came_behind_it() -> None:
    found = catalogue(publish(FIRE), publish("2026/fire/fact-2"), lambda ledger: ledger.withdraw("2026/fire/fact-2"))
    assert open_incidents(found)[0][0].newest.url == "/releases/2026/fire/fact-1/"


def test_what_is_known_is_what_the_newest_release_says_of_it() -> None:
    told = catalogue(publish(FIRE), confirmed=["2人受伤"], checking=["起火原因"])
    found = knowledge(told, "2026/fire")
    assert found
    assert (found.confirmed, found.checking, found.source.url) == (
        ("2人受伤",), ("起火原因",), "/releases/2026/fire/fact-1/",
    )  # fmt: skip


def test_nothing_is_being_checked_any_more_once_an_incident_is_closed() -> None:
    closed = catalogue(publish(FIRE, closed_at="2026-11-21T10:00:00+08:00"), confirmed=["已扑灭"], checking=["原因"])
    found = knowledge(closed, "2026/fire")
    assert found
    assert (found.confirmed, found.checking) == (("已扑灭",), ())


def test_a_conference_is_announced_until_the_record_says_that_it_was_held() -> None:
    before = announced(catalogue(publish("2026/fire/conference-1"), **CONFERENCE), "2026/fire")
    held = {**CONFERENCE, "held_at": "2026-11-20T17:00:00+08:00"}
    after = announced(catalogue(publish("2026/fire/conference-1"), **held), "2026/fire")
    assert ([one.starts.text for one in before], after) == (["2026-11-20 17:00"], ())


def test_an_incident_of_no_class_is_not_taken_for_a_serious_one() -> None:
    assert open_incidents(catalogue(publish(FIRE, **{"class": ""})))[0] == ()


def told(*events: tuple[str, tuple[tuple[str, str], ...], Mapping[str, Any]], wait: float = 0) -> Catalogue:
    """Releases one behind the other, each with what its ledger line says besides; `wait` are hours before the last."""
    ledger = Ledger()
    for place, (release, notes, said) in enumerate(events, 1):
        if place == len(events):
            ledger.wait(hours=wait)
        ledger.publish(release, *notes, **SERIOUS)
        ledger.events[-1] = {**ledger.events[-1], **said}
    return Catalogue(read_settings(REPOSITORY / "tests/golden/small"), Registry(), REGULATION, fold(ledger.events))


def test_a_fix_of_an_older_release_does_not_bring_back_what_it_knew() -> None:
    fixed = told(
        (FIRE, (), {"checking": ["伤亡情况"]}),
        ("2026/fire/fact-2", (), {"checking": ["起火原因"]}),
        (FIRE, (("minor", "改正错别字。"),), {"checking": ["伤亡情况"]}),
    )
    found = knowledge(fixed, "2026/fire")
    assert found
    assert (found.checking, found.source.url) == (("起火原因",), "/releases/2026/fire/fact-2/")


def test_a_conference_that_nobody_wrote_down_as_held_is_not_announced_for_ever() -> None:
    shown_for = [
        len(announced(told(("2026/fire/conference-1", (), CONFERENCE), (FIRE, (), {}), wait=hours), "2026/fire"))
        for hours in (2, 18, 24)
    ]
    assert shown_for == [1, 1, 0]
