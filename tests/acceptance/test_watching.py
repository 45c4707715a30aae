"""The unattended channel: never early, caught up when late, and nothing stops it but the signal to stop."""

import errno
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import CHINA, Clock, Run, read_files, until
from greenchannel import opening, watching
from greenchannel.delivery import record
from greenchannel.delivery.targets.directory import DirectoryTarget
from greenchannel.desk import seen
from greenchannel.desk.settings import Settings
from greenchannel.domain.release import Release
from greenchannel.making import Making
from greenchannel.noticing import Notice
from greenchannel.opening import Desk, open_desk
from greenchannel.portal.search_index import ENTRY
from greenchannel.record.events import State
from greenchannel.record.gate import is_text_public
from greenchannel.resident import Resident
from greenchannel.watching import Watch

EMBARGOED = "2026/shewai-yanchu/fact-2"
BROKEN = "2026/taifeng-haixing/fact-3"
Lines = list[Mapping[str, Any]]


class DeafNotice(Notice):
    """A system that loses every event."""

    def refresh(self) -> None:
        pass


class BlindNotice(Notice):
    """A system whose limit of watches is reached."""

    def refresh(self) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")


def desk(office: Settings, identifier: str = EMBARGOED) -> Path:
    return office.content / "incidents" / f"{identifier}.md"


def embargo(office: Settings, until: datetime) -> None:
    path = desk(office)
    path.write_text(re.sub(r"release_at: \S+", f"release_at: {until.isoformat()}", path.read_text("utf-8")), "utf-8")


def committed(office: Settings) -> list[Mapping[str, Any]]:
    lines = (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["id"] == EMBARGOED and one["event"] == "published"]


def said(lines: Lines, event: str) -> Lines:
    return [one for one in lines if one["event"] == event]


@contextmanager
def running(office: Settings, clock: Clock, notice: type[Notice] = Notice, *, seconds: float = 0.3) -> Iterator[Lines]:
    lines: Lines = []
    channel = Watch(office.home, clock, str, lines.append, notice=notice(office.home), rescan_seconds=seconds)
    thread = threading.Thread(target=channel.run)
    thread.start()
    try:
        until(lambda: said(lines, "built"))
        yield lines
    finally:
        channel.notice.stop()
        thread.join(30)
    assert lines[-1] == {"event": "stopped"}


@pytest.fixture
def waiting(office_home: Settings, run: Run, clock: Clock) -> Settings:
    """Approved, and due in an hour."""
    embargo(office_home, clock.now + timedelta(hours=1))
    assert run("approve", EMBARGOED, "--by", "lu-wanqing")[0] == 0
    return office_home


