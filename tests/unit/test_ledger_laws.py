"""What holds for every record that the tool can write, whatever happened in it and in which order."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import fold, read_events, write_events
from greenchannel.record.verification import verify
from small import FACT, Book, corrected

FACTS = tuple(replace(FACT, id=f"2026/shili/fact-{number}", body=f"正文{number}。") for number in range(1, 4))
STEPS = st.lists(
    st.tuples(st.sampled_from(["release", "on duty", "see", "sign", "withdraw"]), st.sampled_from(FACTS)), max_size=12
)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A record of some steps; those that cannot be taken where they stand are left out, as the gate would."""
    book = Book()
    for step, fact in draw(STEPS):
        known = book.state.releases.get(fact.id)
        if step in ("release", "on duty"):
            times = len(known.revisions) if known else 0
            book.release(corrected(fact, times) if times else fact, on_duty=step == "on duty")
        elif step == "see" and known and not known.withdrawal:
            book.see(fact.id, len(known.revisions))
        elif step == "sign" and known and known.unsigned:
            book.sign(fact.id, known.unsigned[0].number)
        elif step == "withdraw" and known and not known.withdrawal:
            book.withdraw(fact.id)
    return book


@settings(deadline=None)
@given(books())
def test_what_the_tool_wrote_verifies(book: Book) -> None:
    found = verify(book.ledger, book.checkpoint, book.files.get)
    assert (found.problems, found.events, found.state) == ((), book.events, book.state)


@settings(deadline=None)
@given(books(), st.data())
def test_folding_goes_on_from_any_point(book: Book, data: st.DataObject) -> None:
    split = data.draw(st.integers(min_value=0, max_value=len(book.events)))
    assert fold(book.events) == fold(book.events[split:], fold(book.events[:split]))


@settings(deadline=None)
@given(books(), st.data())
def test_every_beginning_of_a_record_is_a_record(book: Book, data: st.DataObject) -> None:
    beginning = book.events[: data.draw(st.integers(min_value=0, max_value=len(book.events)))]
    checkpoint = write_checkpoint(checkpoint_of(beginning[-1])) if beginning else None
    assert verify(write_events(beginning), checkpoint, book.files.get).problems == ()


@settings(deadline=None)
@given(books())
def test_reading_and_writing_a_record_are_inverse(book: Book) -> None:
    assert read_events(write_events(book.events)) == book.events


@settings(deadline=None)
@given(books(), st.data())
def test_a_record_without_any_one_of_its_lines_is_none(book: Book, data: st.DataObject) -> None:
    if book.events:
        without = data.draw(st.integers(min_value=0, max_value=len(book.events) - 1))
        left = (*book.events[:without], *book.events[without + 1 :])
        assert verify(write_events(left), book.checkpoint, book.files.get).problems
