"""An incident -> the plan of all that stands below its address: texts, attachments, twins, calendars, pages.

Nothing of it is worked out while its neighbourhood is what it was: then the plan is remembered, and what it takes to
make a page of it is worked out only for the page that is missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import orjson

from greenchannel.portal import pages, twin
from greenchannel.portal.addresses import alias_path, public_path
from greenchannel.portal.bodies import Bodies
from greenchannel.portal.calendar_file import Entry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.conference_calendar import NAME as CALENDAR
from greenchannel.portal.conference_calendar import calendar_entry, calendar_of, has_calendar, is_cancelled
from greenchannel.portal.neighbourhood import Neighbourhood
from greenchannel.portal.ninjs import ninjs
from greenchannel.portal.page_plan import Pages
from greenchannel.portal.plan import Planned, Stage, fingerprint
from greenchannel.portal.remembered_plan import Earlier
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.portal.views.parts import SiteFrame
from greenchannel.portal.wording import CHINESE, ENGLISH
from greenchannel.record.events import PublicRelease
from greenchannel.record.freeze import thaw

_READABLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE  # of a release as JSON


def plan_incidents(
    site: Site, theme: Theme, frames: Mapping[str, SiteFrame], bodies: Bodies, around: Iterable[Neighbourhood]
) -> Iterator[Planned]:
    """Of these incidents, in their order."""
    every = tuple(around)
    common = fingerprint(site.ground, theme.digest, sorted(frames.items()))
    known = Earlier(site.memory, site.at_hand.plans, [f"incident {one.incident}" for one in every])
    for one in every:
        below = _Below(site, theme, frames, bodies, one)
        yield from known.plan(f"incident {one.incident}", fingerprint(common, one.key), below.plan)


class _Below:
    """What stands below the address of one incident; worked out when it is asked for."""

    def __init__(
        self, site: Site, theme: Theme, frames: Mapping[str, SiteFrame], bodies: Bodies, around: Neighbourhood
    ) -> None:
        self._site, self._theme, self._frames, self._bodies, self._around = site, theme, frames, bodies, around

    def plan(self) -> Iterator[Planned]:
        around, site = self._around, self._site
        catalogue = Catalogue(site.settings, site.registry, site.policy, around.state, around.numbers)
        english = catalogue.speaking(ENGLISH, around.translated)
        releases = sorted(catalogue.of_incident(around.incident), key=lambda one: one.id)
        for path, digest in catalogue.files_of(around.incident):
            yield Planned(Stage.PAGE, (public_path(path),), digest, partial(_one, self._bodies.released, digest))
        for release in releases:
            yield from self._of_release(catalogue, release)
        paths = frozenset(f"{ENGLISH}/releases/{one}/index.html" for one in around.translated)
        made = Pages(site, self._theme, self._frames[CHINESE], catalogue, self._bodies, paths)
        for template, view in pages.incident_pages(catalogue, around.incident):
            yield made.page(Stage.PAGE, template, view)
        if around.incident in around.translated:
            made = Pages(site, self._theme, self._frames[ENGLISH], english, self._bodies)
            for template, view in pages.translated_pages(english, around.incident):
                yield made.page(Stage.PAGE, template, view)

    def _of_release(self, catalogue: Catalogue, release: PublicRelease) -> Iterator[Planned]:
        maker, bodies = self._site.maker, self._bodies
        for name, digest in catalogue.newest_attachments(release):
            yield Planned(Stage.PAGE, (alias_path(release.id, name),), digest, partial(_one, bodies.released, digest))
        description = twin.describe(catalogue, release)
        paths = tuple(f"releases/{release.id}/{name}" for name in ("index.json", "ninjs.json"))
        yield Planned(Stage.PAGE, paths, fingerprint(maker, description), partial(_twin, description, bodies))
        if has_calendar(release):
            entry, digest = calendar_entry(catalogue, release), "" if is_cancelled(release) else release.current.sha256
            made = partial(_calendar, entry, bodies, digest)
            yield Planned(Stage.PAGE, (f"releases/{release.id}/{CALENDAR}",), fingerprint(maker, entry, digest), made)


def _one(read: Callable[[str], bytes], digest: str) -> tuple[bytes, ...]:
    return (read(digest),)


def _calendar(entry: Entry, bodies: Bodies, digest: str) -> tuple[bytes, ...]:
    return (calendar_of(entry, thaw(bodies.released(digest)) if digest else None),)


def _twin(description: twin.Document, bodies: Bodies) -> tuple[bytes, ...]:
    digest = description["text"]["sha256"]
    translated = {one: bodies.html(one) for one in (of["text"]["sha256"] for of in description["translations"])}
    whole = twin.complete(description, thaw(bodies.released(digest)), bodies.html(digest), translated)
    return tuple(orjson.dumps(one, option=_READABLE) for one in (whole, ninjs(whole)))
