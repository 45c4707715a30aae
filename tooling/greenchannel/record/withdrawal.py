"""Who withdrew a text, when and why: a file beside the text it ended, named by its SHA-256 in the ledger's line.

Like an approval it stays in the office: the public learns which body answers for the withdrawal, not which person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenchannel.record.canonical import canonical_json, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedWithdrawal:
    """`sha256` is of the frozen text that stood; `by` is a person's id, `department` that person's body then."""

    release: str
    revision: int
    sha256: str
    department: str
    reason: str
    by: str
    at: datetime


def write_withdrawal(one: SignedWithdrawal) -> bytes:
    value = {
        "release": one.release,
        "revision": one.revision,
        "sha256": one.sha256,
        "department": one.department,
        "reason": one.reason,
        "by": one.by,
        "at": one.at.isoformat(),
    }
    return canonical_json(value) + b"\n"


def withdrawn_by(data: bytes) -> str:
    """The person in bytes that `write_withdrawal` wrote, as `verification` found them."""
    value: Mapping[str, Any] = json.loads(data)  # Any: JSON
    return str(value["by"])


def withdrawal_path(frozen: str) -> str:
    """Where it stands: ``2026/x/fact-1.r2.md`` -> ``2026/x/fact-1.r2.withdrawal.json``. A text is withdrawn once."""
    return f"{frozen.removesuffix('.md')}.withdrawal.json"


def withdrawal_event(one: SignedWithdrawal) -> Mapping[str, object]:
    """The ledger's line, without its place: what the public reads, and the digest of what it does not."""
    return {
        "event": "withdrawn",
        "id": one.release,
        "revision": one.revision,
        "department": one.department,
        "reason": one.reason,
        "withdrawal": sha256(write_withdrawal(one)),
    }
