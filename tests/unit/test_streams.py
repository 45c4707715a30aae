"""What happens to which entry of which stream, event by event."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.entries import entry_of
from greenchannel.portal.streams import Kind, Streams, Version, read_streams
from ledgers import STEPS, VOICE, Ledger, ledger_of
from small import START

FACT = "2026/x/fact-1"


def log(ledger: Ledger, key: str = "all") -> list[tuple[str, Kind, bool]]:
    """Entry, kind and whether it is withdrawn."""
    return [(one.entry, one.kind, one.withdrawn is not None) for one in read_streams(ledger.events)[key].log]


def last(ledger: Ledger, key: str = "all", kind: Kind = Kind.ITEM) -> Version:
    return next(one for one in reversed(read_streams(ledger.events)[key].log) if one.kind is kind)


def title(version: Version) -> str:
    return entry_of(VOICE, version).title


def released() -> Ledger:
    ledger = Ledger()
    ledger.publish(FACT)
    return ledger


def test_a_release_is_an_item_of_every_stream_that_it_belongs_to() -> None:
    streams = read_streams(released().events)
    held = [key for key, stream in streams.items() if [one.kind for one in stream.log] == [Kind.ITEM]]
    assert held == ["all", "categories/other", "departments/housing", "incidents/2026/x", "types/fact"]


def test_streams_for_everybody_are_there_before_they_hold_anything() -> None:
    streams = read_streams(())
    assert [(key, one.log, one.entries) for key, one in streams.items()] == [
        ("all", [], 0),
        ("changes", [], 0),
        ("urgent", [], 0),
    ]


def test_a_correction_is_news_beside_the_item() -> None:
    ledger = released()
    ledger.publish(FACT, ("correction", "5人更正为6人。"))
    assert log(ledger)[1:] == [(FACT, Kind.ITEM, False), (f"{FACT}/correction/2", Kind.CORRECTION, False)]


def test_an_update_changes_the_item_in_place() -> None:
    ledger = released()
    ledger.publish(FACT, ("update", "补充。"))
    assert log(ledger)[1:] == [(FACT, Kind.ITEM, False)]
    assert last(ledger).updated == START + timedelta(minutes=1)


def test_a_minor_fix_moves_no_time() -> None:
    ledger = released()
    ledger.publish(FACT, ("minor", "错字。"))
    assert (last(ledger).text["revision"], last(ledger).updated) == (2, START)


def test_a_withdrawal_is_news_and_leaves_a_tombstone() -> None:
    ledger = released()
    ledger.withdraw(FACT)
    assert log(ledger)[1:] == [(FACT, Kind.ITEM, True), (f"{FACT}/withdrawal/1", Kind.WITHDRAWAL, True)]


def test_what_is_released_again_is_an_item_again() -> None:
    ledger = released()
    ledger.withdraw(FACT)
    ledger.publish(FACT, ("minor", "重新发布。"))
    assert log(ledger)[-1] == (FACT, Kind.ITEM, False)
    assert last(ledger).updated == START + timedelta(minutes=2)


def test_changes_hold_an_entry_for_each_revision_and_withdrawal() -> None:
    ledger = released()
    ledger.publish(FACT, ("minor", "错字。"))
    ledger.withdraw(FACT)
    assert log(ledger, "changes") == [
        (f"{FACT}/r1", Kind.REVISION, False),
        (f"{FACT}/r2", Kind.REVISION, False),
        (f"{FACT}/r1", Kind.REVISION, True),
        (f"{FACT}/r2", Kind.REVISION, True),
        (f"{FACT}/withdrawal/1", Kind.WITHDRAWAL, True),
    ]


def test_a_second_withdrawal_marks_only_what_it_ended() -> None:
    ledger = released()
    for _ in range(2):
        ledger.withdraw(FACT)
        ledger.publish(FACT, ("update", "重新发布。"))
    marked = [(entry, kind) for entry, kind, gone in log(ledger, "changes") if gone]
    assert [entry for entry, kind in marked if kind is Kind.REVISION] == [f"{FACT}/r1", f"{FACT}/r2"]


def test_an_item_that_moved_stays_in_the_stream_whose_readers_have_it() -> None:
    ledger = released()
    ledger.publish(FACT, ("correction", "牵头部门更正。"), department="water")
    for key in ("departments/housing", "departments/water"):
        assert log(ledger, key)[-2:] == [(FACT, Kind.ITEM, False), (f"{FACT}/correction/2", Kind.CORRECTION, False)]


def test_an_open_serious_incident_is_urgent() -> None:
    ledger = Ledger()
    for number, level in enumerate(("serious", "particularly_serious", "major", None), 1):
        facts: dict[str, Any] = {"class": level}
        ledger.publish(f"2026/x{number}/fact-1", **facts)
    ledger.publish("2026/x5/fact-1", closed_at="2026-11-20T09:00:00+08:00", **{"class": "serious"})
    assert [entry for entry, _, _ in log(ledger, "urgent")] == ["2026/x1/fact-1", "2026/x2/fact-1"]


def test_the_readers_of_urgent_news_hear_of_its_correction_when_the_incident_is_closed() -> None:
    ledger = Ledger()
    ledger.publish(FACT, **{"class": "serious"})
    ledger.publish(FACT, ("correction", "更正。"), closed_at="2026-11-20", **{"class": "serious"})
    ledger.publish("2026/x/fact-2", closed_at="2026-11-20", **{"class": "serious"})
    assert [entry for entry, _, _ in log(ledger, "urgent")] == [FACT, FACT, f"{FACT}/correction/2"]


def test_receipts_are_no_news() -> None:
    ledger = released()
    ledger.see(FACT)
    assert len(log(ledger)) == 1


def test_titles_say_what_an_entry_is() -> None:
    ledger = released()
    ledger.publish(FACT, ("correction", "5人更正为6人。"))
    ledger.publish(FACT, ("correction", "6人更正为7人。"))
    assert title(last(ledger)) == f"【已更正】通报{FACT}"
    assert title(last(ledger, kind=Kind.CORRECTION)) == f"【更正】通报{FACT}（第2次）"
    assert title(last(ledger, "changes", Kind.REVISION)) == f"【更正】通报{FACT}（第3版）"
    ledger.withdraw(FACT)
    assert title(last(ledger)) == f"【已撤回】通报{FACT}"
    assert title(last(ledger, kind=Kind.WITHDRAWAL)) == f"【撤回】通报{FACT}"
    ledger.publish(FACT, ("update", "核实。"))
    assert title(last(ledger, "changes", Kind.REVISION)) == f"【重新发布】通报{FACT}（第4版）"


def test_a_corrected_item_tells_every_correction_and_shows_the_newest_text() -> None:
    ledger = released()
    ledger.publish(FACT, ("correction", "5人更正为6人。"))
    ledger.publish(FACT, ("update", "补充。"))
    entry = entry_of(VOICE, last(ledger))
    assert (entry.notes, entry.status, entry.tags[3:]) == (
        ("更正（2026-11-20 10:01）：5人更正为6人。",),
        "corrected",
        ("已更正",),
    )
    assert (entry.body, entry.revision) == (ledger.events[-1]["sha256"], 3)


def test_a_correction_says_what_was_wrong_and_leads_to_the_page_that_compares() -> None:
    ledger = released()
    ledger.publish(FACT, ("correction", "5人更正为6人。"), ("minor", "错字。"))
    entry = entry_of(VOICE, last(ledger, kind=Kind.CORRECTION))
    assert (entry.summary, entry.body, entry.url) == (
        "5人更正为6人。",
        "",
        f"https://news.shili.example/releases/{FACT}/r2/",
    )


def test_the_notice_of_a_withdrawal_leads_to_its_place_in_the_history() -> None:
    ledger = released()
    ledger.publish(FACT, ("update", "补充。"))
    ledger.withdraw(FACT)
    address = entry_of(VOICE, last(ledger, kind=Kind.WITHDRAWAL)).url
    assert address == f"https://news.shili.example/releases/{FACT}/#withdrawal-2"


def test_a_tombstone_tells_who_when_and_why_instead_of_the_text() -> None:
    ledger = released()
    ledger.withdraw(FACT)
    entry = entry_of(VOICE, last(ledger))
    said = "住建局于2026-11-20 10:01撤回本信息。原因：数据有误。"
    assert (entry.summary, entry.withdrawn, entry.notes, entry.body) == (said, said, (said,), "")


@given(STEPS)
def test_ids_are_unique_and_what_an_id_means_stays(steps: list[tuple[int, str, int]]) -> None:
    for stream in read_streams(ledger_of(steps)).values():
        kinds = {(one.entry, one.kind, one.published) for one in stream.log}
        assert len(kinds) == len({one.entry for one in stream.log}) == stream.entries


@given(STEPS)
def test_updated_never_decreases_and_is_never_before_published_or_after_the_event(
    steps: list[tuple[int, str, int]],
) -> None:
    for stream in read_streams(ledger_of(steps)).values():
        seen: dict[str, datetime] = {}
        for one in stream.log:
            assert max(one.published, seen.get(one.entry, one.published)) <= one.updated <= one.at
            seen[one.entry] = one.updated


@given(STEPS)
def test_what_is_added_to_the_ledger_changes_no_log(steps: list[tuple[int, str, int]]) -> None:
    events = ledger_of(steps)
    whole = read_streams(events)
    for key, stream in read_streams(events[: len(events) // 2]).items():
        assert whole[key].log[: len(stream.log)] == stream.log


@given(STEPS, st.data())
def test_who_goes_on_behind_lines_that_were_read_comes_to_the_same_streams(
    steps: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    events, known = ledger_of(steps), Streams()
    before = known.of(events[: data.draw(st.integers(0, len(events)), "lines that were read before")])
    then = deepcopy(before)
    assert known.of(events) == read_streams(events)
    assert before == then


@given(STEPS, STEPS)
def test_what_was_read_of_another_ledger_is_forgotten(
    steps: list[tuple[int, str, int]], others: list[tuple[int, str, int]]
) -> None:
    known = Streams()
    known.of(ledger_of(others))
    assert known.of(ledger_of(steps)) == read_streams(ledger_of(steps))


@given(STEPS)
def test_whoever_holds_an_item_hears_of_every_correction_and_withdrawal(steps: list[tuple[int, str, int]]) -> None:
    streams = dict(read_streams(ledger_of(steps)))
    del streams["changes"]
    news = [one for one in streams["all"].log if one.kind is not Kind.ITEM]
    for stream in streams.values():
        since = {one.release: one.place for one in reversed(stream.log) if one.kind is Kind.ITEM}
        owed = [one for one in news if one.release in since and one.place >= since[one.release]]
        assert [one for one in stream.log if one.kind is not Kind.ITEM] == owed


@given(STEPS)
def test_no_two_entries_have_one_address_or_title(steps: list[tuple[int, str, int]]) -> None:
    for stream in read_streams(ledger_of(steps)).values():
        newest = {one.entry: entry_of(VOICE, one) for one in stream.log}
        assert len({one.url for one in newest.values()}) == len({one.title for one in newest.values()}) == len(newest)
