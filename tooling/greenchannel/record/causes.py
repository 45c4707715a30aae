"""What was done to a ledger, as far as its digests and numbers prove it.

Asked about the first line that does not follow the lines before it, in this order:

1. Its right number stands further down: it was put there, or another line was put in.
2. Its successor or the checkpoint contradicts it: it was edited.
3. It is in its place and contradicts the line before, and nothing contradicts it: the line before was edited.
4. Its number was there already: a line was put in. Its number is too high: lines were dropped.

Where nothing is proven, only what is seen is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenchannel.domain.message import Message, message
from greenchannel.record.canonical import read_canonical, sha256
from greenchannel.record.checkpoint import Checkpoint
from greenchannel.record.problem import Kind

Event = Mapping[str, Any]  # Any: JSON
Cause = tuple[int, Kind, Message]


@dataclass(frozen=True, slots=True)
class Suspect:
    """The line at which the chain breaks, what is wrong with it by itself, and the digest of the line before."""

    number: int
    head: str
    kind: Kind
    seen: Message


def cause(lines: Sequence[bytes], suspect: Suspect, checkpoint: Checkpoint | None) -> Cause:
    number = suspect.number
    event, after = _event(lines, number), _event(lines, number + 1)
    denial = _denial(number, sha256(lines[number - 1]), after, checkpoint)
    if event is None or type(event.get("seq")) is not int:
        if after and (after.get("seq"), after.get("prev")) == (number, suspect.head):
            return _inserted(number)
        return (number, Kind.EDITED, denial) if denial else (number, suspect.kind, suspect.seen)
    if event["seq"] != number:
        return _out_of_place(lines, number, event, denial)
    if denial:
        return number, Kind.EDITED, denial
    if event.get("prev") == suspect.head:
        return number, suspect.kind, suspect.seen
    if number == 1:
        return number, Kind.EDITED, message("this line was edited: it is the first, yet it names a line before it")
    return number - 1, Kind.EDITED, _denied_by_line(number)


def number_of(event: Event | None) -> int | None:
    """None for what is no number: JSON's true is none, though Python takes it for 1."""
    seq = event.get("seq") if event else None
    return seq if type(seq) is int else None


def _out_of_place(lines: Sequence[bytes], number: int, event: Event, denial: Message | None) -> Cause:
    says = event["seq"]
    later = {number_of(_event(lines, one)) for one in range(number + 1, len(lines) + 1)}
    if number in later and says > number and says not in later:
        return number, Kind.REORDERED, message("lines were reordered: line {number} stands further down", number=number)
    if number not in later and (denial or number + 1 in later):
        return number, Kind.EDITED, denial or message("this line was edited: it says it is number {seq}", seq=says)
    if says > number and number not in later:
        return number, Kind.DROPPED, _missing(number, says - 1)
    twin = _event(lines, number - 1)
    is_genuine = twin and twin != event and (twin.get("seq"), twin.get("prev")) == (says, event.get("prev"))
    return _inserted(number - 1 if is_genuine else number)


def _missing(first: int, last: int) -> Message:
    if first == last:
        return message("line {number} is missing here", number=first)
    return message("lines {first} to {last} are missing here", first=first, last=last)


def _inserted(number: int) -> Cause:
    return number, Kind.INSERTED, message("this line was put in: the numbers of the others do not count it")


def _denial(number: int, digest: str, after: Event | None, checkpoint: Checkpoint | None) -> Message | None:
    """Who contradicts this line. The successor must be the right one, or it speaks of another line."""
    if number_of(after) == number + 1 and after and after.get("prev") != digest:
        return _denied_by_line(number + 1)
    if checkpoint and checkpoint.entries == number and checkpoint.sha256 != digest:
        return message("this line was edited: checkpoint.json names another digest for it")
    return None


def _denied_by_line(number: int) -> Message:
    return message("this line was edited: line {number} names another digest for it", number=number)


def _event(lines: Sequence[bytes], number: int) -> Event | None:
    return read_canonical(lines[number - 1]) if 1 <= number <= len(lines) else None
