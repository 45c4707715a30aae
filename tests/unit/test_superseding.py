"""What a place of readers keeps of earlier search indexes: the last one, whatever was killed or refused."""

from pathlib import Path

import pytest

from fakes import MemoryTarget
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.superseding import forget_but_superseded, retire
from greenchannel.delivery.targets import TargetError
from greenchannel.portal.search_index import ENTRY

PAGE = "index.html"


def piece(letter: str) -> str:
    return f"search/index/{letter * 16}/names-0.json"


class Place:
    """A place that gets one index after the other, each of one piece; what is known of it is read anew each time."""

    def __init__(self, folder: Path) -> None:
        self.target, self._path = MemoryTarget(files={PAGE: b""}), folder / "journal.jsonl"
        self.journal.note({PAGE: {"sha256": "0"}})

    @property
    def journal(self) -> Journal:
        return Journal(self._path)

    def take(self, letter: str) -> tuple[str, ...]:
        files = (piece(letter), f"{piece(letter)}.gz", f"{ENTRY}.gz", ENTRY)
        self.target.files |= dict.fromkeys(files, b"")
        journal = self.journal
        journal.note({path: {"sha256": letter} for path in files})
        return retire(self.target, journal, files, files)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_piece_goes_with_its_variant_when_the_second_entry_without_it_is_there(place: Place) -> None:
    assert [place.take(one) for one in "abc"] == [(), (), (piece("a"), f"{piece('a')}.gz")]
    left = {*(f"{piece(one)}{end}" for one in "bc" for end in ("", ".gz")), ENTRY, f"{ENTRY}.gz", PAGE}
    assert set(place.target.files) == set(place.journal.entries) == left


def test_nothing_goes_while_no_new_entry_is_there(place: Place) -> None:
    place.take("a")
    place.take("b")
    files = (piece("c"), ENTRY)
    assert retire(place.target, place.journal, files, (piece("c"),)) == ()
    assert piece("a") in place.target.files


def test_a_run_that_believes_no_journal_does_not_forget_what_only_the_journal_knows(place: Place) -> None:
    place.take("a")
    place.take("b")
    forget_but_superseded(place.journal, (piece("b"), f"{piece('b')}.gz", ENTRY, f"{ENTRY}.gz"))
    assert place.journal.entries.keys() == {piece("a"), f"{piece('a')}.gz"}
    assert place.take("c") == (piece("a"), f"{piece('a')}.gz")


def test_what_a_place_refused_to_remove_goes_with_a_later_entry(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.take("a")
    place.take("b")

    def refuse(_target: MemoryTarget, _paths: object) -> None:
        raise TargetError("the line is down")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryTarget, "remove", refuse)
        with pytest.raises(TargetError):
            place.take("c")
    assert {piece(one) for one in "abc"} <= place.target.files.keys()
    assert place.take("d") == (piece("a"), f"{piece('a')}.gz")
    assert {piece(one) for one in "bcd"} <= place.target.files.keys()
