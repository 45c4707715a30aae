"""What is frozen thaws to the same bytes, nothing internal is in it, and the ledger's state is a fold."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import CHINA, REPOSITORY
from greenchannel.domain.attachment import Attachment, Kind
from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Fact
from greenchannel.domain.vocabulary import Category, IncidentClass
from greenchannel.record.attachments import attachments_of
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.events import GENESIS, State, chain, fold, read_events, write_events
from greenchannel.record.freeze import freeze_incident, freeze_release, thaw, write_frozen
from greenchannel.record.gate import candidate, publication

RELEASES = REPOSITORY / "releases"
LEDGER = (RELEASES / "ledger.jsonl").read_bytes()
EVENTS = read_events(LEDGER)
TEXTS = sorted(RELEASES.rglob("*.md"))
PEOPLE = [
    one["id"] for one in yaml.safe_load((REPOSITORY / "content/registry/people.yml").read_text("utf-8"))["people"]
]
# The embargo is in no text; the ledger tells it with the publication, when it is over.
INTERNAL = {"author", "release_at", "by", "approver", "source", "note", "reported_up_at", "lead_reason", "cc"}
SECRET = "内部SECRET"  # noqa: S105  # A mark, not a password.
SECRET_TIME = datetime.fromisoformat("2031-07-07T07:07:07+08:00")

FACT = Fact(
    id="2026/shili/fact-1",
    title="示例",
    incident="2026/shili",
    department="housing",
    summary="摘要。",
    author=SECRET,
    body="正文。",
    release_at=SECRET_TIME,
)
INCIDENT = Incident(
    id="2026/shili",
    title="示例",
    category=Category.OTHER,
    incident_class=IncidentClass.ORDINARY,
    lead="housing",
    lead_reason=SECRET,
    reported_up_at=SECRET_TIME,
    cc=(SECRET,),
)


PLAN = Attachment(name="示意图.pdf", sha256="ab" * 32, size=1234, kind=Kind.PDF)


def test_a_frozen_text_gives_back_the_facts_of_its_attachments() -> None:
    assert attachments_of(thaw(freeze_release(FACT, 1, (PLAN,))).fields) == (PLAN,)


def test_a_text_without_attachments_keeps_the_bytes_it_always_had() -> None:
    assert freeze_release(FACT, 1, ()) == freeze_release(FACT, 1)
    assert b"attachments" not in freeze_release(FACT, 1)


def keys(value: object) -> set[str]:
    match value:
        case dict():
            return set(value) | {key for one in value.values() for key in keys(one)}
        case list():
            return {key for one in value for key in keys(one)}
    return set()


def without_place(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in event.items() if key not in ("seq", "at", "prev")}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(RELEASES).as_posix())
def test_a_frozen_text_thaws_to_the_same_bytes(path: Any) -> None:
    assert write_frozen(thaw(path.read_bytes())) == path.read_bytes()


@given(title=st.text(st.characters(codec="utf-8"), min_size=1), body=st.text(st.characters(codec="utf-8")))
def test_any_text_thaws_to_the_same_bytes(title: str, body: str) -> None:
    frozen = freeze_release(dataclasses.replace(FACT, title=title, body=body), 1)
    assert write_frozen(thaw(frozen)) == frozen


@pytest.mark.parametrize("data", [b"", b"---\n", b"no front matter\n", b"---\nid: 1\n"])
def test_what_was_not_frozen_does_not_thaw(data: bytes) -> None:
    with pytest.raises(ValueError, match="front matter"):
        thaw(data)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(RELEASES).as_posix())
def test_no_internal_field_is_in_a_frozen_text(path: Any) -> None:
    assert INTERNAL & set(thaw(path.read_bytes()).fields) == set()


def test_no_internal_field_is_in_the_ledger() -> None:
    named = keys(json.loads(json.dumps(EVENTS)))
    assert (INTERNAL - {"note", "release_at"}) & named == set()  # `note` is the public one of `changes`.


def test_no_officer_is_named_by_id_in_what_is_public() -> None:
    public = LEDGER + b"".join(path.read_bytes() for path in TEXTS)
    assert [one for one in PEOPLE if one.encode() in public] == []


def test_no_note_on_a_source_is_in_what_is_public() -> None:
    assert [path for path in (RELEASES / "ledger.jsonl", *TEXTS) if b"internal" in path.read_bytes()] == []


@pytest.mark.parametrize(
    "public",
    [
        freeze_release(FACT, 1),
        freeze_incident(INCIDENT, 1),
        canonical_json(publication(candidate(dataclasses.replace(FACT, release_at=None), INCIDENT, State()), "0" * 64)),
    ],
    ids=["release", "incident", "event"],
)
def test_what_is_internal_does_not_pass_the_gate(public: bytes) -> None:
    assert [one for one in (SECRET, "2031-07-07") if one.encode() in public] == []


def test_the_ledger_tells_the_embargo_of_what_was_released() -> None:
    event = publication(candidate(FACT, INCIDENT, State()), "0" * 64)
    assert event["release_at"] == "2031-07-07T07:07:07+08:00"


@given(split=st.integers(min_value=0, max_value=len(EVENTS)))
def test_folding_goes_on_from_any_point(split: int) -> None:
    assert fold(EVENTS) == fold(EVENTS[split:], fold(EVENTS[:split]))


def test_folding_leaves_the_state_it_began_with_alone() -> None:
    before = fold(EVENTS[:20])
    fold(EVENTS[20:], before)
    assert before == fold(EVENTS[:20])


def returned() -> tuple[Mapping[str, Any], ...]:
    """The sample's withdrawn release is published once more and withdrawn again."""
    withdrawal = next(one for one in EVENTS if one["event"] == "withdrawn")
    first = next(one for one in EVENTS if one["id"] == withdrawal["id"])
    again = without_place({**first, "event": "corrected", "revision": 2})
    state = fold(EVENTS)
    assert state.last_at
    return (*EVENTS, *chain(state, [again, without_place({**withdrawal, "reason": "再次撤回。"})], state.last_at))


