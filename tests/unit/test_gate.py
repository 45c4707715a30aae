"""Each refusal has one cause, and all causes are named at once."""

import re
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from greenchannel.domain.attachment import Attachment, Kind
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import Message, message
from greenchannel.domain.registry import Person, Registry
from greenchannel.domain.release import Change, Fact, Release, Response
from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass, Verdict
from greenchannel.record import gate
from greenchannel.record.approval import Approval, read_approval, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State, chain, fold
from greenchannel.record.gate import candidate, is_text_public, lacks_note, publication, refusals
from greenchannel.record.refusals import MANUALS

NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
HOUR = timedelta(hours=1)
INCIDENT = Incident(
    id="2026/shili", title="示例", category=Category.OTHER, incident_class=IncidentClass.ORDINARY, lead="housing"
)
FACT = Fact(
    id="2026/shili/fact-1",
    title="标题",
    incident="2026/shili",
    department="housing",
    summary="摘要。",
    author="author",
    body="正文。",
)
REGISTRY = Registry(
    people={
        name: Person(id=name, name=name, department="housing", post="科长", approves=approves)
        for name, approves in {"author": True, "approver": True, "clerk": False}.items()
    }
)


def approved(release: Release, state: State, *, by: str = "approver", on_duty: bool = False) -> Approval:
    one = candidate(release, INCIDENT, state)
    return Approval(
        release=release.id,
        sha256=sha256(one.text),
        incident_sha256=sha256(one.incident_text),
        author=release.author,
        by=by,
        at=NOW,
        release_at=release.release_at,
        on_duty=on_duty,
    )


def public(release: Fact, at: datetime = NOW - HOUR) -> State:
    return fold(chain(State(), [publication(candidate(release, INCIDENT, State()), "0" * 64)], at))


def codes(release: Fact, approval: Approval | None, *, state: State | None = None, errors: int = 0) -> list[str]:
    state = state or State()
    found = refusals(candidate(release, INCIDENT, state), approval, state, REGISTRY, errors, NOW)
    return [one.code for one in found]


def test_what_is_approved_and_new_may_go_out() -> None:
    assert codes(FACT, approved(FACT, State())) == []


def test_errors_refuse() -> None:
    assert codes(FACT, approved(FACT, State()), errors=2) == ["G601"]


def test_a_missing_approval_refuses() -> None:
    assert codes(FACT, None) == ["G602"]


def test_an_approval_of_another_release_refuses() -> None:
    assert codes(FACT, replace(approved(FACT, State()), release="2026/shili/fact-2")) == ["G602"]


def test_an_edit_after_approval_refuses() -> None:
    assert codes(replace(FACT, body="另文。"), approved(FACT, State())) == ["G603"]


def test_an_edit_of_the_incident_after_approval_refuses() -> None:
    assert codes(FACT, replace(approved(FACT, State()), incident_sha256="0" * 64)) == ["G603"]


@pytest.mark.parametrize("by", ["author", "clerk", "nobody"])
def test_an_approver_who_is_not_entitled_refuses(by: str) -> None:
    assert codes(FACT, approved(FACT, State(), by=by)) == ["G604"]


def test_an_embargo_refuses() -> None:
    held = replace(FACT, release_at=NOW + timedelta(seconds=1))
    assert codes(held, approved(held, State())) == ["G605"]


def test_an_embargo_ends_at_its_time() -> None:
    held = replace(FACT, release_at=NOW)
    assert codes(held, approved(held, State())) == []


def test_a_clock_behind_the_record_refuses() -> None:
    state = public(replace(FACT, id="2026/shili/fact-2"), NOW + timedelta(seconds=1))
    assert codes(FACT, approved(FACT, state), state=state) == ["G606"]


def test_a_change_without_a_note_refuses() -> None:
    state, edited = public(FACT), replace(FACT, body="另文。")
    assert codes(edited, approved(edited, state), state=state) == ["G607"]


def test_a_change_with_a_note_may_go_out() -> None:
    state = public(FACT)
    edited = replace(FACT, body="另文。", changes=(Change(ChangeKind.CORRECTION, "更正一处。"),))
    assert codes(edited, approved(edited, state), state=state) == []


def test_what_is_public_already_refuses() -> None:
    state = public(FACT)
    assert codes(FACT, approved(FACT, state), state=state) == ["G608"]


def test_an_embargo_moved_after_approval_refuses() -> None:
    assert codes(FACT, approved(replace(FACT, release_at=NOW + HOUR), State())) == ["G603"]


def test_an_officer_on_duty_may_release_a_fact_alone() -> None:
    assert codes(FACT, approved(FACT, State(), by="author", on_duty=True)) == []


def test_the_duty_rule_entitles_nobody() -> None:
    assert codes(FACT, approved(FACT, State(), by="clerk", on_duty=True)) == ["G604"]


def test_the_duty_rule_is_for_facts_alone() -> None:
    values = {field.name: getattr(FACT, field.name) for field in fields(FACT) if field.name != "type"}
    response = Response(**values, verdict=Verdict.TRUE)
    approval = approved(response, State(), on_duty=True)
    found = refusals(candidate(response, INCIDENT, State()), approval, State(), REGISTRY, 0, NOW)
    assert [one.code for one in found] == ["G609"]


