"""The index as a function of the record: each release once, the newest text only, little that changes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CHINA
from greenchannel.portal import search_index
from greenchannel.portal.plan import Planned, Stage
from greenchannel.portal.search_index import ENTRY, is_piece, plan_index, read_segments

START = datetime(2026, 11, 20, 9, tzinfo=CHINA)
Event = Mapping[str, Any]
# Which release, and what becomes of it.
CHANGES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["text", "withdrawn", "visible"])), max_size=60)


def events(changes: list[tuple[int, str]]) -> list[Event]:
    """A withdrawal or a receipt of what was never published is left out."""
    told: list[Event] = []
    known: set[int] = set()
    for number, (release, kind) in enumerate(changes):
        at = (START + timedelta(hours=number)).isoformat()
        event = {"id": f"2026/x/fact-{release}", "at": at, "title": f"标题{number}", "type": "fact"}
        event |= {"department": "housing", "sha256": f"{number:064x}"}
        if kind == "text":
            told.append({**event, "event": "corrected" if release in known else "published"})
            known.add(release)
        elif release in known:
            told.append({"id": event["id"], "at": at, "event": kind, "department": "housing"})
    return told


@pytest.fixture(autouse=True, scope="module")
def small() -> Any:
    """Segments that are full after 2 and after 8 changes, so that few changes show every case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "_SMALL", 2)
        patch.setattr(search_index, "_LARGE", 8)
        yield


def current(told: list[Event]) -> dict[str, str]:
    """Release -> the digest of what can be found of it."""
    found: dict[str, str] = {}
    for one in told:
        if one["event"] != "visible":
            found[one["id"]] = one.get("sha256", "")
    return found


@given(CHANGES)
def test_each_release_is_in_force_once_and_as_its_last_change_left_it(changes: list[tuple[int, str]]) -> None:
    told = events(changes)
    there = [
        (one.id, one.text)
        for segment in read_segments(told, CHINA)
        for number, one in enumerate(segment.documents)
        if number not in segment.gone
    ]
    assert len(there) == len(dict(there))
    assert dict(there) == current(told)


@given(CHANGES)
def test_a_change_leaves_the_pieces_of_the_large_segment_alone(changes: list[tuple[int, str]]) -> None:
    told = events(changes)
    folders = [[one.folder for one in read_segments(told[:end], CHINA)] for end in range(len(told) + 1)]
    counts = [sum(one["event"] != "visible" for one in told[:end]) for end in range(len(told) + 1)]
    for (before, _), (after, count) in pairwise(zip(folders, counts, strict=True)):
        if count > 8 and count % 8:
            assert before[0] == after[0]


def plan(told: list[Event]) -> list[Planned]:
    return list(plan_index(told, lambda digest: f"正文{int(digest, 16)}", CHINA, "maker"))


def test_the_entry_goes_out_behind_the_pieces_that_it_names() -> None:
    steps = plan(events([(release, "text") for release in range(10)]))
    assert [one.stage for one in steps] == [Stage.SEARCH, Stage.SEARCH, Stage.SEARCH_ENTRY]
    entry = json.loads(steps[-1].make()[0])
    assert steps[-1].paths == (ENTRY,)
    assert [one["documents"] for one in entry["segments"]] == [8, 2]
    for one, step in zip(entry["segments"], steps, strict=False):
        assert all(is_piece(path) and f"/{one['folder']}/" in path for path in step.paths)
        assert len(step.paths) == len(step.make()) == 2 + one["buckets"]


def test_a_withdrawn_text_is_in_no_piece_any_more_once_its_segment_is_written_anew() -> None:
    told = events([(0, "text"), (0, "withdrawn")])
    (segment, _) = plan(told)
    pieces = b"".join(segment.make())
    assert "标题".encode("utf-16-le")[0:2] in pieces
    assert "正文".encode("utf-16-le") not in pieces


def test_a_release_is_indexed_in_every_language_and_a_withdrawn_one_in_chinese_alone() -> None:
    (told,) = events([(0, "text")])
    english = {"language": "en", "title": "Fire", "path": "x", "sha256": f"{7:064x}"}
    (segment,) = read_segments([{**told, "translations": [english]}], CHINA)
    assert [one.languages for one in segment.documents] == [(("标题0", f"{0:064x}"), ("Fire", f"{7:064x}"))]
    gone = {**told, "event": "withdrawn"}
    (segment,) = read_segments([{**told, "translations": [english]}, gone], CHINA)
    assert [one.languages for one in segment.documents] == [(("标题0", ""),)]


def test_the_text_before_a_correction_is_gone_and_the_day_is_that_of_the_first() -> None:
    told = events([(0, "text"), (1, "text"), (0, "text")])
    old, new = read_segments(told, CHINA)
    assert [old.documents[number].id for number in old.gone] == ["2026/x/fact-0"]
    assert [(one.text, one.day) for one in new.documents] == [(f"{2:064x}", old.documents[0].day)]


def test_a_path_that_is_no_piece_is_not_taken_for_one() -> None:
    assert not any(map(is_piece, (ENTRY, "search/index.html", "search/index/0123456789abcdef/x.html")))
