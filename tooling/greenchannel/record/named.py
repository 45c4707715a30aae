"""Experts that the record names: pages about them keep their addresses, whatever the registry says today."""

from greenchannel.record.events import State


def named_experts(state: State) -> frozenset[str]:
    """Those whose view was ever released, whether they agreed to be named or not."""
    return frozenset(str(event["expert"]) for event in state.revised() if event.get("expert"))
