"""A document of a stream as JSON Feed 1.1. What the standard has no word for stands under `_greenchannel`."""

from collections.abc import Sequence
from typing import Any

import orjson

from greenchannel.portal.items import Item
from greenchannel.portal.views.feeds import FeedAttachment, FeedView

EXTENSION = ".json"
_OURS = "_greenchannel"


def json_feed(feed: FeedView, items: Sequence[Item], language: str) -> bytes:
    """`feed` and `items` hold clean texts."""
    author = {"name": feed.organisation, "url": f"mailto:{feed.email}"}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.base + feed.home,
        "feed_url": feed.base + feed.path + EXTENSION,
        "language": language,
        "authors": [author],
        "items": [orjson.Fragment(_written(feed, one)) for one in items],
        **({"next_url": feed.base + feed.previous + EXTENSION} if feed.previous else {}),
        **({"hubs": [{"type": "WebSub", "url": one} for one in feed.hubs]} if feed.hubs else {}),
        _OURS: {
            "about": feed.licence,
            "version": 1,
            "id": feed.id,
            "updated": feed.updated,
            "rights": feed.rights,
            "licence": feed.licence,
            "archive": bool(feed.current),
            **({"current": feed.base + feed.current + EXTENSION} if feed.current else {}),
        },
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _written(feed: FeedView, item: Item) -> bytes:
    if (voice := (EXTENSION, *feed.voice)) not in item.made:
        item.made[voice] = orjson.dumps(_item(feed, item), option=orjson.OPT_SORT_KEYS)
    return item.made[voice]


def _item(feed: FeedView, item: Item) -> dict[str, Any]:
    entry = item.entry
    text = {"content_text": entry.summary} if item.content is None else {"content_html": item.content}
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        **text,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "tags": list(entry.tags),
        **({"attachments": [_attachment(one) for one in entry.attachments]} if entry.attachments else {}),
        _OURS: {
            "about": feed.licence,
            "sequence": entry.sequence,
            "kind": entry.kind,
            "item": entry.item,
            "status": entry.status,
            "revision": entry.revision,
            "type": entry.type,
            "department": {"id": entry.department, "name": entry.department_name},
            "incident": {"id": entry.incident, "title": entry.incident_title},
            "text": entry.text_url,
            "sha256": entry.sha256,
            "contact": entry.contact,
            "complete": item.content is not None,
            "licence": feed.licence,
            "rights": feed.rights,
        },
    }


def _attachment(one: FeedAttachment) -> dict[str, Any]:
    return {
        "url": one.url,
        "mime_type": one.media_type,
        "title": one.name,
        "size_in_bytes": one.size,
        _OURS: {"sha256": one.sha256},
    }
