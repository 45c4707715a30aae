"""What the city says of its own punctuality is what the record says, with nothing left out."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import REGULATION, Clock, copy_newsroom
from greenchannel.building import build
from greenchannel.delivery.record import read_record
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.domain.timing import obligations
from greenchannel.domain.vocabulary import Force
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.timeliness import table

LATE = "逾时37分，已说明原因：台风登陆造成市区至南港镇通信干线中断"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    office = copy_newsroom(tmp_path_factory.mktemp("timeliness") / "office")
    build(office, Clock("2026-11-24T10:00:00+08:00"))
    return office


def page(office: Settings, path: str) -> str:
    return (office.site / path / "index.html").read_text("utf-8")


def rows(office: Settings) -> list[dict[str, str]]:
    text = (office.site / "timeliness/timeliness.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_table_has_every_duty_of_every_public_incident(built: Settings) -> None:
    state = read_record(built.releases).state
    catalogue = Catalogue(built, read_newsroom(built.content, built.zone).registry, REGULATION, state)
    owed = [
        one
        for incident in state.incidents
        for one in obligations(catalogue.incident(incident), REGULATION, state.appearances(built.zone)[incident])
        if one.force is not Force.ADVICE
    ]
    assert sorted((row["事件"], row["职责"]) for row in rows(built)) == sorted(
        (one.incident, one.duty.zh) for one in owed
    )


def test_the_page_counts_what_the_table_lists(built: Settings) -> None:
    results = [row["结果"] for row in rows(built)]
    total = page(built, "timeliness").partition("<tfoot>")[2].partition("</tfoot>")[0]
    expected = [len(results), results.count("按时"), results.count("逾时（已说明原因）")]
    assert f"</th><td>{'</td><td>'.join(map(str, expected))}</td>" in total


def test_a_late_duty_is_listed_with_its_reason(built: Settings) -> None:
    assert LATE in page(built, "timeliness")


def test_the_late_release_says_so_itself(built: Settings) -> None:
    text = page(built, "releases/2026/taifeng-haixing/fact-1")
    assert LATE in text
    assert "2026-09-17 06:05 责任部门认领此事" in text


def test_a_release_that_met_no_duty_claims_none(built: Settings) -> None:
    assert "回应时限" not in page(built, "releases/2026/taifeng-haixing/fact-2")


def test_a_cell_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    office = copy_newsroom(tmp_path / "office")
    state = read_record(office.releases).state
    facts = {key: {**value, "title": "=1+1"} for key, value in state.incidents.items()}
    registry = read_newsroom(office.content, office.zone).registry
    catalogue = Catalogue(office, registry, REGULATION, replace(state, incidents=facts))
    assert "'=1+1" in table(catalogue).decode("utf-8-sig")


def test_a_clean_build_makes_the_hand_written_pages_anew(built: Settings) -> None:
    target = built.home / ".greenchannel/pages/about/index.html"
    sound = target.read_bytes()
    target.write_bytes(b"spoilt")
    build(built, Clock("2026-11-24T10:00:00+08:00"), clean=True)
    assert (built.site / "about/index.html").read_bytes() == sound
