"""Catalogue -> feeds and the sitemap's addresses: what machines follow."""

from collections.abc import Iterator
from datetime import datetime

from greenchannel.domain.vocabulary import Category, ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, incident_url, notice, release_url, rfc3339
from greenchannel.portal.views import FeedEntry, FeedView
from greenchannel.record.events import PublicRelease

_FEED = 100


def addresses(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every release and incident with the day its page last changed, for the sitemap."""
    for identifier in sorted(catalogue.state.incidents):
        timeline = catalogue.of_incident(identifier)
        yield incident_url(catalogue, identifier), rfc3339(catalogue, catalogue.changed_at(identifier))
        for one in timeline:
            yield release_url(catalogue, one), rfc3339(catalogue, one.updated_at)


def feeds(catalogue: Catalogue) -> Iterator[FeedView]:
    name = catalogue.settings.name
    for identifier in sorted(catalogue.state.incidents):
        title = str(catalogue.state.incidents[identifier]["title"])
        home = f"releases/{identifier}/"
        members, updated = catalogue.of_incident(identifier), catalogue.changed_at(identifier)
        yield _feed(catalogue, f"incidents/{identifier}", title, home, members, updated)
    for key, members in catalogue.grouped(lambda one: one.current.event["department"]).items():
        title = f"{name}·{catalogue.department_name(key)}"
        yield _feed(catalogue, f"departments/{key}", title, f"departments/{key}/", members)
    for key, members in catalogue.grouped(lambda one: one.current.event["incident"]["category"]).items():
        yield _feed(catalogue, f"categories/{key}", f"{name}·{Category(key).zh}", f"categories/{key}/", members)
    for key, members in catalogue.grouped(lambda one: one.current.event["type"]).items():
        yield _feed(catalogue, f"types/{key}", f"{name}·{ReleaseType(key).zh}", f"types/{key}/", members)
    if catalogue.releases:
        yield _feed(catalogue, "all", name, "", catalogue.releases)


def _feed(
    catalogue: Catalogue,
    path: str,
    title: str,
    home: str,
    members: tuple[PublicRelease, ...],
    updated: datetime | None = None,
) -> FeedView:
    settings = catalogue.settings
    newest = updated or max(one.updated_at for one in members)
    return FeedView(
        id=f"tag:{settings.tag}:feeds/{path}",
        path=f"feeds/{path}",
        title=title,
        description=f"{settings.organisation}：{title}",
        home=settings.url + home,
        base=settings.url,
        organisation=settings.organisation,
        email=settings.email,
        updated=rfc3339(catalogue, newest),
        entries=tuple(_entry(catalogue, one) for one in members[:_FEED]),
        hubs=settings.websub,
    )


def _entry(catalogue: Catalogue, release: PublicRelease) -> FeedEntry:
    card, withdrawn = card_of(catalogue, release), notice(catalogue, release)
    return FeedEntry(
        id=f"tag:{catalogue.settings.tag}:{release.id}",
        url=catalogue.settings.url + f"releases/{release.id}/",
        title=card.title,
        summary=card.summary,
        body="" if withdrawn else release.current.sha256,
        department=card.department.text,
        type_label=card.type_label,
        incident=card.incident.text,
        published=rfc3339(catalogue, release.first_at),
        updated=rfc3339(catalogue, release.updated_at),
        withdrawn=withdrawn,
    )
