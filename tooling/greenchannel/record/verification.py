"""Is the record what it was when it was written? Anyone can ask, offline.

Every line must be canonical JSON, number itself, point to the line before by SHA-256 and not run back in time; every
frozen text must have the digest its line names. A last line without its end is a torn tail: a crash, not an edit.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenchannel.domain.message import Message, message
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import GENESIS


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    path: str
    problem: Message


def verify(ledger: bytes, read_frozen: Callable[[str], bytes | None]) -> tuple[int, tuple[Problem, ...]]:
    """How many entries there are, and what is wrong. Paths are relative to releases/."""
    lines = ledger.split(b"\n")
    tail = lines.pop()
    problems: list[Problem] = []
    head, last_at = GENESIS, None
    for number, line in enumerate(lines, 1):
        event = _decode(line)
        if event is None:
            problems.append(Problem(number, "ledger.jsonl", message("this line is not a canonical JSON object")))
        else:
            problems += _check_chain(number, event, head, last_at)
            problems += _check_text(number, event, read_frozen)
            last_at = _time(event) or last_at
        head = sha256(line)
    if tail:
        problems.append(
            Problem(len(lines) + 1, "ledger.jsonl", message("the last line is torn: a write was interrupted here"))
        )
    return len(lines), tuple(problems)


def _decode(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
        is_canonical = isinstance(event, dict) and canonical_json(event) == line
    except (ValueError, RecursionError):  # NaN, lone surrogates and endless brackets included.
        return None
    return event if is_canonical else None


def _time(event: dict[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(event.get("at")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _check_chain(number: int, event: dict[str, Any], head: str, last_at: datetime | None) -> list[Problem]:
    found = []
    if event.get("prev") != head:
        found.append(
            message("this line does not follow the line before it: one of the two was edited, added or removed")
        )
    if event.get("seq") != number:
        found.append(
            message("this line says it is number {seq}: lines are missing, added or reordered", seq=event.get("seq"))
        )
    at = _time(event)
    if at is None:
        found.append(message("this line has no time with an offset"))
    elif last_at and at < last_at:
        found.append(message("this line is older than the line before it"))
    return [Problem(number, "ledger.jsonl", one) for one in found]


def _check_text(number: int, event: dict[str, Any], read_frozen: Callable[[str], bytes | None]) -> list[Problem]:
    named = [event, event["incident"]] if isinstance(event.get("incident"), dict) else []
    problems = []
    for one in named:
        path = str(one.get("path"))
        data = read_frozen(path)
        if data is None:
            problems.append(Problem(number, path, message("the frozen text is missing")))
        elif sha256(data) != one.get("sha256"):
            problems.append(Problem(number, path, message("the frozen text is not the one that was released")))
    return problems
