"""Who there is: departments, people, experts, and which department leads on what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from greenchannel.domain.vocabulary import Category, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A body of the city. A reform ends it with `valid_to` (its last day) and names its `successor`."""

    id: str
    name: str
    english: str = ""
    duty: str = ""
    phone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    def is_valid(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


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
    english: str = ""
    english_affiliation: str = ""
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
    """Who the city is: each by id, and which department leads what (regulation, Annex 1)."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    experts: Mapping[str, Expert] = field(default_factory=dict)
    routing: Routing = field(default_factory=Routing)

    @property
    def public_experts(self) -> Mapping[str, Expert]:
        """Those who agreed to be named, by their ids in order."""
        return {identifier: one for identifier, one in sorted(self.experts.items()) if one.public}

    @property
    def spokespersons(self) -> tuple[Person, ...]:
        """Those whose names and posts are public, in the order of the file."""
        return tuple(one for one in self.people.values() if one.spokesperson)

    def body_on(self, identifier: str, on: date) -> str:
        """The body that does this one's work on that day: itself, or the first valid one along its successors.

        An unknown body, a gap or a circle ends the search where it is; the rules of family R report it.
        """
        seen: set[str] = set()
        current = identifier
        while current not in seen and (known := self.departments.get(current)) is not None:
            if known.is_valid(on) or known.successor is None or on <= (known.valid_to or date.max):
                return current
            seen.add(current)
            current = known.successor
        return identifier if current in seen else current

    def successor_circle(self, identifier: str) -> tuple[str, ...]:
        """The bodies from this one along its successors back to it; empty where they end."""
        path = [identifier]
        while (known := self.departments.get(path[-1])) is not None and known.successor is not None:
            if known.successor == identifier:
                return (*path, identifier)
            if known.successor in path:
                return ()
            path.append(known.successor)
        return ()
