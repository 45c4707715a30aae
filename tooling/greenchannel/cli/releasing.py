"""`approve`, `publish`: how a text becomes public."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand
from greenchannel.domain.message import Message, message

if TYPE_CHECKING:
    from greenchannel.portal.confinement import Renderer
    from greenchannel.record.approval import Approval


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
    call.looking_ahead(about=(release,))
    from greenchannel import office
    from greenchannel.opening import release_id

    settings = call.settings()
    clock = call.clock(settings)
    approval = office.approve(settings, release_id(settings, release), by, clock, on_duty=on_duty)
    click.echo(call.translate("approved by {by}: SHA-256 {digest}").format(by=by, digest=approval.sha256))
    for text in _next(approval, clock()):
        click.echo(text.in_language(call.translate))
    return 0


def _next(approval: "Approval", now: datetime) -> Iterator[Message]:
    command = f"greenchannel publish {approval.release}"
    if approval.release_at and now < approval.release_at:
        yield message(
            "it waits until {at}: greenchannel watch releases it then, or you do after that time: {command}",
            at=approval.release_at,
            command=command,
        )
    else:
        yield message("next: {command}", command=command)
    if approval.on_duty:
        command = f"greenchannel countersign {approval.release} --by PERSON"
        yield message(
            "another entitled person must sign it within 12 hours of its publication: {command}", command=command
        )


def _renderer(*, begins: bool) -> "Renderer":
    """Until the command ends. Who begins now is ready when there is something to render."""
    from greenchannel.portal.confinement import Renderer

    renderer = click.get_current_context().with_resource(Renderer())
    if begins:
        renderer.begin()
    return renderer


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
    call.looking_ahead(about=releases)
    from greenchannel import office, submitting
    from greenchannel.building import build as build_site
    from greenchannel.cli.publication import Publication
    from greenchannel.delivery.record import read_sound_part
    from greenchannel.opening import release_id
    from greenchannel.outlook import outlook

    renderer = _renderer(begins=bool(releases) and not (dry_run or record_only))
    settings = call.settings()
    clock = call.clock(settings)
    call.looking_once(settings)
    named = tuple(dict.fromkeys(release_id(settings, one) for one in releases))
    desk = office.open_to_publish(settings, named, clock(), dry_run=dry_run)
    waiting = () if named else submitting.approved(settings, desk)
    chosen = [submitting.find(desk, one) for one in named] or office.due(waiting, clock)
    decisions = office.publish_from(settings, desk, chosen, clock, dry_run=dry_run)
    events = [one.event for one in decisions if one.event]
    ahead = built = None
    failure: Exception | None = None
    if dry_run:
        ahead = outlook(settings, events, office.pending(decisions))
    elif not record_only:
        try:
            with output.progress(call.translate) as progress:
                built = build_site(settings, clock, progress=progress, renderer=renderer)
        except Exception as problem:  # noqa: BLE001  # Raised again when it was told what is on the record.
            failure = problem
    record, damage = read_sound_part(settings.releases)
    state = record.state
    settled = [one.candidate.release.id for one in decisions if office.is_settled(one)]
    done = Publication(
        published=events,
        unchanged=[state.releases[one].current.event for one in settled],
        refused=[one for one in decisions if one.refused and not office.is_settled(one)],
        waiting=submitting.scheduled(waiting, clock()),
        returning=() if named else submitting.returning(settings, desk),
        before=desk.record.state,
        state=state,
        base=settings.url,
        outlook=ahead,
        built=built,
        is_unfinished=bool(failure),
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
    if error := failure or damage:
        raise error
    if built:
        output.announce(settings, built, call.translate)
        output.keep_index(settings, clock, built, call.translate)
    return done.code
