"""A document of a stream as RSS 2.0, Atom 1.0 and JSON Feed 1.1: same entries, same order, same words in all three.

Every date and the generator are given, so that the bytes depend on the content alone. RSS has no type for a title and
readers take it for text or for HTML as they please: marks that mean something in HTML become full-width ones there. Its
description is HTML and is written as such.
It reads no clock and no file, and refuses a time without an offset (ValueError).

feedgen switches the locale of the process while it writes an RSS date: never render feeds in threads.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator
from msgspec.structs import replace

from greenchannel.portal import json_feed, window
from greenchannel.portal.feed_extensions import NAME, EntryExtension, FeedExtension
from greenchannel.portal.items import Item, Prepared, clean, escaped
from greenchannel.portal.views.feeds import FeedView

RSS, ATOM = ".rss", ".atom"
EXTENSIONS = (RSS, ATOM, json_feed.EXTENSION)
GENERATOR = "Greenchannel"
LANGUAGE = "zh-CN"
_TTL = 1  # minutes, as long as a server may say that a feed holds
_MEDIA_TYPES = {RSS: "application/rss+xml", ATOM: "application/atom+xml"}
_WIDE = str.maketrans("<>&", "＜＞＆")
_HEAD = 5_000  # bytes around the entries of a document
# The lines of an entry, in which these tags stand nowhere else, and the end of a document behind the last one.
_WRITTEN = {
    RSS: (re.compile(rb" *<item>\n.*?</item>\n", re.DOTALL), b"  </channel>\n"),
    ATOM: (re.compile(rb" *<entry>\n.*?</entry>\n", re.DOTALL), b"</feed>\n"),
}


def fitted(feed: FeedView, entries: Sequence[Prepared], may_go: Sequence[bool]) -> tuple[Item, ...]:
    """The entries that a document has room for, the newest in full; `may_go` says which ones an archive holds."""
    feed = clean(feed)
    repeated = 2 * escaped(feed.organisation + feed.rights + feed.email + feed.licence)  # in each entry
    head = _HEAD + 6 * escaped("".join((feed.id, feed.path, feed.title, feed.description, feed.base, *feed.hubs)))
    room = window.LIMIT - head - repeated
    weighed = [
        window.Weighed(one.entry.incident, one.summary_weight + repeated, goes)
        for one, goes in zip(entries, may_go, strict=True)
    ]
    kept = [entries[place] for place in window.fold(weighed, room)]
    chosen = window.in_full(
        [one.summary_weight + repeated for one in kept], lambda rank: kept[rank].full_weight + repeated, room
    )
    return tuple(one.full if rank in chosen else one.summary for rank, one in enumerate(kept))


def render_feed(feed: FeedView, items: Sequence[Item]) -> tuple[bytes, ...]:
    """Return the bytes of each of EXTENSIONS."""
    feed = _titled(clean(feed))
    return _document(feed, items, RSS), _document(feed, items, ATOM), json_feed.json_feed(feed, items, LANGUAGE)


def _document(feed: FeedView, items: Sequence[Item], extension: str) -> bytes:
    """What was written of an entry before is put in as it stands: most stand in six streams."""
    voice = (extension, *feed.voice)
    new = [one for one in items if voice not in one.made]
    generator = _generator(feed, items, new, extension)
    written: bytes = (generator.rss_str if extension == RSS else generator.atom_str)(pretty=True)
    entry, end = _WRITTEN[extension]
    found = [*entry.finditer(written)]
    for one, text in zip(new, found, strict=True):
        one.made[voice] = text[0]
    first, last = (found[0].start(), found[-1].end()) if found else (at := written.rindex(end), at)
    return b"".join((written[:first], *(one.made[voice] for one in items), written[last:]))


def _titled(feed: FeedView) -> FeedView:
    """In one line and never empty, as RSS and Atom demand: an incident may be called by what XML cannot carry."""
    return replace(feed, title=" ".join(feed.title.split()) or feed.base + feed.home)


def _generator(feed: FeedView, items: Sequence[Item], new: Sequence[Item], extension: str) -> Any:
    """Fill one generator per format: feedgen writes the same rel=self into both, so one cannot serve two addresses.

    Its head is that of a document of the items; of these it has the `new` ones alone. `Any`, as feedgen ships no types.
    """
    author = {"name": feed.organisation, "email": feed.email}
    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(feed.title.translate(_WIDE) if extension == RSS else feed.title)
    generator.description(feed.description or feed.title)  # RSS demands one.
    generator.author(author)
    generator.language(LANGUAGE)
    generator.generator(GENERATOR)
    generator.rights(feed.rights)
    generator.updated(datetime.fromisoformat(feed.updated))
    if not feed.current:
        generator.ttl(_TTL)
    generator.link(href=feed.base + feed.path + extension, rel="self", type=_MEDIA_TYPES[extension])
    # Last: feedgen takes the last link given, whatever its rel, as the channel link of RSS.
    generator.link(href=feed.base + feed.home, rel="alternate", type="text/html")
    generator.register_extension(NAME, FeedExtension, EntryExtension)
    ours = generator.greenchannel
    ours.feed, ours.items, ours.links = feed, tuple(items), tuple(_links(feed, extension))
    for item in new:
        entry = generator.add_entry(order="append")
        entry.greenchannel.feed, entry.greenchannel.item = feed, item
        _fill(entry, item, author, extension)
    return generator


def _links(feed: FeedView, extension: str) -> list[tuple[str, str]]:
    """An archive never changes, so it cannot name one that comes after it: there is no next-archive."""
    near = {"current": feed.current, "prev-archive": feed.previous}
    links = [(rel, feed.base + path + extension) for rel, path in near.items() if path]
    return [*(("hub", one) for one in feed.hubs), *links, ("license", feed.licence)]


def _fill(entry: Any, item: Item, author: Mapping[str, str], extension: str) -> None:
    """Fill an entry of feedgen (untyped, hence `Any`)."""
    ours = item.entry
    entry.guid(ours.id, permalink=False)
    entry.title(ours.title.translate(_WIDE) if extension == RSS else ours.title)
    entry.link(href=ours.url, rel="alternate", type="text/html")
    entry.author(dict(author))
    entry.published(datetime.fromisoformat(ours.published))
    entry.updated(datetime.fromisoformat(ours.updated))
    # With a description present, feedgen writes it before content:encoded, as the RSS best practice profile asks.
    entry.description(escape(ours.summary, quote=False) if extension == RSS else ours.summary, isSummary=True)
    if item.content is not None:
        entry.content(item.content, type="html")
    for tag in ours.tags:
        entry.category(term=tag)
