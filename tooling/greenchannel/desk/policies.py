"""Policy files -> policies: the package's own and those of ``registry/policies/``, in one format.

`select` finds the one that decides and those that advise, by the ids in mkdocs.yml. Where the deciding one is unknown
the regulation's own stands in for it, so that the board still shows what is owed; the unknown id is a fault.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timezone
from functools import cache
from pathlib import Path

from greenchannel.desk import registry_schema
from greenchannel.desk.frontmatter import Fault, FaultKind, Source, read_yaml
from greenchannel.desk.schema import Spans, parse, read_fields
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.policy import DEFAULT, Condition, Policy, PolicyRule
from greenchannel.domain.vocabulary import Clock, Duty

SHIPPED = Path(__file__).parents[1] / "policies"


@dataclass(frozen=True, slots=True)
class Selection:
    """`unknown` are the ids that no policy has, each with the nearest that one has."""

    deciding: Policy
    advisory: tuple[Policy, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


def read_own_policy(source: Source, name: str, zone: timezone) -> tuple[Policy | None, list[Fault], Spans]:
    """A policy of the newsroom, which must not take the id of one of ours."""
    policy, faults, spans = read_policy(source, name, zone)
    if name in shipped_ids():
        return None, [*faults, Fault(FaultKind.POLICY_NAME, spans.get("id", Span()), name)], spans
    return policy, faults, spans


def read_policy(source: Source, name: str, zone: timezone) -> tuple[Policy | None, list[Fault], Spans]:
    """`name` is the file's name without its ending; it must be the policy's id."""
    if source.front is None:
        return None, [], {}
    fields, spans = read_fields(source.front)
    parsed, faults = parse(registry_schema.PolicySchema, fields, spans, zone)
    if parsed is None:
        return None, faults, spans
    faults += _contradictions(parsed, name, spans)
    return (None if faults else _policy(parsed)), faults, spans


@cache
def shipped(identifier: str) -> Policy | None:
    path = SHIPPED / f"{identifier}.yml"
    if identifier not in shipped_ids():
        return None
    policy, faults, _ = read_policy(read_yaml(path.read_bytes()), identifier, UTC)
    if policy is None:
        raise ValueError(f"{path}: {faults}")  # A bug: our own tests read every one of them.
    return policy


@cache
def shipped_ids() -> tuple[str, ...]:
    return tuple(sorted(one.stem for one in SHIPPED.glob("*.yml")))


def find_policy(identifier: str, own: Mapping[str, Policy]) -> Policy | None:
    return own.get(identifier) or shipped(identifier)


def select(deciding: str, advisory: tuple[str, ...], own: Mapping[str, Policy]) -> Selection:
    known = (*own, *shipped_ids())
    unknown = tuple(
        (one, next(iter(difflib.get_close_matches(one, known, n=1)), ""))
        for one in (deciding, *advisory)
        if find_policy(one, own) is None
    )
    fallback = shipped(DEFAULT)
    assert fallback is not None  # noqa: S101  # Shipped; a build without it is a bug.
    beside = tuple(one for name in advisory if name != deciding and (one := find_policy(name, own)) is not None)
    return Selection(find_policy(deciding, own) or fallback, beside, unknown)


def _contradictions(parsed: registry_schema.PolicySchema, name: str, spans: Spans) -> list[Fault]:
    found = []
    if parsed.id != name:
        found.append(Fault(FaultKind.POLICY_NAME, spans.get("id", Span()), parsed.id, name))
    if parsed.effective_from and parsed.effective_until and parsed.effective_until < parsed.effective_from:
        found.append(Fault(FaultKind.POLICY_RULE, spans.get("effective_until", Span()), "effective_until"))
    seen: set[str] = set()
    for index, rule in enumerate(parsed.rules):
        if rule.id in seen:
            found.append(Fault(FaultKind.POLICY_RULE, spans.get(f"rules.{index}.id", Span()), rule.id))
        seen.add(rule.id)
        if (rule.duty is Duty.UPDATE) != (rule.clocks == (Clock.PUBLISHED,)):
            found.append(Fault(FaultKind.POLICY_RULE, spans.get(f"rules.{index}.clock", Span()), "published"))
    return found


def _policy(parsed: registry_schema.PolicySchema) -> Policy:
    values = parsed.model_dump(exclude={"rules"})
    rules = tuple(
        PolicyRule(
            applies=None if rule.applies is None else tuple(Condition(**one.model_dump()) for one in rule.applies),
            **rule.model_dump(exclude={"applies"}),
        )
        for rule in parsed.rules
    )
    return Policy(rules=rules, **values)
