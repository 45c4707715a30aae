"""Translations that did not follow their text: it says something else than the public reads, and they do not."""

from collections.abc import Mapping
from typing import Any

from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Release
from greenchannel.domain.vocabulary import Language
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.freeze import freeze_incident, freeze_translation
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


def _kept(original: Release | Incident, revision: int, public: Mapping[str, Any]) -> tuple[Language, ...]:
    """The translations that are those that the ledger lists."""
    released = {one["sha256"] for one in public.get("translations", ())}
    return tuple(
        one.language
        for one in original.translations
        if sha256(freeze_translation(original.id, revision, one)) in released
    )
