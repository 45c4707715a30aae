"""The telling phrases of a file of the desk, as it is typed.

A phrase is a piece of a line between punctuation and Markdown's marks, long enough not to stand somewhere by chance.
Front matter is read as YAML, with its comments; where it cannot be, it is taken line by line, so that a file with
errors is guarded as well as a sound one. Keys that hold terms, ids and times are passed over, but for the release's own
id and its embargo.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from greenchannel.desk.frontmatter import Mapping, Node, Scalar, Sequence, read_document
from greenchannel.desk.schema import CHINESE_KEYS

_TELLING = frozenset(
    (
        *("title", "summary", "note", "venue", "name", "post", "moderator", "media_contact", "late_reason"),
        *("lead_reason", "attachments", "source", "reason"),
        *("document_number", "content_source", "keywords", "confirmed", "checking"),
        *("platform", "contact", "claim", "claim_source"),
    )
)
_PASSED_OVER = frozenset(CHINESE_KEYS.values()) - _TELLING  # A key that nobody knows may hold anything.
_LINE = re.compile(r"^[\s-]*(?:\"?([\w]+)\"?\s*[:：]\s*)?(.*)$")
_ID = ("id", "编号")
_COMMENT = re.compile(r"(?:^|\s)#(.*)$", re.MULTILINE)
# Addresses, and names joined by · or ： are put together by the site itself: no source has them whole. What is withheld
# of an address is its id, which is looked for by itself.
_BETWEEN = re.compile(r"https?://\S+|(?:mailto|tel):\S+|[·：]|[。！？；;|*_`~#>\[\]()（）{}\"“”\n\t]+|\s{2,}")
_DATE_WORDS = re.compile(r"[\d０-９年月日时分秒上下午点号.,:：/+\-\s第条页]*")
_SHORTEST, _SHORTEST_HAN = 12, 6
_SHORTEST_TITLE = 2  # Chinese characters


class Typed:
    """A file as it is typed, also where no parser can read it."""

    def __init__(self, raw: bytes, path: str) -> None:
        self.path = path
        self.id = path.removeprefix("incidents/").removesuffix(".md").removesuffix("/incident")
        self.titles: list[str] = []
        self.phrases: list[str] = []
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig", errors="replace")).replace("\r\n", "\n")
        lines, body = _split(text)
        if (front := read_document(raw).front) is not None:
            for key, node in front.entries:
                self._read_node(_name(key.text), node)
            self.phrases += (one for found in _COMMENT.finditer("\n".join(lines)) for one in _phrases(found[1]))
        else:
            for line in lines:
                self._read_line(line)
        self.phrases += _phrases(body)

    def _read_node(self, key: str, node: Node) -> None:
        match node:
            case Scalar(text=text):
                self._read_value(key, text.strip())
            case Sequence(items=items):
                for one in items:
                    self._read_node(key, one)
            case Mapping(entries=entries):
                for inner, value in entries:  # All of a source is internal; an id within is not that of the file.
                    self._read_node(key if key == "source" else "" if inner.text in _ID else _name(inner.text), value)

    def _read_line(self, line: str) -> None:
        if found := _LINE.match(line):
            self._read_value(_name(found[1] or ""), found[2].strip().strip("'\""))

    def _read_value(self, key: str, value: str) -> None:
        if key == "id" and value:
            self.id = value
        elif key == "release_at":
            self.phrases += _spelled_times(value)
        elif key == "title":
            self.titles += [value] if is_telling(value) or _is_short_title(value) else []
            self.phrases += [value] if is_telling(value) else []
        elif key not in _PASSED_OVER:
            self.phrases += _phrases(value)


def _name(key: str) -> str:
    return CHINESE_KEYS.get(key, key)


def _split(text: str) -> tuple[list[str], str]:
    """Lines of the front matter, and the body; of a file without its end mark everything is body."""
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    return (head.split("\n"), body) if mark and text.startswith("---\n") else ([], text)


def _phrases(text: str) -> Iterator[str]:
    return (one for piece in _BETWEEN.split(text) if is_telling(one := piece.strip(" \r-+,，、:：")))


@cache
def _han() -> re.Pattern[str]:
    """Compiled when it is asked for: so many letters take longer than the loading of the module."""
    return re.compile("[㐀-䶿一-鿿豈-﫿]")


def is_telling(phrase: str) -> bool:
    shortest = _SHORTEST_HAN if _han().search(phrase) else _SHORTEST
    return len(phrase) >= shortest and not _DATE_WORDS.fullmatch(phrase)


def _is_short_title(title: str) -> bool:
    return len(_han().findall(title)) >= _SHORTEST_TITLE and not _DATE_WORDS.fullmatch(title)


def _spelled_times(value: str) -> list[str]:
    try:
        return sorted({value, datetime.fromisoformat(value).isoformat()})
    except ValueError:
        return []
