"""How a store tells readers what a file is, and for how long they may keep it; a web server knows it from elsewhere."""

import re
from pathlib import PurePosixPath

from greenchannel.portal.search_index import is_piece

_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ics": "text/calendar; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonl": "application/x-ndjson; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}
# A frozen text of the record, an attachment or an asset that is named by its own SHA-256.
_FROZEN = re.compile(r"releases/.+/r[1-9][0-9]*\.md|(?:.+/)?[0-9a-f]{64}\.[a-z0-9]+|assets/.+\.[0-9a-f]{16}\.[a-z0-9]+")


def content_type(path: str) -> str:
    if path.startswith("feeds/") and path.endswith(".json") and path != "feeds/index.json":
        return "application/feed+json; charset=utf-8"
    return _TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")


def cache_control(path: str) -> str:
    """A correction must reach every reader within a minute; what can never change may be kept for ever.

    An archive of a feed or a piece of the search index never says anything else, but a new version of the tool may say
    it in other bytes.
    """
    if _FROZEN.fullmatch(path):
        return "public, max-age=31536000, immutable"
    if path.startswith("feeds/archive/") or is_piece(path):
        return "public, max-age=86400"
    return "no-store" if path.rpartition("/")[2] == "404.html" else "public, max-age=60"
