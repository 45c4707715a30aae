"""A clock that jumps back and forth: nothing goes out early, and the record's times never run back."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from conftest import Clock, copy_newsroom, program
from greenchannel.delivery.record import add, examine, read_record
from greenchannel.domain.errors import GreenchannelError
from small import FACT, START, publish

SCRIPTS, STEPS = 200, 8
JUMPS = (-86_400, -3_600, -61, -1, 0, 1, 59, 3_600, 86_400)  # seconds
EMBARGOED = "2026/shewai-yanchu/fact-2"  # until 2027-01-05T09:00+08:00


class Office:
    """Releases and notes receipts while its clock jumps. `wrong` is what came out otherwise than it must."""

    def __init__(self, releases: Path, seed: int) -> None:
        self.releases, self.chance = releases, random.Random(seed)  # noqa: S311  # The same steps in every run.
        self.clock = Clock(START.isoformat())
        self.wrong: list[str] = []
        self.early = self.behind = 0

    def step(self, number: int) -> None:
        last_at = read_record(self.releases).state.last_at
        self.clock.now += timedelta(seconds=self.chance.choice(JUMPS))
        release_at = self.clock.now + timedelta(seconds=self.chance.choice(JUMPS))
        is_early, is_behind = self.clock.now < release_at, bool(last_at and self.clock.now < last_at)
        fact = replace(FACT, id=f"2026/shili/fact-{number}", release_at=release_at)
        refused = {one.code for one in publish(self.releases, fact, self.clock).refused}
        if refused != {code for code, is_due in (("G605", is_early), ("G606", is_behind)) if is_due}:
            self.wrong.append(f"{number}: {refused}")
        self.early, self.behind = self.early + is_early, self.behind + is_behind
        if not refused:
            self.receipt(fact.id)

    def receipt(self, identifier: str) -> None:
        at = self.clock.now
        self.clock.now += timedelta(seconds=self.chance.choice(JUMPS))
        receipt = {"event": "visible", "id": identifier, "revision": 1, "target": "site"}
        try:
            add(self.releases, lambda _: [receipt], self.clock)
        except GreenchannelError as error:
            is_refused = "clock is behind the record" in str(error)
        else:
            is_refused = False
        if is_refused != (self.clock.now < at):
            self.wrong.append(f"receipt of {identifier} at {self.clock.now}")


def lines(releases: Path) -> list[dict[str, str]]:
    return [json.loads(one) for one in (releases / "ledger.jsonl").read_bytes().splitlines()]


def test_two_hundred_jumping_clocks_bring_nothing_forward_and_no_time_back(tmp_path: Path) -> None:
    early = behind = published = 0
    for seed in range(SCRIPTS):
        office = Office(tmp_path / str(seed), seed)
        for number in range(1, STEPS + 1):
            office.step(number)
        assert office.wrong == []
        if not (office.releases / "ledger.jsonl").exists():
            continue
        events = lines(office.releases)
        times = [datetime.fromisoformat(one["at"]) for one in events]
        assert times == sorted(times)
        assert [one for one in events if one["event"] == "published" and one["at"] < one["release_at"]] == []
        assert examine(office.releases).problems == ()
        early, behind, published = early + office.early, behind + office.behind, published + len(events)
    assert min(early, behind, published) > SCRIPTS


def greenchannel(home: Path, now: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greenchannel", "--home", str(home), "--lang", "en", *arguments]
    return subprocess.run(
        [program("faketime", "faketime"), now, *command],
        env=os.environ | {"TZ": "CST-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_real_program_under_a_clock_that_was_set_wrong(tmp_path: Path) -> None:
    office = copy_newsroom(tmp_path / "office")
    approved = greenchannel(office.home, "2026-12-01 10:00:00", "approve", EMBARGOED, "--by", "lu-wanqing")
    early = greenchannel(office.home, "2027-01-05 08:59:00", "publish", EMBARGOED)
    behind = greenchannel(office.home, "2026-11-01 10:00:00", "publish", EMBARGOED)
    before = lines(office.releases)
    at_its_time = greenchannel(office.home, "2027-01-05 09:00:00", "publish", EMBARGOED)
    back = greenchannel(
        office.home, "2026-12-01 10:00:00", "withdraw", EMBARGOED, "--by", "lu-wanqing", "--reason", "x"
    )
    assert approved.returncode == 0, approved.stderr
    assert ("G605" in early.stdout, "G606" in early.stdout) == (True, False)
    assert ("G605" in behind.stdout, "G606" in behind.stdout) == (True, True)
    assert EMBARGOED not in {one["id"] for one in before}
    assert at_its_time.returncode == 0, at_its_time.stdout + at_its_time.stderr
    assert "2027-01-05T09:00:" in next(one["at"] for one in lines(office.releases) if one["id"] == EMBARGOED)
    assert (back.returncode, "clock is behind the record" in back.stderr) == (2, True)
    assert examine(office.releases).problems == ()
