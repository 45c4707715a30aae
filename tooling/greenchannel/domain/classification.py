"""Which class an accident has, by its figures.

State Council Decree 493 (生产安全事故报告和调查处理条例, 2007), article 3: any one criterion suffices; "以上" includes
the number, "以下" does not (article 3, last paragraph). It grades work-safety accidents; other kinds of incident have
standards of their own, so the result is a proposal that an officer confirms.
"""

from dataclasses import dataclass

from greenchannel.domain.incident import Figures
from greenchannel.domain.vocabulary import IncidentClass

INSTRUMENT = "国务院令第493号《生产安全事故报告和调查处理条例》第三条"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The smallest numbers of a class; `loss` in yuan."""

    incident_class: IncidentClass
    item: str
    deaths: int
    serious_injuries: int
    loss: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """`criteria` names what reached the class: deaths, serious_injuries, direct_loss."""

    incident_class: IncidentClass
    clause: str
    criteria: tuple[str, ...]


_GRADES = (
    Thresholds(IncidentClass.PARTICULARLY_SERIOUS, "第一项", 30, 100, 100_000_000),
    Thresholds(IncidentClass.SERIOUS, "第二项", 10, 50, 50_000_000),
    Thresholds(IncidentClass.MAJOR, "第三项", 3, 10, 10_000_000),
    Thresholds(IncidentClass.ORDINARY, "第四项", 0, 0, 0),
)


def classify(figures: Figures) -> Proposal | None:
    """The highest class that any figure reaches; None without a figure. Unknown figures can only raise it."""
    known = {"deaths": figures.deaths, "serious_injuries": figures.serious_injuries, "direct_loss": figures.direct_loss}
    for grade in _GRADES:
        least = {"deaths": grade.deaths, "serious_injuries": grade.serious_injuries, "direct_loss": grade.loss}
        reached = tuple(name for name, value in known.items() if value is not None and value >= least[name])
        if reached:
            return Proposal(grade.incident_class, f"{INSTRUMENT}{grade.item}", reached)
    return None
