"""Officers, clocks, crashes and a second publisher in any order: the contract of the record holds after every step.

A draft's text holds a token that stands nowhere else, so that it can be told which text went out and which leaked.
"""

import contextlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from conftest import REPOSITORY
from faults import Call, Layer
from greenchannel import building, handwritten, office
from greenchannel.delivery.record import examine
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.opening import Desk, open_desk
from greenchannel.sourcing import portal_frame
from greenchannel.submitting import approved

START = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
NUMBERS = st.sampled_from((1, 2))
ACTIONS = st.sampled_from(
    (
        *("release", "release", "release", "revise", "revise", "write", "note", "embargo", "approve"),
        *("schedule", "schedule", "tick", "tick", "set_clock_back"),
        *("publish", "publish", "publish_by_name", "withdraw", "withdraw", "crash", "crash", "crash", "forget"),
        *("second_publisher_looks", "second_publisher_acts"),
    )
)
FEWEST = 2  # of each event in a run that counts
KINDS = st.sampled_from(("minor", "update", "correction"))
HEAD = """---
title: 关于示例路段积水的第{number}次通报
type: fact
incident: 2026/shili
department: emergency_office
summary: 示例路段积水正在排除。
author: zhang-san
{more}---
"""


class Crash(BaseException):
    """The process is gone: nothing may handle it."""


