"""The rules of the desk, by family.

Family S stands in three modules (reading, structure, published), family T in four (timing, clocks, verdicts, policies);
particulars has one of S and two of T.
"""

from greenchannel.desk.rules import (
    clocks,
    furniture,
    links,
    particulars,
    people,
    policies,
    privacy,
    published,
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
    *published.RULES,
    *timing.RULES,
    *clocks.RULES,
    *policies.RULES,
    *verdicts.RULES,
    *particulars.RULES,
    *responsibility.RULES,
    *people.RULES,
    *links.RULES,
    *privacy.RULES,
    *furniture.RULES,
)
