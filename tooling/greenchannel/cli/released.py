"""`countersign`, `withdraw`: what is done to a text that is public."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand

if TYPE_CHECKING:
    from greenchannel.desk.settings import Settings

Clock = Callable[[], datetime]


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option(
    "--by", required=True, help="Your id in content/registry/people.yml; not of whoever wrote or released it."
)
@click.pass_obj
def countersign(call: Call, release: str, by: str) -> int:
    """Give the second signature under a fact that one officer released on duty; owed within 12 hours."""
    from greenchannel import office

    def sign(settings: "Settings", identifier: str, clock: Clock) -> None:
        signed = office.countersign(settings, identifier, by, clock)
        for number in signed.revisions:
            text = call.translate("countersigned {release} r{revision} by {by}")
            click.echo(text.format(release=identifier, revision=number, by=by))
        for number, names in signed.waiting.items():
            text = call.translate(
                "{release} r{revision} still waits, since {by} wrote or released it: {names} may sign"
            )
            click.echo(text.format(release=identifier, revision=number, by=by, names=", ".join(names) or "-"))

    return _change(call, release, sign)


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml.")
@click.option("--reason", required=True, help="Public: it stands on the page in place of the text.")
@click.option("--dry-run", is_flag=True, help="Say what would become public; change nothing.")
@click.pass_obj
def withdraw(call: Call, release: str, by: str, reason: str, dry_run: bool) -> int:
    """Withdraw a public release: its address stays, with the department that withdrew it, when and why.

    One entitled person is enough: a wrong text must not wait for a second one. The record keeps the person's id.
    """
    from greenchannel import office

    def take_back(settings: "Settings", identifier: str, clock: Clock) -> None:
        office.withdraw(settings, identifier, reason, by, clock)
        click.echo(call.translate("withdrawn {release}").format(release=identifier))

    return _foresee(call, release, by, reason) if dry_run else _change(call, release, take_back)


def _foresee(call: Call, release: str, by: str, reason: str) -> int:
    """What a withdrawal would make public."""
    from greenchannel import office
    from greenchannel.cli.publication import touched_lines
    from greenchannel.opening import release_id
    from greenchannel.outlook import outlook

    settings = call.settings()
    named = release_id(settings, release)
    event = office.withdraw(settings, named, reason, by, call.clock(settings), dry_run=True)
    text = call.translate("would withdraw {url} (r{revision}) in the name of {department}: {reason}")
    click.echo(text.format(url=f"{settings.url}releases/{named}/", **event))
    ahead = outlook(settings, [event], {})
    output.report_leaks(ahead.leaks, call.translate)
    for line in touched_lines(ahead, settings.url, call.translate):
        click.echo(line)
    return int(bool(ahead.leaks))


def _change(call: Call, release: str, change: Callable[["Settings", str, Clock], None]) -> int:
    """Changes the record, then shows it. The same command again finishes what was interrupted.

    Where nothing was left to do, it says so as an error.
    """
    from greenchannel.building import build as build_site
    from greenchannel.office import DoneAlreadyError
    from greenchannel.opening import release_id

    settings = call.settings()
    clock = call.clock(settings)
    call.looking_once(settings)
    identifier = release_id(settings, release)
    already: DoneAlreadyError | None = None
    try:
        change(settings, identifier, clock)
    except DoneAlreadyError as error:
        already = error
    with output.progress(call.translate) as progress:
        built = build_site(settings, clock, progress=progress)
    code = output.report(built, call.translate)
    if already and not built.has_changed:
        raise already
    if already:
        click.echo(call.translate("finished {release}: an earlier run was interrupted").format(release=identifier))
    output.announce(settings, built, call.translate)
    output.keep_index(settings, clock, built, call.translate)
    return code
