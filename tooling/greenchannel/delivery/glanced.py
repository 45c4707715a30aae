"""A record at a glance: believed for as long as it is the one that was found sound, and gone on with what is added.

The state of such a record is a `Glance`, its events are `Lines`: who asks for a few releases reads no more than theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from greenchannel.delivery.proven import digest_of, ends
from greenchannel.domain.remembering import Remembering
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State, fold, write_events
from greenchannel.record.glance import Glance, Lines, glance, index_of, lines_of, read_index, write_index

# Of this process: the newest, behind its mark and those of the records that it is known to have gone on from.
_GLANCED: list[tuple[bytes, bytes, "Record"]] = []
# The names under which are remembered: an index behind its mark, that mark alone, since an index is long, and the marks
# of records, each gone on from the next.
_GLANCE, _MARK_OF_GLANCE, _SINCE = "glance", "glance of", "glance since"


@dataclass(frozen=True, slots=True)
class Record:
    """What is public, as its lines tell it; the lines may be read in part, each when it is asked for."""

    events: Sequence[Mapping[str, Any]]
    state: State
    written: tuple[bytes, ...]  # the events as they stand, in pieces
    behind: bool = False  # the checkpoint: a crash came between it and its line

    @property
    def ledger(self) -> bytes:
        return self.written[0] if len(self.written) == 1 else b"".join(self.written)


def recall_record(releases: Path, memory: Remembering) -> Record | None:
    """The record at a glance, if it is the one that was found sound: its state is a `Glance`, its events `Lines`."""
    checkpoint, ledger = ends(releases)
    mark = _mark(checkpoint, ledger)
    known = memory.recall((_MARK_OF_GLANCE, _SINCE))
    base, since = known.get(_MARK_OF_GLANCE, b""), known.get(_SINCE, b"")
    marks = since if base != mark and since.startswith(mark) else mark
    if not base or base not in marks:
        return None
    for before, _, record in _GLANCED:
        if before == mark:
            _GLANCED[:] = [(mark, marks, record := replace(record, written=(ledger,)))]
            return record
    told = memory.recall((_GLANCE,)).get(_GLANCE, b"")
    if not told.startswith(base):  # One of them was lost, or somebody has just written another.
        return None
    index, lines = read_index(told[len(base) :], ledger)
    _GLANCED[:] = [(mark, marks, record := Record(lines, glance(index, lines), (ledger,)))]
    return record


def keep_glance(releases: Path, memory: Remembering, events: Sequence[Mapping[str, Any]], ledger: bytes) -> None:
    """Of a sound record, if it is still that one: for who looks at it, or adds to it, later."""
    if events and ends(releases)[1] == ledger:
        _keep_index(memory, _mark(*ends(releases)), events, ledger)


def remember(releases: Path, memory: Remembering, record: Record) -> None:
    """What was added to: who asks next need not read all of it again. An index is not written anew for a few lines."""
    mark = _mark(*ends(releases))
    if isinstance(record.state, Glance):
        ((_, marks, _),) = _GLANCED  # It is what was recalled, gone on.
        memory.keep(_SINCE, mark + marks)
        _GLANCED[:] = [(mark, mark + marks, record)]
    else:
        _keep_index(memory, mark, record.events, record.ledger)


def _keep_index(memory: Remembering, mark: bytes, events: Sequence[Mapping[str, Any]], ledger: bytes) -> None:
    memory.keep(_GLANCE, mark + write_index(index_of(events), lines_of(ledger)))
    memory.keep(_MARK_OF_GLANCE, mark)


def followed(record: Record, event: Mapping[str, Any]) -> Record:
    """With this line behind it."""
    line = write_events((event,))
    if not isinstance(record.state, Glance) or not isinstance(record.events, Lines):
        return Record((*record.events, event), fold((event,), record.state), (*record.written, line))
    index, lines = record.state.index.copy(), record.events + line[:-1]
    index.add(lines, len(record.events))
    return Record(lines, glance(index, lines), (*record.written, line))


def _mark(checkpoint: bytes | None, ledger: bytes) -> bytes:
    return f"{digest_of(ledger)} {sha256(checkpoint or b'')}\n".encode()
