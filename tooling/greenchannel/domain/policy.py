"""A policy: which duty is owed within what time of which clock, with the sentence it rests on.

Policies are data (the package's own and those of ``content/registry/policies/``); this module says what the data
means. Elapsed time, not working time: no rule of ours counts working days.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from greenchannel.domain.incident import Incident
from greenchannel.domain.vocabulary import Category, Clock, Duty, Force, IncidentClass

DEFAULT = "regulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All that is set must hold; what is None is not asked."""

    classes: tuple[IncidentClass, ...] | None = None
    categories: tuple[Category, ...] | None = None
    casualties: bool | None = None
    wide_impact: bool | None = None

    def holds(self, incident: Incident) -> bool | None:
        """None where it turns on a class that nobody has said yet."""
        if self.casualties is not None and incident.casualties is not self.casualties:
            return False
        if self.wide_impact is not None and incident.wide_impact is not self.wide_impact:
            return False
        if self.categories is not None and incident.category not in self.categories:
            return False
        if self.classes is None:
            return True
        return None if incident.incident_class is None else incident.incident_class in self.classes


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """`applies` lists alternatives; None stands for every other concern (其他政务舆情): where no rule with
    alternatives and a public deadline holds. `clocks` are tried in order: a later one stands in for the first.
    `clock_stated` is False where the instrument names no start and the clock is our reading of it.
    `series` marks a duty that is repeated as the situation requires (视情连续召开); its first time meets the limit.
    """  # noqa: D205

    id: str
    duty: Duty
    applies: tuple[Condition, ...] | None
    within: timedelta
    clocks: tuple[Clock, ...]
    clock_stated: bool = True
    force: Force
    series: bool = False
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`verified` says whether the wording was read in the official text; the dates bound when it is in force."""

    id: str
    title: str
    jurisdiction: str
    instrument: str
    number: str = ""
    issued: str = ""  # as precisely as it is known: 2016-07-30, 2016-07 or 2016
    url: str = ""
    effective_from: date | None = None
    effective_until: date | None = None
    verified: bool
    note: str = ""
    rules: tuple[PolicyRule, ...]

    def is_in_force(self, at: datetime) -> bool:
        """On the day of `at`, in its own offset; both bounds are included."""
        day = at.date()
        return (self.effective_from or date.min) <= day <= (self.effective_until or date.max)

    def applies(self, rule: PolicyRule, incident: Incident) -> bool | None:
        """None where it cannot be told because the class is missing."""
        if rule.applies is not None:
            return any_of(tuple(one.holds(incident) for one in rule.applies))
        named = any_of(
            tuple(
                one.holds(incident)
                for other in self.rules
                if other.applies is not None and other.force is not Force.ADVICE
                for one in other.applies
            )
        )
        return None if named is None else not named


def any_of(answers: tuple[bool | None, ...]) -> bool | None:
    """Kleene's or: one True decides; without it, one None leaves it open."""
    if True in answers:
        return True
    return None if None in answers else False
