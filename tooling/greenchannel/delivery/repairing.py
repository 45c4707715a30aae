"""Repair of what a crash leaves, and of nothing else: a torn tail, and a checkpoint that is behind or missing.

The bytes of a torn tail are kept in a file of their own before they are cut off. A tail that is a whole line which
lacks nothing but its line break gets that. Whatever else is wrong is for people to look into, and stays as it is.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from greenchannel.delivery.record import LedgerDamagedError, examine
from greenchannel.delivery.writing import append, create_file, cut, locked, write_file
from greenchannel.domain.message import Message, message
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.problem import REPAIRABLE
from greenchannel.record.verification import CHECKPOINT, LEDGER, Verification

Tell = Callable[[Message], None]


def repair(releases: Path, tell: Tell) -> None:
    """Tells each step before it is taken. Raises LedgerDamagedError, and changes nothing, where repair cannot help."""
    with locked(releases):
        found = examine(releases)
        if beyond := [one for one in found.problems if one.kind not in REPAIRABLE]:
            raise LedgerDamagedError(beyond)
        if found.tail:
            _mend_end(releases, found, tell)
            found = examine(releases)
        if found.events and (found.problems or found.behind):
            last = checkpoint_of(found.events[-1])
            tell(
                message(
                    "{path}: written; it vouches for {count} lines up to {at}, the last with the SHA-256 {sha256}",
                    path=f"releases/{CHECKPOINT}",
                    count=last.entries,
                    at=datetime.fromisoformat(last.at),
                    sha256=last.sha256,
                )
            )
            write_file(releases / CHECKPOINT, write_checkpoint(last))


def _mend_end(releases: Path, found: Verification, tell: Tell) -> None:
    ledger, number = releases / LEDGER, found.entries + 1
    if found.is_whole:
        tell(message("line {number} is whole: it gets its line break", number=number))
        append(ledger, b"\n")
        return
    kept, is_there = _place(releases, number, found.tail)
    tell(
        message(
            "{count} bytes behind line {number} are cut off; they are kept in {path}",
            count=len(found.tail),
            number=found.entries,
            path=f"releases/{kept.name}",
        )
    )
    if not is_there:
        create_file(kept, found.tail)
    cut(ledger, ledger.stat().st_size - len(found.tail))


def _place(releases: Path, number: int, tail: bytes) -> tuple[Path, bool]:
    """A free name, or the copy that an earlier try, killed before it could cut, has made of the same bytes."""
    count = 1
    while (path := releases / f"ledger.torn-{number}-{count}").exists():
        if path.read_bytes() == tail:
            return path, True
        count += 1
    return path, False
