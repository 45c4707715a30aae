"""What is owed by when, and how it stands.

1. `obligations` turns an incident and a policy into duties with a start and a due time. The policy names the clock;
   where that time is missing, the policy's next clock stands in for it, and the obligation says so.
2. `standing` holds one duty against what the record shows as visible, at a given now.

Intervals are closed: exactly at the due time is met. Only what the record shows counts, never a date someone typed.
What is not known for certain (a time known to the day only, a missing clock, a missing class) is read twice: as
strictly and as leniently as it can have been. Where both readings agree, that is the standing; where they differ, it
is undetermined and both are shown.

A class that was raised does not restart the clock, since the regulation's clock is the claim and not the grading; a
duty of an earlier class stays on the list where it fell due, or was met, while that class stood.

This module reads no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from greenchannel.domain.incident import Incident
from greenchannel.domain.moment import Moment, earliest, latest
from greenchannel.domain.policy import Policy, PolicyRule
from greenchannel.domain.vocabulary import Clock, Doubt, Duty, Force, ReleaseType

_ZERO = timedelta(0)
_MET_BY = {Duty.FACT: ReleaseType.FACT, Duty.RESPONSE: ReleaseType.RESPONSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A release as the record has it: `visible_at` is when it was first read back where the public reads it.

    None: it is on the record, and nobody can read it yet. No duty is met by that.
    """

    release: str
    type: ReleaseType
    published_at: datetime
    visible_at: datetime | None
    held_at: Moment | None = None
    starts_at: datetime | None = None
    late_reason: str | None = None
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """`clock` is the one that was used; `stood_in_for` names the policy's own clock where it is missing.

    `due_at` is the strict due time (the earliest start it can have had), `due_until` the lenient one; they differ
    only where the start is known to the day. `opened_at` is when a reclassification brought the duty about.
    """

    incident: str
    duty: Duty
    policy: str
    rule: str
    basis: str
    force: Force
    series: bool
    within: timedelta
    clock: Clock | None
    stood_in_for: Clock | None
    started: Moment | None
    due_at: datetime | None
    due_until: datetime | None
    opened_at: datetime | None = None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """A duty that the release `by` met, with what was left of its time."""

    by: str
    at: datetime
    margin: timedelta


@dataclass(frozen=True, slots=True)
class Late:
    """`reason` excuses where the duty holds in principle only (原则上)."""

    by: str
    at: datetime
    late: timedelta
    reason: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A duty whose time is not over."""

    left: timedelta


@dataclass(frozen=True, slots=True)
class Overdue:
    """A duty that nothing met, and for how long its time has been over."""

    late: timedelta


Certain = Met | Late | Pending | Overdue


@dataclass(frozen=True, slots=True)
class Undetermined:
    """不能判定. A reading is None where nothing can be said (`strict`) or nothing may be owed (`lenient`)."""

    doubt: Doubt
    strict: Certain | None = None
    lenient: Certain | None = None


Standing = Certain | Undetermined


def obligations(incident: Incident, policy: Policy, appearances: tuple[Appearance, ...]) -> tuple[Obligation, ...]:
    """The duties of an incident, in the order of the policy's rules; those of earlier classes follow."""
    phases = tuple(
        (one.until, tuple(_owed(replace(incident, incident_class=one.incident_class), policy, appearances)))
        for one in sorted(incident.earlier_classes, key=lambda one: one.until)
    )
    before = {one.rule for _, owed in phases for one in owed}
    opened_at = phases[-1][0] if phases else None
    current = [
        one if one.rule in before or one.duty is Duty.UPDATE else replace(one, opened_at=opened_at)
        for one in _owed(incident, policy, appearances)
    ]
    known = {one.rule for one in current}
    for until, owed in phases:
        for one in owed:
            if one.rule not in known and _outlived(one, until, appearances):
                known.add(one.rule)
                current.append(one)
    return tuple(current)


def standing(obligation: Obligation, appearances: tuple[Appearance, ...], now: datetime) -> Standing:
    if obligation.due_at is None or obligation.due_until is None:
        return Undetermined(obligation.doubt or Doubt.CLOCK_MISSING)
    strict = _reading(obligation.due_at, _fulfilments(obligation.duty, appearances, now, strict=True), now)
    if obligation.doubt:
        # Counted from the earliest start there can have been, and owed at worst: met then is met in any case.
        return strict if isinstance(strict, Met) else Undetermined(obligation.doubt, strict)
    lenient = _reading(obligation.due_until, _fulfilments(obligation.duty, appearances, now, strict=False), now)
    return strict if type(strict) is type(lenient) else Undetermined(Doubt.DAY_ONLY, strict, lenient)


