"""The board: every duty of every incident on the desk, under the policy that decides and those that advise.

It shows all that can be known: a file with errors takes only itself off the board.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from greenchannel.continuity import older_record
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_sound_part
from greenchannel.desk.document import Newsroom
from greenchannel.desk.newsroom import read_incidents
from greenchannel.desk.policies import Selection, select
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.incident import Incident
from greenchannel.domain.moment import earliest
from greenchannel.domain.timing import (
    Appearance,
    Late,
    Met,
    Obligation,
    Overdue,
    Pending,
    Standing,
    Undetermined,
    is_breach,
    is_met_by,
    obligations,
    standing,
)
from greenchannel.domain.vocabulary import Duty, Force, ReleaseType
from greenchannel.portal.maker import maker
from greenchannel.record.approval import COUNTERSIGN_WITHIN
from greenchannel.record.events import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One line of the board.

    `notice` is a conference that was announced and is not yet known to be held; `recorded` a release that would meet
    the duty and that nobody can read yet.
    """

    obligation: Obligation
    standing: Standing
    title: str
    department: str
    responsible: str
    advisory: bool
    notice: str | None = None
    recorded: str | None = None

    @property
    def is_settled(self) -> bool:
        return isinstance(self.standing, Met | Late)

    @property
    def is_breach(self) -> bool:
        return not self.advisory and is_breach(self.obligation, self.standing)

    @property
    def left(self) -> timedelta:
        """Time left in the strict reading, negative once it is over; settled ones come last."""
        how = self.standing.strict if isinstance(self.standing, Undetermined) else self.standing
        match how:
            case Pending(left=left):
                return left
            case Overdue(late=late) | Late(late=late):
                return -late
            case _:
                return timedelta.max

    @property
    def next_command(self) -> str | None:
        """What to type to meet it; None where nothing is left to do."""
        if self.is_settled:
            return None
        if self.recorded is not None:
            return "greenchannel build"
        if self.notice is not None:
            return f"greenchannel approve {self.notice} --by PERSON"
        kind = "fact" if self.obligation.duty is Duty.UPDATE else self.obligation.duty.value
        return f"greenchannel new release {kind} {self.obligation.incident}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A second signature that is owed under a fact that one officer released on duty."""

    incident: str
    release: str
    revision: int
    title: str
    department: str
    responsible: str
    started_at: datetime
    due_at: datetime
    left: timedelta  # negative once it is over

    @property
    def is_overdue(self) -> bool:
        return self.left < timedelta()

    @property
    def next_command(self) -> str:
        return f"greenchannel countersign {self.release} --by PERSON"


@dataclass(frozen=True, slots=True)
class Board:
    """`broken` are the incident files that could not be understood: what they owe is not known."""

    owed: tuple[Owed, ...]
    policies: Selection
    broken: tuple[str, ...]
    signatures: tuple[Signature, ...]
    incidents: frozenset[str]
    departments: frozenset[str]
    damaged: GreenchannelError | None = None  # The record: then it is known in part only.


def read_board(settings: Settings, now: datetime) -> Board:
    with Memory(settings.home, maker()) as memory:
        newsroom = read_incidents(settings.content, settings.zone, memory)
    policies = select(settings.policy, settings.advisory, newsroom.policies)
    record, found = read_sound_part(settings.releases)
    damaged = found or older_record(settings)
    state = record.state
    appearances = state.appearances(settings.zone)
    owed = [
        one
        for incident in newsroom.incidents.values()
        for one in _of_incident(
            newsroom,
            incident,
            policies,
            tuple(_until(now, appearances.get(incident.id, ()))),
            now,
        )
    ]
    broken = tuple(one.path for one in newsroom.documents if one.path.endswith("/incident.md") and one.value is None)
    return Board(
        tuple(sorted(owed, key=_urgency)),
        policies,
        broken,
        tuple(sorted(_signatures(newsroom, state, now), key=lambda one: (one.due_at, one.release, one.revision))),
        frozenset(newsroom.incidents),
        frozenset(newsroom.registry.departments),
        damaged,
    )


def _until(now: datetime, appearances: Iterable[Appearance]) -> Iterator[Appearance]:
    """What the record had at `now`, which may be long ago."""
    for one in appearances:
        if one.published_at <= now:
            yield one if one.visible_at and one.visible_at <= now else replace(one, visible_at=None)


def _urgency(one: Owed) -> tuple[bool, bool, bool, timedelta, str, str]:
    """Duties before advice, advice before other policies, what is settled last; each by the time left."""
    advice = one.obligation.force is Force.ADVICE
    return (one.is_settled, one.advisory, advice, one.left, one.obligation.incident, one.obligation.rule)


def _of_incident(
    newsroom: Newsroom, incident: Incident, policies: Selection, appearances: tuple[Appearance, ...], now: datetime
) -> Iterator[Owed]:
    on = earliest(incident.claimed_at or incident.detected_at or incident.occurred_at or now).date()
    department = newsroom.registry.body_on(incident.lead, on)
    known = newsroom.registry.departments.get(department)
    for policy in (policies.deciding, *policies.advisory):
        for one in obligations(incident, policy, appearances):
            if policy is not policies.deciding and one.duty is Duty.UPDATE:
                continue  # Advice on advice would only fill the board.
            yield Owed(
                obligation=one,
                standing=standing(one, appearances, now),
                title=incident.title,
                department=department,
                responsible=known.name if known else department,
                advisory=policy is not policies.deciding,
                notice=_notice(one, appearances),
                recorded=_recorded(one, appearances),
            )


def _signatures(newsroom: Newsroom, state: State, now: datetime) -> Iterator[Signature]:
    for release in state.releases.values():
        for one in release.unsigned:
            department, due_at = one.event["department"], one.at + COUNTERSIGN_WITHIN
            known = newsroom.registry.departments.get(department)
            yield Signature(
                incident=one.event["incident"]["id"],
                release=release.id,
                revision=one.number,
                title=one.event["title"],
                department=department,
                responsible=known.name if known else department,
                started_at=one.at,
                due_at=due_at,
                left=due_at - now,
            )


def _notice(obligation: Obligation, appearances: tuple[Appearance, ...]) -> str | None:
    """The announced conference that would meet the duty once its record says when it was held."""
    if obligation.duty is not Duty.CONFERENCE:
        return None
    announced = [one for one in appearances if one.type is ReleaseType.CONFERENCE and one.held_at is None]
    return announced[0].release if announced else None


def _recorded(obligation: Obligation, appearances: tuple[Appearance, ...]) -> str | None:
    """What would meet the duty if readers could see it."""
    for one in appearances:
        if one.visible_at is None and (obligation.duty is Duty.UPDATE or is_met_by(obligation.duty, one)):
            return one.release
    return None
