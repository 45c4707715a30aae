"""Does a file that is about to go out hold anything that the public must not read yet?

By construction it cannot: the site is made from the record, and nothing withheld is in the record. This is the proof
that the construction holds. Every phrase that is withheld is looked for as it stands and in each spelling in which a
program could have carried it along: gzip, Base64, escapes of addresses, HTML and JSON, UTF-16, pinyin.

What it finds is a suspicion. Whoever calls decides whether the phrase is public for another reason.
"""

import base64
import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick, Implementation

PINYIN = "pinyin"
_GZIP = b"\x1f\x8b"
_LARGEST = 64 * 1024 * 1024  # bytes of an unpacked file: a release is a thousandth of it
_URL_ESCAPE = re.compile("%..")
_JSON_ESCAPE = re.compile(r"\\u(....)")
# How a field begins and ends: in HTML and XML, also escaped; in JSON and attributes; a page's title before its site's.
_FIELDS = ((b">", b"<"), (b"&gt;", b"&lt;"), (b'"', b'"'), (b'\\"', b'\\"'), (b"<title>", b"_"))
_MANY = 500  # files, from which on the larger automaton pays
_AT_HAND = 4_096  # phrases, of up to ten kilobytes
_SHORTEST_BASE64 = 12  # characters; shorter ones are found by chance


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is withheld: a text, or a piece of a file that is none; `source` is its file of the desk, below content/."""

    text: str
    source: str
    pinyin: str = ""  # of a title: what could become an address
    piece: bytes = b""  # of a picture or document; `text` is then its name
    is_whole: bool = False  # too short to tell anything but as the whole of an element, an attribute or a JSON value


@dataclass(frozen=True, slots=True)
class Leak:
    """A phrase that the file at `path` must not hold, with the `spelling` under which it stands there."""

    path: str
    phrase: Phrase
    spelling: str


Guard = Callable[[str, bytes], tuple[Leak, ...]]  # of a file's path and bytes: what in them must not go out


class Scanner:
    """Finds all phrases in one pass over the bytes of a file, however many they are."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        known = dict[bytes, tuple[str, Phrase]]()
        for phrase in phrases:
            for spelling, data in _spelled(phrase):
                known.setdefault(data, (spelling, phrase))
        self._words, self._meanings = tuple(known), tuple(known.values())
        self._files = 0

    def find(self, path: str, data: bytes) -> tuple[Leak, ...]:
        """Each phrase once in each spelling in which it stands."""
        if not self._words:
            return ()
        self._files += 1
        automaton = self._thorough if self._files > _MANY else self._quick
        found: dict[tuple[Phrase, str], Leak] = {}
        for prefix, content in _layers(data):
            for number, _, _ in automaton.find_matches_as_indexes(content, overlapping=True):
                spelling, phrase = self._meanings[number]
                found.setdefault((phrase, spelling), Leak(path, phrase, prefix + spelling))
        return tuple(found.values())

    @cached_property
    def _quick(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._words)

    @cached_property
    def _thorough(self) -> BytesAhoCorasick:
        """Takes a tenth of a second to make, and a third of the time for each file."""
        return BytesAhoCorasick(self._words, implementation=Implementation.DFA)


@lru_cache(maxsize=_AT_HAND)  # Who guards again and again looks for what is being written, which is mostly the same.
def _spelled(phrase: Phrase) -> tuple[tuple[str, bytes], ...]:
    return tuple(spellings(phrase))


def spellings(phrase: Phrase) -> Iterator[tuple[str, bytes]]:
    if phrase.piece:
        yield "bytes", phrase.piece
        yield from (("Base64", one) for one in _base64(phrase.piece))
        return
    if phrase.is_whole:
        for spelling, data in _escaped(phrase.text):
            yield from ((spelling, start + data + end) for start, end in _FIELDS)
        return
    text, data = phrase.text, _utf8(phrase.text)
    yield from _escaped(text)
    yield "UTF-16", text.encode("utf-16-le", "surrogatepass")
    yield "UTF-16", text.encode("utf-16-be", "surrogatepass")
    escaped = quote(text, safe="", errors="surrogatepass")
    yield "URL", escaped.encode()
    yield "URL", _URL_ESCAPE.sub(lambda found: found[0].lower(), escaped).encode()
    yield from (("Base64", one) for one in _base64(data))
    if phrase.pinyin:
        yield PINYIN, phrase.pinyin.encode()
        yield PINYIN, phrase.pinyin.replace("-", "").encode()


def _escaped(text: str) -> Iterator[tuple[str, bytes]]:
    """As it stands, and as HTML and JSON write it."""
    yield "plain", _utf8(text)
    yield "HTML", _utf8(html.escape(text))
    yield "HTML", "".join(one if one.isascii() else f"&#{ord(one)};" for one in text).encode()
    for form in ("x", "X"):
        yield "HTML", "".join(one if one.isascii() else f"&#x{ord(one):{form}};" for one in text).encode()
    escaped = json.dumps(text)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON", _JSON_ESCAPE.sub(lambda found: "\\u" + found[1].upper(), escaped).encode()


def _utf8(text: str) -> bytes:
    """Of any text: the name of a file need not be one in UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def _layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", data
    if data.startswith(_GZIP):
        try:
            # Not gzip.decompress: a file that unpacks without end must not fill the memory.
            unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, _LARGEST)
        except zlib.error:
            return
        yield "gzip, ", unpacked


def _base64(data: bytes) -> Iterator[bytes]:
    """The letters that stand for `data` wherever in a longer text it begins: three ways, without the blurred ends."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data)
        first, last = -(-8 * shift // 6), 8 * (shift + len(data)) // 6
        for spelled in {encoded[first:last], encoded[first:last].translate(bytes.maketrans(b"+/", b"-_"))}:
            if len(spelled) >= _SHORTEST_BASE64:
                yield spelled
