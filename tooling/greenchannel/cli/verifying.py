"""`verify`: is the record sound, does it continue an earlier one, does a site show it? And the repair of a torn end."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message, message

if TYPE_CHECKING:
    from greenchannel.delivery.comparing import Difference
    from greenchannel.record.checkpoint import Checkpoint
    from greenchannel.record.verification import Verification

Note = tuple[str, Message]


@click.command(cls=LocalisedCommand)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A checkpoint.json kept from before: does the record continue it?",
)
@click.option(
    "--site",
    is_flag=False,
    flag_value="site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Compare this folder (by default site/) with what the record gives, file by file.",
)
@click.option("--repair", is_flag=True, help="Mend what a crash left: a torn last line, a checkpoint that is behind.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def verify(call: Call, folder: Path | None, since: Path | None, site: Path | None, repair: bool, form: str) -> int:
    """Check the record: its chain of digests, its checkpoint and every file it names (FOLDER: by default releases/; a site's record/ works too)."""  # noqa: E501  # One line is one entry of the catalogue.
    from greenchannel.delivery.record import examine

    if folder and (site or repair):
        raise GreenchannelError("--site and --repair are for the newsroom's own record: leave FOLDER out")
    where = folder or call.home / "releases"
    _demand_record(where)
    earlier = _earlier(since) if since else None
    repaired = _repair(call, where, is_shown=form == "text") if repair else []
    found = examine(where, earlier)
    compared = _compare(call, site) if site and not found.problems else ()
    notes = tuple(_notes(where, found))
    if form == "json":
        shown = [
            {"kind": one.kind.value, "path": one.path, "problem": one.problem.in_language(call.translate)}
            for one in compared
        ]
        asked = ({"site": shown} if site else {}) | ({"repaired": repaired} if repair else {})
        output.print_json({"ok": not found.problems and not compared, **_json(call, found, notes), **asked})
    else:
        _print(call, found, notes)
        if site:
            _print_site(call, site, compared, is_compared=not found.problems)
    return int(bool(found.problems or compared))


def _demand_record(where: Path) -> None:
    from greenchannel.record.verification import CHECKPOINT, LEDGER

    # A ledger that is gone while its checkpoint is there was not forgotten: it is told as cut off.
    if not any((where / one).is_file() for one in (LEDGER, CHECKPOINT)):
        raise GreenchannelError("{path}: no ledger here", path=where / LEDGER)


def _earlier(since: Path) -> "Checkpoint":
    from greenchannel.record.checkpoint import read_checkpoint

    if (earlier := read_checkpoint(since.read_bytes())) is None:
        raise GreenchannelError("{path}: this is no checkpoint", path=since)
    return earlier


def _repair(call: Call, where: Path, *, is_shown: bool) -> list[str]:
    from greenchannel.delivery.repairing import repair

    steps: list[str] = []

    def tell(step: Message) -> None:
        steps.append(step.in_language(call.translate))
        if is_shown:
            click.echo(steps[-1])

    repair(where, tell)
    return steps


def _compare(call: Call, site: Path) -> "tuple[Difference, ...]":
    from greenchannel.sourcing import compare_site

    # A folder is named as in mkdocs.yml: from the newsroom's own.
    return compare_site(call.settings(), call.home / site)


def _notes(where: Path, found: "Verification") -> Iterator[Note]:
    """What is told and fails nothing."""
    from greenchannel.delivery.comparing import files_of
    from greenchannel.delivery.record import PUBLIC
    from greenchannel.record.heartbeat import HEARTBEAT
    from greenchannel.record.verification import CHECKPOINT, LEDGER

    if found.problems:
        return
    if found.behind:
        yield CHECKPOINT, message("{count} line(s) behind; the next build renews it, or --repair", count=found.behind)
    for path in files_of(where) if where.resolve().name != PUBLIC else ():
        if path not in found.held.digests and path not in (LEDGER, CHECKPOINT, HEARTBEAT):
            yield path, message("no line of the ledger names it")


def _json(call: Call, found: "Verification", notes: tuple[Note, ...]) -> dict[str, Any]:  # Any: JSON
    problems = [
        {
            "kind": one.kind.value,
            "line": one.line,
            "path": one.path,
            "problem": one.problem.in_language(call.translate),
            "hint": one.hint.in_language(call.translate),
        }
        for one in found.problems
    ]
    told = [{"path": path, "note": note.in_language(call.translate)} for path, note in notes]
    return {"entries": found.entries, "problems": problems, "notes": told}


def _print(call: Call, found: "Verification", notes: tuple[Note, ...]) -> None:
    for problem in found.problems:
        click.echo(f"{problem.place}: {problem.problem.in_language(call.translate)}")
        click.echo(f"  = {problem.hint.in_language(call.translate)}")
    for path, note in notes:
        click.echo(f"{path}: {note.in_language(call.translate)}")
    count = len(found.problems)
    click.echo(call.translate("{entries} entries, {count} problem(s)").format(entries=found.entries, count=count))


def _print_site(call: Call, site: Path, compared: "tuple[Difference, ...]", *, is_compared: bool) -> None:
    for difference in compared:
        click.echo(f"{difference.path}: {difference.problem.in_language(call.translate)}")
    text = (
        "{site}: {count} file(s) are not as the record has them"
        if is_compared
        else "{site}: not compared, since the record itself does not verify"
    )
    click.echo(call.translate(text).format(site=site, count=len(compared)))
