"""What is going on now: open incidents, what is known of them and what comes next.

No page of the archive changes when an incident opens or closes. Each carries the same link to ``/urgent/`` and asks for
``urgent.css``: a few lines that hide the link, or write the name of what is open behind it. So a banner stands on every
page at once, for the price of one small file, with no script; where no style is read, the link leads to a page that
says what is open, or that nothing is.
"""

from datetime import datetime, timedelta

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, feed_link, incident_url, release_url, shown_time
from greenchannel.portal.views.incidents import AnnouncedView, KnowledgeView, OngoingView, UrgentView
from greenchannel.portal.views.parts import Frame, Link
from greenchannel.record.events import PublicRelease

_LASTS = timedelta(hours=12)
_OTHERS = 20
STYLE_PATH = "urgent.css"


def urgent_page(catalogue: Catalogue) -> tuple[str, UrgentView]:
    say = catalogue.say
    feed = feed_link(catalogue.settings.root, say("重大突发事件"), "urgent")
    frame = Frame(
        title=say("正在处置的事件"),
        description=say("正在处置的突发事件：最新通报、已核实与正在核实的情况、新闻发布会安排"),
        url=f"{catalogue.home}urgent/",
        crumbs=(),
        feeds=(feed,),
    )
    urgent, others = open_incidents(catalogue)
    return "urgent.html", UrgentView(frame=frame, urgent=urgent, others=others)


def open_incidents(catalogue: Catalogue) -> tuple[tuple[OngoingView, ...], tuple[OngoingView, ...]]:
    """The serious ones, and the newest of the others; /incidents/ has all."""
    urgent = catalogue.urgent
    others = [one for one in catalogue.running if one not in urgent][:_OTHERS]
    return tuple(ongoing(catalogue, one) for one in urgent), tuple(ongoing(catalogue, one) for one in others)


def ongoing(catalogue: Catalogue, identifier: str) -> OngoingView:
    incident = catalogue.incident(identifier)
    in_force = [one for one in catalogue.of_incident(identifier) if one.withdrawal is None]
    facts = [one for one in in_force if one.current.event["type"] == ReleaseType.FACT]
    return OngoingView(
        incident=Link(catalogue.title(catalogue.state.incidents[identifier]), incident_url(catalogue, identifier)),
        grade=catalogue.term(incident.incident_class) if incident.incident_class else "",
        status=incident_status(catalogue, identifier),
        newest=card_of(catalogue, (facts or in_force)[0]),
        conferences=announced(catalogue, identifier),
        knowledge=knowledge(catalogue, identifier),
    )


def incident_status(catalogue: Catalogue, identifier: str) -> str:
    is_open = catalogue.incident(identifier).closed_at is None
    return catalogue.say("处置中") if is_open else catalogue.say("已办结")


def announced(catalogue: Catalogue, identifier: str) -> tuple[AnnouncedView, ...]:
    """The conferences of an open incident of which no held time is on the record, by their time."""
    if catalogue.incident(identifier).closed_at is not None:
        return ()
    found = (one for one in catalogue.of_incident(identifier) if _is_announced(one))
    views = (
        AnnouncedView(
            link=Link(catalogue.title(one.current.event), release_url(catalogue, one)),
            starts=shown_time(catalogue, starts),
            venue=str(one.current.event.get("venue", "")),
        )
        for one in found
        if (starts := one.appearance(catalogue.settings.zone).starts_at) and not _is_over(catalogue, starts)
    )
    return tuple(sorted(views, key=lambda one: one.starts.iso))


def _is_over(catalogue: Catalogue, starts: datetime) -> bool:
    """By the record's own clock: nobody wrote down that it was held, and nobody still comes to it."""
    return catalogue.state.last_at is not None and catalogue.state.last_at > starts + _LASTS


def _is_announced(release: PublicRelease) -> bool:
    event = release.current.event
    return event["type"] == ReleaseType.CONFERENCE and not event.get("held_at") and release.withdrawal is None


def knowledge(catalogue: Catalogue, identifier: str) -> KnowledgeView | None:
    """As the newest release in force that says so; once an incident is closed, nothing is being checked any more.

    A correction of an older one does not make it the newest.
    """
    for one in catalogue.of_incident(identifier):
        if one.withdrawal:
            continue
        event = one.current.event
        if "confirmed" in event or "checking" in event:
            is_open = catalogue.incident(identifier).closed_at is None
            return KnowledgeView(
                confirmed=catalogue.stand(event, "confirmed"),
                checking=catalogue.stand(event, "checking") if is_open else (),
                source=Link(catalogue.title(event), release_url(catalogue, one)),
                at=shown_time(catalogue, one.current.at),
            )
    return None


def urgent_style(catalogue: Catalogue) -> bytes:
    """`urgent.css`: the link of every page hidden, or the newest serious incident written behind it.

    Its name, its newest fact, and the conference that comes next.
    """
    if not catalogue.urgent:
        return b".urgent { display: none }\n"
    newest = ongoing(catalogue, catalogue.urgent[0])
    name, fact = newest.incident.text, newest.newest
    if len(catalogue.urgent) > 1:
        name = catalogue.say("%(name)s 等%(count)s起", name=name, count=len(catalogue.urgent))
    latest = catalogue.say("最新 %(time)s %(title)s", time=fact.published.text, title=fact.title)
    told = {"name": name, "newest": latest}
    for one in newest.conferences[:1]:
        text = catalogue.say("新闻发布会 %(time)s %(venue)s", time=one.starts.text, venue=one.venue)
        told["conference"] = text.strip()
    rules = (f'.urgent-{part}::before {{ content: "{_quoted(text)}" }}\n' for part, text in told.items())
    return f'@charset "UTF-8";\n{"".join(rules)}'.encode()


def _quoted(text: str) -> str:
    """As the content of a CSS string: whatever is no letter or digit is escaped, so that no title can end it."""
    return "".join(one if one.isalnum() else f"\\{ord(one):x} " for one in text if one.isprintable())
