"""T, third part: does the verdict bring the sections it owes? (regulation, Annex 1, section 4)"""

import re
from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.message import keys, message
from greenchannel.domain.release import Response
from greenchannel.domain.sections import CLARIFICATION, EVIDENCE, MEASURES, RESULT, is_about
from greenchannel.domain.vocabulary import Verdict

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def _has(body: str, words: tuple[str, ...]) -> bool:
    return any(is_about(heading, words) for heading in _HEADING.findall(body))


def _untrue(document: Document, _context: Context) -> Iterator[Finding]:
    """Untrue, but not clarified.

    What: the verdict is untrue or partly true, and no heading announces what is true; or it is untrue, and none
    announces the evidence.
    Why: where a report is untrue, the regulation asks to say what is true and to clear it up.
    Fix: add the sections, for example “核查情况” and “事实依据” (“Clarification” and “Evidence”).
    """
    value = document.value
    if not isinstance(value, Response):
        return
    needed = {
        Verdict.UNTRUE: (("核查情况 / Clarification", CLARIFICATION), ("事实依据 / Evidence", EVIDENCE)),
        Verdict.PARTLY_TRUE: (("核查情况 / Clarification", CLARIFICATION),),
    }
    for name, words in needed.get(value.verdict, ()):
        if not _has(value.body, words):
            yield Finding(
                document.span("verdict"),
                message("the verdict {verdict} needs a section {section}", verdict=value.verdict.zh, section=name),
                message("add the heading and what belongs under it"),
            )


def _true(document: Document, _context: Context) -> Iterator[Finding]:
    """True, but without measures or result.

    What: the verdict is true or partly true, and no heading announces the measures; or it is true, and there is
    neither a result nor a date by which one is promised (result_due).
    Why: where a report is true, the regulation asks to publish measures and results.
    Fix: add the sections, for example “工作措施” and “处置结果” (“Measures” and “Result”), or result_due.
    """
    value = document.value
    if not isinstance(value, Response) or value.verdict not in (Verdict.TRUE, Verdict.PARTLY_TRUE):
        return
    missing = [] if _has(value.body, MEASURES) else ["工作措施 / Measures"]
    if value.verdict is Verdict.TRUE and value.result_due is None and not _has(value.body, RESULT):
        missing.append("处置结果 / Result")
    for name in missing:
        yield Finding(
            document.span("verdict"),
            message("the verdict {verdict} needs a section {section}", verdict=value.verdict.zh, section=name),
            message(
                "add the heading and what belongs under it; a result that is still to come needs {result_due}",
                **keys("result_due"),
            ),
        )


def _no_claim(document: Document, _context: Context) -> Iterator[Finding]:
    """Untrue, but what?

    What: the verdict is untrue, and the key claim does not say what was claimed.
    Why: a reader who meets the rumour later, and a search engine that shows it, must find beside it that it is untrue.
    Fix: add claim (传言) in one sentence or two, as it was told; claim_source says where, claim_seen_at since when.
    """
    value = document.value
    if isinstance(value, Response) and value.verdict is Verdict.UNTRUE and not value.claim:
        yield Finding(
            document.span("verdict"),
            message("{claim} is missing: what is untrue?", **keys("claim")),
            message("add {claim}: what was claimed, in one sentence or two", **keys("claim")),
        )


RULES: tuple[Rule, ...] = (
    Rule("T123", Severity.ERROR, _untrue),
    Rule("T124", Severity.ERROR, _true),
    Rule("T125", Severity.WARNING, _no_claim),
)
