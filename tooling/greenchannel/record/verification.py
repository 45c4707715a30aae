"""Is the record what it was when it was written? Anyone can ask, offline.

1. Every line is canonical JSON, numbers itself, names the SHA-256 of the line before, does not run back in time, and is
   an event that can follow those before it. The first line of which that is not true is the cause of what comes behind
   it; `causes` says what was done. One pass, however long the ledger.
2. The last line is the one that the checkpoint vouches for, or follows it: a crash leaves a checkpoint that is behind.
3. Every file that a line names is there with its digest (`holdings`). All that are not are told.

A last line without its line break is a torn tail. If the checkpoint did not know that line yet, a crash has done it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenchannel.domain.message import message
from greenchannel.record.canonical import read_canonical, sha256
from greenchannel.record.causes import Suspect, cause, number_of
from greenchannel.record.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from greenchannel.record.events import GENESIS, PublicRelease, State, apply, fold, read_events
from greenchannel.record.holdings import Held, Holdings, Reader, digests
from greenchannel.record.problem import Kind, Problem
from greenchannel.record.succession import objection

LEDGER, CHECKPOINT = "ledger.jsonl", "checkpoint.json"
Event = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`events` and `state` end before the first bad line; `held` are the files that the lines name.

    `ledger` are those lines as they stand. `behind` counts the lines that the checkpoint does not vouch for yet. `tail`
    are the bytes behind the last line break, and `is_whole` says that they are a whole line which lacks nothing but
    that.
    """

    entries: int
    problems: tuple[Problem, ...]
    events: tuple[Event, ...]
    state: State
    held: Held
    ledger: bytes = b""
    behind: int = 0
    tail: bytes = b""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """Lines that were verified before, as they stand: the first `size` bytes of a ledger. `held` as far as known."""

    size: int
    events: tuple[Event, ...]
    state: State
    held: Held | None = None


def recalled(beginning: bytes) -> Sound:
    """Of whole lines in which `verify` found nothing."""
    events = read_events(beginning)
    return Sound(len(beginning), events, fold(events))


def verify(
    ledger: bytes,
    checkpoint: bytes | None,
    read: Reader,
    *,
    approvals: bool = True,
    since: Checkpoint | None = None,
) -> Verification:
    """`read` gives a file below releases/. A public copy has no `approvals`. `since` is a checkpoint kept from before.

    The checkpoint is to be read before the ledger: if somebody publishes meanwhile it is behind, which is sound.
    """
    return go_on(None, ledger, checkpoint, Holdings(digests(read), approvals=approvals), since=since)


def go_on(
    before: Sound | None,
    ledger: bytes,
    checkpoint: bytes | None,
    holdings: Holdings,
    *,
    since: Checkpoint | None = None,
) -> Verification:
    """As `verify`, of a ledger that begins with what was found sound `before`. Files are asked for all the same."""
    *lines, tail = ledger.split(b"\n")
    known = read_checkpoint(checkpoint or b"")
    chain = _Chain(before)
    if before is None or before.held is None or not holdings.resume(before.held):
        for number, event in enumerate(chain.events, 1):
            holdings.check(number, event)
    suspect = _follow(lines, chain, holdings)
    is_whole = bool(tail) and suspect is None and chain.suspect(read_canonical(tail)) is None
    problems = [_caused(lines, suspect, known)] if suspect else _of_end(lines, tail, known, is_whole=is_whole)
    problems += _of_checkpoint(checkpoint, known, chain.events, lines)
    problems += _of_earlier(since, lines) if since else []
    is_all = len(chain.events) == len(lines) and not tail
    return Verification(
        entries=len(lines),
        problems=(*problems, *holdings.problems),
        events=tuple(chain.events),
        state=chain.state(),
        held=holdings.held,
        ledger=ledger if is_all else b"".join(b"%b\n" % line for line in lines[: len(chain.events)]),
        behind=len(lines) - known.entries if known else 0,
        tail=tail,
        is_whole=is_whole,
    )


def _follow(lines: Sequence[bytes], chain: "_Chain", holdings: Holdings) -> Suspect | None:
    suspect: Suspect | None = None
    for number, line in enumerate(lines[len(chain.events) :], len(chain.events) + 1):
        event = read_canonical(line)
        if suspect is None:
            suspect = chain.follow(line, event)
            if suspect is not None:
                continue  # What this line names proves nothing about the files.
        if event is not None:
            holdings.check(number, event)
    return suspect


