"""What is owed by when, and how it stands.

1. `obligations` turns an incident and a policy into duties with a start and a due time.
2. `standing` holds one duty against what the record shows as visible, at a given now.

Intervals are closed: exactly at the due time is met. Only what the record shows counts, never a date someone typed.
This module reads no clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from greenchannel.domain.incident import Incident
from greenchannel.domain.policy import Policy, PolicyRule
from greenchannel.domain.vocabulary import Clock, Duty, Force, ReleaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A release as the public met it: `at` is when it was read back, or published where `proven` is false."""

    release: str
    type: ReleaseType
    at: datetime
    proven: bool
    held_at: datetime | None = None
    late_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """`clock` is the one that was used; `stood_in_for` names the policy's own clock where it is missing."""

    incident: str
    duty: Duty
    policy: str
    basis: str
    force: Force
    clock: Clock | None
    stood_in_for: Clock | None
    started_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Met:
    by: str
    at: datetime
    margin: timedelta
    proven: bool


@dataclass(frozen=True, slots=True)
class Late:
    by: str
    at: datetime
    late: timedelta
    reason: str | None
    proven: bool


@dataclass(frozen=True, slots=True)
class Pending:
    left: timedelta


@dataclass(frozen=True, slots=True)
class Overdue:
    late: timedelta


@dataclass(frozen=True, slots=True)
class Undetermined:
    """No clock is known, so nothing can be said (不能判定)."""


Standing = Met | Late | Pending | Overdue | Undetermined


def obligations(incident: Incident, policy: Policy, appearances: tuple[Appearance, ...]) -> tuple[Obligation, ...]:
    """The duties of an incident; the update duty exists only once something has appeared."""
    owed = (_obligation(incident, policy, rule, appearances) for rule in policy.rules if rule.applies(incident))
    return tuple(one for one in owed if one.duty is not Duty.UPDATE or one.started_at)


def standing(obligation: Obligation, appearances: tuple[Appearance, ...], now: datetime) -> Standing:
    if obligation.due_at is None:
        return Undetermined()
    candidates = sorted(
        ((at, one) for one in appearances if (at := _fulfilled_at(obligation.duty, one)) is not None and at <= now),
        key=lambda pair: (pair[0], pair[1].release),
    )
    if not candidates:
        left = obligation.due_at - now
        return Pending(left) if left >= timedelta(0) else Overdue(-left)
    at, first = candidates[0]
    margin = obligation.due_at - at
    if margin >= timedelta(0):
        return Met(first.release, at, margin, first.proven)
    return Late(first.release, at, -margin, first.late_reason, first.proven)


def _fulfilled_at(duty: Duty, appearance: Appearance) -> datetime | None:
    """When an appearance met a duty: a conference does by being held, never by its notice."""
    if duty is Duty.UPDATE:
        return None
    if appearance.type is ReleaseType.CONFERENCE:
        return appearance.held_at if duty in (Duty.CONFERENCE, Duty.RESPONSE) else None
    met_by = {Duty.FACT: ReleaseType.FACT, Duty.RESPONSE: ReleaseType.RESPONSE}
    return appearance.at if met_by.get(duty) is appearance.type else None


def _obligation(
    incident: Incident, policy: Policy, rule: PolicyRule, appearances: tuple[Appearance, ...]
) -> Obligation:
    clock, started_at = _start(incident, rule, appearances)
    return Obligation(
        incident=incident.id,
        duty=rule.duty,
        policy=policy.id,
        basis=rule.basis,
        force=rule.force,
        clock=clock,
        stood_in_for=None if clock is rule.clocks[0] else rule.clocks[0],
        started_at=started_at,
        due_at=started_at + rule.within(incident) if started_at else None,
    )


def _start(
    incident: Incident, rule: PolicyRule, appearances: tuple[Appearance, ...]
) -> tuple[Clock | None, datetime | None]:
    times = {
        Clock.OCCURRED: incident.occurred_at,
        Clock.DETECTED: incident.detected_at,
        Clock.CLAIMED: incident.claimed_at,
        Clock.REPORTED_UP: incident.reported_up_at,
        Clock.LAST_RELEASE: max((one.at for one in appearances), default=None),
    }
    for clock in rule.clocks:
        if started := times[clock]:
            return clock, started
    return None, None
