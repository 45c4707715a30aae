"""How a key is written: as its file writes it, else in the language of the file's other keys.

A message helps an officer only if its words are those that stand in the file.
"""

from collections.abc import Callable

from greenchannel.desk.newsroom import Document
from greenchannel.desk.schema import CHINESE_KEYS

_CHINESE = {english: chinese for chinese, english in CHINESE_KEYS.items()}
Spell = Callable[[str], str]


def spelling(document: Document, language: str) -> Spell:
    """From the English name of a key to its spelling. `language` is the newsroom's, for a file without keys."""
    lines = document.source.text.split("\n")
    written: dict[str, str] = {}
    for path, span in document.spans.items():
        if path.startswith("key:") and span.line <= len(lines):
            word = lines[span.line - 1][span.column - 1 : span.end_column - 1].strip("'\"")
            written.setdefault(path.removeprefix("key:").rpartition(".")[2], word)
    known = [word in CHINESE_KEYS for name, word in written.items() if name in _CHINESE]
    is_chinese = sum(known) * 2 > len(known) if known else language == "zh"
    names = _CHINESE if is_chinese else {}
    return lambda name: written.get(name) or names.get(name, name)
