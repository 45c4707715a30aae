"""Incidents as the rules of timing want them, and what they owed: worked out again where the record says otherwise.

A process that plans again has most of them already: of a new release one incident is another one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from greenchannel.domain.incident import Incident
from greenchannel.domain.policy import Policy
from greenchannel.domain.timing import Appearance, Obligation, obligations

Facts = Mapping[str, Any]  # Any: JSON


class KnownIncidents:
    def __init__(self) -> None:
        self._incidents: dict[str, tuple[Facts, object, Incident]] = {}
        self._policy: Policy | None = None
        self._owed: dict[str, tuple[Incident, tuple[Appearance, ...], tuple[Obligation, ...]]] = {}

    def incident(self, identifier: str, facts: Facts, read_in: object, read: Callable[[], Incident]) -> Incident:
        """What `read` makes of the facts; `read_in` is what else it looks at."""
        known = self._incidents.get(identifier)
        if known is None or known[0] is not facts or known[1] != read_in:
            known = self._incidents[identifier] = facts, read_in, read()
        return known[2]

    def obligations(
        self, incident: Incident, policy: Policy, appearances: tuple[Appearance, ...]
    ) -> tuple[Obligation, ...]:
        """As `domain.timing.obligations`. It does not look at a clock: only how they stand changes as time goes on."""
        if policy is not self._policy:
            if policy != self._policy:
                self._owed.clear()
            self._policy = policy
        known = self._owed.get(incident.id)
        if known is None or known[0] is not incident or known[1] != appearances:
            known = self._owed[incident.id] = incident, appearances, obligations(incident, policy, appearances)
        return known[2]
