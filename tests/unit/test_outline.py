"""Who asks about one file reads its incident, and learns what he would have learnt of the whole desk."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import outline, seen
from greenchannel.desk.newsroom import read_folder, read_newsroom
from greenchannel.desk.outline import read_around
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

    def watched(content: Path, folder: str, *rest: object) -> object:
        read.append(folder)
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


def from_another_year(settings: Settings, year: str, **said: str) -> Path:
    """A folder of that year, as it lies under 2026 but for what its fact says."""
    folder = settings.content / f"incidents/{year}/laowu-gaizao"
    shutil.copytree(settings.content / "incidents/2026/laowu-gaizao", folder)
    fact = folder / "fact-1.md"
    text = fact.read_text("utf-8").replace("incident: 2026/laowu-gaizao", "incident: {incident}")
    fact.write_text(text.format(**{"incident": f"{year}/laowu-gaizao", **said}), "utf-8")
    return folder


def read_again(settings: Settings, memory: Remembered, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are read where everything was looked at before."""
    told(settings, FACT, memory)
    read = list[str]()

    def watched(content: Path, folder: str, *rest: object) -> object:
        read.append(folder)
        return read_folder(content, folder, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(outline, "read_folder", watched)
        assert told(settings, FACT, memory) == told(settings, FACT)
    return sorted(read)


def test_a_text_of_another_year_that_speaks_of_the_incident_is_read_with_it(
    office_home: Settings, memory: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_another_year(office_home, "2025", incident="2026/chengbei-tingshui")
    from_another_year(office_home, "2024")
    found = read_again(office_home, memory, monkeypatch)
    assert found == ["incidents/2025/laowu-gaizao", "incidents/2026/chengbei-tingshui"]


def test_of_a_year_that_names_nothing_of_it_no_more_is_read_than_the_ids(
    office_home: Settings, memory: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_another_year(office_home, "2024")
    told(office_home, FACT, memory)
    name = "outline incidents/2024"
    *known, folders = memory[name].split(b"\n", 3)
    assert b"2024/laowu-gaizao/fact-1" in folders
    memory[name] = b"\n".join((*known, b"no JSON at all"))
    assert read_again(office_home, memory, monkeypatch) == ["incidents/2026/chengbei-tingshui"]
    near = read_around(office_home.content, office_home.zone, ["2026/chengbei-tingshui/fact-1"], (), memory)
    assert {"2024/laowu-gaizao", "2024/laowu-gaizao/fact-1"} < near.identifiers
    assert near.identifiers == read_newsroom(office_home.content, office_home.zone).identifiers


def test_a_year_that_was_written_on_a_moment_ago_is_read_again(
    office_home: Settings, memory: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_another_year(office_home, "2024")
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600)
    told(office_home, FACT, memory)
    assert not [one for one in memory if one.startswith("outline")]
