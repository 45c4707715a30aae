"""The record -> the plan of every file of the site, from the record: a pure function of its arguments.

Pages come first, then lists, then feeds, the sitemap and the public ledger, so that whoever writes them in this order
never names a page that is not there yet.
"""

import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import jinja2

from greenchannel.desk.settings import Settings
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.portal import assets, heartbeat, newest, ongoing, pages, streams, timeliness, twin
from greenchannel.portal.addresses import alias_path, public_path
from greenchannel.portal.bodies import Bodies
from greenchannel.portal.calendar_file import Entry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.conference_calendar import NAME as CALENDAR
from greenchannel.portal.conference_calendar import calendar_entry, calendar_of, has_calendar, is_cancelled
from greenchannel.portal.entries import voice_of
from greenchannel.portal.feed_plan import plan_feeds
from greenchannel.portal.feeds import EXTENSIONS, render_feed
from greenchannel.portal.markup import Links, plain_text
from greenchannel.portal.ninjs import ninjs
from greenchannel.portal.particulars import release_values
from greenchannel.portal.plan import Planned, Stage, fingerprint, given
from greenchannel.portal.search_index import plan_index
from greenchannel.portal.share_card import share_cards
from greenchannel.portal.tongue import led, marked
from greenchannel.portal.views.incidents import IncidentView
from greenchannel.portal.views.page import PageView
from greenchannel.portal.views.parts import OtherLanguage, SiteFrame
from greenchannel.portal.views.releases import ReleaseView, RevisionPageView
from greenchannel.portal.wording import CHINESE, ENGLISH, catalogue_bytes, speak
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import State, write_events
from greenchannel.record.freeze import thaw
from greenchannel.record.heartbeat import Beat

