"""How results look: text with excerpt and caret for people, JSON and others for machines."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import click

from greenchannel.domain.diagnostic import Diagnostic, Severity
from greenchannel.domain.timing import Late, Met, Overdue, Pending, Undetermined
from greenchannel.office import Owed

Translate = Callable[[str], str]


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def diagnostic_json(one: Diagnostic, translate: Translate) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "message": one.message.in_language(translate),
        "path": f"content/{one.path}",
        "line": one.span.line,
        "column": one.span.column,
        "hint": one.hint.in_language(translate),
    }


def diagnostics_text(found: Iterable[Diagnostic], texts: Mapping[str, str], translate: Translate) -> Iterable[str]:
    for one in found:
        colour = "red" if one.severity is Severity.ERROR else "yellow"
        place = f"content/{one.path}:{one.span.line}:{one.span.column}"
        yield f"{place}: {click.style(one.code, fg=colour, bold=True)} {one.message.in_language(translate)}"
        lines = texts.get(one.path, "").split("\n")
        if one.span.line <= len(lines) and (line := lines[one.span.line - 1]):
            yield from _excerpt(line, one)
        yield f"  = {one.hint.in_language(translate)}\n"


def _excerpt(line: str, one: Diagnostic) -> Iterable[str]:
    from rich.cells import cell_len  # Only a run that finds something pays for it.

    start = one.span.column - 1
    end = one.span.end_column - 1 if one.span.end_line == one.span.line else len(line)
    number = str(one.span.line)
    yield f"{number} | {line}"
    yield f"{' ' * len(number)} | {' ' * cell_len(line[:start])}{'^' * max(1, cell_len(line[start:end]))}"


def github(found: Iterable[Diagnostic], translate: Translate) -> Iterable[str]:
    for one in found:
        text = f"{one.message.in_language(translate)} - {one.hint.in_language(translate)}"
        text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        place = f"file=content/{one.path},line={one.span.line},col={one.span.column}"
        yield f"::{one.severity.value} {place},title={one.code}::{text}"


def sarif(found: Iterable[Diagnostic], translate: Translate) -> dict[str, Any]:
    """SARIF 2.1.0, the parts that code hosts show."""
    results: list[dict[str, Any]] = [
        {
            "ruleId": one.code,
            "level": one.severity.value,
            "message": {"text": f"{one.message.in_language(translate)} {one.hint.in_language(translate)}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"content/{one.path}"},
                        "region": {"startLine": one.span.line, "startColumn": one.span.column},
                    }
                }
            ],
        }
        for one in found
    ]
    rules = [{"id": code} for code in dict.fromkeys(one["ruleId"] for one in results)]
    tool = {"driver": {"name": "greenchannel", "rules": rules}}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"version": "2.1.0", "$schema": schema, "runs": [{"tool": tool, "results": results}]}


def owed_json(one: Owed) -> dict[str, Any]:
    obligation = one.obligation
    value: dict[str, Any] = {
        "incident": obligation.incident,
        "duty": obligation.duty.value,
        "policy": obligation.policy,
        "basis": obligation.basis,
        "clock": obligation.clock.value if obligation.clock else None,
        "stood_in_for": obligation.stood_in_for.value if obligation.stood_in_for else None,
        "started_at": obligation.started_at.isoformat() if obligation.started_at else None,
        "due_at": obligation.due_at.isoformat() if obligation.due_at else None,
        "standing": type(one.standing).__name__.lower(),
        "responsible": one.responsible,
        "next": next_command(one),
    }
    match one.standing:
        case Met(margin=margin):
            value["seconds_margin"] = int(margin.total_seconds())
        case Late(late=late) | Overdue(late=late):
            value["seconds_late"] = int(late.total_seconds())
        case Pending(left=left):
            value["seconds_left"] = int(left.total_seconds())
        case Undetermined():
            pass
    return value


def next_command(one: Owed) -> str | None:
    if isinstance(one.standing, Met | Late):
        return None
    kind = one.obligation.duty.value if one.obligation.duty.value != "update" else "fact"
    return f"greenchannel new release {kind} {one.obligation.incident}"


def owed_text(one: Owed, translate: Translate) -> str:
    due = one.obligation.due_at.isoformat(sep=" ", timespec="minutes") if one.obligation.due_at else "?"
    match one.standing:
        case Met(margin=margin):
            how, colour = translate("met, {time} to spare").format(time=duration(margin)), "green"
        case Late(late=late):
            how, colour = translate("met late, by {time}").format(time=duration(late)), "yellow"
        case Overdue(late=late):
            how, colour = translate("OVERDUE by {time}").format(time=duration(late)), "red"
        case Pending(left=left):
            how, colour = translate("{time} left").format(time=duration(left)), "cyan"
        case Undetermined():
            how, colour = translate("cannot be determined: no clock is known"), "red"
    duty = f"{one.obligation.duty.zh} {one.obligation.duty.value}"
    lines = [f"{click.style(how, fg=colour, bold=True)}  {one.title} ({one.obligation.incident})"]
    lines.append(f"  {duty}  {due}  {one.obligation.basis}")
    lines.append(f"  {one.responsible}" + (f"  -> {command}" if (command := next_command(one)) else ""))
    return "\n".join(lines)


def duration(span: timedelta) -> str:
    days, rest = divmod(int(span.total_seconds()), 86_400)
    hours, rest = divmod(rest, 3600)
    return (f"{days} d " if days else "") + f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
