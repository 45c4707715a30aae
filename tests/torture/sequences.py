"""The life of a busy newsroom, whose builds are stopped and whose memories are lost, damaged and taken back meanwhile.

After each step its site is held against one that is made from nothing of the whole record.
"""

import errno
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

from busy_newsroom import ACTIONS, START, BusyNewsroom

from faults import Call, Fail, Fault, Layer
from greenchannel import building, handwritten, making
from greenchannel.delivery import proven
from greenchannel.delivery.comparing import Difference, Kind, differences
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_record
from greenchannel.desk import seen
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.domain.policy import Policy
from greenchannel.making import Making
from greenchannel.portal import incident_plan, share_card
from greenchannel.portal import site as site_plan
from greenchannel.portal.almanac import Almanac, places_of
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.neighbourhood import Event, Neighbourhood
from greenchannel.portal.news_plan import News, NewsPlan, plan_news
from greenchannel.portal.plan import Planned
from greenchannel.portal.share_card import draw
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Artifact, Theme, read_theme
from greenchannel.record.events import fold
from greenchannel.record.glance import Glance, index_of
from greenchannel.record.verification import CHECKPOINT, LEDGER, Sound, recalled, verify
from greenchannel.resident import Resident
from greenchannel.sourcing import compare_site, opened_site
from greenchannel.whole import Sources
from points import one_renderer

DAMAGES = ("forget", "forget_one", "flip", "flip", "flip", "cut", "lengthen", "bring_back", "bring_back", "spoil")
STEPS = 12
HOMES = {"index.html", "en/index.html"}  # Their figures are those that were worked out last.
LAST_CALL = 60  # of those at which a build is stopped; one that makes a new page makes more


class Stopped(BaseException):
    """The process is gone: nothing may handle it."""


@contextmanager
def at_once() -> Iterator[None]:
    """What was read is known by its looks a moment later, cards are drawn once, and the renderer starts once."""
    with one_renderer(), patch.object(seen, "_SETTLED_SECONDS", -1), patch.object(share_card, "draw", cache(draw)):
        yield


@contextmanager
def counted(found: Counter[str]) -> Iterator[None]:
    """Counts, by the first words of their names, values that came from memory, and what was worked out anew."""
    recall, work_out, is_unchanged = Memory.recall, incident_plan._Below.plan, Making._is_unchanged  # noqa: SLF001

    def recall_counted(self: Memory, keys: Iterable[str]) -> Mapping[str, bytes]:
        known = recall(self, keys)
        found.update(f"recalled {one.partition(' ')[0]}" for one in known)
        return known

    def worked_out(self: incident_plan._Below) -> Iterator[Planned]:
        found["worked out"] += 1
        return work_out(self)

    def unchanged(self: Making, sources: Sources) -> bool:
        is_so = is_unchanged(self, sources)
        found["unchanged"] += is_so and not self.part
        return is_so

    def recalled_record(beginning: bytes) -> Sound:
        found["recalled record"] += 1
        return recalled(beginning)

    with (
        patch.object(Memory, "recall", recall_counted),
        patch.object(incident_plan._Below, "plan", worked_out),  # noqa: SLF001
        patch.object(Making, "_is_unchanged", unchanged),
        patch.object(proven, "recalled", recalled_record),
    ):
        yield


def whole_record(
    events: Sequence[Event],
    _digests: Sequence[str],
    _policy: Policy,
    numbers: Mapping[str, str],
    translated: frozenset[str],
    _first: frozenset[str],
) -> Iterator[Neighbourhood]:
    """In place of `neighbourhoods`: whoever makes a page of an incident may look at everything that was released."""
    last_at = datetime.fromisoformat(events[-1]["at"]) if events else START
    for incident in sorted({one["incident"]["id"] for one in events if "incident" in one}):
        yield Neighbourhood(incident, tuple(events), numbers, translated, last_at, "")


