"""Where translations stand in the record and how the ledger tells them.

The original's frozen text lists language and SHA-256 of each, so whoever approves the one approves the other, and the
chain vouches for both. Its bytes stand beside the original's: ``fact-1.r2.en.md`` beside ``fact-1.r2.md``. It has the
original's id and revision and is frozen anew with each.
"""

from collections.abc import Iterable, Mapping

from greenchannel.domain.translation import Translation
from greenchannel.record.canonical import sha256
from greenchannel.record.freeze import freeze_translation


def translation_path(frozen: str, language: str) -> str:
    """Below releases/: ``2026/x/fact-1.r2.md`` -> ``2026/x/fact-1.r2.en.md``."""
    return f"{frozen.removesuffix('.md')}.{language}.md"


def original_path(frozen: str) -> str:
    """Below releases/: ``2026/x/fact-1.r2.en.md`` -> ``2026/x/fact-1.r2.md``."""
    stem, _, _ = frozen.removesuffix(".md").rpartition(".")
    return f"{stem}.md"


def translation_files(
    identifier: str, revision: int, frozen: str, translations: Iterable[Translation]
) -> Mapping[str, bytes]:
    """Their bytes by their paths; `frozen` is that of the original's text."""
    return {
        translation_path(frozen, one.language.value): freeze_translation(identifier, revision, one)
        for one in translations
    }


def in_event(
    identifier: str, revision: int, frozen: str, translations: Iterable[Translation]
) -> list[dict[str, str | list[str]]]:
    """What lists need, and the digests."""
    return [
        {
            "language": one.language.value,
            "title": one.title,
            **({"summary": one.summary} if one.summary else {}),
            **({"confirmed": list(one.confirmed)} if one.confirmed else {}),
            **({"checking": list(one.checking)} if one.checking else {}),
            "path": translation_path(frozen, one.language.value),
            "sha256": sha256(freeze_translation(identifier, revision, one)),
        }
        for one in translations
    ]
