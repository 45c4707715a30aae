"""The search index, behind everything else: made when pages, lists and feeds are where their readers are.

It shares no file and no lock with a build, so that neither waits for the other: a release that comes meanwhile goes
out, and the next index has it. Its pieces go out before the entry that names them, and its pieces never change; killed
anywhere, the old index stands, and the next run goes on. A place of readers gets it only when the pages of all that the
record tells have come through there.
"""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from greenchannel.building import Failed, attempt, send_all
from greenchannel.delivery.delivering import Delivered, Progress
from greenchannel.delivery.leaks import Leak
from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.writing import forget_tree, locked
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings
from greenchannel.handwritten import STATE
from greenchannel.making import Making
from greenchannel.portal.plan import Planned
from greenchannel.portal.search_index import ENTRY, FOLDER, folders
from greenchannel.portal.site import plan_search
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.sending import Sending

SEARCH = "search"
_NICENESS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What a run did, and how long it took. `failed` maps a place (``search`` is our own disk) to what it said.

    `waiting` are the places that lack pages which the index names; a run after those have come through serves them.
    """

    made: int
    written: int
    seconds: float
    sent: Mapping[str, int]
    waiting: tuple[str, ...]
    failed: Mapping[str, TargetError | OSError]
    leaks: tuple[Leak, ...]

    @property
    def is_whole(self) -> bool:
        return not self.failed and not self.leaks


def build_index(
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    clean: bool = False,
    without: Collection[str] = (),
    progress: Progress = lambda _where, _done, _due: None,
) -> Indexed:
    """Makes what changed and puts it at every place, one time each; the next run gives a place what it missed.

    `without` names places that have just refused the pages: nobody waits for them a second time.
    """
    started, failed = time.monotonic(), Failed()
    indexing = Indexing(settings, clock, clean=clean, progress=progress)
    sendings = [Sending(indexing, one) for one in settings.targets if one.name != SITE]
    attempt(failed, SEARCH, indexing.make)
    # Asked after the index was made: what has all of the record by then has all that the index names.
    waiting = tuple(one.name for one in sendings if one.name in without or one.lacks_news())
    if not failed and indexing.is_clear:
        send_all(failed, [one for one in sendings if one.name not in waiting])
    return Indexed(
        made=indexing.made,
        written=len(indexing.written),
        seconds=time.monotonic() - started,
        sent={one.name: len(one.sent) for one in sendings},
        waiting=waiting,
        failed=failed,
        leaks=tuple(indexing.leaks),
    )


class Indexing(Making):
    """The index as one run makes it, in the same way as the site, with a journal and a lock of its own; no receipts.

    Where nothing has changed, the record's files are not looked at: the site's build, which goes before, has done that.
    """

    part = SEARCH

    def make(self) -> None:
        with locked(self.settings.home / STATE / SEARCH), self._at_work():
            if (glanced := self._at_a_glance()) is None or not self._is_unchanged(glanced):
                before = self._named()
                self._make(*(sources := self._sources()))
                if self.is_clear:
                    self._forget_but(before | self._named())
                    self._keep_unchanged(sources)

    def fresh(self) -> Delivered:
        """As it was made: another run's pieces have other names."""
        return self.delivered

    def _planned(self, site: Site, _theme: Theme) -> tuple[Planned, ...]:
        return tuple(plan_search(site))

    def _hand_written(self, _site: Site) -> tuple[Planned, ...]:
        return ()

    def _named(self) -> frozenset[str]:
        """The folders that the entry on disk names; none where there is no sound one."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            return folders((self.settings.site / ENTRY).read_bytes())
        return frozenset()

    def _forget_but(self, kept: frozenset[str]) -> None:
        """What the last index but one was made of: all of it can be made again, and nobody asks for it any more."""
        for folder in (self.settings.site / FOLDER).iterdir():
            if folder.is_dir() and folder.name not in kept:
                forget_tree(folder)
