"""Who looks again asks for nothing that he has just been told, and for everything that may have changed since."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from fakes import Remembered
from greenchannel import opening
from greenchannel.board import read_board
from greenchannel.cli import main
from greenchannel.delivery import proven
from greenchannel.delivery.memory import FILE
from greenchannel.delivery.proven import ends, forget_proven, look_again, looking_once
from greenchannel.delivery.record import LedgerDamagedError, read_at_a_glance, read_record
from greenchannel.desk import folders, newsroom, outline, seen
from greenchannel.desk.document import Document
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.newsroom import read_folder, read_incidents, read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.opening import open_desk
from greenchannel.preview import drafts
from greenchannel.record import gate
from greenchannel.submitting import approved

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
FACT = "2026/chengbei-tingshui/fact-1"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path | str]:
    """The files of the record that somebody looked at, each as often as he did."""
    found: list[Path | str] = []
    look = seen.seen

    def counted(path: str) -> list[int] | None:
        found.append(path)
        return look(path)

    monkeypatch.setattr(proven, "seen", counted)
    return found


def test_within_a_command_each_file_of_the_record_is_looked_at_once(
    office_home: Settings, looks: list[Path | str]
) -> None:
    forget_proven(office_home.releases)
    with looking_once(office_home.releases):
        read_record(office_home.releases)
        first = len(looks)
        read_record(office_home.releases)
    assert first > 0
    assert len(looks) == first


def test_within_a_command_the_ledger_is_read_once_until_somebody_writes_to_it(office_home: Settings) -> None:
    ledger = office_home.releases / "ledger.jsonl"
    with looking_once(office_home.releases):
        _, first = ends(office_home.releases)
        assert ends(office_home.releases)[1] is first
        ledger.write_bytes(first + b"{}\n")
        assert ends(office_home.releases)[1] == first + b"{}\n"
        ledger.unlink()
        assert ends(office_home.releases)[1] == b""
    ledger.write_bytes(first)
    assert ends(office_home.releases)[1] is not ends(office_home.releases)[1]


def test_behind_a_command_each_file_of_the_record_is_looked_at_again(
    office_home: Settings, looks: list[Path | str]
) -> None:
    with looking_once(office_home.releases):
        read_record(office_home.releases)
    looks.clear()
    read_record(office_home.releases)
    assert looks


def frozen_text(settings: Settings) -> Path:
    return settings.releases / read_record(settings.releases).state.releases[FACT].current.path


def test_what_was_changed_between_two_commands_is_found(office_home: Settings) -> None:
    with looking_once(office_home.releases):
        frozen = frozen_text(office_home)
    frozen.write_bytes(frozen.read_bytes() + b"x")
    with looking_once(office_home.releases), pytest.raises(LedgerDamagedError):
        read_record(office_home.releases)


@pytest.mark.parametrize(
    "told",
    [lambda _, frozen: frozen, lambda _, frozen: frozen.parent, lambda releases, _: releases],
    ids=["the file", "its folder", "the record"],
)
def test_in_between_it_is_looked_at_again_where_the_system_tells_of_it(
    office_home: Settings, told: Callable[[Path, Path], Path]
) -> None:
    with looking_once(office_home.releases):
        frozen = frozen_text(office_home)
        frozen.write_bytes(frozen.read_bytes() + b"x")
        look_again(office_home.releases, {office_home.home, frozen.with_suffix(".approval.json")})
        read_record(office_home.releases)
        look_again(office_home.releases, {told(office_home.releases, frozen)})
        with pytest.raises(LedgerDamagedError):
            read_record(office_home.releases)


def test_what_a_command_found_missing_and_then_wrote_is_there(office_home: Settings) -> None:
    forget_proven(office_home.releases)
    frozen = frozen_text(office_home)
    data = frozen.read_bytes()
    frozen.unlink()
    with looking_once(office_home.releases):
        with pytest.raises(LedgerDamagedError):
            read_record(office_home.releases)
        frozen.write_bytes(data)
        read_record(office_home.releases)


def look(settings: Settings) -> tuple[int, int]:
    """As the channel and the preview do: how often a text was frozen to be compared, and how often that was known."""
    before = gate._frozen_digest.cache_info()  # noqa: SLF001
    desk = open_desk(settings, NOW)
    approved(settings, desk)
    drafts(desk.newsroom, desk.record.state, desk.cleaned)
    tuple(desk.diagnostics)
    after = gate._frozen_digest.cache_info()  # noqa: SLF001
    return after.misses - before.misses, after.hits - before.hits


def test_a_text_is_compared_with_the_public_one_once(office_home: Settings) -> None:
    gate._frozen_digest.cache_clear()  # noqa: SLF001  # As another process.
    compared, _ = look(office_home)
    desk = open_desk(office_home, NOW)
    assert 0 < compared <= len(desk.record.state.releases)
    again, known = look(office_home)
    assert again == 0
    assert known >= compared


def test_a_text_that_was_edited_is_compared_again_and_no_other(office_home: Settings) -> None:
    look(office_home)
    path = office_home.content / f"incidents/{FACT}.md"
    path.write_text(path.read_text("utf-8") + "\n另有一句。\n", "utf-8")
    assert look(office_home)[0] == 1


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the desk that are read, each of which is known at once by what the system tells of it."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    found, read_file = list[str](), newsroom._read_file  # noqa: SLF001

    def counted(content: Path, path: Path, *rest: Any) -> Document:
        found.append(path.relative_to(content).as_posix())
        return read_file(content, path, *rest)

    monkeypatch.setattr(newsroom, "_read_file", counted)
    return found


def edited(settings: Settings, release: str) -> Path:
    path = settings.content / f"incidents/{release}.md"
    path.write_text(path.read_text("utf-8") + "\n又有一句。\n", "utf-8")
    return path


def beside(release: str) -> str:
    return f"incidents/{release}".removesuffix("fact-1")


def test_where_what_changed_is_told_nothing_else_is_looked_at(office_home: Settings, read: list[str]) -> None:
    known = KnownFolders()
    read_newsroom(office_home.content, office_home.zone, known)
    told, _ = edited(office_home, FACT), edited(office_home, "2026/qingnianlu-huozai/fact-1")
    read.clear()
    read_newsroom(office_home.content, office_home.zone, known, [told])
    first = {*read}
    read_newsroom(office_home.content, office_home.zone, known)
    assert {one.startswith(beside(FACT)) for one in first} == {True}
    assert any(one.startswith(beside("2026/qingnianlu-huozai/fact-1")) for one in read)


def test_what_is_too_young_to_be_known_is_read_again_whatever_is_told(
    office_home: Settings, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownFolders()
    read_newsroom(office_home.content, office_home.zone, known)
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600)
    read_newsroom(office_home.content, office_home.zone, known, [edited(office_home, FACT)])
    read.clear()
    read_newsroom(office_home.content, office_home.zone, known, [])
    assert f"incidents/{FACT}.md" in read


def test_a_text_is_read_again_when_a_file_beside_it_changed(office_home: Settings, read: list[str]) -> None:
    """Which may be an attachment of it."""
    known = KnownFolders()
    picture = office_home.content / f"incidents/{FACT}".removesuffix("/fact-1") / "现场.jpg"
    picture.write_bytes(b"one")
    read_newsroom(office_home.content, office_home.zone, known)
    everything = set(read)
    read.clear()
    read_newsroom(office_home.content, office_home.zone, known)
    assert read == []
    picture.write_bytes(b"another")
    read_newsroom(office_home.content, office_home.zone, known)
    assert set(read) == {one for one in everything if one.startswith(beside(FACT))}


def test_the_incidents_alone_are_those_of_the_whole_desk(office_home: Settings) -> None:
    (office_home.content / "incidents/2026/kongde").mkdir()
    whole = read_newsroom(office_home.content, office_home.zone)
    alone = read_incidents(office_home.content, office_home.zone, Remembered())
    assert alone.incidents == {name: replace(one, translations=()) for name, one in whole.incidents.items()}
    broken = [one for one in whole.documents if one.path.endswith("/incident.md") and one.value is None]
    assert [one.path for one in alone.documents if one.value is None and "incidents/" in one.path] == [
        one.path for one in broken
    ] == ["incidents/2026/kongde/incident.md"]


def test_an_incident_that_is_known_is_not_opened_again_until_it_changes(
    office_home: Settings, read: list[str]
) -> None:
    memory = Remembered()
    first = read_incidents(office_home.content, office_home.zone, memory)
    read.clear()
    assert read_incidents(office_home.content, office_home.zone, memory).incidents == {
        name: replace(one, body="") for name, one in first.incidents.items()
    }
    assert read == []
    path = office_home.content / beside(FACT) / "incident.md"
    path.write_text(path.read_text("utf-8").replace("标题: ", "标题: 改题："), "utf-8")
    changed = read_incidents(office_home.content, office_home.zone, memory)
    assert changed.incidents[FACT.removesuffix("/fact-1")].title.startswith("改题：")
    assert read == [f"{beside(FACT)}incident.md"]


def test_an_incident_with_faults_is_read_each_time(office_home: Settings, read: list[str]) -> None:
    """What is wrong with it is told of the text."""
    memory, path = Remembered(), office_home.content / beside(FACT) / "incident.md"
    path.write_text(path.read_text("utf-8").replace("类别: ", "类别: x"), "utf-8")
    for _ in range(2):
        read.clear()
        incidents = read_incidents(office_home.content, office_home.zone, memory).incidents
        assert FACT.removesuffix("/fact-1") not in incidents
        assert f"{beside(FACT)}incident.md" in read


def test_a_look_at_one_text_asks_for_no_file_of_the_record_that_was_sound(
    office_home: Settings, looks: list[Path | str]
) -> None:
    memory = Remembered()

    def look() -> int:
        looks.clear()
        tuple(open_desk(office_home, NOW, frozenset({f"incidents/{FACT}.md"}), memory=memory).diagnostics)
        return len(looks)

    assert look() > 0
    assert look() == 0


def test_the_record_is_read_while_a_copy_may_still_look_at_the_desk(office_home: Settings) -> None:
    asked, memory = list[str](), Remembered()

    def at_a_glance(*given: Any) -> Any:
        asked.append("record")
        return read_at_a_glance(*given)

    def ahead() -> None:
        asked.append("desk")

    with patch.object(opening, "read_at_a_glance", at_a_glance), folders.looking_once(office_home.content, ahead):
        open_desk(office_home, NOW, about=(FACT,), memory=memory)
    assert asked == ["record", "desk"]


@pytest.mark.parametrize("name", ["ledger.jsonl", "checkpoint.json"])
def test_a_record_that_was_edited_since_is_not_believed(office_home: Settings, name: str) -> None:
    memory, only = Remembered(), frozenset({f"incidents/{FACT}.md"})
    open_desk(office_home, NOW, only, memory=memory)
    path = office_home.releases / name
    path.write_bytes(path.read_bytes().replace(b"2026-", b"2025-", 1))
    with pytest.raises(LedgerDamagedError):
        open_desk(office_home, NOW, only, memory=memory)


def test_a_record_that_is_not_sound_is_not_remembered(office_home: Settings) -> None:
    memory, only = Remembered(), frozenset({f"incidents/{FACT}.md"})
    frozen = next((office_home.releases / "2026").rglob("*.md"))
    frozen.write_bytes(frozen.read_bytes() + b" ")
    for _ in range(2):
        with pytest.raises(LedgerDamagedError):
            open_desk(office_home, NOW, only, memory=memory)


def test_the_board_opens_incidents_alone(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: set[str] = set()
    read = newsroom._read_bytes  # noqa: SLF001

    def counted(path: Path) -> bytes:
        opened.add(path.relative_to(office_home.content).as_posix())
        return read(path)

    monkeypatch.setattr(newsroom, "_read_bytes", counted)
    read_board(office_home, NOW)
    assert {one.rpartition("/")[2] for one in opened if one.startswith("incidents/")} == {"incident.md"}


def test_a_new_release_reads_no_other_incident(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    command = ["--home", str(office_home.home), "new", "release", "fact", "2026/chengbei-tingshui"]
    assert main(command) == 0
    read: list[str] = []

    def counted(content: Path, folder: str, zone: timezone) -> Sequence[Document]:
        read.append(folder.rpartition("/")[2])
        return read_folder(content, folder, zone)

    monkeypatch.setattr(outline, "read_folder", counted)
    assert main(command) == 0
    assert read == ["chengbei-tingshui"]


def checked(office: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The incidents whose files a check of one of them opened."""
    read: list[str] = []

    def counted(content: Path, folder: str, zone: timezone) -> Sequence[Document]:
        read.append(folder.rpartition("/")[2])
        return read_folder(content, folder, zone)

    with monkeypatch.context() as patch:
        patch.setattr(seen, "_SETTLED_SECONDS", -3600)
        patch.setattr(outline, "read_folder", counted)
        main(["--home", str(office.home), "check", str(office.content / f"incidents/{FACT}.md")])
    return read


def test_who_checks_a_text_again_reads_no_other_incident(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office_home.home / FILE).unlink(missing_ok=True)
    assert len(checked(office_home, monkeypatch)) > 1
    assert checked(office_home, monkeypatch) == ["chengbei-tingshui"]


def test_where_nothing_was_built_a_check_leaves_no_trace(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree((office_home.home / FILE).parent)
    before = sorted(office_home.home.rglob("*"))
    assert len(checked(office_home, monkeypatch)) > 1
    assert sorted(office_home.home.rglob("*")) == before
