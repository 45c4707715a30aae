"""How a policy looks: its citation, then each rule with its words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from greenchannel.cli.call import Translate
from greenchannel.domain.policy import Condition, Policy, PolicyRule
from greenchannel.domain.vocabulary import Duty


def policy_json(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "title": policy.title,
        "jurisdiction": policy.jurisdiction,
        "instrument": policy.instrument,
        "number": policy.number,
        "issued": policy.issued,
        "url": policy.url,
        "effective_from": policy.effective_from.isoformat() if policy.effective_from else None,
        "effective_until": policy.effective_until.isoformat() if policy.effective_until else None,
        "verified": policy.verified,
        "note": policy.note,
        "rules": [_rule_json(one) for one in policy.rules],
    }


def _rule_json(rule: PolicyRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "duty": rule.duty.value,
        "applies": "others" if rule.applies is None else [_condition_json(one) for one in rule.applies],
        "seconds": int(rule.within.total_seconds()),
        "clock": [one.value for one in rule.clocks],
        "clock_stated": rule.clock_stated,
        "force": rule.force.value,
        "series": rule.series,
        "basis": rule.basis,
    }


def _condition_json(condition: Condition) -> dict[str, Any]:
    values = {
        "class": [one.value for one in condition.classes] if condition.classes is not None else None,
        "category": [one.value for one in condition.categories] if condition.categories is not None else None,
        "casualties": condition.casualties,
        "wide_impact": condition.wide_impact,
    }
    return {key: value for key, value in values.items() if value is not None}


def policy_lines(policy: Policy, translate: Translate) -> Iterator[str]:
    yield f"{policy.title} ({policy.id})"
    issued = translate("issued {date}").format(date=policy.issued) if policy.issued else ""
    yield "  " + " · ".join(filter(None, (policy.jurisdiction, policy.instrument, policy.number, issued)))
    if policy.effective_from or policy.effective_until:
        yield "  " + translate("in force: {start} to {end}").format(
            start=policy.effective_from or "…", end=policy.effective_until or "…"
        )
    if policy.url:
        yield f"  {policy.url}"
    yield "  " + (translate("wording verified") if policy.verified else translate("wording not verified"))
    if policy.note:
        yield f"  {policy.note}"
    for rule in policy.rules:
        yield ""
        yield f"  {rule.duty.zh} {rule.duty.value} · {rule.force.zh} {_limit(rule.within, translate)}"
        yield "    " + translate("applies to: {whom}").format(whom=_applies(rule, translate))
        clocks = " > ".join(f"{one.zh} {one.value}" for one in rule.clocks)
        stated = "" if rule.clock_stated else translate(" (not stated in the instrument; our reading)")
        yield "    " + translate("clock: {clocks}").format(clocks=clocks) + stated
        yield f"    “{rule.basis}”"


def _limit(within: timedelta, translate: Translate) -> str:
    minutes = int(within.total_seconds()) // 60
    if minutes % 60:
        return translate("within {count} min").format(count=minutes)
    return translate("within {count} h").format(count=minutes // 60)


def _applies(rule: PolicyRule, translate: Translate) -> str:
    if rule.applies is None:
        return translate("every other concern")
    open_only = translate("open incidents: ") if rule.duty is Duty.UPDATE else ""
    return open_only + translate(" or ").join(_condition(one, translate) for one in rule.applies)


def _condition(condition: Condition, translate: Translate) -> str:
    parts = []
    if condition.classes is not None:
        parts.append("、".join(one.zh for one in condition.classes))
    if condition.categories is not None:
        parts.append("、".join(one.zh for one in condition.categories))
    for value, name in ((condition.casualties, "造成重大人员伤亡"), (condition.wide_impact, "社会影响较大")):
        if value is not None:
            parts.append(name if value else translate("not {name}").format(name=name))
    return translate(" and ").join(parts) or translate("all")
