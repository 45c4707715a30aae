"""The record -> the plan of every file of the site, from the record: a pure function of its arguments.

Pages come first, then lists, then feeds, the sitemap and the public ledger, so that whoever writes them in this order
never names a page that is not there yet.
"""

import html
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jinja2

from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.portal import assets, heartbeat, newest, ongoing, pages, streams, timeliness, twin
from greenchannel.portal.calendar_file import Entry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.comparison import Comparison, compare
from greenchannel.portal.conference_calendar import NAME as CALENDAR
from greenchannel.portal.conference_calendar import calendar_entry, calendar_of, has_calendar
from greenchannel.portal.confinement import UnrenderableError
from greenchannel.portal.entries import voice_of
from greenchannel.portal.feed_plan import plan_feeds
from greenchannel.portal.feeds import EXTENSIONS, render_feed
from greenchannel.portal.markup import Links, plain_text
from greenchannel.portal.ninjs import ninjs
from greenchannel.portal.particulars import release_values
from greenchannel.portal.plan import Planned, Stage, fingerprint, given
from greenchannel.portal.search_index import plan_index
from greenchannel.portal.share_card import share_cards
from greenchannel.portal.shown import alias_path, public_path
from greenchannel.portal.views import IncidentView, PageView, ReleaseView, RevisionPageView
from greenchannel.portal.wording import speak
from greenchannel.record.attachments import attachment_path, attachments_of
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import State, write_events
from greenchannel.record.freeze import Frozen, Value, thaw
from greenchannel.record.heartbeat import Beat

Artifact = tuple[str, bytes]


class RecordDamagedError(GreenchannelError):
    """A frozen text is not the one that was released; nothing is built from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates and assets, read once; `digest` is that of both, since a page names assets by their digests."""

    environment: jinja2.Environment
    assets: tuple[Artifact, ...]
    digest: str


