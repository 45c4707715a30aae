"""May this release go out now? Every reason why not, at once.

G601 the check finds errors. G602 nobody approved it. G603 the text changed after approval. G604 the approver is the
author or not entitled. G605 it is embargoed. G606 the clock is behind the record. G607 the public text changed
without a note. G608 nothing changed. G609 the duty rule is for facts alone. G610 an attachment cannot go out.
G611 it explains what is not public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from greenchannel.domain.attachment import Attachment
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import Message, keys, message
from greenchannel.domain.moment import moment_text
from greenchannel.domain.registry import Registry
from greenchannel.domain.release import Conference, Interpretation, Release, Response
from greenchannel.domain.remembering import MOST_TEXTS
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.record.approval import Approval
from greenchannel.record.attachments import attachment_path, attachments_of, in_event
from greenchannel.record.canonical import sha256
from greenchannel.record.events import PublicRelease, State
from greenchannel.record.freeze import freeze_incident, freeze_release
from greenchannel.record.translations import in_event as translations_in_event
from greenchannel.record.translations import translation_files


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a candidate may not go out. `code` is that of ``greenchannel explain``."""

    code: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What would become public: two frozen texts and where they will stand below releases/; the cleaned attachments.

    `unfit` says of each attachment that cannot go out why not, and what to do.
    """

    release: Release
    incident: Incident
    revision: int
    text: bytes
    path: str
    incident_revision: int
    incident_text: bytes
    incident_path: str
    attachments: tuple[Attachment, ...] = ()
    unfit: tuple[Message, ...] = ()

    @property
    def files(self) -> Mapping[str, bytes]:
        """The bytes of the attachments by their paths."""
        return {attachment_path(self.incident.id, one): one.data for one in self.attachments}

    @property
    def translations(self) -> Mapping[str, bytes]:
        """The frozen texts in other languages, of incident and release, by their paths."""
        incident, release = self.incident, self.release
        return {
            **translation_files(incident.id, self.incident_revision, self.incident_path, incident.translations),
            **translation_files(release.id, self.revision, self.path, release.translations),
        }

    @property
    def frozen(self) -> Mapping[str, bytes]:
        """Everything by its path, in the order in which it is written."""
        return {**self.files, **self.translations, self.incident_path: self.incident_text, self.path: self.text}


def candidate(
    release: Release,
    incident: Incident,
    state: State,
    attachments: tuple[Attachment, ...] = (),
    unfit: Sequence[Message] = (),
) -> Candidate:
    known = state.releases.get(release.id)
    revision = len(known.revisions) + 1 if known else 1
    public = state.incidents.get(incident.id)
    incident_revision = public["revision"] if public else 1
    incident_text = freeze_incident(incident, incident_revision)
    if public and sha256(incident_text) != public["sha256"]:
        incident_revision += 1
        incident_text = freeze_incident(incident, incident_revision)
    return Candidate(
        release=release,
        incident=incident,
        revision=revision,
        text=freeze_release(release, revision, attachments),
        path=f"{release.id}.r{revision}.md",
        incident_revision=incident_revision,
        incident_text=incident_text,
        incident_path=f"{incident.id}/incident.r{incident_revision}.md",
        attachments=attachments,
        unfit=tuple(unfit),
    )


def is_unchanged(one: Candidate, state: State) -> bool:
    """Is the text on the desk the one that is public already?"""
    known = state.releases.get(one.release.id)
    if known is None or known.withdrawal:
        return False
    text = freeze_release(one.release, known.current.number, one.attachments)
    return not one.unfit and sha256(text) == known.current.sha256


def is_text_public(release: Release, state: State) -> bool:
    """Like `is_unchanged`, with its attachments taken to be those that were released: no file is opened to ask."""
    known = state.releases.get(release.id)
    if known is None or known.withdrawal:
        return False
    released = attachments_of(known.current.event)
    if tuple(one.name for one in released) != release.attachments:
        return False
    return _frozen_digest(release, known.current.number, released) == known.current.sha256


@lru_cache(maxsize=MOST_TEXTS)
def _frozen_digest(release: Release, number: int, released: tuple[Attachment, ...]) -> str:
    """Who looks again and again does not freeze again what did not change."""
    return sha256(freeze_release(release, number, released))


def lacks_note(release: Release, state: State) -> bool:
    """Did its public text change on the desk without a new note? Of a withdrawn release nothing is asked."""
    known = state.releases.get(release.id)
    if known is None or known.withdrawal or _has_new_note(release, known):
        return False
    return not is_text_public(release, state)


def note_owed(one: Candidate, state: State) -> Message | None:
    """Why the public is owed a note that is not there yet; None where it is owed none."""
    known = state.releases.get(one.release.id)
    if known is None or _has_new_note(one.release, known) or is_unchanged(one, state):
        return None
    owed = (
        "it was withdrawn: add an entry to {changes} with {kind} and {note} that says why it returns"
        if known.withdrawal
        else "an attachment changed: add an entry to {changes} with {kind} and {note}"
        if is_text_public(one.release, state)
        else "the public text changed: add an entry to {changes} with {kind} and {note}"
    )
    return message(owed, **keys("changes", "kind", "note"))


def refusals(
    one: Candidate, approval: Approval | None, state: State, registry: Registry, errors: int, now: datetime
) -> tuple[Refusal, ...]:
    """Empty when it may go out. `errors` is how many errors the check found in the release and its incident."""
    found: list[Refusal] = []
    release = one.release
    if errors:
        found.append(Refusal("G601", message("{count} error(s) in its files: run greenchannel check", count=errors)))
    found += [Refusal("G610", reason) for reason in one.unfit]
    if is_unchanged(one, state):
        found.append(Refusal("G608", message("this text is public already")))
        return tuple(found)
    found += _approval_refusals(one, approval, state, registry)
    if release.release_at and now < release.release_at:
        found.append(Refusal("G605", message("embargoed until {at}", at=release.release_at)))
    if state.last_at and now < state.last_at:
        text = message("this machine's clock is behind the record ({at}): set it right", at=state.last_at)
        found.append(Refusal("G606", text))
    if isinstance(release, Interpretation) and release.basis not in state.releases:
        # Its id would become public with this release, before it is.
        found.append(Refusal("G611", message("{basis}, which it explains, is not public yet", basis=release.basis)))
    if note := note_owed(one, state):
        found.append(Refusal("G607", note))
    return tuple(found)


def _approval_refusals(one: Candidate, approval: Approval | None, state: State, registry: Registry) -> list[Refusal]:
    if approval is None or approval.release != one.release.id:
        return [
            Refusal("G602", message("not approved: greenchannel approve {release} --by PERSON", release=one.release.id))
        ]
    known = state.releases.get(one.release.id)
    if known and known.withdrawal and approval.at < known.withdrawal.at:
        return [Refusal("G602", message("{by} approved it before it was withdrawn: approve it again", by=approval.by))]
    found = []
    if (approval.sha256, approval.incident_sha256) != (sha256(one.text), sha256(one.incident_text)):
        what = (
            "an attachment changed after {by} approved it: approve it again"
            if is_text_public(one.release, state)
            else "the text or an attachment changed after {by} approved it: approve it again"
            if one.attachments
            else "the text changed after {by} approved it: approve it again"
        )
        found.append(Refusal("G603", message(what, by=approval.by)))
    if approval.release_at != one.release.release_at:
        text = message(
            "{release_at} changed after {by} approved it: approve it again", **keys("release_at"), by=approval.by
        )
        found.append(Refusal("G603", text))
    person = registry.people.get(approval.by)
    if person is None or not person.approves:
        found.append(Refusal("G604", message("{by} is not entitled to approve", by=approval.by)))
    if approval.on_duty and one.release.type is not ReleaseType.FACT:
        found.append(Refusal("G609", message("the duty rule is for facts alone: another person must approve")))
    if approval.by == one.release.author and not approval.on_duty:
        found.append(Refusal("G604", message("{by} wrote it: another person must approve", by=approval.by)))
    return found


def _has_new_note(release: Release, known: PublicRelease) -> bool:
    return len(release.changes) > len(known.current.event.get("changes", []))


def publication(one: Candidate, approval_sha256: str, *, on_duty: bool = False) -> dict[str, Any]:
    """The event that makes a candidate public: what lists and feeds need, and the digests of both texts.

    An embargo is told once it is over: its distance from `at` is how late the release went out.
    """
    release, incident = one.release, one.incident
    event: dict[str, Any] = {
        "event": "published" if one.revision == 1 else "corrected",
        "id": release.id,
        "revision": one.revision,
        "type": release.type.value,
        "title": release.title,
        "summary": release.summary,
        "department": release.department,
        "changes": [{"kind": change.kind.value, "note": change.note} for change in release.changes],
        "sha256": sha256(one.text),
        "path": one.path,
        "approval": approval_sha256,
        "incident": {
            "id": incident.id,
            "revision": one.incident_revision,
            "sha256": sha256(one.incident_text),
            "path": one.incident_path,
            "title": incident.title,
            "category": incident.category.value,
            "class": incident.incident_class.value if incident.incident_class else None,
            "casualties": incident.casualties,
            "wide_impact": incident.wide_impact,
            "lead": incident.lead,
            **{
                key: moment_text(moment)
                for key in ("occurred_at", "detected_at", "claimed_at", "closed_at")
                if (moment := getattr(incident, key))
            },
            **(
                {
                    "earlier_classes": [
                        {"class": earlier.incident_class.value, "until": earlier.until.isoformat()}
                        for earlier in incident.earlier_classes
                    ]
                }
                if incident.earlier_classes
                else {}
            ),
        },
    }
    if one.attachments:
        event["attachments"] = in_event(incident.id, one.attachments)
    if release.translations:
        event["translations"] = translations_in_event(release.id, one.revision, one.path, release.translations)
    if incident.translations:
        event["incident"]["translations"] = translations_in_event(
            incident.id, one.incident_revision, one.incident_path, incident.translations
        )
    marks = {"final": release.final, "on_duty": on_duty}
    return {**event, **_particulars(release), **{name: True for name, is_set in marks.items() if is_set}}


def _particulars(release: Release) -> Mapping[str, Any]:
    optional: dict[str, Any] = {
        "late_reason": release.late_reason,
        "release_at": release.release_at.isoformat() if release.release_at else None,
        "confirmed": list(release.confirmed),
        "checking": list(release.checking),
    }
    match release:
        case Conference():
            optional["starts_at"] = release.starts_at.isoformat()
            optional["venue"] = release.venue
            optional["held_at"] = moment_text(release.held_at) if release.held_at else None
        case Response():
            optional["verdict"] = release.verdict.value
            optional["result_due"] = moment_text(release.result_due) if release.result_due else None
        case Interpretation():
            optional |= {"expert": release.expert, "basis": release.basis}
    return {key: value for key, value in optional.items() if value}
