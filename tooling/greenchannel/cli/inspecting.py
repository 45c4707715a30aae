"""`site-check`: the inspection table of government sites, filled in for the built site."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenchannel.cli import output
from greenchannel.cli.call import AT, Call, Translate
from greenchannel.cli.localised import LocalisedCommand

if TYPE_CHECKING:
    from greenchannel.inspection.rule import Result
    from greenchannel.inspection.table import Row, Told

_SHOWN = 10  # findings a row; JSON has all
_LENGTH = 300  # characters of what a page says


@click.command("site-check", cls=LocalisedCommand)
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@AT
@click.pass_obj
def site_check(call: Call, folder: Path | None, form: str, at: datetime | None) -> int:
    """Inspect the built site (DIR, by default site/) as inspectors of government sites do, and fill in their table.

    Labels, footer, dates, links, columns, weight and accessibility of every page. Links to other sites are listed, not
    opened. Ends with 0 when nothing failed, 1 when something did, 2 when it cannot run.
    """
    from greenchannel.inspecting import inspect_site

    settings = None if folder and not (call.home / "mkdocs.yml").is_file() else call.settings()
    now = at or (call.clock(settings)() if settings else call.machine_clock())
    chosen = folder.resolve() if folder else call.settings().site
    with _progress(call.translate) as tell:
        table = inspect_site(chosen, settings, now, tell)
    if form == "json":
        rows = [_json(one, call.translate) for one in table.rows]
        told = {"site": str(chosen), "at": now.isoformat(timespec="seconds"), "pages": table.pages}
        output.print_json({**told, "ok": not table.has_failed, "rows": rows})
    else:
        for line in _text(table.rows, call.translate):
            click.echo(line)
        _summarise(table.rows, table.pages, call.translate)
    return int(table.has_failed)


def _summarise(rows: "tuple[Row, ...]", pages: int, translate: Translate) -> None:
    from greenchannel.inspection.rule import Result

    counts = {one: sum(row.result is one for row in rows) for one in Result}
    text = translate("{pages} pages: {failed} rules failed, {warnings} with warnings, {passed} passed")
    told = {"failed": Result.FAIL, "warnings": Result.WARNING, "passed": Result.PASS}
    click.echo(text.format(pages=pages, **{name: counts[one] for name, one in told.items()}))


@contextmanager
def _progress(translate: Translate) -> Iterator[Callable[[int], object]]:
    """On a terminal only, on standard error, without a trace."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console

    text = translate("pages: {count}")
    with Console(stderr=True).status(text.format(count=0)) as status:
        yield lambda count: status.update(text.format(count=count))


def _json(row: "Row", translate: Translate) -> dict[str, Any]:
    return {
        "code": row.rule.code,
        "object": row.rule.subject.in_language(translate),
        "indicator": row.rule.indicator.in_language(translate),
        "criterion": row.rule.criterion.in_language(translate),
        "result": row.result.value,
        "evidence": row.evidence.in_language(translate),
        "findings": [_finding_json(one, translate) for one in row.told.values()],
        "more": row.more,
    }


def _finding_json(told: "Told", translate: Translate) -> dict[str, Any]:
    finding = told.finding
    return {
        "file": _plain(told.path),
        "line": finding.line or None,
        "pages": told.files,
        "seen": _plain(finding.seen.in_language(translate)),
        "hint": finding.hint.in_language(translate) if finding.hint else None,
    }


def _text(rows: "tuple[Row, ...]", translate: Translate) -> Iterator[str]:
    heads = ("code", "object", "indicator", "criterion", "result", "evidence")
    yield " | ".join(_heads(translate)[one] for one in heads)
    for row in rows:
        told = _json(row, translate)
        yield " | ".join(_shown(row.result, translate) if one == "result" else str(told[one]) for one in heads)
        for one in list(row.told.values())[:_SHOWN]:
            yield from _finding_text(one, translate)
        if (left := len(row.told) + row.more - _SHOWN) > 0:
            yield "  " + translate("and {count} more; --format json lists them").format(count=left)


def _finding_text(told: "Told", translate: Translate) -> Iterator[str]:
    one = _finding_json(told, translate)
    place = f"{one['file']}:{one['line']}" if one["line"] else one["file"]
    others = translate(" (and {count} other pages)").format(count=told.files - 1) if told.files > 1 else ""
    yield f"  {place}: {one['seen']}{others}"
    if one["hint"]:
        yield f"    = {one['hint']}"


def _heads(translate: Translate) -> dict[str, str]:
    return {
        "code": translate("code"),
        "object": translate("object"),
        "indicator": translate("indicator"),
        "criterion": translate("criterion"),
        "result": translate("result"),
        "evidence": translate("evidence"),
    }


def _shown(result: "Result", translate: Translate) -> str:
    from greenchannel.inspection.rule import Result

    colour, word = {
        Result.PASS: ("green", translate("passed")),
        Result.FAIL: ("red", translate("failed")),
        Result.WARNING: ("yellow", translate("warning")),
        Result.LISTED: ("cyan", translate("listed")),
        Result.NOTHING: ("white", translate("not applicable")),
    }[result]
    return click.style(word, fg=colour, bold=True)


def _plain(text: str) -> str:
    """What a page says must not steer a terminal, nor fill it."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= _LENGTH else f"{shown[:_LENGTH]}…"