def is_breach(obligation: Obligation, how: Standing) -> bool:
    """Overdue for certain, and a duty, not mere advice."""
    return isinstance(how, Overdue) and obligation.force is not Force.ADVICE


def is_met_by(duty: Duty, appearance: Appearance) -> bool:
    """Whether it meets the duty, or will once readers can see it."""
    return _fulfilled(duty, replace(appearance, visible_at=appearance.published_at)) is not None


def _owed(incident: Incident, policy: Policy, appearances: tuple[Appearance, ...]) -> Iterator[Obligation]:
    for rule in policy.rules:
        applies = policy.applies(rule, incident)
        if applies is False or (rule.duty is Duty.UPDATE and (incident.closed_at or not _last_visible(appearances))):
            continue
        one = _obligation(incident, policy, rule, appearances)
        if one.started is None or policy.is_in_force(earliest(one.started)):
            yield one if applies else replace(one, doubt=Doubt.CLASS_MISSING)


def _obligation(
    incident: Incident, policy: Policy, rule: PolicyRule, appearances: tuple[Appearance, ...]
) -> Obligation:
    clock, started = _start(incident, rule, appearances)
    # Without any clock of the policy, the incident itself is the earliest moment at which it can have started.
    doubt = Doubt.CLOCK_MISSING if started is None else None
    counted = started if started is not None else incident.occurred_at
    return Obligation(
        incident=incident.id,
        duty=rule.duty,
        policy=policy.id,
        rule=rule.id,
        basis=rule.basis,
        force=rule.force,
        series=rule.series,
        within=rule.within,
        clock=clock,
        stood_in_for=None if clock is rule.clocks[0] else rule.clocks[0],
        started=started,
        due_at=earliest(counted) + rule.within if counted is not None else None,
        due_until=latest(counted) + rule.within if counted is not None else None,
        doubt=doubt,
    )


def _start(
    incident: Incident, rule: PolicyRule, appearances: tuple[Appearance, ...]
) -> tuple[Clock | None, Moment | None]:
    times: dict[Clock, Moment | None] = {
        Clock.OCCURRED: incident.occurred_at,
        Clock.DETECTED: incident.detected_at,
        Clock.CLAIMED: incident.claimed_at,
        Clock.REPORTED_UP: incident.reported_up_at,
        Clock.PUBLISHED: _last_visible(appearances),
    }
    for clock in rule.clocks:
        if (started := times[clock]) is not None:
            return clock, started
    return None, None


def _outlived(obligation: Obligation, until: datetime, appearances: tuple[Appearance, ...]) -> bool:
    """Whether a duty of an earlier class fell due or was met before the class changed at `until`."""
    how = standing(obligation, appearances, until)
    return isinstance(how, Met | Late | Overdue)


def _reading(due: datetime, fulfilments: Iterator[tuple[datetime, Appearance]], now: datetime) -> Certain:
    first = min(fulfilments, key=lambda pair: (pair[0], pair[1].release), default=None)
    if first is None:
        left = due - now
        return Pending(left) if left >= _ZERO else Overdue(-left)
    at, by = first
    margin = due - at
    if margin >= _ZERO:
        return Met(by.release, at, margin)
    return Late(by.release, at, -margin, by.late_reason)


def _fulfilments(
    duty: Duty, appearances: tuple[Appearance, ...], now: datetime, *, strict: bool
) -> Iterator[tuple[datetime, Appearance]]:
    """What met a duty until `now`, and when: a conference does by being held, never by its notice."""
    for one in appearances:
        moment = _fulfilled(duty, one)
        if moment is not None and earliest(moment) <= now:
            yield (min(latest(moment), now) if strict else earliest(moment)), one


def _fulfilled(duty: Duty, appearance: Appearance) -> Moment | None:
    if appearance.visible_at is None:
        return None
    if appearance.type is ReleaseType.CONFERENCE:
        return appearance.held_at if duty in (Duty.CONFERENCE, Duty.RESPONSE) else None
    return appearance.visible_at if _MET_BY.get(duty) is appearance.type else None


def _last_visible(appearances: tuple[Appearance, ...]) -> datetime | None:
    return max((one.visible_at for one in appearances if one.visible_at), default=None)
