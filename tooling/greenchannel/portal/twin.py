"""A release for machines, beside its page: every public value of it as JSON.

Its keys are a contract with readers. `release-1.json` is their schema, which the site carries at SCHEMA_PATH. Every
key is always there, with null where there is nothing to say. A key may be added, with a line in the changelog; one that
goes or means something else asks for a new schema beside this one.

`describe` needs the ledger alone and is what the plan fingerprints; `complete` adds what only the frozen text has.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass, ReleaseType, Verdict
from greenchannel.portal.absolute import absolute
from greenchannel.portal.addresses import public_path
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.revisions import changes_of, joined
from greenchannel.portal.shown import notice, rfc3339
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import PublicRelease, Revision, Withdrawal
from greenchannel.record.freeze import Frozen

SCHEMA_PATH = "schema/release-1.json"
SCHEMA = Path(__file__).with_name("release-1.json").read_bytes()
LANGUAGE = "zh-CN"
LICENCE = {
    "terms": "可免费转载、摘编，须注明来源。Free to reuse with attribution.",
    "free": True,
    "attribution_required": True,
}
Document = Mapping[str, Any]  # Any: JSON
_REGISTRATION = ("contact", "phone", "deadline", "note")


def descriptions(catalogue: Catalogue) -> Iterator[Document]:
    for release in sorted(catalogue.releases, key=lambda one: one.id):
        yield describe(catalogue, release)


def describe(catalogue: Catalogue, release: PublicRelease) -> Document:
    """What the ledger says of a release, as its twin tells it."""
    settings, current = catalogue.settings, release.current
    event, url = current.event, settings.url + f"releases/{release.id}/"
    return {
        "$schema": settings.url + SCHEMA_PATH,
        "schema_version": 1,
        "id": tag(catalogue, release.id),
        "record_id": release.id,
        "url": url,
        "language": LANGUAGE,
        "status": "withdrawn" if release.withdrawal else "draft" if release.draft else "current",
        "type": event["type"],
        "type_name": ReleaseType(event["type"]).zh,
        "title": event["title"],
        "summary": notice(catalogue, release) or event["summary"],
        "text": {"html": None, "markdown_url": settings.url + public_path(current.path), "sha256": current.sha256},
        "published": rfc3339(catalogue, release.first_at),
        "updated": rfc3339(catalogue, updated_at(release)),
        "revision": current.number,
        "final": bool(event.get("final")),
        "late_reason": event.get("late_reason"),
        "index_number": catalogue.index_numbers.get(release.id),
        "document_number": None,
        "formed_on": None,
        "content_source": None,
        "keywords": [],
        **_stand(release),
        "department": _department(catalogue, event["department"]),
        "incident": _incident(catalogue, event["incident"]),
        "withdrawn": _withdrawal(catalogue, release.withdrawal),
        **_particulars(catalogue, release),
        "attachments": [] if release.withdrawal else _attachments(catalogue, release),
        "translations": [] if release.withdrawal else _translations(catalogue, release),
        "revisions": [_revision(catalogue, release, one) for one in release.revisions],
        "record": {
            "ledger_url": f"{settings.url}record/ledger.jsonl",
            "sequence": event["seq"],
            "line_sha256": sha256(canonical_json(event)),
        },
        "licence": {**LICENCE, "attribution": settings.organisation},
        "contact": {"name": settings.organisation, "email": settings.email},
    }


def complete(description: Document, frozen: Frozen, body: str, translated: Mapping[str, str]) -> Document:
    """The twin; `body` is the clean HTML of the frozen text, `translated` of its translations, by digest.

    A withdrawn release no longer gives its text.
    """
    if description["withdrawn"]:
        return description
    fields: Document = frozen.fields
    return {
        **description,
        **{key: fields.get(key) for key in ("document_number", "formed_on", "content_source")},
        "keywords": fields.get("keywords", []),
        "text": {**description["text"], "html": absolute(body, description["url"])},
        "conference": description["conference"] and {**description["conference"], **_conference(fields)},
        "response": description["response"] and {**description["response"], **_claim(fields)},
        "translations": [
            {**one, "text": {**one["text"], "html": absolute(translated[one["text"]["sha256"]], one["url"])}}
            for one in description["translations"]
        ],
    }


def _conference(fields: Document) -> Document:
    registration = fields.get("accreditation")
    return {
        **{key: fields.get(key) for key in ("venue", "moderator", "media_contact")},
        **{key: fields.get(key, []) for key in ("speakers", "live", "hearing_access")},
        "accreditation": registration and {key: registration.get(key) for key in _REGISTRATION},
    }


def _claim(fields: Document) -> Document:
    return {key: fields.get(key) for key in ("claim", "claim_source", "claim_seen_at")}


def tag(catalogue: Catalogue, identifier: str) -> str:
    """The id that feeds, twins and ninjs documents share (RFC 4151)."""
    return f"tag:{catalogue.settings.tag}:{identifier}"


def updated_at(release: PublicRelease) -> datetime:
    """When its meaning last changed: a minor fix leaves it. What comes back from a withdrawal has changed."""
    if release.withdrawal:
        return release.withdrawal.at
    back = {one.revision + 1 for one in release.withdrawals}
    return max(
        one.at
        for one in release.revisions
        if one.number in back or {kind for kind, _ in changes_of(release, one)} != {ChangeKind.MINOR}
    )


def _stand(release: PublicRelease) -> Document:
    """What is known for sure and what is still being checked; nothing of what is withdrawn."""
    event: Document = {} if release.withdrawal else release.current.event
    return {key: event.get(key, []) for key in ("confirmed", "checking")}


def _department(catalogue: Catalogue, identifier: str) -> Document:
    url = f"{catalogue.settings.url}departments/{identifier}/"
    return {"id": identifier, "name": catalogue.department_name(identifier), "url": url}


def _incident(catalogue: Catalogue, facts: Document) -> Document:
    """As it was when the release went out: what becomes of it later is told by later releases."""
    return {
        "id": facts["id"],
        "title": facts["title"],
        "url": f"{catalogue.settings.url}releases/{facts['id']}/",
        "class": facts["class"],
        "class_name": IncidentClass(facts["class"]).zh if facts["class"] else None,
        "category": facts["category"],
        "category_name": Category(facts["category"]).zh,
    }


def _withdrawal(catalogue: Catalogue, withdrawal: Withdrawal | None) -> Document | None:
    if withdrawal is None:
        return None
    department = _department(catalogue, withdrawal.department)
    return {"at": rfc3339(catalogue, withdrawal.at), "department": department, "reason": withdrawal.reason}


def _particulars(catalogue: Catalogue, release: PublicRelease) -> Document:
    """What one type has and the others have not."""
    event = release.current.event
    found: dict[str, Document | None] = {"conference": None, "response": None, "interpretation": None}
    if not release.withdrawal:
        match ReleaseType(event["type"]):
            case ReleaseType.CONFERENCE:
                found["conference"] = {"starts_at": event.get("starts_at"), "held_at": event.get("held_at")}
            case ReleaseType.RESPONSE:
                verdict, due = event["verdict"], event.get("result_due")
                found["response"] = {"verdict": verdict, "verdict_name": Verdict(verdict).zh, "result_due": due}
            case ReleaseType.INTERPRETATION:
                found["interpretation"] = _interpretation(catalogue, event)
    return found


def _interpretation(catalogue: Catalogue, event: Document) -> Document:
    root, named = catalogue.settings.url, None
    if expert := catalogue.registry.public_experts.get(event["expert"]):
        url = f"{root}experts/{expert.id}/"
        named = {"id": expert.id, "name": expert.name, "affiliation": expert.affiliation, "url": url}
    basis = event["basis"]
    return {"expert": named, "basis": {"id": tag(catalogue, basis), "url": f"{root}releases/{basis}/"}}


def _translations(catalogue: Catalogue, release: PublicRelease) -> list[Document]:
    root = catalogue.settings.url
    return [
        {
            "language": one["language"],
            "url": f"{root}{one['language']}/releases/{release.id}/",
            "title": one["title"],
            "summary": one["summary"],
            "confirmed": one.get("confirmed", []),
            "checking": one.get("checking", []),
            "text": {"html": None, "markdown_url": root + public_path(one["path"]), "sha256": one["sha256"]},
        }
        for one in release.current.event.get("translations", ())
    ]


def _attachments(catalogue: Catalogue, release: PublicRelease) -> list[Document]:
    """By the addresses of their digests: what is there never changes."""
    return [
        {
            "name": one["name"],
            "url": catalogue.settings.url + quote(public_path(one["path"])),
            "size": one["size"],
            "media_type": one["media_type"],
            "sha256": one["sha256"],
        }
        for one in release.current.event.get("attachments", ())
    ]


def _revision(catalogue: Catalogue, release: PublicRelease, one: Revision) -> Document:
    root, changes = catalogue.settings.url, changes_of(release, one)
    seen = release.visible.get(one.number, {})
    page = f"{root}releases/{release.id}/r{one.number}/" if len(release.revisions) > 1 else None
    return {
        "number": one.number,
        "kind": _kind(one, {kind for kind, _ in changes}),
        "note": joined([note for _, note in changes]) or None,
        "at": rfc3339(catalogue, one.at),
        "sha256": one.sha256,
        "url": root + public_path(one.path),
        "page": page,
        "sequence": one.event["seq"],
        "visible": {target: rfc3339(catalogue, at) for target, at in sorted(seen.items())},
        "withdrawn": _withdrawal(
            catalogue, next((ended for ended in release.withdrawals if ended.revision == one.number), None)
        ),
    }


def _kind(revision: Revision, kinds: set[ChangeKind]) -> str:
    """The weightiest of its changes, in the order of ChangeKind; of a later revision only a draft has none."""
    if revision.number == 1:
        return "first"
    return next((one.value for one in ChangeKind if one in kinds), "draft")
