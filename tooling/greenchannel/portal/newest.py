"""What is new, for those who ask often: `latest.json`, the news sitemap and `robots.txt`. No clock is read.

`latest.json` has what changed last, each entry on a line of its own, so that programs that compare lines can follow it.
The news sitemap follows Google's rules: only what came out within the last two days, at most 1,000; the two days are
counted back from the record's last line.
"""

from collections.abc import Iterator
from datetime import timedelta
from heapq import nlargest
from html import escape

from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.items import clean
from greenchannel.portal.json_lines import by_lines
from greenchannel.portal.shown import rfc3339
from greenchannel.portal.twin import Document, tag, updated_at
from greenchannel.record.events import PublicRelease

LATEST = 50
NEWS_WINDOW, NEWS = timedelta(days=2), 1000
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SITEMAP_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def latest(catalogue: Catalogue) -> bytes:
    """By the time of the last change of whatever kind: a correction of an old text is as new as a new one."""
    state = catalogue.state
    newest = nlargest(LATEST, catalogue.releases, key=lambda one: (one.updated_at, one.current.event["seq"]))
    head = {
        "schema_version": 1,
        "home": catalogue.settings.url,
        "sequence": state.entries,
        "updated": rfc3339(catalogue, state.last_at) if state.last_at else None,
    }
    return by_lines(head, "entries", (_entry(catalogue, one) for one in newest))


def _entry(catalogue: Catalogue, release: PublicRelease) -> Document:
    event, withdrawal = release.current.event, release.withdrawal
    department = event["department"]
    return {
        "id": tag(catalogue, release.id),
        "url": f"{catalogue.settings.url}releases/{release.id}/",
        "title": event["title"],
        "type": event["type"],
        "incident": {"id": event["incident"]["id"], "title": event["incident"]["title"]},
        "department": {"id": department, "name": catalogue.department_name(department)},
        "published": rfc3339(catalogue, release.first_at),
        "updated": rfc3339(catalogue, updated_at(release)),
        "revision": release.current.number,
        "withdrawn": withdrawal and {"at": rfc3339(catalogue, withdrawal.at), "reason": withdrawal.reason},
    }


def news_sitemap(catalogue: Catalogue) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_SITEMAP_NEWS}">',
        *(_news(catalogue, one) for one in _fresh(catalogue)),
        "</urlset>",
        "",
    ]
    return "\n".join(lines).encode()


def robots(url: str) -> bytes:
    """Names both sitemaps to crawlers; that of the news is named nowhere else. Heeded at a host's root only."""
    sitemaps = "".join(f"Sitemap: {url}{name}\n" for name in ("sitemap.xml", "sitemap-news.xml"))
    return f"User-agent: *\nAllow: /\n\n{sitemaps}".encode()


def _fresh(catalogue: Catalogue) -> Iterator[PublicRelease]:
    """Newest first. What was withdrawn is no news to be found."""
    last_at = catalogue.state.last_at
    for one in catalogue.releases[:NEWS]:
        if last_at and one.first_at >= last_at - NEWS_WINDOW and not one.withdrawal:
            yield one


def _news(catalogue: Catalogue, release: PublicRelease) -> str:
    name, title = (_xml(one) for one in (catalogue.settings.name, release.current.event["title"]))
    return (
        f"<url><loc>{_xml(catalogue.settings.url)}releases/{release.id}/</loc><news:news>"
        f"<news:publication><news:name>{name}</news:name><news:language>zh-cn</news:language></news:publication>"
        f"<news:publication_date>{rfc3339(catalogue, release.first_at)}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news></url>"
    )


def _xml(text: str) -> str:
    return escape(clean(text))
