"""A release: one of four types, written by an author, approved by another person."""

from dataclasses import dataclass
from datetime import datetime

from greenchannel.domain.moment import Moment
from greenchannel.domain.vocabulary import ChangeKind, ReleaseType, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A public note on what a revision changed."""

    kind: ChangeKind
    note: str


@dataclass(frozen=True, slots=True)
class Speaker:
    name: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
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
    final: bool = False  # 终报: the last word on an incident that is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(_Common):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(_Common):
    type: ReleaseType = ReleaseType.RESPONSE
    verdict: Verdict
    result_due: Moment | None = None  # by when a result is promised that is not there yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation(_Common):
    type: ReleaseType = ReleaseType.INTERPRETATION
    expert: str
    basis: str


Release = Fact | Conference | Response | Interpretation
