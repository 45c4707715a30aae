"""S: does the file stand where it belongs, and does it say what a file of its kind must say?"""

import re
from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.rules.passages import passages
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.desk.scaffolds import BACKGROUND
from greenchannel.domain.diagnostic import Severity, Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import message


def _same_id(document: Document, context: Context) -> Iterator[Finding]:
    """Two documents with one id.

    What: the id, written or taken from the path, is also that of another file.
    Why: an id is an address, and one address leads to one text.
    Fix: change the id in the file that was not released yet; usually it was copied along.
    """
    if document.value is None:
        return
    others = [one.path for one in context.by_id[document.value.id] if one.path != document.path]
    if others:
        yield Finding(
            document.span("id"),
            message("the id {id} is also that of {other}", id=document.value.id, other=others[0]),
            message("change or delete the id in the file that was not released yet"),
        )


def _unknown_incident(document: Document, context: Context) -> Iterator[Finding]:
    """A release of an incident that does not exist.

    What: the key incident names no incident of the desk.
    Why: a release takes its clocks and its page from its incident.
    Fix: write the id of the incident, `<year>/<slug>`, as its folder is named.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.incident in context.incidents:
        return
    if not context.is_broken_incident(value.incident):
        yield Finding(
            document.span("incident"),
            message("there is no incident {incident}", incident=value.incident),
            message("write the id of the incident: <year>/<slug>, as its folder is named"),
        )


def _is_written(document: Document) -> bool:
    """Whether there is a text to be read, be its front matter right or not: the officer hears of both at once."""
    has_body = document.source.front is not None and bool(document.identifier or document.original)
    return has_body and not document.is_vanished


def _empty_body(document: Document, _context: Context) -> Iterator[Finding]:
    """A release without text.

    What: nothing stands below the front matter.
    Why: a title and a summary alone are no answer to the public.
    Fix: write the text below the second `---`.
    """
    is_incident = (document.original or document.path).endswith("/incident.md")
    if not _is_written(document) or is_incident or document.source.body.strip():
        return
    line = document.source.body_line
    said = message("the translation has no text") if document.translation else message("the release has no text")
    yield Finding(Span(line, 1, line, 1), said, message("write the text below the second ---"))


_HEADING = re.compile(r"(#{1,6})[ \t]+\S")


def _empty_section(document: Document, _context: Context) -> Iterator[Finding]:
    """A heading with nothing under it.

    What: a heading is followed by the end of the text or by a heading of its own level or above.
    Why: the scaffold's headings are there to be filled in; an empty one looks to the public like something withheld.
    Fix: write the section, or delete the heading.
    """
    if not _is_written(document):
        return
    heading: tuple[int, int, int] | None = None  # line, level, width
    fenced = False
    lines = enumerate([*document.source.body.split("\n"), "# end"], document.source.body_line)
    for number, line in lines:
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        found = None if fenced else _HEADING.match(line)
        if found and heading and len(found[1]) <= heading[1]:
            yield Finding(
                Span(heading[0], 1, heading[0], heading[2] + 1),
                message("nothing stands under this heading"),
                message("write the section, or delete the heading"),
            )
        if found or line.strip():
            heading = (number, len(found[1]), len(line)) if found else None


def _title(document: Document, _context: Context) -> Iterator[Finding]:
    """A title with angle brackets or a line break.

    What: the title contains `<`, `>` or more than one line.
    Why: titles go into feeds and foreign pages, where brackets are taken for markup and lines are cut.
    Fix: use 《》 or “” and write the title on one line.
    """
    if document.text is not None and any(sign in document.text.title for sign in "<>\n\u2028\u2029"):
        yield Finding(
            document.span("title"),
            message("the title contains <, > or a line break"),
            message("use 《》 or “” and write the title on one line"),
        )


# Each mark stands for itself: 待定 and 材料待补充 may be true statements, XXX within a word hides a name. Before each
# stand the signs that it always has: most texts have none of them, which is seen at once.
_MARKS = (
    *((re.escape(one), re.escape(one)) for one in BACKGROUND.values()),
    ("TODO|TBD|FIXME", r"(?<![A-Za-z0-9_/.#-])(?:TODO|TBD|FIXME)(?![A-Za-z0-9_/-])"),
    ("[Xx]{3}", r"(?<!\w)[Xx]{3,}(?![\w-])"),
    ("待补|待填", r"(?<![^\W_])(?:待补充?|待填写?)(?=[\W_]|$)"),
)
_SIGNS = re.compile("|".join(signs for signs, _ in _MARKS))
_PLACEHOLDER = re.compile("|".join(mark for _, mark in _MARKS))


def _placeholder(document: Document, _context: Context) -> Iterator[Finding]:
    """A placeholder that nobody replaced.

    What: a public field or the text holds what `new` wrote to be replaced, or a mark such as TODO, TBD, XXX or 待补充.
    Why: readers would see a text that the city itself calls unfinished.
    Fix: write what belongs there, or delete the mark.
    """
    if not _SIGNS.search(document.source.text):
        return
    for passage in passages(document):
        for found in _PLACEHOLDER.finditer(passage.text):
            yield Finding(
                passage.span(found),
                message("this placeholder was not replaced: {words}", words=found[0]),
                message("write what belongs here, or delete it"),
            )


def _no_original(document: Document, context: Context) -> Iterator[Finding]:
    """A translation without the text that it translates.

    What: a file such as `fact-1.en.md` has no `fact-1.md` beside it.
    Why: a translation is approved and released with its text; alone it would never become public.
    Fix: name it after the text that it translates, or write that text.
    """
    if document.original and document.original not in context.by_path:
        name = document.original.rpartition("/")[2]
        yield Finding(
            Span(),
            message("the text that this translates, {name}, is not in this folder", name=name),
            message("name the file after the text that it translates"),
        )


def _unused_ignore(_document: Document, _context: Context) -> Iterator[Finding]:
    """An ignore without effect.

    What: the key ignore names a code that does not exist, that found nothing here, or that begins with S.
    Why: a forgotten exception would one day hide a real fault; faults of the S family cannot be ignored at all.
    Fix: correct the code, or delete the entry.
    """
    yield from ()  # Only `checking` knows which ignores were used.


UNUSED_IGNORE = Rule("S019", Severity.WARNING, _unused_ignore)

RULES: tuple[Rule, ...] = (
    Rule("S015", Severity.ERROR, _same_id),
    Rule("S016", Severity.ERROR, _unknown_incident),
    Rule("S017", Severity.ERROR, _empty_body),
    Rule("S018", Severity.ERROR, _title),
    Rule("S020", Severity.ERROR, _empty_section),
    Rule("S025", Severity.ERROR, _placeholder),
    Rule("S028", Severity.ERROR, _no_original),
    UNUSED_IGNORE,
)
