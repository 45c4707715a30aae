"""The lists of all streams: ``feeds/index.json`` for machines, ``feeds/feeds.opml`` for readers.

A client that keeps the sequence number of a stream sees from the index whether it missed anything.
"""

from collections.abc import Sequence
from typing import Any

from lxml import etree
from msgspec import Struct

from greenchannel.portal.entries import Voice
from greenchannel.portal.feeds import EXTENSIONS
from greenchannel.portal.json_lines import by_lines

INDEX, OPML = "feeds/index.json", "feeds/feeds.opml"


class Listed(Struct, frozen=True, kw_only=True):
    """A stream as the lists show it; XML can carry its title.

    `entries` counts all that it ever held; `updated` is empty where it held none.
    """

    path: str
    id: str
    title: str
    entries: int
    archives: int
    sequence: int  # of the ledger's line that it last changed with, 0 before the first
    updated: str


def index_json(voice: Voice, streams: Sequence[Listed]) -> bytes:
    head = {
        "version": 1,
        "about": voice.licence,
        "title": voice.name,
        "sequence": max(one.sequence for one in streams),
    }
    return by_lines(head, "streams", (_stream(voice, one) for one in streams))


def _stream(voice: Voice, one: Listed) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        **{extension[1:]: voice.url + one.path + extension for extension in EXTENSIONS},
        "entries": one.entries,
        "archives": one.archives,
        "sequence": one.sequence,
        "updated": one.updated or None,
    }


def opml(voice: Voice, streams: Sequence[Listed]) -> bytes:
    """OPML 2.0. It names the Atom feeds: each stream once, or a reader would subscribe three times."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = voice.name
    etree.SubElement(head, "ownerName").text = voice.organisation
    etree.SubElement(head, "ownerEmail").text = voice.email
    for one in streams:
        address = voice.url + one.path + ".atom"
        facts = {"type": "rss", "text": one.title, "title": one.title, "xmlUrl": address, "htmlUrl": voice.url}
        facts |= {"entries": str(one.entries), "sequence": str(one.sequence), "updated": one.updated}
        etree.SubElement(body, "outline", facts)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
