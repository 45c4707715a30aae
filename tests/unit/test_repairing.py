"""A repair gives back the record before the crash or the one after it, and touches nothing else."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import read_files
from greenchannel.delivery.record import LedgerDamagedError, add, examine
from greenchannel.delivery.repairing import repair
from greenchannel.domain.message import Message
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import read_events
from greenchannel.record.problem import Kind
from greenchannel.record.verification import CHECKPOINT, LEDGER
from small import FACT, START, publish

RECEIPT = {"event": "visible", "id": FACT.id, "revision": 1, "target": "site"}
TORN = b'{"approval":"'


def mended(releases: Path) -> list[str]:
    steps: list[Message] = []
    repair(releases, steps.append)
    return [str(one) for one in steps]


def tear(releases: Path, tail: bytes = TORN) -> None:
    with (releases / LEDGER).open("ab") as ledger:
        ledger.write(tail)


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    publish(tmp_path, FACT, lambda: START)
    return tmp_path


def states(releases: Path) -> Iterator[tuple[bytes, dict[str, bytes], dict[str, bytes]]]:
    """What a crash can leave of one more line, byte by byte, with the record before and after it."""
    before = read_files(releases)
    add(releases, lambda _: [RECEIPT], lambda: START)
    after = read_files(releases)
    line = after[LEDGER].removeprefix(before[LEDGER])
    for kept in range(len(line) + 1):
        yield line[:kept], before, after


def test_a_line_cut_at_any_byte_gives_the_old_record_or_the_new_one(releases: Path) -> None:
    counted = 0
    for tail, before, after in states(releases):
        (releases / LEDGER).write_bytes(before[LEDGER] + tail)
        (releases / CHECKPOINT).write_bytes(before[CHECKPOINT])
        mended(releases)
        kept = {path: data for path, data in read_files(releases).items() if "torn" in path}
        is_whole = len(tail) >= len(after[LEDGER]) - len(before[LEDGER]) - 1
        assert read_files(releases) == (after if is_whole else before) | kept
        assert examine(releases).problems == ()
        if tail and not is_whole:
            counted += 1
            assert tail in kept.values()
    assert counted == len(after[LEDGER]) - len(before[LEDGER]) - 2


def test_a_repair_says_what_it_cuts_and_where_it_is_kept(releases: Path) -> None:
    tear(releases)
    assert mended(releases) == ["13 bytes behind line 1 are cut off; they are kept in releases/ledger.torn-2-1"]


def test_an_earlier_copy_is_not_overwritten(releases: Path) -> None:
    tear(releases)
    mended(releases)
    tear(releases, b"{")
    mended(releases)
    copies = [(releases / f"ledger.torn-2-{number}").read_bytes() for number in (1, 2)]
    assert copies == [TORN, b"{"]


def test_a_copy_made_before_a_crash_serves_the_next_try(releases: Path) -> None:
    tear(releases)
    (releases / "ledger.torn-2-1").write_bytes(TORN)
    mended(releases)
    assert sorted(one.name for one in releases.glob("ledger.torn-*")) == ["ledger.torn-2-1"]


def test_a_tail_that_cannot_be_kept_is_not_cut_off(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tear(releases)
    before, fired = read_files(releases), []

    def full(_descriptor: int, data: bytes | memoryview) -> int:
        fired.append(len(data))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("greenchannel.delivery.writing.os.write", full)
    with pytest.raises(OSError, match="No space"):
        mended(releases)
    assert (fired, read_files(releases)) == ([len(TORN)], before)


def test_the_very_first_line_torn_leaves_an_empty_record(releases: Path) -> None:
    (event,) = read_events((releases / LEDGER).read_bytes())
    (releases / LEDGER).write_bytes(TORN)
    (releases / CHECKPOINT).write_bytes(write_checkpoint(replace(checkpoint_of(event), entries=0, sha256="0" * 64)))
    mended(releases)
    assert ((releases / LEDGER).read_bytes(), examine(releases).problems) == (b"", ())


def test_a_missing_checkpoint_is_written_after_saying_what_it_vouches_for(releases: Path) -> None:
    before = read_files(releases)
    (releases / CHECKPOINT).unlink()
    (said,) = mended(releases)
    digest = checkpoint_of(read_events(before[LEDGER])[-1]).sha256
    assert (digest in said, "1 lines up to 2026-11-20T10:00:00+08:00" in said) == (True, True)
    assert read_files(releases) == before


def test_a_checkpoint_that_is_behind_is_renewed(releases: Path) -> None:
    behind = (releases / CHECKPOINT).read_bytes()
    add(releases, lambda _: [RECEIPT], lambda: START)
    after = read_files(releases)
    (releases / CHECKPOINT).write_bytes(behind)
    mended(releases)
    assert read_files(releases) == after


def test_the_next_line_renews_a_checkpoint_that_is_behind(releases: Path) -> None:
    behind = (releases / CHECKPOINT).read_bytes()
    add(releases, lambda _: [RECEIPT], lambda: START)
    (releases / CHECKPOINT).write_bytes(behind)
    add(releases, lambda _: [{**RECEIPT, "target": "mirror"}], lambda: START)
    assert (examine(releases).problems, examine(releases).behind) == ((), 0)


def test_the_first_line_finds_a_checkpoint_of_the_empty_record(releases: Path) -> None:
    """So that a crash between the two is told from a checkpoint that somebody took away."""
    (event,) = read_events((releases / LEDGER).read_bytes())
    empty = write_checkpoint(replace(checkpoint_of(event), entries=0, sha256="0" * 64))
    (releases / CHECKPOINT).write_bytes(empty)
    assert (examine(releases).problems, examine(releases).behind) == ((), 1)


def test_a_sound_record_is_left_alone(releases: Path) -> None:
    before = read_files(releases)
    assert (mended(releases), read_files(releases)) == ([], before)


def edit_the_line(releases: Path) -> None:
    path = releases / LEDGER
    path.write_bytes(path.read_bytes().replace("标题".encode(), "另题".encode()))


def edit_the_checkpoint(releases: Path) -> None:
    path = releases / CHECKPOINT
    path.write_bytes(path.read_bytes().replace(b"2026", b"2027"))


def edit_the_text(releases: Path) -> None:
    (releases / f"{FACT.id}.r1.md").write_bytes(b"x")


def cut_the_line(releases: Path) -> None:
    path = releases / LEDGER
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (edit_the_line, Kind.EDITED),
        (edit_the_checkpoint, Kind.CHECKPOINT_DAMAGED),
        (edit_the_text, Kind.FILE_CHANGED),
        (cut_the_line, Kind.TRUNCATED),
    ],
)
@pytest.mark.parametrize("also", [lambda _: None, tear], ids=["alone", "with a torn tail"])
def test_what_no_crash_does_is_refused_and_left_as_it_is(
    damage: Callable[[Path], None], kind: Kind, also: Callable[[Path], None], releases: Path
) -> None:
    damage(releases)
    also(releases)
    before = read_files(releases)
    with pytest.raises(LedgerDamagedError) as refused:
        mended(releases)
    assert (kind in {one.kind for one in refused.value.problems}, read_files(releases)) == (True, before)
