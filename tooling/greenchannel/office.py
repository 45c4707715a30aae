"""What an officer does, as functions of settings and a clock: approve, publish, countersign, withdraw.

The shells call these; the order of reading, deciding and writing is here and nowhere else.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from greenchannel.continuity import refuse_older_record
from greenchannel.delivery import record as record_on_disk
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import Decision
from greenchannel.delivery.writing import write_file
from greenchannel.desk.newsroom import read_tables
from greenchannel.desk.settings import Settings
from greenchannel.desk.spelling import spelling
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message
from greenchannel.domain.registry import Person, Registry
from greenchannel.domain.release import Release
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.opening import Desk, open_desk
from greenchannel.portal.maker import maker
from greenchannel.record.approval import Approval, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import PublicRelease, State, Withdrawal
from greenchannel.record.gate import note_owed
from greenchannel.record.withdrawal import SignedWithdrawal
from greenchannel.submitting import (
    UnknownReleaseError,
    approval_path,
    approved,
    candidate_of,
    find,
    is_over,
    submission,
)

Clock = Callable[[], datetime]


class DoneAlreadyError(GreenchannelError):
    """The record says so already, by the same person and in the same words. Perhaps the site does not say it yet."""


class UnfitAttachmentsError(GreenchannelError):
    """Nothing is approved that could not go out."""

    def __init__(self, release: str, reasons: tuple[Message, ...]) -> None:
        super().__init__("{release}: an attachment cannot go out; nothing was approved", release=release)
        self.reasons = reasons

    def in_language(self, translate: Callable[[str], str]) -> str:
        return "\n".join((super().in_language(translate), *(one.in_language(translate) for one in self.reasons)))

    def __str__(self) -> str:
        return self.in_language(str)


def approve(settings: Settings, named: str, by: str, clock: Clock, *, on_duty: bool = False) -> Approval:
    """Binds an approval to the exact bytes that would go out now. Raises where it could never count.

    `on_duty` invokes the duty rule: `by` may be the author, and a second signature is owed after publication.
    """
    now = clock()
    with Memory(settings.home, maker()) as memory:
        desk = open_desk(settings, now, about=(named,), memory=memory)
    release = find(desk, named)
    _entitled(desk.newsroom.registry, by)
    if on_duty and release.type is not ReleaseType.FACT:
        raise GreenchannelError("{release}: the duty rule is for facts alone", release=release.id)
    if by == release.author and not on_duty:
        raise GreenchannelError("{by} wrote {release}: another person must approve it", by=by, release=release.id)
    if count := desk.errors_of((release.id, release.incident)):
        raise GreenchannelError(
            "{release}: {count} error(s); run greenchannel check first", release=release.id, count=count
        )
    one = candidate_of(desk.newsroom, release, desk.record.state, desk.cleaned)
    if owed_note := note_owed(one, desk.record.state):
        raise GreenchannelError("{release}: {reason}", release=release.id, reason=_spelled(desk, release, owed_note))
    if one.unfit:
        raise UnfitAttachmentsError(release.id, one.unfit)
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
    write_file(approval_path(settings, desk.newsroom, release.id), write_approval(approval))
    return approval


def publish(
    settings: Settings, named: tuple[str, ...], clock: Clock, *, dry_run: bool = False
) -> tuple[Decision, ...]:
    """The named releases, or all that are approved, changed and past their embargo when none is named."""
    desk = open_to_publish(settings, named, clock(), dry_run=dry_run)
    releases = [find(desk, one) for one in named] or due(approved(settings, desk), clock)
    return publish_from(settings, desk, releases, clock, dry_run=dry_run)


def due(found: Iterable[Release], clock: Clock) -> list[Release]:
    """What of that which is `approved` waits for no time any more."""
    return [one for one in found if is_over(one, clock())]


def open_to_publish(settings: Settings, named: tuple[str, ...], now: datetime, *, dry_run: bool = False) -> Desk:
    """Without names it is all of the desk: any text of it may be approved. A dry run leaves no trace."""
    with Memory(settings.home, maker(), reads_only=dry_run) as memory:
        return open_desk(settings, now, about=named, memory=memory)


def publish_from(
    settings: Settings, desk: Desk, releases: Iterable[Release], clock: Clock, *, dry_run: bool = False
) -> tuple[Decision, ...]:
    """These, from a desk that is open already."""
    refuse_older_record(settings)
    submissions = [submission(settings, desk, one) for one in releases]
    registry = desk.newsroom.registry
    with Memory(settings.home, maker(), reads_only=dry_run) as memory:
        decisions = record_on_disk.release(settings.releases, submissions, registry, clock, memory, dry_run=dry_run)
    return tuple(_in_words_of_its_file(desk, one) for one in decisions)


def _in_words_of_its_file(desk: Desk, decision: Decision) -> Decision:
    release = decision.candidate.release
    refused = (replace(one, reason=_spelled(desk, release, one.reason)) for one in decision.refused)
    return replace(decision, refused=tuple(refused))


def _spelled(desk: Desk, release: Release, text: Message) -> Message:
    """With keys as the file of the release spells them."""
    document = desk.newsroom.document_of(release.id)
    return text.spelled(spelling(document, "en")) if document else text


def pending(decisions: Iterable[Decision]) -> Mapping[str, bytes]:
    """The frozen files that these would add to the record, by their paths."""
    return {path: data for one in decisions if one.event for path, data in one.candidate.frozen.items()}


def is_settled(decision: Decision) -> bool:
    """Refused for nothing but that it is on the record already, as it stands: no error where `watch` was quicker."""
    return [reason.code for reason in decision.refused] == ["G608"]


def _entitled(registry: Registry, by: str) -> Person:
    """Who may approve, sign and withdraw. Raises with the nearest id, or with who is entitled, where `by` may not."""
    person = registry.people.get(by)
    if person is None:
        entitled = [one.id for one in registry.people.values() if one.approves]
        near = difflib.get_close_matches(by, registry.people, n=1)
        template = (
            "{by}: unknown in content/registry/people.yml; did you mean {names}?"
            if near
            else "{by}: unknown in content/registry/people.yml; entitled are: {names}"
        )
        raise GreenchannelError(template, by=by, names=", ".join(near or entitled) or "-")
    if not person.approves:
        raise GreenchannelError("{by}: not a person entitled to approve (content/registry/people.yml, approves)", by=by)
    return person


@dataclass(frozen=True, slots=True)
class Signed:
    """The revisions that were signed, and for each that still waits, who is entitled to sign it."""

    revisions: tuple[int, ...]
    waiting: Mapping[int, tuple[str, ...]]


def countersign(settings: Settings, named: str, by: str, clock: Clock) -> Signed:
    """The second signature under what one officer released on duty: for each revision that `by` may sign."""
    refuse_older_record(settings)
    registry = read_tables(settings.content, settings.zone).registry
    _entitled(registry, by)
    found = record_on_disk.countersign(settings.releases, named, by, clock)
    if not found.signed:
        if found.waiting and not record_on_disk.has_countersigned(settings.releases, named, by):
            template = "{by} wrote or released {release}: another person must sign"
            raise GreenchannelError(template, by=by, release=named)
        if record_on_disk.has_countersigned(settings.releases, named, by):
            raise DoneAlreadyError("{release}: no signature is owed", release=named)
        raise GreenchannelError("{release}: no signature is owed", release=named)
    entitled = [one.id for one in registry.people.values() if one.approves]
    waiting = {number: tuple(one for one in entitled if one not in who) for number, who in found.waiting.items()}
    return Signed(found.signed, waiting)


def withdraw(
    settings: Settings, named: str, reason: str, by: str, clock: Clock, *, dry_run: bool = False
) -> Mapping[str, Any]:
    """One entitled person takes a text back at once; the line of the ledger that says so."""
    refuse_older_record(settings)
    person = _entitled(read_tables(settings.content, settings.zone).registry, by)
    if not reason.strip():
        raise GreenchannelError("{release}: give a reason; it stands on the page for everybody to read", release=named)

    def sign(state: State, now: datetime) -> SignedWithdrawal:
        known = state.releases.get(named)
        if known is None:
            raise UnknownReleaseError("{release}: never published", release=named)
        if known.withdrawal:
            raise _withdrawn_already(settings, known, known.withdrawal, person, reason)
        return SignedWithdrawal(
            release=named,
            revision=known.current.number,
            sha256=known.current.sha256,
            department=person.department,
            reason=reason,
            by=by,
            at=now,
        )

    with Memory(settings.home, maker(), reads_only=dry_run) as memory:
        return record_on_disk.withdraw(settings.releases, sign, clock, memory, dry_run=dry_run)


def _withdrawn_already(
    settings: Settings, known: PublicRelease, withdrawal: Withdrawal, person: Person, reason: str
) -> GreenchannelError:
    """Done already where the same person gave the same reason; of older lines the department is all that is known."""
    who = record_on_disk.who_withdrew(settings.releases, known)
    is_same = who == person.id if who else withdrawal.department == person.department
    if is_same and withdrawal.reason == reason:
        return DoneAlreadyError("{release}: withdrawn already at {at}", release=known.id, at=withdrawal.at)
    return GreenchannelError("{release}: withdrawn already at {at}", release=known.id, at=withdrawal.at)
