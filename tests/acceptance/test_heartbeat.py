"""`feeds heartbeat`: once a day an entry in the test stream, and nowhere else."""

import json
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from conftest import Clock, Run
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import GreenchannelError

WRITTEN = "heartbeat written: releases/heartbeat.json\nnext: greenchannel build\n"


pytestmark = pytest.mark.standing


def switch(office: Settings, value: str) -> None:
    path = office.home / "mkdocs.yml"
    text = path.read_text("utf-8").replace("    email:", f"    heartbeat: {value}\n    email:", 1)
    path.write_text(text, "utf-8")


@pytest.fixture
def beating(office_home: Settings) -> Settings:
    switch(office_home, "true")
    return office_home


def files(folder: Path) -> dict[str, bytes]:
    found = (one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}


def test_it_is_off_unless_it_is_set(office_home: Settings, run: Run) -> None:
    text = "greenchannel: the heartbeat is off; set heartbeat: true under extra.greenchannel in mkdocs.yml\n"
    assert run("feeds", "heartbeat") == (2, "", text)
    assert not (office_home.releases / "heartbeat.json").exists()


def test_it_is_written_once_a_day(beating: Settings, run: Run, clock: Clock) -> None:
    assert run("feeds", "heartbeat") == (0, WRITTEN, "")
    before = files(beating.releases)
    clock.now += timedelta(hours=13, minutes=59)
    assert run("feeds", "heartbeat") == (0, "today's heartbeat is there already\n", "")
    assert files(beating.releases) == before
    clock.now += timedelta(minutes=1)
    assert run("feeds", "heartbeat") == (0, WRITTEN, "")


def test_it_says_when_and_how_far_the_record_is(beating: Settings, run: Run) -> None:
    run("feeds", "heartbeat")
    found = json.loads((beating.releases / "heartbeat.json").read_text("utf-8"))
    assert found == {"heartbeats": [{"at": "2026-11-24T10:00:00+08:00", "sequence": 61}]}


def test_a_clock_that_is_behind_the_last_one_is_told(beating: Settings, run: Run, clock: Clock) -> None:
    run("feeds", "heartbeat")
    clock.now -= timedelta(days=1)
    code, _, err = run("feeds", "heartbeat")
    assert (code, "2026-11-24T10:00:00+08:00" in err) == (2, True)
    assert len(json.loads((beating.releases / "heartbeat.json").read_bytes())["heartbeats"]) == 1


def test_the_stream_has_one_entry_a_day_for_seven_days_newest_first(beating: Settings, run: Run, clock: Clock) -> None:
    for _ in range(9):
        run("feeds", "heartbeat")
        clock.now += timedelta(days=1)
    run("build")
    for ending in ("atom", "rss"):
        parsed = feedparser.parse((beating.site / f"feeds/test.{ending}").read_bytes())
        assert not parsed.bozo
        ids = [one.id for one in parsed.entries]
        days = ["12-02", "12-01", "11-30", "11-29", "11-28", "11-27", "11-26"]
        assert ids == [f"tag:news.shili.example,2026:heartbeat/2026-{day}" for day in days]


def test_an_entry_cannot_be_taken_for_news(beating: Settings, run: Run) -> None:
    run("feeds", "heartbeat")
    run("build")
    (entry,) = json.loads((beating.site / "feeds/test.json").read_bytes())["items"]
    assert (entry["title"], entry["tags"]) == ("【测试】订阅测试，不是新闻（2026-11-24）", ["test"])
    assert entry["url"] == "https://news.shili.example/subscribe/#heartbeat-2026-11-24"


def test_it_changes_nothing_else_on_the_site(beating: Settings, run: Run) -> None:
    run("build")
    before = files(beating.site)
    run("feeds", "heartbeat")
    run("build")
    after = files(beating.site)
    assert {path for path in after if before.get(path) != after[path]} == {
        f"feeds/test.{ending}" for ending in ("rss", "atom", "json")
    }
    run("build", "--clean")
    assert files(beating.site) == after


@pytest.mark.usefixtures("beating")
def test_a_second_build_leaves_the_stream_alone(run: Run) -> None:
    run("feeds", "heartbeat")
    run("build")
    assert "0 made, 0 written" in run("build")[1]


@pytest.mark.usefixtures("beating")
def test_verify_does_not_mind_the_file(run: Run) -> None:
    run("feeds", "heartbeat")
    run("build")
    told = "61 entries, 0 problem(s)\nsite: 0 file(s) are not as the record has them\n"
    assert run("verify", "--site") == (0, told, "")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"heartbeats": [{"at": "2026-11-24T10:00:00", "sequence": 1}]}'])
def test_a_damaged_file_holds_up_no_build_and_the_next_heartbeat_mends_it(
    beating: Settings, run: Run, data: bytes
) -> None:
    path = beating.releases / "heartbeat.json"
    path.write_bytes(data)
    assert run("build")[0] == 0
    assert not (beating.site / "feeds/test.json").exists()
    assert run("feeds", "heartbeat")[0] == 0
    assert len(json.loads(path.read_bytes())["heartbeats"]) == 1


def test_switched_off_again_the_stream_is_made_no_more(beating: Settings, run: Run) -> None:
    run("feeds", "heartbeat")
    path = beating.home / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace("heartbeat: true", "heartbeat: false"), "utf-8")
    assert run("build")[0] == 0
    assert not (beating.site / "feeds/test.json").exists()


def test_another_word_than_true_or_false_is_refused(office_home: Settings) -> None:
    switch(office_home, "daily")
    with pytest.raises(GreenchannelError, match="heartbeat must be true or false"):
        read_settings(office_home.home)
