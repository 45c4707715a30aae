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
@click.option(
    "--fix",
    is_flag=True,
    help="Mend what is beyond doubt: a missing or late deadline, a lost id, colons and capitals.",
)
@AT
@click.pass_obj
def check(call: Call, paths: tuple[Path, ...], form: str, fix: bool, at: datetime | None) -> int:
    """Find what is wrong in content/, all of it at once. Nothing is changed without --fix."""
    call.looking_ahead(about=() if fix else paths)
    from greenchannel.delivery.memory import Memory
    from greenchannel.domain.diagnostic import Severity
    from greenchannel.opening import fix_desk, open_desk
    from greenchannel.portal.maker import maker

    settings = call.settings()
    now, only = at or call.clock(settings)(), _only(settings.content, paths)
    with Memory(settings.home, maker()) as memory:
        desk = open_desk(settings, now, only, looks_only=True, memory=None if fix else memory)
    if desk.damaged:
        told = call.translate(
            "what follows is told by the desk alone; rules that ask the record wait until it verifies"
        )
        click.echo(output.damage_text(desk.damaged, told, call.translate), err=True)
        fix = False  # An id might be mended that the lines beyond know otherwise.
    # What is spelled wrong hides what else is wrong: at most three rounds mend all that can be.
    mended: dict[str, None] = {}
    for _ in range(3 if fix else 0):
        mended |= dict.fromkeys(fix_desk(settings, desk))
        desk = open_desk(settings, now, only)
    for path in mended:
        click.echo(call.translate("mended content/{path}").format(path=path), err=True)
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
        there = [one for one in desk.newsroom.documents if not one.is_vanished]
        checked = sum(only is None or one.path in only for one in there)
        click.echo(summary.format(files=checked, errors=errors, warnings=len(found) - errors))
    return 2 if desk.damaged else int(any(one.severity is Severity.ERROR for one in found))


def _only(content: Path, paths: tuple[Path, ...]) -> frozenset[str] | None:
    if not paths:
        return None
    chosen: set[str] = set()
    for path in paths:
        absolute = path.resolve()
        if not absolute.exists() or not absolute.is_relative_to(content):
            raise GreenchannelError("{path}: not a file or folder below content/", path=path)
        files = absolute.rglob("*") if absolute.is_dir() else (absolute,)
        chosen |= {one.relative_to(content).as_posix() for one in files if one.is_file()}
    return frozenset(chosen)


@click.command(cls=LocalisedCommand)
@click.argument("code", required=False)
@click.pass_obj
def explain(call: Call, code: str | None) -> int:
    """What a code means, why it matters and how to mend it; without CODE, all of them, one a line."""
    from greenchannel.desk.checking import manuals
    from greenchannel.inspection import table
    from greenchannel.record.refusals import MANUALS

    known = {**manuals(), **MANUALS, **table.manuals()}
    if code is None:
        for one in sorted(known):
            click.echo(f"{one}  {call.translate(known[one]).partition(chr(10))[0]}")
    elif (text := known.get(code.upper())) is None:
        raise GreenchannelError("{code}: no such code; greenchannel explain lists all", code=code)
    else:
        click.echo(call.translate(text))
    return 0
