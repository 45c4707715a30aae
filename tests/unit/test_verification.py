"""Whoever changes the record is found out: at the first bad line, with what was done to it. The untouched is sound."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY
from greenchannel.record.approval import countersignature_path
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.checkpoint import checkpoint_before, checkpoint_of, read_checkpoint, write_checkpoint
from greenchannel.record.events import State, fold, read_events
from greenchannel.record.problem import Kind, Problem
from greenchannel.record.verification import CHECKPOINT, LEDGER, verify
from greenchannel.record.withdrawal import withdrawal_path
from small import FACT, Book

RELEASES = REPOSITORY / "releases"
SAMPLE = (RELEASES / LEDGER).read_bytes()
SEAL = (RELEASES / CHECKPOINT).read_bytes()
LINES = SAMPLE.splitlines(keepends=True)
COUNT = len(LINES)
EVENTS = read_events(SAMPLE)
FILES = {path.relative_to(RELEASES).as_posix(): path.read_bytes() for path in RELEASES.rglob("*") if path.is_file()}
FROZEN = sorted({event["path"] for event in EVENTS if "path" in event})
DEEP = b"[" * 100_000
Found = list[tuple[Kind, int]]


def problems(ledger: bytes, checkpoint: bytes | None = SEAL, files: Mapping[str, bytes] = FILES) -> tuple[Problem, ...]:
    return verify(ledger, checkpoint, files.get).problems


def kinds(lines: Sequence[bytes], checkpoint: bytes | None = SEAL) -> Found:
    return [(one.kind, one.line) for one in problems(b"".join(lines), checkpoint)]


def line(event: Mapping[str, Any]) -> bytes:
    return canonical_json(event) + b"\n"


def edited(number: int, **values: object) -> list[bytes]:
    """The sample's lines with one that says something else, written as the tool writes it."""
    return [*LINES[: number - 1], line({**EVENTS[number - 1], **values}), *LINES[number:]]


def chained(*bodies: Mapping[str, Any]) -> bytes:
    """A ledger of these events in a chain without fault: what somebody writes who knows how."""
    head, lines = "0" * 64, b""
    for number, body in enumerate(bodies, 1):
        one = canonical_json({**body, "seq": number, "prev": head})
        head, lines = sha256(one), lines + one + b"\n"
    return lines


def sealed(ledger: bytes) -> bytes:
    last = json.loads(ledger.splitlines()[-1])
    return write_checkpoint(checkpoint_of({**last, "at": str(last.get("at"))}))


def test_the_untouched_record_is_sound() -> None:
    found = verify(SAMPLE, SEAL, FILES.get)
    assert (found.entries, found.problems, found.behind) == (COUNT, (), 0)


def test_verifying_gives_the_events_and_what_they_add_up_to() -> None:
    found = verify(SAMPLE, SEAL, FILES.get)
    assert (found.events, found.state) == (EVENTS, fold(EVENTS))


def test_every_file_of_the_sample_is_named_by_a_line() -> None:
    assert verify(SAMPLE, SEAL, FILES.get).held.digests.keys() == FILES.keys() - {LEDGER, CHECKPOINT}


@pytest.mark.parametrize("checkpoint", [None, write_checkpoint(checkpoint_before(EVENTS[0]))], ids=["none", "its own"])
def test_an_empty_record_is_sound(checkpoint: bytes | None) -> None:
    found = verify(b"", checkpoint, FILES.get)
    assert (found.entries, found.problems, found.state) == (0, (), State())


