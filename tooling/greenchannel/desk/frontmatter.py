"""Bytes -> front matter with the place of every key and value, and the body as text.

1. Size, encoding and forbidden characters are looked at first; what cannot be read as text has no front matter.
2. YAML scalars stay strings (no ``48:00`` -> 2880, no ``no`` -> False); the schema parses them.
3. Duplicate keys, anchors, aliases, tags and deep nesting are faults.

A fault is a kind, a place and values; the rules in `rules.reading` give it a code and words.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import yaml

from greenchannel.desk.plain_words import of_yaml
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.message import Message, message

MAX_BYTES = 200_000
MAX_LINE = 20_000
MAX_FRONT = 64_000
MAX_DEPTH = 6
# Bidirectional controls and invisible characters can make a text read otherwise than it is (CVE-2021-42574).
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_WIDE_COLON = re.compile(r"[ ]*(?:- )?(\w{1,16})([ ]*：[ ]*)")
_LIKE_FRONT = re.compile(r"\s|- |#(?![# ])|[\"']?\w{1,32}[\"']?[ ]*(?:：|:(?:\s|$))")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FaultKind(StrEnum):
    EMPTY = "empty"
    NO_FRONT_MATTER = "no_front_matter"
    UNCLOSED = "unclosed"
    ENCODING = "encoding"
    TOO_LARGE = "too_large"
    FORBIDDEN_CHARACTER = "forbidden_character"
    SYNTAX = "syntax"
    WIDE_COLON = "wide_colon"
    DUPLICATE_KEY = "duplicate_key"
    YAML_FEATURE = "yaml_feature"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    BAD_VALUE = "bad_value"
    BAD_TIME = "bad_time"
    PLACEMENT = "placement"
    NO_INCIDENT_FILE = "no_incident_file"
    POLICY_NAME = "policy_name"
    POLICY_RULE = "policy_rule"
    UNKNOWN_POLICY = "unknown_policy"
    UNSET_FURNITURE = "unset_furniture"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place; `detail` and `suggestion` are for the words of the rule that tells of it."""

    kind: FaultKind
    span: Span
    detail: str = ""
    suggestion: str | Message = ""
    meant: str = ""  # what it is beyond doubt, spelled as it should be


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or number as it is written; `is_null` where nothing stands behind the key."""

    text: str
    span: Span
    is_null: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of YAML."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with what stands behind each, in the order of the file."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    span: Span


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: `text` whole with Unix line ends, `front` None where it could not be read."""

    text: str
    front: Mapping | None
    body: str
    body_line: int
    faults: tuple[Fault, ...] = field(default=())


NOT_READ = Source("", None, "", 1)


def read_document(raw: bytes) -> Source:
    """A Markdown file with front matter."""
    text, faults = _decode(raw)
    if text is None:
        return Source("", None, "", 1, tuple(faults))
    if not text.strip():
        return Source(text, None, "", 1, (*faults, Fault(FaultKind.EMPTY, Span())))
    lines = text.split("\n")
    closing = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() == "---" and closing is None:
        return Source(text, None, text, 1, (*faults, Fault(FaultKind.UNCLOSED, _end_of_keys(lines))))
    if closing is None or lines[0].rstrip() != "---":
        return Source(
            text, None, text, 1, (*faults, Fault(FaultKind.NO_FRONT_MATTER, Span(1, 1, 1, len(lines[0]) + 1)))
        )
    front, more = _read_yaml("\n".join(lines[1:closing]) + "\n", offset=1)
    rest = "\n".join(lines[closing + 1 :])
    blank = len(rest) - len(rest.lstrip("\n"))
    return Source(text, front, rest.strip("\n"), closing + 2 + blank, (*faults, *more))


def _end_of_keys(lines: list[str]) -> Span:
    """The first line that looks like none of the front matter, else the last one with anything in it."""
    written = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    number, line = next((one for one in written[1:] if not _LIKE_FRONT.match(one[1])), written[-1])
    return Span(number, 1, number, len(line) + 1)


def read_yaml(raw: bytes) -> Source:
    """A registry file: YAML and nothing else."""
    text, faults = _decode(raw)
    if text is None:
        return Source("", None, "", 1, tuple(faults))
    if not text.strip():
        return Source(text, None, "", 1, (*faults, Fault(FaultKind.EMPTY, Span())))
    front, more = _read_yaml(text, offset=0)
    return Source(text, front, "", 1, (*faults, *more))


