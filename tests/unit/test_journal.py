"""A journal gives back what was noted last, and nothing that was torn or damaged."""

import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from greenchannel.delivery.journal import Ahead, Journal

MANY = {f"releases/2026/a/{number}/index.html": {"sha256": f"{number:064}"} for number in range(2_500)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site.journal.jsonl"


def noted(path: Path, *entries: dict[str, dict[str, Any]]) -> Journal:
    journal = Journal(path)
    for one in entries:
        journal.note(one)
    return journal


def test_what_was_noted_is_there_for_the_next_run(path: Path) -> None:
    noted(path, {"a": {"sha256": "1", "stat": [5, 1_795_000_000_000_000_001]}}, {"街道": {}})
    assert Journal(path).entries == {"a": {"sha256": "1", "stat": [5, 1_795_000_000_000_000_001]}, "街道": {}}


def test_the_newest_note_of_a_file_holds(path: Path) -> None:
    noted(path, {"a": {"sha256": "1"}, "b": {"sha256": "1"}}, {"a": {"sha256": "2"}})
    assert Journal(path).entries == {"a": {"sha256": "2"}, "b": {"sha256": "1"}}


def test_what_was_taken_away_is_noted_no_more(path: Path) -> None:
    noted(path, {"a": {}, "b": {}}).drop(["a", "c"])
    assert Journal(path).entries == {"b": {}}


def test_files_that_arrived_together_stand_in_one_line(path: Path) -> None:
    noted(path, {"a": {}, "b": {}}, {"c": {}})
    assert path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("left", [1, 20, 40])
def test_a_torn_line_is_ignored_and_the_one_behind_it_is_read(path: Path, left: int) -> None:
    noted(path, {"a": {"sha256": "1"}}, {"b": {"sha256": "2"}})
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\n") + 1 + left])
    noted(path, {"c": {}})
    assert Journal(path).entries == {"a": {"sha256": "1"}, "c": {}}


@for_all(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_line_in_which_a_bit_fell_over_is_not_believed(place: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        noted: dict[str, dict[str, object]] = {"a": {"sha256": "12ab", "stat": [1, 2]}, "b": {"sha256": "34cd"}}
        Journal(path).note(noted)
        damaged = bytearray(path.read_bytes())
        damaged[place % len(damaged)] ^= 1 << bit
        path.write_bytes(damaged)
        found = Journal(path).entries
    assert all(noted[one] == entry for one, entry in found.items())


def test_what_another_release_of_ours_noted_is_compared_again(path: Path) -> None:
    """A line for each file, and its checksum was right."""
    told = b'{"path": "a", "sha256": "1"}'
    path.write_bytes(told[:-1] + b', "proof": "%08x"}\n' % zlib.crc32(told))
    assert Journal(path).entries == {}


def test_one_that_is_mostly_out_of_date_is_written_anew(path: Path) -> None:
    journal = noted(path, MANY, MANY, MANY)
    before = path.stat().st_size
    journal.compact()
    assert (path.stat().st_size < before / 2, Journal(path).entries) == (True, MANY)


def test_one_that_is_not_is_left(path: Path) -> None:
    journal = noted(path, MANY, {"a": {}})
    before = path.read_bytes()
    journal.compact()
    assert path.read_bytes() == before


def test_damage_costs_no_more_than_a_thousand_files(path: Path) -> None:
    noted(path, MANY)
    damaged = bytearray(path.read_bytes())
    damaged[40] ^= 1
    path.write_bytes(bytes(damaged))
    assert len(Journal(path).entries) == len(MANY) - 1_000


def test_what_was_noted_last_is_told_without_the_rest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(path, MANY, {"a": {"sha256": "1"}})
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("all of it was read"))
    assert Journal(path).last == {"a": {"sha256": "1"}}


@pytest.mark.parametrize("end", [b'{"files":{"b', b'{"files":{}}\n', b"\n"])
def test_behind_a_line_that_is_torn_or_not_ours_nothing_was_noted_last(path: Path, end: bytes) -> None:
    noted(path, {"a": {"sha256": "1"}})
    path.write_bytes(path.read_bytes() + end)
    assert Journal(path).last == {}


def test_of_much_that_was_noted_together_none_is_the_last(path: Path) -> None:
    noted(path, MANY)
    assert Journal(path).last == {}


def test_what_is_noted_before_the_rest_is_read_is_there_with_it(path: Path) -> None:
    noted(path, {"a": {"sha256": "1"}, "b": {"sha256": "2"}})
    journal = Journal(path)
    journal.note({"b": {"sha256": "3"}})
    assert journal.entries == Journal(path).entries == {"a": {"sha256": "1"}, "b": {"sha256": "3"}}


def test_what_goes_out_ahead_is_noted_and_the_rest_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(path, {"a": {"sha256": "1"}, "b": {"sha256": "2"}})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda _: pytest.fail("all of it was read"))
        ahead = Ahead(Journal(path), {"b": "of this"})
        ahead.note({"c": {"sha256": "3"}})
        ahead.compact()
        assert ahead.entries == {"b": {"made_of": "of this"}, "c": {"sha256": "3"}}
    assert Journal(path).entries == {"a": {"sha256": "1"}, "b": {"sha256": "2"}, "c": {"sha256": "3"}}