@settings(max_examples=100, deadline=None)
@given(position=st.integers(min_value=0, max_value=len(SAMPLE) - 1), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_told_once_and_at_its_line(position: int, flip: int) -> None:
    changed = bytearray(SAMPLE)
    changed[position] ^= flip
    number = SAMPLE[:position].count(b"\n") + 1
    (found,) = [one for one in problems(bytes(changed)) if one.path == LEDGER]
    assert found.line == number


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_an_edited_line_is_named_as_edited(number: int) -> None:
    assert kinds(edited(number, at=EVENTS[number - 1]["at"].replace(":0", ":1"))) == [(Kind.EDITED, number)]


@pytest.mark.parametrize("number", range(1, COUNT))
def test_a_dropped_line_is_named_as_dropped_where_it_stood(number: int) -> None:
    assert kinds(LINES[: number - 1] + LINES[number:]) == [(Kind.DROPPED, number)]


def test_dropped_lines_are_counted() -> None:
    (found,) = problems(b"".join(LINES[:9] + LINES[14:]))
    assert str(found.problem) == "lines 10 to 14 are missing here"


@pytest.mark.parametrize("first", range(1, COUNT))
def test_two_swapped_lines_are_named_as_reordered_at_the_first(first: int) -> None:
    before, one, other, after = LINES[: first - 1], LINES[first - 1], LINES[first], LINES[first + 1 :]
    assert kinds([*before, other, one, *after]) == [(Kind.REORDERED, first)]


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_a_doubled_line_is_named_as_inserted(number: int) -> None:
    assert kinds([*LINES[:number], LINES[number - 1], *LINES[number:]]) == [(Kind.INSERTED, number + 1)]


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_a_line_put_in_with_the_right_number_and_digest_is_named_as_inserted(number: int) -> None:
    forged = line({**EVENTS[number - 1], "more": "x"})
    assert kinds([*LINES[: number - 1], forged, *LINES[number - 1 :]]) == [(Kind.INSERTED, number)]


@pytest.mark.parametrize("number", [1, 30, COUNT])
def test_rubbish_between_two_lines_is_named_as_inserted(number: int) -> None:
    assert kinds([*LINES[: number - 1], b"rubbish\n", *LINES[number - 1 :]]) == [(Kind.INSERTED, number)]


@pytest.mark.parametrize("kept", range(COUNT))
def test_a_ledger_cut_off_between_two_lines_is_named_as_truncated(kept: int) -> None:
    assert kinds(LINES[:kept]) == [(Kind.TRUNCATED, kept + 1)]


@pytest.mark.parametrize("kept", [1, 2, 40, len(LINES[-1]) - 2])
def test_a_line_that_the_checkpoint_knows_was_cut_and_not_torn(kept: int) -> None:
    assert kinds([*LINES[:-1], LINES[-1][:kept]]) == [(Kind.TRUNCATED, COUNT)]


@pytest.mark.parametrize("kept", [1, 2, 40, len(LINES[-1]) - 2])
def test_a_line_that_no_checkpoint_knew_is_named_as_torn(kept: int) -> None:
    before = sealed(b"".join(LINES[:-1]))
    assert kinds([*LINES[:-1], LINES[-1][:kept]], before) == [(Kind.TORN, COUNT)]


@pytest.mark.parametrize("checkpoint", [SEAL, sealed(b"".join(LINES[:-1]))], ids=["known", "unknown"])
def test_a_last_line_without_its_line_break_is_torn_and_whole(checkpoint: bytes) -> None:
    found = verify(SAMPLE[:-1], checkpoint, FILES.get)
    assert ([one.kind for one in found.problems], found.is_whole) == ([Kind.TORN], True)


@pytest.mark.parametrize("number", range(1, COUNT))
def test_a_checkpoint_that_is_behind_is_sound(number: int) -> None:
    found = verify(SAMPLE, sealed(b"".join(LINES[:number])), FILES.get)
    assert (found.problems, found.behind) == ((), COUNT - number)


def test_a_ledger_without_a_checkpoint_is_told() -> None:
    assert kinds(LINES, None) == [(Kind.CHECKPOINT_MISSING, COUNT)]


@pytest.mark.parametrize(
    "data",
    [b"", b"{}\n", b"[]\n", b"\xff", DEEP, SEAL[:-1], SEAL + b" ", SEAL.replace(b":%d" % COUNT, b":true"), SEAL[:-3]],
    ids=["empty", "object", "list", "no UTF-8", "deep", "no line break", "blank", "true", "cut"],
)
def test_what_is_no_checkpoint_is_told(data: bytes) -> None:
    assert kinds(LINES, data) == [(Kind.CHECKPOINT_DAMAGED, COUNT)]


def test_a_checkpoint_with_another_time_is_told() -> None:
    assert kinds(LINES, SEAL.replace(b'"at":"2026', b'"at":"2025')) == [(Kind.CHECKPOINT_DAMAGED, COUNT)]


def test_a_record_rewritten_from_a_line_on_contradicts_its_checkpoint() -> None:
    rewritten = chained(*EVENTS[:-1], {**EVENTS[-1], "target": "mirror"}, {**EVENTS[-1], "target": "other"})
    assert kinds([rewritten]) == [(Kind.REWRITTEN, COUNT)]


@pytest.mark.parametrize("number", [1, 30, COUNT])
def test_a_record_continues_every_earlier_checkpoint_of_its_own(number: int) -> None:
    earlier = read_checkpoint(sealed(b"".join(LINES[:number])))
    assert verify(SAMPLE, SEAL, FILES.get, since=earlier).problems == ()


def test_a_rewritten_record_does_not_continue_an_earlier_checkpoint() -> None:
    forged = chained(*({**one, "title": "另题"} if "title" in one else one for one in EVENTS))
    found = verify(forged, sealed(forged), FILES.get, since=read_checkpoint(SEAL))
    assert [(one.kind, one.line) for one in found.problems] == [(Kind.REWRITTEN, COUNT)]


def test_a_shortened_record_does_not_continue_an_earlier_checkpoint() -> None:
    short = b"".join(LINES[:40])
    found = verify(short, sealed(short), FILES.get, since=read_checkpoint(SEAL))
    assert [(one.kind, one.line) for one in found.problems] == [(Kind.TRUNCATED, 41)]


@pytest.mark.parametrize("path", sorted(FILES.keys() - {LEDGER, CHECKPOINT}))
@pytest.mark.parametrize(("change", "kind"), [(b" ", Kind.FILE_CHANGED), (None, Kind.FILE_MISSING)])
def test_a_changed_or_missing_file_is_told_once_and_at_the_first_line_that_names_it(
    path: str, change: bytes | None, kind: Kind
) -> None:
    files = {key: value for key, value in FILES.items() if key != path}
    if change is not None:
        files[path] = FILES[path] + change
    (found,) = problems(SAMPLE, SEAL, files)
    withdrawn = next(number for number, event in enumerate(EVENTS, 1) if event["event"] == "withdrawn")
    first = (
        withdrawn
        if path.endswith(".withdrawal.json")
        else next(
            number
            for number, event in enumerate(EVENTS, 1)
            if path.removesuffix(".approval.json").removesuffix(".md")
            in {
                str(one.get("path")).removesuffix(".md")
                for named in (event, event.get("incident", {}))
                for one in (named, *named.get("attachments", ()), *named.get("translations", ()))
            }
        )
    )
    assert (found.kind, found.path, found.line) == (kind, path, first)


def test_files_behind_a_bad_line_are_checked_too() -> None:
    files = {**FILES, FROZEN[-1]: b"x"}
    found = problems(b"".join(edited(2, target="mirror")), SEAL, files)
    assert [(one.kind, one.path) for one in found] == [(Kind.EDITED, LEDGER), (Kind.FILE_CHANGED, FROZEN[-1])]


def test_a_public_copy_is_asked_for_no_approval() -> None:
    files = {path: data for path, data in FILES.items() if not path.endswith(".approval.json")}
    assert verify(SAMPLE, SEAL, files.get, approvals=False).problems == ()


IMAGE = "2026/x/attachments/aa.jpg"
ATTACHMENT = {"media_type": "image/jpeg", "name": "图.jpg", "path": IMAGE, "sha256": sha256(b"image"), "size": 5}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"image", []), (b"other", [Kind.FILE_CHANGED]), (None, [Kind.FILE_MISSING])],
    ids=["the same", "another", "none"],
)
def test_an_attachment_is_checked_like_a_text(data: bytes | None, expected: list[Kind]) -> None:
    ledger = chained({**EVENTS[0], "attachments": [ATTACHMENT]})
    files = {**FILES, IMAGE: data} if data else FILES
    found = verify(ledger, sealed(ledger), files.get)
    assert [one.kind for one in found.problems] == expected