class Life(BusyNewsroom):
    """What befalls it beside. In every other one, a process that stays makes one site after the other."""

    def __init__(self, home: Path, seed: int, found: Counter[str]) -> None:
        super().__init__(home, seed, found)
        self.copies: dict[Path, list[bytes]] = {}
        self.told: list[str] = []
        self.wrong: list[str] = []
        self.made: dict[tuple[str, ...], tuple[bytes, ...]] = {}
        self.stays = seed % 2 == 1
        self.resident = Resident()

    def step(self) -> None:
        """Something happens, the memories may suffer, a build may be stopped; then one is made, which must be right."""
        chance = self.chance
        self.now += chance.choice((timedelta(minutes=5), timedelta(hours=7), timedelta(hours=30), timedelta(days=60)))
        self.told.append(action := self.next_of(ACTIONS))
        self.act(action)
        if chance.random() < 0.3:
            self._keep_copies()
        if chance.random() < 0.25:
            self.new()
            self._stop_a_build()
        if chance.random() < 0.5:
            self._damage()
        if chance.random() < 0.5:
            self._another_process()
        self.build()

    def build(self) -> None:
        built = self._built()
        self.wrong += [*map(str, built.failed.values()), *map(str, built.leaks), *self.faults()]
        if self.chance.random() < 0.3:
            self._build_again()

    def _built(self) -> building.Built:
        with patch.object(making, "plan_news", self._checked_news):
            return self._made()

    def _checked_news(self, site: Site, theme: Theme, almanac: Almanac, news: News) -> NewsPlan | None:
        """What is planned of a part of the record is what the plan of all of it has; both indexes are those of it."""
        found = plan_news(site, theme, almanac, news)
        events = tuple(site.events)
        fresh = Almanac()
        fresh.go_on(events, places_of(events), site.state.head)
        indexed = isinstance(site.state, Glance) and site.state.index == index_of(events)
        if fresh != almanac or not indexed:
            self.wrong.append("news: an index that went on is not that of the whole record")
        if found is not None:
            self.seen["news"] += 1
            alone = replace(site, events=events, state=fold(events), memory=None, at_hand=AtHand())
            whole = {path: one.fingerprint for one in plan(alone, theme) for path in one.paths}
            told = ((path, one.fingerprint) for one in found.planned for path in one.paths if path not in HOMES)
            self.wrong += [f"news: {path}" for path, mark in told if whole.get(path) != mark]
        return found

    def _made(self) -> building.Built:
        if not self.stays:
            return building.build(self.settings, self.clock)
        read_newsroom(self.settings.content, self.settings.zone, self.resident.desk)
        self.seen["stayed"] += self.resident.journal is not None
        with patch.object(building, "Making", partial(Making, resident=self.resident)):
            return building.build(self.settings, self.clock)

    def faults(self) -> list[str]:
        """What of the site is not what the whole record gives, and what is wrong with the record."""
        settings = self.settings
        pages = handwritten.read_pages(self.home / handwritten.STATE / "pages")
        found = differences((*pages, *self._from_whole_record(settings)), settings.site)
        checkpoint, ledger = ((settings.releases / one).read_bytes() for one in (CHECKPOINT, LEDGER))
        record = verify(ledger, checkpoint, lambda path: (settings.releases / path).read_bytes())
        wrong = [f"{one.path}: {one.kind}" for one in found if not self._is_left(one)]
        return [*wrong, *(f"ledger:{one.line}: {one.problem}" for one in record.problems)]

    def last_faults(self) -> list[str]:
        """The same by the product's own comparison, which makes everything anew."""
        found = compare_site(self.settings, self.settings.site)
        return [f"{one.path}: {one.kind}" for one in found if not self._is_left(one)]

    def _is_left(self, one: Difference) -> bool:
        """What nothing makes any more is left where it is: readers may hold its address."""
        return one.kind is Kind.EXTRA and any(one.path in paths for paths in self.made)

    def _from_whole_record(self, settings: Settings) -> Iterator[Artifact]:
        """Planned from nothing; a file is made once of the same inputs, but by `compare_site` in the end."""
        record = read_record(settings.releases)
        with patch.object(site_plan, "neighbourhoods", whole_record), opened_site(settings, record, {}) as site:
            for one in plan(site, read_theme(settings.templates)):
                if (key := (*one.paths, one.fingerprint)) not in self.made:
                    self.made[key] = one.make()
                yield from zip(one.paths, self.made[key], strict=True)

    def _build_again(self) -> None:
        """Nothing happened: nothing is made and no incident is planned, be it by another process."""
        self._another_process()
        before = self.seen["worked out"]
        built = self._built()
        worked_out = self.seen["worked out"] - before
        if built.made or built.written or worked_out:
            self.wrong.append(f"nothing happened: {built.made} made, {built.written}, {worked_out} worked out")
        self.seen["built again"] += 1

    def _stop_a_build(self) -> None:
        at = self.chance.randint(1, LAST_CALL)
        fault: Fault = self.chance.choice((None, Fail(errno.EIO), Fail(errno.ENOSPC)))

        def decide(call: Call) -> Fault:
            if call.number >= at and fault is None and call.name != "close":  # The kernel closes what a dead one held.
                raise Stopped
            return fault if call.number >= at else None

        self.told.append(f"stopped at {at} by {fault}")
        with Layer(self.home, decide) as layer:
            try:
                built = self._built()
            except Stopped:
                self.seen["stopped"] += 1
                self.resident = Resident()
            else:
                assert layer.fired, "a fault that was planned did not happen"
                assert built.failed, "a disk that refuses was taken for one that does not"
                self.seen["failed"] += 1

    def _another_process(self) -> None:
        """It knows what the disk has."""
        proven._KNOWN.clear()  # noqa: SLF001
        self.resident = Resident()

    def _spoil(self, path: Path) -> None:
        """A file of the site is another one, or gone, and of all else nothing."""
        if self.chance.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1])

    def _keep_copies(self) -> None:
        for path in self._remembered():
            if "pages" not in path.parts:
                self.copies.setdefault(path, []).append(path.read_bytes())

    def _remembered(self) -> list[Path]:
        return sorted(one for one in (self.home / handwritten.STATE).rglob("*") if one.is_file())

    def _damage(self) -> None:
        chance, kind = self.chance, self.next_of(DAMAGES)
        pages = [one for one in self._remembered() if one.suffix == ".html"]
        files = [one for one in self._remembered() if "pages" not in one.parts]
        path = chance.choice([*files, *pages[:1]]) if files else self.home
        if kind == "spoil":
            shown = sorted(one for one in self.settings.site.rglob("*") if one.is_file())
            if not shown:
                return
            self._spoil(path := chance.choice(shown))
        elif kind == "forget":
            shutil.rmtree(self.home / handwritten.STATE)
        elif not files or (kind == "bring_back" and not self.copies):
            return
        elif kind == "forget_one":
            path.unlink()
        elif kind == "bring_back":
            path = chance.choice(sorted(self.copies))
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(chance.choice(self.copies[path]))
        elif data := bytearray(path.read_bytes()):
            path.write_bytes(self._damaged(kind, data))
        self.told.append(f"{kind} {path.name}")
        self.seen[kind] += 1
        self._another_process()

    def _damaged(self, kind: str, data: bytearray) -> bytes:
        chance = self.chance
        if kind == "cut":
            return bytes(data[: chance.randrange(len(data))])
        if kind == "lengthen":
            return bytes(data) + chance.randbytes(chance.randint(1, 200))
        for _ in range(chance.choice((1, 1, 10, 200))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(data)


def play(pattern: Path, home: Path, seed: int, found: Counter[str]) -> list[str]:
    """What went wrong. `pattern` is a newsroom as `set_up` makes it."""
    shutil.copytree(pattern, home)
    life = Life(home, seed, found)
    try:
        for _ in range(STEPS):
            life.step()
            if life.wrong:
                return [f"{seed}, {', '.join(life.told)}: {life.wrong[:9]}"]
        return [f"{seed}: {one}" for one in life.last_faults()]
    except BaseException as error:
        error.add_note(f"{seed}, {', '.join(life.told)}")
        raise
    finally:
        shutil.rmtree(home)
