"""Which revisions the public can read at a target and the record does not say so yet.

A revision is visible when its own frozen text and attachments, read back from the target, are those in the ledger,
and its release's page and everything that lists it came through the same delivery. One receipt for each revision and
target.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from greenchannel.portal.addresses import alias_path, public_path
from greenchannel.record.events import State


def owed(state: State, targets: Sequence[str]) -> tuple[tuple[str, int, str], ...]:
    """Release, revision and target of every receipt that is missing; a withdrawn text gets none."""
    return tuple(
        (one.id, revision.number, target)
        for one in state.releases.values()
        if not one.withdrawal
        for revision in one.revisions
        for target in targets
        if target not in one.visible.get(revision.number, {})
    )


def files_of(state: State, identifier: str, number: int) -> tuple[str, ...]:
    """Texts, attachments and the page, which must be read back before the revision counts as visible."""
    revision = state.releases[identifier].revisions[number - 1]
    attached = [
        path
        for one in revision.event.get("attachments", ())
        for path in (public_path(one["path"]), alias_path(identifier, one["name"]))
    ]
    translated = [public_path(one["path"]) for one in revision.event.get("translations", ())]
    return public_path(revision.path), *translated, *attached, f"releases/{identifier}/index.html"


def files_owed(state: State, target: str) -> tuple[str, ...]:
    """All that a target must be asked for; asking once is what a line over which each question costs can bear."""
    due = owed(state, (target,))
    return tuple(dict.fromkeys(path for identifier, number, _ in due for path in files_of(state, identifier, number)))


def receipts(
    state: State, targets: Sequence[str], is_there: Callable[[str, Sequence[str]], bool]
) -> Iterator[Mapping[str, Any]]:
    """The events to append. `is_there(target, paths)` says what was read back."""
    for identifier, number, target in owed(state, targets):
        if is_there(target, files_of(state, identifier, number)):
            yield {"event": "visible", "id": identifier, "revision": number, "target": target}
