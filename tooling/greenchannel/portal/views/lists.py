"""What columns, directories, the home page, punctuality and search show."""

from msgspec import Struct

from greenchannel.portal.views.incidents import OngoingView
from greenchannel.portal.views.parts import Card, Frame, Link, Row, Time


class ListView(Struct, frozen=True, kw_only=True):
    """A column, or a month of it: by type, department, category, expert or of everything."""

    frame: Frame
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    is_month: bool
    months: tuple[tuple[str, tuple[Link, ...]], ...]  # by year, newest first: where its older releases stand
    previous: Link | None = None  # of a month: the one before it that has releases
    next: Link | None = None
    notice: str = ""  # why there is nothing here, where something else than the list says it


class DirectoryEntry(Struct, frozen=True, kw_only=True):
    name: Link
    rows: tuple[Row, ...]


class DirectoryView(Struct, frozen=True, kw_only=True):
    """Departments, experts or spokespersons, with what is public of each."""

    frame: Frame
    entries: tuple[DirectoryEntry, ...]
    notice: str  # what an empty one says


class SiteMapView(Struct, frozen=True, kw_only=True):
    frame: Frame
    groups: tuple[tuple[str, tuple[Link, ...]], ...]


class Column(Struct, frozen=True, kw_only=True):
    link: Link
    cards: tuple[Card, ...]


class HomeView(Struct, frozen=True, kw_only=True):
    frame: Frame
    urgent: tuple[OngoingView, ...]
    others: tuple[OngoingView, ...]  # open, but not serious
    columns: tuple[Column, ...]  # per type, newest first; only those that have releases
    punctuality: tuple[Row, ...]  # at a glance, empty before anything was owed
    departments: tuple[Link, ...]


class Tally(Struct, frozen=True, kw_only=True):
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


class LateDuty(Struct, frozen=True, kw_only=True):
    incident: Link
    department: str
    duty: str
    due: Time
    answered: Time | None
    outcome: str


class TimelinessView(Struct, frozen=True, kw_only=True):
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


class PlainView(Struct, frozen=True, kw_only=True):
    """A page with nothing of its own but the frame: 404."""

    frame: Frame


class SearchView(Struct, frozen=True, kw_only=True):
    """The search page: what its form offers as value and text, and lists that need no script."""

    frame: Frame
    types: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[Link, ...]], ...]
