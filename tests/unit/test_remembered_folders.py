"""What was worked out of folders is remembered together or apart, and believed while their files look the same."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import remembered_folders
from greenchannel.desk.folders import Folder, Folders, Shelf, folders_of_incidents
from greenchannel.desk.remembered_folders import RememberedFolders


def on_shelves(folders: Iterable[tuple[str, Folder]]) -> Folders:
    found = dict[str, dict[str, Folder]]()
    for path, files in folders:
        found.setdefault(path.rpartition("/")[0], {})[path] = files
    return Folders({year: Shelf(partial(dict, of)) for year, of in found.items()})


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_folders, "FEW", 2)


def folder(size: int) -> Folder:
    return Folder({"a.md": [1, size, 0, 0]})


def lying(**sizes: int) -> Folders:
    """The folders of one year."""
    return on_shelves((f"2026/{name}", folder(size)) for name, size in sizes.items())


def work_out(memory: Remembered, folders: Folders) -> list[str]:
    """Those of which nothing was known; each is worth its name."""
    known = RememberedFolders(memory, "x", folders)
    together = known.of("2026").values
    values = {**together, **known.apart([one for one in folders if one not in together])}
    assert all(values[one] == one.upper() for one in values)
    missing = [one for one in folders if one not in values]
    for one in missing:
        known.keep(one, one.upper())
    unknown = len(folders) - len(together)
    known.gather("2026", ((one, one.upper()) for one in folders), "note", "mark", unknown=unknown)
    return missing


def test_what_was_worked_out_once_is_known() -> None:
    memory, desk = Remembered(), lying(a=1, b=1, c=1, d=1, e=1)
    assert work_out(memory, desk) == [*desk]
    assert work_out(memory, desk) == []
    known = RememberedFolders(memory, "x", desk).of("2026")
    assert (known.is_same, known.mark, known.note) == (True, "mark", "note")


def test_a_folder_that_changed_is_worked_out_again_and_remembered_apart() -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1, c=1, d=1, e=1))
    together = memory["x 2026"]
    assert work_out(memory, now := lying(a=1, b=1, c=1, d=1, e=2)) == ["2026/e"]
    assert work_out(memory, now) == []
    assert memory["x 2026"] == together
    assert not RememberedFolders(memory, "x", now).of("2026").is_same


@pytest.mark.parametrize("now", [lying(a=1, b=1), lying(a=1, b=1, c=1, d=1), on_shelves([("2026/a", folder(1))])])
def test_a_year_in_which_a_folder_came_or_went_is_not_the_same(now: Folders) -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1, c=1))
    assert not RememberedFolders(memory, "x", now).of("2026").is_same


def test_where_much_has_changed_all_is_remembered_together_anew() -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1, c=1, d=1, e=1, f=1, g=1))
    work_out(memory, now := lying(a=2, b=2, c=2, d=1, e=1, f=1, g=1))
    for one in {one for one in memory if one != "x 2026"}:
        del memory[one]
    assert work_out(memory, now) == []


def test_of_few_folders_all_are_remembered_together_where_it_was_more_than_half_of_them() -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1))
    assert RememberedFolders(memory, "x", lying(a=1, b=1)).of("2026").is_same
    work_out(memory, lying(a=2, b=1))
    assert not RememberedFolders(memory, "x", lying(a=2, b=1)).of("2026").is_same


def test_a_year_of_which_nobody_asks_is_not_recalled() -> None:
    memory, asked = Remembered(), list[str]()
    desk = on_shelves([("2025/a", folder(1)), ("2026/a", folder(1))])
    recall = memory.recall

    def counted(keys: Iterable[str]) -> object:
        asked.extend(names := list(keys))
        return recall(names)

    memory.recall = counted  # type: ignore[method-assign, assignment]
    known = RememberedFolders(memory, "x", desk)
    assert (known.of("2025") is known.of("2025"), asked) == (True, ["x 2025"])


def test_a_link_keeps_its_folder_and_its_year_from_being_known(tmp_path: Path) -> None:
    for name in ("2026/a", "2026/b", "2026/c"):
        (tmp_path / "incidents" / name).mkdir(parents=True)
    (tmp_path / "incidents/2026/a/fact-1.md").symlink_to(tmp_path / "elsewhere.md")
    desk, memory = folders_of_incidents(tmp_path), Remembered()
    known = RememberedFolders(memory, "x", desk)
    known.gather("incidents/2026", ((one, one) for one in desk), "note", unknown=len(desk))
    again = RememberedFolders(memory, "x", desk).of("incidents/2026")
    assert (again.is_same, [*again.values]) == (False, ["incidents/2026/b", "incidents/2026/c"])


def test_a_name_that_is_no_text_is_remembered_apart() -> None:
    memory = Remembered()
    desk = on_shelves([*lying(a=1, b=1, c=1).items(), ("2026/d\udcff", Folder({"\udcff.md": [1, 1, 0, 0]}))])
    work_out(memory, desk)
    assert work_out(memory, desk) == []
    assert "x 2026" not in memory


def test_what_names_a_text_is_told_without_reading_it() -> None:
    memory, desk = Remembered(), lying(a=1, b=1)
    values = [("2026/a", ["2026/a/fact-1", 'with "quotes"', "积水"]), ("2026/b", ["2026/b"])]
    RememberedFolders(memory, "x", desk).gather("2026", values, "note", unknown=2)
    known = RememberedFolders(memory, "x", desk).of("2026")
    assert all(map(known.names, ("2026/a/fact-1", 'with "quotes"', "积水", "2026/b")))
    assert not any(map(known.names, ("2026/a/fact", "fact-1", "note", "\udcff")))


def test_what_is_remembered_together_holds_with_a_later_mark_once_that_is_said() -> None:
    memory, desk = Remembered(), lying(a=1, b=1)
    work_out(memory, desk)
    RememberedFolders(memory, "x", desk).renew("2026", "later")
    known = RememberedFolders(memory, "x", desk).of("2026")
    assert (known.is_same, known.mark, known.note) == (True, "later", "note")
    assert known.values == {one: one.upper() for one in desk}


def test_without_a_memory_nothing_is_known() -> None:
    desk = lying(a=1)
    known = RememberedFolders(None, "x", desk)
    known.keep("2026/a", 1)
    known.gather("2026", [("2026/a", 1)], "note", unknown=1)
    known.renew("2026", "mark")
    assert (known.of("2026").is_same, known.of("2026").values, known.apart([*desk])) == (False, {}, {})
