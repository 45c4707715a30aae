"""What the pages of a release and of its revisions show.

Particulars are made of the frozen text and not of the ledger: the view has its digest, so one fingerprint covers both.
"""

from msgspec import Struct

from greenchannel.portal.views.parts import AttachmentView, Card, DutyView, Frame, Link, Row, Time


class WithdrawalView(Struct, frozen=True, kw_only=True):
    """`notice` says who, when and why; `until` is the new publication that ended it."""

    at: Time
    notice: str
    until: Time | None


class RevisionView(Struct, frozen=True, kw_only=True):
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


class NoteView(Struct, frozen=True, kw_only=True):
    """What was changed and when, above the text; `page` compares before and after."""

    at: Time
    note: str
    page: str


class ExpertView(Struct, frozen=True, kw_only=True):
    """`link` has the name and leads to the expert's page."""

    link: Link
    field: str
    affiliation: str
    title: str


class InterpretationView(Struct, frozen=True, kw_only=True):
    """`expert` is None where the expert has not agreed to be named; `basis` is the release that is explained."""

    expert: ExpertView | None
    basis: Card


class ReleaseView(Struct, frozen=True, kw_only=True):
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


class RevisionPageView(Struct, frozen=True, kw_only=True):
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


class ConferenceView(Struct, frozen=True, kw_only=True):
    """`held` is None while there is only a notice; `accreditation` is what a reporter needs to come."""

    starts: Time
    held: Time | None
    venue: str
    speakers: tuple[tuple[str, str], ...]  # name and post
    moderator: str
    hearing_access: tuple[str, ...]
    live: tuple[Link, ...]
    accreditation: tuple[Row, ...]
    media_contact: tuple[Link, ...]  # in pieces: text and numbers to call


class ClaimView(Struct, frozen=True, kw_only=True):
    """A rumour at a glance; `evidence` leads to the section of the text that has it, where there is one."""

    claim: str
    source: Link | None
    seen: Time | None
    verdict: str  # its id
    verdict_label: str
    fact: str
    evidence: Link | None


class ParticularsView(Struct, frozen=True, kw_only=True):
    """`rows` is the table of metadata, in the order of the settings; `image` is the first one of the text."""

    rows: tuple[Row, ...]
    source: str
    keywords: tuple[str, ...] = ()
    image: str = ""
    conference: ConferenceView | None = None
    claim: ClaimView | None = None
