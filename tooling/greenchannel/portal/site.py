"""The record -> the plan of every file of the site, from the record: a pure function of its arguments.

Pages come first, then lists, then feeds, the sitemap and the public ledger, so that whoever writes them in this order
never names a page that is not there yet.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from greenchannel.portal import assets, columns, heartbeat, newest, ongoing, pages, streams, timeliness, twin
from greenchannel.portal.bodies import Bodies
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.column_plan import plan_columns
from greenchannel.portal.entries import voice_of
from greenchannel.portal.feed_plan import plan_feeds
from greenchannel.portal.feeds import EXTENSIONS, render_feed
from greenchannel.portal.incident_plan import plan_incidents
from greenchannel.portal.neighbourhood import incidents_of, neighbourhoods
from greenchannel.portal.news_plan import keep_punctuality
from greenchannel.portal.page_plan import Pages
from greenchannel.portal.plan import Planned, Stage, fingerprint, given
from greenchannel.portal.remembered_plan import Earlier
from greenchannel.portal.sanitising import plain_text
from greenchannel.portal.search_index import plan_index
from greenchannel.portal.share_card import share_cards
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Artifact, Theme
from greenchannel.portal.wording import CHINESE, ENGLISH
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import line_digests


def plan(site: Site, theme: Theme) -> Iterator[Planned]:
    yield from _remembered("site", site, theme.digest, partial(plan_by_parts, site, theme))


def _remembered(part: str, site: Site, theme: str, work_out: Callable[[], Iterable[Planned]]) -> Iterator[Planned]:
    """The last line of the ledger vouches for all before it."""
    earlier = Earlier(site.memory, site.at_hand.plans, (part,))
    inputs = fingerprint(site.ground, theme, site.heartbeats, site.state.head, site.drafts)
    yield from earlier.plan(part, inputs, work_out, holds=True)


def _told(site: Site, digests: Sequence[str]) -> str:
    """The last line that is no receipt: what shows no receipts and no duties is the same as of that line."""
    lines = zip((*site.events, *site.drafts), digests, strict=True)
    return next((digest for event, digest in reversed(tuple(lines)) if event["event"] != "visible"), "")


def plan_by_parts(site: Site, theme: Theme) -> Iterator[Planned]:
    """As `plan`, each part when somebody takes from it: for who looks for a few pages, which stand at the beginning.

    Incidents that are being written come before others are looked at.
    """
    kept, events = site.at_hand, (*site.events, *site.drafts)
    catalogue = Catalogue(site.settings, site.registry, site.policy, site.state, known=kept.incidents)
    bodies = bodies_of(site, catalogue)
    digests = line_digests(events, site.state.head)
    english = catalogue.in_language(ENGLISH)
    frames = {one: pages.frame_of(site.settings, site.registry, site.state, one) for one in (CHINESE, ENGLISH)}
    known = Earlier(site.memory, site.at_hand.plans, ("english", "columns", "lists", "feeds", "sitemap"))
    told = fingerprint(site.ground, theme.digest, sorted(frames.items()), _told(site, digests))

    def in_english() -> Iterator[Planned]:
        yield from plan_columns(site, theme.digest, digests, english, apart, columns.types(english))
        yield from _listed(apart, pages.translated_lists(english))

    def in_columns() -> Iterator[Planned]:
        return plan_columns(site, theme.digest, digests, catalogue, chinese, columns.columns(catalogue))

    def in_lists() -> Iterator[Planned]:
        return _listed(chinese, pages.list_pages(catalogue))

    def in_feeds() -> Iterator[Planned]:
        voice = voice_of(site.settings, site.registry)
        return plan_feeds(voice, events, bodies.html, site.maker, kept.streams, kept.entries)

    def in_sitemap() -> Iterator[Planned]:
        yield given(Stage.FEED, "sitemap.xml", _sitemap(site.settings.url, site.settings.root, (catalogue, english)))

    apart, below = Pages(site, theme, frames[ENGLISH], english, bodies), tuple[Planned, ...]()
    if english.translated:
        settled = known.plan("english", told, in_english, holds=True)
        below = (*settled, *_latest(site, apart, english, f"{ENGLISH}/"), _urgent(english, f"{ENGLISH}/"))
    paths = frozenset(path for one in below for path in one.paths)
    chinese = Pages(site, theme, frames[CHINESE], catalogue, bodies, paths)
    for path, data in assets.stored(theme.assets):
        yield given(Stage.ASSET, path, data)
    yield from share_cards(chinese.frame, theme.assets, site.maker)
    yield given(Stage.PAGE, twin.SCHEMA_PATH, twin.SCHEMA)
    first = incidents_of(site.drafts)
    around = neighbourhoods(events, digests, site.policy, catalogue.index_numbers, english.translated, first)
    for _, some in groupby(around, key=lambda one: one.incident in first):
        yield from plan_incidents(site, theme, frames, bodies, some)
    yield _urgent(catalogue)
    yield from known.plan("columns", told, in_columns, holds=True)
    yield from known.plan("lists", told, in_lists, holds=True)
    yield from _latest(site, chinese, catalogue)
    yield from below
    yield given(Stage.FEED, timeliness.CSV_PATH, timeliness.table(catalogue))
    yield from known.plan("feeds", told, in_feeds, holds=True)
    yield from _heartbeat(site, catalogue)
    yield from known.plan("sitemap", told, in_sitemap, holds=True)
    yield given(Stage.FEED, "sitemap-news.xml", newest.news_sitemap(catalogue))
    yield given(Stage.FEED, "robots.txt", newest.robots(site.settings.url))
    yield given(Stage.FEED, "latest.json", newest.latest(catalogue))
    yield from _public_record(site)


def bodies_of(site: Site, catalogue: Catalogue) -> Bodies:
    return Bodies(catalogue, site.read_frozen, site.render, site.at_hand.entries.refuse)


def _listed(made: Pages, found: Iterable[pages.Page]) -> Iterator[Planned]:
    return (made.page(Stage.LIST, template, view) for template, view in found)


def _latest(site: Site, made: Pages, catalogue: Catalogue, folder: str = "") -> Iterator[Planned]:
    """What of a language's pages changes with each line of the record."""
    punctuality = timeliness.glance(catalogue)
    if site.memory and not site.drafts:
        keep_punctuality(site.memory, catalogue.language, punctuality)
    yield from _listed(made, pages.latest_pages(catalogue, punctuality))
    yield made.page(Stage.LIST, *pages.not_found(catalogue), path=f"{folder}404.html")


