"""The one gate between desk and public: allow-listed fields, one canonical text.

A frozen text is Markdown whose front matter has one ``key: <JSON>`` a line (JSON is YAML, so any reader reads it) in
the fixed order below. `thaw` reads it back; freezing what was thawed gives the same bytes.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from greenchannel.domain.attachment import Attachment
from greenchannel.domain.incident import Incident
from greenchannel.domain.moment import Moment, moment_text
from greenchannel.domain.release import Accreditation, Conference, Interpretation, Release, Response
from greenchannel.domain.translation import Translation
from greenchannel.record.attachments import facts
from greenchannel.record.canonical import sha256

FORMAT = 1
_spelled = json.JSONEncoder(ensure_ascii=False).encode  # Kept: `json.dumps` makes one for each value.
Entry = str | Mapping[str, str | int]
Value = str | int | bool | None | Mapping[str, str | int] | Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Frozen:
    """`fields` holds public values only; `body` is the text below the front matter."""

    fields: Mapping[str, Value]
    body: str


def freeze_release(
    release: Release,
    revision: int,
    attachments: Iterable[Attachment] = (),
    translated: Sequence[Mapping[str, str | int]] | None = None,
) -> bytes:
    """`attachments` are those of the release as they were cleaned: the text vouches for their bytes.

    `translated` are language and digest of other translations than those of the release.
    """
    fields: dict[str, Value] = {
        "greenchannel": FORMAT,
        "id": release.id,
        "revision": revision,
        "type": release.type.value,
        "title": release.title,
        "incident": release.incident,
        "department": release.department,
        "summary": release.summary,
        "deadline": _time(release.deadline),
        "late_reason": release.late_reason or None,
        "final": release.final or None,
        "changes": [{"kind": one.kind.value, "note": one.note} for one in release.changes],
        "attachments": [facts(one) for one in attachments],
        "translations": _translated(release, revision) if translated is None else list(translated),
        "document_number": release.document_number or None,
        "formed_on": release.formed_on.isoformat() if release.formed_on else None,
        "keywords": list(release.keywords),
        "content_source": release.content_source or None,
        "confirmed": list(release.confirmed),
        "checking": list(release.checking),
        **_particulars(release),
    }
    return write_frozen(Frozen(fields, release.body))


def _particulars(release: Release) -> Mapping[str, Value]:
    """What one type has and the others have not."""
    match release:
        case Conference():
            return {
                "starts_at": _time(release.starts_at),
                "held_at": _time(release.held_at),
                "venue": release.venue,
                "speakers": [{"name": one.name, "post": one.post} for one in release.speakers],
                "moderator": release.moderator,
                "media_contact": release.media_contact,
                "live": [{"platform": one.platform, "url": one.url} for one in release.live],
                "accreditation": _accreditation(release.accreditation),
                "hearing_access": [one.value for one in release.hearing_access],
            }
        case Response():
            return {
                "verdict": release.verdict.value,
                "result_due": _time(release.result_due),
                "claim": release.claim or None,
                "claim_source": release.claim_source or None,
                "claim_seen_at": _time(release.claim_seen_at),
            }
        case Interpretation():
            return {"expert": release.expert, "basis": release.basis}
        case _:
            return {}


def _accreditation(one: Accreditation | None) -> Value:
    if one is None:
        return None
    found = {"contact": one.contact, "phone": one.phone, "deadline": _time(one.deadline), "note": one.note}
    return {key: value for key, value in found.items() if value}


def freeze_incident(incident: Incident, revision: int) -> bytes:
    return write_frozen(
        Frozen(
            {
                "greenchannel": FORMAT,
                "id": incident.id,
                "revision": revision,
                "type": "incident",
                "title": incident.title,
                "category": incident.category.value,
                "theme": incident.theme.value if incident.theme else None,
                "class": incident.incident_class.value if incident.incident_class else None,
                "earlier_classes": [
                    {"class": one.incident_class.value, "until": one.until.isoformat()}
                    for one in incident.earlier_classes
                ],
                "casualties": incident.casualties,
                "wide_impact": incident.wide_impact,
                "occurred_at": _time(incident.occurred_at),
                "detected_at": _time(incident.detected_at),
                "claimed_at": _time(incident.claimed_at),
                "lead": incident.lead,
                "closed_at": _time(incident.closed_at),
                "translations": _translated(incident, revision),
            },
            incident.body,
        )
    )


def freeze_translation(identifier: str, revision: int, one: Translation) -> bytes:
    """`identifier` and `revision` are those of the text that it translates."""
    fields: dict[str, Value] = {
        "greenchannel": FORMAT,
        "id": identifier,
        "revision": revision,
        "language": one.language.value,
        "title": one.title,
        "summary": one.summary or None,
        "confirmed": list(one.confirmed),
        "checking": list(one.checking),
        "claim": one.claim or None,
    }
    return write_frozen(Frozen(fields, one.body))


def _translated(original: Release | Incident, revision: int) -> list[dict[str, str | int]]:
    return [
        {"language": one.language.value, "sha256": sha256(freeze_translation(original.id, revision, one))}
        for one in original.translations
    ]


def write_frozen(frozen: Frozen) -> bytes:
    lines = [
        f"{key}: {_spelled(value)}"
        for key, value in frozen.fields.items()
        if value not in (None, [])
    ]
    text = "\n".join(["---", *lines, "---", "", frozen.body.strip("\n"), ""])
    return unicodedata.normalize("NFC", text).encode()


def thaw(data: bytes) -> Frozen:
    """Raises ValueError on bytes that `write_frozen` did not write."""
    head, separator, body = data.decode().removeprefix("---\n").partition("\n---\n")
    if not separator or not data.startswith(b"---\n"):
        raise ValueError("a frozen text begins with front matter")
    pairs = (line.partition(": ") for line in head.split("\n"))
    return Frozen({key: json.loads(value) for key, _, value in pairs}, body.strip("\n"))


def _time(moment: Moment | None) -> str | None:
    return moment_text(moment) if moment else None