@pytest.fixture(scope="module")
def pattern() -> Iterator[Path]:
    """A newsroom whose hand-written pages MkDocs has made: every example begins with a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "office"
        shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
        shutil.copytree(REPOSITORY / "templates", home / "templates")
        shutil.copy(REPOSITORY / "tests/golden/small/mkdocs.yml", home)
        (home / "content/pages").mkdir()
        (home / "content/pages/about.md").write_text("# 关于\n", "utf-8")
        (home / "content/incidents/2026/shili/fact-1.md").unlink()
        handwritten.mkdocs_pages(read_settings(home), portal_frame(read_settings(home)))
        yield home


class Newsroom(RuleBasedStateMachine):
    pattern: Path
    seen: Counter[str]  # over all examples: a run in which nothing was withdrawn would prove nothing of it

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.tokens: dict[int, str] = {}
        self.changes: dict[int, list[str]] = {}
        self.embargoes: dict[int, datetime | None] = {}
        self.ledger = b""
        self.frozen: dict[str, bytes] = {}
        self.is_built = False
        self.stale: Desk | None = None

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self.pattern.parent))
        shutil.copytree(self.pattern, self.folder / "office")
        self.settings: Settings = read_settings(self.folder / "office")
        self.revise(1, "minor")
        self.publish()

    def teardown(self) -> None:
        self.now = max(self.now, self._last_at()) + timedelta(minutes=1)
        building.build(self.settings, self.clock)
        # What was built step by step, through every crash, is what a clean build of the same record makes.
        assert building.build(self.settings, self.clock, clean=True).written == ()
        self.seen.update(one["event"] for one in self._events())
        self.seen["embargoed"] += sum("release_at" in one for one in self._events())
        shutil.rmtree(self.folder)

    def clock(self) -> datetime:
        return self.now

    def write(self, number: int) -> None:
        """A draft, or a new text of what is on the desk."""
        self.tokens[number] = f"暗号第{len(self.tokens)}号之{self._fresh()}"
        self._save(number)

    def note(self, number: int, kind: str) -> None:
        if number in self.tokens:
            self.changes.setdefault(number, []).append(kind)
            self._save(number)

    def embargo(self, number: int, minutes: int | None) -> None:
        if number in self.tokens:
            self.embargoes[number] = self.now + timedelta(minutes=minutes) if minutes else None
            self._save(number)

    def approve(self, number: int, by: str) -> None:
        with contextlib.suppress(GreenchannelError):
            office.approve(self.settings, _id(number), by, self.clock)
            assert by == "li-si"

    def revise(self, number: int, kind: str) -> None:
        """What officers do most: a text, a note of what changed, an approval."""
        self.write(number)
        self.note(number, kind)
        self.approve(number, "li-si")

    def release(self, number: int, kind: str, later: timedelta) -> None:
        """By a clock that is right, from the draft to the site."""
        self.embargoes[number] = None
        self.now = max(self.now, self._last_at()) + later
        self.revise(number, kind)
        self.publish_by_name(number)

    def schedule(self, number: int, kind: str, later: timedelta) -> None:
        self.embargoes[number] = self.now + later / 5
        self.revise(number, kind)

    def publish(self) -> None:
        with self._maybe_refused():
            office.publish(self.settings, (), self.clock)
            self._build()

    def publish_by_name(self, number: int) -> None:
        with self._maybe_refused():
            office.publish(self.settings, (_id(number),), self.clock)
            self._build()

    def withdraw(self, number: int) -> None:
        with self._maybe_refused():
            office.withdraw(self.settings, _id(number), "数据有误。", "li-si", self.clock)
            self._build()

    def crash(self, at: int) -> None:
        """The process is gone before one of the calls that change a file; the next step is that of a new one."""

        def decide(call: Call) -> None:
            if call.number >= at and call.name != "close":  # The kernel closes what a dead process held.
                self.seen["crashed"] += 1
                raise Crash

        self.is_built = False
        with contextlib.suppress(Crash), self._maybe_refused(), Layer(self.folder, decide):
            office.publish(self.settings, (), self.clock)
            self._build()

    def forget(self) -> None:
        """Whatever may be made again is deleted, but for MkDocs' pages, which cost half a second."""
        for one in (self.settings.home / handwritten.STATE).glob("*.journal.jsonl"):
            one.unlink()

    def second_publisher_looks(self) -> None:
        self.stale = open_desk(self.settings, self.now)

    def second_publisher_acts(self) -> None:
        """On what it saw, however long ago that was."""
        stale, self.stale = self.stale, None
        if stale is None:
            return
        with self._maybe_refused():
            found = office.due(approved(self.settings, stale), self.clock)
            office.publish_from(self.settings, stale, found, self.clock)
            self._build()

    @rule(action=ACTIONS, number=NUMBERS, kind=KINDS, minutes=st.integers(1, 300), call=st.integers(1, 150))
    def step(self, action: str, number: int, kind: str, minutes: int, call: int) -> None:
        """One rule for all: hypothesis leaves out some rules of each example, and without drafts nothing happens."""
        match action:
            case "revise":
                self.revise(number, kind)
            case "release" | "schedule":
                getattr(self, action)(number, kind, timedelta(minutes=minutes))
            case "write" | "publish_by_name" | "withdraw":
                getattr(self, action)(number)
            case "note":
                self.note(number, kind)
            case "embargo":
                self.embargo(number, minutes if kind != "minor" else None)
            case "approve":
                self.approve(number, "zhang-san" if kind == "minor" else "li-si")
            case "tick":
                self.now += timedelta(minutes=minutes)
            case "set_clock_back":
                self.now -= timedelta(minutes=minutes // 20)
            case "crash":
                self.crash(call)
            case _:
                getattr(self, action)()

    @invariant()
    def the_record_only_grows_and_verifies(self) -> None:
        ledger = self._ledger()
        assert ledger.startswith(self.ledger)
        assert examine(self.settings.releases).problems == ()
        frozen = {str(one): one.read_bytes() for one in self.settings.releases.rglob("*.r*.md")}
        events = self._events()
        named = {event["path"] for event in events if "path" in event}
        for path, data in self.frozen.items():
            assert frozen[path] == data or path not in named
        self.ledger = ledger
        self.frozen = {path: data for path, data in frozen.items() if any(path.endswith(one) for one in named)}

    @invariant()
    def nothing_goes_out_early_or_unapproved(self) -> None:
        for event in self._events():
            if event["event"] in {"published", "corrected"}:
                assert event.get("release_at", "") == "" or datetime.fromisoformat(
                    event["release_at"]
                ) <= datetime.fromisoformat(event["at"])
                approval = (self.settings.releases / event["path"]).with_suffix(".approval.json")
                fields = json.loads(approval.read_text("utf-8"))
                assert fields["sha256"] == event["sha256"]
                assert fields["by"] != fields["author"]

    @invariant()
    def no_byte_of_what_was_not_released_is_on_the_site(self) -> None:
        public = self._public_words()
        secret = [one for one in self.tokens.values() if one not in public]
        for path in self.settings.site.rglob("*") if secret else ():
            if path.is_file():
                data = path.read_bytes()
                assert not any(one.encode() in data or json.dumps(one)[1:-1].encode() in data for one in secret)

    @invariant()
    def no_feed_names_a_page_that_is_not_there(self) -> None:
        for feed in self.settings.site.rglob("feeds/**/*.json"):
            for item in json.loads(feed.read_text("utf-8")).get("items", ()):
                address, _, _ = item["url"].removeprefix(self.settings.url).partition("#")
                page = self.settings.site / address / "index.html"
                assert page.is_file()

    @invariant()
    def after_a_build_every_release_is_in_the_feed_once(self) -> None:
        if self.is_built and (feed := self.settings.site / "feeds/all.json").is_file():
            items = json.loads(feed.read_text("utf-8"))["items"]
            urls = [one["url"] for one in items if one["_greenchannel"]["kind"] == "item"]
            published = {one["id"] for one in self._events() if one["event"] == "published"}
            assert sorted(urls) == sorted(f"{self.settings.url}releases/{one}/" for one in published)

    @contextlib.contextmanager
    def _maybe_refused(self) -> Iterator[None]:
        """A command may say no (an unknown release, a clock behind the record); it may not do anything else."""
        try:
            yield
        except GreenchannelError:
            self.is_built = False

    def _build(self) -> None:
        self.is_built = False
        built = building.build(self.settings, self.clock)
        assert built.is_whole
        self.is_built = True

    def _save(self, number: int) -> None:
        embargo, changes = self.embargoes.get(number), self.changes.get(number, [])
        more = f"release_at: {embargo.isoformat()}\n" if embargo else ""
        if changes:
            more += "changes:\n" + "".join(f"  - {{kind: {one}, note: 改动一处。}}\n" for one in changes)
        path = self.settings.content / f"incidents/{_id(number)}.md"
        path.write_text(HEAD.format(number=number, more=more) + f"现场情况：{self.tokens[number]}。\n", "utf-8")

    def _fresh(self) -> int:
        self._count = getattr(self, "_count", 0) + 1
        return self._count

    def _ledger(self) -> bytes:
        path = self.settings.releases / "ledger.jsonl"
        return path.read_bytes() if path.exists() else b""

    def _events(self) -> list[Mapping[str, Any]]:
        return [json.loads(one) for one in self._ledger().splitlines()]

    def _last_at(self) -> datetime:
        events = self._events()
        return datetime.fromisoformat(events[-1]["at"]) if events else self.now

    def _public_words(self) -> str:
        named = [self.settings.releases / one["path"] for one in self._events() if "path" in one]
        return "".join(one.read_text("utf-8") for one in named)


def _id(number: int) -> str:
    return f"2026/shili/fact-{number}"


def run(pattern: Path, examples: int, steps: int) -> None:
    class Run(Newsroom):
        pass

    Run.pattern, Run.seen = pattern, Counter()
    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    rare = [one for one in ("published", "corrected", "withdrawn", "embargoed", "crashed") if Run.seen[one] < FEWEST]
    assert rare == [], Run.seen


@pytest.mark.torture
def test_the_contract_holds_in_any_order_of_steps(pattern: Path) -> None:
    run(pattern, examples=12, steps=20)


@pytest.mark.torture
def test_the_contract_holds_for_long(pattern: Path) -> None:
    run(pattern, examples=200, steps=40)