def _urgent(catalogue: Catalogue, folder: str = "") -> Planned:
    """What every page asks for, and so planned with them; it goes out behind /urgent/, to which it leads."""
    return given(Stage.FEED, f"{folder}{ongoing.STYLE_PATH}", ongoing.urgent_style(catalogue))


def plan_search(site: Site) -> Iterator[Planned]:
    """The index for the search page, which is no part of `plan`: it is made when everything else has gone out."""
    yield from _remembered("search", site, "", partial(_search_planned, site))


def _search_planned(site: Site) -> Iterator[Planned]:
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


def _public_record(site: Site) -> Iterator[Planned]:
    """The last line vouches for all before it."""
    checkpoint = write_checkpoint(checkpoint_of(site.events[-1])) if site.events else b""
    yield Planned(Stage.FEED, ("record/ledger.jsonl",), fingerprint("ledger", checkpoint), lambda: (site.ledger,))
    if site.events:
        # Behind the ledger: one that is behind is sound, one that is ahead says that lines are missing.
        yield given(Stage.INDEX, "record/checkpoint.json", checkpoint)


def _heartbeat(site: Site, catalogue: Catalogue) -> Iterator[Planned]:
    if site.heartbeats:
        feed, items = heartbeat.stream(catalogue, site.heartbeats), heartbeat.items(catalogue, site.heartbeats)
        paths = tuple(feed.path + extension for extension in EXTENSIONS)
        yield Planned(Stage.FEED, paths, fingerprint(site.maker, feed, items), partial(render_feed, feed, items))


def _sitemap(base: str, root: str, catalogues: Iterable[Catalogue]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in (one for catalogue in catalogues for one in streams.addresses(catalogue)):
        location = html.escape(base + url.removeprefix(root))
        lines.append(f"<url><loc>{location}</loc><lastmod>{changed}</lastmod></url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
