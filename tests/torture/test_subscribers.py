"""Whoever subscribes, however it polls and whatever it goes by, ends with the record: nothing lost, doubled, unsaid."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from msgspec.structs import replace

from greenchannel.portal import entries, feed_plan, prepared, streams, window
from greenchannel.portal.entries import Voice, entry_of
from greenchannel.portal.streams import Kind, Stream, Version
from greenchannel.portal.views.feeds import FeedEntry, FeedView
from ledgers import small_documents
from subscribers import ACTIONS, AWAY, EXTENSIONS, MONTH, Reader, World, everybody, play

FEWEST = 2  # of each thing that happens in a run that counts
HAPPENS = (*dict.fromkeys(ACTIONS), "outage")
MOVES = "relocate"  # to another address or from http to https: a rare thing, played where it is asked for


def rare(count: Counter[str], fewest: int, *more: str) -> dict[str, int]:
    return {one: count[one] for one in (*HAPPENS, *more) if count[one] < fewest}


class Channel(RuleBasedStateMachine):
    seen: Counter[str]  # over all examples: a run in which nothing was withdrawn would prove nothing of it

    def __init__(self) -> None:
        super().__init__()
        self.world = World(*everybody())

    @rule(
        action=st.sampled_from((*ACTIONS, "outage", MOVES)),
        number=st.integers(0, 99),
        minutes=st.sampled_from((1, 1, 20, 200, 1_400, 50_000)),
    )
    def step(self, action: str, number: int, minutes: int) -> None:
        """One rule for all: hypothesis leaves out some rules of each example."""
        if action == "outage":
            self.world.wait(min(minutes, 2_000), is_down=True)
        else:
            self.world.act(action, number)
            self.world.wait(minutes)

    def teardown(self) -> None:
        assert self.world.end() == []
        self.seen.update(self.world.count)


def test_every_subscriber_ends_with_the_record_in_any_order_of_events() -> None:
    class Run(Channel):
        pass

    Run.seen = Counter()
    with small_documents():
        run_state_machine_as_test(
            Run,
            settings=settings(
                max_examples=6,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert rare(Run.seen, FEWEST, MOVES) == {}, Run.seen


@pytest.mark.torture
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_subscriber_ends_a_year_with_the_record(seed: int) -> None:
    world, random = World(*everybody()), Random(seed)  # noqa: S311  # It plays dice.
    months(world, random)
    for number in range(300):  # An incident of which there is news every ten minutes for two days.
        world.act("burst", number)
        world.wait(9)
    months(world, random)
    assert world.end() == []
    assert rare(world.count, 5, MOVES) == {}, world.count


def months(world: World, random: Random) -> None:
    """Six, and after every second the site has another address."""
    for _ in range(3):
        play(world, random, 60)
        world.act(MOVES, 0)


def moved() -> list[str]:
    """What is wrong for readers that go by id or title, and for those that page, after five changes of address."""
    plain = [Reader(minutes=15, extension=one, key=key) for one in EXTENSIONS for key in ("id", "title")]
    pages = [Reader(minutes=AWAY, extension=one, pages=True) for one in EXTENSIONS]
    world = World(*plain, *pages)
    with small_documents():
        for number in range(30):
            world.act("publish", number)
            world.wait(200)
            if number % 6 == 5:
                world.act(MOVES, 0)
                world.act("correct", number)
        assert (world.count[MOVES], len(world.homes)) == (5, 3)
        return world.end()


def test_who_does_not_go_by_the_address_does_not_notice_that_the_site_has_another() -> None:
    assert moved() == []


def test_an_id_that_is_made_of_the_address_of_the_day_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(voice: Voice, version: Version) -> FeedEntry:
        entry = entry_of(voice, version)
        return replace(entry, id=entry.id.replace("news.shili.example", urlsplit(voice.url).netloc))

    monkeypatch.setattr(prepared, "entry_of", wrong)
    assert [one for one in moved() if "of no record: " in one] != []


def test_under_a_burst_who_polls_daily_loses_nothing_and_who_pages_finds_what_was_folded() -> None:
    daily = [Reader(minutes=1_440, extension=extension) for extension in (".rss", ".atom", ".json")]
    away = Reader(minutes=AWAY, extension=".json", pages=True)
    monthly = Reader(minutes=MONTH, extension=".json")
    world = World(*daily, away, monthly)
    world.ledger.events[0] = {**world.ledger.events[0], "summary": "长" * 2_000}
    for number in range(450):
        world.act("burst", number)
        world.wait(9)
    faults = world.end()
    assert [one for one in faults if f" {MONTH} " not in one] == []
    folded = [one for one in faults if "lost: " in one]
    assert folded  # Whoever polls once a month has lost some,
    assert {one.partition("lost: ")[2].split("/fact")[0] for one in folded} == {"tag:news.shili.example,2026:2026/x9"}
    assert world.fetch("feeds/all.json").entries[-1].link.endswith("/2026/x0/fact-0/")  # of that incident alone.


Patch = pytest.MonkeyPatch


def entry_as(change: Callable[[FeedEntry, Version], FeedEntry]) -> Callable[[Patch], None]:
    def wrong(voice: Any, version: Version) -> FeedEntry:
        return change(entry_of(voice, version), version)

    return lambda patch: patch.setattr(prepared, "entry_of", wrong)


def of_notice(**names: str) -> Callable[[Patch], None]:
    def change(entry: FeedEntry, _version: Version) -> FeedEntry:
        taken: dict[str, Any] = {name: getattr(entry, source) for name, source in names.items()}
        return replace(entry, **taken) if entry.kind in {"correction", "withdrawal"} else entry

    return entry_as(change)


def notices_have_the_title_of_the_item(patch: Patch) -> None:
    real = entries._prefix  # noqa: SLF001
    swapped = {Kind.CORRECTION: "【已更正】", Kind.WITHDRAWAL: "【已撤回】"}
    patch.setattr(entries, "_prefix", lambda version: swapped.get(version.kind) or real(version))


def a_minor_fix_moves_updated(patch: Patch) -> None:
    real: Any = streams._revised  # noqa: SLF001

    def wrong(known: Any, event: Mapping[str, Any], place: int) -> Any:
        then = real(known, event, place)
        return then._replace(item=then.item._replace(updated=then.item.at))

    patch.setattr(streams, "_revised", wrong)


def the_window_is_ten_entries(patch: Patch) -> None:
    """And what no archive holds yet is no exception."""
    real: Any = window._newest_first  # noqa: SLF001
    patch.setattr(window, "current", lambda stream: real(stream.log)[:10])


def nothing_leads_to_an_archive(patch: Patch) -> None:
    real: Any = feed_plan._view  # noqa: SLF001

    def wrong(*arguments: Any) -> FeedView:
        view: FeedView = replace(real(*arguments), previous="")
        return view

    patch.setattr(feed_plan, "_view", wrong)


def an_archive_is_left_out(patch: Patch) -> None:
    real: Any = window.archived

    def wrong(stream: Stream, number: int) -> tuple[Version, ...]:
        return () if number == 2 else tuple(real(stream, number))

    patch.setattr(window, "archived", wrong)


MUTANTS: Mapping[str, tuple[Callable[[Patch], None], str]] = {
    "a minor fix moves updated": (a_minor_fix_moves_updated, "updated moved without news"),
    "a notice has the id of the item": (of_notice(id="item"), "lost: "),
    "a notice has the address of the item": (of_notice(url="item_url"), "told 0 times"),
    "a notice has the title of the item": (notices_have_the_title_of_the_item, "told 0 times"),
    "there are no notices": (lambda patch: patch.setattr(streams, "_notice", lambda *_: None), "told 0 times"),
    "the window is ten entries": (the_window_is_ten_entries, "lost: "),
    "nothing leads to an archive": (nothing_leads_to_an_archive, "lost: "),
    "an archive is left out": (an_archive_is_left_out, "lost: "),
    "an id has the revision in it": (
        entry_as(lambda entry, _: replace(entry, id=f"{entry.id}?r{entry.revision}")),
        "of no record: ",
    ),
    "an address has the revision in it": (
        entry_as(lambda entry, _: replace(entry, url=f"{entry.url}?r{entry.revision}")),
        "doubled: ",
    ),
    "published moves with each revision": (
        entry_as(lambda entry, version: replace(entry, published=entry.updated if version.notes else entry.published)),
        "published moved",
    ),
    "an item keeps its first text": (
        entry_as(lambda entry, version: replace(entry, sequence=1) if version.kind is Kind.ITEM else entry),
        "old text",
    ),
}


def few() -> tuple[Reader, ...]:
    """One of each way of telling entries apart, and one that pages."""
    keys = ("id", "link", "title")
    plain = [Reader(minutes=1_440, key=key, extension=".json") for key in keys]
    return (*plain, Reader(minutes=15, extension=".json"), Reader(minutes=AWAY, extension=".json", pages=True))


def season() -> tuple[World, list[str]]:
    """With two quiet months and then a burst of thirty releases, more than a small window holds."""
    world, random = World(*few()), Random(7)  # noqa: S311  # It plays dice.
    with small_documents():
        play(world, random, 40)
        world.wait(700, is_down=True)
        world.wait(60 * 1_440)
        for number in range(30):
            world.act("burst", number)
        play(world, random, 5)
        return world, world.end()


def test_nothing_is_wrong_with_a_season_by_the_code_as_it_is() -> None:
    world, faults = season()
    assert faults == []
    assert rare(world.count, 2) == {}, world.count


@pytest.mark.parametrize("name", MUTANTS)
def test_the_subscribers_notice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it, expected = MUTANTS[name]
    break_it(monkeypatch)
    assert [one for one in season()[1] if expected in one] != []
