"""What an officer does, as functions of settings and a clock: approve, publish, withdraw, see what is owed.

The shells call these; the order of reading, deciding and writing is here and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from greenchannel.delivery import record as record_on_disk
from greenchannel.delivery.receipts import owed
from greenchannel.delivery.record import Decision, Record, Submission
from greenchannel.delivery.writing import write_file
from greenchannel.desk.checking import check
from greenchannel.desk.fixing import apply_edits
from greenchannel.desk.frontmatter import Fault, FaultKind, read_yaml
from greenchannel.desk.newsroom import Document, Newsroom, read_newsroom
from greenchannel.desk.policies import Selection, select
from greenchannel.desk.rules.rule import Context
from greenchannel.desk.schema import read_fields
from greenchannel.desk.settings import Settings
from greenchannel.domain.diagnostic import SETTINGS_FILE, Diagnostic, Severity, Span
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.release import Release
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.record.approval import Approval, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.gate import Candidate, candidate, is_unchanged

Clock = Callable[[], datetime]


class UnknownReleaseError(GreenchannelError):
    """No file of the desk, or one that cannot be understood, has that id."""


class DoneAlreadyError(GreenchannelError):
    """The record says so already, by the same person and in the same words. Perhaps the site does not say it yet."""


@dataclass(frozen=True, slots=True)
class Desk:
    newsroom: Newsroom
    policies: Selection
    record: Record
    diagnostics: tuple[Diagnostic, ...]

    def errors_of(self, identifiers: Iterable[str]) -> int:
        """Only the files of one release count: a broken neighbour cannot stop an urgent release."""
        documents = [self.newsroom.document_of(one) for one in identifiers]
        paths = {one.path for one in documents if one}
        return sum(one.path in paths and one.severity is Severity.ERROR for one in self.diagnostics)


def open_desk(settings: Settings, now: datetime, only: frozenset[str] | None = None) -> Desk:
    newsroom = read_newsroom(settings.content, settings.zone)
    policies = select(settings.policy, settings.advisory, newsroom.policies)
    if policies.unknown:
        newsroom = replace(newsroom, documents=(*newsroom.documents, _settings_document(settings, policies)))
    record = record_on_disk.read_record(settings.releases)
    appearances = {one: record.state.appearances(one, settings.zone) for one in record.state.incidents}
    context = Context(newsroom=newsroom, policy=policies.deciding, now=now, appearances=appearances)
    return Desk(newsroom, policies, record, check(context, only))


def _settings_document(settings: Settings, policies: Selection) -> Document:
    """mkdocs.yml is no file of the desk; it stands among them only to be told which policy is unknown."""
    source = read_yaml((settings.home / SETTINGS_FILE).read_bytes())
    _, spans = read_fields(source.front) if source.front else ({}, {})
    where = "extra.greenchannel"
    faults = tuple(
        Fault(
            FaultKind.UNKNOWN_POLICY,
            spans.get(f"{where}.policy" if one == settings.policy else f"{where}.advisory", Span()),
            one,
            nearest,
        )
        for one, nearest in policies.unknown
    )
    return Document(path=SETTINGS_FILE, source=source, spans=spans, faults=faults)


def fix_desk(settings: Settings, desk: Desk) -> tuple[str, ...]:
    """Applies the safe repairs that the diagnostics carry; the paths that changed."""
    mended = []
    for document in desk.newsroom.documents:
        edits = [one.edit for one in desk.diagnostics if one.path == document.path and one.edit]
        if edits and write_file(settings.content / document.path, apply_edits(document, edits).encode()):
            mended.append(document.path)
    return tuple(mended)


def release_id(settings: Settings, named: str) -> str:
    """An officer may type the id or the path of the file."""
    path = Path(named)
    if path.suffix != ".md":
        return named.strip("/")
    root = settings.content / "incidents"
    for base in (Path.cwd(), settings.home):
        if (base / path).is_relative_to(root):
            return (base / path).relative_to(root).with_suffix("").as_posix()
    return path.with_suffix("").as_posix()


def approve(settings: Settings, named: str, by: str, clock: Clock, *, on_duty: bool = False) -> Approval:
    """Binds an approval to the exact bytes that would go out now. Raises where it could never count.

    `on_duty` invokes the duty rule: `by` may be the author, and a second signature is owed after publication.
    """
    now = clock()
    desk = open_desk(settings, now)
    release = _find(desk, named)
    person = desk.newsroom.registry.people.get(by)
    if person is None or not person.approves:
        raise GreenchannelError("{by}: not a person entitled to approve (content/registry/people.yml, approves)", by=by)
    if on_duty and release.type is not ReleaseType.FACT:
        raise GreenchannelError("{release}: the duty rule is for facts alone", release=release.id)
    if by == release.author and not on_duty:
        raise GreenchannelError("{by} wrote {release}: another person must approve it", by=by, release=release.id)
    if count := desk.errors_of((release.id, release.incident)):
        raise GreenchannelError(
            "{release}: {count} error(s); run greenchannel check first", release=release.id, count=count
        )
    one = _candidate(desk.newsroom, release, desk.record.state)
    approval = Approval(
        release=release.id,
        sha256=sha256(one.text),
        incident_sha256=sha256(one.incident_text),
        author=release.author,
        by=by,
        at=now,
        release_at=release.release_at,
        on_duty=on_duty,
    )
    write_file(_approval_path(settings, desk.newsroom, release.id), write_approval(approval))
    return approval


def publish(settings: Settings, named: tuple[str, ...], clock: Clock, *, dry_run: bool = False) -> tuple[Decision, ...]:
    """The named releases, or all that are approved, changed and past their embargo when none is named."""
    now = clock()
    desk = open_desk(settings, now)
    releases = [_find(desk, one) for one in named] or _waiting(settings, desk, now)
    submissions = [_submission(settings, desk, one) for one in releases]
    return record_on_disk.release(settings.releases, submissions, desk.newsroom.registry, clock, dry_run=dry_run)


def settled(decisions: Iterable[Decision]) -> frozenset[str]:
    """Refused for nothing but that they are public already, as they stand."""
    return frozenset(
        one.candidate.release.id for one in decisions if [reason.code for reason in one.refused] == ["G608"]
    )


def unfinished(settings: Settings, decisions: Iterable[Decision]) -> frozenset[str]:
    """Public already, but a receipt is owed: an earlier run was cut short, and this one has its work to do."""
    if not (public := settled(decisions)):
        return public
    state = record_on_disk.read_record(settings.releases).state
    targets = [name for name, _ in settings.targets]
    return public & {identifier for identifier, _, _ in owed(state, targets)}


def countersign(settings: Settings, named: str, by: str, clock: Clock) -> tuple[int, ...]:
    """The second signature under what one officer released on duty; the numbers of the revisions signed."""
    people = read_newsroom(settings.content, settings.zone).registry.people
    if by not in people or not people[by].approves:
        raise GreenchannelError("{by}: not a person entitled to approve (content/registry/people.yml, approves)", by=by)
    signed = record_on_disk.countersign(settings.releases, named, by, clock)
    if not signed:
        if record_on_disk.has_countersigned(settings.releases, named, by):
            raise DoneAlreadyError("{release}: no signature is owed", release=named)
        raise GreenchannelError("{release}: no signature is owed", release=named)
    return signed


def withdraw(settings: Settings, named: str, reason: str, by: str, clock: Clock) -> None:
    people = read_newsroom(settings.content, settings.zone).registry.people
    if by not in people or not people[by].approves:
        raise GreenchannelError(
            "{by}: not a person entitled to withdraw (content/registry/people.yml, approves)", by=by
        )

    def make(state: State) -> list[dict[str, object]]:
        known = state.releases.get(named)
        if known is None:
            raise UnknownReleaseError("{release}: never published", release=named)
        if known.withdrawal:
            at = known.withdrawal.at.isoformat()
            if (known.withdrawal.department, known.withdrawal.reason) == (people[by].department, reason):
                raise DoneAlreadyError("{release}: withdrawn already at {at}", release=named, at=at)
            raise GreenchannelError("{release}: withdrawn already at {at}", release=named, at=at)
        return [{"event": "withdrawn", "id": named, "department": people[by].department, "reason": reason}]

    record_on_disk.add(settings.releases, make, clock)


def _find(desk: Desk, named: str) -> Release:
    if (release := desk.newsroom.releases.get(named)) is None:
        raise UnknownReleaseError(
            "{release}: no such release on the desk, or its file has errors; run greenchannel check", release=named
        )
    return release


def _waiting(settings: Settings, desk: Desk, now: datetime) -> list[Release]:
    return [
        one
        for one in desk.newsroom.releases.values()
        if _approval_path(settings, desk.newsroom, one.id).is_file()
        and not (one.release_at and now < one.release_at)
        and one.incident in desk.newsroom.incidents
        and not _is_settled(desk, one)
    ]


def _is_settled(desk: Desk, release: Release) -> bool:
    """Public as it stands on the desk, or withdrawn: what was withdrawn returns only when somebody names it."""
    known = desk.record.state.releases.get(release.id)
    if known and known.withdrawal:
        return True
    return is_unchanged(_candidate(desk.newsroom, release, desk.record.state), desk.record.state)


def _submission(settings: Settings, desk: Desk, release: Release) -> Submission:
    path = _approval_path(settings, desk.newsroom, release.id)
    return Submission(
        make=lambda state: _candidate(desk.newsroom, release, state),
        approval=path.read_bytes() if path.is_file() else None,
        errors=desk.errors_of((release.id, release.incident)),
    )


def _candidate(newsroom: Newsroom, release: Release, state: State) -> Candidate:
    if (incident := newsroom.incidents.get(release.incident)) is None:
        raise GreenchannelError(
            "{release}: its incident {incident} is not on the desk, or its file has errors; run greenchannel check",
            release=release.id,
            incident=release.incident,
        )
    return candidate(release, incident, state)


def _approval_path(settings: Settings, newsroom: Newsroom, identifier: str) -> Path:
    document = newsroom.document_of(identifier)
    if document is None:
        raise UnknownReleaseError("{release}: no such release on the desk", release=identifier)
    return (settings.content / document.path).with_suffix(".approval.json")
