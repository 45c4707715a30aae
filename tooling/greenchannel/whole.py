"""That all of a part of ``site/`` stood, and of what it was made: kept for what a later run may then leave out.

The journal's last line and an almanac let news be planned before anything is looked at. How each file looked lets a run
to which nothing has happened look at nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from greenchannel.delivery.delivering import Delivered, Looks, look
from greenchannel.delivery.glanced import keep_glance, recall_record
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.proven import seen_in_record
from greenchannel.delivery.unchanged import SeenAhead, name_of, nobody, read_unchanged, unchanged
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings
from greenchannel.portal.almanac import Almanac, places_of, read_almanac
from greenchannel.portal.plan import Planned, fingerprint
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.portal.variants import packed
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.verification import CHECKPOINT
from greenchannel.resident import Resident

_HOME = "index.html"
_ALMANAC = "almanac"  # the name under which it is remembered
_ALL = "(all)"  # in the journal: what all of the site was made of when it stood last, which is no path of any file
Sources = tuple[Site, Theme, Journal]  # what is made, and what is known to stand


class Whole:
    """Of one run. `part` is that of its making."""

    def __init__(
        self, settings: Settings, part: str, memory: Memory, resident: Resident, seen_ahead: SeenAhead
    ) -> None:
        self._settings, self._part, self._memory, self._resident = settings, part, memory, resident
        self._name, self._seen_ahead = name_of(part or SITE), seen_ahead

    def look_again(self) -> None:
        """Another run was at it since somebody looked ahead."""
        self._seen_ahead = nobody

    def stood(self, sources: Sources, almanac: Almanac) -> bool:
        """Whether all of the site stood with the beginning of the record that an almanac is of."""
        site, theme, journal = sources
        return _knows(almanac, site) and journal.last == {_ALL: self._told(site, theme, almanac.lines, almanac.head)}

    def has_grown(self, sources: Sources) -> bool:
        """Whether the record has other lines than what stood last, as the journal's last line tells.

        An almanac of other lines than that is put away: another process went on since.
        """
        site, _, journal = sources
        lines, almanac = journal.last.get(_ALL, {}).get("lines"), self._resident.almanac
        if lines and almanac and almanac.lines != lines:
            self._resident.almanac = None
        return lines != len(site.events)

    def drop(self, sources: Sources) -> None:
        """Before anything is remembered that does not stand yet."""
        site, theme, journal = sources
        told = self._told(site, theme, len(site.events), site.state.head)
        if not self._part and journal.entries.get(_ALL, told) != told:
            journal.drop((_ALL,))

    def note(self, sources: Sources, *, clean: bool) -> None:
        """All of the site stands. `clean` believes no almanac."""
        site, theme, journal = sources
        last = {_ALL: self._told(site, theme, len(site.events), site.state.head)}
        if (is_told := journal.last == last) and self._is_remembered(site):
            return
        self._keep_almanac(site, clean=clean)
        keep_glance(self._settings.releases, self._memory, site.events, site.ledger)
        if not is_told:
            journal.note(last)

    def take_almanac(self) -> Almanac | None:
        """The one that was kept last; until it is given back, nobody else has it."""
        known, self._resident.almanac = self._resident.almanac, None
        if known is None and (data := self._memory.recall((_ALMANAC,)).get(_ALMANAC)):
            return read_almanac(data)
        return known

    def unchanged(self, sources: Sources, pages: Callable[[], Iterable[Planned]]) -> Delivered | None:
        """What stands, if nothing has changed since. `pages` are the hand-written ones, as they are now."""
        site, _, journal = sources
        releases, data = self._settings.releases, self._memory.recall((self._name,)).get(self._name)
        if data is None or not _is_vouched_for(releases, site):
            return None
        known = read_unchanged(data)
        # What takes longest is asked last.
        if not known.mark.startswith(_mark_of_record(site, journal)) or known.mark != self._mark(sources, pages()):
            return None
        return known.delivered if known.holds(self._settings.site, releases, self._seen_ahead) else None

    def keep_unchanged(self, sources: Sources, pages: Iterable[Planned], delivered: Delivered, looks: Looks) -> None:
        """For `unchanged` of a later run. `pages` are the hand-written ones, as they were planned.

        The index is made behind the build of the site, which looks at the record's files.
        """
        seen = {} if self._part else seen_in_record(self._settings.releases)
        if seen is not None and (found := unchanged(self._mark(sources, pages), delivered, looks, seen)):
            self._memory.keep(self._name, found.write())

    def _told(self, site: Site, theme: Theme, lines: int, head: str) -> Mapping[str, Any]:  # Any: JSON
        """What stands for a whole site: so many lines of the record, all else that it was made of, and its home page.

        The site may be taken away, or come back from an older copy.
        """
        made_of, home = fingerprint(site.ground, theme.digest), look(f"{self._settings.site}/{_HOME}")
        return {"made_of": made_of, "lines": lines, "head": head, "home": home}

    def _is_remembered(self, site: Site) -> bool:
        """Whether what news are planned by is there: whoever deletes that gets it back with the next build."""
        if self._resident.almanac is None and not self._memory.recall((_ALMANAC,)):
            return False
        return not site.events or recall_record(self._settings.releases, self._memory) is not None

    def _keep_almanac(self, site: Site, *, clean: bool) -> None:
        almanac = None if clean else self.take_almanac()
        if almanac is None or not _knows(almanac, site):
            almanac = Almanac()
        almanac.go_on(site.events, places_of(site.events), site.state.head)
        if not self._memory.has_lost:  # Else plans that it has may be older than the site.
            self._resident.almanac = almanac
            self._memory.keep(_ALMANAC, almanac.write())

    def _mark(self, sources: Sources, pages: Iterable[Planned]) -> str:
        """What stands for all that the part is planned from, for its variants, and for the places that it goes to."""
        site, theme, journal = sources
        written = [(one.paths, one.fingerprint) for one in pages]
        inputs = site.ground, theme.digest, site.heartbeats, packed(""), self._settings.targets, written
        return _mark_of_record(site, journal) + fingerprint(*inputs)


def _mark_of_record(site: Site, journal: Journal) -> str:
    """And of the journal: what a run that was stopped did is told by its last line, or by its loss."""
    return f"{len(site.events)} {site.state.head} {journal.mark} "


def _is_vouched_for(releases: Path, site: Site) -> bool:
    """By the checkpoint. One that a crash left behind is sound, and is renewed by who looks at everything."""
    return (releases / CHECKPOINT).read_bytes() == write_checkpoint(checkpoint_of(site.events[-1]))


def _knows(almanac: Almanac, site: Site) -> bool:
    """Whether it is that of a beginning of the record. Each line names the one before it."""
    lines, events = almanac.lines, site.events
    return almanac.head == (str(events[lines]["prev"]) if lines < len(events) else site.state.head)
