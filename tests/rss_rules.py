"""Rules of RSS 2.0 and of the RSS Advisory Board's best practices profile, each by its name.

The package index has no validator of feeds: the W3C's is Python 2 and left Debian with it. So these are written down.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

CONTENT, ATOM = "{http://purl.org/rss/1.0/modules/content/}encoded", "{http://www.w3.org/2005/Atom}link"
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d{2}:\d{2}:\d{2} [+-]\d{4}"
)
_CHANNEL_ONCE = ("title", "link", "description", "language", "copyright", "managingEditor", "lastBuildDate", "ttl")
_ITEM_ONCE = ("title", "link", "description", "author", "guid", "pubDate", "enclosure", "source", "comments")
_KNOWN = {"channel", "item", "category", "docs", "generator", *_CHANNEL_ONCE, *_ITEM_ONCE}


def _items(channel: Any) -> Iterator[Any]:  # Any here and below: an element of lxml.
    yield from channel.iterfind("item")


def _is_address(text: str | None) -> bool:
    parts = urlsplit(text or "")
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and f"{parsedate_to_datetime(text):%a}" == text[:3]


def _enclosures_are_whole(channel: Any) -> bool:
    return all(
        _is_address(one.get("url")) and one.get("length", "").isdigit() and "/" in one.get("type", "")
        for one in channel.iterfind("item/enclosure")
    )


def _summary_comes_before_content(channel: Any) -> bool:
    return all(
        CONTENT not in (names := [one.tag for one in item])
        or "description" not in names
        or names.index("description") < names.index(CONTENT)
        for item in _items(channel)
    )


RULES: Mapping[str, Callable[[Any], bool]] = {
    "the document is rss 2.0 with one channel": lambda channel: (
        channel.getparent().get("version") == "2.0" and len(channel.getparent()) == 1
    ),
    "a channel has title, link and description": lambda channel: all(
        (channel.findtext(name) or "").strip() for name in ("title", "link", "description")
    ),
    "no element of a channel is repeated": lambda channel: all(
        len(channel.findall(name)) <= 1 for name in _CHANNEL_ONCE
    ),
    "no element of an item is repeated": lambda channel: all(
        len(item.findall(name)) <= 1 for item in _items(channel) for name in _ITEM_ONCE
    ),
    "an item has a title or a description": lambda channel: all(
        item.findtext("title") or item.findtext("description") for item in _items(channel)
    ),
    "a link is an absolute address": lambda channel: all(
        _is_address(one.text) for one in (*channel.iterfind("link"), *channel.iterfind("item/link"))
    ),
    "dates are those of RFC 822 with four digits of year": lambda channel: all(
        _is_date(one.text) for one in channel.iter("pubDate", "lastBuildDate")
    ),
    "every item has a guid, and no two the same": lambda channel: (
        len({item.findtext("guid") for item in _items(channel)}) == len(list(_items(channel)))
    ),
    "a guid that is no address says so": lambda channel: all(
        one.get("isPermaLink") == "false" or _is_address(one.text) for one in channel.iterfind("item/guid")
    ),
    "an item has one enclosure at most, with address, length and type": _enclosures_are_whole,
    "the feed names itself once by atom:link": lambda channel: (
        [one.get("rel") for one in channel.findall(ATOM)].count("self") == 1
    ),
    "the link to itself is absolute and has its type": lambda channel: all(
        _is_address(one.get("href")) and one.get("type") == "application/rss+xml"
        for one in channel.findall(ATOM)
        if one.get("rel") == "self"
    ),
    "a description stands before content:encoded": _summary_comes_before_content,
    "the time to live is a number of minutes": lambda channel: (channel.findtext("ttl") or "0").isdigit(),
    "a title has no marks of HTML": lambda channel: not any(
        set(one.text or "") & set("<>&") for one in (*channel.iterfind("title"), *channel.iterfind("item/title"))
    ),
    "an element outside the standard has a namespace": lambda channel: all(
        "}" in one.tag or one.tag in _KNOWN for one in channel.iter(etree.Element)
    ),
}


def broken(data: bytes) -> list[str]:
    """The names of the rules that a document breaks."""
    channel = etree.fromstring(data).find("channel")
    return [name for name, holds in RULES.items() if not holds(channel)]