@pytest.mark.parametrize(
    "data",
    [b'{"seq":NaN}', b'{"title":"\\ud800"}', DEEP, b"[]", b"null", b"\xff", b"", b"\x00" * 99, LINES[0][:-1] + b" "],
    ids=["NaN", "lone surrogate", "deep", "list", "null", "no UTF-8", "empty", "NUL", "not canonical"],
)
def test_a_line_that_is_no_canonical_object_is_named(data: bytes) -> None:
    assert kinds([*LINES, data + b"\n"]) == [(Kind.UNREADABLE, COUNT + 1)]


def test_a_second_signature_is_checked_like_an_approval() -> None:
    book = Book()
    book.release(FACT, on_duty=True)
    book.sign(FACT.id)
    path = countersignature_path(f"{FACT.id}.r1.md")
    files = {**book.files, path: book.files[path] + b" "}
    found = verify(book.ledger, book.checkpoint, files.get).problems
    assert [(one.kind, one.line, one.path) for one in found] == [(Kind.FILE_CHANGED, 2, path)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"{}\n", [Kind.FILE_CHANGED]), (None, [Kind.FILE_MISSING])],
    ids=["another", "none"],
)
def test_who_withdrew_is_checked_like_an_approval(data: bytes | None, expected: list[Kind]) -> None:
    book = Book()
    book.release(FACT)
    book.withdraw(FACT.id)
    path = withdrawal_path(f"{FACT.id}.r1.md")
    files = {key: value for key, value in book.files.items() if key != path} | ({path: data} if data else {})
    found = verify(book.ledger, book.checkpoint, files.get).problems
    assert [(one.kind, one.line, one.path) for one in found] == [(kind, 2, path) for kind in expected]


