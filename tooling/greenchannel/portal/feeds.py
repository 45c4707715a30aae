"""One stream as RSS 2.0, Atom 1.0 and JSON Feed 1.1: same entries, same order, same words in all three.

The rules, in order: characters XML cannot carry are dropped before anything else sees a text; a withdrawn entry
says so in its title and carries the notice instead of its text; addresses in a text become absolute; every date and
the generator are given, so that the bytes depend on the content alone.
It reads no clock and no file, and refuses a time without an offset (ValueError). RSS has no place for the time of
an update of an entry: only Atom and JSON Feed carry it.

feedgen switches the locale of the process while it writes an RSS date: never render feeds in threads.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urljoin

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import html

from greenchannel.portal.views import FeedEntry, FeedView

EXTENSIONS = (".rss", ".atom", ".json")
GENERATOR = "Greenchannel"
LANGUAGE = "zh-CN"
WITHDRAWN = "【已撤回】"
_ATOM = "http://www.w3.org/2005/Atom"
_BEHIND_DESCRIPTION = 3  # title, link and description come first in a channel

# Everything outside the production Char of XML 1.0, section 2.2. One such character is a ValueError for a whole feed.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An entry as all three formats show it: clean texts, absolute addresses."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    tags: tuple[str, ...]
    published: datetime
    updated: datetime


def render_feed(feed: FeedView, bodies: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the bytes of each of EXTENSIONS; `bodies` maps `FeedEntry.body` to its clean HTML."""
    items = tuple(_item(entry, feed.base, bodies) for entry in feed.entries)
    rss = _generator(feed, items, ".rss", "application/rss+xml").rss_str(pretty=True)
    atom = _generator(feed, items, ".atom", "application/atom+xml").atom_str(pretty=True)
    return rss, atom, _json_feed(feed, items)


def _item(entry: FeedEntry, base: str, bodies: Mapping[str, str]) -> _Item:
    url = urljoin(base, _strip(entry.url))
    if entry.withdrawn:
        title, content = WITHDRAWN + entry.title, f"<p>{escape(entry.withdrawn, quote=False)}</p>"
    else:
        title, content = entry.title, _absolute(_strip(bodies[entry.body]), url)
    return _Item(
        id=_strip(entry.id),
        url=url,
        title=_strip(title),
        summary=_strip(entry.summary),
        content=_strip(content),  # Again: the parser turns a reference such as &#8; into the character itself.
        tags=tuple(_strip(tag) for tag in (entry.type_label, entry.department, entry.incident) if tag),
        published=datetime.fromisoformat(entry.published),
        updated=datetime.fromisoformat(entry.updated),
    )


def _strip(text: str) -> str:
    return _NOT_XML.sub("", text)


def _absolute(body: str, page: str) -> str:
    """Resolve against the entry's own page, so that a footnote's `#fn:1` leads there and `/…` to the root of the host.

    An address that cannot be parsed stays as it is: a broken link must not take the whole feed with it.
    """
    root = html.fragment_fromstring(body, create_parent="div")
    root.make_links_absolute(page, handle_failures="ignore")
    inner = "".join(html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "", quote=False) + inner


def _generator(feed: FeedView, items: tuple[_Item, ...], extension: str, media_type: str) -> Any:
    """Fill one generator per format: feedgen writes the same rel=self into both, so one cannot serve two addresses.

    `Any`, as feedgen ships no types.
    """
    title, author = _strip(feed.title), {"name": _strip(feed.organisation), "email": _strip(feed.email)}
    generator = FeedGenerator()
    generator.id(_strip(feed.id))
    generator.title(title)
    generator.description(_strip(feed.description) or title)  # RSS demands one.
    generator.author(author)
    generator.language(LANGUAGE)
    generator.generator(GENERATOR)
    generator.updated(datetime.fromisoformat(feed.updated))
    generator.link(href=_address(feed, extension), rel="self", type=media_type)
    for hub in feed.hubs:
        generator.link(href=hub, rel="hub")
    if feed.hubs:
        generator.register_extension("hubs", _Hubs, atom=False)
        generator.hubs.addresses = feed.hubs
    # Last: feedgen takes the last link given, whatever its rel, as the channel link of RSS.
    generator.link(href=urljoin(feed.base, _strip(feed.home)), rel="alternate", type="text/html")
    for item in items:
        _add(generator.add_entry(order="append"), item, author)
    return generator


class _Hubs(BaseExtension):  # type: ignore[misc]  # feedgen ships no types.
    """What feedgen leaves out of RSS: the hubs by which a subscriber is told (WebSub, section 4)."""

    addresses: tuple[str, ...] = ()

    def extend_ns(self) -> dict[str, str]:
        return {"atom": _ATOM}

    def extend_rss(self, rss: Any) -> Any:
        channel = rss.find("channel")
        for place, address in enumerate(self.addresses):
            link = channel.makeelement(f"{{{_ATOM}}}link", rel="hub", href=address)
            channel.insert(_BEHIND_DESCRIPTION + place, link)
        return rss


def _add(entry: Any, item: _Item, author: Mapping[str, str]) -> None:
    """Fill an entry of feedgen (untyped, hence `Any`)."""
    entry.guid(item.id, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url, rel="alternate", type="text/html")
    entry.author(dict(author))
    entry.published(item.published)
    entry.updated(item.updated)
    # With a description present, feedgen writes it before content:encoded, as the RSS best practice profile asks.
    entry.description(item.summary, isSummary=True)
    entry.content(item.content, type="html")
    for tag in item.tags:
        entry.category(term=tag)


def _address(feed: FeedView, extension: str) -> str:
    return urljoin(feed.base, _strip(feed.path).lstrip("/") + extension)


def _json_feed(feed: FeedView, items: tuple[_Item, ...]) -> bytes:
    author = {"name": _strip(feed.organisation)}
    if feed.email:
        author["url"] = "mailto:" + _strip(feed.email)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _strip(feed.title),
        "description": _strip(feed.description),
        "home_page_url": urljoin(feed.base, _strip(feed.home)),
        "feed_url": _address(feed, ".json"),
        "language": LANGUAGE,
        "authors": [author],
        "items": [_json_item(item) for item in items],
        **({"hubs": [{"type": "WebSub", "url": one} for one in feed.hubs]} if feed.hubs else {}),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _json_item(item: _Item) -> dict[str, str | list[str]]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "tags": list(item.tags),
    }
