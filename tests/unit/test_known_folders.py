"""A process that is told of changes finds what they have to do with, and tells what the whole desk tells."""

import random
import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import known_folders, newsroom, outline, seen
from greenchannel.desk.document import Newsroom
from greenchannel.desk.folders import Folder, folders_of_incidents
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.newsroom import read_folder, read_newsroom
from greenchannel.desk.outline import read_what_changed
from greenchannel.desk.settings import Settings
from greenchannel.opening import open_desk

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
FOLDER = "incidents/2026/chengbei-tingshui"
Edit = Callable[[Path, random.Random], list[Path]]


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # Not for secrets: the same edits each time.


def texts(content: Path) -> list[Path]:
    return sorted(one for one in content.glob("incidents/[0-9]*/*/*.md") if not one.parent.is_symlink())


def rewritten(path: Path, change: Callable[[str], str]) -> list[Path]:
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    return [path]


def saves(content: Path, chance: random.Random) -> list[Path]:
    return rewritten(chance.choice(texts(content)), lambda text: f"{text}\n此后加上的一句。\n")


def deletes(content: Path, chance: random.Random) -> list[Path]:
    path = chance.choice(texts(content))
    path.unlink()
    return [path]


def breaks(content: Path, chance: random.Random) -> list[Path]:
    return rewritten(chance.choice(texts(content)), lambda text: text.replace("title:", "titel:").replace("标题", "题"))


def takes_an_id(content: Path, chance: random.Random) -> list[Path]:
    """That of another text, perhaps."""
    taken = chance.choice(texts(content)).relative_to(content / "incidents").with_suffix("").as_posix()
    return rewritten(chance.choice(texts(content)), lambda text: text.replace("---\n", f"---\nid: {taken}\n", 1))


def speaks_of_another_incident(content: Path, chance: random.Random) -> list[Path]:
    other = chance.choice(texts(content)).parent.relative_to(content / "incidents").as_posix()
    path = chance.choice([one for one in texts(content) if one.name != "incident.md"])
    return rewritten(path, lambda text: text.replace("incident: ", f"incident: {other}  # ", 1))


def moves(content: Path, chance: random.Random, years: tuple[str, ...] = ("2025", "2026")) -> list[Path]:
    folder = chance.choice(texts(content)).parent
    there = content / f"incidents/{chance.choice(years)}/{folder.name}-{chance.randrange(99)}"
    there.parent.mkdir(exist_ok=True)
    shutil.move(folder, there)
    return [folder, there]


def copies(content: Path, chance: random.Random) -> list[Path]:
    folder = chance.choice(texts(content)).parent
    there = folder.with_name(f"{folder.name}-{chance.randrange(99)}")
    shutil.copytree(folder, there, dirs_exist_ok=True)
    return [there]


def puts_a_picture(content: Path, chance: random.Random) -> list[Path]:
    path = chance.choice(texts(content)).with_name("现场.jpg")
    path.write_bytes(b"\xff\xd8\xff" + chance.randbytes(200))
    return [path]


def begins(content: Path, chance: random.Random) -> list[Path]:
    folder = content / f"incidents/2026/kongde-{chance.randrange(99)}"
    folder.mkdir(exist_ok=True)
    return [folder]


def links(content: Path, chance: random.Random) -> list[Path]:
    path = content / f"incidents/2026/lianjie-{chance.randrange(99)}"
    if not path.is_symlink():
        path.symlink_to(chance.choice(texts(content)).parent)
    return [path]


def throws_away(content: Path, chance: random.Random) -> list[Path]:
    """Into a year that is none."""
    return moves(content, chance, (".trash",))


EDITS: tuple[Edit, ...] = (
    *(saves, deletes, breaks, takes_an_id, speaks_of_another_incident),
    *(moves, copies, puts_a_picture, begins, links, throws_away),
)


