"""T, first part: does the release keep the time that is owed, and the city its promises?

What passes with time alone is a warning, so that a check in CI never holds up the next urgent release.
"""

from collections.abc import Iterator
from datetime import timedelta

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Edit, Severity
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import keys, message
from greenchannel.domain.moment import latest, moment_text
from greenchannel.domain.release import Conference, Fact, Release, Response
from greenchannel.domain.timing import Late, Met, Obligation, Overdue, Standing, obligations, standing
from greenchannel.domain.vocabulary import Duty, Force, ReleaseType

_DUTY = {
    ReleaseType.FACT: Duty.FACT,
    ReleaseType.CONFERENCE: Duty.CONFERENCE,
    ReleaseType.RESPONSE: Duty.RESPONSE,
}
_CONFERENCE_LASTS = timedelta(hours=2)


def _owed_by(release: Release, context: Context) -> tuple[Obligation, Standing] | None:
    """The duty this release was the first to meet or, while it is open, would be the first of its type to meet."""
    incident = context.incidents.get(release.incident)
    if incident is None or (duty := _DUTY.get(release.type)) is None:
        return None
    shown = context.appearances.get(incident.id, ())
    if any(one.release == release.id and one.visible_at is None for one in shown):
        return None  # It is on its way; no word of its file can make it earlier.
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
                message("add {deadline}: {due}", **keys("deadline"), due=due_at.isoformat(timespec="minutes")),
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
                message("the duty {duty} is overdue and {late_reason} is missing", **keys("late_reason"), duty=duty.zh),
                message("add {late_reason} with the plain reason, and release at once", **keys("late_reason")),
            )


def _waits_for_conference(document: Document, context: Context) -> Iterator[Finding]:
    """Facts that wait for the conference.

    What: the first fact release is held back until the press conference or later.
    Why: what is known is owed at once; the conference has a limit of its own and starts no other one.
    Fix: release the facts now; the conference says more.
    """
    value = document.value
    if not isinstance(value, Fact) or value.release_at is None or _owed_by(value, context) is None:
        return
    for other in context.releases.get(value.incident, ()):
        if isinstance(other, Conference) and other.starts_at <= value.release_at:
            yield Finding(
                document.span("release_at"),
                message("the facts wait for the conference {release}", release=other.id),
                message("release what is known now: delete {release_at}", **keys("release_at")),
            )
            return


def _released_late(document: Document, context: Context) -> Iterator[Finding]:
    """Held back beyond the due time.

    What: release_at lies after the time by which the policy demands this release.
    Why: nothing goes out before release_at, so the duty would be missed by design.
    Fix: choose an earlier time, or delete release_at.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or value.release_at is None:
        return
    match _owed_by(value, context):
        case (Obligation(due_at=due_at, duty=duty), state) if (
            due_at is not None and value.release_at > due_at and not isinstance(state, Met | Late)
        ):
            yield Finding(
                document.span("release_at"),
                message("{release_at} is later than the duty {duty} is due", **keys("release_at"), duty=duty.zh),
                message("due: {due}", due=due_at.isoformat(timespec="minutes")),
            )


def _gap(document: Document, context: Context) -> Iterator[Finding]:
    """No news for too long.

    What: the incident is open, and its last release is older than the interval the policy advises for its class.
    Why: silence is filled by others; the regulation asks for releases as the work goes on.
    Fix: release what has changed, even that nothing has, or close the incident with a final release.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    shown = context.appearances.get(value.id, ())
    for one in obligations(value, context.policy, shown):
        match standing(one, shown, context.now):
            case Overdue() if one.duty is Duty.UPDATE and one.started is not None:
                yield Finding(
                    document.span("title"),
                    message("no release since {last}", last=moment_text(one.started)),
                    message(
                        "release what has changed, or close the incident with a final release ({closed_at}, {final})",
                        **keys("closed_at", "final"),
                    ),
                )


def _unfinished(document: Document, context: Context) -> Iterator[Finding]:
    """Closed without a final release.

    What: the incident has closed_at, but none of its releases is marked as the final one (final).
    Why: the public must be able to see how it ended.
    Fix: mark the last release with final, or write one.
    """
    value = document.value
    if not isinstance(value, Incident) or value.closed_at is None:
        return
    if not any(one.final for one in context.releases.get(value.id, ())):
        yield Finding(
            document.span("closed_at"),
            message("the incident is closed, but no release is marked as final"),
            message("add {final}: true to its last release, or write one", **keys("final")),
        )


def _promise(document: Document, context: Context) -> Iterator[Finding]:
    """A promised date has passed.

    What: the day of result_due is over and nothing followed, or a conference was to start more than two hours ago and
    nothing says when it was held.
    Why: a promise with a date is the first thing the public checks.
    Fix: release the result (or the record of the conference), or correct the date with a note that says why.
    """
    value = document.value
    shown = context.appearances.get(value.incident, ()) if isinstance(value, Response | Conference) else ()
    own = next((one for one in shown if value is not None and one.release == value.id), None)
    if own is None:
        return
    match value:
        case Response(result_due=promised) if promised is not None and latest(promised) < context.now:
            later = (one for one in shown if one.published_at > own.published_at)
            if not any(one.type in (ReleaseType.RESPONSE, ReleaseType.FACT) for one in later):
                yield Finding(
                    document.span("result_due"),
                    message("the promised date {date} has passed", date=moment_text(promised)),
                    message("release the result, or correct the date with a note that says why"),
                )
        case Conference(starts_at=starts, held_at=None) if starts + _CONFERENCE_LASTS < context.now:
            yield Finding(
                document.span("starts_at"),
                message(
                    "the conference was to start at {time}, and {held_at} is missing",
                    **keys("held_at"),
                    time=starts,
                ),
                message(
                    "add {held_at} and a note under {changes}, then publish the record of the conference",
                    **keys("held_at", "changes"),
                ),
            )


RULES: tuple[Rule, ...] = (
    Rule("T101", Severity.WARNING, _deadline_missing, asks_record=True),
    Rule("T102", Severity.ERROR, _deadline_late, asks_record=True),
    Rule("T105", Severity.ERROR, _overdue, asks_record=True),
    Rule("T108", Severity.ERROR, _waits_for_conference, asks_record=True),
    Rule("T109", Severity.ERROR, _released_late, asks_record=True),
    Rule("T112", Severity.WARNING, _gap, asks_record=True),
    Rule("T113", Severity.WARNING, _unfinished, asks_record=True),
    Rule("T116", Severity.WARNING, _promise, asks_record=True),
)
