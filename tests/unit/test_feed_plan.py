"""The documents of all streams: what a client that pages ends with, and what a new line of the record costs."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree
from msgspec.structs import replace

from fakes import Remembered
from greenchannel.portal import prepared, window
from greenchannel.portal.entries import Voice, entry_of
from greenchannel.portal.feed_plan import ARCHIVES, plan_feeds
from greenchannel.portal.plan import Planned, Stage
from greenchannel.portal.prepared import Entries
from greenchannel.portal.streams import Streams, Version, read_streams
from greenchannel.portal.views.feeds import FeedEntry
from ledgers import STEPS, VOICE, Event, Ledger, ledger_of, small_documents

Steps = list[tuple[int, str, int]]


def text_of(digest: str) -> str:
    return f"<p>{digest[:8]}</p>"


def planned(events: Sequence[Event]) -> dict[str, Planned]:
    return {path: one for one in plan_feeds(VOICE, events, text_of, "maker") for path in one.paths}


def made(events: Sequence[Event]) -> dict[str, bytes]:
    return dict(
        pair for one in plan_feeds(VOICE, events, text_of, "maker") for pair in zip(one.paths, one.make(), strict=True)
    )


def many(count: int) -> list[Event]:
    ledger = Ledger()
    for number in range(count):
        ledger.publish(f"2026/x{number}/fact-1")
    return ledger.events


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The releases of which an entry is prepared from now on."""
    asked = list[str]()

    def entry(voice: Voice, version: Version) -> FeedEntry:
        asked.append(version.release)
        return entry_of(voice, version)

    monkeypatch.setattr(prepared, "entry_of", entry)
    return asked