Artifact = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates and assets, read once; `digest` is that of both, since a page names assets by their digests."""

    environments: Mapping[str, jinja2.Environment]  # by language
    assets: tuple[Artifact, ...]
    digest: str


def _environment(
    templates: Mapping[str, str], found: tuple[Artifact, ...], language: str, compiled: jinja2.BytecodeCache | None
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(templates),
        bytecode_cache=compiled,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    speak(environment, language)
    environment.globals["asset"] = assets.addresses(found)
    return environment


def read_theme(folder: Path, compiled: jinja2.BytecodeCache | None = None) -> Theme:
    found = assets.read_assets(folder)
    read = {one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*.html"))}
    templates = {path: data.decode() for path, data in read.items()}
    return Theme(
        environments={one: _environment(templates, found, one, compiled) for one in (CHINESE, ENGLISH)},
        assets=found,
        digest=fingerprint(*read.items(), *found, catalogue_bytes(ENGLISH)),
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
    bodies = bodies_of(site, catalogue)
    english = catalogue.in_language(ENGLISH)
    below = tuple(_in_english(english, _Pages(site, theme, english, bodies))) if english.translated else ()
    chinese = _Pages(site, theme, catalogue, bodies, frozenset(path for one in below for path in one.paths))
    for path, data in assets.stored(theme.assets):
        yield given(Stage.ASSET, path, data)
    for path, digest in (*catalogue.frozen_texts(), *catalogue.attachments()):
        yield Planned(Stage.PAGE, (public_path(path),), digest, partial(_one, bodies.released, digest))
    for release, name, digest in catalogue.newest_attachments():
        yield Planned(Stage.PAGE, (alias_path(release, name),), digest, partial(_one, bodies.released, digest))
    yield from share_cards(chinese.frame, theme.assets, site.maker)
    yield from _twins(site, catalogue, bodies)
    yield from _calendars(site, catalogue, bodies)
    for template, view in pages.release_pages(catalogue):
        yield chinese.page(Stage.PAGE, template, view)
    for template, view in pages.list_pages(catalogue):
        yield chinese.page(Stage.LIST, template, view)
    yield chinese.page(Stage.LIST, *pages.not_found(catalogue), path="404.html")
    yield from below
    yield given(Stage.LIST, ongoing.STYLE_PATH, ongoing.urgent_style(catalogue))
    yield given(Stage.FEED, timeliness.CSV_PATH, timeliness.table(catalogue))
    yield from plan_feeds(voice_of(site.settings, site.registry), (*site.events, *site.drafts), bodies.html, site.maker)
    yield from _heartbeat(site, catalogue)
    yield given(Stage.FEED, "sitemap.xml", _sitemap(site.settings.url, site.settings.root, (catalogue, english)))
    yield given(Stage.FEED, "sitemap-news.xml", newest.news_sitemap(catalogue))
    yield given(Stage.FEED, "robots.txt", newest.robots(site.settings.url))
    yield given(Stage.FEED, "latest.json", newest.latest(catalogue))
    yield from _public_record(site.events)


def bodies_of(site: Site, catalogue: Catalogue) -> Bodies:
    return Bodies(catalogue, site.read_frozen, site.render)


def _in_english(english: Catalogue, made: "_Pages") -> Iterator[Planned]:
    for template, view in pages.translated_pages(english):
        yield made.page(Stage.PAGE, template, view)
    for template, view in pages.translated_lists(english):
        yield made.page(Stage.LIST, template, view)
    yield made.page(Stage.LIST, *pages.not_found(english), path=f"{ENGLISH}/404.html")
    yield given(Stage.LIST, f"{ENGLISH}/{ongoing.STYLE_PATH}", ongoing.urgent_style(english))


def plan_search(site: Site) -> Iterator[Planned]:
    """The index for the search page, which is no part of `plan`: it is made when everything else has gone out."""
    bodies = bodies_of(site, Catalogue(site.settings, site.registry, site.policy, site.state))

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


def _public_record(events: Sequence[Mapping[str, object]]) -> Iterator[Planned]:
    """The last line vouches for all before it: none is written down to learn that nothing changed."""
    checkpoint = write_checkpoint(checkpoint_of(events[-1])) if events else b""
    yield Planned(
        Stage.FEED, ("record/ledger.jsonl",), fingerprint("ledger", checkpoint), lambda: (write_events(events),)
    )
    if events:
        # Behind the ledger: one that is behind is sound, one that is ahead says that lines are missing.
        yield given(Stage.FEED, "record/checkpoint.json", checkpoint)


def _one(read: Callable[[str], bytes], digest: str) -> tuple[bytes, ...]:
    return (read(digest),)


def _heartbeat(site: Site, catalogue: Catalogue) -> Iterator[Planned]:
    if site.heartbeats:
        feed, items = heartbeat.stream(catalogue, site.heartbeats), heartbeat.items(catalogue, site.heartbeats)
        paths = tuple(feed.path + extension for extension in EXTENSIONS)
        yield Planned(Stage.FEED, paths, fingerprint(site.maker, feed, items), partial(render_feed, feed, items))


def _calendars(site: Site, catalogue: Catalogue, bodies: Bodies) -> Iterator[Planned]:
    for release in filter(has_calendar, catalogue.releases):
        entry, digest = calendar_entry(catalogue, release), "" if is_cancelled(release) else release.current.sha256
        path = f"releases/{release.id}/{CALENDAR}"
        yield Planned(
            Stage.PAGE, (path,), fingerprint(site.maker, entry, digest), partial(_calendar, entry, bodies, digest)
        )


def _calendar(entry: Entry, bodies: Bodies, digest: str) -> tuple[bytes, ...]:
    return (calendar_of(entry, thaw(bodies.released(digest)) if digest else None),)


def _twins(site: Site, catalogue: Catalogue, bodies: Bodies) -> Iterator[Planned]:
    yield given(Stage.PAGE, twin.SCHEMA_PATH, twin.SCHEMA)
    for description in twin.descriptions(catalogue):
        paths = tuple(f"releases/{description['record_id']}/{name}" for name in ("index.json", "ninjs.json"))
        yield Planned(Stage.PAGE, paths, fingerprint(site.maker, description), partial(_twin, description, bodies))


def _twin(description: twin.Document, bodies: Bodies) -> tuple[bytes, ...]:
    digest = description["text"]["sha256"]
    translated = {one: bodies.html(one) for one in (of["text"]["sha256"] for of in description["translations"])}
    whole = twin.complete(description, thaw(bodies.released(digest)), bodies.html(digest), translated)
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


class _Pages:
    """The pages of one language, each with the way to the other one.

    `english` are the paths of all English pages, known to the Chinese ones: every English page has a Chinese twin.
    """

    def __init__(
        self, site: Site, theme: Theme, catalogue: Catalogue, bodies: Bodies, english: frozenset[str] = frozenset()
    ) -> None:
        self._site, self._theme, self._catalogue, self._bodies = site, theme, catalogue, bodies
        self._english = english
        self.frame = pages.frame_of(site.settings, site.registry, site.state, catalogue.language)

    def page(self, stage: Stage, template: str, view: PageView, path: str = "") -> Planned:
        inputs = (self.frame, view, self._other(view, is_own=not path))
        path = path or view.frame.url.removeprefix(self.frame.root) + "index.html"
        made = partial(self._make, template, *inputs)
        return Planned(stage, (path,), fingerprint(self._site.maker, self._theme.digest, template, *inputs), made)

    def _make(self, template: str, frame: SiteFrame, view: PageView, other: OtherLanguage | None) -> tuple[bytes, ...]:
        body = self._bodies.html(digest) if (digest := _body_of(view)) else ""
        values: dict[str, object] = {"portal": frame, "view": view, "body": body, "other": other}
        values |= self._bodies.compared(view)
        if isinstance(view, ReleaseView):
            values |= release_values(view, self._bodies.fields(view), body, frame, self._site.settings.zone)
        language = self._catalogue.language
        page = self._theme.environments[language].get_template(template).render(values)
        if language != CHINESE:
            page = marked(led(page, frame.root, (frame.home, frame.subscribe)))
        return (page.encode(),)

    def _other(self, view: PageView, *, is_own: bool) -> OtherLanguage | None:
        """`is_own` says that the page stands at its view's address, which that of an error does not."""
        root, url = self.frame.root, view.frame.url
        home = self.frame.other
        if home is None or not is_own:
            return home
        if self._catalogue.language == ENGLISH:
            return replace(home, url=root + url.removeprefix(self.frame.home), is_same=True)
        path = f"{ENGLISH}/{url.removeprefix(root)}"
        return replace(home, url=root + path, is_same=True) if f"{path}index.html" in self._english else home


def _sitemap(base: str, root: str, catalogues: Iterable[Catalogue]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in (one for catalogue in catalogues for one in streams.addresses(catalogue)):
        location = html.escape(base + url.removeprefix(root))
        lines.append(f"<url><loc>{location}</loc><lastmod>{changed}</lastmod></url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