def read_theme(folder: Path) -> Theme:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    speak(environment, "zh")
    found = assets.read_assets(folder)
    environment.globals["asset"] = assets.addresses(found)
    templates = sorted(folder.rglob("*.html"))
    return Theme(
        environment=environment,
        assets=found,
        digest=fingerprint(*((one.relative_to(folder).as_posix(), one.read_bytes()) for one in templates), *found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site is made of.

    `render` turns a body's Markdown, with the addresses of its attachments, into clean HTML, within limits; `maker`
    stands for the programs that do the making, so that a new version of one makes every page anew.
    """

    settings: Settings
    registry: Registry
    policy: Policy
    state: State
    events: tuple[Mapping[str, object], ...]  # the public ledger
    read_frozen: Callable[[str], bytes]
    render: Callable[[str, Links], str]
    maker: str = ""
    drafts: tuple[Mapping[str, object], ...] = ()  # of a preview: events behind the ledger that never happened
    heartbeats: tuple[Beat, ...] = ()  # oldest first


def plan(site: Site, theme: Theme) -> Iterator[Planned]:
    catalogue = Catalogue(site.settings, site.registry, site.policy, site.state)
    bodies = _Bodies(site, catalogue)
    frame = pages.site_frame(site.settings, site.registry, pages.released_types(site.state))

    def page(stage: Stage, template: str, view: PageView, path: str = "") -> Planned:
        def make() -> tuple[bytes, ...]:
            body = bodies.html(digest) if (digest := _body_of(view)) else ""
            values: dict[str, object] = {"portal": frame, "view": view, "body": body, **bodies.compared(view)}
            if isinstance(view, ReleaseView):
                values |= release_values(view, bodies.fields(view), body, frame, site.settings.zone)
            return (theme.environment.get_template(template).render(values).encode(),)

        path = path or view.frame.url.removeprefix(frame.root) + "index.html"
        return Planned(stage, (path,), fingerprint(site.maker, theme.digest, template, frame, view), make)

    for path, data in assets.stored(theme.assets):
        yield given(Stage.ASSET, path, data)
    for path, digest in (*catalogue.frozen_texts(), *catalogue.attachments()):
        yield Planned(Stage.PAGE, (public_path(path),), digest, partial(_one, bodies.released, digest))
    for release, name, digest in catalogue.newest_attachments():
        yield Planned(Stage.PAGE, (alias_path(release, name),), digest, partial(_one, bodies.released, digest))
    yield from share_cards(frame, theme.assets, site.maker)
    yield from _twins(site, catalogue, bodies)
    yield from _calendars(site, catalogue, bodies)
    for template, view in pages.release_pages(catalogue):
        yield page(Stage.PAGE, template, view)
    for template, view in pages.list_pages(catalogue):
        yield page(Stage.LIST, template, view)
    yield page(Stage.LIST, *pages.not_found(catalogue), path="404.html")
    yield given(Stage.LIST, ongoing.STYLE_PATH, ongoing.urgent_style(catalogue))
    yield given(Stage.FEED, timeliness.CSV_PATH, timeliness.table(catalogue))
    yield from plan_feeds(voice_of(site.settings, site.registry), (*site.events, *site.drafts), bodies.html, site.maker)
    yield from _heartbeat(site, catalogue)
    yield given(Stage.FEED, "sitemap.xml", _sitemap(site.settings.url, site.settings.root, catalogue))
    yield given(Stage.FEED, "sitemap-news.xml", newest.news_sitemap(catalogue))
    yield given(Stage.FEED, "robots.txt", newest.robots(site.settings.url))
    yield given(Stage.FEED, "latest.json", newest.latest(catalogue))
    yield given(Stage.FEED, "record/ledger.jsonl", write_events(site.events))
    if site.events:
        # Behind the ledger: one that is behind is sound, one that is ahead says that lines are missing.
        yield given(Stage.FEED, "record/checkpoint.json", write_checkpoint(checkpoint_of(site.events[-1])))


def plan_search(site: Site) -> Iterator[Planned]:
    """The index for the search page, which is no part of `plan`: it is made when everything else has gone out."""
    bodies = _Bodies(site, Catalogue(site.settings, site.registry, site.policy, site.state))

    def text(digest: str) -> str:
        return plain_text(bodies.html(digest))

    return plan_index(site.events, text, site.settings.zone, site.maker)


def search_artifacts(site: Site) -> Iterator[Artifact]:
    for one in plan_search(site):
        yield from zip(one.paths, one.make(), strict=True)


def artifacts(site: Site, theme: Theme) -> Iterator[Artifact]:
    """Everything, made now."""
    for one in plan(site, theme):
        yield from zip(one.paths, one.make(), strict=True)


def _one(read: Callable[[str], bytes], digest: str) -> tuple[bytes, ...]:
    return (read(digest),)


def _heartbeat(site: Site, catalogue: Catalogue) -> Iterator[Planned]:
    if site.heartbeats:
        feed, items = heartbeat.stream(catalogue, site.heartbeats), heartbeat.items(catalogue, site.heartbeats)
        paths = tuple(feed.path + extension for extension in EXTENSIONS)
        yield Planned(Stage.FEED, paths, fingerprint(site.maker, feed, items), partial(render_feed, feed, items))


def _calendars(site: Site, catalogue: Catalogue, bodies: "_Bodies") -> Iterator[Planned]:
    for release in filter(has_calendar, catalogue.releases):
        entry, digest = calendar_entry(catalogue, release), "" if release.withdrawal else release.current.sha256
        path = f"releases/{release.id}/{CALENDAR}"
        yield Planned(
            Stage.PAGE, (path,), fingerprint(site.maker, entry, digest), partial(_calendar, entry, bodies, digest)
        )


def _calendar(entry: Entry, bodies: "_Bodies", digest: str) -> tuple[bytes, ...]:
    return (calendar_of(entry, thaw(bodies.released(digest)) if digest else None),)


def _twins(site: Site, catalogue: Catalogue, bodies: "_Bodies") -> Iterator[Planned]:
    yield given(Stage.PAGE, twin.SCHEMA_PATH, twin.SCHEMA)
    for description in twin.descriptions(catalogue):
        paths = tuple(f"releases/{description['record_id']}/{name}" for name in ("index.json", "ninjs.json"))
        yield Planned(Stage.PAGE, paths, fingerprint(site.maker, description), partial(_twin, description, bodies))


def _twin(description: twin.Document, bodies: "_Bodies") -> tuple[bytes, ...]:
    digest = description["text"]["sha256"]
    whole = twin.complete(description, thaw(bodies.released(digest)), bodies.html(digest))
    return tuple(f"{json.dumps(one, ensure_ascii=False, indent=2)}\n".encode() for one in (whole, ninjs(whole)))


def _body_of(view: PageView) -> str:
    """The digest of the text that a page shows; a withdrawn release shows its notice instead."""
    match view:
        case ReleaseView(withdrawn=""):
            return view.body
        case IncidentView() | RevisionPageView():
            return view.body
        case _:
            return ""


class _Bodies:
    """What was released, compared with its digest; a body is rendered once, when a page or feed is made of it."""

    def __init__(self, site: Site, catalogue: Catalogue) -> None:
        self._site = site
        released = (*catalogue.frozen_texts(), *catalogue.attachments())
        self._paths = {digest: path for path, digest in released}
        self._html: dict[str, str] = {}

    def released(self, digest: str) -> bytes:
        path = self._paths[digest]
        data = self._site.read_frozen(path)
        if sha256(data) != digest:
            raise RecordDamagedError("releases/{path}: not what was released; run greenchannel verify", path=path)
        return data

    def html(self, digest: str) -> str:
        if digest not in self._html:
            frozen = thaw(self.released(digest))
            self._html[digest] = self._render(frozen.body, self._links(frozen))
        return self._html[digest]

    def fields(self, view: ReleaseView) -> Mapping[str, Value]:
        """Of the text that the page shows."""
        return {} if view.withdrawn else thaw(self.released(view.body)).fields

    def compared(self, view: PageView) -> dict[str, object]:
        """Texts beside those before them; the page's fingerprint has all digests and names."""
        match view:
            case RevisionPageView():
                return {"comparison": self._compare(view.before, view.body, view.names) if view.before else None}
            case IncidentView():
                pairs = {(one.before, one.after) for entry in view.timeline for one in entry.corrections}
                return {"comparisons": {pair: self._compare(*pair, view.names) for pair in sorted(pairs)}}
            case _:
                return {}

    def _compare(self, before: str, after: str, names: tuple[tuple[str, str], ...]) -> Comparison:
        old, new = (thaw(self.released(digest)) for digest in (before, after))
        return compare(old, new, dict(names), self._site.settings.zone)

    def _links(self, frozen: Frozen) -> Links:
        """An attachment that a body names leads to the file of that very revision."""
        base, incident = self._site.settings.root, str(frozen.fields.get("incident"))
        return tuple(
            (one.name, base + public_path(attachment_path(incident, one))) for one in attachments_of(frozen.fields)
        )

    def _render(self, body: str, links: Links) -> str:
        try:
            return self._site.render(body, links)
        except UnrenderableError:
            # A body that takes too long still reaches its readers, as plain text; it never delays the others.
            return f"<pre>{html.escape(body)}</pre>"


def _sitemap(base: str, root: str, catalogue: Catalogue) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in streams.addresses(catalogue):
        location = html.escape(base + url.removeprefix(root))
        lines.append(f"<url><loc>{location}</loc><lastmod>{changed}</lastmod></url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
