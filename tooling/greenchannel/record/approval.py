"""An approval is bound to the bytes that will go out and to their embargo: any later edit of either voids it.

The duty rule: an officer entitled to approve may release a fact alone, be it their own text. A second signature, by
another entitled person, is then owed within `COUNTERSIGN_WITHIN` of the publication. It is a signature on what is
public already: it changes nothing there but that it is owed no longer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from greenchannel.record.canonical import canonical_json

COUNTERSIGN_WITHIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`sha256` is of the frozen release, `incident_sha256` of the incident text that goes out with it.

    `author` wrote the text; `on_duty` says that the duty rule was invoked.
    """

    release: str
    sha256: str
    incident_sha256: str
    author: str
    by: str
    at: datetime
    release_at: datetime | None = None
    on_duty: bool = False


def write_approval(approval: Approval) -> bytes:
    value = {
        "release": approval.release,
        "sha256": approval.sha256,
        "incident_sha256": approval.incident_sha256,
        "author": approval.author,
        "by": approval.by,
        "at": approval.at.isoformat(),
        **({"release_at": approval.release_at.isoformat()} if approval.release_at else {}),
        **({"on_duty": True} if approval.on_duty else {}),
    }
    return canonical_json(value) + b"\n"


def read_approval(data: bytes) -> Approval | None:
    """None for bytes that are no approval: an unreadable approval approves nothing."""
    try:
        value: Mapping[str, Any] = json.loads(data)
        return Approval(
            release=str(value["release"]),
            sha256=str(value["sha256"]),
            incident_sha256=str(value["incident_sha256"]),
            author=str(value["author"]),
            by=str(value["by"]),
            at=datetime.fromisoformat(value["at"]),
            release_at=datetime.fromisoformat(value["release_at"]) if "release_at" in value else None,
            on_duty=value.get("on_duty") is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def approval_path(frozen: str) -> str:
    """Where the approval of a frozen text stands: ``2026/x/fact-1.r2.md`` -> ``2026/x/fact-1.r2.approval.json``."""
    return f"{frozen.removesuffix('.md')}.approval.json"


def countersignature_path(frozen: str) -> str:
    return f"{frozen.removesuffix('.md')}.countersignature.json"
