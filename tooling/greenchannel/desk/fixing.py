"""Safe repairs in a file's front matter: a value is set or a word respelled; all else keeps its bytes and order."""

from collections.abc import Iterable

from greenchannel.desk.newsroom import Document
from greenchannel.desk.schema import CHINESE_KEYS
from greenchannel.domain.diagnostic import Edit, Respelling

_CHINESE = {english: chinese for chinese, english in CHINESE_KEYS.items()}


def apply_edits(document: Document, edits: Iterable[Edit | Respelling]) -> str:
    """The text of the document with the edits in it. A new key is spelled as the file spells `title`.

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
            added.append(f"{_spelling(document, edit.key)}: {edit.value}")
    closing = next(number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    return "\n".join([*lines[:closing], *added, *lines[closing:]])


def _spelling(document: Document, key: str) -> str:
    title = document.spans.get("key:title")
    if title is None:
        return key
    written = document.source.text.split("\n")[title.line - 1][title.column - 1 : title.end_column - 1]
    return _CHINESE.get(key, key) if written in CHINESE_KEYS else key
