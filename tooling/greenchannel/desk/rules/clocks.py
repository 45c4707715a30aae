"""T, second part: do the clocks and the class of an incident make sense?"""

from collections.abc import Iterator
from datetime import timedelta

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.classification import classify
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import keys, message
from greenchannel.domain.moment import Moment, earliest, latest
from greenchannel.domain.release import Conference
from greenchannel.domain.timing import obligations
from greenchannel.domain.vocabulary import IncidentClass

_EARLY = timedelta(hours=1)
_ORDER = (
    ("occurred_at", "detected_at"),
    ("detected_at", "claimed_at"),
    ("occurred_at", "claimed_at"),
    ("occurred_at", "reported_up_at"),
    ("claimed_at", "closed_at"),
)
_RANK = {one: rank for rank, one in enumerate(IncidentClass)}  # the gravest first, ungraded last


def _future(document: Document, context: Context) -> Iterator[Finding]:
    """A time that has not come yet.

    What: occurred_at, detected_at, claimed_at, reported_up_at, closed_at or held_at lies in the future.
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
            "closed_at": value.closed_at,
        }
    elif isinstance(value, Conference):
        times = {"held_at": value.held_at}
    else:
        return
    for key, time in times.items():
        if time is not None and earliest(time) > context.now:
            yield Finding(
                document.span(key),
                message("the time {key} lies in the future", key=key),
                message("correct the day, the hour or the offset; a plan goes into {starts_at}", **keys("starts_at")),
            )


def _order(document: Document, _context: Context) -> Iterator[Finding]:
    """Clocks out of order.

    What: occurred_at, detected_at, claimed_at and closed_at do not follow one another.
    Why: nothing is found out before it happens, nor claimed before it is found out; one of the times is wrong.
    Fix: correct the wrong one.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    told: set[str] = set()
    for before, after in _ORDER:
        first: Moment | None = getattr(value, before)
        second: Moment | None = getattr(value, after)
        if first is not None and second is not None and earliest(first) > latest(second) and after not in told:
            told.add(after)
            yield Finding(
                document.span(after),
                message("{after} lies before {before}", after=after, before=before),
                message(
                    "{occurred_at}, {detected_at}, {claimed_at}, {closed_at}: correct the one that is wrong",
                    **keys("occurred_at", "detected_at", "claimed_at", "closed_at"),
                ),
            )


