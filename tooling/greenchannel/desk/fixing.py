"""Safe repairs in a file's front matter: a value is set or a word respelled; all else keeps its bytes and order."""

from collections.abc import Iterable

from greenchannel.desk.document import Document
from greenchannel.desk.spelling import spelling
from greenchannel.domain.diagnostic import Edit, Respelling


def apply_edits(document: Document, edits: Iterable[Edit | Respelling]) -> str:
    """The text of the document with the edits in it. A new key is spelled in the language of the others.

    Where words are respelled nothing else is done: what else is wrong is seen only when they can be read.
    """
    lines = document.source.text.split("\n")
    wanted = tuple(edits)
    if respelled := sorted((one for one in wanted if isinstance(one, Respelling)), key=lambda one: one.span):
        for one in reversed(respelled):  # From the last, so that the places before it stay where they are.
            line = lines[one.span.line - 1]
            lines[one.span.line - 1] = f"{line[: one.span.column - 1]}{one.text}{line[one.span.end_column - 1 :]}"
        return "\n".join(lines)
    added = []
    for edit in (one for one in wanted if isinstance(one, Edit)):
        if (key := document.spans.get(f"key:{edit.key}")) is not None:
            line = lines[key.line - 1]
            written = line[key.column - 1 : key.end_column - 1]
            lines[key.line - 1] = f"{line[: key.column - 1]}{written}: {edit.value}"
        else:
            added.append(f"{spelling(document, 'en')(edit.key)}: {edit.value}")
    closing = next(number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    return "\n".join([*lines[:closing], *added, *lines[closing:]])
