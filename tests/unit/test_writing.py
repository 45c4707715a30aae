"""A file is replaced whole or kept as it is; the ledger gets a line whole or not at all."""

import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from faults import Call, Fail, Layer
from greenchannel.delivery import file_systems
from greenchannel.delivery.writing import MANY, append, create_file, write_file, write_files, write_tree
from power import Disk, Loss

LONG_AGO = 1_000_000_000_000_000_000


class Fault:
    """The disk is full after `left` bytes."""

    def __init__(self, left: int) -> None:
        self.left, self.fired, self.write = left, False, os.write

    def __call__(self, descriptor: int, data: bytes | memoryview) -> int:
        if not self.left:
            self.fired = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = self.write(descriptor, data[: self.left])
        self.left -= done
        return done


def fill_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> Fault:
    fault = Fault(after)
    monkeypatch.setattr("greenchannel.delivery.writing.os.write", fault)
    return fault


def old_file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def test_an_equal_file_keeps_its_time(tmp_path: Path) -> None:
    path = old_file(tmp_path / "a", b"same")
    write_file(path, b"same")
    assert path.stat().st_mtime_ns == LONG_AGO


@pytest.mark.parametrize(("data", "changed"), [(b"same", False), (b"other", True)])
def test_it_says_whether_the_file_changed(tmp_path: Path, data: bytes, changed: bool) -> None:  # noqa: FBT001
    assert write_file(old_file(tmp_path / "a", b"same"), data) is changed


def test_a_shorter_text_replaces_the_whole(tmp_path: Path) -> None:
    path = old_file(tmp_path / "a", b"a long text")
    write_file(path, b"short")
    assert path.read_bytes() == b"short"


def test_who_reads_the_old_file_goes_on_reading_it(tmp_path: Path) -> None:
    path = old_file(tmp_path / "a", b"old")
    with path.open("rb") as reader:
        write_file(path, b"new")
        assert reader.read() == b"old"


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    write_file(tmp_path / "folder" / "a", b"new")
    assert [one.name for one in (tmp_path / "folder").iterdir()] == ["a"]


def test_what_a_killed_run_left_is_used_up(tmp_path: Path) -> None:
    (tmp_path / ".a.greenchannel-new").write_bytes(b"half of a much longer text")
    write_file(tmp_path / "a", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"new")]


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    other = old_file(tmp_path / "other", b"somebody's")
    (tmp_path / ".a.greenchannel-new").symlink_to(other)
    with pytest.raises(OSError, match="symbolic link"):
        write_file(tmp_path / "a", b"new")
    assert other.read_bytes() == b"somebody's"


def test_a_place_that_knows_no_locks_takes_files_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("greenchannel.delivery.writing.fcntl.flock", refused)
    assert write_file(tmp_path / "a", b"new") is True


WRITER = """
import sys
from pathlib import Path
from greenchannel.delivery.writing import write_file
path, letter = Path(sys.argv[1]), sys.argv[2].encode()
for length in range(1, 200):
    write_file(path, letter * length)
"""


def test_writers_of_one_file_at_once_never_meet_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter], stderr=subprocess.PIPE)
        for letter in "abcdefgh"
    ]
    said = [one.communicate()[1].decode() for one in writers]
    assert [one.returncode for one in writers] == [0] * 8, said
    data = path.read_bytes()
    assert (data[:1] * len(data), [one.name for one in tmp_path.iterdir()]) == (data, ["a"])


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, fault = old_file(tmp_path / "a", b"old"), fill_disk(monkeypatch, 2)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new text")
    assert (fault.fired, path.read_bytes()) == (True, b"old")


def test_a_new_file_is_not_written_over_another(tmp_path: Path) -> None:
    path = old_file(tmp_path / "a", b"somebody's")
    with pytest.raises(FileExistsError):
        create_file(path, b"mine")
    assert path.read_bytes() == b"somebody's"


def test_a_new_file_gets_its_folder(tmp_path: Path) -> None:
    create_file(tmp_path / "one" / "two", b"text")
    assert (tmp_path / "one" / "two").read_bytes() == b"text"


def test_a_full_disk_leaves_no_half_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, fault = tmp_path / "a", fill_disk(monkeypatch, 2)
    with pytest.raises(OSError, match="No space"):
        create_file(path, b"new text")
    assert (fault.fired, path.exists()) == (True, False)


def test_a_tree_names_what_changed(tmp_path: Path) -> None:
    old_file(tmp_path / "a", b"same")
    assert write_tree(tmp_path, [("a", b"same"), ("b", b"new")]) == ("b",)


