"""The record -> every artifact of the site, as (path, bytes): a pure function of its arguments.

Pages come first, then lists, then feeds, the sitemap and the public ledger, so that whoever writes them in this order
never names a page that is not there yet.
"""

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.portal import pages, streams, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.confinement import UnrenderableError
from greenchannel.portal.feeds import render_feed
from greenchannel.portal.shown import public_path
from greenchannel.portal.views import IncidentView, PageView, ReleaseView, SiteFrame
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State, write_events
from greenchannel.record.freeze import thaw

Artifact = tuple[str, bytes]


class RecordDamagedError(GreenchannelError):
    """A frozen text is not the one that was released; nothing is built from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates and assets, read once."""

    environment: jinja2.Environment
    assets: tuple[Artifact, ...]


def read_theme(folder: Path) -> Theme:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    files = sorted(one for one in (folder / "assets").rglob("*") if one.is_file())
    return Theme(
        environment=environment,
        assets=tuple((one.relative_to(folder).as_posix(), one.read_bytes()) for one in files),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site is made of. `render` turns a body's Markdown into clean HTML, within limits."""

    settings: Settings
    registry: Registry
    policy: Policy
    state: State
    read_frozen: Callable[[str], bytes]
    render: Callable[[str], str]


def artifacts(site: Site, theme: Theme) -> Iterator[Artifact]:
    catalogue = Catalogue(site.settings, site.registry, site.policy, site.state)
    bodies = _Bodies(site)
    frame = pages.site_frame(catalogue)
    yield from theme.assets
    for path, digest in catalogue.frozen_texts():
        data = bodies.text(path, digest)
        yield public_path(path), data
    for template, view in pages.release_pages(catalogue):
        yield _page(theme, frame, template, view, bodies)
    for template, view in pages.list_pages(catalogue):
        yield _page(theme, frame, template, view, bodies)
    yield timeliness.CSV_PATH, timeliness.table(catalogue)
    yield "404.html", _page(theme, frame, *pages.not_found(catalogue), bodies)[1]
    for feed in streams.feeds(catalogue):
        contents = {one.body: bodies.html(one.body) for one in feed.entries if one.body}
        yield from render_feed(feed, contents)
    yield "sitemap.xml", _sitemap(site.settings.url, site.settings.root, catalogue)


def public_ledger(events: tuple[Mapping[str, object], ...]) -> Artifact:
    return "record/ledger.jsonl", write_events(events)


class _Bodies:
    """Each body is read, compared with its digest and rendered once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._paths: dict[str, str] = {}
        self._html: dict[str, str] = {}

    def text(self, path: str, digest: str) -> bytes:
        data = self._site.read_frozen(path)
        if sha256(data) != digest:
            raise RecordDamagedError(f"releases/{path}: not the text that was released; run greenchannel verify")
        self._paths[digest] = path
        return data

    def html(self, digest: str) -> str:
        if digest not in self._html:
            self._html[digest] = self._render(thaw(self.text(self._paths[digest], digest)).body)
        return self._html[digest]

    def _render(self, body: str) -> str:
        try:
            return self._site.render(body)
        except UnrenderableError:
            # A body that takes too long still reaches its readers, as plain text; it never delays the others.
            return f"<pre>{html.escape(body)}</pre>"


def _page(theme: Theme, frame: SiteFrame, template: str, view: PageView, bodies: _Bodies) -> Artifact:
    body = ""
    if isinstance(view, ReleaseView | IncidentView) and not (isinstance(view, ReleaseView) and view.withdrawn):
        body = bodies.html(view.body)
    text = theme.environment.get_template(template).render(portal=frame, view=view, body=body)
    return view.frame.url.removeprefix(frame.root) + "index.html", text.encode()


def _sitemap(base: str, root: str, catalogue: Catalogue) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in streams.addresses(catalogue):
        location = html.escape(base + url.removeprefix(root))
        lines.append(f"<url><loc>{location}</loc><lastmod>{changed}</lastmod></url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
