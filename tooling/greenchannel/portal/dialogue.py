"""Questions and answers in the clean HTML of a conference's record, marked so that a theme can set them as a dialogue.

Officers write them in Markdown below a heading such as 答记者问, each beginning with who speaks in bold:
``**示例日报记者：** …`` and ``**答：** …``. Only the class is added; the words and their order are the record's.
"""

import re

from greenchannel.domain.sections import QUESTIONS, is_about
from greenchannel.portal.sanitising import plain_text

_SECTION = re.compile(r"^(?=<h[1-6] )", re.MULTILINE)
_HEADING = re.compile(r"<h(?P<level>[1-6]) [^<>]*>(?P<text>.*)</h[1-6]>$", re.MULTILINE)
_TURN = re.compile(r"<(?P<tag>p|li)><strong>(?P<who>[^<>]{1,60}?)(?=[：:]</strong>|</strong>[：:])")
_ASKS = re.compile(r"^问$|(?:提问|记者|主播)[）)]?$|question|reporter|journalist|^q\b", re.IGNORECASE)
_LEVELS = 6


def marked(body: str) -> str:
    """The class stands without quotation marks: whatever a body has in its attributes, nothing can be ended by it."""
    parts, level = list[str](), _LEVELS + 1
    for part in _SECTION.split(body):
        if (heading := _HEADING.match(part)) and int(heading["level"]) <= level:
            is_asked = is_about(plain_text(heading["text"]), QUESTIONS)
            level = int(heading["level"]) if is_asked else _LEVELS + 1
        parts.append(part if level > _LEVELS else _TURN.sub(_turn, part))
    return "".join(parts)


def _turn(found: re.Match[str]) -> str:
    kind = "question" if _ASKS.search(found["who"]) else "answer"
    return f"<{found['tag']} class={kind}><strong>{found['who']}"
