"""L: do links, images and attachments lead where a reader can follow?"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from greenchannel.desk.attachments import leaves_folder
from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity, Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import keys, message

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)  # or a sign that is escaped, a bracket perhaps
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):|(//)")
# Behind the closing bracket of an inline link, as Python-Markdown reads it: blanks belong to the address. Nothing is
# tried twice ("+" behind a repetition), so that a hostile text costs its length.
_TEXT = r"(?:[^()\\]++|\\.)*+"
_TITLE = r"(?:\"[^\"]*+\"|'[^']*+')\s*+"
_TARGET = re.compile(
    rf"\(\s*+(?:(?P<marked><[^<>]*+>)\s*+(?:{_TITLE})?\)"
    rf"|(?P<titled>(?:[^()\"'\\]++|\\.|\((?:[^()\"'\\]++|\\.)*+\))*+){_TITLE}\)"
    rf"|(?P<plain>{_TEXT}(?:\({_TEXT}(?:\({_TEXT}\){_TEXT})*+\){_TEXT})*+)\))",
    re.DOTALL,
)
_UNTITLED = re.compile(r"([^\"']*)([\"']).*\2\s*", re.DOTALL)  # A title with quotation marks in it.
_DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)[^\[\]\n]{1,500}\]:[ \t]*(?:\n[ \t]*)?(?P<target>\S++)[ \t]*"
    r"(?:\n?[ \t]*(?:\"[^\n]*\"|'[^\n]*'|\([^\n]*\))[ \t]*)?$",
    re.MULTILINE,
)
_BLOCK_END = re.compile(r"\n[ \t]*\n")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()>#+.!|-])")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)[^`\n]+\1(?!`)")


@dataclass(frozen=True, slots=True)
class _Link:
    """`target` as the page has it; `text` is what stands in the square brackets."""

    text: str
    target: str
    is_image: bool
    span: Span


def _without_code(body: str) -> str:
    """The body with code blanked out, every other character at its place."""
    lines, fence = [], ""
    for line in body.split("\n"):
        found = _FENCE.match(line)
        if fence:
            lines.append(" " * len(line))
            if found and found[1].startswith(fence) and not line[found.end() :].strip():
                fence = ""
        elif found:
            fence = found[1]
            lines.append(" " * len(line))
        else:
            lines.append(_CODE_SPAN.sub(lambda code: " " * len(code[0]), line))
    return "\n".join(lines)


def _links(document: Document) -> Iterator[_Link]:
    if document.text is None or "[" not in document.text.body:
        return
    body = _without_code(document.text.body)
    starts = [0, *(found.end() for found in re.finditer("\n", body))]
    ends = [*(found.start() for found in _BLOCK_END.finditer(body)), len(body)]
    line = document.source.body_line
    opened: list[int] = []
    for sign in _BRACKET.finditer(body):
        position = sign.start()
        if sign[0] == "[":
            opened.append(position)
        elif sign[0] == "]" and opened:
            start = opened.pop()
            if found := _TARGET.match(body, position + 1, ends[bisect_right(ends, position)]):
                is_image = body[max(start - 1, 0)] == "!" and start > 0
                begin = start - 1 if is_image else start
                span = _span(starts, line, begin, found.end())
                yield _Link(body[start + 1 : position].strip(), _clean(_address(found)), is_image, span)
    for found in _DEFINITION.finditer(body):
        target = _clean(found["target"].lstrip("<").rstrip(">"))
        yield _Link("", target, is_image=False, span=_span(starts, line, *found.span("target")))


def _address(found: re.Match[str]) -> str:
    if found["plain"] is None:
        return found["marked"][1:-1] if found["marked"] else found["titled"]
    untitled = _UNTITLED.fullmatch(found["plain"])
    return untitled[1] if untitled else found["plain"]


def _clean(target: str) -> str:
    plain = html.unescape(_ESCAPED.sub(r"\1", target))
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", plain).strip()


def _scheme_of(target: str) -> re.Match[str] | None:
    """As a browser would read it, which skips blanks."""
    return _SCHEME.match(re.sub(r"[\x20\xa0]", "", target))


def _span(starts: list[int], first_line: int, start: int, end: int) -> Span:
    """`starts` holds where each line of the body begins; `first_line` is the line of the first one in the file."""
    first, last = bisect_right(starts, start) - 1, bisect_right(starts, end) - 1
    return Span(first_line + first, start - starts[first] + 1, first_line + last, end - starts[last] + 1)


def _attachments(document: Document) -> tuple[str, ...]:
    value = document.value
    return () if value is None or isinstance(value, Incident) else value.attachments


def _neighbour(link: _Link) -> str | None:
    """The file beside the document that a relative link names; None for a full address or a place in the text."""
    if _scheme_of(link.target) or link.target.startswith(("#", "?")):
        return None
    return unquote(re.split(r"[?#]", link.target, maxsplit=1)[0]).removeprefix("./")


def _lost(document: Document, _context: Context) -> Iterator[Finding]:
    """A link to a file that is not there.

    What: a relative link or image names no file in the folder of the document.
    Why: readers would meet an error page.
    Fix: correct the name, or write the full address, beginning with https://.
    """
    for link in _links(document):
        path = _neighbour(link)
        if path is not None and path not in document.neighbours:
            yield Finding(
                link.span,
                message("the link leads to {target}, which is not in this folder", target=link.target),
                message("correct the name, or write the full address, beginning with https://"),
            )


def _scheme(document: Document, _context: Context) -> Iterator[Finding]:
    """A link that is no web, mail or telephone address.

    What: the address begins with something else than http:, https:, mailto: or tel:.
    Why: such links can run programs or open files at the reader's.
    Fix: use an https:// address.
    """
    for link in _links(document):
        found = _scheme_of(link.target)
        if found and (found[1] or "").lower() not in _SCHEMES:
            yield Finding(
                link.span,
                message("links that begin with {scheme} are not allowed", scheme=found[0]),
                message("use http://, https://, mailto: or tel:"),
            )


def _missing_attachment(document: Document, _context: Context) -> Iterator[Finding]:
    """An attachment that is not there.

    What: the list of attachments names a file that does not lie beside the document.
    Why: the release would promise what it does not hold.
    Fix: put the file into the folder, correct the name, or delete the entry.
    """
    for index, name in enumerate(_attachments(document)):
        if not leaves_folder(name) and name not in document.neighbours and f"{name}@" not in document.neighbours:
            yield Finding(
                document.span(f"attachments.{index}"),
                message("the attachment {name} is not in this folder", name=name),
                message("correct the name, or delete the entry"),
            )


def _unsafe_attachment(document: Document, _context: Context) -> Iterator[Finding]:
    """An attachment outside of the folder.

    What: the attachment is a link or a folder, or its name contains a slash or two dots.
    Why: a file from elsewhere on the computer could be released by such a name.
    Fix: copy the file itself into the folder, and write its bare name.
    """
    for index, name in enumerate(_attachments(document)):
        is_special = name not in document.neighbours and f"{name}@" in document.neighbours
        if leaves_folder(name) or is_special:
            yield Finding(
                document.span(f"attachments.{index}"),
                message("the attachment {name} is not a plain file in this folder", name=name),
                message("copy the file itself into the folder, and write its bare name"),
            )


def _unfit_attachment(document: Document, _context: Context) -> Iterator[Finding]:
    """An attachment of a kind that cannot be released.

    What: the file is no JPEG, PNG, WebP or PDF, its name says otherwise, or its name, size or number is not allowed.
    Why: files keep who made them, where, and earlier wordings; only these four kinds can be cleaned of that.
    Fix: export documents as PDF, save pictures as JPEG or PNG, put tables in the text; then correct the list.
    """
    for index, name in enumerate(_attachments(document)):
        unfit = document.unfit.get(name)
        if unfit and name in document.neighbours and not leaves_folder(name):
            yield Finding(document.span(f"attachments.{index}"), unfit.reason, unfit.hint)


def _unlisted(document: Document, context: Context) -> Iterator[Finding]:
    """A link to a file that does not become public.

    What: a relative link or image names a file of the folder that is not among the attachments of the release.
    Why: only listed attachments are released; readers would meet an error page instead of the file.
    Fix: list the file under attachments, or link to a public page with its full address, beginning with https://.
    """
    listed = _attachments(context.by_path.get(document.original, document))  # A translation has those of its original.
    for link in _links(document):
        path = _neighbour(link)
        if path in document.neighbours and path not in listed:
            yield Finding(
                link.span,
                message("the link leads to {target}, which is not among the attachments", target=link.target),
                message(
                    "list it under {attachments}, or write a full address, beginning with https://",
                    **keys("attachments"),
                ),
            )


def _no_alternative(document: Document, _context: Context) -> Iterator[Finding]:
    """An image without words.

    What: nothing stands in the square brackets of an image.
    Why: who cannot see the image, or gets the text by radio or a reader, learns nothing of it.
    Fix: say in the brackets what the image shows.
    """
    for link in _links(document):
        if link.is_image and not link.text:
            yield Finding(
                link.span,
                message("the image has no text in its square brackets"),
                message("say there what the image shows"),
            )


RULES: tuple[Rule, ...] = (
    Rule("L401", Severity.ERROR, _lost),
    Rule("L402", Severity.ERROR, _scheme),
    Rule("L403", Severity.ERROR, _missing_attachment),
    Rule("L404", Severity.ERROR, _unsafe_attachment),
    Rule("L405", Severity.ERROR, _unfit_attachment),
    Rule("L406", Severity.ERROR, _no_alternative),
    Rule("L407", Severity.ERROR, _unlisted),
)
