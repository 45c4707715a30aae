"""Experts that the record names: pages about them keep their addresses, whatever the registry says today."""

from collections.abc import Iterator, Mapping
from typing import Any

from greenchannel.record.events import State


def named_experts(state: State) -> frozenset[str]:
    """Those whose view was ever released, whether they agreed to be named or not."""
    return frozenset(str(event["expert"]) for event in _events(state) if event.get("expert"))


def _events(state: State) -> Iterator[Mapping[str, Any]]:  # Any: JSON
    """The ledger line of every revision."""
    for release in state.releases.values():
        yield from (revision.event for revision in release.revisions)
