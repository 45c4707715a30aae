"""The rules of the desk, by family."""

from greenchannel.desk.rules import links, people, privacy, responsibility, structure, timing
from greenchannel.desk.rules.rule import Rule

ALL_RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *timing.RULES,
    *responsibility.RULES,
    *people.RULES,
    *links.RULES,
    *privacy.RULES,
)
