"""Catalogue -> views: which pages there are, at which address.

Public addresses are a contract with readers and are only ever added to. A release's address is its id, minted once.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from greenchannel.desk.furniture import OWN_SITE_MAP, FooterEntry
from greenchannel.desk.settings import Settings
from greenchannel.domain.registry import Registry
from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal import directories, revisions, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.home_page import home_view
from greenchannel.portal.incident_page import incident_lists, incident_view
from greenchannel.portal.ongoing import urgent_page
from greenchannel.portal.release_page import release_view
from greenchannel.portal.search_page import search_page
from greenchannel.portal.shown import feed_link
from greenchannel.portal.views.lists import PlainView, SiteMapView
from greenchannel.portal.views.page import PageView
from greenchannel.portal.views.parts import FooterRow, Frame, Link, OtherLanguage, Row, SiteFrame
from greenchannel.portal.wording import CHINESE, ENGLISH, phrase
from greenchannel.record.events import State

Page = tuple[str, PageView]
_CORRECTIONS = "corrections/"
_ELSEWHERE = ("subscribe/", "handbook/")  # pages that the menu has, or that are for the desk


def site_frame(
    settings: Settings,
    registry: Registry,
    released: frozenset[str],
    language: str = CHINESE,
    *,
    speaks_english: bool = False,
) -> SiteFrame:
    """`released` are the types of which something was ever released; English is spoken once anything is in English."""
    root = settings.root
    return SiteFrame(
        name=settings.site_name(language),
        organisation=settings.organisation_name(language),
        url=settings.url,
        root=root,
        home=root if language == CHINESE else f"{root}{language}/",
        subscribe=f"{root}subscribe/" if language == CHINESE else f"{root}subscribe/{language}/",
        other=_other_home(root, language) if speaks_english else None,
        menu=tuple(_menu(root, registry, released) if language == CHINESE else _menu_in(language, root, released)),
        footer=tuple(_footer_row(one, root, language) for one in settings.footer),
        about=tuple(_about(settings, registry) if language == CHINESE else _about_in(language, settings)),
        feeds=(feed_link(root, phrase(language, "全部发布"), "all"),),
        site_id_code=settings.site_id_code,
        domain=settings.url.split("/")[2],
        corrections=f"{root}{_CORRECTIONS}" if language == CHINESE and _is_built(settings, _CORRECTIONS) else "",
        archive=f"{root}archive/" if language == CHINESE and released else "",
        english=site_frame(settings, registry, released, ENGLISH, speaks_english=True)
        if speaks_english and language == CHINESE
        else None,
    )


def frame_of(settings: Settings, registry: Registry, state: State, language: str = CHINESE) -> SiteFrame:
    return site_frame(settings, registry, state.named.types, language, speaks_english=bool(state.named.languages))


def _other_home(root: str, language: str) -> OtherLanguage:
    if language == ENGLISH:
        return OtherLanguage("中文", "zh-CN", root, is_same=False)
    return OtherLanguage("English", "en", f"{root}{ENGLISH}/", is_same=False)


def _menu_in(language: str, root: str, released: frozenset[str]) -> Iterator[Link]:
    """What there is in a language other than Chinese."""
    say, home = partial(phrase, language), f"{root}{language}/"
    yield Link(say("首页"), home)
    names = {  # A column has many of a kind, for which other languages have another word.
        ReleaseType.FACT: say("事实发布栏目"),
        ReleaseType.CONFERENCE: say("新闻发布会栏目"),
        ReleaseType.RESPONSE: say("回应栏目"),
        ReleaseType.INTERPRETATION: say("专家解读栏目"),
    }
    for kind, name in names.items():
        if kind.value in released:
            yield Link(name, f"{home}types/{kind.value}/")
    yield Link(say("事件"), f"{home}incidents/")
    yield Link(say("回应时效"), f"{home}timeliness/")
    yield Link(say("订阅"), f"{root}subscribe/{language}/")


def _menu(root: str, registry: Registry, released: frozenset[str]) -> Iterator[Link]:
    """A column is in it from its first release on; nothing in it leads to an empty page."""
    yield Link("首页", root)
    for kind in ReleaseType:
        if kind.value in released:
            yield Link(kind.zh, f"{root}types/{kind.value}/")
    if released:
        yield Link("事件", f"{root}incidents/")
    if registry.departments:
        yield Link("部门", f"{root}departments/")
    if registry.public_experts:
        yield Link("专家库", f"{root}experts/")
    yield Link("回应时效", f"{root}timeliness/")
    yield Link("订阅", f"{root}subscribe/")


def _is_built(settings: Settings, page: str) -> bool:
    return any(path == page for _, path in settings.nav)


def _about(settings: Settings, registry: Registry) -> Iterator[Link]:
    """What neither the menu nor the city's own footer has, in the order of MkDocs' `nav`."""
    own = {f"{settings.root}{one.url.removeprefix('/')}" for one in settings.footer}
    yield from (one for one in _ways_about(settings, registry) if one.url not in own)


def _ways_about(settings: Settings, registry: Registry) -> Iterator[Link]:
    for title, path in settings.nav:
        if path and not path.startswith(_ELSEWHERE):
            yield Link(title, settings.root + path)
    if registry.spokespersons:
        yield Link("新闻发言人", f"{settings.root}spokespersons/")
    yield Link("站点地图", f"{settings.root}sitemap/")


def _about_in(language: str, settings: Settings) -> Iterator[Link]:
    if OWN_SITE_MAP not in settings.footer:
        yield Link(phrase(language, "站点地图"), f"{settings.root}{language}/sitemap/")


def _footer_row(one: FooterEntry, root: str, language: str) -> FooterRow:
    """The site's own map is that of the language."""
    if one == OWN_SITE_MAP and language != CHINESE:
        one = replace(one, label=phrase(language, one.label), url=f"/{language}{one.url}")
    url, image = (f"{root}{place[1:]}" if place.startswith("/") else place for place in (one.url, one.image))
    return FooterRow(key=one.piece.value if one.piece else "", label=one.label, value=one.text, url=url, image=image)


