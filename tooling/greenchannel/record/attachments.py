"""The attachments of a release in the record: their facts in the frozen text and the ledger, and where they stand.

A file's name in releases/ is its digest: two that are equal are one, and one that is replaced keeps its address.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from greenchannel.domain.attachment import Attachment, Kind


def facts(one: Attachment) -> dict[str, str | int]:
    return {"name": one.name, "sha256": one.sha256, "size": one.size, "media_type": one.kind.value}


def attachment_path(incident: str, one: Attachment) -> str:
    """Below releases/."""
    return f"{incident}/attachments/{one.sha256}.{one.kind.extension}"


def in_event(incident: str, attachments: Iterable[Attachment]) -> list[dict[str, str | int]]:
    return [{**facts(one), "path": attachment_path(incident, one)} for one in attachments]


def attachments_of(fields: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Of a ledger line, or of the fields of a frozen text."""
    return tuple(
        Attachment(name=one["name"], sha256=one["sha256"], size=one["size"], kind=Kind(one["media_type"]))
        for one in fields.get("attachments", ())
    )
