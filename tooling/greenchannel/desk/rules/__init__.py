"""The rules of the desk, by family. Family T stands in four modules: timing, clocks, verdicts and policies."""

from greenchannel.desk.rules import (
    clocks,
    links,
    people,
    policies,
    privacy,
    responsibility,
    structure,
    timing,
    verdicts,
)
from greenchannel.desk.rules.rule import Rule

ALL_RULES: tuple[Rule, ...] = (
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
