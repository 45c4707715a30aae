"""What was worked out before is believed only as it was written; where it cannot be kept, nothing else suffers."""

import multiprocessing
import os
import random
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from conftest import read_files
from greenchannel.delivery import memory
from greenchannel.delivery.memory import FILE, Memory

Kept = dict[str, bytes]
ONE: Kept = {"one": b"worked out"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A newsroom that remembers `ONE`."""
    (tmp_path / FILE).parent.mkdir()
    keep(tmp_path, ONE)
    return tmp_path


def keep(home: Path, values: Kept, maker: str = "these programs") -> None:
    with Memory(home, maker) as remembered:
        for key, value in values.items():
            remembered.keep(key, value)


def recalled(home: Path, *keys: str, maker: str = "these programs") -> Kept:
    with Memory(home, maker) as remembered:
        return dict(remembered.recall(keys))


def change(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / FILE)) as database, database:
        assert database.execute(statement, values).rowcount == 1


def test_what_was_kept_is_recalled_by_the_next_run(home: Path) -> None:
    assert recalled(home, "one", "two") == ONE


def test_a_name_may_be_that_of_a_file_which_is_not_in_utf8(home: Path) -> None:
    name = f"incident incidents/2026/{os.fsdecode('停水'.encode('gbk'))}"
    keep(home, {name: b"worked out"})
    assert recalled(home, name) == {name: b"worked out"}


def test_of_a_name_the_newest_is_kept(home: Path) -> None:
    keep(home, {"one": b"newer"})
    assert recalled(home, "one") == {"one": b"newer"}


def test_more_is_recalled_at_once_than_one_question_can_ask(home: Path) -> None:
    many = {str(number): b"%d" % number for number in range(1_200)}
    keep(home, many)
    assert recalled(home, *many) == many


@pytest.mark.parametrize("value", [b"worked oup", b"", 7, "worked out"], ids=repr)
def test_a_damaged_value_is_no_value(home: Path, value: object) -> None:
    change(home, "update remembered set value = ?", value)
    assert recalled(home, "one") == {}


def test_a_value_under_the_name_of_another_is_no_value(home: Path) -> None:
    change(home, "update remembered set key = ?", "two")
    assert recalled(home, "two") == {}


def test_what_other_programs_worked_out_is_forgotten(home: Path) -> None:
    assert recalled(home, "one", maker="newer programs") == {}
    assert recalled(home, "one") == {}


def test_newer_programs_have_their_own_form_of_it(home: Path) -> None:
    columns = "key text primary key, proof text not null, value blob not null"
    with closing(sqlite3.connect(home / FILE)) as database:
        database.executescript(f"drop table remembered; create table remembered ({columns}) without rowid")
    keep(home, ONE, "newer programs")
    with closing(sqlite3.connect(home / FILE)) as database:
        assert database.execute("select sql from sqlite_master where sql like '%without rowid'").fetchall() == []
    assert recalled(home, "one", maker="newer programs") == ONE


def test_one_of_another_form_that_somebody_writes_is_left_to_him(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as database:
        database.execute("create table earlier (key text)")
        database.execute("begin immediate")
        database.execute("update remembered set key = 'two'")
        keep(home, ONE, "newer programs")
        database.execute("commit")
    with closing(sqlite3.connect(home / FILE)) as database:
        assert database.execute("select key from remembered").fetchall() == [("two",)]


@pytest.mark.parametrize("size", [0, 9, 5_000])
def test_a_file_that_is_no_database_makes_room_for_one(home: Path, size: int) -> None:
    (home / FILE).write_bytes(b"no database " * size)
    assert recalled(home, "one") == {}
    keep(home, ONE)
    assert recalled(home, "one") == ONE


def test_a_file_that_is_no_database_is_replaced_below_a_folder_of_any_name(home: Path) -> None:
    elsewhere = home.rename(home.with_name("50% of #1?"))
    (elsewhere / FILE).write_bytes(b"no database " * 500)
    recalled(elsewhere, "one")
    keep(elsewhere, ONE)
    assert recalled(elsewhere, "one") == ONE


@pytest.mark.parametrize("word", [b"remembered (", b" value blob"])
def test_a_database_whose_words_are_no_text_any_more_makes_room_for_a_new_one(home: Path, word: bytes) -> None:
    """SQLite quotes in its error what it cannot understand, and Python cannot read the quotation, nor such a name."""
    data = (home / FILE).read_bytes()
    assert word in data
    (home / FILE).write_bytes(data.replace(word, b"\xf2" + word[1:]))
    assert recalled(home, "one") == {}
    keep(home, ONE)
    assert recalled(home, "one") == ONE


def test_a_database_whose_middle_is_lost_makes_room_for_a_new_one(home: Path) -> None:
    keep(home, {str(number): bytes(500) for number in range(100)})
    data = bytearray((home / FILE).read_bytes())
    data[4096:-4096] = bytes(len(data) - 8192)
    (home / FILE).write_bytes(data)
    recalled(home, *map(str, range(100)))
    keep(home, ONE)
    assert recalled(home, "one") == ONE


@pytest.mark.parametrize("page", [3, 7, 12])
def test_what_meets_a_lost_page_as_it_is_kept_is_kept_in_a_new_file(home: Path, page: int) -> None:
    many = {f"incident {number}": b"%d" % number * 200 for number in range(200)}
    keep(home, many)
    path = home / FILE
    data = bytearray(path.read_bytes())
    start = page * 4096
    assert len(data) > start + 4096
    data[start : start + 4096] = bytes(4096)
    path.write_bytes(data)
    keep(home, many)
    assert recalled(home, *many) == many


def test_of_bits_that_fell_over_anywhere_only_time_is_lost(home: Path) -> None:
    keep(home, values := {str(number): bytes([number]) * 300 for number in range(40)})
    sound, chance = (home / FILE).read_bytes(), random.Random(5)  # noqa: S311  # The same bits each time.
    for _ in range(1_000):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(chance.choice((len(data), 600)))] ^= 1 << chance.randrange(8)
        (home / FILE).write_bytes(data)
        assert recalled(home, *values).items() <= values.items()
        keep(home, values)
        recalled(home, *values)  # What met no damage while it was written may meet it now.
        keep(home, values)
        assert recalled(home, *values) == values
        for one in home.glob(f"{FILE}*"):
            one.unlink()


@pytest.mark.parametrize("name", ["these programs", "others"])
def test_who_only_reads_leaves_everything_as_it_was(home: Path, name: str) -> None:
    before = read_files(home)
    with Memory(home, name, reads_only=True) as remembered:
        remembered.keep("two", b"2")
        found = remembered.recall(("one", "two"))
        assert read_files(home) == before
    assert (read_files(home), found) == (before, {**(ONE if name == "these programs" else {}), "two": b"2"})


def test_who_only_reads_replaces_no_file_that_is_no_database(home: Path) -> None:
    (home / FILE).write_bytes(b"no database " * 500)
    before = read_files(home)
    with Memory(home, "these programs", reads_only=True) as remembered:
        assert (remembered.recall(("one",)), read_files(home)) == ({}, before)


def test_who_only_reads_makes_no_file_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    with Memory(tmp_path, "these programs", reads_only=True) as remembered:
        assert remembered.recall(("one",)) == {}
    assert read_files(tmp_path) == {}


def test_who_reads_while_another_process_writes_gets_what_was_kept_or_nothing(home: Path) -> None:
    """As a preview does while a build runs. A value is its number many times over, so that a torn one would tell."""
    keep(home, {"of before": b"0" * 50_000})
    writing = multiprocessing.get_context("spawn").Process(target=_write, args=(home,))
    writing.start()
    found = 0
    with Memory(home, "these programs", reads_only=True) as reading:
        while writing.is_alive() or not found:
            for value in reading.recall(("of before", "of now")).values():
                assert len(set(value.split(b","))) == 1
                found += 1
    writing.join()
    assert writing.exitcode == 0
    assert recalled(home, "of now") == {"of now": _value(_TIMES - 1)}


_TIMES = 300


def _value(number: int) -> bytes:
    return b",".join([b"%07d" % number] * 5_000)


def _write(home: Path) -> None:
    for number in range(_TIMES):
        keep(home, {"of now": _value(number)})


def test_without_its_folder_nothing_is_remembered_and_no_folder_is_made(tmp_path: Path) -> None:
    keep(tmp_path, ONE)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def locked(home: Path, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as database:
        database.execute("begin exclusive")
        yield


@contextmanager
def read_only(_home: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a disk that can only be read; who runs tests may be allowed to write to any folder."""
    real = sqlite3.connect

    def connect(path: Path | str, *, timeout: float = 5, uri: bool = False, check_same_thread: bool = True) -> object:
        address = path if uri or path == ":memory:" else f"file:{path}?mode=ro"
        return real(address, timeout, uri=True, check_same_thread=check_same_thread)

    with patch.context() as patched:
        patched.setattr(sqlite3, "connect", connect)
        yield


@contextmanager
def full(_home: Path, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file may grow beyond what it has: the system refuses the write, as it does where there is no room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kept", [locked, read_only, full])
def test_where_it_cannot_be_kept_the_run_goes_on_and_what_was_known_stays(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[None]],
) -> None:
    monkeypatch.setattr(memory, "_WAIT_SECONDS", 0.01)
    with kept(home, monkeypatch), Memory(home, "these programs") as remembered:
        remembered.keep("two", b"2" * 100_000)
        assert not remembered.has_lost
        remembered.save()
        assert remembered.has_lost
        remembered.keep("three", b"3" * 100_000)
    assert recalled(home, "one", "two", "three") == ONE
