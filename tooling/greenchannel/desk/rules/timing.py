"""T: do the clocks make sense, and does the release keep the time that is owed?"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from greenchannel.desk.newsroom import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Edit, Severity
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import message
from greenchannel.domain.release import Conference, Release
from greenchannel.domain.timing import Late, Met, Obligation, Overdue, Standing, obligations, standing
from greenchannel.domain.vocabulary import Duty, Force, ReleaseType

_DUTY = {
    ReleaseType.FACT: Duty.FACT,
    ReleaseType.CONFERENCE: Duty.CONFERENCE,
    ReleaseType.RESPONSE: Duty.RESPONSE,
}
_EARLY = timedelta(hours=1)


def _owed_by(release: Release, context: Context) -> tuple[Obligation, Standing] | None:
    """The duty this release was the first to meet or, while it is open, would be the first of its type to meet."""
    incident = context.incidents.get(release.incident)
    if incident is None or (duty := _DUTY.get(release.type)) is None:
        return None
    shown = context.appearances.get(incident.id, ())
    owed = next((one for one in obligations(incident, context.policy, shown) if one.duty is duty), None)
    if owed is None:
        return None
    state = standing(owed, shown, context.now)
    if isinstance(state, Met | Late):
        return (owed, state) if state.by == release.id else None
    same_type = [one.id for one in context.releases.get(incident.id, ()) if one.type is release.type]
    first = min(same_type, key=lambda one: (len(one), one))  # fact-2 before fact-10
    return (owed, state) if first == release.id else None


def _deadline_missing(document: Document, context: Context) -> Iterator[Finding]:
    """The deadline is missing.

    What: the release would be the first to meet an open duty, but says no deadline.
    Why: with the deadline in the file, everyone who opens it sees by when it must be out.
    Fix: add deadline with the due time named in the hint.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.deadline is not None:
        return
    match _owed_by(value, context):
        case (Obligation(due_at=due_at, duty=duty), state) if due_at is not None and not isinstance(state, Met | Late):
            yield Finding(
                document.span("title"),
                message("the deadline is missing, but the duty {duty} is open", duty=duty.zh),
                message("add deadline: {due}", due=due_at.isoformat(timespec="minutes")),
                Edit("deadline", due_at.isoformat(timespec="minutes")),
            )


def _deadline_late(document: Document, context: Context) -> Iterator[Finding]:
    """The deadline is later than the duty is due.

    What: the deadline written in the release lies after the time by which the policy demands it.
    Why: whoever relies on the file would be late.
    Fix: write the due time named in the hint, or an earlier one.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.deadline is None:
        return
    match _owed_by(value, context):
        case (Obligation(due_at=due_at, duty=duty), _) if due_at is not None and value.deadline > due_at:
            yield Finding(
                document.span("deadline"),
                message("the deadline is later than the duty {duty} is due", duty=duty.zh),
                message("due: {due}", due=due_at.isoformat(timespec="minutes")),
                Edit("deadline", due_at.isoformat(timespec="minutes")),
            )


def _future(document: Document, context: Context) -> Iterator[Finding]:
    """A time that has not come yet.

    What: occurred_at, detected_at, claimed_at, reported_up_at or held_at lies in the future.
    Why: these keys record what has happened; a wrong day or offset would move every deadline.
    Fix: correct the time. What is only planned goes into starts_at.
    """
    value = document.value
    if isinstance(value, Incident):
        times = {
            "occurred_at": value.occurred_at,
            "detected_at": value.detected_at,
            "claimed_at": value.claimed_at,
            "reported_up_at": value.reported_up_at,
        }
    elif isinstance(value, Conference):
        times = {"held_at": value.held_at}
    else:
        return
    for key, time in times.items():
        if time is not None and time > context.now:
            yield Finding(
                document.span(key),
                message("the time {key} lies in the future", key=key),
                message("correct the day, the hour or the offset; a plan goes into starts_at"),
            )


def _order(document: Document, _context: Context) -> Iterator[Finding]:
    """Clocks out of order.

    What: occurred_at, detected_at and claimed_at do not follow one another.
    Why: nothing is found out before it happens, nor claimed before it is found out; one of the times is wrong.
    Fix: correct the wrong one.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    written = (
        ("occurred_at", value.occurred_at),
        ("detected_at", value.detected_at),
        ("claimed_at", value.claimed_at),
    )
    times = [(key, time) for key, time in written if time is not None]
    for (before, earlier), (after, later) in pairwise(times):
        if earlier > later:
            yield Finding(
                document.span(after),
                message("{after} lies before {before}", after=after, before=before),
                message("occurred_at, detected_at, claimed_at: correct the one that is wrong"),
            )


def _overdue(document: Document, context: Context) -> Iterator[Finding]:
    """Overdue without a reason.

    What: the duty this release would be the first to meet is overdue, and late_reason is missing.
    Why: the one-hour duty holds in principle; an exception is possible, but the public is owed its reason.
    Fix: add late_reason with the plain reason, and release at once.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.late_reason:
        return
    shown = context.appearances.get(value.incident, ())
    if any(one.release == value.id or one.type is value.type for one in shown):
        return
    match _owed_by(value, context):
        case (Obligation(force=Force.PRINCIPLE, duty=duty), Overdue()):
            yield Finding(
                document.span("title"),
                message("the duty {duty} is overdue and late_reason is missing", duty=duty.zh),
                message("add late_reason with the plain reason, and release at once"),
            )


def _no_clock(document: Document, _context: Context) -> Iterator[Finding]:
    """No clock.

    What: the incident says neither claimed_at nor detected_at.
    Why: every duty of the regulation is counted from one of them; without it nothing can be said to be in time.
    Fix: add claimed_at, or detected_at while no department has claimed the matter.
    """
    value = document.value
    if isinstance(value, Incident) and value.claimed_at is None and value.detected_at is None:
        yield Finding(
            document.span("title"),
            message("the incident has neither claimed_at nor detected_at"),
            message("add claimed_at, or detected_at while no department has claimed it"),
        )


def _held_early(document: Document, _context: Context) -> Iterator[Finding]:
    """A conference held before it was to start.

    What: held_at lies more than an hour before starts_at.
    Why: held_at meets the duty of the conference, so a wrong one would show a duty as met that was not.
    Fix: correct held_at, or starts_at where the conference was brought forward.
    """
    value = document.value
    if isinstance(value, Conference) and value.held_at is not None and value.starts_at - value.held_at > _EARLY:
        yield Finding(
            document.span("held_at"),
            message("held_at lies more than an hour before starts_at"),
            message("correct held_at, or starts_at where the conference was brought forward"),
        )


RULES: tuple[Rule, ...] = (
    Rule("T101", Severity.WARNING, _deadline_missing),
    Rule("T102", Severity.ERROR, _deadline_late),
    Rule("T103", Severity.ERROR, _future),
    Rule("T104", Severity.ERROR, _order),
    Rule("T105", Severity.ERROR, _overdue),
    Rule("T106", Severity.ERROR, _no_clock),
    Rule("T107", Severity.ERROR, _held_early),
)