def _no_clock(document: Document, context: Context) -> Iterator[Finding]:
    """No clock.

    What: the incident has none of the times from which the policy counts.
    Why: without them nothing can be said to be in time.
    Fix: add the first of the times in the hint, or the second while the first is not known.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    missing = [one for one in obligations(value, context.policy, ()) if one.started is None]
    if missing:
        rule = next(one for one in context.policy.rules if one.id == missing[0].rule)
        yield Finding(
            document.span("title"),
            message("the incident has no time from which the policy {policy} counts", policy=context.policy.id),
            message("add one of {clocks}", clocks=", ".join(rule.clocks)),
        )


def _held_early(document: Document, _context: Context) -> Iterator[Finding]:
    """A conference held before it was to start.

    What: held_at lies more than an hour before starts_at.
    Why: held_at meets the duty of the conference, so a wrong one would show a duty as met that was not.
    Fix: correct held_at, or starts_at where the conference was brought forward.
    """
    value = document.value
    if isinstance(value, Conference) and value.held_at is not None and value.starts_at - latest(value.held_at) > _EARLY:
        yield Finding(
            document.span("held_at"),
            message("{held_at} lies more than an hour before {starts_at}", **keys("held_at", "starts_at")),
            message(
                "correct {held_at}, or {starts_at} where the conference was brought forward",
                **keys("held_at", "starts_at"),
            ),
        )


def _notice_too_late(document: Document, context: Context) -> Iterator[Finding]:
    """A notice of a conference that has begun.

    What: the conference is not public yet, its starts_at is over, and nothing says that it was held.
    Why: a notice is for those who want to come.
    Fix: correct starts_at, or add held_at and publish the record of the conference.
    """
    value = document.value
    if not isinstance(value, Conference) or value.held_at is not None or value.starts_at > context.now:
        return
    if not any(one.release == value.id for one in context.appearances.get(value.incident, ())):
        yield Finding(
            document.span("starts_at"),
            message("the conference began before its notice is public"),
            message("correct {starts_at}, or add {held_at} and publish the record", **keys("starts_at", "held_at")),
        )


def _held_before_notice(document: Document, context: Context) -> Iterator[Finding]:
    """Held before it was announced.

    What: held_at lies before the moment at which the public could see the notice.
    Why: held_at meets the duty of the conference; a wrong one would show it as met earlier than it was.
    Fix: correct held_at.
    """
    value = document.value
    if not isinstance(value, Conference) or value.held_at is None:
        return
    for one in context.appearances.get(value.incident, ()):
        # What was first released with held_at in it was never a notice.
        noticed = one.visible_at or one.published_at
        if one.release == value.id and one.held_at is None and latest(value.held_at) < noticed:
            yield Finding(
                document.span("held_at"),
                message("{held_at} lies before the notice was public ({at})", **keys("held_at"), at=noticed),
                message("correct {held_at}", **keys("held_at")),
            )


def _no_class(document: Document, _context: Context) -> Iterator[Finding]:
    """No class.

    What: the incident does not say its class.
    Why: every limit depends on it; until it is there, the one-hour duty cannot be excluded.
    Fix: add class (`greenchannel classify` proposes one from the figures); ungraded is for what has no grades.
    """
    value = document.value
    if isinstance(value, Incident) and value.incident_class is None:
        yield Finding(
            document.span("title"),
            message("the incident has no class"),
            message("add {class}; greenchannel classify proposes one from the figures", **keys("class")),
        )


def _too_low(document: Document, _context: Context) -> Iterator[Finding]:
    """A class below what the figures demand.

    What: deaths, serious_injuries or direct_loss reach a graver class than the one that stands there.
    Why: any one figure suffices (State Council Decree 493, article 3), and graver classes have shorter limits.
    Fix: correct the class (and keep the former one in earlier_classes), or the figure.
    """
    yield from _contradiction(document, graver=True)


def _too_high(document: Document, _context: Context) -> Iterator[Finding]:
    """A class above what the figures say.

    What: the class is graver than deaths, serious_injuries and direct_loss make it.
    Why: it may rest on another standard than that for work-safety accidents; if not, one of them is wrong.
    Fix: correct it, or ignore this with the standard as the reason.
    """
    yield from _contradiction(document, graver=False)


def _contradiction(document: Document, *, graver: bool) -> Iterator[Finding]:
    value = document.value
    if not isinstance(value, Incident) or value.incident_class is None:
        return
    proposal = classify(value.figures)
    if proposal is None or proposal.incident_class is value.incident_class:
        return
    if {proposal.incident_class, value.incident_class} == {IncidentClass.ORDINARY, IncidentClass.UNGRADED}:
        return  # What has no grades of its own may well have figures that stay below all of them.
    if (_RANK[proposal.incident_class] < _RANK[value.incident_class]) is graver:
        yield Finding(
            document.span("class"),
            message(
                "the class is {written}, but the figures make it {proposed}",
                written=value.incident_class.zh,
                proposed=proposal.incident_class.zh,
            ),
            message("{clause}: {criteria}", clause=proposal.clause, criteria=", ".join(proposal.criteria)),
        )


def _not_in_force(document: Document, context: Context) -> Iterator[Finding]:
    """The policy was not in force.

    What: the incident's clock starts outside the days on which the policy is in force.
    Why: nothing is owed under it then, and the board stays empty.
    Fix: correct the time, or name in mkdocs.yml the policy that was in force.
    """
    value = document.value
    clock = (value.claimed_at or value.detected_at or value.occurred_at) if isinstance(value, Incident) else None
    if clock is not None and not context.policy.is_in_force(earliest(clock)):
        yield Finding(
            document.span("title"),
            message("the policy {policy} was not in force at the time", policy=context.policy.id),
            message("correct the time, or name in mkdocs.yml the policy that was in force"),
        )


def _reclassified(document: Document, context: Context) -> Iterator[Finding]:
    """A reclassification that cannot be.

    What: an entry of earlier_classes ends in the future or not after the one before it, or the last one is the class
    the incident still has.
    Why: what was owed under which class, and when, is read from these entries.
    Fix: correct the entry; the present class stands in class alone.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    for index, one in enumerate(value.earlier_classes):
        following = value.earlier_classes[index + 1 :]
        next_class = following[0].incident_class if following else value.incident_class
        if (
            one.until > context.now
            or one.incident_class is next_class
            or (following and following[0].until <= one.until)
        ):
            yield Finding(
                document.span(f"earlier_classes.{index}.until"),
                message("this earlier class does not fit: {name}", name=one.incident_class.zh),
                message("oldest first, each with the time at which the next class began; none in the future"),
            )


RULES: tuple[Rule, ...] = (
    Rule("T103", Severity.ERROR, _future),
    Rule("T104", Severity.ERROR, _order),
    Rule("T106", Severity.ERROR, _no_clock),
    Rule("T107", Severity.ERROR, _held_early),
    Rule("T110", Severity.ERROR, _notice_too_late, asks_record=True),
    Rule("T111", Severity.ERROR, _held_before_notice, asks_record=True),
    Rule("T114", Severity.ERROR, _no_class),
    Rule("T115", Severity.ERROR, _too_low),
    Rule("T117", Severity.WARNING, _not_in_force),
    Rule("T118", Severity.WARNING, _too_high),
    Rule("T119", Severity.ERROR, _reclassified),
)