class _Chain:
    """The lines one behind the other and what they add up to, as far as each follows those before."""

    def __init__(self, before: Sound | None) -> None:
        state = before.state if before else State()
        self.events: list[Event] = list(before.events) if before else []
        self._releases: dict[str, PublicRelease] = dict(state.releases)
        self._incidents: dict[str, Mapping[str, Any]] = dict(state.incidents)
        self._head, self._last_at = state.head, state.last_at

    def follow(self, line: bytes, event: Event | None) -> Suspect | None:
        suspect = self.suspect(event)
        if suspect is None and event is not None:
            apply(event, self._releases, self._incidents)
            self.events.append(event)
            self._head, self._last_at = sha256(line), _time(event)
        return suspect

    def suspect(self, event: Event | None) -> Suspect | None:
        """What is wrong with the event as the next one."""
        kind, seen = Kind.IMPOSSIBLE, None
        if event is None:
            kind, seen = Kind.UNREADABLE, message("this line is not a canonical JSON object")
        elif number_of(event) != len(self.events) + 1 or event.get("prev") != self._head:
            seen = message("this line does not follow the line before it")
        elif (at := _time(event)) is None:
            seen = message("this line has no time with an offset")
        elif self._last_at and at < self._last_at:
            kind, seen = Kind.BACKDATED, message("this line is older than the line before it")
        else:
            seen = objection(event, self._releases, self._incidents)
        return Suspect(len(self.events) + 1, self._head, kind, seen) if seen else None

    def state(self) -> State:
        return State(self._releases, self._incidents, len(self.events), self._head, self._last_at)


def _time(event: Event) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(event.get("at")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _caused(lines: Sequence[bytes], suspect: Suspect, known: Checkpoint | None) -> Problem:
    number, kind, text = cause(lines, suspect, known)
    return Problem(kind, number, LEDGER, text)


def _of_end(lines: Sequence[bytes], tail: bytes, known: Checkpoint | None, *, is_whole: bool) -> list[Problem]:
    """A line that the checkpoint knows was there whole once: no crash tears it, but somebody may cut it."""
    number = len(lines) + 1
    missed = known.entries if known and known.entries >= number else 0
    is_known_whole = is_whole and known is not None and (known.entries, known.sha256) == (number, sha256(tail))
    if tail and (not missed or is_known_whole):
        text = message("the last line is torn: a write was interrupted here")
        return [Problem(Kind.TORN, number, LEDGER, text)]
    if missed:
        text = message("the ledger was cut off: checkpoint.json vouches for {count} lines", count=missed)
        return [Problem(Kind.TRUNCATED, number, LEDGER, text)]
    return []


def _of_checkpoint(
    data: bytes | None, known: Checkpoint | None, events: Sequence[Event], lines: Sequence[bytes]
) -> list[Problem]:
    if data is None:
        text = message("there is no checkpoint: nothing vouches for the last line of the ledger")
        return [Problem(Kind.CHECKPOINT_MISSING, len(lines), CHECKPOINT, text)] if lines else []
    if known is None:
        return [Problem(Kind.CHECKPOINT_DAMAGED, len(lines), CHECKPOINT, message("this is no checkpoint"))]
    if len(events) < len(lines) or known.entries > len(lines):
        return []  # The first bad line is the cause.
    if _digest(lines, known.entries) != known.sha256:
        if known.entries == len(lines):
            text = message("this line was edited: checkpoint.json names another digest for it")
            return [Problem(Kind.EDITED, len(lines), LEDGER, text)]
        text = message("the record was rewritten: this is not the line that checkpoint.json vouches for")
        return [Problem(Kind.REWRITTEN, known.entries, LEDGER, text)]
    at = events[known.entries - 1]["at"] if known.entries else known.at
    if data != write_checkpoint(Checkpoint(at, known.entries, known.sha256)):
        text = message("this checkpoint was edited: it is not written as the tool writes it")
        return [Problem(Kind.CHECKPOINT_DAMAGED, len(lines), CHECKPOINT, text)]
    return []


def _of_earlier(since: Checkpoint, lines: Sequence[bytes]) -> list[Problem]:
    """Does the ledger continue what stood on the day of an earlier checkpoint?"""
    at = datetime.fromisoformat(since.at)
    if since.entries > len(lines):
        text = message("the record was shortened: on {at} it had {count} lines", at=at, count=since.entries)
        return [Problem(Kind.TRUNCATED, len(lines) + 1, LEDGER, text)]
    if _digest(lines, since.entries) != since.sha256:
        text = message("the record was rewritten: this is not the line that stood here on {at}", at=at)
        return [Problem(Kind.REWRITTEN, since.entries, LEDGER, text)]
    return []


def _digest(lines: Sequence[bytes], number: int) -> str:
    return sha256(lines[number - 1]) if number else GENESIS
