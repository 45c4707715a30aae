"""`check` and `explain`: what is wrong on the desk, and what a code means."""

from datetime import datetime
from pathlib import Path

import click

from greenchannel.cli import output
from greenchannel.cli.call import AT, Call
from greenchannel.cli.localised import LocalisedCommand
from greenchannel.domain.errors import GreenchannelError


@click.command(cls=LocalisedCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely: a missing or late deadline.")
@AT
@click.pass_obj
def check(call: Call, paths: tuple[Path, ...], form: str, fix: bool, at: datetime | None) -> int:
    """Find what is wrong in content/, all of it at once. Nothing is changed without --fix."""
    from greenchannel.domain.diagnostic import Severity
    from greenchannel.office import fix_desk, open_desk

    settings = call.settings()
    now, only = at or call.clock(settings)(), _only(settings.content, paths, call)
    desk = open_desk(settings, now, only)
    if fix:
        for path in fix_desk(settings, desk):
            click.echo(call.translate("mended content/{path}").format(path=path), err=True)
        desk = open_desk(settings, now, only)
    found = desk.diagnostics
    if form == "json":
        output.print_json([output.diagnostic_json(one, call.translate) for one in found])
    elif form == "sarif":
        output.print_json(output.sarif(found, call.translate))
    elif form == "github":
        for line in output.github(found, call.translate):
            click.echo(line)
    else:
        texts = {one.path: one.source.text for one in desk.newsroom.documents}
        for line in output.diagnostics_text(found, texts, call.translate):
            click.echo(line)
        errors = sum(one.severity is Severity.ERROR for one in found)
        summary = call.translate("{files} files checked: {errors} error(s), {warnings} warning(s)")
        checked = sum(only is None or one.path in only for one in desk.newsroom.documents)
        click.echo(summary.format(files=checked, errors=errors, warnings=len(found) - errors))
    return int(any(one.severity is Severity.ERROR for one in found))


def _only(content: Path, paths: tuple[Path, ...], call: Call) -> frozenset[str] | None:
    if not paths:
        return None
    chosen: set[str] = set()
    for path in paths:
        absolute = path.resolve()
        if not absolute.exists() or not absolute.is_relative_to(content):
            raise GreenchannelError(call.translate("{path}: not a file or folder below content/").format(path=path))
        files = absolute.rglob("*") if absolute.is_dir() else (absolute,)
        chosen |= {one.relative_to(content).as_posix() for one in files if one.is_file()}
    return frozenset(chosen)


@click.command(cls=LocalisedCommand)
@click.argument("code")
@click.pass_obj
def explain(call: Call, code: str) -> int:
    """What a code means, why it matters and how to mend it."""
    from greenchannel.desk.checking import explain as explanation
    from greenchannel.record.refusals import MANUALS

    if (text := explanation(code.upper()) or MANUALS.get(code.upper())) is None:
        raise GreenchannelError(call.translate("{code}: no such code").format(code=code))
    click.echo(call.translate(text))
    return 0
