"""The rules of the desk, by family.

Family S stands in two modules (reading, structure), family T in four (timing, clocks, verdicts, policies).
"""

from greenchannel.desk.rules import (
    clocks,
    links,
    people,
    policies,
    privacy,
    reading,
    responsibility,
    structure,
    timing,
    verdicts,
)
from greenchannel.desk.rules.rule import Rule

ALL_RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *structure.RULES,
    *timing.RULES,
    *clocks.RULES,
    *policies.RULES,
    *verdicts.RULES,
    *responsibility.RULES,
    *people.RULES,
    *links.RULES,
    *privacy.RULES,
)
