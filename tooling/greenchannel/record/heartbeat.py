"""The heartbeats of the test stream: one a day at most, the newest few. They are no part of the record.

`sequence` is how many lines the ledger had, so that a subscriber sees whether it has come as far.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

HEARTBEAT = "heartbeat.json"
KEPT = 7


@dataclass(frozen=True, slots=True)
class Beat:
    """A test of the channel: when it was sent, and how many lines the ledger had then."""

    at: datetime
    sequence: int


def read_beats(data: bytes) -> tuple[Beat, ...]:
    """Oldest first. None where the file is damaged: a test must hold up nothing else, and the next one mends it."""
    try:
        found = json.loads(data)["heartbeats"]
        beats = tuple(Beat(datetime.fromisoformat(one["at"]), int(one["sequence"])) for one in found)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
    return beats if all(one.at.tzinfo for one in beats) else ()


def write_beats(beats: Sequence[Beat]) -> bytes:
    found = [{"at": one.at.isoformat(timespec="seconds"), "sequence": one.sequence} for one in beats[-KEPT:]]
    return (json.dumps({"heartbeats": found}, indent=2) + "\n").encode()
