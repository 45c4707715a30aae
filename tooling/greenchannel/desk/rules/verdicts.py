"""T, third part: does the verdict bring the sections it owes? (regulation, Annex 1, section 4)"""

import re
from collections.abc import Iterator

from greenchannel.desk.newsroom import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.message import keys, message
from greenchannel.domain.release import Response
from greenchannel.domain.vocabulary import Verdict

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
# Words by which a heading is recognised, in either language.
_CLARIFICATION = ("澄清", "真相", "核实情况", "核查情况", "真实情况", "clarification", "what is true", "the facts")
_EVIDENCE = ("依据", "证据", "佐证", "evidence", "sources")
_MEASURES = ("措施", "整改", "measures", "action")
_RESULT = ("结果", "办理情况", "result", "outcome")


def _has(body: str, words: tuple[str, ...]) -> bool:
    return any(word in heading.lower() for heading in _HEADING.findall(body) for word in words)


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
        Verdict.UNTRUE: (("核查情况 / Clarification", _CLARIFICATION), ("事实依据 / Evidence", _EVIDENCE)),
        Verdict.PARTLY_TRUE: (("核查情况 / Clarification", _CLARIFICATION),),
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
    missing = [] if _has(value.body, _MEASURES) else ["工作措施 / Measures"]
    if value.verdict is Verdict.TRUE and value.result_due is None and not _has(value.body, _RESULT):
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


RULES: tuple[Rule, ...] = (
    Rule("T123", Severity.ERROR, _untrue),
    Rule("T124", Severity.ERROR, _true),
)
