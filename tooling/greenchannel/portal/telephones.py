"""Telephone numbers within what an office wrote, so that a phone can call them.

A number counts only in the spellings of the numbering plan of mainland China: area code and number, mobile, 400 and
800, hotlines of three and five digits. A date, a sum or a number with an extension stays text.
"""

import re
from collections.abc import Iterator

from greenchannel.portal.views.parts import Link, Row

_BLANK = "[ -]?"
_SPELLINGS = (
    rf"(?:\+86{_BLANK}[1-9][0-9]{{1,2}}|0[1-9][0-9]{{1,2}}){_BLANK}[0-9]{{3,4}}{_BLANK}[0-9]{{4}}",
    rf"(?:\+86{_BLANK})?1[3-9][0-9]{_BLANK}[0-9]{{4}}{_BLANK}[0-9]{{4}}",
    rf"[48]00{_BLANK}[0-9]{{3}}{_BLANK}[0-9]{{4}}",
    "1[12][0-9]|1[02][0-9]{3}",
)
_NUMBER = re.compile(rf"(?<![0-9A-Za-z+.,:/-])(?:{'|'.join(_SPELLINGS)})(?![0-9A-Za-z:/-]|[转.,][0-9])")


def telephones(text: str) -> tuple[Link, ...]:
    """The text in pieces, in order and complete; those that are numbers lead to a call."""
    return tuple(_pieces(text))


def telephone_row(label: str, text: str) -> Row:
    return Row(label, text, pieces=telephones(text))


def _pieces(text: str) -> Iterator[Link]:
    done = 0
    for found in _NUMBER.finditer(text):
        if found.start() > done:
            yield Link(text[done : found.start()], "")
        yield Link(found[0], f"tel:{re.sub('[ -]', '', found[0])}")
        done = found.end()
    if done < len(text):
        yield Link(text[done:], "")
