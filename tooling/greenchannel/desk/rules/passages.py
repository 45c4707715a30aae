"""Where in a file the words stand that a reader will see: public fields and the text below them, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from greenchannel.desk.document import Document
from greenchannel.domain.diagnostic import Span

# The fields that a reader sees, by their dotted paths.
_PUBLIC = re.compile(
    r"title|summary|late_reason|venue|moderator|media_contact|changes\.\d+\.note|speakers\.\d+\.\w+"
    r"|document_number|content_source|(?:keywords|confirmed|checking)\.\d+"
    r"|live\.\d+\.\w+|accreditation\.(?:contact|phone|note)|claim|claim_source"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` begins in `line` at `column`, both counted from 1."""

    line: int
    column: int
    text: str

    def span(self, found: re.Match[str]) -> Span:
        return Span(self.line, self.column + found.start(), self.line, self.column + found.end())


def passages(document: Document) -> Iterator[Passage]:
    """Nothing of a file that could not be understood."""
    if document.text is None:
        return
    lines = document.source.text.split("\n")
    for place in (span for path, span in document.spans.items() if _PUBLIC.fullmatch(path)):
        if place != Span():
            yield from _of_field(lines, place)
    for number, line in enumerate(document.text.body.split("\n"), document.source.body_line):
        yield Passage(number, 1, line)


def _of_field(lines: list[str], place: Span) -> Iterator[Passage]:
    for number in range(place.line, min(place.end_line, len(lines)) + 1):
        start = place.column - 1 if number == place.line else 0
        end = place.end_column - 1 if number == place.end_line else None
        yield Passage(number, start + 1, lines[number - 1][start:end])