def test_the_command_releases_on_time_and_ends_with_the_signal(office_home: Settings) -> None:
    command = [sys.executable, "-m", "greenchannel", "--home", str(office_home.home), "--lang", "en"]
    due = datetime.now(CHINA).replace(microsecond=0) + timedelta(seconds=8)
    embargo(office_home, due)
    subprocess.run([*command, "approve", EMBARGOED, "--by", "lu-wanqing"], check=True, capture_output=True)
    with subprocess.Popen([*command, "watch"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: Lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "visible":
                process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert [one["event"] for one in lines if one["event"] not in ("built", "indexed")] == [
        "started",
        "scheduled",
        "published",
        "visible",
        "stopped",
    ]
    (event,) = committed(office_home)
    assert due <= datetime.fromisoformat(event["at"]) <= due + timedelta(seconds=5)


def test_nothing_goes_out_a_second_before_its_time(waiting: Settings, clock: Clock) -> None:
    clock.now += timedelta(minutes=59, seconds=59)
    with running(waiting, clock) as lines:
        desk(waiting, BROKEN).touch()
        time.sleep(1)
    assert (len(said(lines, "scheduled")), committed(waiting)) == (1, [])


def test_it_goes_out_when_the_clock_comes_to_its_time(waiting: Settings, clock: Clock) -> None:
    with running(waiting, clock) as lines:
        clock.now += timedelta(hours=1)
        until(lambda: said(lines, "visible"))
    assert [one["seconds_late"] for one in said(lines, "published")] == [0]


def test_what_became_due_while_nobody_watched_is_caught_up_and_told_as_late(waiting: Settings, clock: Clock) -> None:
    clock.now += timedelta(hours=3)
    with running(waiting, clock) as lines:
        until(lambda: said(lines, "visible"))
    (event,) = committed(waiting)
    late = datetime.fromisoformat(event["at"]) - datetime.fromisoformat(event["release_at"])
    assert [one["seconds_late"] for one in said(lines, "published")] == [late.total_seconds()] == [7200]


def test_a_change_whose_event_was_lost_is_found_by_looking_again(office_home: Settings, run: Run, clock: Clock) -> None:
    embargo(office_home, clock.now - timedelta(minutes=1))
    with running(office_home, clock, DeafNotice) as lines:
        run("approve", EMBARGOED, "--by", "lu-wanqing")
        until(lambda: said(lines, "visible"))
    assert len(committed(office_home)) == 1


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Collection[Path] | None]:
    """Of which paths each look is told; None where it is a look at everything."""
    found = list[Collection[Path] | None]()

    def counted(*given: Any, changed: Collection[Path] | None, **named: Any) -> Desk:
        found.append(changed)
        return open_desk(*given, changed=changed, **named)

    monkeypatch.setattr(watching, "open_desk", counted)
    return found


def test_what_a_build_keeps_is_given_to_the_next(
    office_home: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    kept = list[Resident]()

    def counted(*given: Any, resident: Resident) -> Making:
        kept.append(resident)
        return Making(*given, resident=resident)

    monkeypatch.setattr(watching, "Making", counted)
    with running(office_home, clock):
        page = office_home.content / "pages/about.md"
        page.write_text(page.read_text("utf-8") + "\n\n改动之后\n", "utf-8")
        until(lambda: len(kept) > 1)
    assert kept[0] is kept[1]
    assert (kept[0].journal is None, kept[0].at_hand.plans == {}) == (False, False)
    assert kept[0].desk.lying(office_home.content)


def test_what_the_system_tells_of_is_looked_at_and_no_more(
    office_home: Settings, clock: Clock, told: list[Collection[Path] | None]
) -> None:
    with running(office_home, clock, seconds=60):
        until(lambda: len(told) == 1)
        desk(office_home, BROKEN).touch()
        until(lambda: len(told) > 1)
    assert told[:2] == [None, frozenset({desk(office_home, BROKEN)})]


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read each time that all of the desk or all of the record was."""
    found = list[str]()

    def counting(module: ModuleType, name: str) -> None:
        read = getattr(module, name)

        def counted(*given: Any) -> Any:
            found.append(name)
            return read(*given)

        monkeypatch.setattr(module, name, counted)

    for module, name in ((opening, "read_newsroom"), (opening, "read_sound_part"), (record, "read_sound_part")):
        counting(module, name)
    return found


def test_of_what_was_approved_no_more_is_read_than_has_to_do_with_it(
    waiting: Settings, run: Run, clock: Clock, whole: list[str]
) -> None:
    lines: Lines = []
    channel = Watch(waiting.home, clock, str, lines.append)
    assert channel._look(None)  # noqa: SLF001
    clock.now += timedelta(hours=1)
    assert run("approve", EMBARGOED, "--by", "lu-wanqing")[0] == 0
    whole.clear()
    assert channel._look([desk(waiting).with_suffix(".approval.json")])  # noqa: SLF001
    assert (len(committed(waiting)), whole) == (1, [])


@pytest.mark.parametrize("path", ["content/registry/people.yml", "releases/ledger.jsonl", "content/incidents/2026"])
def test_behind_any_other_change_all_of_it_is_read(
    waiting: Settings, clock: Clock, whole: list[str], path: str
) -> None:
    lines: Lines = []
    channel = Watch(waiting.home, clock, str, lines.append)
    assert channel._look(None)  # noqa: SLF001
    whole.clear()
    assert channel._look([waiting.home / path])  # noqa: SLF001
    assert whole == ["read_newsroom", "read_sound_part"]


def test_what_was_found_to_be_public_is_asked_of_again_when_it_changed(
    office_home: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    asked = list[str]()

    def counted(release: Release, state: State) -> bool:
        asked.append(release.id)
        return is_text_public(release, state)

    monkeypatch.setattr("greenchannel.submitting.is_text_public", counted)
    lines: Lines = []
    channel = Watch(office_home.home, clock, str, lines.append)
    for _ in ("the first", "with receipts"):
        assert channel._look(None)  # noqa: SLF001
    asked.clear()
    assert channel._look(None)  # noqa: SLF001
    unpublished = {*asked}
    path = desk(office_home, "2026/chengbei-tingshui/fact-1")
    path.write_text(path.read_text("utf-8") + "\n此后加上的一句。\n", "utf-8")
    assert channel._look(None)  # noqa: SLF001
    folder = "2026/chengbei-tingshui/"
    assert f"{folder}fact-1" in {*asked} - unpublished
    assert {one.startswith(folder) for one in {*asked} - unpublished} == {True}  # What lies beside it is read with it.


def test_what_waits_is_not_forgotten_for_what_changes_elsewhere(
    waiting: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    lines: Lines = []
    channel = Watch(waiting.home, clock, str, lines.append)
    assert channel._look(None)  # noqa: SLF001
    for _ in ("once", "again"):
        assert channel._look([desk(waiting, BROKEN)])  # noqa: SLF001
    clock.now += timedelta(hours=1)
    assert channel._look(frozenset())  # noqa: SLF001
    assert [len(one) for one in (committed(waiting), said(lines, "scheduled"))] == [1, 1]


def test_what_goes_out_is_looked_at_whatever_the_system_told(
    waiting: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text was changed behind its approval, and the event was lost."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    lines: Lines = []
    channel = Watch(waiting.home, clock, str, lines.append)
    assert channel._look(None)  # noqa: SLF001
    path = desk(waiting)
    path.write_text(path.read_text("utf-8") + "\n此后加上的一句。\n", "utf-8")
    clock.now += timedelta(hours=1)
    assert channel._look([desk(waiting, BROKEN)])  # noqa: SLF001
    assert [one["reasons"][0].partition(" ")[0] for one in said(lines, "refused")] == ["G603"]
    assert committed(waiting) == []


def test_when_an_embargo_ends_the_folder_of_its_text_is_looked_at_and_no_more(
    waiting: Settings, clock: Clock, told: list[Collection[Path] | None]
) -> None:
    with running(waiting, clock, seconds=60) as lines:
        clock.now += timedelta(hours=1)
        until(lambda: said(lines, "visible"))
    assert told[:3] == [None, frozenset(), {desk(waiting).parent}]


def test_a_save_puts_off_no_look_at_everything(
    office_home: Settings, clock: Clock, told: list[Collection[Path] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, wait = list[float](), Watch._wait  # noqa: SLF001

    def counted(channel: Watch, seconds: float) -> frozenset[Path] | None:
        waits.append(seconds)
        return wait(channel, seconds)

    monkeypatch.setattr(Watch, "_wait", counted)
    with running(office_home, clock, seconds=60):
        until(lambda: len(waits) == 1)
        desk(office_home, BROKEN).touch()
        until(lambda: len(waits) > 1)
    assert told[1] is not None
    assert waits[1] < waits[0]


def test_who_never_pauses_keeps_nothing_from_being_looked_at(
    office_home: Settings, clock: Clock, told: list[Collection[Path] | None]
) -> None:
    def goes_on() -> bool:
        desk(office_home, BROKEN).touch()
        return told.count(None) > 2  # The first, and two more.

    with running(office_home, clock, seconds=2):
        until(goes_on)
    assert len(told) > told.count(None)


def test_behind_a_look_that_failed_everything_is_looked_at(
    office_home: Settings, clock: Clock, told: list[Collection[Path] | None]
) -> None:
    settings = office_home.home / "mkdocs.yml"
    with running(office_home, clock, seconds=60) as lines:
        until(lambda: len(told) == 1)
        whole = settings.read_text("utf-8")
        settings.write_text("extra: [", "utf-8")
        until(lambda: said(lines, "failed"))
        settings.write_text(whole, "utf-8")
        until(lambda: said(lines, "recovered"))
    assert told[:2] == [None, None]


def test_a_system_that_cannot_watch_is_told_of_and_looked_at_again(
    office_home: Settings, run: Run, clock: Clock
) -> None:
    embargo(office_home, clock.now - timedelta(minutes=1))
    with running(office_home, clock, BlindNotice) as lines:
        run("approve", EMBARGOED, "--by", "lu-wanqing")
        until(lambda: said(lines, "visible"))
    assert len(said(lines, "failed")) == 1


def test_a_clock_that_is_set_back_releases_nothing_and_is_told_of_once(waiting: Settings, clock: Clock) -> None:
    embargo(waiting, clock.now - timedelta(days=300))
    run_at = clock.now
    approval = desk(waiting).with_suffix(".approval.json")
    fields = json.loads(approval.read_text("utf-8"))
    fields["release_at"] = (run_at - timedelta(days=300)).isoformat()
    approval.write_text(json.dumps(fields), "utf-8")
    clock.now = run_at - timedelta(days=200)
    with running(waiting, clock) as lines:
        until(lambda: said(lines, "refused"))
        time.sleep(1)
    assert (committed(waiting), len(said(lines, "refused"))) == ([], 1)
    assert any("G606" in reason for one in said(lines, "refused") for reason in one["reasons"])


def index_at(folder: Path) -> bytes:
    return (folder / ENTRY).read_bytes()


class Slow:
    """A place below ../slow that takes nothing before `answers` is set, and lets nobody wait longer than a minute."""

    def __init__(self, office: Settings, monkeypatch: pytest.MonkeyPatch, *others: str) -> None:
        self.folder = office.home.parent / "slow"
        self.folder.mkdir()
        self.answers, self.asked = threading.Event(), threading.Event()
        path = office.home / "mkdocs.yml"
        targets = "".join(f"      {one}\n" for one in (*others, "slow: {directory: ../slow}"))
        text = path.read_text("utf-8").replace("    footer:\n", f"    targets:\n{targets}    footer:\n")
        path.write_text(text, "utf-8")
        real = DirectoryTarget.put

        def put(target: DirectoryTarget, source: Path, paths: Sequence[str]) -> None:
            self.asked.set()
            assert self.answers.wait(60)
            real(target, source, paths)

        monkeypatch.setattr(DirectoryTarget, "put", put)


def test_a_log_that_cannot_be_written_stops_neither_the_work_nor_the_end(office_home: Settings, clock: Clock) -> None:
    said: Lines = []

    def write(line: Mapping[str, Any]) -> None:
        said.append(line)
        if line["event"] != "started":
            raise BrokenPipeError

    channel = Watch(office_home.home, clock, str, write, rescan_seconds=0.3)
    thread = threading.Thread(target=channel.run)
    thread.start()
    until((office_home.site / "index.html").is_file)
    page = office_home.content / "pages/about.md"
    page.write_text(page.read_text("utf-8") + "\n\n改动之后\n", "utf-8")
    until(lambda: "改动之后" in (office_home.site / "about/index.html").read_text("utf-8"))
    channel.notice.stop()
    thread.join(30)
    assert (thread.is_alive(), said[-1]["event"]) == (False, "stopped")


def test_a_place_that_hangs_for_good_does_not_keep_it_from_ending(
    waiting: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(waiting, monkeypatch)
    monkeypatch.setattr("greenchannel.watching.STOP_SECONDS", 0.2)
    lines: Lines = []
    channel = Watch(waiting.home, clock, str, lines.append, rescan_seconds=0.3)
    thread = threading.Thread(target=channel.run)
    thread.start()
    assert slow.asked.wait(30)
    channel.notice.stop()
    thread.join(30)
    slow.answers.set()
    assert (thread.is_alive(), lines[-1]) == (False, {"event": "stopped", "left": ["slow"]})


def test_a_clock_behind_the_record_is_told_of_before_anything_is_due(waiting: Settings, clock: Clock) -> None:
    clock.now -= timedelta(days=200)
    with running(waiting, clock) as lines:
        until(lambda: said(lines, "failed"))
        clock.now += timedelta(days=200)
        until(lambda: said(lines, "recovered"))
    assert ["clock is behind the record" in one["problem"] for one in said(lines, "failed")] == [True]
    assert said(lines, "recovered") == [{"event": "recovered", "what": "clock"}]


def test_a_broken_neighbour_holds_up_nothing(waiting: Settings, clock: Clock) -> None:
    desk(waiting, BROKEN).write_text("---\ntitle: [\n---\n", "utf-8")
    clock.now += timedelta(hours=1)
    with running(waiting, clock) as lines:
        until(lambda: said(lines, "visible"))


def test_settings_that_cannot_be_read_are_told_of_and_it_goes_on_when_they_can(waiting: Settings, clock: Clock) -> None:
    path = waiting.home / "mkdocs.yml"
    sound = path.read_text("utf-8")
    with running(waiting, clock) as lines:
        path.write_text("site_name: [", "utf-8")
        until(lambda: said(lines, "failed"))
        clock.now += timedelta(hours=1)
        path.write_text(sound, "utf-8")
        until(lambda: said(lines, "visible"))
    assert said(lines, "recovered") == [{"event": "recovered", "what": "channel"}]


def test_a_place_that_was_down_gets_its_files_when_it_is_back(waiting: Settings, clock: Clock) -> None:
    path = waiting.home / "mkdocs.yml"
    targets = "    targets:\n      mirror: {directory: ../www}\n    footer:\n"
    path.write_text(path.read_text("utf-8").replace("    footer:\n", targets), "utf-8")
    with running(waiting, clock) as lines:
        until(lambda: said(lines, "failed"))
        (waiting.home.parent / "www").mkdir()
        until(lambda: said(lines, "recovered"))
    assert (waiting.home.parent / "www/index.html").is_file()
    assert [one["target"] for one in said(lines, "failed")] == ["mirror"]


def test_a_place_that_does_not_answer_keeps_no_release_waiting(
    waiting: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(waiting, monkeypatch, "site: {directory: site}")
    with running(waiting, clock) as lines:
        assert slow.asked.wait(30)
        clock.now += timedelta(hours=1)
        until(lambda: said(lines, "visible"))
        assert [list(one["targets"]) for one in said(lines, "visible")] == [["site"]]
        slow.answers.set()
        until(lambda: len(said(lines, "visible")) == 2)
        until(lambda: read_files(slow.folder) == read_files(waiting.site))
    assert (said(lines, "failed"), len(committed(waiting))) == ([], 1)


def test_a_damaged_text_of_the_record_is_told_of_and_built_upon_no_more_until_it_is_mended(
    waiting: Settings, clock: Clock
) -> None:
    frozen = next(waiting.releases.rglob("fact-1.r1.md"))
    data = frozen.read_bytes()
    with running(waiting, clock) as lines:
        frozen.write_bytes(data + b"x")
        until(lambda: [one for one in said(lines, "failed") if frozen.name in one.get("problem", "")])
        frozen.write_bytes(data)
        until(lambda: said(lines, "recovered"))


def test_a_text_of_the_record_is_looked_at_again_when_the_system_tells_of_it(waiting: Settings, clock: Clock) -> None:
    frozen = next(waiting.releases.rglob("fact-1.r1.md"))
    with running(waiting, clock, seconds=600) as lines:
        frozen.write_bytes(frozen.read_bytes() + b"x")
        until(lambda: [one for one in said(lines, "failed") if frozen.name in one.get("problem", "")])


def test_a_text_of_the_record_whose_event_was_lost_is_found_by_looking_at_everything(
    waiting: Settings, clock: Clock
) -> None:
    frozen = next(waiting.releases.rglob("fact-1.r1.md"))
    with running(waiting, clock, DeafNotice) as lines:
        frozen.write_bytes(frozen.read_bytes() + b"x")
        until(lambda: [one for one in said(lines, "failed") if frozen.name in one.get("problem", "")])


def test_a_heartbeat_goes_out_with_the_next_look(office_home: Settings, run: Run, clock: Clock) -> None:
    settings = office_home.home / "mkdocs.yml"
    text = settings.read_text("utf-8").replace("  greenchannel:\n", "  greenchannel:\n    heartbeat: true\n")
    settings.write_text(text, "utf-8")
    with running(office_home, clock, DeafNotice):
        assert run("feeds", "heartbeat")[0] == 0
        until((office_home.site / "feeds/test.json").is_file)


def test_what_changes_while_it_builds_is_built_with_the_next_look(
    office_home: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = office_home.content / "pages/about.md"

    def meanwhile(self: Making) -> None:
        real(self)
        if "改动之后" not in page.read_text("utf-8"):
            page.write_text(page.read_text("utf-8") + "\n\n改动之后\n", "utf-8")

    real = Making.make
    monkeypatch.setattr(Making, "make", meanwhile)
    with running(office_home, clock, DeafNotice):
        until(lambda: "改动之后" in (office_home.site / "about/index.html").read_text("utf-8"))


def test_a_place_gets_the_index_of_a_release_after_its_pages(
    waiting: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is made here at once, and goes to the place when its courier has been there."""
    slow = Slow(waiting, monkeypatch, "site: {directory: site}")
    with running(waiting, clock) as lines:
        assert slow.asked.wait(30)
        until(lambda: said(lines, "indexed"))
        assert [one["sent"] for one in said(lines, "indexed")] == [{}]
        assert read_files(slow.folder) == {}
        slow.answers.set()
        until(lambda: len(said(lines, "indexed")) == 2)
        slow.answers.clear()
        clock.now += timedelta(hours=1)
        until(lambda: len(said(lines, "indexed")) == 3)
        before, made = index_at(slow.folder), index_at(waiting.site)
        assert before != made
        slow.answers.set()
        until(lambda: index_at(slow.folder) == made)
        until(lambda: len(said(lines, "indexed")) == 4)
    assert ["slow" in one["sent"] for one in said(lines, "indexed")] == [False, True, False, True]
    assert (said(lines, "failed"), len(committed(waiting))) == ([], 1)
