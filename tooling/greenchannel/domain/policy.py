"""A policy: which duty is owed within what time of which clock, with the sentence it rests on.

`REGULATION` is the default: the regulation's Annex 1, section 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from greenchannel.domain.incident import Incident
from greenchannel.domain.vocabulary import Clock, Duty, Force, IncidentClass


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """`within` is elapsed time, not working time; `clocks` are tried in order, the second stands in for the first."""

    duty: Duty
    applies: Callable[[Incident], bool]
    within: Callable[[Incident], timedelta]
    clocks: tuple[Clock, ...]
    force: Force
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    id: str
    title: str
    rules: tuple[PolicyRule, ...]


def _owes_conference(incident: Incident) -> bool:
    return incident.casualties or incident.wide_impact


def _owes_response(incident: Incident) -> bool:
    """The other concerns: neither the one-hour nor the conference sentence covers them."""
    return not incident.is_serious and not _owes_conference(incident)


def _update_gap(incident: Incident) -> timedelta:
    """Our advice, not the regulation's: it says only 持续发布."""
    if incident.is_serious:
        return timedelta(hours=24)
    if incident.incident_class is IncidentClass.MAJOR:
        return timedelta(hours=72)
    return timedelta(days=7)


REGULATION = Policy(
    id="regulation",
    title="市人民政府政务舆情收集研判和回应流程",
    rules=(
        PolicyRule(
            duty=Duty.FACT,
            applies=lambda incident: incident.is_serious,
            within=lambda _: timedelta(hours=1),
            clocks=(Clock.CLAIMED, Clock.DETECTED),
            force=Force.PRINCIPLE,
            basis="应第一时间向社会发布已掌握的事实类信息,原则上不超过1小时。",
        ),
        PolicyRule(
            duty=Duty.CONFERENCE,
            applies=_owes_conference,
            within=lambda _: timedelta(hours=24),
            clocks=(Clock.CLAIMED, Clock.DETECTED),
            force=Force.AT_LATEST,
            basis="造成重大人员伤亡或社会影响较大的,最迟应在24小时内召开新闻发布会。",
        ),
        PolicyRule(
            duty=Duty.RESPONSE,
            applies=_owes_response,
            within=lambda _: timedelta(hours=48),
            clocks=(Clock.CLAIMED, Clock.DETECTED),
            force=Force.AT_LATEST,
            basis="对其他政务舆情应在48小时内予以回应。",
        ),
        PolicyRule(
            duty=Duty.UPDATE,
            applies=lambda incident: incident.closed_at is None,
            within=_update_gap,
            clocks=(Clock.LAST_RELEASE,),
            force=Force.ADVICE,
            basis="并根据工作进展情况,持续发布权威信息。",
        ),
    ),
)
