"""What came goes out as all of the site shows it, and is planned from a part of the record that does not grow."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REGULATION, REPOSITORY
from fakes import Remembered
from greenchannel.desk.metadata import Form, IndexNumbers
from greenchannel.desk.settings import read_settings
from greenchannel.domain.registry import Department, Expert, Registry
from greenchannel.portal import almanac as almanac_module
from greenchannel.portal import columns, home_page, incident_page, newest, stream_ends, window
from greenchannel.portal.almanac import Almanac, places_of, read_almanac
from greenchannel.portal.bodies import Bodies
from greenchannel.portal.news_plan import NewsPlan, plan_news, read_news
from greenchannel.portal.plan import Planned
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme, read_theme
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import GENESIS, fold, write_events
from greenchannel.record.glance import Lines, glance, index_of, lines_of
from ledgers import STEPS, Ledger, ledger_of

Event = Mapping[str, Any]  # Any: JSON
OFFICE = replace(
    read_settings(REPOSITORY / "tests/golden/small"), index_number=IndexNumbers(code="SL01", form=Form.MONTHLY)
)
REGISTRY = Registry(
    departments={one: Department(id=one, name=one) for one in ("housing", "roads")},
    experts={"a": Expert(id="a", name="a", field="", affiliation="", public=True)},
    people={},
)
FACTS: Event = {
    "casualties": False,
    "wide_impact": False,
    "lead": "roads",
    "path": "incident.r1.md",
    "sha256": "0" * 64,
    "detected_at": "2026-11-20T09:00:00+08:00",
    "starts_at": "2026-11-20T15:00:00+08:00",
    "verdict": "true",
}
TYPES = ("fact", "conference", "response", "interpretation")
HOMES = {"index.html", "en/index.html"}  # Their figures are those that were worked out last.
# What tells of the whole, and follows when all of the site is planned.
LATER = re.compile(
    r"(en/)?(sitemap(/index\.html|\.xml)|timeliness/.*|(departments|experts|search|incidents/\d{4})/index\.html"
    r"|record/.*|feeds/(index\.json|feeds\.opml))"
)
# So that there is something of each type, and in English.
BEFORE = [*((number, "publish", 0) for number in range(4)), (1, "correction", 0)]
MONTH = re.compile(r"/(\d{4}/\d{2})/index\.html$")


def chained(events: Sequence[Event]) -> tuple[Event, ...]:
    found = list[Event]()
    for event in events:
        found.append({**event, "prev": head_of(found)})
    return tuple(found)


def varied(events: Sequence[Event]) -> tuple[Event, ...]:
    """Of each type, some with an English text from one of their revisions on, some beside what they explain."""
    return chained([_varied(one) if "incident" in one else one for one in events])


def _varied(event: Event) -> Event:
    number = int(event["id"].rpartition("-")[2])
    kind = TYPES[(number + event["revision"] // 2) % 4]
    more: dict[str, Any] = {"type": kind}
    if kind == "interpretation":
        more |= {"expert": "ab"[number % 2], "basis": f"2026/x{number % 2}/fact-{number % 2}"}
    english = [{"language": "en", "title": "t", "summary": "s", "path": f"{event['id']}.en.md", "sha256": "1" * 64}]
    if number % 3 == 1 and event["revision"] > 1:
        more["translations"] = english
    incident = {**FACTS, **event["incident"], **({"translations": english} if number == 5 else {})}
    return {**FACTS, **event, **more, "incident": incident}


@cache
def theme() -> Theme:
    return read_theme(REPOSITORY / "templates")


def site_of(events: Sequence[Event], memory: Remembered | None = None) -> Site:
    return Site(
        settings=OFFICE,
        registry=REGISTRY,
        policy=REGULATION,
        state=fold(events),
        events=tuple(events),
        ledger=write_events(events),
        read_frozen=lambda path: path.encode(),
        render=lambda text, _links: text,
        memory=memory,
    )


def whole(site: Site) -> dict[str, str]:
    return {path: one.fingerprint for one in plan(site, theme()) for path in one.paths}


def head_of(events: Sequence[Event]) -> str:
    return sha256(canonical_json(events[-1])) if events else GENESIS


def known(events: Sequence[Event]) -> Almanac:
    found = Almanac()
    found.go_on(events, places_of(events), head_of(events))
    return found


def news(events: Sequence[Event], since: int) -> NewsPlan | None:
    """Of what came behind the first lines, when all of the site stood."""
    memory = Remembered()
    whole(site_of(events[:since], memory))
    almanac = read_almanac(known(events[:since]).write())
    lines = lines_of(write_events(events))
    state = glance(index_of(events), lines)
    site = replace(site_of(events, memory), events=lines, state=state)
    return plan_news(site, theme(), almanac, read_news(almanac, site))


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of two or three, archives of four versions, and ends of streams that often are too short."""
    for module, name, value in (
        (window, "ARCHIVE", 4),
        (window, "_AT_LEAST", 3),
        (columns, "NEWEST", 2),
        (incident_page, "NEWEST", 2),
        (home_page, "NEWEST", 2),
        (newest, "LATEST", 3),
        (newest, "NEWS", 3),
        (almanac_module, "_KEPT", 60),
        (stream_ends, "_AT_FIRST", 3),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def _plain_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read, but what is asked for must be a text of the record at hand."""
    monkeypatch.setattr(Bodies, "_rendered", lambda bodies, digest: f"<p>{bodies._path(digest)}</p>")  # noqa: SLF001
    monkeypatch.setattr(Bodies, "released", lambda bodies, digest: bodies._path(digest).encode())  # noqa: SLF001


def feeds_made(found: Iterable[Planned]) -> dict[tuple[str, ...], tuple[bytes, ...]]:
    """A feed's fingerprint is a line of the ledger: of its entries it says nothing."""
    return {one.paths: one.make() for one in found if one.paths[0].startswith("feeds/")}


@pytest.mark.usefixtures("_short", "_plain_texts")
@settings(suppress_health_check=["function_scoped_fixture"], deadline=None)  # type: ignore[list-item]
@given(steps=STEPS, at=st.floats(0, 1, exclude_max=True))
def test_news_are_what_the_whole_site_has_and_leave_out_nothing_but_what_tells_of_the_whole(
    steps: list[tuple[int, str, int]], at: float
) -> None:
    events = varied(ledger_of([*BEFORE, *steps]))
    since = len(BEFORE) + int(at * (len(events) - len(BEFORE)))
    found = news(events, since)
    assert found is not None
    before, after = whole(site_of(events[:since])), whole(site_of(events))
    made = feeds_made(found.planned)
    assert made == feeds_made(one for one in plan(site_of(events), theme()) if one.paths in made)
    planned = {path: one.fingerprint for one in found.planned for path in one.paths}
    assert {path for path in planned.keys() - HOMES if planned[path] != after.get(path)} == set()
    incidents = {one["incident"]["id"] for one in events if "incident" in one}
    touched = {event["id"] for event in events[since:]}
    first = {one["id"]: one["at"][:7].replace("-", "/") for one in events if one["event"] == "published"}
    revised = [one for one in events if "incident" in one and one["id"] in touched]
    listed = {f"{path}{first[one['id']]}/index.html" for one in revised for path in columns.paths_of(one)}
    later = tuple(
        f"{prefix}releases/{one}/"
        for one in incidents - {one.rpartition("/")[0] for one in touched}
        for prefix in ("", "en/")
    )
    changed = {path for path in after if after[path] != before.get(path)} - planned.keys()
    # A month beside one that stands now.
    beside = {one for one in changed if MONTH.search(one) and one.removeprefix("en/") not in listed}
    assert {one for one in changed - beside if not LATER.fullmatch(one) and not one.startswith(later)} == set()


@given(steps=STEPS, at=st.floats(0, 1), again=st.floats(0, 1))
def test_an_almanac_that_goes_on_is_that_of_all_lines(
    steps: list[tuple[int, str, int]], at: float, again: float
) -> None:
    events = varied(ledger_of(steps))
    found = Almanac()
    for until in sorted((int(at * len(events)), int(again * len(events)), len(events))):
        found.go_on(events[:until], places_of(events), head_of(events[:until]))
        found = read_almanac(found.write())
    assert found == known(events)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of the ledger that are read, by their places."""
    found, get = list[int](), Lines.__getitem__

    def counted(lines: Lines, place: int | slice) -> Any:
        found.extend(range(*place.indices(len(lines))) if isinstance(place, slice) else (place,))
        return get(lines, place)

    monkeypatch.setattr(Lines, "__getitem__", counted)
    return found


def read_for_one_release(read: list[int], before: int) -> int:
    """How many lines are read to plan one release behind so many that came out before, of which a few are open."""
    ledger = Ledger()
    for number in range(before):
        ledger.wait(hours=8)
        more = {} if number > before - 5 else {"closed_at": "2026-11-21"}  # A few.
        ledger.publish(f"2026/x{number}/fact-{number}", **more)
        ledger.see(f"2026/x{number}/fact-{number}")
    since = len(ledger.events)
    ledger.publish("2026/new/fact-0")
    read.clear()
    assert news(varied(ledger.events), since) is not None
    return len({*read})


def test_what_is_read_for_a_release_does_not_grow_with_the_archive(read: list[int]) -> None:
    few, many = (read_for_one_release(read, before) for before in (800, 1600))
    assert 0 < many < 1.1 * few < 1600


@pytest.mark.parametrize("kind", ["interpretation", "response"])
def test_the_first_release_of_a_type_asks_for_all_of_the_site_since_every_page_names_it(kind: str) -> None:
    ledger = Ledger()
    ledger.publish("2026/x0/fact-0")
    first = varied(ledger.events)
    ledger.publish("2026/x0/fact-4")
    assert news(varied(ledger.events), 1) is not None
    assert news(chained([*first, {**varied(ledger.events)[1], "type": kind}]), 1) is None


def test_the_first_text_in_english_asks_for_all_of_the_site_since_every_page_leads_there() -> None:
    ledger = Ledger()
    for _ in range(2):
        ledger.publish("2026/x0/fact-1", ("correction", "更正。"))
    assert news(varied(ledger.events), 1) is None


def test_without_what_was_remembered_of_the_figures_all_of_the_site_is_planned() -> None:
    ledger = Ledger()
    for number in (0, 4):
        ledger.publish(f"2026/x0/fact-{number}")
    events = varied(ledger.events)
    almanac, lines = known(events[:1]), lines_of(write_events(events))
    state = glance(index_of(events), lines)
    site = replace(site_of(events, Remembered()), events=lines, state=state)
    assert plan_news(site, theme(), almanac, read_news(almanac, site)) is None


def long_incident(releases: int, **more: str) -> Ledger:
    """One that is closed, and whose stream is longer than what is read of others."""
    ledger = Ledger()
    for number in range(releases):
        ledger.wait(hours=12)
        ledger.publish(f"2026/x0/fact-{number * 4}", closed_at="2026-11-21", **more)
    for number in range(4):
        ledger.wait(hours=2)
        ledger.publish(f"2026/y/fact-{4 * number}", closed_at="2026-11-21")
    return ledger


@pytest.mark.usefixtures("_plain_texts")
def test_an_archive_of_an_incident_is_called_as_its_lines_were_then() -> None:
    ledger = long_incident(399)
    since = len(ledger.events)
    ledger.publish("2026/x0/fact-4000", closed_at="2026-11-21")  # The last of its fourth archive.
    ledger.publish("2026/x0/fact-4004", closed_at="2026-11-21", title="改名之后的事件")
    events = varied(ledger.events)
    found = news(events, since)
    assert found is not None
    made = feeds_made(found.planned)
    assert any("feeds/archive/incidents/2026/x0/4.atom" in paths for paths in made)
    assert made == feeds_made(one for one in plan(site_of(events), theme()) if one.paths in made)


@pytest.mark.usefixtures("_short", "_plain_texts")
def test_what_stands_below_an_incident_can_all_be_made_however_long_it_went_on() -> None:
    """As where its plan was not remembered. No stream gets anything by a receipt."""
    ledger = long_incident(230)
    since = len(ledger.events)
    ledger.see("2026/x0/fact-0")
    ledger.publish("2026/z/fact-4000", closed_at="2026-11-21")
    found = news(varied(ledger.events), since)
    assert found is not None
    below = (one for one in found.planned if one.paths[0].startswith("releases/2026/x0/"))
    texts = [one for one in below if one.paths[0].endswith(".md")]
    assert len(texts) == 230  # Those of its releases.
    for one in texts:
        assert one.make()


@pytest.mark.usefixtures("_short")
def test_a_release_that_changed_its_type_stays_in_the_column_of_its_first() -> None:
    """For the columns of types hold all that ever stood there; others changed behind it, so that it is not news."""
    ledger = Ledger()
    for number in (4, 8, 12, 16, 20, 0):
        ledger.publish(f"2026/x{number}/fact-{number}", closed_at="2026-11-21")
    ledger.publish("2026/x0/fact-0", ("update", "更新。"), closed_at="2026-11-21")
    for number in (5, 9, 13, 17):
        ledger.wait(hours=24)
        ledger.publish(f"2026/x{number}/fact-{number}", closed_at="2026-11-21")
    for number in (4, 8, 12, 16, 20):
        ledger.publish(f"2026/x{number}/fact-{number}", ("update", "更新。"), closed_at="2026-11-21")
    since = len(ledger.events)
    ledger.wait(hours=24 * 40)
    ledger.publish("2026/x100/fact-100", closed_at="2026-11-21")
    events = varied(ledger.events)
    found = news(events, since)
    assert found is not None
    (front,) = (one for one in found.planned if one.paths == ("types/fact/index.html",))
    assert front.fingerprint == whole(site_of(events))["types/fact/index.html"]
