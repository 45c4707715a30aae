"""Public texts and their translations on the desk: which of the two did not follow the other, and what is missing."""

from collections.abc import Mapping
from typing import Any

from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Release
from greenchannel.domain.vocabulary import Language
from greenchannel.record.attachments import attachments_of
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.freeze import freeze_incident, freeze_release, freeze_translation
from greenchannel.record.gate import is_text_public


def outlived_translations(original: Release | Incident, state: State) -> tuple[Language, ...]:
    """Of which a translation still says what is public, while the text that it translates says something else now."""
    if isinstance(original, Incident):
        public = state.incidents.get(original.id)
        if public is None or sha256(freeze_incident(original, public["revision"])) == public["sha256"]:
            return ()
        return _kept(original, public["revision"], public)
    known = state.releases.get(original.id)
    if known is None or known.withdrawal or is_text_public(original, state):
        return ()
    return _kept(original, known.current.number, known.current.event)


def missing_translations(original: Release | Incident, state: State) -> tuple[Language, ...]:
    """Languages in which it is public and in which the desk has no text of it.

    Whoever withdraws a release may publish it anew without its translation: then readers are told why.
    """
    if isinstance(original, Incident):
        public = state.incidents.get(original.id, {})
    else:
        known = state.releases.get(original.id)
        public = known.current.event if known and known.withdrawal is None else {}
    there = {one.language for one in original.translations}
    released = (Language(one["language"]) for one in public.get("translations", ()))
    return tuple(one for one in released if one not in there)


def is_original_public(release: Release, state: State) -> bool:
    """Whether it is the text that is public, whatever its translations are."""
    known = state.releases.get(release.id)
    if known is None or known.withdrawal:
        return False
    event = known.current.event
    released = attachments_of(event)
    if tuple(one.name for one in released) != release.attachments:
        return False
    translated = [{key: one[key] for key in ("language", "sha256")} for one in event.get("translations", ())]
    text = freeze_release(release, known.current.number, released, translated)
    return sha256(text) == known.current.sha256


def altered_translations(release: Release, state: State) -> tuple[Language, ...]:
    """The translations on the desk that are not those that are public."""
    known = state.releases[release.id].current
    kept = _kept(release, known.number, known.event)
    return tuple(one.language for one in release.translations if one.language not in kept)


def _kept(original: Release | Incident, revision: int, public: Mapping[str, Any]) -> tuple[Language, ...]:
    """The translations that are those that the ledger lists."""
    released = {one["sha256"] for one in public.get("translations", ())}
    return tuple(
        one.language
        for one in original.translations
        if sha256(freeze_translation(original.id, revision, one)) in released
    )
