"""An entry ready for every format: clean texts, absolute addresses, its full text or none, and how much it weighs.

Characters that XML cannot carry are dropped before anything else sees a text. A text that cannot be read as HTML is
left out, and the entry keeps its title, summary and link: one hostile release never spoils the feed of the others.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, TypeVar

from lxml import etree
from msgspec import Struct
from msgspec.structs import asdict, replace

from greenchannel.portal.absolute import absolute
from greenchannel.portal.views.feeds import FeedEntry

# Everything outside the production Char of XML 1.0, section 2.2. One such character is a ValueError for a whole feed.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("[&<>\"'\\\\\n\r\t]")  # A character of these becomes six at most: &quot;
# Bytes around the texts of an entry in the format that needs most, and around those of an attachment.
_FRAME, _ATTACHMENT_FRAME = 1_200, 700
_TITLE, _SUMMARY, _NAME = 600, 1_500, 300  # escaped bytes of the texts of a summary
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """`content` is HTML, None where the entry comes as a summary.

    `made` is what was written of it, by a format's extension and the voice of the feed.
    """

    entry: FeedEntry
    content: str | None
    made: dict[tuple[str, ...], bytes] = field(default_factory=dict, compare=False, repr=False)


def clean(value: T) -> T:
    """The same value with every text in it fit for XML, however deep."""
    result: Any = value
    if isinstance(value, str):
        result = _NOT_XML.sub("", value)
    elif isinstance(value, tuple):
        result = tuple(clean(one) for one in value)
    elif isinstance(value, Struct):
        result = replace(value, **{key: clean(one) for key, one in asdict(value).items()})
    return result  # type: ignore[no-any-return]


class Prepared:
    """An entry in both lengths with their weights, each made once for all documents that hold it.

    The `entry` is clean. `html` gives the clean HTML of a body by its digest; it is asked only when the full text is.
    """

    def __init__(self, entry: FeedEntry, html: Callable[[str], str]) -> None:
        self.entry, self._html = entry, html
        self.told = 0  # how much of what was written of it is remembered

    @property
    def written(self) -> int:
        """In how many ways, of both lengths."""
        return sum(len(one.made) for one in vars(self).values() if isinstance(one, Item))

    @cached_property
    def summary(self) -> Item:
        return Item(_in_summary(self.entry), None)

    @cached_property
    def summary_weight(self) -> int:
        return weight(self.summary)

    @cached_property
    def full(self) -> Item:
        return _in_full(self.entry, self._html(self.entry.body) if self.entry.body else "")

    @cached_property
    def full_weight(self) -> int:
        return weight(self.full)


def prepare(entry: FeedEntry, html: Callable[[str], str]) -> Prepared:
    """Of any entry. Its title comes in one line and is never empty: both RSS and Atom demand one."""
    tidy = clean(entry)
    title, tags = " ".join(tidy.title.split()) or tidy.url, tuple(one for one in tidy.tags if one)
    return Prepared(replace(tidy, title=title, tags=tags), html)


def _in_full(entry: FeedEntry, body: str) -> Item:
    """`body` is empty for a notice."""
    try:
        text = absolute(_NOT_XML.sub("", body), entry.url) if body else ""
    except (ValueError, etree.LxmlError):
        return Item(entry, None)
    said = "".join(f"<p>{escape(one, quote=False)}</p>" for one in entry.notes)
    more = f'<p><a href="{escape(entry.url)}">{escape(entry.more, quote=False)}</a></p>' if entry.more else ""
    # Again: the parser turns a reference such as &#8; into the character itself.
    return Item(entry, _NOT_XML.sub("", said + more + text))


def _in_summary(entry: FeedEntry) -> FeedEntry:
    """What is left where there is no room for more; the page that it leads to has the rest."""
    return replace(
        entry,
        title=_shortened(entry.title, _TITLE),
        summary=_shortened(entry.summary, _SUMMARY),
        tags=tuple(_shortened(one, _NAME) for one in entry.tags),
        department_name=_shortened(entry.department_name, _NAME),
        incident_title=_shortened(entry.incident_title, _NAME),
        contact=_shortened(entry.contact, _NAME),
        withdrawn=_shortened(entry.withdrawn, _SUMMARY),
        notes=(),
        attachments=(),
    )


def weight(item: Item) -> int:
    """At least as many bytes as the entry has in any of the formats, beside the words of the feed that it repeats."""
    entry = item.entry
    once = (entry.id, entry.title, entry.department_name, entry.incident_title, entry.text_url, entry.contact,
            entry.withdrawn, *entry.tags)  # fmt: skip
    twice = (entry.url, entry.item, entry.item_url, entry.incident, entry.department)
    files = (one.name + one.url for one in entry.attachments)
    return (
        _FRAME
        + escaped("".join(once))
        + 2 * escaped("".join(twice))
        + 2 * escaped(escape(entry.summary))
        + escaped(item.content or "")
        + sum(_ATTACHMENT_FRAME + 4 * escaped(one) for one in files)
    )


def escaped(text: str) -> int:
    """At least the bytes of a text in XML or in JSON, in an attribute or outside."""
    return len(text.encode()) + 5 * len(_ESCAPED.findall(text))


def _shortened(text: str, room: int) -> str:
    """As much of a text as fits into so many escaped bytes; what was cut off is marked."""
    if escaped(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if escaped(text[:middle] + "…") <= room else (low, middle - 1)
    return text[:low] + "…"
