"""What the pages of incidents show, and what is told of those that are open."""

from msgspec import Struct

from greenchannel.portal.views.parts import Card, DutyView, Frame, Link, Row, Time


class AnnouncedView(Struct, frozen=True, kw_only=True):
    """A press conference that has been announced and of which the record does not yet say that it was held."""

    link: Link
    starts: Time
    venue: str


class KnowledgeView(Struct, frozen=True, kw_only=True):
    """What is confirmed and what is still being checked, as the release `source` said at `at`."""

    confirmed: tuple[str, ...]
    checking: tuple[str, ...]
    source: Link
    at: Time


class OngoingView(Struct, frozen=True, kw_only=True):
    """An incident that is not closed: its newest fact, or release where it has no fact, and what comes next."""

    incident: Link
    grade: str
    status: str
    newest: Card
    conferences: tuple[AnnouncedView, ...]  # the next one first
    knowledge: KnowledgeView | None


class CorrectionView(Struct, frozen=True, kw_only=True):
    """A correction in a timeline; the template receives what was struck out as ``comparisons[before, after]``."""

    at: Time
    note: str
    page: str
    before: str  # SHA-256 of the text before it
    after: str


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """A release in its incident's timeline. `label` is 首次通报, 最终通报 or empty."""

    card: Card
    label: str
    corrections: tuple[CorrectionView, ...]  # newest first


class IncidentView(Struct, frozen=True, kw_only=True):
    frame: Frame
    status: str  # 处置中 or 已办结
    is_open: bool
    rows: tuple[Row, ...]
    contact: tuple[Row, ...]
    knowledge: KnowledgeView | None
    conferences: tuple[AnnouncedView, ...]
    duties: tuple[DutyView, ...]
    timeline: tuple[TimelineEntry, ...]  # newest first
    interpretations: tuple[Card, ...]  # those that explain a release of it, wherever they stand
    body: str  # SHA-256 of the frozen incident text
    names: tuple[tuple[str, str], ...]  # of what the corrected texts name by its id


class IncidentLine(Struct, frozen=True, kw_only=True):
    """An incident in the list of all of them."""

    link: Link
    status: str
    is_open: bool
    category: str
    grade: str
    newest: Time
    count: str


class IncidentsView(Struct, frozen=True, kw_only=True):
    """Incidents by the year in which they became public."""

    frame: Frame
    lines: tuple[IncidentLine, ...]
    years: tuple[Link, ...]


class UrgentView(Struct, frozen=True, kw_only=True):
    """What is going on now: serious incidents, then the others that are open."""

    frame: Frame
    urgent: tuple[OngoingView, ...]
    others: tuple[OngoingView, ...]