def paged(documents: dict[str, bytes], key: str) -> dict[str, Any]:
    """What a client holds that follows `next_url` and keeps the first version of an id that it meets."""
    held: dict[str, Any] = {}
    address = f"{VOICE.url}feeds/{key}.json"
    while address:
        document = json.loads(documents[address.removeprefix(VOICE.url)])
        for item in document["items"]:
            held.setdefault(item["id"], item)
        address = document.get("next_url", "")
    return held


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_a_client_that_pages_ends_with_exactly_the_record(steps: Steps) -> None:
    with small_documents():
        events = ledger_of(steps)
        documents = made(events)
        for key, stream in read_streams(events).items():
            newest = {f"tag:{VOICE.tag}:{one.entry}": one for one in stream.log}
            shown = {
                name: (one["_greenchannel"]["sequence"], one["_greenchannel"]["status"] == "withdrawn")
                for name, one in paged(documents, key).items()
            }
            assert shown == {
                name: ((one.withdrawn or one.text)["seq"], one.withdrawn is not None) for name, one in newest.items()
            }


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_an_archive_never_changes_as_events_are_added(steps: Steps) -> None:
    with small_documents():
        events = ledger_of(steps)
        before, after = planned(events[: len(events) // 2]), planned(events)
        archives = [path for path in before if path.startswith(ARCHIVES)]
        assert [path for path in archives if before[path].fingerprint != after[path].fingerprint] == []
        assert [path for path in archives if before[path].make() != after[path].make()] == []


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_what_has_another_fingerprint_is_all_that_has_other_bytes(steps: Steps) -> None:
    with small_documents():
        events = ledger_of(steps)
        before, after = planned(events[:-1]), planned(events)
        same = [path for path, one in before.items() if after[path].fingerprint == one.fingerprint]
        assert [path for path in same if before[path].make() != after[path].make()] == []


def test_every_document_is_named_once_and_below_the_limit() -> None:
    events = many(250)
    paths = [path for one in plan_feeds(VOICE, events, text_of, "maker") for path in one.paths]
    assert len(paths) == len(set(paths))
    assert max(len(data) for path, data in made(events).items() if path != "feeds/index.json") < window.LIMIT


def test_planning_makes_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "entry_of", lambda _voice, version: pytest.fail(version.entry))
    assert "feeds/archive/all/2.atom" in planned(many(250))


def test_who_plans_again_prepares_what_is_new_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    events, streams, entries = many(151), Streams(), Entries()

    def documents(lines: Sequence[Event]) -> dict[str, tuple[bytes, ...]]:
        found = plan_feeds(VOICE, lines, text_of, "maker", streams, entries)
        return {one.paths[0]: one.make() for one in found}

    documents(events[:-1])
    asked = watched(monkeypatch)
    again = documents(events)
    assert {*asked} == {events[-1]["id"]}
    assert again == {one.paths[0]: one.make() for one in plan_feeds(VOICE, events, text_of, "maker")}


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_what_is_remembered_of_entries_is_what_is_made_anew(steps: Steps) -> None:
    with small_documents():
        events, memory = ledger_of(steps), Remembered()
        for lines in (events[: len(events) // 2], events, events):
            found = plan_feeds(VOICE, lines, text_of, "maker", memory=memory)  # As another process does.
            assert dict(pair for one in found for pair in zip(one.paths, one.make(), strict=True)) == made(lines)


def test_what_an_earlier_process_prepared_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    events, memory = many(151), Remembered()

    def current(lines: Sequence[Event]) -> dict[str, tuple[bytes, ...]]:
        found = plan_feeds(VOICE, lines, text_of, "maker", memory=memory)
        return {one.paths[0]: one.make() for one in found if one.paths[0] == "feeds/all.rss"}

    current(events[:-1])
    asked = watched(monkeypatch)
    again = current(events)
    assert asked == [events[-1]["id"]]
    assert again["feeds/all.rss"] == planned(events)["feeds/all.rss"].make()


def test_a_text_that_came_in_full_later_is_rendered_once_for_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    events, memory, asked = many(60), Remembered(), list[str]()

    def html(digest: str) -> str:
        asked.append(digest)
        return text_of(digest)

    def texts(limit: int) -> int:
        monkeypatch.setattr(window, "LIMIT", limit)
        asked.clear()
        for one in plan_feeds(VOICE, events, html, "maker", memory=memory):
            if one.paths[0] == "feeds/all.rss":
                one.make()
        return len(asked)

    assert (texts(120_000) < 60, texts(3_000_000), texts(3_000_000)) == (True, 60, 0)


def test_a_process_keeps_nothing_of_the_memory_that_it_has_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    events, memory, entries = many(60), Remembered(), Entries()
    for kept in (Entries(), entries):  # Another process, and this one.
        for one in plan_feeds(VOICE, events, text_of, "maker", entries=kept, memory=memory):
            one.make()
    assert entries._recalled == {}  # noqa: SLF001
    monkeypatch.setattr(memory, "recall", lambda names: pytest.fail(str(list(names))) if list(names) else {})
    for one in plan_feeds(VOICE, events, text_of, "maker", entries=entries, memory=memory):
        one.make()


@pytest.mark.parametrize("of", ["voice", "maker", "record"])
def test_what_was_prepared_of_something_else_is_prepared_again(of: str) -> None:
    events, memory = many(3), Remembered()
    other = Ledger()
    for number in range(3):
        other.publish(f"2026/y{number}/fact-1")
    voice = VOICE if of != "voice" else replace(VOICE, organisation="另一机关")
    maker, lines = "maker" if of != "maker" else "another", events if of != "record" else other.events
    for one in plan_feeds(VOICE, events, text_of, "maker", memory=memory):
        one.make()
    before = dict(memory)
    found = [one.make() for one in plan_feeds(voice, lines, text_of, maker, memory=memory)]
    assert found == [one.make() for one in plan_feeds(voice, lines, text_of, maker)]
    assert (memory.keys() == before.keys(), memory != before) == (True, True)


def test_a_body_that_was_refused_is_not_remembered() -> None:
    events, memory = many(3), Remembered()

    def first(html: Callable[[str], str], entries: Entries) -> bytes:
        found = plan_feeds(VOICE, events, html, "maker", entries=entries, memory=memory)
        return next(one.make()[0] for one in found if one.paths[0] == "feeds/all.rss")

    entries = Entries()

    def refused(digest: str) -> str:
        entries.refuse(digest)
        return "<pre>in plain text</pre>"

    assert b"in plain text" in first(refused, entries)
    assert dict(memory) == {}
    assert b"in plain text" not in first(text_of, Entries())
    assert dict(memory) != {}


def test_a_body_that_was_refused_is_asked_for_again_with_the_next_plan() -> None:
    events, entries = many(3), Entries()

    def refused(digest: str) -> str:
        entries.refuse(digest)
        return "<pre>in plain text</pre>"

    for html, is_plain in ((refused, True), (text_of, False), (text_of, False)):
        found = {one.paths[0]: one for one in plan_feeds(VOICE, events, html, "maker", entries=entries)}
        assert (b"in plain text" in found["feeds/all.rss"].make()[0]) is is_plain


def test_a_document_of_an_older_plan_is_made_with_its_own_texts() -> None:
    events, entries = many(3), Entries()
    older, newer = (
        {one.paths[0]: one for one in plan_feeds(VOICE, events, html, "maker", entries=entries)}
        for html in (text_of, pytest.fail)
    )
    assert newer
    assert b"content:encoded" in older["feeds/all.rss"].make()[0]


def test_a_release_changes_as_few_documents_in_a_long_record_as_in_a_short_one() -> None:
    """Its five streams, the changes, and the lists; an archive only when one is full."""
    for count in (150, 1_150):
        events = many(count)
        before, after = planned(events[:-1]), planned(events)
        known = {path: one.fingerprint for path, one in before.items()}
        changed = [path for path, one in after.items() if known.get(path) != one.fingerprint]
        assert len(changed) == 3 * 6 + 2


def test_archives_come_before_what_names_them_and_the_lists_come_last() -> None:
    stages = [one.stage for one in plan_feeds(VOICE, many(120), text_of, "maker")]
    assert stages == sorted(stages)
    assert set(stages) == {Stage.ARCHIVE, Stage.FEED, Stage.INDEX}


def test_an_archive_names_no_later_one() -> None:
    root = etree.fromstring(made(many(310))["feeds/archive/all/2.atom"])
    links = {one.get("rel"): str(one.get("href")) for one in root.iterfind("{*}link")}
    assert set(links) == {"self", "alternate", "license", "current", "prev-archive"}
    assert links["prev-archive"].endswith("/feeds/archive/all/1.atom")


def test_the_index_shows_a_client_whether_it_missed_anything() -> None:
    ledger = Ledger()
    ledger.publish("2026/x/fact-1")
    ledger.see("2026/x/fact-1")
    ledger.publish("2026/x/fact-1", ("correction", "更正。"))
    document = json.loads(made(ledger.events)["feeds/index.json"])
    streams = {one.pop("id").rpartition("feeds/")[2]: one for one in document["streams"]}
    assert document["sequence"] == 3
    assert streams["types/fact"] == {
        "title": "示例市政务舆情回应·事实发布",
        "rss": "https://news.shili.example/feeds/types/fact.rss",
        "atom": "https://news.shili.example/feeds/types/fact.atom",
        "json": "https://news.shili.example/feeds/types/fact.json",
        "entries": 2,
        "archives": 0,
        "sequence": 3,
        "updated": "2026-11-20T10:02:00+08:00",
    }
    assert (streams["urgent"]["entries"], streams["urgent"]["sequence"], streams["urgent"]["updated"]) == (0, 0, None)


def test_the_list_for_readers_names_every_stream_once() -> None:
    documents = made(many(2))
    outlines = etree.fromstring(documents["feeds/feeds.opml"]).findall("body/outline")
    named = [str(one.get("xmlUrl")).removeprefix(VOICE.url) for one in outlines]
    assert sorted(named) == sorted(path for path in documents if path.endswith(".atom"))
    assert {one.get("type") for one in outlines} == {"rss"}


def test_a_record_without_events_has_no_feeds() -> None:
    assert made(()) == {}


def test_an_incident_feed_is_called_as_the_incident_is_called_now() -> None:
    ledger = Ledger()
    ledger.publish("2026/x/fact-1")
    ledger.publish("2026/x/fact-2", title="新名称")
    assert json.loads(made(ledger.events)["feeds/incidents/2026/x.json"])["title"] == "新名称"


def test_another_voice_or_maker_makes_every_document_anew() -> None:
    events = many(3)
    one, other = plan_feeds(VOICE, events, text_of, "maker"), plan_feeds(VOICE, events, text_of, "newer")
    assert {step.fingerprint for step in one}.isdisjoint({step.fingerprint for step in other})
