"""`approve`, `publish`, `withdraw`: what changes the record."""

from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand

if TYPE_CHECKING:
    from greenchannel.building import Built
    from greenchannel.desk.settings import Settings
    from greenchannel.office import DoneAlreadyError


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml; not the author's.")
@click.option("--on-duty", is_flag=True, help="Release a fact alone; a second signature is owed within 12 hours.")
@click.pass_obj
def approve(call: Call, release: str, by: str, on_duty: bool) -> int:
    """Approve the exact text that would go out now; any later edit voids it.

    Two people see a text before the public does. At night, when there is but one, an officer entitled to approve may
    release a fact with --on-duty. The record and the page say so, and another signs it later: countersign.
    """
    from greenchannel import office
    from greenchannel.opening import release_id

    settings = call.settings()
    approval = office.approve(settings, release_id(settings, release), by, call.clock(settings), on_duty=on_duty)
    click.echo(call.translate("approved by {by}: SHA-256 {digest}").format(by=by, digest=approval.sha256))
    click.echo(call.translate("next: {command}").format(command=f"greenchannel publish {approval.release}"))
    return 0


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option(
    "--by", required=True, help="Your id in content/registry/people.yml; not of whoever wrote or released it."
)
@click.pass_obj
def countersign(call: Call, release: str, by: str) -> int:
    """Give the second signature under a fact that one officer released on duty; owed within 12 hours."""
    from greenchannel import office
    from greenchannel.building import build as build_site
    from greenchannel.opening import release_id

    settings = call.settings()
    clock = call.clock(settings)
    identifier = release_id(settings, release)
    already: office.DoneAlreadyError | None = None
    try:
        for number in office.countersign(settings, identifier, by, clock):
            text = call.translate("countersigned {release} r{revision} by {by}")
            click.echo(text.format(release=identifier, revision=number, by=by))
    except office.DoneAlreadyError as error:
        already = error
    with output.progress(call.translate) as progress:
        built = build_site(settings, clock, progress=progress)
    return _finish(call, settings, identifier, already, built)


@click.command(cls=LocalisedCommand)
@click.argument("releases", nargs=-1, metavar="[RELEASE]...")
@click.option("--dry-run", is_flag=True, help="Say what would become public; change nothing.")
@click.option("--record-only", is_flag=True, help="Add to the record alone; the next build makes it public.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def publish(call: Call, releases: tuple[str, ...], dry_run: bool, record_only: bool, form: str) -> int:
    """Release what is approved and due, build the site and read it back. Every reason for a refusal is named.

    The same command again finishes what was interrupted. What is public already, as it stands, is said and is no error.
    """
    from greenchannel import office
    from greenchannel.building import build as build_site
    from greenchannel.cli.publication import Publication
    from greenchannel.delivery.record import read_record
    from greenchannel.making import outlook
    from greenchannel.opening import open_desk, release_id

    settings = call.settings()
    clock = call.clock(settings)
    named = tuple(dict.fromkeys(release_id(settings, one) for one in releases))
    desk = open_desk(settings, clock())
    decisions = office.publish_from(settings, desk, named, clock, dry_run=dry_run)
    events = [one.event for one in decisions if one.event]
    ahead = built = None
    if dry_run:
        pending = {path: data for one in decisions if one.event for path, data in one.candidate.frozen.items()}
        ahead = outlook(settings, events, pending)
    elif not record_only:
        with output.progress(call.translate) as progress:
            built = build_site(settings, clock, progress=progress)
    state = read_record(settings.releases).state
    settled = [one.candidate.release.id for one in decisions if office.is_settled(one)]
    done = Publication(
        published=events,
        unchanged=[state.releases[one].current.event for one in settled],
        refused=[one for one in decisions if one.refused and not office.is_settled(one)],
        waiting=() if named else office.scheduled(settings, desk, clock()),
        state=state,
        base=settings.url,
        outlook=ahead,
        built=built,
    )
    if built:
        output.report(built, call.translate)
    elif ahead:
        output.report_leaks(ahead.leaks, call.translate)
    if form == "json":
        output.print_json(done.json(call.translate))
    else:
        for line in done.lines(call.translate):
            click.echo(line)
    if built:
        output.announce(settings, built, call.translate)
    return done.code


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml.")
@click.option("--reason", required=True, help="Public: it stands on the page in place of the text.")
@click.pass_obj
def withdraw(call: Call, release: str, by: str, reason: str) -> int:
    """Withdraw a public release: its address stays, with who withdrew it, when and why."""
    from greenchannel import office
    from greenchannel.building import build as build_site
    from greenchannel.opening import release_id

    settings = call.settings()
    clock = call.clock(settings)
    identifier = release_id(settings, release)
    already: office.DoneAlreadyError | None = None
    try:
        office.withdraw(settings, identifier, reason, by, clock)
    except office.DoneAlreadyError as error:
        already = error
    with output.progress(call.translate) as progress:
        built = build_site(settings, clock, progress=progress)
    if already is None:
        click.echo(call.translate("withdrawn {release}").format(release=identifier))
    return _finish(call, settings, identifier, already, built)


def _finish(call: Call, settings: "Settings", release: str, already: "DoneAlreadyError | None", built: "Built") -> int:
    """The same command again finishes what was interrupted; where nothing was left to do, it says so as an error."""
    code = output.report(built, call.translate)
    if already and not built.has_changed:
        raise already
    if already:
        click.echo(call.translate("finished {release}: an earlier run was interrupted").format(release=release))
    output.announce(settings, built, call.translate)
    return code
