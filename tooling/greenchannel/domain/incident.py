"""An incident (事件): what happened, when the city learned of it, and who leads the answer."""

from dataclasses import dataclass
from datetime import datetime

from greenchannel.domain.vocabulary import Category, IncidentClass, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """All times are aware. `claimed_at` starts the clock of the default policy; `detected_at` stands in for it."""

    id: str
    title: str
    category: Category
    theme: Theme | None = None
    incident_class: IncidentClass
    casualties: bool = False
    wide_impact: bool = False
    occurred_at: datetime | None = None
    detected_at: datetime | None = None
    claimed_at: datetime | None = None
    reported_up_at: datetime | None = None
    lead: str
    lead_reason: str | None = None
    cc: tuple[str, ...] = ()
    closed_at: datetime | None = None
    body: str = ""

    @property
    def is_serious(self) -> bool:
        """特别重大 or 重大: the two classes to which the one-hour duty applies."""
        return self.incident_class in (IncidentClass.PARTICULARLY_SERIOUS, IncidentClass.SERIOUS)
