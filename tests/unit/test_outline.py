"""Who asks about one file reads its incident, and learns what he would have learnt of the whole desk."""

from datetime import datetime
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import outline, seen
from greenchannel.desk.newsroom import read_folder
from greenchannel.desk.settings import Settings
from greenchannel.opening import open_desk

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
FACT = "incidents/2026/chengbei-tingshui/fact-1.md"


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Remembered:
    """One that remembers files of this very moment, too."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    return Remembered()


def told(settings: Settings, path: str, memory: Remembered | None = None) -> list[tuple[str, str]]:
    desk = open_desk(settings, NOW, frozenset({path}), memory=memory, looks_only=True)
    return [(one.code, str(one.message)) for one in desk.diagnostics]


def texts(settings: Settings) -> list[str]:
    return sorted(one.relative_to(settings.content).as_posix() for one in settings.content.rglob("incidents/*/*/*.md"))


def test_of_every_file_the_same_is_told_as_with_the_whole_desk(office_home: Settings, memory: Remembered) -> None:
    (office_home.content / FACT).write_text("---\ntype: fact\n---\n", "utf-8")
    expected = {one: told(office_home, one) for one in texts(office_home)}
    assert any(expected.values())
    for _ in ("first", "remembered"):
        assert {one: told(office_home, one, memory) for one in texts(office_home)} == expected


def test_a_second_look_reads_no_other_incident(
    office_home: Settings, memory: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(office_home, FACT, memory)
    read = list[str]()

    def watched(content: Path, folder: Path, *rest: object) -> object:
        read.append(folder.relative_to(content).as_posix())
        return read_folder(content, folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(outline, "read_folder", watched)
    told(office_home, FACT, memory)
    assert read == ["incidents/2026/chengbei-tingshui"]


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_file_of_another_incident_with_the_same_id_is_told_of_where_it_is_sound(
    office_home: Settings, memory: Remembered, is_sound: bool  # noqa: FBT001  # pytest's way.
) -> None:
    twin = office_home.content / "incidents/2026/laowu-gaizao/fact-1.md"
    text = twin.read_text("utf-8").replace("---\n", "---\nid: 2026/chengbei-tingshui/fact-1\n", 1)
    twin.write_text(text if is_sound else text.replace("type:", "typo:").replace("类型:", "typo:"), "utf-8")
    told(office_home, FACT, memory)
    assert told(office_home, FACT, memory) == told(office_home, FACT)
    assert any(twin.name in words for _, words in told(office_home, FACT, memory)) == is_sound
