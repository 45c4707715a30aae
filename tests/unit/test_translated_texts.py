"""A translation is frozen, approved and told with the text that it translates, and where there is none, nothing is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Change, Fact
from greenchannel.domain.translation import Translation
from greenchannel.domain.vocabulary import ChangeKind, Language
from greenchannel.portal.addresses import public_path
from greenchannel.record.approval import Approval, read_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.freeze import freeze_incident, freeze_release, freeze_translation, thaw, write_frozen
from greenchannel.record.gate import candidate, is_text_public, refusals
from greenchannel.record.outlived import (
    altered_translations,
    is_original_public,
    missing_translations,
    outlived_translations,
)
from greenchannel.record.problem import Kind
from greenchannel.record.verification import verify
from small import FACT, INCIDENT, REGISTRY, START, Book, approval_of

ENGLISH = Translation(language=Language.ENGLISH, title="A title", summary="A summary.", body="A text.")
OTHER = replace(ENGLISH, body="Another text.")
TRANSLATED = replace(FACT, translations=(ENGLISH,))
PLACE = replace(INCIDENT, translations=(Translation(language=Language.ENGLISH, title="An example", body=""),))
NOTED = (Change(ChangeKind.UPDATE, "增加英文。"),)
PATH = "2026/shili/fact-1.r1.en.md"
TEXT = st.text(st.characters(codec="utf-8"))


def book(fact: Fact, incident: Incident = INCIDENT) -> Book:
    """A record with that release; the files of translations stand beside the others."""
    made = Book()
    made.files |= candidate(fact, incident, State()).translations
    made.release(fact, incident=incident)
    return made


def codes(fact: Fact, approval: Approval | None, state: State) -> list[str]:
    found = refusals(candidate(fact, INCIDENT, state), approval, state, REGISTRY, 0, START.replace(hour=12))
    return [one.code for one in found]


def test_a_frozen_translation_names_its_original_and_its_revision() -> None:
    assert freeze_translation(FACT.id, 2, ENGLISH).decode() == (
        '---\ngreenchannel: 1\nid: "2026/shili/fact-1"\nrevision: 2\nlanguage: "en"\n'
        'title: "A title"\nsummary: "A summary."\n---\n\nA text.\n'
    )


@given(title=TEXT.filter(len), summary=TEXT, body=TEXT)
def test_any_translation_thaws_to_the_same_bytes(title: str, summary: str, body: str) -> None:
    one = Translation(language=Language.ENGLISH, title=title, summary=summary, body=body)
    frozen = freeze_translation(FACT.id, 1, one)
    assert write_frozen(thaw(frozen)) == frozen


@given(one=TEXT, other=TEXT)
def test_the_text_vouches_for_the_bytes_of_its_translation(one: str, other: str) -> None:
    first, second = (replace(FACT, translations=(replace(ENGLISH, body=body),)) for body in (one, other))
    is_same = freeze_translation(FACT.id, 1, first.translations[0]) == freeze_translation(
        FACT.id, 1, second.translations[0]
    )
    assert (freeze_release(first, 1) == freeze_release(second, 1)) is is_same


KNOWN = replace(ENGLISH, confirmed=("A shop burnt.",), checking=("Why.",), claim="Two did.")


def test_a_translation_says_what_is_known_and_what_was_claimed_and_the_ledger_what_lists_need() -> None:
    frozen = freeze_translation(FACT.id, 1, KNOWN)
    assert thaw(frozen).fields["claim"] == "Two did."
    assert thaw(frozen).fields["confirmed"] == ["A shop burnt."]
    made = book(replace(FACT, translations=(KNOWN,)))
    (told,) = made.events[0]["translations"]
    assert (told["confirmed"], told["checking"], "claim" in told) == (["A shop burnt."], ["Why."], False)


def test_a_text_without_translations_says_nothing_of_them() -> None:
    assert b"translations" not in freeze_release(FACT, 1) + freeze_incident(INCIDENT, 1) + book(FACT).ledger


def test_the_ledger_tells_title_summary_place_and_digest() -> None:
    (event,) = book(TRANSLATED, PLACE).events
    digest = sha256(freeze_translation(FACT.id, 1, ENGLISH))
    assert event["translations"] == [
        {"language": "en", "title": "A title", "summary": "A summary.", "path": PATH, "sha256": digest}
    ]
    (told,) = event["incident"]["translations"]
    assert (told["title"], told["path"], "summary" in told) == ("An example", "2026/shili/incident.r1.en.md", False)


def test_what_is_written_is_what_the_ledger_names_and_the_text_comes_last() -> None:
    one = candidate(TRANSLATED, PLACE, State())
    assert list(one.frozen) == ["2026/shili/incident.r1.en.md", PATH, one.incident_path, one.path]
    assert public_path(PATH) == "releases/2026/shili/fact-1/r1.en.md"


def test_a_translation_added_or_changed_after_approval_refuses() -> None:
    approval = read_approval(approval_of(TRANSLATED, State()))
    assert codes(TRANSLATED, approval, State()) == []
    for changed in (FACT, replace(FACT, translations=(OTHER,))):
        assert codes(changed, approval, State()) == ["G603"]


def test_a_translation_added_changed_or_taken_away_later_is_a_change_that_wants_its_note() -> None:
    for before, after in ((FACT, TRANSLATED), (TRANSLATED, replace(FACT, translations=(OTHER,))), (TRANSLATED, FACT)):
        state = book(before).state
        assert codes(after, read_approval(approval_of(after, state)), state) == ["G607"]
        noted = replace(after, changes=NOTED)
        assert codes(noted, read_approval(approval_of(noted, state)), state) == []


def test_a_release_with_the_translation_that_is_public_is_unchanged() -> None:
    state = book(TRANSLATED).state
    assert is_text_public(TRANSLATED, state)
    assert codes(TRANSLATED, None, state) == ["G608"]


def test_a_translation_that_did_not_follow_its_text_is_known() -> None:
    state = book(TRANSLATED, PLACE).state
    assert outlived_translations(TRANSLATED, state) == ()
    assert outlived_translations(replace(TRANSLATED, body="另文。"), state) == (Language.ENGLISH,)
    assert outlived_translations(replace(TRANSLATED, body="另文。", translations=(OTHER,)), state) == ()
    assert outlived_translations(PLACE, state) == ()
    assert outlived_translations(replace(PLACE, body="另文。"), state) == (Language.ENGLISH,)
    assert outlived_translations(replace(PLACE, translations=()), state) == ()


def test_a_lost_or_edited_translation_is_told_at_its_line() -> None:
    made = book(TRANSLATED, PLACE)
    assert verify(made.ledger, made.checkpoint, made.files.get).problems == ()
    for path in (PATH, "2026/shili/incident.r1.en.md"):
        for data, kind in ((made.files[path] + b" ", Kind.FILE_CHANGED), (None, Kind.FILE_MISSING)):
            files = {**made.files, path: data}
            (found,) = verify(made.ledger, made.checkpoint, files.get).problems
            assert (found.kind, found.path, found.line) == (kind, path, 1)


def test_a_line_that_tells_of_no_translation_as_it_must_be_told_is_none_of_ours() -> None:
    whole = book(TRANSLATED)
    (event,) = whole.events
    for wrong in ("en", [{**event["translations"][0], "language": "xx"}], [{"language": "en"}]):
        forged = Book()
        forged.add({**event, "translations": wrong})
        (found,) = verify(forged.ledger, forged.checkpoint, whole.files.get).problems
        assert (found.kind, str(found.problem)) == (Kind.IMPOSSIBLE, "translations is missing or malformed")


def test_a_public_translation_that_the_desk_has_no_more_is_known_until_the_release_is_withdrawn() -> None:
    made = book(TRANSLATED, PLACE)
    assert missing_translations(TRANSLATED, made.state) == missing_translations(PLACE, made.state) == ()
    assert missing_translations(replace(FACT, body="另文。"), made.state) == (Language.ENGLISH,)
    assert missing_translations(INCIDENT, made.state) == (Language.ENGLISH,)
    assert missing_translations(FACT, State()) == missing_translations(INCIDENT, State()) == ()
    made.withdraw(FACT.id)
    assert missing_translations(FACT, made.state) == ()


def test_what_changed_is_told_apart_the_text_or_its_translation() -> None:
    state = book(TRANSLATED).state
    for release, is_original, altered in (
        (TRANSLATED, True, ()),
        (FACT, True, ()),
        (replace(FACT, translations=(OTHER,)), True, (Language.ENGLISH,)),
        (replace(TRANSLATED, body="另文。"), False, ()),
    ):
        assert is_original_public(release, state) is is_original
        assert altered_translations(release, state) == altered
    assert altered_translations(TRANSLATED, book(FACT).state) == (Language.ENGLISH,)
    assert not is_original_public(FACT, State())
