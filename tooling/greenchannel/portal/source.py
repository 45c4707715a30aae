"""What a site is made of, as one value: the settings, the registry, the record and the programs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from greenchannel.desk.settings import Settings
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.portal.markup import Links
from greenchannel.record.events import State
from greenchannel.record.heartbeat import Beat


class Remembering(Protocol):
    """Values of earlier runs, by the digest of what they were made of."""

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]: ...

    def keep(self, key: str, value: bytes) -> None: ...


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
    events: tuple[Mapping[str, object], ...]  # the public ledger
    read_frozen: Callable[[str], bytes]
    render: Callable[[str, Links], str]
    maker: str = ""
    drafts: tuple[Mapping[str, object], ...] = ()  # of a preview: events behind the ledger that never happened
    heartbeats: tuple[Beat, ...] = ()  # oldest first
    memory: Remembering | None = None  # None: everything is planned anew