PLAN = Attachment(name="plan.png", sha256="1" * 64, size=9, kind=Kind.PNG, data=b"picture 1")
OTHER_PLAN = replace(PLAN, sha256="2" * 64, data=b"picture 2")
WITH_PLAN = replace(FACT, attachments=("plan.png",))


def codes_with(
    attached: Attachment, approved_with: Attachment, *, state: State | None = None, unfit: tuple[Message, ...] = ()
) -> list[str]:
    state = state or State()
    approved_text = candidate(WITH_PLAN, INCIDENT, state, (approved_with,)).text
    approval = replace(approved(WITH_PLAN, state), sha256=sha256(approved_text))
    one = candidate(WITH_PLAN, INCIDENT, state, (attached,), unfit)
    return [found.code for found in refusals(one, approval, state, REGISTRY, 0, NOW)]


def public_with(attached: Attachment) -> State:
    one = candidate(WITH_PLAN, INCIDENT, State(), (attached,))
    return fold(chain(State(), [publication(one, "0" * 64)], NOW - HOUR))


def test_a_release_may_go_out_with_the_attachment_it_was_approved_with() -> None:
    assert codes_with(PLAN, PLAN) == []


def test_an_attachment_changed_after_approval_refuses() -> None:
    assert codes_with(OTHER_PLAN, PLAN) == ["G603"]


def test_an_attachment_that_cannot_go_out_refuses() -> None:
    assert codes_with(PLAN, PLAN, unfit=(message("lost.png: lost"), message("bomb.png: bomb"))) == ["G610", "G610"]


def test_a_public_release_with_a_lost_attachment_is_not_unchanged() -> None:
    assert codes_with(PLAN, PLAN, state=public_with(PLAN), unfit=(message("lost.png: lost"),)) == ["G610", "G607"]


def test_an_attachment_changed_after_publication_is_a_change_that_wants_its_note() -> None:
    assert codes_with(OTHER_PLAN, OTHER_PLAN, state=public_with(PLAN)) == ["G607"]


def reasons_with(attached: Attachment, approval: Approval, state: State) -> list[str]:
    one = candidate(WITH_PLAN, INCIDENT, state, (attached,))
    return [str(found.reason) for found in refusals(one, approval, state, REGISTRY, 0, NOW)]


def test_a_picture_changed_after_publication_is_not_told_as_a_changed_text() -> None:
    assert reasons_with(OTHER_PLAN, approved(WITH_PLAN, State()), public_with(PLAN)) == [
        "an attachment changed after approver approved it: approve it again",
        "an attachment changed: add an entry to changes with kind and note",
    ]


def test_before_publication_a_changed_picture_cannot_be_told_from_a_changed_text() -> None:
    assert reasons_with(OTHER_PLAN, approved(WITH_PLAN, State()), State()) == [
        "the text or an attachment changed after approver approved it: approve it again"
    ]


def test_a_note_is_lacking_only_where_the_public_text_changed() -> None:
    edited = replace(FACT, body="另文。")
    noted = replace(edited, changes=(Change(ChangeKind.CORRECTION, "更正一处。"),))
    inside = replace(FACT, author="clerk")
    found = [lacks_note(one, public(FACT)) for one in (edited, noted, inside, FACT)]
    assert (found, lacks_note(edited, State())) == ([True, False, False, False], False)


def test_the_public_text_is_known_without_opening_a_file() -> None:
    state = public_with(PLAN)
    changed = (replace(WITH_PLAN, body="另文。"), replace(WITH_PLAN, attachments=()))
    assert [is_text_public(one, state) for one in (WITH_PLAN, *changed)] == [True, False, False]


def test_an_event_names_where_the_bytes_stand() -> None:
    one = candidate(WITH_PLAN, INCIDENT, State(), (PLAN,))
    path = f"2026/shili/attachments/{PLAN.sha256}.png"
    facts = {"name": "plan.png", "sha256": PLAN.sha256, "size": 9, "media_type": "image/png"}
    assert publication(one, "0" * 64)["attachments"] == [{**facts, "path": path}]
    assert one.files == {path: PLAN.data}


def test_a_release_without_attachments_says_nothing_of_them() -> None:
    assert "attachments" not in publication(candidate(FACT, INCIDENT, State()), "0" * 64)


def test_all_reasons_are_named_at_once() -> None:
    state = public(FACT, NOW + HOUR)
    edited = replace(FACT, body="另文。", release_at=NOW + HOUR)
    stale = approved(FACT, State(), by="author")
    assert codes(edited, stale, state=state, errors=1) == ["G601", "G603", "G603", "G604", "G605", "G606", "G607"]


def test_an_approval_reads_back_as_written() -> None:
    approval = approved(FACT, State())
    assert read_approval(write_approval(approval)) == approval


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b'{"release":1}'])
def test_an_unreadable_approval_approves_nothing(data: bytes) -> None:
    assert read_approval(data) is None


def test_every_refusal_of_the_gate_has_its_manual() -> None:
    written = Path(gate.__file__).read_text("utf-8")
    assert set(re.findall(r'"(G\d{3})"', written)) == set(MANUALS)


@pytest.mark.parametrize("manual", MANUALS.values(), ids=MANUALS)
def test_a_manual_says_what_why_and_how(manual: str) -> None:
    assert re.fullmatch(r".+\n\nWhat: .+\nWhy: .+\nFix: .+", manual, flags=re.DOTALL)
