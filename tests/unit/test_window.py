"""What a document holds, and what it leaves out first when there is no room."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from greenchannel.portal.streams import Stream, read_streams
from greenchannel.portal.window import Weighed, archived, archives, current, fold, in_full, unarchived
from ledgers import Ledger
from small import START


def stream(count: int, *, hours: float = 1, key: str = "all") -> Stream:
    ledger = Ledger()
    for number in range(count):
        ledger.publish(f"2026/x{number % 7}/fact-{number}")
        ledger.wait(hours=hours)
    return read_streams(ledger.events)[key]


def ids(found: Sequence[object]) -> list[str]:
    return [str(one.entry).rpartition("-")[2] for one in found]  # type: ignore[attr-defined]


def test_the_current_document_is_empty_while_the_stream_is() -> None:
    assert current(Stream("all")) == ()


def test_the_newest_entry_comes_first_and_the_ledger_breaks_ties() -> None:
    found = stream(3)
    assert ids(current(found)) == ["2", "1", "0"]
    moment = found.log[0].updated
    found.log = [one._replace(updated=moment) for one in found.log]
    assert ids(current(found)) == ["2", "1", "0"]


def test_of_one_second_what_happened_last_stands_first() -> None:
    ledger = Ledger()
    for number in (0, 1, 0):
        ledger.now = START
        ledger.publish(f"2026/x/fact-{number}", ("update", "更新。"))
    assert ids(current(read_streams(ledger.events)["all"])) == ["0", "1"]


def test_the_current_document_holds_a_hundred_however_old_they_are() -> None:
    found = current(stream(150, hours=24 * 30))
    assert ids(found) == [str(number) for number in reversed(range(50, 150))]


def test_the_current_document_holds_thirty_days_however_many_they_are() -> None:
    found = current(stream(1_000, hours=2))
    assert found[0].updated - found[-1].updated <= timedelta(days=30)
    assert len(found) == 1 + 30 * 24 * 60 // 121  # Each is two hours and a minute behind the one before.


def test_a_minor_fix_of_an_old_entry_stays_in_the_current_document_until_an_archive_holds_it() -> None:
    ledger = Ledger()
    for number in range(210):
        ledger.publish(f"2026/x/fact-{number}")
        ledger.wait(days=31)
    ledger.publish("2026/x/fact-0", ("minor", "错字。"))
    found = read_streams(ledger.events)["all"]
    assert current(found)[-1].entry == "2026/x/fact-0"
    assert len(current(found)) == 101
    assert "2026/x/fact-0" in unarchived(found)


@pytest.mark.parametrize("count", [198, 199, 200])
def test_an_old_entry_that_a_minor_fix_brings_into_a_stream_is_seen_by_who_does_not_page(count: int) -> None:
    """Also where its version completes an archive, as the one behind 199 others does."""
    ledger = Ledger()
    ledger.publish("2026/x/fact-0", department="water")
    for number in range(1, count + 1):
        ledger.publish(f"2026/x/fact-{number}")
        ledger.wait(days=31)
    ledger.publish("2026/x/fact-0", ("minor", "牵头部门有误。"), department="housing")
    assert current(read_streams(ledger.events)["departments/housing"])[-1].entry == "2026/x/fact-0"


def test_an_archive_holds_a_hundred_versions_and_each_entry_once() -> None:
    ledger = Ledger()
    for number in range(60):
        ledger.publish(f"2026/x/fact-{number}")
    for number in range(45):
        ledger.publish(f"2026/x/fact-{number}", ("update", "更新。"))
    found = read_streams(ledger.events)["all"]
    assert archives(found) == 1
    assert len(archived(found, 1)) == 60
    assert sum(one.text["revision"] == 2 for one in archived(found, 1)) == 40


def weighed(*incidents: str, may_go: Callable[[int], bool] = lambda _place: True) -> list[Weighed]:
    return [Weighed(name, 10, may_go(place)) for place, name in enumerate(incidents)]


def test_nothing_is_left_out_while_there_is_room() -> None:
    assert fold(weighed(*"aab"), 30) == [0, 1, 2]


def test_the_busiest_incident_folds_from_its_second_update_on() -> None:
    # Newest first: the incident a has its newest entry at 0 and its first at 6.
    entries = weighed(*"aabaabac")
    assert fold(entries, 70) == [0, 1, 2, 3, 5, 6, 7]
    assert fold(entries, 50) == [0, 2, 5, 6, 7]


def test_the_oldest_entries_go_when_folding_is_not_enough() -> None:
    assert fold(weighed(*"aabaabac"), 30) == [0, 2, 5]


def test_what_no_archive_holds_never_goes() -> None:
    assert fold(weighed(*"aaaa", may_go=lambda place: place == 2), 10) == [0, 1, 3]


@pytest.mark.parametrize(
    ("full", "room", "chosen"),
    [
        ((50, 50, 50), 30, set()),
        ((50, 50, 50), 110, {0, 1}),
        ((500, 50, 50), 110, {1, 2}),
        ((50, 50, 50), 150, {0, 1, 2}),
    ],
)
def test_the_newest_come_in_full_as_far_as_there_is_room(full: tuple[int, ...], room: int, chosen: set[int]) -> None:
    assert in_full([10, 10, 10], full.__getitem__, room) == chosen


def test_a_full_text_is_not_looked_at_where_there_is_no_room() -> None:
    assert in_full([10, 10], lambda place: pytest.fail(str(place)), 20) == frozenset()
