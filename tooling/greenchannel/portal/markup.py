"""What a Markdown body becomes on a page: HTML that can't do anything but be read.

The rules, in order:

1. List indent: an item two or more spaces deeper than the one above it is nested. Python-Markdown asks for four,
   authors write two or three, so the indent is rewritten to multiples of four. Code stays as written.
2. Markdown: tables, footnotes, attribute lists, fenced code, heading ids that keep Chinese characters.
   Raw HTML is off: ``<b>`` in a body is the text ``<b>``.
3. What comes of it is cleaned (``sanitising``).

Nothing of a body is left for the next one. No limit is set on time or memory, and it is for one thread: bodies are
rendered through ``confinement``.
"""

import re
from functools import cache

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.preprocessors import Preprocessor
from msgspec import Struct

from greenchannel.portal.sanitising import Links, sanitised

_MARKER = re.compile(r"(?P<indent> *)(?P<marker>[-*+]|\d+\.)(?P<gap> +)(?=\S)")
_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *$")
_FENCE = re.compile(r" *(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")
_TAB = 4  # Python-Markdown's unit of indent.
_NESTED = 2  # An item this much deeper than the one above is nested in it.


def render_markdown(text: str, links: Links = ()) -> str:
    try:
        html = _markdown().reset().convert(text)
    except BaseException:
        _markdown.cache_clear()  # Stopped in the middle, it may hold something of this text.
        raise
    return sanitised(html, links)


@cache
def _markdown() -> Markdown:
    """To make one takes a fifth of the time of a body."""
    return Markdown(
        extensions=[
            AttrListExtension(),
            FencedCodeExtension(),
            FootnoteExtension(BACKLINK_TITLE="↩ {}"),  # Bodies come in several languages; an arrow needs none.
            TableExtension(use_align_attribute=True),  # The default is a style attribute, which rule 3 removes.
            TocExtension(marker="", slugify=slugify_unicode),
            _BodyExtension(),
        ],
    )


class _BodyExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # The name is Python-Markdown's.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        # After normalize_whitespace (30), which ends tabs, and before fenced_code (25), which takes the fences away.
        md.preprocessors.register(_ListIndent(md), "list_indent", 27)


class _ListIndent(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return indent_lists(lines)


class _Item(Struct, frozen=True):
    """An open list item: the columns where its marker and its text begin in the source."""

    marker: int
    content: int


def indent_lists(lines: list[str]) -> list[str]:
    """Rewrite the indent of list items, and of what belongs to them, to multiples of four."""
    indented: list[str] = []
    items: tuple[_Item, ...] = ()
    fence = ""
    is_after_blank = True
    block_width = 0
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and mark["fence"].startswith(fence) and not mark["rest"].strip():
                fence = ""
            indented.append(line)
        elif mark and "`" not in mark["rest"]:
            fence = mark["fence"]
            items = _items_around(items, _width(line))
            indented.append(line)
        else:
            items, placed = _place(line, items, is_after_blank=is_after_blank)
            if is_after_blank:
                block_width = _width(placed)
            elif items and _MARKER.match(placed) and _width(placed) < block_width:
                # Python-Markdown shifts a whole block by its first line; a shallower item must begin a new one.
                indented.append("")
                block_width = _width(placed)
            indented.append(placed)
        is_after_blank = not line.strip()
    return indented


def _place(line: str, items: tuple[_Item, ...], *, is_after_blank: bool) -> tuple[tuple[_Item, ...], str]:
    """Return the items open after the line, and the line at its new indent."""
    width = _width(line)
    if not line.strip():
        return items, line
    if _RULE.match(line):
        return (), line
    around = _items_around(items, width)
    if _is_code(width, around, is_after_blank=is_after_blank):
        return around, _place_code(line, around)
    if found := _MARKER.match(line):
        opened = _Item(width, found.end())
        return (*around, opened), " " * (_TAB * len(around)) + line.lstrip(" ")
    if is_after_blank:
        return around, " " * (_TAB * len(around)) + line.lstrip(" ") if around else line
    # Straight below an item's text the line continues it, however it is indented.
    return items, " " * (_TAB * (len(items) - 1)) + line.lstrip(" ") if items else line


def _items_around(items: tuple[_Item, ...], width: int) -> tuple[_Item, ...]:
    while items and width < items[-1].marker + _NESTED:
        items = items[:-1]
    return items


def _is_code(width: int, around: tuple[_Item, ...], *, is_after_blank: bool) -> bool:
    if not around:
        return width >= _TAB
    return is_after_blank and width >= around[-1].content + _TAB


def _place_code(line: str, around: tuple[_Item, ...]) -> str:
    width = _width(line)
    if width >= _TAB * (len(around) + 1):
        return line
    return " " * (_TAB * len(around) + width - around[-1].content) + line.lstrip(" ")


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