def test_a_public_copy_verifies_without_the_names_of_those_who_withdrew() -> None:
    book = Book()
    book.release(FACT)
    book.withdraw(FACT.id)
    texts = {path: data for path, data in book.files.items() if path.endswith(".md")}
    assert verify(book.ledger, book.checkpoint, texts.get, approvals=False).problems == ()


def test_an_older_withdrawal_that_names_nobody_is_sound() -> None:
    book = Book()
    book.release(FACT)
    book.add({"event": "withdrawn", "id": FACT.id, "department": "housing", "reason": "数据有误。"})
    assert verify(book.ledger, book.checkpoint, book.files.get).problems == ()


PUBLISHED, VISIBLE = EVENTS[0], EVENTS[1]
WITHDRAWN = {**VISIBLE, "event": "withdrawn", "department": "x", "reason": "x", "withdrawal": "0" * 64}
INCIDENT = PUBLISHED["incident"]
ATTACHED = next(one for event in EVENTS for one in event.get("attachments", ()))
IMPOSSIBLE: dict[str, tuple[Mapping[str, Any], ...]] = {
    "an unknown event": ({**PUBLISHED, "event": "renamed"},),
    "an event that is no text": ({**PUBLISHED, "event": ["published"]},),
    "visible before it is published": (VISIBLE,),
    "visible in a revision that is not there": (PUBLISHED, {**VISIBLE, "revision": 2}),
    "a revision out of sequence": ({**PUBLISHED, "revision": 2},),
    "published twice": (PUBLISHED, PUBLISHED),
    "corrected before it is published": ({**PUBLISHED, "event": "corrected"},),
    "an incident out of sequence": ({**PUBLISHED, "incident": {**INCIDENT, "revision": 3}},),
    "an incident that changed within a revision": (
        PUBLISHED,
        {**PUBLISHED, "event": "corrected", "revision": 2, "incident": {**INCIDENT, "path": "2026/x/incident.r1.md"}},
    ),
    "a withdrawal of nothing": ({"event": "withdrawn", "id": "2026/x/y", "department": "x", "reason": "x"},),
    "withdrawn twice": (PUBLISHED, *[{**VISIBLE, "event": "withdrawn", "department": "x", "reason": "x"}] * 2),
    "a withdrawal signed for another revision": (PUBLISHED, {**WITHDRAWN, "revision": 2}),
    "a withdrawal signed for no revision": (
        PUBLISHED,
        {key: value for key, value in WITHDRAWN.items() if key != "revision"},
    ),
    "a withdrawal signed with no digest": (PUBLISHED, {**WITHDRAWN, "withdrawal": None}),
    "a signature without its digest": (PUBLISHED, {**VISIBLE, "event": "countersigned"}),
    "no release": ({key: value for key, value in PUBLISHED.items() if key != "id"},),
    "no incident": ({**PUBLISHED, "incident": None},),
    "a path to elsewhere": ({**PUBLISHED, "path": "../../etc/passwd"},),
    "a path with NUL": ({**PUBLISHED, "path": "2026/x/a\x00.md"},),
    "a digest that is none": ({**PUBLISHED, "sha256": "x"},),
    "a number that is true": ({**PUBLISHED, "revision": True},),
    "a type nobody knows": ({**PUBLISHED, "type": "rumour"},),
    "a category nobody knows": ({**PUBLISHED, "incident": {**INCIDENT, "category": []}},),
    "a clock that is none": ({**PUBLISHED, "incident": {**INCIDENT, "claimed_at": "48:00"}},),
    "changes that are no list": ({**PUBLISHED, "changes": "x"},),
    "an attachment without its digest": ({**PUBLISHED, "attachments": [{"path": "2026/x/attachments/aa.jpg"}]},),
    "an attachment that leads elsewhere": ({**PUBLISHED, "attachments": [{**ATTACHED, "name": "../../pwned.jpg"}]},),
    "an attachment in place of a page": ({**PUBLISHED, "attachments": [{**ATTACHED, "name": "index.html"}]},),
    "an attachment without a name": (
        {**PUBLISHED, "attachments": [{key: value for key, value in ATTACHED.items() if key != "name"}]},
    ),
    "an attachment whose size is no number": ({**PUBLISHED, "attachments": [{**ATTACHED, "size": "big"}]},),
    "an attachment of a kind nobody cleans": ({**PUBLISHED, "attachments": [{**ATTACHED, "media_type": "text/html"}]},),
    "a change of a kind nobody knows": ({**PUBLISHED, "changes": [{"kind": "x", "note": "x"}]},),
    "no time": ({**PUBLISHED, "at": "yesterday"},),
    "a time without an offset": ({**PUBLISHED, "at": "2026-11-20T10:00:00"},),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_sound_chain_of_impossible_events_is_told_at_the_first(name: str) -> None:
    bodies = IMPOSSIBLE[name]
    ledger = chained(*bodies)
    found = [one for one in verify(ledger, sealed(ledger), FILES.get).problems if one.path == LEDGER]
    assert [(one.kind, one.line) for one in found] == [(Kind.IMPOSSIBLE, len(bodies))]


def test_a_sound_chain_that_runs_back_in_time_is_told() -> None:
    ledger = chained(PUBLISHED, {**VISIBLE, "at": "2026-01-01T00:00:00+08:00"})
    assert [(one.kind, one.line) for one in verify(ledger, sealed(ledger), FILES.get).problems] == [(Kind.BACKDATED, 2)]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_what_to_do(kind: Kind) -> None:
    assert str(Problem(kind, 1, LEDGER, problems(b"x\n")[0].problem).hint)


def test_the_attachment_that_is_spoilt_above_is_sound_as_it_is() -> None:
    ledger = chained({**PUBLISHED, "attachments": [ATTACHED]})
    assert [one.kind for one in problems(ledger, sealed(ledger))] == []
