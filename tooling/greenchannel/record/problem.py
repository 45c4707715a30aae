"""What can be wrong with a record: of which kind, where, and what is to be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from greenchannel.domain.message import Message, message


class Kind(StrEnum):
    """The first nine are of the ledger's lines and exclude each other: the first bad line is the cause of the rest."""

    EDITED = "edited"
    DROPPED = "dropped"
    REORDERED = "reordered"
    INSERTED = "inserted"
    UNREADABLE = "unreadable"
    BACKDATED = "backdated"
    IMPOSSIBLE = "impossible"
    TRUNCATED = "truncated"
    TORN = "torn"
    REWRITTEN = "rewritten"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_DAMAGED = "checkpoint_damaged"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"


REPAIRABLE = frozenset({Kind.TORN, Kind.CHECKPOINT_MISSING})

_RESTORE = message(
    "nothing repairs this: compare with a copy (a backup, site/record/, what newsrooms kept) and put the right one back"
)
_PUT_BACK = message("put it back from a copy (a backup, the site): its SHA-256 is in line {line} of the ledger")
# Approvals and what is signed like them: the site does not carry them.
_PUT_BACK_PRIVATE = message("put it back from a backup: its SHA-256 is in line {line} of the ledger")
_HINTS: Mapping[Kind, Message] = {
    Kind.IMPOSSIBLE: message(
        "this version would not write it: look for a newer one; if there is none, it is a forgery"
    ),
    Kind.TRUNCATED: message(
        "nothing repairs this: the lost lines may still stand in site/record/ledger.jsonl, in a backup or with a "
        "newsroom that kept them; put the whole file back from there"
    ),
    Kind.TORN: message("greenchannel verify --repair mends the end of the ledger and keeps a copy of what it cuts off"),
    Kind.CHECKPOINT_MISSING: message("greenchannel verify --repair writes it and says what it vouches for"),
    Kind.CHECKPOINT_DAMAGED: message(
        "put it back from a copy; if there is none, delete it: greenchannel verify --repair then writes it anew"
    ),
    Kind.FILE_MISSING: _PUT_BACK,
    Kind.FILE_CHANGED: _PUT_BACK,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is relative to releases/; `line` is the ledger's, also where the path is another."""

    kind: Kind
    line: int
    path: str
    problem: Message

    @property
    def hint(self) -> Message:
        """What to do about it."""
        found = _HINTS.get(self.kind, _RESTORE)
        if found is _PUT_BACK and self.path.endswith(".json"):
            found = _PUT_BACK_PRIVATE
        return replace(found, values={"line": self.line})

    @property
    def place(self) -> str:
        return self.path if self.kind in (Kind.FILE_MISSING, Kind.FILE_CHANGED) else f"{self.path}:{self.line}"
