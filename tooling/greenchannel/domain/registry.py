"""Who there is: departments, people, experts, and which department leads on what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from greenchannel.domain.vocabulary import Category, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    id: str
    name: str
    english: str = ""
    duty: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`approves` entitles to release what another person wrote; `spokesperson` makes name and post public."""

    id: str
    name: str
    department: str
    post: str
    approves: bool = False
    spokesperson: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """`public` records the expert's consent to be named on the portal."""

    id: str
    name: str
    field: str
    affiliation: str
    title: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The routing table of Annex 1, section 1: lead by category, livelihood by theme, and the bodies always copied."""

    lead: Mapping[Category, str] = field(default_factory=dict)
    themes: Mapping[Theme, str] = field(default_factory=dict)
    cc: tuple[str, ...] = ()

    def lead_for(self, category: Category, theme: Theme | None) -> str | None:
        if category is Category.LIVELIHOOD:
            return self.themes.get(theme) if theme else None
        return self.lead.get(category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    departments: Mapping[str, Department] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    experts: Mapping[str, Expert] = field(default_factory=dict)
    routing: Routing = field(default_factory=Routing)
