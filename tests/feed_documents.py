"""Documents of feeds as subscribers read them: by parsers that are not ours.

feedparser, which most consumers use, takes a second for a document of a year's feed. So lxml reads the XML here, and
feedparser reads one document in every so many and must find the same.
"""

import json
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
from lxml import etree

from ledgers import VOICE

_SPACES = {"atom": "http://www.w3.org/2005/Atom", "gc": f"tag:{VOICE.tag}:ns/1"}


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    link: str
    title: str
    summary: str
    published: datetime
    updated: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Document:
    entries: tuple[Entry, ...]
    previous: str  # the address of the archive before


def parsed(path: str, data: bytes, *, twice: bool = False) -> Document:
    """`twice`: feedparser reads it, too."""
    if path.endswith(".json"):
        document = json.loads(data)
        return Document(tuple(map(_of_json, document["items"])), document.get("next_url", ""))
    root = etree.fromstring(data)
    read, places = (_of_rss, "channel/item") if path.endswith(".rss") else (_of_atom, "atom:entry")
    previous = root.findall(".//atom:link[@rel='prev-archive']", _SPACES)
    entries = tuple(map(read, root.findall(places, _SPACES)))
    found = Document(entries, "".join(one.get("href", "") for one in previous))
    assert not twice or found == by_feedparser(data)
    return found


def by_feedparser(data: bytes) -> Document:
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo
    previous = [one.href for one in found.feed.links if one.rel == "prev-archive"]
    return Document(tuple(map(_of_feedparser, found.entries)), "".join(previous))


def _of_json(one: Mapping[str, Any]) -> Entry:
    published, updated = (datetime.fromisoformat(one[name]) for name in ("date_published", "date_modified"))
    sequence = one["_greenchannel"]["sequence"]
    return Entry(one["id"], one["url"], one["title"], one["summary"], published, updated, sequence)


def _text(one: etree._Element, place: str) -> str:
    found = one.findtext(place, None, _SPACES)
    assert found is not None
    return found


def _of_rss(one: etree._Element) -> Entry:
    updated = datetime.fromisoformat(_text(one, "atom:updated"))
    published = parsedate_to_datetime(_text(one, "pubDate"))
    identifier, link, title, summary = (_text(one, place) for place in ("guid", "link", "title", "description"))
    return Entry(identifier, link, title, summary, published, updated, int(_text(one, "gc:sequence")))


def _of_atom(one: etree._Element) -> Entry:
    (link,) = (link for link in one.findall("atom:link", _SPACES) if link.get("rel", "alternate") == "alternate")
    published, updated = (datetime.fromisoformat(_text(one, f"atom:{name}")) for name in ("published", "updated"))
    identifier, title, summary = (_text(one, f"atom:{name}") for name in ("id", "title", "summary"))
    sequence = int(_text(one, "gc:sequence"))
    return Entry(identifier, link.get("href", ""), title, summary, published, updated, sequence)


def _of_feedparser(one: Any) -> Entry:  # Any: feedparser ships no types.
    published = datetime.fromtimestamp(timegm(one.published_parsed), UTC)
    updated = datetime.fromisoformat(one.updated)
    return Entry(one.id, one.link, one.title, one.summary, published, updated, int(one.gc_sequence))