def test_a_publication_after_a_withdrawal_ends_it_and_the_record_keeps_both() -> None:
    events = returned()
    back, gone = (fold(events[:end]).releases[events[-1]["id"]] for end in (len(events) - 1, len(events)))
    assert (back.withdrawal, back.updated_at) == (None, back.current.at)
    assert [one.revision for one in gone.withdrawals] == [1, 2]
    assert gone.withdrawal == gone.withdrawals[1]


@given(split=st.integers(min_value=0, max_value=len(EVENTS) + 2))
def test_folding_a_withdrawal_goes_on_from_any_point(split: int) -> None:
    events = returned()
    assert fold(events) == fold(events[split:], fold(events[:split]))


def test_an_unknown_event_is_not_folded() -> None:
    with pytest.raises(ValueError, match="unknown event"):
        fold([{"event": "renamed", "id": "2026/shili/fact-1", "at": "2026-11-20T10:00:00+08:00"}])


def test_a_withdrawn_release_still_appeared() -> None:
    state = fold(EVENTS)
    withdrawn = [one for one in state.releases.values() if one.withdrawal]
    assert {one.id for one in withdrawn} <= {
        seen.release for members in state.appearances(CHINA).values() for seen in members
    }


def test_reading_and_writing_the_ledger_are_inverse() -> None:
    assert write_events(EVENTS) == LEDGER


def test_the_first_event_follows_nothing() -> None:
    (first,) = chain(State(), [{"event": "x"}], SECRET_TIME)
    assert (first["seq"], first["prev"]) == (1, GENESIS)


def test_an_event_names_the_digest_of_the_one_before() -> None:
    first, second = chain(State(), [{"event": "x"}, {"event": "y"}], SECRET_TIME)
    assert second["prev"] == sha256(canonical_json(first))


def test_the_sample_ledger_is_a_chain() -> None:
    rebuilt: list[Mapping[str, Any]] = []
    for event in EVENTS:
        rebuilt += chain(fold(rebuilt), [without_place(event)], datetime.fromisoformat(event["at"]))
    assert write_events(rebuilt) == LEDGER
