"""What columns, directories, the home page, punctuality and search show."""

from dataclasses import dataclass

from greenchannel.portal.views.incidents import OngoingView
from greenchannel.portal.views.parts import Card, Frame, Link, Row, Time


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A column, or a month of it: by type, department, category, expert or of everything."""

    frame: Frame
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    is_month: bool
    months: tuple[tuple[str, tuple[Link, ...]], ...]  # by year, newest first: where its older releases stand
    previous: Link | None = None  # of a month: the one before it that has releases
    next: Link | None = None
    notice: str = ""  # why there is nothing here, where something else than the list says it


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    name: Link
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """Departments, experts or spokespersons, with what is public of each."""

    frame: Frame
    entries: tuple[DirectoryEntry, ...]
    notice: str  # what an empty one says


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMapView:
    frame: Frame
    groups: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    link: Link
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    frame: Frame
    urgent: tuple[OngoingView, ...]
    others: tuple[OngoingView, ...]  # open, but not serious
    columns: tuple[Column, ...]  # per type, newest first; only those that have releases
    punctuality: tuple[Row, ...]  # at a glance, empty before anything was owed
    departments: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many duties a month or a department owed, and what became of them."""

    name: Link
    owed: int
    met: int
    excused: int
    late: int
    missed: int
    pending: int
    undetermined: int
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDuty:
    incident: Link
    department: str
    duty: str
    due: Time
    answered: Time | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinessView:
    """Punctuality, from the record as of `as_of`; `late` lists every duty that was not met in time."""

    frame: Frame
    as_of: Time
    policy: str
    total: Tally
    months: tuple[Tally, ...]
    departments: tuple[Tally, ...]
    late: tuple[LateDuty, ...]
    definitions: tuple[Row, ...]
    csv: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainView:
    """A page with nothing of its own but the frame: 404."""

    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The search page: what its form offers as value and text, and lists that need no script."""

    frame: Frame
    types: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[Link, ...]], ...]
