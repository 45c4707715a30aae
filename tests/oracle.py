"""The regulation's limits once more, written differently, to hold the clock against.

Whole seconds since 1970 and nested ifs after the sentences of Annex 1, section 3; no value of the tool but names.
"""

from dataclasses import dataclass

HOUR = 3600
GRAVE = ("particularly_serious", "serious")


@dataclass(frozen=True)
class Facts:
    """Seconds since the epoch; None is unknown. `releases` are (type, seen, held)."""

    level: str
    casualties: bool
    wide: bool
    detected: int | None
    claimed: int | None
    releases: tuple[tuple[str, int, int | None], ...]
    now: int


def verdicts(facts: Facts) -> dict[str, tuple[str, int | None]]:
    """Duty -> standing and its seconds."""
    told: dict[str, tuple[str, int | None]] = {}
    if facts.claimed is not None:
        start = facts.claimed
    elif facts.detected is not None:
        start = facts.detected
    else:
        start = None
    if facts.level in GRAVE:
        # 应第一时间向社会发布已掌握的事实类信息，原则上不超过1小时
        told["fact"] = _judge(start, 1, [seen for kind, seen, _ in facts.releases if kind == "fact"], facts.now)
    if facts.casualties or facts.wide:
        # 最迟应在24小时内召开新闻发布会
        held = [at for kind, _, at in facts.releases if kind == "conference" and at is not None]
        told["conference"] = _judge(start, 24, held, facts.now)
    elif facts.level not in GRAVE:
        # 对其他政务舆情应在48小时内予以回应
        answers = [seen for kind, seen, _ in facts.releases if kind == "response"]
        answers += [at for kind, _, at in facts.releases if kind == "conference" and at is not None]
        told["response"] = _judge(start, 48, answers, facts.now)
    return told


def _judge(start: int | None, hours: int, answers: list[int], now: int) -> tuple[str, int | None]:
    if start is None:
        return "undetermined", None
    end = start + hours * HOUR
    past = [one for one in answers if one <= now]
    if past:
        first = min(past)
        return ("met", end - first) if first <= end else ("late", first - end)
    return ("pending", end - now) if now <= end else ("overdue", now - end)
