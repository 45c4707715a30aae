"""What the page of a release shows of its own text, as frozen values; a template computes nothing.

Unlike a `ReleaseView` they are made of the frozen text. The view has its digest, so one fingerprint covers both.
"""

from dataclasses import dataclass

from greenchannel.portal.views import Link, Row, Time


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceView:
    """`held` is None while there is only a notice; `accreditation` is what a reporter needs to come."""

    starts: Time
    held: Time | None
    venue: str
    speakers: tuple[tuple[str, str], ...]  # name and post
    moderator: str
    hearing_access: tuple[str, ...]
    live: tuple[Link, ...]
    accreditation: tuple[Row, ...]
    media_contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A rumour at a glance; `evidence` leads to the section of the text that has it, where there is one."""

    claim: str
    source: Link | None
    seen: Time | None
    verdict: str  # its id
    verdict_label: str
    fact: str
    evidence: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticularsView:
    """`rows` is the table of metadata, in the order of the settings; `image` is the first one of the text."""

    rows: tuple[Row, ...]
    source: str
    keywords: tuple[str, ...] = ()
    image: str = ""
    conference: ConferenceView | None = None
    claim: ClaimView | None = None
