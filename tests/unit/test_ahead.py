"""Another process looks at the desk while this one loads its programs; where it comes to nothing, we look ourselves."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from greenchannel import ahead
from greenchannel.ahead import looking_ahead
from greenchannel.cli import main
from greenchannel.desk import folders
from greenchannel.desk.folders import Shelf, folders_of_incidents, folders_of_year, look_again
from greenchannel.desk.settings import Settings

HERE = os.getpid()
LOOK = folders.files_of
# Threads of the test runner; what they hold is not asked for by a copy that looks at files.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders at which this process looked itself; there are two processors."""
    found = list[str]()

    def files(folder: str) -> folders.Folder:
        if os.getpid() == HERE:
            found.append(folder)
        return LOOK(folder)

    monkeypatch.setattr(folders, "files_of", files)
    monkeypatch.setattr(ahead, "processors", lambda: 2)
    return found


def test_what_another_process_saw_is_what_we_would_have_seen(office_home: Settings, looked: list[str]) -> None:
    name = os.fsdecode(b"\xff.md")
    (office_home.content / "incidents/2026/chengbei-tingshui" / name).write_bytes(b"")
    (office_home.content / "incidents/2026/chengbei-tingshui/link.md").symlink_to("fact-1.md")
    with looking_ahead(office_home.content):
        seen = folders_of_incidents(office_home.content)
        assert folders_of_incidents(office_home.content) is seen
    assert looked == []
    found = folders_of_incidents(office_home.content)
    assert (looked != [], dict(seen), [*seen.shelves]) == (True, dict(found), [*found.shelves])


