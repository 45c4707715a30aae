"""A release: one of four types, written by an author, approved by another person."""

from dataclasses import dataclass
from datetime import date, datetime

from greenchannel.domain.moment import Moment
from greenchannel.domain.translation import Translation
from greenchannel.domain.vocabulary import ChangeKind, HearingAccess, ReleaseType, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A public note on what a revision changed."""

    kind: ChangeKind
    note: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks at a conference."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Live:
    """Where a conference can be watched while it is held."""

    platform: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """How reporters announce that they come; `deadline` is until when."""

    contact: str
    phone: str | None = None
    deadline: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What any release has. `id` is ``<incident>/<name>``; `incident`, `department` and `author` are ids."""

    id: str
    title: str
    incident: str
    department: str
    summary: str
    author: str
    body: str
    deadline: datetime | None = None
    release_at: datetime | None = None
    late_reason: str | None = None
    changes: tuple[Change, ...] = ()
    attachments: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()
    final: bool = False  # 终报: the last word on an incident that is closed
    document_number: str | None = None  # 文号, as GB/T 9704 writes it: 示应急发〔2026〕12号
    formed_on: date | None = None  # 成文日期: when it was signed, which may be before it is public
    keywords: tuple[str, ...] = ()
    content_source: str | None = None  # 来源, where it is not the department
    confirmed: tuple[str, ...] = ()  # what is known for sure, a sentence each
    checking: tuple[str, ...] = ()  # what is still being checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(_Common):
    """事实发布: what is known of an incident, within the hour or later."""

    type: ReleaseType = ReleaseType.FACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference(_Common):
    """A notice first, then, by a revision that sets `held_at`, the record. Only `held_at` meets the duty."""

    type: ReleaseType = ReleaseType.CONFERENCE
    starts_at: datetime
    held_at: Moment | None = None
    venue: str
    speakers: tuple[Speaker, ...] = ()
    moderator: str | None = None
    media_contact: str | None = None
    live: tuple[Live, ...] = ()
    accreditation: Accreditation | None = None
    hearing_access: tuple[HearingAccess, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(_Common):
    """回应: what the government says to a concern, with the verdict it came to."""

    type: ReleaseType = ReleaseType.RESPONSE
    verdict: Verdict
    result_due: Moment | None = None  # by when a result is promised that is not there yet
    claim: str | None = None  # 传言: what was claimed, in one sentence or two
    claim_source: str | None = None  # where: words or an address
    claim_seen_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation(_Common):
    """解读: an expert explains the release that `basis` names. `expert` is an id, too."""

    type: ReleaseType = ReleaseType.INTERPRETATION
    expert: str
    basis: str


Release = Fact | Conference | Response | Interpretation
