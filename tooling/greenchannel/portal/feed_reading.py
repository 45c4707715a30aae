"""A served document of a stream, in any of its three formats, as a consumer reads it: the same value from all three.

Whatever comes is read without entities, without a DTD and without the network. What is missing or of a wrong type is
empty; what is no document at all is a message that says so.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree
from msgspec import Struct

from greenchannel.domain.message import Message, message

_ATOM, _HISTORY = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_RFC822 = re.compile(r"([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(:\d\d)? ([+-]\d{4}|GMT|UT)")


class Enclosure(Struct, frozen=True, kw_only=True):
    """`length` is None where none is declared; `sha256` is empty then."""

    url: str
    length: int | None
    sha256: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """A time is None where the document has none with an offset."""

    id: str
    url: str
    published: datetime | None
    updated: datetime | None
    enclosures: tuple[Enclosure, ...] = ()
    kind: str = ""
    item: str = ""  # the id of the release that it is about
    status: str = ""
    revision: str = ""
    sha256: str = ""


class Feed(Struct, frozen=True, kw_only=True):
    self_link: str
    entries: tuple[Entry, ...]
    hubs: tuple[str, ...] = ()
    previous: str = ""  # the archive before it
    is_archive: bool = False


def read_feed(extension: str, body: bytes) -> Feed | Message:
    """`extension` is one of ``portal.feeds.EXTENSIONS``."""
    if extension == ".json":
        document = read_json(body)
        return document if isinstance(document, Message) else _json(document)
    root = read_xml(body)
    if isinstance(root, Message):
        return root
    if extension == ".atom":
        return _atom(root) if root.tag == f"{_ATOM}feed" else message("this is no Atom feed")
    channel = root.find("channel")
    return _rss(channel) if root.tag == "rss" and channel is not None else message("this is no RSS feed")


def read_json(body: bytes) -> Mapping[str, Any] | Message:  # Any: JSON
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return message("this is no JSON")
    return document if isinstance(document, dict) else message("this is no JSON object")


def read_xml(body: bytes) -> Any:
    """The root element (Any: lxml's), or the message why there is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return message("this is no well-formed XML ({error})", error=error)
    if root.getroottree().docinfo.doctype:
        return message("it declares a DTD, which consumers refuse")
    return root


def locations(root: Any) -> tuple[str, ...]:
    """The addresses of a sitemap, in its order."""
    return tuple(str(one.text or "").strip() for one in root.iterfind("{*}url/{*}loc"))


def _atom(root: Any) -> Feed:
    links = [(one.get("rel") or "alternate", one.get("href") or "") for one in root.iterfind(f"{_ATOM}link")]
    return _xml_feed(root, links, (_atom_entry(one) for one in root.iterfind(f"{_ATOM}entry")))


def _rss(channel: Any) -> Feed:
    links = [(one.get("rel") or "", one.get("href") or "") for one in channel.iterfind(f"{_ATOM}link")]
    return _xml_feed(channel, links, (_rss_entry(one) for one in channel.iterfind("item")))


def _xml_feed(root: Any, links: list[tuple[str, str]], entries: Iterator[Entry]) -> Feed:
    first = dict(reversed(links))
    return Feed(
        self_link=first.get("self", ""),
        entries=tuple(entries),
        hubs=tuple(address for rel, address in links if rel == "hub"),
        previous=first.get("prev-archive", ""),
        is_archive=root.find(f"{_HISTORY}archive") is not None,
    )


def _atom_entry(entry: Any) -> Entry:
    links = [one for one in entry.iterfind(f"{_ATOM}link") if one.get("rel", "alternate") == "alternate"]
    return Entry(
        id=_said(entry, f"{_ATOM}id"),
        url=(links[0].get("href") or "") if links else "",
        published=rfc3339(_said(entry, f"{_ATOM}published")),
        updated=rfc3339(_said(entry, f"{_ATOM}updated")),
        **_ours(entry),
    )


def _rss_entry(entry: Any) -> Entry:
    return Entry(
        id=_said(entry, "guid"),
        url=_said(entry, "link"),
        published=_rfc822(_said(entry, "pubDate")),
        updated=rfc3339(_said(entry, f"{_ATOM}updated")),
        **_ours(entry),
    )


def _ours(entry: Any) -> dict[str, Any]:
    """What RSS and Atom say alike: our own elements, whose namespace is the newsroom's, and the enclosures."""
    digests = {one.get("href"): one.get("sha256") or "" for one in entry.iterfind("{*}attachment")}
    found = [(one.get("url"), one.get("length")) for one in entry.iterfind("enclosure")]
    links = (one for one in entry.iterfind(f"{_ATOM}link") if one.get("rel") == "enclosure")
    found += [(one.get("href"), one.get("length")) for one in links]
    enclosures = tuple(
        Enclosure(url=url or "", length=_number(length), sha256=digests.get(url, "")) for url, length in found
    )
    names = ("kind", "item", "status", "revision", "sha256")
    return {"enclosures": enclosures, **{name: _said(entry, f"{{*}}{name}") for name in names}}


def _said(parent: Any, path: str) -> str:
    return (parent.findtext(path) or "").strip()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004  # 2**64


def _json(document: Mapping[str, Any]) -> Feed:
    items, hubs = _many(document.get("items")), _many(document.get("hubs"))
    return Feed(
        self_link=_text(document.get("feed_url")),
        entries=tuple(_json_entry(one) for one in items),
        hubs=tuple(_text(one.get("url")) for one in hubs),
        previous=_text(document.get("next_url")),
        is_archive=_one(document.get("_greenchannel")).get("archive") is True,
    )


def _json_entry(item: Mapping[str, Any]) -> Entry:
    ours = _one(item.get("_greenchannel"))
    return Entry(
        id=_text(item.get("id")),
        url=_text(item.get("url")),
        published=rfc3339(_text(item.get("date_published"))),
        updated=rfc3339(_text(item.get("date_modified"))),
        enclosures=tuple(_attachment(one) for one in _many(item.get("attachments"))),
        revision=str(ours["revision"]) if type(ours.get("revision")) is int else "",
        **{name: _text(ours.get(name)) for name in ("kind", "item", "status", "sha256")},
    )


def _attachment(one: Mapping[str, Any]) -> Enclosure:
    size = one.get("size_in_bytes")
    digest = _text(_one(one.get("_greenchannel")).get("sha256"))
    return Enclosure(url=_text(one.get("url")), length=size if type(size) is int else None, sha256=digest)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _one(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _many(value: object) -> list[Mapping[str, Any]]:
    """Something that is no object stands for an empty one, so that it is counted and told."""
    return [_one(one) for one in value] if isinstance(value, list) else []


def rfc3339(text: str) -> datetime | None:
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    if not _RFC822.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None  # -0000 says that the offset is not known.
