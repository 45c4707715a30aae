"""What a publication would do, before anybody publishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greenchannel.delivery.leaks import Leak
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings
from greenchannel.portal.maker import maker
from greenchannel.portal.site import plan
from greenchannel.record.events import fold, write_events
from greenchannel.sourcing import opened_site, theme_of
from greenchannel.withholding import Guard


@dataclass(frozen=True, slots=True)
class Touched:
    """A file of the site that a publication would add or change."""

    path: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a publication would do to the site, and what would be held back for what is in it."""

    touched: tuple[Touched, ...]
    leaks: tuple[Leak, ...]


def outlook(settings: Settings, events: Sequence[Mapping[str, Any]], pending: Mapping[str, bytes]) -> Outlook:
    """What of the site would be new or changed if these events were in the record; nothing is written.

    `pending` are the frozen texts and attachments of the events: path -> bytes.
    """
    touched, leaks = list[Touched](), list[Leak]()
    with (
        Memory(settings.home, maker(), reads_only=True) as memory,
        opened_site(settings, read_record(settings.releases), pending, memory) as site,
    ):
        theme = theme_of(settings, memory)
        then = replace(
            site,
            state=fold(events, site.state),
            events=(*site.events, *events),
            ledger=site.ledger + write_events(events),
        )
        guard = Guard(settings, then.events, then.state, pending, memory)
        now = {path: one.fingerprint for one in plan(site, theme) for path in one.paths}
        for one in sorted(plan(then, theme), key=lambda planned: planned.stage):
            if all(now.get(path) == one.fingerprint for path in one.paths):
                continue
            for path, data in zip(one.paths, one.make(), strict=True):
                touched.append(Touched(path, path not in now))
                leaks += guard(path, data)
    return Outlook(tuple(touched), tuple(leaks))