def test_a_line_is_added_at_the_end(tmp_path: Path) -> None:
    path = old_file(tmp_path / "ledger", b"one\n")
    append(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_half_written_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    path, fault = old_file(tmp_path / "ledger", b"one\n"), fill_disk(monkeypatch, after)
    with pytest.raises(OSError, match="No space"):
        append(path, b"two\n")
    assert (fault.fired, path.read_bytes()) == (True, b"one\n")


def synced(layer: Layer) -> list[str]:
    return [one.path for one in layer.calls if one.name == "fsync"]


def test_a_new_folder_is_synced_into_the_one_above_it(tmp_path: Path) -> None:
    with Layer(tmp_path.parent) as layer:
        write_file(tmp_path / "one/two/a", b"new")
    top = tmp_path.name
    assert synced(layer) == [f"{top}/one/two/.a.greenchannel-new", top, f"{top}/one", f"{top}/one/two"]


def test_an_equal_file_is_synced_since_a_killed_run_may_have_left_it(tmp_path: Path) -> None:
    old_file(tmp_path / "a", b"same")
    with Layer(tmp_path.parent) as layer:
        write_file(tmp_path / "a", b"same")
    assert synced(layer) == [tmp_path.name]


def test_a_line_that_is_interrupted_by_hand_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    path = old_file(tmp_path / "ledger", b"one\n")
    monkeypatch.setattr("greenchannel.delivery.writing.os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        append(path, b"two\n")
    assert path.read_bytes() == b"one\n"


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, bytes]]:
    """So many new files that their file system is synced, on one for which that will do."""
    monkeypatch.setattr(file_systems, "syncs_at_once", lambda _device: True)
    return [(tmp_path / f"site/{number // 3}/{number}.html", b"text %d" % number) for number in range(MANY)]


def names(layer: Layer) -> list[str]:
    return [one.name for one in layer.calls if one.name in ("syncfs", "fsync", "replace")]


def test_many_files_are_synced_together_before_they_get_their_names_and_behind_it(
    tmp_path: Path, many: list[tuple[Path, bytes]]
) -> None:
    with Layer(tmp_path) as layer:
        write_files(many)
    assert names(layer) == ["syncfs", *["replace"] * len(many), "syncfs"]


def test_fewer_are_synced_one_by_one(tmp_path: Path, many: list[tuple[Path, bytes]]) -> None:
    with Layer(tmp_path) as layer:
        write_files(many[1:])
    assert "syncfs" not in names(layer)


def test_many_on_another_file_system_are_synced_one_by_one(
    tmp_path: Path, many: list[tuple[Path, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_systems, "syncs_at_once", lambda _device: False)
    with Layer(tmp_path) as layer:
        write_files(many)
    assert "syncfs" not in names(layer)


@pytest.mark.parametrize("turn", [1, 2])
def test_many_files_whose_syncing_fails_are_not_called_written(
    tmp_path: Path, many: list[tuple[Path, bytes]], turn: int
) -> None:
    turns = iter(range(1, 9))

    def decide(call: Call) -> Fail | None:
        return Fail(errno.EIO) if call.name == "syncfs" and next(turns) == turn else None

    with Layer(tmp_path, decide) as layer, pytest.raises(OSError, match="Input/output"):
        write_files(many)
    there = sum(path.exists() for path, _ in many)
    left = sum(one.is_file() for one in tmp_path.rglob("*")) - there
    assert (len(layer.fired), there, left) == (1, 0 if turn == 1 else len(many), 0)


def after_power_cuts(layer: Layer, drop: int = 0) -> list[str]:
    """The files that are torn behind any call, and those that are lost behind the last one.

    `drop` leaves out a syncfs by its turn.
    """
    disk, chance, turn, bad = Disk({}), random.Random(4), 0, list[str]()  # noqa: S311  # Chance that can be repeated.
    for call in layer.calls:
        turn += call.name == "syncfs"
        if call.name != "syncfs" or turn != drop:
            disk.apply(call)
        for loss in Loss:
            for path, data in disk.after_power_cut(loss, chance).items():
                if path.endswith(".html") and data != b"text " + Path(path).stem.encode():
                    bad.append(path)
    kept = disk.after_power_cut(Loss.ALL, chance)
    return bad + [call.path for call in layer.calls if call.name == "replace" and call.path not in kept]


def test_many_files_are_whole_after_a_power_cut_and_there_in_the_end(
    tmp_path: Path, many: list[tuple[Path, bytes]]
) -> None:
    with Layer(tmp_path) as layer:
        write_files(many)
    assert after_power_cuts(layer) == []


@pytest.mark.parametrize("drop", [1, 2])
def test_a_syncfs_that_is_left_out_is_missed(tmp_path: Path, many: list[tuple[Path, bytes]], drop: int) -> None:
    with Layer(tmp_path) as layer:
        write_files(many)
    assert after_power_cuts(layer, drop) != []
