"""What a page shows, as frozen values: prepared here once, so that a template computes nothing.

Every view is the whole input of its page beside the theme; its `repr` is what the plan fingerprints.
Times come as display text (`2026-11-20 08:55`, the newsroom's offset) and as RFC 3339.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Time:
    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a metadata table; `url` empty where it is no link."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """Where a page leads whom it does not speak to; `is_same` says that the same page is there, not only a home page.

    `tag` is the language's (RFC 5646), `text` its own name.
    """

    text: str
    tag: str
    url: str
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A release in a list. `status` is empty, 更正, 撤回 or 草稿."""

    title: str
    url: str
    type: str
    type_label: str
    department: Link
    incident: Link
    published: Time
    summary: str
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView:
    """`notice` says who, when and why; `until` is the new publication that ended it."""

    at: Time
    notice: str
    until: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """`url` leads to the frozen text, `page` to the page of the revision, which is empty where there is none."""

    number: int
    at: Time
    kind: str
    note: str
    url: str
    sha256: str
    signed: str = ""  # of the duty rule: one officer released it, the second signature is owed or given
    page: str = ""
    withdrawal: WithdrawalView | None = None  # what ended this revision, where no later one did


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What was changed and when, above the text; `page` compares before and after."""

    at: Time
    note: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file beside the release; `kind` and `size` as people read them."""

    name: str
    url: str
    kind: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    title: str
    rss: str
    atom: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One duty in a citizen's words: when the city learned (`clock`), by when it owed an answer, when it gave it, under
    which rule, and how it stood (`state`: met, late, open, unknown).
    """  # noqa: D205

    duty: str
    due: Time
    clock: str
    answered: Time | None
    basis: str
    force: str
    outcome: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page has: `url` is the page's own address from the root, `crumbs` lead to it from the home page."""

    title: str
    description: str
    url: str
    crumbs: tuple[Link, ...]
    feeds: tuple[FeedLink, ...] = ()
    column_type: str = "回应关切"  # of the vocabulary of government sites, which is Chinese in every language


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertView:
    """`link` has the name and leads to the expert's page."""

    link: Link
    field: str
    affiliation: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretationView:
    """`expert` is None where the expert has not agreed to be named; `basis` is the release that is explained."""

    expert: ExpertView | None
    basis: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """`table` has the rows of metadata that the ledger knows, by label; `metadata` says which are shown, and in which
    order. `rows` follow them.
    """  # noqa: D205

    frame: Frame
    language: str
    id: str  # a tag: URI
    twin: str  # the release as JSON
    card: Card
    updated: Time
    metadata: tuple[str, ...]
    table: tuple[Row, ...]
    rows: tuple[Row, ...]
    revisions: tuple[RevisionView, ...]  # newest first
    body: str  # SHA-256 of the frozen text; the template receives its HTML as `body`
    previous: Link | None
    next: Link | None
    duties: tuple[DutyView, ...] = ()  # what this release was the first to meet
    attachments: tuple[AttachmentView, ...] = ()
    withdrawn: str = ""  # the notice that stands instead of text and attachments, empty while it is in force
    corrections: tuple[NoteView, ...] = ()  # newest first
    update: NoteView | None = None  # the newest one
    earlier_withdrawals: tuple[WithdrawalView, ...] = ()  # those that a new publication ended
    draft: bool = False
    confirmed: tuple[str, ...] = ()
    checking: tuple[str, ...] = ()
    interpretation: InterpretationView | None = None
    explained_by: tuple[Card, ...] = ()  # interpretations of this release
    siblings: tuple[Card, ...] = ()  # the nearest of the incident, newest first
    calendar: str = ""  # of a conference: its calendar file
    editor: str = ""  # as the settings show it to the public


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionPageView:
    """One revision, compared with the one before. It knows of later ones only that the next has taken its place.

    The template receives the text's HTML as `body` and the comparison, made of the two digests, as `comparison`.
    """

    frame: Frame
    card: Card  # as this revision had it
    revision: RevisionView
    state: str  # 现行版本, 已被取代, 已撤回 or 草稿
    notice: tuple[str, ...]  # why it is not to be relied on, empty for the current one
    rows: tuple[Row, ...]
    previous: Link | None
    next: Link | None
    body: str  # SHA-256 of the frozen text
    before: str  # and of the one before, empty for the first
    names: tuple[tuple[str, str], ...]  # of what the texts name by its id


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedView:
    """A press conference that has been announced and of which the record does not yet say that it was held."""

    link: Link
    starts: Time
    venue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeView:
    """What is confirmed and what is still being checked, as the release `source` said at `at`."""

    confirmed: tuple[str, ...]
    checking: tuple[str, ...]
    source: Link
    at: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class OngoingView:
    """An incident that is not closed: its newest fact, or release where it has no fact, and what comes next."""

    incident: Link
    grade: str
    status: str
    newest: Card
    conferences: tuple[AnnouncedView, ...]  # the next one first
    knowledge: KnowledgeView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """A correction in a timeline; the template receives what was struck out as ``comparisons[before, after]``."""

    at: Time
    note: str
    page: str
    before: str  # SHA-256 of the text before it
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A release in its incident's timeline. `label` is 首次通报, 最终通报 or empty."""

    card: Card
    label: str
    corrections: tuple[CorrectionView, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident in the list of all of them."""

    link: Link
    status: str
    is_open: bool
    category: str
    grade: str
    newest: Time
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsView:
    """Incidents by the year in which they became public."""

    frame: Frame
    lines: tuple[IncidentLine, ...]
    years: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentView:
    """What is going on now: serious incidents, then the others that are open."""

    frame: Frame
    urgent: tuple[OngoingView, ...]
    others: tuple[OngoingView, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    name: Link
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """Departments, experts or spokespersons, with what is public of each."""

    frame: Frame
    entries: tuple[DirectoryEntry, ...]


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


PageView = (
    ReleaseView
    | RevisionPageView
    | IncidentView
    | IncidentsView
    | UrgentView
    | ListView
    | DirectoryView
    | SiteMapView
    | SearchView
    | HomeView
    | TimelinessView
    | PlainView
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterRow:
    """`key` names a piece that government sites owe, such as icp; it is empty for what a city adds.

    `url` and `image` may be empty. A value that is nothing but a link is called as its label.
    """

    key: str
    label: str
    value: str
    url: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFrame:
    """What the theme knows of the newsroom: the global `portal` of every template, MkDocs' own pages included.

    `root` is the path of the site's address with a slash at its end; every URL in a view already starts with it.
    `footer` holds only what the configuration sets.
    """

    name: str
    organisation: str
    url: str
    root: str
    home: str  # of this language
    subscribe: str
    other: OtherLanguage | None  # the home page of the other language, where there is one
    menu: tuple[Link, ...]
    footer: tuple[FooterRow, ...]
    feeds: tuple[FeedLink, ...]
    site_id_code: str = ""
    domain: str = ""
    english: "SiteFrame | None" = None  # of the Chinese frame: the one of English pages, where there are any


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAttachment:
    """A file of an entry, at the address that never changes what it holds."""

    name: str
    url: str
    media_type: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed, as every format shows it. Times are RFC 3339 with offset; texts are plain.

    `notes` stand before the text as paragraphs. `body` is the SHA-256 of the frozen text that comes in full, empty for
    a notice and for what is withdrawn; `sha256` and `text_url` are of the revision that the entry speaks of.
    """

    id: str
    url: str
    title: str
    summary: str
    notes: tuple[str, ...]
    more: str  # what the link below a notice is called; empty where the text itself follows
    body: str
    tags: tuple[str, ...]
    published: str
    updated: str
    kind: str
    item: str  # the id of the release's own entry
    item_url: str
    sequence: int  # of the ledger's line that it is made of
    status: str  # current, corrected or withdrawn
    revision: int
    type: str
    department: str
    department_name: str
    incident: str
    incident_title: str
    text_url: str
    sha256: str
    contact: str
    attachments: tuple[FeedAttachment, ...] = ()
    withdrawn: str = ""  # the notice of its withdrawal, empty while it is in force


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A document of a stream: `path` and its neighbours have no extension (feeds/all); entries come newest first."""

    id: str
    path: str
    title: str
    description: str
    home: str
    base: str  # absolute address of the site's root, slash at its end
    organisation: str
    email: str
    rights: str
    licence: str  # the address where they are explained
    namespace: str  # of our own elements
    updated: str
    hubs: tuple[str, ...] = ()
    current: str = ""  # of an archive: the current document of its stream
    previous: str = ""  # the archive before this document
