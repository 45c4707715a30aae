"""What a site is made of, as one value: the settings, the registry, the record and the programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from greenchannel.desk.settings import Settings
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.sanitising import Links
from greenchannel.record.events import State
from greenchannel.record.heartbeat import Beat


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site is made of.

    `render` turns a body's Markdown, with the addresses of its attachments, into clean HTML, within limits; `maker`
    stands for the programs that do the making, so that a new version of one makes every page anew.
    """

    settings: Settings
    registry: Registry
    policy: Policy
    state: State
    events: Sequence[Mapping[str, Any]]  # the public ledger
    ledger: bytes  # the same as it is written
    read_frozen: Callable[[str], bytes]
    render: Callable[[str, Links], str]
    maker: str = ""
    drafts: tuple[Mapping[str, Any], ...] = ()  # of a preview: events behind the ledger that never happened
    heartbeats: tuple[Beat, ...] = ()  # oldest first
    memory: Remembering | None = None  # None: everything is planned anew
    at_hand: AtHand = field(default_factory=AtHand)  # of a process that plans more than once

    @property
    def ground(self) -> tuple[object, ...]:
        """What every file is made of beside its theme and its part of the record, wherever that is put."""
        return self.maker, replace(self.settings, home=Path(), targets=()), self.registry, self.policy
