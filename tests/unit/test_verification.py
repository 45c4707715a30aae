"""Whoever changes the record is found out, at the line; the untouched record is sound."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY
from greenchannel.record.events import read_events
from greenchannel.record.verification import Problem, verify

RELEASES = REPOSITORY / "releases"
LEDGER = (RELEASES / "ledger.jsonl").read_bytes()
LINES = LEDGER.splitlines(keepends=True)
FROZEN = {path.relative_to(RELEASES).as_posix(): path.read_bytes() for path in RELEASES.rglob("*.md")}
NAMED = sorted({event["path"] for event in read_events(LEDGER) if "path" in event})
# A line's bytes are vouched for by its successor, and the last line has none yet.
VOUCHED = len(LEDGER) - len(LINES[-1])


def problems(ledger: bytes, read: Callable[[str], bytes | None] = FROZEN.get) -> tuple[Problem, ...]:
    return verify(ledger, read)[1]


def named_lines(ledger: bytes) -> set[int]:
    return {one.line for one in problems(ledger)}


def test_the_untouched_record_is_sound() -> None:
    assert verify(LEDGER, FROZEN.get) == (len(LINES), ())


def test_an_empty_record_is_sound() -> None:
    assert verify(b"", FROZEN.get) == (0, ())


@settings(max_examples=300, deadline=None)
@given(position=st.integers(min_value=0, max_value=VOUCHED - 1), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_found_at_its_line_or_the_one_that_vouches_for_it(position: int, flip: int) -> None:
    edited = bytearray(LEDGER)
    edited[position] ^= flip
    line = LEDGER[:position].count(b"\n") + 1
    assert {line, line + 1} & named_lines(bytes(edited))


@pytest.mark.parametrize("dropped", range(1, len(LINES)))
def test_a_dropped_line_is_found_where_it_stood(dropped: int) -> None:
    assert dropped in named_lines(b"".join(LINES[: dropped - 1] + LINES[dropped:]))


@pytest.mark.parametrize("first", range(1, len(LINES)))
def test_two_swapped_lines_are_both_found(first: int) -> None:
    before, one, other, after = LINES[: first - 1], LINES[first - 1], LINES[first], LINES[first + 1 :]
    assert {first, first + 1} <= named_lines(b"".join([*before, other, one, *after]))


@pytest.mark.parametrize("kept", [1, 2, 40, len(LINES[-1]) - 1])
def test_a_torn_last_line_is_found(kept: int) -> None:
    assert named_lines(LEDGER[: VOUCHED + kept]) == {len(LINES)}


@pytest.mark.parametrize("path", NAMED)
def test_a_changed_text_is_found_at_its_line(path: str) -> None:
    line = next(number for number, event in enumerate(read_events(LEDGER), 1) if event.get("path") == path)
    found = problems(LEDGER, {**FROZEN, path: FROZEN[path] + b" "}.get)
    assert {(one.line, one.path) for one in found} == {(line, path)}


@pytest.mark.parametrize("path", NAMED)
def test_a_missing_text_is_found_at_its_line(path: str) -> None:
    line = next(number for number, event in enumerate(read_events(LEDGER), 1) if event.get("path") == path)
    found = problems(LEDGER, {key: value for key, value in FROZEN.items() if key != path}.get)
    assert {(one.line, one.path) for one in found} == {(line, path)}


@pytest.mark.parametrize(
    "line",
    [b'{"seq":NaN}', b'{"title":"\\ud800"}', b"[" * 100_000, b"[]", b"null", b"\xff", b""],
    ids=["NaN", "lone surrogate", "deep", "list", "null", "no UTF-8", "empty"],
)
def test_a_line_that_is_no_canonical_object_is_named(line: bytes) -> None:
    assert len(LINES) + 1 in named_lines(LEDGER + line + b"\n")
