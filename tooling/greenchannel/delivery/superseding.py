"""Pieces of earlier search indexes at a place of readers: taken away when no query under way can ask for them.

The place keeps two generations: what its entry names, and what the entry before it named, for readers who still hold
that one. A piece is therefore marked in the journal when an entry without it has been read back, and taken away when
the next one has. Killed anywhere, a piece stays longer, never shorter. What the journal does not know stays for good:
no place is listed for what may be removed.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from greenchannel.delivery.journal import Journal
from greenchannel.delivery.targets import Target
from greenchannel.portal.search_index import ENTRY, is_piece
from greenchannel.portal.variants import plain_of

_MARK = "superseded"


def retire(target: Target, journal: Journal, files: Collection[str], sent: Collection[str]) -> tuple[str, ...]:
    """What was taken away. `files` is what stands there by the newest index, `sent` what this run put and read back.

    Raises TargetError or OSError; the next entry that goes there takes away what this one left.
    """
    if ENTRY not in sent:
        return ()
    gone = superseded(journal, files)
    old = tuple(path for path, entry in gone.items() if entry.get(_MARK))
    if old:
        target.remove(old)
        journal.drop(old)
    if new := {path: {**entry, _MARK: True} for path, entry in gone.items() if not entry.get(_MARK)}:
        journal.note(new)
    return old


def superseded(journal: Journal, files: Collection[str]) -> Mapping[str, Mapping[str, Any]]:  # Any: JSON
    """What is known to stand there of earlier indexes, compressed variants included."""
    return {path: entry for path, entry in journal.entries.items() if path not in files and is_piece(plain_of(path))}


def forget_but_superseded(journal: Journal, files: Collection[str]) -> None:
    """For a run that believes no journal: everything that is compared is forgotten, and nothing else tells of these."""
    kept = superseded(journal, files)
    journal.forget()
    if kept:
        journal.note(kept)


def is_any_known(journal: Journal, paths: Iterable[str]) -> bool:
    """Whether the journal tells of anything that is to stand at its place now."""
    return any(path in journal.entries for path in paths)
