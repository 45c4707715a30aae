"""What was worked out of folders is remembered together or apart, and believed while their files look the same."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import remembered_folders
from greenchannel.desk.folders import Folder, Folders, folders_of_incidents
from greenchannel.desk.remembered_folders import RememberedFolders


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_folders, "_FEW", 2)


def lying(**sizes: int) -> Folders:
    return {name: Folder({"a.md": [1, size, 0, 0]}) for name, size in sizes.items()}


def work_out(memory: Remembered, folders: Folders) -> list[str]:
    """Those of which nothing was known; each is worth its name."""
    known = RememberedFolders(memory, "x", folders)
    values = {**known.together, **known.apart}
    assert all(values[one] == one.upper() for one in values)
    missing = [one for one in folders if one not in values]
    for one in missing:
        known.keep(one, one.upper())
    known.gather(((one, one.upper()) for one in folders), "mark")
    return missing


def test_what_was_worked_out_once_is_known() -> None:
    memory, desk = Remembered(), lying(a=1, b=1, c=1, d=1)
    assert work_out(memory, desk) == [*desk]
    assert work_out(memory, desk) == []
    assert RememberedFolders(memory, "x", desk).mark == "mark"


def test_a_folder_that_changed_is_worked_out_again_and_remembered_apart() -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1, c=1, d=1))
    together = memory["x"]
    assert work_out(memory, lying(a=1, b=1, c=1, d=2)) == ["d"]
    assert work_out(memory, lying(a=1, b=1, c=1, d=2)) == []
    assert memory["x"] == together


def test_where_much_has_changed_all_is_remembered_together_anew() -> None:
    memory = Remembered()
    work_out(memory, lying(a=1, b=1, c=1, d=1))
    work_out(memory, now := lying(a=2, b=2, c=2, d=1))
    apart = {one for one in memory if one != "x"}
    for one in apart:
        del memory[one]
    assert work_out(memory, now) == []


def test_of_few_folders_what_was_remembered_together_is_not_asked_for() -> None:
    memory, asked = Remembered(), list[str]()
    work_out(memory, lying(a=1, b=1, c=1))
    recall = memory.recall

    def counted(keys: Iterable[str]) -> object:
        asked.extend(names := list(keys))
        return recall(names)

    memory.recall = counted  # type: ignore[method-assign, assignment]
    assert work_out(memory, lying(a=1)) == []
    assert asked == ["x a"]


def test_a_link_keeps_its_folder_from_being_known(tmp_path: Path) -> None:
    for name in ("2026/a", "2026/b", "2026/c"):
        (tmp_path / "incidents" / name).mkdir(parents=True)
    (tmp_path / "incidents/2026/a/fact-1.md").symlink_to(tmp_path / "elsewhere.md")
    memory, desk = Remembered(), folders_of_incidents(tmp_path)
    work_out(memory, desk)
    assert work_out(memory, desk) == ["incidents/2026/a"]


def test_a_name_that_is_no_text_is_remembered_apart() -> None:
    memory = Remembered()
    desk = {**lying(a=1, b=1, c=1), "d\udcff": Folder({"\udcff.md": [1, 1, 0, 0]})}
    work_out(memory, desk)
    assert work_out(memory, desk) == []
    assert "x" not in memory


def test_what_was_remembered_together_and_is_refused_may_be_known_apart() -> None:
    memory, desk = Remembered(), lying(a=1, b=1, c=1, d=1)
    work_out(memory, desk)
    for one in desk:
        del memory[f"x {one}"]
    RememberedFolders(memory, "x", desk).keep("a", "newer")
    known = RememberedFolders(memory, "x", desk)
    known.refuse(["a", "b"])
    assert (known.together, known.apart) == ({"c": "C", "d": "D"}, {"a": "newer"})


def test_where_much_was_refused_all_is_remembered_together_anew() -> None:
    memory, desk = Remembered(), lying(a=1, b=1, c=1, d=1)
    work_out(memory, desk)
    known = RememberedFolders(memory, "x", desk)
    known.refuse(["a", "b", "c"])
    known.gather(((one, one * 2) for one in desk), "later")
    again = RememberedFolders(memory, "x", desk)
    assert (again.mark, again.together) == ("later", {one: one * 2 for one in desk})


def test_of_folders_that_nobody_asks_for_what_is_given_is_remembered_with_the_others() -> None:
    memory, desk = Remembered(), lying(a=1, b=1, c=1, d=1)
    known = RememberedFolders(memory, "x", desk, ["b", "c", "d"])
    known.gather((one, one.upper()) for one in desk)
    assert RememberedFolders(memory, "x", desk).together == {one: one.upper() for one in desk}
