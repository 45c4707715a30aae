"""An incident as its page shows it: what is known, what was released and corrected, and how the city kept its time."""

from collections.abc import Iterable, Iterator

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal import timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.ongoing import announced, incident_status, knowledge
from greenchannel.portal.release_page import category_feed, department_feed
from greenchannel.portal.revisions import corrections, names_of
from greenchannel.portal.shown import card_of, feed_link, incident_url, local, shown_time
from greenchannel.portal.telephones import telephone_row
from greenchannel.portal.views.incidents import IncidentLine, IncidentsView, IncidentView, TimelineEntry
from greenchannel.portal.views.parts import Frame, Link, Row
from greenchannel.record.events import PublicRelease

NEWEST = 50
Timeline = tuple[PublicRelease, ...]  # newest first


def incident_view(catalogue: Catalogue, identifier: str, timeline: Timeline) -> IncidentView:
    facts, incident, say = catalogue.state.incidents[identifier], catalogue.incident(identifier), catalogue.say
    title, text = catalogue.title(facts), catalogue.translation(facts) or facts
    category = Link(catalogue.term(incident.category), f"{catalogue.settings.root}categories/{incident.category}/")
    corrected = any(corrections(catalogue, one) for one in timeline)
    return IncidentView(
        frame=Frame(
            title=title,
            description=say("%(title)s：全部发布、时间线与时限履行情况", title=title),
            url=incident_url(catalogue, identifier),
            crumbs=(Link(say("事件"), f"{catalogue.home}incidents/"), category),
            feeds=(
                feed_link(catalogue.settings.root, title, f"incidents/{identifier}"),
                # The newest release is in these two, so they are there.
                *(feed(catalogue, one) for one in timeline[:1] for feed in (department_feed, category_feed)),
            ),
        ),
        status=incident_status(catalogue, identifier),
        is_open=incident.closed_at is None,
        rows=tuple(_rows(catalogue, identifier, category)),
        contact=tuple(_contact(catalogue, identifier)),
        knowledge=knowledge(catalogue, identifier),
        conferences=announced(catalogue, identifier),
        duties=timeliness.incident_duties(catalogue, identifier),
        timeline=tuple(_entry(catalogue, one, _first_fact(timeline)) for one in timeline),
        interpretations=tuple(
            card_of(catalogue, one) for explained in timeline for one in catalogue.explaining(explained.id)
        ),
        body=text["sha256"],
        names=names_of(catalogue, tuple(one for release in timeline for one in release.revisions if corrected)),
    )


def incident_lists(catalogue: Catalogue) -> Iterator[tuple[str, IncidentsView]]:
    """The newest at /incidents/, and all of them by the year in which they became public."""
    root, say = f"{catalogue.home}incidents/", catalogue.say
    newest_first = by_beginning(catalogue, catalogue.state.incidents)
    years: dict[str, list[IncidentLine]] = {}
    for identifier in newest_first:
        first_at = catalogue.of_incident(identifier)[-1].first_at
        years.setdefault(f"{local(catalogue, first_at):%Y}", []).append(_line(catalogue, identifier))
    for year, lines in years.items():
        yield _incidents(catalogue, say("%(year)s年事件", year=year), f"{root}{year}/", lines)
    yield from newest_incidents(catalogue, newest_first[:NEWEST], tuple(years))


def by_beginning(catalogue: Catalogue, identifiers: Iterable[str]) -> list[str]:
    """Those of which something was released, by when the first of it was; the newest first."""
    known = (one for one in identifiers if catalogue.of_incident(one))
    return sorted(known, key=lambda one: catalogue.of_incident(one)[-1].first_at, reverse=True)


def newest_incidents(
    catalogue: Catalogue, identifiers: Iterable[str], years: Iterable[str]
) -> Iterator[tuple[str, IncidentsView]]:
    """/incidents/ of these, and the way to all of each year; nothing where nothing was released."""
    root, say = f"{catalogue.home}incidents/", catalogue.say
    links = tuple(Link(say("%(year)s年", year=year), f"{root}{year}/") for year in years)
    if lines := [_line(catalogue, one) for one in identifiers]:
        yield _incidents(catalogue, say("事件"), root, lines, links)


def _incidents(
    catalogue: Catalogue, title: str, url: str, lines: list[IncidentLine], years: tuple[Link, ...] = ()
) -> tuple[str, IncidentsView]:
    frame = Frame(
        title=title,
        description=catalogue.say("%(site)s：%(title)s及其处置状态", site=catalogue.name, title=title),
        url=url,
        crumbs=(Link(catalogue.say("事件"), f"{catalogue.home}incidents/"),),
    )
    return "incidents.html", IncidentsView(frame=frame, lines=tuple(lines), years=years)


def _line(catalogue: Catalogue, identifier: str) -> IncidentLine:
    incident, timeline = catalogue.incident(identifier), catalogue.of_incident(identifier)
    return IncidentLine(
        link=Link(catalogue.title(catalogue.state.incidents[identifier]), incident_url(catalogue, identifier)),
        status=incident_status(catalogue, identifier),
        is_open=incident.closed_at is None,
        category=catalogue.term(incident.category),
        grade=catalogue.term(incident.incident_class) if incident.incident_class else "",
        newest=shown_time(catalogue, timeline[0].first_at),
        count=str(len(timeline)),
    )


def _rows(catalogue: Catalogue, identifier: str, category: Link) -> Iterator[Row]:
    incident, say = catalogue.incident(identifier), catalogue.say
    yield Row(say("类别"), category.text, category.url)
    if incident.incident_class:
        yield Row(say("等级"), catalogue.term(incident.incident_class))
    for label, moment in ((say("发生时间"), incident.occurred_at), (say("发现时间"), incident.detected_at),
                          (say("认领时间"), incident.claimed_at), (say("办结时间"), incident.closed_at)):  # fmt: skip
        if moment:
            yield Row(label, shown_time(catalogue, moment).text)


def _contact(catalogue: Catalogue, identifier: str) -> Iterator[Row]:
    """Whom to ask: the lead department, its spokespersons and its telephone."""
    lead, say = catalogue.incident(identifier).lead, catalogue.say
    yield Row(say("牵头部门"), catalogue.department_name(lead), f"{catalogue.settings.root}departments/{lead}/")
    people = (one for one in catalogue.registry.spokespersons if one.department == lead)
    for person in people:
        who = say("%(name)s（%(post)s）", name=person.name, post=person.post)
        yield Row(say("新闻发言人"), who, f"{catalogue.settings.root}spokespersons/")
    if (department := catalogue.registry.departments.get(lead)) and department.phone:
        yield telephone_row(say("电话"), department.phone)


def _entry(catalogue: Catalogue, release: PublicRelease, first: PublicRelease | None) -> TimelineEntry:
    is_final = bool(release.current.event.get("final"))
    return TimelineEntry(
        card=card_of(catalogue, release),
        label=catalogue.say("最终通报") if is_final else catalogue.say("首次通报") if release is first else "",
        corrections=corrections(catalogue, release),
    )


def _first_fact(timeline: Timeline) -> PublicRelease | None:
    return next((one for one in reversed(timeline) if one.current.event["type"] == ReleaseType.FACT), None)
