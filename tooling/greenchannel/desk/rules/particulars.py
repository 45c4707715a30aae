"""S and T, for what a release says of itself: its number, the day it was signed, until when reporters may register."""

import re
from collections.abc import Iterator
from datetime import date

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import keys, message
from greenchannel.domain.release import Conference

# GB/T 9704-2012, 7.2.5: the body's short name, the year in full in 六角括号, the serial without 第 and leading noughts.
_NUMBER = re.compile(r"[^\s〔〕\[\]()（）【】]+〔(?:19|20)\d\d〕[1-9]\d*号")


def _document_number(document: Document, _context: Context) -> Iterator[Finding]:
    """A document number that is not written as the standard has it.

    What: document_number is not a short name, the year in 〔〕, a serial without leading noughts, and 号.
    Why: other systems find a document by its number, and they compare it sign by sign (GB/T 9704-2012).
    Fix: write it like 示应急发〔2026〕12号.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or not value.document_number:
        return
    if not _NUMBER.fullmatch(value.document_number):
        yield Finding(
            document.span("document_number"),
            message("{document_number} is not written as the standard has it", **keys("document_number")),
            message("write it like {example}: the year in 〔〕, no leading nought", example="示应急发〔2026〕12号"),
        )


def _formed_later(document: Document, context: Context) -> Iterator[Finding]:
    """Signed after it was published.

    What: formed_on (成文日期) is later than the day of the first publication, or than today if it is not public yet.
    Why: a text is signed before it goes out; a wrong date here is what inspections call a forged one.
    Fix: write the day on which the text was signed.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.formed_on is None:
        return
    if value.formed_on > _last_day(value.id, value.incident, context):
        yield Finding(
            document.span("formed_on"),
            message("{formed_on} is later than its publication", **keys("formed_on")),
            message("write the day on which the text was signed"),
        )


def _last_day(release: str, incident: str, context: Context) -> date:
    zone = context.now.tzinfo
    for one in context.appearances.get(incident, ()):
        if one.release == release:
            return one.published_at.astimezone(zone).date()
    return context.now.date()


def _registers_late(document: Document, _context: Context) -> Iterator[Finding]:
    """Registration ends after the beginning.

    What: the deadline of accreditation (采访报名) is later than starts_at.
    Why: a reporter who trusts it stands before a closed door.
    Fix: correct the one that is wrong.
    """
    value = document.value
    if not isinstance(value, Conference) or value.accreditation is None or value.accreditation.deadline is None:
        return
    if value.accreditation.deadline > value.starts_at:
        yield Finding(
            document.span("accreditation.deadline"),
            message("registration ends after the conference has begun ({starts_at})", **keys("starts_at")),
            message("correct the one that is wrong"),
        )


RULES: tuple[Rule, ...] = (
    Rule("S026", Severity.ERROR, _document_number),
    Rule("T126", Severity.ERROR, _formed_later, asks_record=True),
    Rule("T127", Severity.ERROR, _registers_late),
)
