"""A small record, released by the gate and written by the record's own hands; no desk and no site."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from greenchannel.delivery import record
from greenchannel.delivery.record import Decision, Submission, read_record
from greenchannel.domain.incident import Incident
from greenchannel.domain.registry import Person, Registry
from greenchannel.domain.release import Change, Fact
from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass
from greenchannel.record.approval import Approval, approval_path, countersignature_path, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import State, chain, fold, write_events
from greenchannel.record.gate import candidate, publication
from greenchannel.record.withdrawal import SignedWithdrawal, withdrawal_event, withdrawal_path, write_withdrawal

START = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
INCIDENT = Incident(
    id="2026/shili", title="示例", category=Category.OTHER, incident_class=IncidentClass.ORDINARY, lead="housing"
)
FACT = Fact(
    id="2026/shili/fact-1",
    title="标题",
    incident="2026/shili",
    department="housing",
    summary="摘要。",
    author="author",
    body="正文。",
)
REGISTRY = Registry(
    people={
        name: Person(id=name, name=name, department="housing", post="科长", approves=approves)
        for name, approves in {"author": False, "approver": True}.items()
    }
)


def corrected(fact: Fact, times: int = 1) -> Fact:
    """The same release with another text and a note of each change."""
    notes = tuple(Change(ChangeKind.CORRECTION, f"更正第{one}处。") for one in range(1, times + 1))
    return replace(fact, body=f"{fact.body}（第{times}次更正）", changes=notes)


def approval_of(fact: Fact, state: State, *, on_duty: bool = False, incident: Incident = INCIDENT) -> bytes:
    one = candidate(fact, incident, state)
    return write_approval(
        Approval(
            release=fact.id,
            sha256=sha256(one.text),
            incident_sha256=sha256(one.incident_text),
            author=fact.author,
            by="approver",
            at=START,
            release_at=fact.release_at,
            on_duty=on_duty,
        )
    )


def publish(releases: Path, fact: Fact, clock: Callable[[], datetime]) -> Decision:
    """The way of every release, its approval being in order."""
    approval = approval_of(fact, read_record(releases).state)
    submission = Submission(lambda state: candidate(fact, INCIDENT, state), approval, 0)
    (decision,) = record.release(releases, (submission,), REGISTRY, clock, dry_run=False)
    return decision


class Book:
    """A record in memory: its events in a chain, and the files that they name."""

    def __init__(self) -> None:
        self.events: tuple[Mapping[str, Any], ...] = ()
        self.files: dict[str, bytes] = {}

    @property
    def state(self) -> State:
        return fold(self.events)

    @property
    def ledger(self) -> bytes:
        return write_events(self.events)

    @property
    def checkpoint(self) -> bytes | None:
        return write_checkpoint(checkpoint_of(self.events[-1])) if self.events else None

    def add(self, body: Mapping[str, Any]) -> None:
        at = START + timedelta(minutes=len(self.events))
        self.events += chain(self.state, (body,), at)

    def release(
        self,
        fact: Fact,
        attachments: Mapping[str, bytes] | None = None,
        *,
        on_duty: bool = False,
        incident: Incident = INCIDENT,
    ) -> None:
        one = candidate(fact, incident, self.state)
        approval = approval_of(fact, self.state, on_duty=on_duty, incident=incident)
        self.files |= {one.path: one.text, one.incident_path: one.incident_text, approval_path(one.path): approval}
        self.files |= attachments or {}
        named = [
            {"media_type": "image/png", "name": "图.png", "path": path, "sha256": sha256(data), "size": len(data)}
            for path, data in (attachments or {}).items()
        ]
        body = publication(one, sha256(approval), on_duty=on_duty)
        self.add({**body, **({"attachments": named} if named else {})})

    def see(self, identifier: str, revision: int = 1) -> None:
        self.add({"event": "visible", "id": identifier, "revision": revision, "target": "site"})

    def sign(self, identifier: str, revision: int = 1) -> None:
        path = self.state.releases[identifier].revisions[revision - 1].path
        second = self.files[approval_path(path)].replace(b'"on_duty":true,', b"")
        self.files[countersignature_path(path)] = second
        self.add({"event": "countersigned", "id": identifier, "revision": revision, "approval": sha256(second)})

    def withdraw(self, identifier: str, reason: str = "数据有误。") -> None:
        current = self.state.releases[identifier].current
        signed = SignedWithdrawal(
            release=identifier,
            revision=current.number,
            sha256=current.sha256,
            department="housing",
            reason=reason,
            by="approver",
            at=START,
        )
        self.files[withdrawal_path(current.path)] = write_withdrawal(signed)
        self.add(withdrawal_event(signed))
