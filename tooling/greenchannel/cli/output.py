"""How results look: text with excerpt and caret for people, JSON and others for machines."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from greenchannel.domain.diagnostic import Diagnostic, Severity
from greenchannel.domain.errors import GreenchannelError
from greenchannel.translation import problem_text

if TYPE_CHECKING:
    from datetime import datetime

    from rich.progress import TaskID

    from greenchannel.building import Built
    from greenchannel.delivery.leaks import Leak
    from greenchannel.desk.settings import Settings
    from greenchannel.indexing import Indexed

Translate = Callable[[str], str]


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def progress(translate: Translate) -> Iterator[Callable[[str, int, int], None]]:
    """On standard error: how far the files are, on a terminal and without a trace; what keeps us waiting, anywhere."""
    text = translate("{target}: another run is sending there; waiting until it has ended")

    def wait(where: str) -> None:
        click.echo(text.format(target=where), err=True)

    if not sys.stderr.isatty():
        yield lambda where, _done, due: None if due else wait(where)
        return
    from rich.console import Console
    from rich.progress import Progress

    # Drawn when there is news, not by a thread: builds make copies of themselves, which threads forbid.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        tasks: dict[str, TaskID] = {}

        def show(where: str, done: int, due: int) -> None:
            if not due:
                bar.console.print(text.format(target=where))
                return
            if where not in tasks:
                tasks[where] = bar.add_task(translate("writing {target}").format(target=where))
            bar.update(tasks[where], completed=done, total=due, refresh=True)

        yield show


def report(built: "Built", translate: Translate) -> int:
    """What went wrong with a build, on standard error; the exit code."""
    text = translate("{target}: {problem}; the record keeps what it has, and the next build goes on from there")
    for name, error in built.failed.items():
        click.echo(text.format(target=name, problem=problem_text(error, translate)), err=True)
    report_leaks(built.leaks, translate)
    return int(not built.is_whole)


def keep_index(settings: "Settings", clock: "Callable[[], datetime]", built: "Built", translate: Translate) -> None:
    """The search index after what it is of has come through; what goes wrong is told and fails no release."""
    from greenchannel.indexing import build_index

    if built.is_made:
        report_index(build_index(settings, clock, without=built.failed), translate)


def report_index(indexed: "Indexed | None", translate: Translate) -> int:
    """What went wrong with the search index, on standard error: no release waits for it. The exit code."""
    if indexed is None:
        return 0
    text = translate("{target}: {problem}; search shows what it had, and the next build goes on from there")
    for name, error in indexed.failed.items():
        click.echo(text.format(target=name, problem=problem_text(error, translate)), err=True)
    report_leaks(indexed.leaks, translate)
    return int(not indexed.is_whole)


def index_json(indexed: "Indexed | None", translate: Translate) -> dict[str, Any] | None:
    if indexed is None:
        return None
    return {
        "made": indexed.made,
        "written": indexed.written,
        "sent": dict(indexed.sent),
        "waiting": list(indexed.waiting),
        "seconds": round(indexed.seconds, 1),
        "failed": {name: problem_text(error, translate) for name, error in indexed.failed.items()},
        "leaks": [leak_text(one, translate) for one in indexed.leaks],
    }


def report_leaks(leaks: "Iterable[Leak]", translate: Translate) -> None:
    for leak in leaks:
        click.echo(leak_text(leak, translate), err=True)


def announce(settings: "Settings", built: "Built", translate: Translate) -> None:
    """Tells the hubs, after everything else was said: a hint to subscribers, whose failure fails nothing."""
    if not settings.websub:
        return  # Nobody to tell: what tells them is not loaded.
    from greenchannel.announcing import announce as tell_hubs

    for hub, problem in tell_hubs(settings, built.arrived).items():
        text = translate("{hub}: not told of the change ({problem}); subscribers find it with their next poll")
        click.echo(text.format(hub=hub, problem=problem), err=True)


def damage_text(damaged: GreenchannelError, told: str, translate: Translate) -> str:
    """For a command that goes on all the same; `told` says what its answer rests on, lest it be taken for the whole."""
    return f"{problem_text(damaged, translate)}\n{told}"


def leak_text(leak: "Leak", translate: Translate) -> str:
    text = translate("site/{path}: not written, it holds what content/{source} withholds ({spelling}): {phrase}")
    return text.format(path=leak.path, source=leak.phrase.source, spelling=leak.spelling, phrase=leak.phrase.text)


def diagnostic_json(one: Diagnostic, translate: Translate) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "message": one.message.in_language(translate),
        "path": one.file,
        "line": one.span.line,
        "column": one.span.column,
        "hint": one.hint.in_language(translate),
    }


def diagnostics_text(found: Iterable[Diagnostic], texts: Mapping[str, str], translate: Translate) -> Iterable[str]:
    for one in found:
        colour = "red" if one.severity is Severity.ERROR else "yellow"
        place = f"{one.file}:{one.span.line}:{one.span.column}"
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
        place = f"file={one.file},line={one.span.line},col={one.span.column}"
        yield f"::{one.severity.value} {place},title={one.code}::{text}"


def sarif(found: Iterable[Diagnostic], translate: Translate) -> dict[str, Any]:
    """SARIF 2.1.0, the parts that code hosts show."""
    results: list[dict[str, Any]] = [
        {
            "ruleId": one.code,
            "level": one.severity.value,
            "message": {"text": f"{one.message.in_language(translate)} - {one.hint.in_language(translate)}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": one.file},
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
