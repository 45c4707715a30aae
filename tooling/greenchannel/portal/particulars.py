"""A release's own text -> what its page shows beside the body: metadata, the conference, the claim."""

import re
from collections.abc import Iterator, Mapping
from datetime import timezone
from functools import partial
from html import unescape
from typing import Any

from msgspec.structs import replace

from greenchannel.desk.addresses import is_web_address
from greenchannel.domain.moment import read_moment
from greenchannel.domain.sections import EVIDENCE, is_about
from greenchannel.domain.vocabulary import HearingAccess, ReleaseType, Verdict
from greenchannel.portal.dialogue import marked
from greenchannel.portal.sanitising import plain_text
from greenchannel.portal.shown import local_time
from greenchannel.portal.structured_data import as_data_block, structured_data
from greenchannel.portal.telephones import telephone_row, telephones
from greenchannel.portal.views.parts import Link, Row, SiteFrame, Time
from greenchannel.portal.views.releases import ClaimView, ConferenceView, ParticularsView, ReleaseView
from greenchannel.portal.wording import phrase

Fields = Mapping[str, Any]  # Any: JSON
_HEADING = re.compile(r'^<h[1-6] id="(?P<id>[^"]*)">(?P<text>.*)</h[1-6]>$', re.MULTILINE)
# An attachment's address, or one with a scheme: what else a text may write leads nowhere from another page.
_IMAGE = re.compile(r'<img [^<>]*?src="(/(?!/)[^"<>]*|https?://[^"<>]*)"')


def release_values(
    view: ReleaseView, fields: Fields, body: str, portal: SiteFrame, zone: timezone
) -> Mapping[str, object]:
    """What the template of a release receives besides the values that every page has."""
    shown = particulars(view, fields, body, zone)
    return {
        "particulars": shown,
        "structured": as_data_block(structured_data(view, shown, portal)),
        "body": marked(body) if shown.conference else body,
    }


def particulars(view: ReleaseView, fields: Fields, body: str, zone: timezone) -> ParticularsView:
    """`fields` are those of the frozen text and `body` is its HTML; both are empty for what is withdrawn."""
    source = str(fields.get("content_source") or view.card.department.text)
    kind, image = fields.get("type"), _IMAGE.search(body)
    return ParticularsView(
        rows=tuple(_rows(view, fields, source)),
        source=source,
        keywords=tuple(fields.get("keywords", ())),
        image=unescape(image[1]) if image else "",
        conference=_conference(fields, zone, view.language) if kind == ReleaseType.CONFERENCE else None,
        claim=_claim(view, fields, body, zone) if fields.get("claim") else None,
    )


def _rows(view: ReleaseView, fields: Fields, source: str) -> Iterator[Row]:
    """Only what there is: a label without a value tells a reader nothing."""
    own = {
        "成文日期": fields.get("formed_on", ""),
        "文号": fields.get("document_number", ""),
        "来源": source,
        "关键词": "、".join(fields.get("keywords", ())),
    }
    known = {row.label: row for row in view.table} | {label: Row(label, value) for label, value in own.items() if value}
    for one in (known[label] for label in view.metadata if label in known):
        yield replace(one, label=phrase(view.language, one.label))
    yield from view.rows


def _conference(fields: Fields, zone: timezone, language: str) -> ConferenceView:
    return ConferenceView(
        starts=local_time(read_moment(fields["starts_at"], zone), zone),
        held=_time(fields.get("held_at"), zone),
        venue=fields["venue"],
        speakers=tuple((one["name"], one["post"]) for one in fields.get("speakers", ())),
        moderator=fields.get("moderator", ""),
        hearing_access=tuple(phrase(language, HearingAccess(one).zh) for one in fields.get("hearing_access", ())),
        live=tuple(Link(one["platform"], one["url"]) for one in fields.get("live", ())),
        accreditation=tuple(_accreditation(fields.get("accreditation", {}), zone, language)),
        media_contact=telephones(fields.get("media_contact", "")),
    )


def _accreditation(one: Fields, zone: timezone, language: str) -> Iterator[Row]:
    say = partial(phrase, language)
    if contact := one.get("contact"):
        yield Row(say("联系人"), contact)
    if phone := one.get("phone"):
        yield telephone_row(say("电话"), phone)
    if deadline := _time(one.get("deadline"), zone):
        yield Row(say("报名截止"), deadline.text)
    if note := one.get("note"):
        yield Row(say("说明"), note)


def _claim(view: ReleaseView, fields: Fields, body: str, zone: timezone) -> ClaimView:
    source, verdict = fields.get("claim_source", ""), Verdict(fields["verdict"])
    return ClaimView(
        claim=fields["claim"],
        source=Link(source, source if is_web_address(source) else "") if source else None,
        seen=_time(fields.get("claim_seen_at"), zone),
        verdict=verdict.value,
        verdict_label=phrase(view.language, verdict.zh),
        fact=view.card.summary,
        evidence=next(_sections(body, EVIDENCE), None),
    )


def _sections(body: str, words: tuple[str, ...]) -> Iterator[Link]:
    for found in _HEADING.finditer(body):
        heading = plain_text(found["text"])
        if is_about(heading, words):
            yield Link(heading, f"#{unescape(found['id'])}")


def _time(text: str | None, zone: timezone) -> Time | None:
    return local_time(read_moment(text, zone), zone) if text else None
