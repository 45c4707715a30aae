"""A checkpoint vouches for the last line of the ledger, and through it for all lines before.

Each line vouches for the one before it; nothing but the checkpoint vouches for the last. It is written behind the line,
so a crash between the two leaves one that is behind and never one that is ahead. Whoever keeps a copy of an earlier one
can prove that a later ledger continues it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import GENESIS


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`sha256` is that of line number `entries`, without its line break; `at` is that line's time."""

    at: str
    entries: int
    sha256: str


def checkpoint_of(event: Mapping[str, Any]) -> Checkpoint:
    """The one that vouches for everything up to this event."""
    return Checkpoint(event["at"], event["seq"], sha256(canonical_json(event)))


def checkpoint_before(event: Mapping[str, Any]) -> Checkpoint:
    """The one of a record that is about to get this event as its first: without it none could ever be missed."""
    return Checkpoint(event["at"], 0, GENESIS)


def write_checkpoint(checkpoint: Checkpoint) -> bytes:
    value = {"at": checkpoint.at, "entries": checkpoint.entries, "sha256": checkpoint.sha256}
    return canonical_json(value) + b"\n"


def read_checkpoint(data: bytes) -> Checkpoint | None:
    """None for bytes that are no checkpoint: what cannot be read vouches for nothing."""
    try:
        value: Mapping[str, Any] = json.loads(data)
        datetime.fromisoformat(value["at"])
        found = Checkpoint(value["at"], value["entries"], value["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_sound = type(found.entries) is int and found.entries >= 0 and isinstance(found.sha256, str)
    return found if is_sound else None
