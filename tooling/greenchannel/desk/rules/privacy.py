"""V: does the text hold numbers that belong to a private person?"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from greenchannel.desk.document import Document
from greenchannel.desk.rules.passages import passages
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity, Span
from greenchannel.domain.message import message
from greenchannel.domain.remembering import MOST_TEXTS

_RESIDENT_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
_BANK_CARD = re.compile(r"(?<![0-9])(?:[0-9]{16,19}|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{1,3})?)(?![0-9])")
_DIGIT = "[0-9０-９]"
# In every number of these kinds, and in hardly any text.
_TELLING = re.compile(
    rf"[1１][3-9３-９]{_DIGIT}(?:[ -]?{_DIGIT}{{4}}){{2}}|{_DIGIT}{{16}}|{_DIGIT}{{4}}(?:[ -]{_DIGIT}{{4}}){{3}}"
)
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_NINE = 9


def _is_resident_id(text: str) -> bool:
    """GB 11643: 17 digits weighted modulo 11."""
    if not _RESIDENT_ID.fullmatch(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECK_SIGNS[total % 11] == text[-1].upper()


def _is_bank_card(text: str) -> bool:
    """ISO/IEC 7812: the Luhn sum."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if _is_resident_id(text) or not any(digits):
        return False
    doubled = (2 * digit for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(two - _NINE if two > _NINE else two for two in doubled)) % 10 == 0


@lru_cache(maxsize=MOST_TEXTS)
def _may_hold_numbers(text: str) -> bool:
    """Asked by each rule here, and by who looks again and again with each look."""
    return bool(_TELLING.search(text))


def _found(document: Document, pattern: re.Pattern[str], holds: Callable[[str], bool]) -> Iterator[Span]:
    if not _may_hold_numbers(document.source.text):
        return
    for passage in passages(document):
        for found in pattern.finditer(passage.text.translate(_WIDE_DIGITS)):
            if holds(found[0]):
                yield passage.span(found)


def _resident_id(document: Document, _context: Context) -> Iterator[Finding]:
    """A resident identity number.

    What: a public field or the text holds 18 signs that are a valid resident identity number (GB 11643).
    Why: it is sensitive personal information, and what was once public cannot be called back.
    Fix: delete it, or keep only the first and last signs, with * between them.
    """
    for span in _found(document, _RESIDENT_ID, _is_resident_id):
        yield Finding(span, message("this is a resident identity number"), message("delete it or mask it with *"))


def _mobile(document: Document, _context: Context) -> Iterator[Finding]:
    """A mobile telephone number.

    What: a public field or the text holds 11 digits that are a mobile number.
    Why: it usually belongs to a private person; offices are reached by their landlines.
    Fix: write the landline of the office. Where a mobile is the official number, add an ignore with the reason.
    """
    for span in _found(document, _MOBILE, lambda _: True):
        yield Finding(span, message("this is a mobile number"), message("write the landline of the office"))


def _bank_card(document: Document, _context: Context) -> Iterator[Finding]:
    """A bank card number.

    What: a public field or the text holds 16 to 19 digits that are a valid bank card number.
    Why: it is sensitive personal information and invites fraud.
    Fix: delete it. For an official donation account, add an ignore with the reason.
    """
    for span in _found(document, _BANK_CARD, _is_bank_card):
        yield Finding(span, message("this is a bank card number"), message("delete it or mask it with *"))


RULES: tuple[Rule, ...] = (
    Rule("V501", Severity.ERROR, _resident_id),
    Rule("V502", Severity.ERROR, _mobile),
    Rule("V503", Severity.ERROR, _bank_card),
)
