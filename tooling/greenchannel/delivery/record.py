"""The record on disk: read it, add to it. The order of a publication:

attachments, frozen texts -> the ledger line (the commit point) -> the checkpoint -> the site -> read back -> `visible`.

Killed anywhere, the same command run again finishes the work: a file without its line is written again with
the same bytes, a line without its page is rendered by the next build, a page without its receipt gets one. A checkpoint
that is behind is renewed by the next build.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from greenchannel.delivery.glanced import Record, followed, keep_glance, recall_record, remember
from greenchannel.delivery.proven import ends, examine_on, frozen_reader
from greenchannel.delivery.writing import append, locked, write_file
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.registry import Registry
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.addresses import public_path
from greenchannel.record.approval import Approval, approval_path, countersignature_path, read_approval, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import Checkpoint, checkpoint_before, checkpoint_of, write_checkpoint
from greenchannel.record.events import PublicRelease, Revision, State, chain, write_events
from greenchannel.record.gate import Candidate, Refusal, publication, refusals
from greenchannel.record.glance import Glance
from greenchannel.record.holdings import Holdings, Reader, digests
from greenchannel.record.problem import Problem
from greenchannel.record.verification import CHECKPOINT, LEDGER, Verification, verify
from greenchannel.record.withdrawal import (
    SignedWithdrawal,
    withdrawal_event,
    withdrawal_path,
    withdrawn_by,
    write_withdrawal,
)

PUBLIC = "record"  # the folder of a site in which the public ledger stands
_FROZEN = re.compile(r"[a-z0-9/-]+\.r[0-9]+(?:\.[a-z]{2})?\.md|[a-z0-9/-]+/attachments/[0-9a-f]{64}\.[a-z]+")


class LedgerDamagedError(GreenchannelError):
    """Nothing is added to a record that does not verify."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the record does not verify; run greenchannel verify")
        self.problems = problems

    def in_language(self, translate: Callable[[str], str]) -> str:
        lines = [super().in_language(translate)]
        for one in self.problems:
            lines.append(f"releases/{one.place}: {one.problem.in_language(translate)}")
            lines.append(f"  = {one.hint.in_language(translate)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.in_language(str)


@dataclass(frozen=True, slots=True)
class Submission:
    """A candidate as the desk hands it over: made for a state, with its approval's bytes and its count of errors."""

    make: Callable[[State], Candidate]
    approval: bytes | None
    errors: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a candidate: a line of the ledger, or the reasons why it was refused."""

    candidate: Candidate
    refused: tuple[Refusal, ...]
    event: Mapping[str, Any] | None


def public_reader(site: Path) -> Reader:
    """The same texts and attachments as a site shows them, so that a copy of the site proves itself."""
    read = frozen_reader(site)
    return lambda path: read(public_path(path)) if _FROZEN.fullmatch(path) else None


def examine(folder: Path, since: Checkpoint | None = None) -> Verification:
    """The record below a newsroom's releases/, or its public copy in the folder record/ of a site."""
    checkpoint, ledger = ends(folder)
    if folder.resolve().name == PUBLIC:
        return verify(ledger, checkpoint, public_reader(folder.resolve().parent), approvals=False, since=since)
    return verify(ledger, checkpoint, frozen_reader(folder), since=since)


def read_record(releases: Path) -> Record:
    """Raises LedgerDamagedError, naming every fault, where the record does not verify."""
    found = examine_on(releases)
    if found.problems:
        raise LedgerDamagedError(found.problems)
    return Record(found.events, found.state, (found.ledger,), bool(found.behind))


def read_sound_part(releases: Path) -> tuple[Record, LedgerDamagedError | None]:
    """The record up to its first bad line, and what is wrong with it: for who only looks."""
    found = examine_on(releases)
    record = Record(found.events, found.state, (found.ledger,), bool(found.behind))
    return record, LedgerDamagedError(found.problems) if found.problems else None


def read_at_a_glance(releases: Path, memory: Remembering) -> tuple[Record, LedgerDamagedError | None]:
    """As `read_sound_part`, for who asks for a few releases.

    Lines that were found sound are believed for as long as they and the checkpoint are the same; the files that they
    name are not looked at again.
    """
    if (known := recall_record(releases, memory)) is not None:
        return known, None
    record, found = read_sound_part(releases)
    if not found:
        keep_glance(releases, memory, record.events, record.ledger)
    return record, found


def release(
    releases: Path,
    submissions: Iterable[Submission],
    registry: Registry,
    clock: Callable[[], datetime],
    memory: Remembering | None = None,
    *,
    dry_run: bool,
) -> tuple[Decision, ...]:
    """Decides and commits each in turn, under the lock: what one adds, the next one sees.

    With a `memory`, a record that was found sound is read at a glance, and looked at again is what the incident holds
    to which a release belongs. Raises LedgerDamagedError.
    """
    with locked(releases):
        record, decisions = _sound(releases, memory), []
        stood = len(record.events)
        for one in submissions:
            candidate, now = one.make(record.state), clock()
            _refuse_damaged(releases, record, candidate, stood)
            approval = read_approval(one.approval) if one.approval else None
            refused = refusals(candidate, approval, record.state, registry, one.errors, now)
            event = None
            if not refused:
                on_duty = approval is not None and approval.on_duty
                body = publication(candidate, sha256(one.approval or b""), on_duty=on_duty)
                (event,) = chain(record.state, (body,), now)
                if not dry_run:
                    _commit(releases, candidate, one.approval or b"", event)
                record = followed(record, event)
            decisions.append(Decision(candidate, refused, event))
        if memory and not dry_run and any(one.event for one in decisions):
            remember(releases, memory, record)
    return tuple(decisions)


def _sound(releases: Path, memory: Remembering | None) -> Record:
    """At a glance where it was found sound before. Raises LedgerDamagedError."""
    return (memory and recall_record(releases, memory)) or read_record(releases)


def _refuse_damaged(releases: Path, record: Record, candidate: Candidate, stood: int) -> None:
    """Of a record at a glance, which has not looked at any file: those of the incident and of what is explained.

    Of the first `stood` lines: what a dry run would have added is on no disk.
    """
    if not isinstance(state := record.state, Glance):
        return
    found, index = Holdings(digests(frozen_reader(releases)), approvals=True), state.index
    incident, basis = candidate.incident.id, getattr(candidate.release, "basis", "")
    around = (candidate.release.id, basis, *index.members.get(incident, ()))
    places = {place for one in around for place in index.lines.get(one, ())}
    if incident in index.facts:
        places.add(index.facts[incident])
    for place in sorted(one for one in places if one < stood):
        found.check(place + 1, record.events[place])
    if found.problems:
        raise LedgerDamagedError(found.problems)


def add(
    releases: Path, make: Callable[[State], Iterable[Mapping[str, Any]]], clock: Callable[[], datetime]
) -> tuple[Mapping[str, Any], ...]:
    """Appends what `make` finds missing (receipts) under the lock; the lines that it was.

    Without a line to add, a checkpoint that a crash left behind is renewed all the same.
    """
    with locked(releases):
        record = read_record(releases)
        bodies = tuple(make(record.state))
        now = clock()
        if bodies:
            _refuse_clock_behind(record.state, now)
            events = chain(record.state, bodies, now)
            _append(releases, events)
            return events
        if record.behind:
            write_file(releases / CHECKPOINT, write_checkpoint(checkpoint_of(record.events[-1])))
    return ()


def withdraw(
    releases: Path,
    sign: Callable[[State, datetime], SignedWithdrawal],
    clock: Callable[[], datetime],
    memory: Remembering | None = None,
    *,
    dry_run: bool,
) -> Mapping[str, Any]:
    """Adds the line of what `sign` signs, and returns it. What `sign` raises leaves the record as it was."""
    with locked(releases):
        record, now = _sound(releases, memory), clock()
        state = record.state
        signed = sign(state, now)
        _refuse_clock_behind(state, now)
        (event,) = chain(state, (withdrawal_event(signed),), now)
        if not dry_run:
            path = withdrawal_path(state.releases[signed.release].current.path)
            write_file(releases / path, write_withdrawal(signed))
            _append(releases, (event,))
            if memory:
                remember(releases, memory, followed(record, event))
    return event


def who_withdrew(releases: Path, known: PublicRelease) -> str | None:
    """The person whose withdrawal is in force. None if there is none, or if it is older than the record of persons."""
    if known.withdrawal is None or known.withdrawal.signature is None:
        return None
    return withdrawn_by((releases / withdrawal_path(known.current.path)).read_bytes())


@dataclass(frozen=True, slots=True)
class Countersigned:
    """The revisions that were signed, and for each that waits for somebody else, who may not sign it."""

    signed: tuple[int, ...]
    waiting: Mapping[int, frozenset[str]]


def countersign(releases: Path, identifier: str, by: str, clock: Callable[[], datetime]) -> Countersigned:
    """Signs every revision that still owes a second signature, but for those that `by` wrote or released."""
    with locked(releases):
        state, now = read_record(releases).state, clock()
        _refuse_clock_behind(state, now)
        known = state.releases.get(identifier)
        owed = [(one, _first(releases, one)) for one in (known.unsigned if known else ())]
        waiting = {one.number: who for one, first in owed if by in (who := frozenset({first.by, first.author}))}
        signatures = [
            (one.number, countersignature_path(one.path), write_approval(replace(first, by=by, at=now, on_duty=False)))
            for one, first in owed
            if one.number not in waiting
        ]
        bodies = [
            {"event": "countersigned", "id": identifier, "revision": number, "approval": sha256(data)}
            for number, _, data in signatures
        ]
        for _, path, data in signatures:
            write_file(releases / path, data)
        if bodies:
            _append(releases, chain(state, bodies, now))
    return Countersigned(tuple(number for number, _, _ in signatures), waiting)


def has_countersigned(releases: Path, identifier: str, by: str) -> bool:
    """Did `by` give the last signature that was owed?"""
    known = read_record(releases).state.releases.get(identifier)
    if known is None or not known.countersigned:
        return False
    revision = known.revisions[max(known.countersigned) - 1]
    signature = read_approval((releases / countersignature_path(revision.path)).read_bytes())
    return signature is not None and signature.by == by


def _first(releases: Path, revision: Revision) -> Approval:
    """The approval with which a revision went out. Raises where it is none any more."""
    if (first := read_approval((releases / approval_path(revision.path)).read_bytes())) is None:
        raise GreenchannelError("releases/{path}: not an approval", path=approval_path(revision.path))
    return first


def _refuse_clock_behind(state: State, now: datetime) -> None:
    if state.last_at and now < state.last_at:
        raise GreenchannelError("this machine's clock is behind the record ({at}): set it right", at=state.last_at)


def _commit(releases: Path, candidate: Candidate, approval: bytes, event: Mapping[str, Any]) -> None:
    for path, data in candidate.frozen.items():
        write_file(releases / path, data)
    write_file(releases / approval_path(candidate.path), approval)
    _append(releases, (event,))


def _append(releases: Path, events: Sequence[Mapping[str, Any]]) -> None:
    """The checkpoint follows the lines. The first lines find one of an empty record, so that none is ever missing."""
    if events[0]["seq"] == 1:
        write_file(releases / CHECKPOINT, write_checkpoint(checkpoint_before(events[0])))
    append(releases / LEDGER, write_events(events))
    write_file(releases / CHECKPOINT, write_checkpoint(checkpoint_of(events[-1])))