def incident_pages(catalogue: Catalogue, identifier: str) -> Iterator[Page]:
    """Of an incident and of the releases that are its own now."""
    timeline = catalogue.of_incident(identifier)
    for place, release in enumerate(timeline):
        for view in revisions.pages(catalogue, release):
            yield "revision.html", view
        yield "release.html", release_view(catalogue, timeline, place)
    yield "incident.html", incident_view(catalogue, identifier, timeline)


def list_pages(catalogue: Catalogue) -> Iterator[Page]:
    """Lists but for the columns, after what they name, as far as no receipt and no time that goes by changes them."""
    yield from incident_lists(catalogue)
    yield from directories.directories(catalogue)
    yield "site-map.html", _site_map(catalogue)
    yield search_page(catalogue)


def latest_pages(catalogue: Catalogue, punctuality: tuple[Row, ...]) -> Iterator[Page]:
    """What tells how things stand as of the record's last line, in any language; the home page last."""
    yield timeliness.page(catalogue)
    yield urgent_page(catalogue)
    yield "home.html", home_view(catalogue, punctuality)


def translated_pages(catalogue: Catalogue, identifier: str) -> Iterator[Page]:
    """Of an incident and its releases, as far as they have a page in the catalogue's language.

    Their revisions are told in Chinese.
    """
    timeline = catalogue.of_incident(identifier)
    for place, release in enumerate(timeline):
        if release.id in catalogue.translated:
            yield "release.html", release_view(catalogue, timeline, place)
    yield "incident.html", incident_view(catalogue, identifier, timeline)


def translated_lists(catalogue: Catalogue) -> Iterator[Page]:
    """What a language other than Chinese has of `list_pages`."""
    yield from incident_lists(catalogue)
    yield search_page(catalogue)
    yield "site-map.html", _site_map_in(catalogue)


def not_found(catalogue: Catalogue) -> Page:
    described, url = catalogue.say("请从首页、栏目或站点地图查找"), f"{catalogue.home}404/"
    frame = Frame(title=catalogue.say("没有找到页面"), description=described, url=url, crumbs=())
    return "not-found.html", PlainView(frame=frame)


def _site_map(catalogue: Catalogue) -> SiteMapView:
    root = catalogue.settings.root
    held = {one["incident"]["category"] for one in catalogue.state.revised()}
    categories = (one for one in Category if one.value in held)
    bodies = catalogue.registry.departments.values()
    groups = (
        ("栏目", tuple(_menu(root, catalogue.registry, catalogue.state.named.types))),
        ("事件类别", tuple(Link(one.zh, f"{root}categories/{one.value}/") for one in categories)),
        ("部门", tuple(Link(one.name, f"{root}departments/{one.id}/") for one in bodies)),
        ("查阅", tuple(_ways(catalogue))),
        ("本站", tuple(Link(title, root + path) for title, path in catalogue.settings.nav)),
        ("数据", _data(catalogue)),
    )
    frame = Frame(title="站点地图", description="本站全部栏目、部门、页面与数据", url=f"{root}sitemap/", crumbs=())
    return SiteMapView(frame=frame, groups=tuple((title, links) for title, links in groups if links))


def _site_map_in(catalogue: Catalogue) -> SiteMapView:
    """In a language other than Chinese."""
    root, say = catalogue.settings.root, catalogue.say
    groups = (
        (say("栏目"), tuple(_menu_in(catalogue.language, root, catalogue.state.named.types))),
        (say("数据"), _data(catalogue)),
    )
    described, url = say("本站的英文栏目与数据"), f"{catalogue.home}sitemap/"
    frame = Frame(title=say("站点地图"), description=described, url=url, crumbs=())
    return SiteMapView(frame=frame, groups=tuple((title, links) for title, links in groups if links))


def _data(catalogue: Catalogue) -> tuple[Link, ...]:
    root, say = catalogue.settings.root, catalogue.say
    return (
        Link(say("订阅源目录（OPML）"), f"{root}feeds/feeds.opml"),
        Link(say("订阅源目录（JSON）"), f"{root}feeds/index.json"),
        Link(say("最新发布（JSON）"), f"{root}latest.json"),
        Link(say("发布记录（JSON Lines）"), f"{root}record/ledger.jsonl"),
        Link(say("回应时效数据（CSV）"), f"{root}timeliness/timeliness.csv"),
    )


def _ways(catalogue: Catalogue) -> Iterator[Link]:
    root = catalogue.settings.root
    yield Link("搜索", f"{root}search/")
    yield Link("正在处置的事件", f"{root}urgent/")
    if catalogue.releases:
        yield Link("按月查阅", f"{root}archive/")
    if catalogue.registry.spokespersons:
        yield Link("新闻发言人", f"{root}spokespersons/")
