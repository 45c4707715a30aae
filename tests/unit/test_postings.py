"""Whatever the texts and whatever the substring: who has it is among those who have its pairs."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.postings import bucket, fold, pairs, write_list, write_number, write_pieces

# Chinese, Latin, full and half width, punctuation, blanks, a character beyond the first plane, one that grows in NFKC.
TEXT = st.text(st.sampled_from("火灾青年路通报AaＡ１1，。 \n“”\u3000𠮷㎡é"), max_size=30)
Lists = Mapping[int, tuple[list[int], list[int]]]


class _Bytes:
    """A piece as the search page reads it."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unit(self) -> int:
        return self.byte() | self.byte() << 8

    def number(self) -> int:
        value = shift = 0
        while (byte := self.byte()) > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def list(self, total: int) -> list[int]:
        head = self.number()
        if head & 1:
            bitmap = [self.byte() for _ in range((total + 7) // 8)]
            return [one for one in range(total) if bitmap[one >> 3] >> (one & 7) & 1]
        found, last = [], -1
        for _ in range(head >> 1):
            last += self.number()
            found.append(last)
        return found


def read(piece: bytes, total: int) -> Iterator[tuple[int, tuple[list[int], list[int]]]]:
    given = _Bytes(piece)
    while given.at < len(piece):
        pair = given.unit() << 16 | given.unit()
        yield pair, (given.list(total), given.list(total))


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=20), st.data())
def test_who_has_a_substring_has_all_of_its_pairs(texts: list[tuple[str, str]], data: st.DataObject) -> None:
    pieces = write_pieces(([one] for one in texts), 4)
    lists: Lists = dict(one for piece in pieces for one in read(piece, len(texts)))
    number = data.draw(st.integers(0, len(texts) - 1))
    place = data.draw(st.sampled_from([0, 1]))
    text = texts[number][place]
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    for pair in pairs(fold(text[start:end])):
        anywhere, titled = lists[pair]
        assert number in anywhere
        assert number in titled or place == 1


@given(st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_a_list_has_nobody_who_lacks_the_pair(texts: list[tuple[str, str]]) -> None:
    for place, piece in enumerate(write_pieces(([one] for one in texts), 4)):
        for pair, (anywhere, titled) in read(piece, len(texts)):
            assert bucket(pair, 4) == place
            assert anywhere == [n for n, one in enumerate(texts) if any(pair in pairs(fold(text)) for text in one)]
            assert titled == [n for n, (title, _) in enumerate(texts) if pair in pairs(fold(title))]


def test_who_says_it_in_any_language_is_in_the_list() -> None:
    pieces = write_pieces([[("火灾", "明火"), ("Fire", "the festival")], [("台风", "")]], 2)
    lists: Lists = dict(one for piece in pieces for one in read(piece, 2))
    (tiv, *_) = pairs("tiv") - pairs("ti") - pairs("iv")
    assert [lists[one] for one in (*pairs("火灾"), *pairs("fi"), *pairs("ti"), tiv)] == [
        ([0], [0]),
        ([0], [0]),
        ([0], []),
        ([0], []),
    ]
    assert not pairs("灾t") & lists.keys()  # Nothing runs from one language into the other.


@pytest.mark.parametrize(("text", "triples"), [("a1", 0), ("tiv", 1), ("火iv3灾", 1), ("2026年", 2), ("éab火cd", 0)])
def test_three_latin_letters_or_digits_in_a_row_are_known_together(text: str, triples: int) -> None:
    assert len([one for one in pairs(text) if one >> 16 == 0xE000]) == triples


@given(st.integers(1, 3000), st.data())
def test_a_list_is_read_as_it_was_written_and_is_never_longer_than_a_bitmap(total: int, data: st.DataObject) -> None:
    documents = sorted(data.draw(st.sets(st.integers(0, total - 1))))
    written = write_list(documents, total)
    assert _Bytes(written).list(total) == documents
    assert len(written) <= (total + 7) // 8 + 3


@given(st.integers(0, 2**31 - 1))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert _Bytes(write_number(number)).number() == number


@given(TEXT)
def test_folding_folds_once_and_keeps_the_length_of_what_it_keeps(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    kept = "".join(one for one in text if fold(one))
    assert len(folded.encode("utf-16-le")) == len(kept.encode("utf-16-le"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("青年路，火灾。", "青年路火灾"),
        ("ＦＩＲＥ Brigade", "firebrigade"),
        ("“12·3”事故", "123事故"),
        ("面积260㎡", "面积260㎡"),
        ("第①号", "第1号"),
        ("𠮷\u200b野", "𠮷野"),
        ("İ", "İ"),  # It would grow.
    ],
)
def test_a_text_is_folded_like_this(text: str, folded: str) -> None:
    assert fold(text) == folded
