"""An incident (事件): what happened, when the city learned of it, and who leads the answer."""

from dataclasses import dataclass
from datetime import datetime

from greenchannel.domain.moment import Moment
from greenchannel.domain.translation import Translation
from greenchannel.domain.vocabulary import Category, IncidentClass, Theme


@dataclass(frozen=True, slots=True)
class EarlierClass:
    """A class the incident had until it was reclassified."""

    incident_class: IncidentClass
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known of the harm: persons, and direct economic loss in yuan. Internal; the public reads the texts."""

    deaths: int | None = None
    serious_injuries: int | None = None
    direct_loss: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Which clock starts a duty is the policy's choice. `incident_class` is None where nobody has said it yet."""

    id: str
    title: str
    category: Category
    theme: Theme | None = None
    incident_class: IncidentClass | None = None
    earlier_classes: tuple[EarlierClass, ...] = ()
    casualties: bool = False
    wide_impact: bool = False
    figures: Figures = Figures()
    occurred_at: Moment | None = None
    detected_at: Moment | None = None
    claimed_at: Moment | None = None
    reported_up_at: Moment | None = None
    lead: str
    lead_reason: str | None = None
    cc: tuple[str, ...] = ()
    closed_at: Moment | None = None
    body: str = ""
    translations: tuple[Translation, ...] = ()
