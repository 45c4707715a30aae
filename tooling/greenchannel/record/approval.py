"""An approval is bound to the bytes that will go out: any later edit of release or incident voids it."""

import json
from dataclasses import dataclass
from datetime import datetime

from greenchannel.record.canonical import canonical_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`sha256` is of the frozen release, `incident_sha256` of the incident text that goes out with it."""

    release: str
    sha256: str
    incident_sha256: str
    by: str
    at: datetime


def write_approval(approval: Approval) -> bytes:
    return (
        canonical_json(
            {
                "release": approval.release,
                "sha256": approval.sha256,
                "incident_sha256": approval.incident_sha256,
                "by": approval.by,
                "at": approval.at.isoformat(),
            }
        )
        + b"\n"
    )


def read_approval(data: bytes) -> Approval | None:
    """None for bytes that are no approval: an unreadable approval approves nothing."""
    try:
        value = json.loads(data)
        return Approval(
            release=str(value["release"]),
            sha256=str(value["sha256"]),
            incident_sha256=str(value["incident_sha256"]),
            by=str(value["by"]),
            at=datetime.fromisoformat(value["at"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
