"""How a key is written: as its file writes it, else in the language of the file's other keys.

A message helps an officer only if its words are those that stand in the file.
"""

from collections.abc import Callable

from greenchannel.desk.document import Document
from greenchannel.desk.schema import CHINESE_NAMES, RELEASE_KEYS

Spell = Callable[[str], str]


def spelling(document: Document, language: str) -> Spell:
    """From the English name of a key to its spelling. `language` is the newsroom's, for a file without keys."""
    lines = document.source.text.split("\n")
    written: dict[str, str] = {}
    for path, span in document.spans.items():
        if path.startswith("key:") and span.line <= len(lines):
            word = lines[span.line - 1][span.column - 1 : span.end_column - 1].strip("'\"")
            written.setdefault(path.removeprefix("key:").rpartition(".")[2], word)
    known = [word in RELEASE_KEYS for name, word in written.items() if name in CHINESE_NAMES]
    is_chinese = sum(known) * 2 > len(known) if known else language == "zh"
    names = CHINESE_NAMES if is_chinese else {}
    return lambda name: written.get(name) or names.get(name, name)