def test_what_another_process_saw_of_a_year_is_unpacked_when_it_is_asked_for(
    office_home: Settings, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack, unpacked = ahead._unpacked, list[bytes]()  # noqa: SLF001

    def counted(data: bytes) -> dict[str, folders.Folder]:
        unpacked.append(data)
        return unpack(data)

    monkeypatch.setattr(ahead, "_unpacked", counted)
    with looking_ahead(office_home.content):
        seen = folders_of_incidents(office_home.content).shelves
        looks = {year: shelf.look for year, shelf in seen.items()}
        assert (unpacked, looked) == ([], [])
        assert [*map(len, seen.values())] > [0]
    assert len(unpacked) == len(looks)
    assert looks == {year: one.look for year, one in folders_of_incidents(office_home.content).shelves.items()}


def test_it_looked_when_the_command_began(office_home: Settings, looked: list[str]) -> None:
    draft = office_home.content / "incidents/2026/chengbei-tingshui/fact-9.md"
    with looking_ahead(office_home.content):
        folders_of_incidents(office_home.content)
        draft.write_text("later", "utf-8")
        assert draft.name not in folders_of_incidents(office_home.content)["incidents/2026/chengbei-tingshui"]
        look_again(office_home.content)
        assert draft.name in folders_of_incidents(office_home.content)["incidents/2026/chengbei-tingshui"]
    assert looked


def killed(_content: Path, _year: str) -> Shelf:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def refused(_content: Path, _year: str) -> Shelf:
    raise PermissionError(13, "not for you")


@pytest.mark.parametrize("look", [killed, refused])
def test_where_it_came_to_nothing_we_look_ourselves(
    look: Callable[[Path, str], Shelf],
    office_home: Settings,
    looked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(ahead, "folders_of_year", look)
    with looking_ahead(office_home.content):
        assert len(folders_of_incidents(office_home.content)) == len(looked) > 1
    assert capfd.readouterr().err == ""


@pytest.fixture
def long(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content of a desk of four years, of which two are looked at by another copy."""
    incidents = office_home.content / "incidents"
    for year in ("2023", "2024", "2025"):
        shutil.copytree(incidents / "2026", incidents / year)
    (incidents / "2022").mkdir()
    monkeypatch.setattr(ahead, "_LONG_SECONDS", 0)
    return office_home.content


def test_a_long_desk_is_looked_at_by_two(long: Path, looked: list[str]) -> None:
    with looking_ahead(long):
        seen = folders_of_incidents(long)
        assert [*seen.shelves] == [f"incidents/{year}" for year in (2023, 2024, 2025, 2026)]
    assert looked == []
    assert dict(seen) == dict(folders_of_incidents(long))


@pytest.mark.parametrize("lost", ["2023", "2026"])
def test_what_the_other_one_of_two_does_not_tell_is_looked_at_all_the_same(
    lost: str, long: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fired = tmp_path / "fired"

    def once(content: Path, year: str) -> Shelf:
        if year.endswith(lost) and not fired.exists():
            fired.touch()
            killed(content, year)
        return folders_of_year(content, year)

    monkeypatch.setattr(ahead, "folders_of_year", once)
    with looking_ahead(long):
        seen = folders_of_incidents(long)
    assert fired.exists()
    assert bool(looked) is (lost == "2026")  # The first copy looks at the newest year.
    assert dict(seen) == dict(folders_of_incidents(long))


def slowly(seen: Path, seconds: float) -> Callable[[Path, str], Shelf]:
    """Looks at a year, but not at once at one that has folders, and writes down who did."""

    def look(content: Path, year: str) -> Shelf:
        found = folders_of_year(content, year)
        with seen.open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(seconds if found else 0)
        return found

    return look


def test_how_long_a_desk_is_the_longest_year_tells(
    long: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (long / "incidents/2027").mkdir()
    monkeypatch.setattr(ahead, "folders_of_year", slowly(tmp_path / "seen", 0.2))
    monkeypatch.setattr(ahead, "_LONG_SECONDS", 0.5)
    with looking_ahead(long):
        seen = folders_of_incidents(long)
    looks = (tmp_path / "seen").read_text().split()
    assert (len(looks), len({*looks}), looked) == (6, 2, [])
    assert dict(seen) == dict(folders_of_incidents(long))


def test_when_the_command_ends_the_second_one_looks_no_further(
    long: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for year in range(2001, 2021):
        shutil.copytree(long / "incidents/2026", long / f"incidents/{year}")
    monkeypatch.setattr(ahead, "folders_of_year", slowly(tmp_path / "seen", 0.2))
    monkeypatch.setattr(ahead, "processors", lambda: 2)
    with looking_ahead(long):
        while not (tmp_path / "seen").exists() or len({*(tmp_path / "seen").read_text().split()}) < 2:
            time.sleep(0.01)
    time.sleep(0.5)  # Each year takes 0.2.
    looks = (tmp_path / "seen").read_text()
    time.sleep(0.5)
    assert (tmp_path / "seen").read_text() == looks
    assert len(looks.split()) < 20


def test_who_does_not_ask_leaves_no_process(office_home: Settings, looked: list[str], forked: list[int]) -> None:
    with looking_ahead(office_home.content):
        pass
    assert (looked, len(forked)) == ([], 1)


FACT = "2026/chengbei-tingshui/fact-1"


@pytest.mark.parametrize("command", ["check incidents/{fact}.md", "approve {fact} --by nobody", "publish {fact}"])
def test_a_command_about_one_text_leaves_the_looking_to_another_process(
    command: str, office_home: Settings, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office_home.content)
    main(["--home", str(office_home.home), *command.format(fact=FACT).split()])
    assert looked == []


@pytest.mark.parametrize("count", [0, 2])
def test_without_room_for_another_process_we_look_when_we_are_asked(
    count: int, office_home: Settings, monkeypatch: pytest.MonkeyPatch, looked: list[str]
) -> None:
    def full() -> int:
        assert count
        raise BlockingIOError

    monkeypatch.setattr(ahead, "processors", lambda: count)
    monkeypatch.setattr(os, "fork", full)
    with looking_ahead(office_home.content):
        assert looked == []
        assert folders_of_incidents(office_home.content)
    assert looked
