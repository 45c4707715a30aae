"""A release as schema.org data (JSON-LD), for search engines and whoever collects checked facts.

Every release is a NewsArticle; a conference is an Event besides, an answered rumour a ClaimReview. Only what the page
itself says is said here. The text goes into a `script` element that is data and no program: `as_data_block` writes it
so that nothing in it can end that element.

Sources: schema.org; Google Search Central, "Fact Check (ClaimReview) structured data", for the rating.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from greenchannel.domain.vocabulary import Verdict
from greenchannel.portal.views.parts import Link, SiteFrame
from greenchannel.portal.views.releases import ClaimView, ConferenceView, ParticularsView, ReleaseView
from greenchannel.portal.wording import CHINESE

Node = Mapping[str, Any]  # Any: JSON
# On the scale from 1, false, to 5, true.
_RATING = {Verdict.UNTRUE: 1, Verdict.PARTLY_TRUE: 3, Verdict.TRUE: 5}
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_data_block(data: Node) -> str:
    """JSON that stands in HTML as it is: no sign that a parser of HTML or of old JavaScript would take for its own."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def structured_data(view: ReleaseView, shown: ParticularsView, portal: SiteFrame) -> Node:
    return {"@context": "https://schema.org", "@graph": list(_graph(view, shown, portal))}


def _graph(view: ReleaseView, shown: ParticularsView, portal: SiteFrame) -> Iterator[Node]:
    yield _article(view, shown, portal)
    if shown.conference:
        yield _event(view, shown.conference, portal)
    if shown.claim and (rating := _RATING.get(Verdict(shown.claim.verdict))):
        yield _review(view, shown.claim, rating, portal)


def _article(view: ReleaseView, shown: ParticularsView, portal: SiteFrame) -> Node:
    address = _absolute(portal, view.card.url)
    optional = {
        "keywords": list(shown.keywords),
        "image": [_absolute(portal, shown.image)] if shown.image else [],
        "correction": [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": one.at.iso} for one in view.corrections
        ],
        "isBasedOn": _absolute(portal, view.interpretation.basis.url) if view.interpretation else "",
        "creativeWorkStatus": "Withdrawn" if view.withdrawn else "",
    }
    return {
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "identifier": view.id,
        "headline": view.card.title,
        "description": view.card.summary,
        "articleSection": view.card.type_label,
        "inLanguage": "zh-CN" if view.language == CHINESE else view.language,
        "datePublished": view.card.published.iso,
        "dateModified": view.updated.iso,
        "author": _author(view, portal),
        "publisher": _publisher(portal),
        "about": {"@type": "Thing", "name": view.card.incident.text, "url": _absolute(portal, view.card.incident.url)},
        "isAccessibleForFree": True,
        "license": f"{portal.url}subscribe/",
        **{key: value for key, value in optional.items() if value},
    }


def _event(view: ReleaseView, one: ConferenceView, portal: SiteFrame) -> Node:
    address = _absolute(portal, view.card.url)
    place = {"@type": "Place", "name": one.venue, "address": one.venue}
    watched = [{"@type": "VirtualLocation", "name": link.text, "url": link.url} for link in one.live]
    return {
        "@type": "Event",
        "@id": f"{address}#event",
        "name": view.card.title,
        "description": view.card.summary,
        "url": address,
        "startDate": (one.held or one.starts).iso,
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{'Mixed' if watched else 'Offline'}EventAttendanceMode",
        "location": [place, *watched] if watched else place,
        "organizer": _department(view, portal),
        "performer": [{"@type": "Person", "name": name, "jobTitle": post} for name, post in one.speakers],
        "isAccessibleForFree": True,
    }


def _review(view: ReleaseView, one: ClaimView, rating: int, portal: SiteFrame) -> Node:
    address = _absolute(portal, view.card.url)
    claim: dict[str, Any] = {"@type": "Claim", "text": one.claim}  # Any: JSON
    if one.source and one.source.url:
        claim["appearance"] = {"@type": "CreativeWork", "url": one.source.url}
    return {
        "@type": "ClaimReview",
        "@id": f"{address}#review",
        "url": address,
        "claimReviewed": one.claim,
        "datePublished": view.card.published.iso,
        "author": _department(view, portal),
        "itemReviewed": claim,
        "reviewBody": one.fact,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": rating,
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": one.verdict_label,
        },
    }


def _author(view: ReleaseView, portal: SiteFrame) -> Node:
    """An interpretation is its expert's view, where he agreed to be named."""
    if view.interpretation and (expert := view.interpretation.expert):
        return {
            "@type": "Person",
            "name": expert.link.text,
            "jobTitle": expert.title,
            "affiliation": {"@type": "Organization", "name": expert.affiliation},
            "url": _absolute(portal, expert.link.url),
        }
    return _department(view, portal)


def _department(view: ReleaseView, portal: SiteFrame) -> Node:
    return _organisation(view.card.department, portal)


def _organisation(link: Link, portal: SiteFrame) -> Node:
    return {"@type": "GovernmentOrganization", "name": link.text, "url": _absolute(portal, link.url)}


def _publisher(portal: SiteFrame) -> Node:
    return _organisation(Link(portal.organisation, portal.root), portal)


def _absolute(portal: SiteFrame, url: str) -> str:
    """Of an address on this site, which begins with its root."""
    return portal.url + url.removeprefix(portal.root) if url.startswith("/") else url