def _decode(raw: bytes) -> tuple[str | None, list[Fault]]:
    if len(raw) > MAX_BYTES:
        return None, [Fault(FaultKind.TOO_LARGE, Span(), f"{len(raw)} > {MAX_BYTES} B")]
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        return None, [Fault(FaultKind.ENCODING, Span(row, column, row, column + 1), _guess_encoding(raw))]
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    faults = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            faults.append(Fault(FaultKind.TOO_LARGE, Span(number, 1, number, 2), f"{len(line)} > {MAX_LINE}"))
        faults += [
            Fault(
                FaultKind.FORBIDDEN_CHARACTER,
                Span(number, found.start() + 1, number, found.end() + 1),
                f"U+{ord(found[0]):04X}",
            )
            for found in _FORBIDDEN.finditer(line)
        ]
    return text, faults


def _guess_encoding(raw: bytes) -> str:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK/GB18030"


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def _read_yaml(text: str, *, offset: int) -> tuple[Mapping | None, list[Fault]]:
    """`offset` lines stand before the YAML in its file."""
    if len(text) > MAX_FRONT:
        return None, [Fault(FaultKind.TOO_LARGE, Span(), f"{len(text)} > {MAX_FRONT}")]
    if _FORBIDDEN.search(text):
        return None, []  # Reported by _decode; YAML would only repeat it in its own words.
    faults: list[Fault] = []
    try:
        events = yaml.parse(text, Loader=_LOADER)
        node = _Builder(events, offset, faults).build()
    except yaml.MarkedYAMLError as error:
        if wide := _wide_colons(text, offset):
            return None, [*faults, *wide]
        mark = error.problem_mark or error.context_mark
        span = (
            Span(mark.line + 1 + offset, mark.column + 1, mark.line + 1 + offset, mark.column + 2) if mark else Span()
        )
        return None, [*faults, Fault(FaultKind.SYNTAX, span, suggestion=of_yaml(error.problem or ""))]
    except yaml.YAMLError as error:
        return None, [*faults, Fault(FaultKind.SYNTAX, Span(), suggestion=of_yaml(str(error)))]
    except _RefusedError as refused:
        return None, [*faults, refused.fault]
    if not isinstance(node, Mapping):
        if wide := _wide_colons(text, offset):
            return None, [*faults, *wide]
        if isinstance(node, Scalar) and node.is_null:
            return Mapping((), Span(1 + offset, 1, 1 + offset, 1)), faults
        words = message("a mapping of keys to values is expected here")
        return None, [*faults, Fault(FaultKind.SYNTAX, node.span, suggestion=words)]
    return node, faults


def _wide_colons(text: str, offset: int) -> list[Fault]:
    """Why YAML found no key: the likeliest reasons, where a Chinese input method was left on."""
    return [
        Fault(
            FaultKind.WIDE_COLON,
            Span(number, found.start(2) + 1, number, found.end() + 1),
            found[1],
            meant=": ",
        )
        for number, line in enumerate(text.split("\n"), 1 + offset)
        if (found := _WIDE_COLON.match(line))
    ]


class _Builder:
    """Builds our tree from YAML events, so that anchors and duplicates, which a loader resolves, are still seen."""

    def __init__(self, events: Iterator[yaml.Event], offset: int, faults: list[Fault]) -> None:
        self._events = iter(events)
        self._offset = offset
        self._faults = faults

    def build(self) -> Node:
        for event in self._events:
            if isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.NodeEvent):
                return self._node(event, 0)
        return Scalar("", Span(), is_null=True)

    def _span(self, start: yaml.Event, end: yaml.Event | None = None) -> Span:
        first, last = start.start_mark, (end or start).end_mark
        if first is None or last is None:
            return Span()
        return Span(first.line + 1 + self._offset, first.column + 1, last.line + 1 + self._offset, last.column + 1)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _RefusedError(Fault(FaultKind.TOO_LARGE, self._span(event), f"> {MAX_DEPTH}"))
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(Fault(FaultKind.YAML_FEATURE, self._span(event), f"*{event.anchor}"))
        if anchor := getattr(event, "anchor", None):
            raise _RefusedError(Fault(FaultKind.YAML_FEATURE, self._span(event), f"&{anchor}"))
        if (tag := getattr(event, "tag", None)) and tag != "!":
            raise _RefusedError(Fault(FaultKind.YAML_FEATURE, self._span(event), str(tag)))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            return Scalar(event.value, self._span(event), plain and event.value in ("", "~", "null"))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _sequence(self, start: yaml.Event, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Sequence(tuple(items), self._span(start, event))

    def _mapping(self, start: yaml.Event, depth: int) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        seen: set[str] = set()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                words = message("a key must be a single word")
                raise _RefusedError(Fault(FaultKind.SYNTAX, key.span, suggestion=words))
            if key.text == "<<":
                raise _RefusedError(Fault(FaultKind.YAML_FEATURE, key.span, "<<"))
            if key.text in seen:
                self._faults.append(Fault(FaultKind.DUPLICATE_KEY, key.span, key.text))
            seen.add(key.text)
            entries.append((key, value))
        return Mapping(tuple(entries), self._span(start, event))
