"""Texts as overlapping pairs of characters, and which documents have which pair, as bytes.

Any substring of two or more characters is a chain of pairs, so a document that has it has all of its pairs: no
dictionary decides what can be found. Whether the pairs stand in a row is for whoever reads the document to say.

1. A text is folded first: full width to half, capitals to small; blanks, punctuation and control characters go. Each
   character is folded by itself and keeps its length in UTF-16, so that a place in the folded text is a place in the
   original one. templates/assets/search-index.js folds in the same way.
2. A pair is two units of UTF-16, as JavaScript counts them. Nearly every text in English has most pairs of letters, so
   that they choose little; three Latin letters or digits in a row are therefore a pair of their own, too: a unit that
   Unicode leaves to private use, and the three as a number.
3. A list of documents is a number, twice the count and one more for a bitmap, then the shorter of two forms: how far
   each document is from the one before (the first from -1), or a bitmap of all documents. Numbers are little endian in
   groups of seven bits (LEB128).
4. A piece holds the pairs of one bucket in order: the pair as two 16-bit numbers, little endian, the list of the
   documents that have it anywhere, and of those that have it in their title.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import sub
from struct import pack, unpack

_LEFT_OUT = ("P", "Z", "Cc", "Cf")  # general categories of Unicode
_LOW = 0x7F
_MORE = 0x80
_NOBODY = b"\0"
_MASK = 0xFFFFFFFF
_TRIPLE = 0xE000  # Private use: where a text has it as well, there are more candidates, never fewer.
_LATIN = "0123456789abcdefghijklmnopqrstuvwxyz"
_VALUES = {ord(one): value for value, one in enumerate(_LATIN)}
_GOLDEN = 0x9E3779B1  # 2^32 by the golden ratio: spreads neighbours (Knuth, TAOCP 6.4)
Pair = int  # first unit * 65,536 + second


class _Folding(dict[int, str | None]):
    """For str.translate: what each character becomes, found out once."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(character: str) -> str | None:
    if unicodedata.category(character).startswith(_LEFT_OUT):
        return None
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(_units(folded)) == len(_units(character)) else character


_FOLDING = _Folding()


def fold(text: str) -> str:
    return text.translate(_FOLDING)


def pairs(folded: str) -> frozenset[Pair]:
    units = _units(folded)
    return frozenset(first << 16 | second for first, second in pairwise(units)).union(_triples(units))


def _triples(units: Sequence[int]) -> Iterator[Pair]:
    values = [_VALUES.get(one, -1) for one in units]
    for first, second, third in zip(values, values[1:], values[2:], strict=False):
        if min(first, second, third) >= 0:
            yield _TRIPLE << 16 | (first * len(_LATIN) + second) * len(_LATIN) + third


def _units(text: str) -> tuple[int, ...]:
    """Surrogates that stand alone are no text, but must not stop us."""
    data = text.encode("utf-16-le", "surrogatepass")
    return unpack(f"<{len(data) // 2}H", data)


def bucket(pair: Pair, buckets: int) -> int:
    """Which of `buckets`, a power of two of at least two, has the pair."""
    mixed = ((pair >> 16) * 31 + (pair & 0xFFFF)) * _GOLDEN & _MASK
    return mixed >> (33 - buckets.bit_length())


@lru_cache(maxsize=1 << 14)  # An index has millions of numbers, and most of them are small.
def write_number(number: int) -> bytes:
    written = bytearray()
    while number > _LOW:
        written.append(number & _LOW | _MORE)
        number >>= 7
    written.append(number)
    return bytes(written)


def write_list(documents: Sequence[int], total: int) -> bytes:
    """`documents` rise; `total` is how many there are altogether."""
    if len(documents) == 1 and documents[0] < _LOW:  # Most pairs of a short segment are in one text only.
        return bytes((2, documents[0] + 1))
    gaps = _gaps(documents)
    if len(gaps) <= (size := (total + 7) // 8):
        return write_number(len(documents) << 1) + gaps
    bitmap = bytearray(size)
    for one in documents:
        bitmap[one >> 3] |= 1 << (one & 7)
    return write_number(len(documents) << 1 | 1) + bytes(bitmap)


def _gaps(documents: Sequence[int]) -> bytes:
    gaps = list(map(sub, documents, (-1, *documents)))
    # Of hundreds of thousands of lists most are short and have small gaps.
    return bytes(gaps) if not gaps or max(gaps) <= _LOW else b"".join(map(write_number, gaps))


def write_pieces(texts: Iterable[Iterable[tuple[str, str]]], buckets: int) -> tuple[bytes, ...]:
    """The pieces of a segment, bucket by bucket; `texts` are, of each document in turn, title and body per language."""
    anywhere, titled, total = dict[Pair, list[int]](), dict[Pair, list[int]](), 0
    for number, languages in enumerate(texts):
        found = [(pairs(fold(title)), pairs(fold(body))) for title, body in languages]
        in_title = frozenset[Pair]().union(*(title for title, _ in found))
        _add(titled, in_title, number)
        _add(anywhere, in_title.union(*(body for _, body in found)), number)
        total = number + 1
    return tuple(_piece(anywhere, titled, members, total) for members in _buckets(anywhere, buckets))


def _add(lists: dict[Pair, list[int]], found: frozenset[Pair], number: int) -> None:
    for pair in found:
        if (known := lists.get(pair)) is None:
            lists[pair] = [number]
        else:
            known.append(number)


def _buckets(found: Iterable[Pair], buckets: int) -> list[list[Pair]]:
    members: list[list[Pair]] = [[] for _ in range(buckets)]
    for pair in sorted(found):
        members[bucket(pair, buckets)].append(pair)
    return members


def _piece(
    anywhere: Mapping[Pair, list[int]], titled: Mapping[Pair, list[int]], members: Iterable[Pair], total: int
) -> bytes:
    written = bytearray()
    for pair in members:
        written += pack("<HH", pair >> 16, pair & 0xFFFF)
        written += write_list(anywhere[pair], total)
        written += write_list(titled[pair], total) if pair in titled else _NOBODY
    return bytes(written)