@pytest.fixture(params=[-3600, 3600], ids=["settled", "too young"])
def known(request: pytest.FixtureRequest, office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> KnownFolders:
    """All of the desk, read a moment ago."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", request.param)
    found = KnownFolders()
    read_newsroom(office_home.content, office_home.zone, found)
    return found


def near(settings: Settings, known: KnownFolders, changed: list[Path], about: tuple[str, ...] = ()) -> Newsroom:
    folders = known.told_of(settings.content, changed)
    assert folders is not None  # Else all of it would be read.
    return read_what_changed(settings.content, settings.zone, about, folders, known)


@pytest.mark.parametrize("seed", range(6))
def test_behind_any_edits_the_same_is_known_as_by_looking_at_everything(
    office_home: Settings, known: KnownFolders, seed: int
) -> None:
    chance, content, done = dice(seed), office_home.content, set[str]()
    for _ in range(12):
        edit = chance.choice(EDITS)
        done.add(edit.__name__)
        part, whole = near(office_home, known, edit(content, chance)), read_newsroom(content, office_home.zone)
        assert part.identifiers == whole.identifiers
        by_path = {one.path: one for one in whole.documents}
        assert [one for one in part.documents if by_path[one.path] != one] == []
        assert known.lying(content) == folders_of_incidents(content)
    assert len(done) > 4


@pytest.mark.parametrize("seed", range(6))
def test_of_what_changed_the_same_is_wrong_as_with_the_whole_desk(
    office_home: Settings, known: KnownFolders, seed: int
) -> None:
    chance, content, found = dice(seed), office_home.content, 0
    for _ in range(8):
        changed = chance.choice(EDITS)(content, chance)
        desk = open_desk(office_home, NOW, known=known, changed=changed, memory=Remembered())
        whole = open_desk(office_home, NOW)
        folders = {one.relative_to(content).as_posix() for path in changed for one in (path, path.parent)}
        told = [one for one in desk.diagnostics if one.path.rpartition("/")[0] in folders]
        assert told == [one for one in whole.diagnostics if one.path.rpartition("/")[0] in folders]
        found += len(told)
    assert found


@pytest.mark.parametrize(
    "path",
    [
        "mkdocs.yml",
        "content/registry/people.yml",
        "content/incidents",
        "content/incidents/2026",
        "releases/ledger.jsonl",
    ],
)
def test_where_something_else_changed_all_of_it_is_to_be_read(
    office_home: Settings, known: KnownFolders, path: str
) -> None:
    changed = [office_home.content / FOLDER / "fact-1.md"]
    assert known.told_of(office_home.content, changed) is not None
    assert known.told_of(office_home.content, [*changed, office_home.home / path]) is None


def test_who_has_not_read_all_of_it_knows_nothing_of_it(office_home: Settings) -> None:
    known = KnownFolders()
    read_folder(office_home.content, FOLDER, office_home.zone, known)
    assert (known.told_of(office_home.content, []), known.lying(office_home.content)) == (None, None)


def test_no_other_folder_is_read_or_looked_at(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    content, known = office_home.content, KnownFolders()
    read_newsroom(content, office_home.zone, known)
    read, looked = list[str](), list[str]()

    def reading(content: Path, folder: str, *rest: object) -> object:
        read.append(folder)
        return read_folder(content, folder, *rest)  # type: ignore[arg-type]

    def looking(folder: str) -> Folder:
        looked.append(folder)
        raise AssertionError

    monkeypatch.setattr(outline, "read_folder", reading)
    monkeypatch.setattr(known_folders, "files_of", looking)
    part = near(office_home, known, rewritten(content / FOLDER / "fact-1.md", str.strip))
    assert known.lying(content)
    assert (read, looked) == ([FOLDER], [])
    paths = {one.path.rpartition("/")[0] for one in part.documents if one.path.startswith("incidents/")}
    assert FOLDER in paths
    assert len(paths) < len(folders_of_incidents(content))


def test_what_waits_is_read_with_its_incident_whatever_changed(office_home: Settings, known: KnownFolders) -> None:
    changed = rewritten(office_home.content / FOLDER / "fact-1.md", str.strip)
    part = near(office_home, known, changed, ("2026/laowu-gaizao/fact-1",))
    assert {"2026/laowu-gaizao/fact-1", "2026/chengbei-tingshui/fact-1"} <= part.releases.keys()
    assert {"2026/laowu-gaizao", "2026/chengbei-tingshui"} <= part.incidents.keys()


def failing(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """No file below a folder can be read."""
    read_bytes = newsroom._read_bytes  # noqa: SLF001

    def refused(path: Path) -> bytes:
        if folder in path.as_posix():
            raise PermissionError(path)
        return read_bytes(path)

    monkeypatch.setattr(newsroom, "_read_bytes", refused)


@pytest.mark.parametrize("folder", [FOLDER, "content/registry", "incidents/2026/xin"])
@pytest.mark.parametrize("is_whole", [False, True])
def test_what_could_not_be_read_is_in_doubt_until_it_was(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch, folder: str, *, is_whole: bool
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    content, known = office_home.content, KnownFolders()
    read_newsroom(content, office_home.zone, known)
    shutil.copytree(content / FOLDER, content / "incidents/2026/xin")
    changed = rewritten(content / FOLDER / "fact-1.md", lambda text: f"{text}\n此后加上的一句。\n")
    told = [*changed, content / "incidents/2026/xin"]
    look = partial(read_newsroom, content, office_home.zone) if is_whole else partial(near, office_home, changed=told)
    with monkeypatch.context() as patch:
        failing(patch, folder)
        with pytest.raises(PermissionError):
            look(known=known)
    lying = known.lying(content)
    assert lying is None if is_whole else lying == folders_of_incidents(content)
    read_newsroom(content, office_home.zone, known)
    (found,) = (one for one in near(office_home, known, changed).documents if one.path == f"{FOLDER}/fact-1.md")
    assert found.source.body.endswith("此后加上的一句。")


@pytest.mark.parametrize("is_young", [False, True])
def test_a_folder_of_which_nobody_told_is_there_all_the_same(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch, *, is_young: bool
) -> None:
    """Events get lost; and between a look and a build somebody may write."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600 if is_young else -3600)
    content, known = office_home.content, KnownFolders()
    read_newsroom(content, office_home.zone, known)
    for begin in (
        lambda: shutil.copytree(content / FOLDER, content / "incidents/2026/xin"),
        lambda: (content / FOLDER).rename(content / "incidents/2026/jiu"),
        lambda: shutil.copytree(content / "incidents/2026/jiu", content / "incidents/2024/jiu"),
        lambda: shutil.rmtree(content / "incidents/2024"),
    ):
        begin()
        assert known.lying(content) == folders_of_incidents(content)
    part = near(office_home, known, [])
    assert part.identifiers == read_newsroom(content, office_home.zone).identifiers
    assert {one.path for one in part.documents} >= {"incidents/2026/xin/fact-1.md", "incidents/2026/jiu/fact-1.md"}


@pytest.mark.parametrize("is_told", [False, True])
def test_of_a_year_that_is_gone_nothing_is_known(office_home: Settings, known: KnownFolders, *, is_told: bool) -> None:
    content, year = office_home.content, office_home.content / "incidents/2024"
    shutil.copytree(content / FOLDER, year / "jiu")
    read_newsroom(content, office_home.zone, known)
    assert "2024/jiu/fact-1" in known.identifiers
    shutil.rmtree(year)
    if not is_told:
        read_newsroom(content, office_home.zone, known)
    part = near(office_home, known, [year / "jiu"], ("2024/jiu/fact-1",))
    assert part.identifiers == read_newsroom(content, office_home.zone).identifiers
    assert [one.path for one in part.documents if "2024" in one.path] == []
