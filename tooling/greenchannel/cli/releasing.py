"""`approve`, `publish`, `withdraw`: what changes the record."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand

if TYPE_CHECKING:
    from greenchannel.delivery.targets import TargetError
    from greenchannel.record.events import State
    from greenchannel.record.gate import Candidate


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

    settings = call.settings()
    approval = office.approve(settings, office.release_id(settings, release), by, call.clock(settings), on_duty=on_duty)
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

    settings = call.settings()
    clock = call.clock(settings)
    identifier = office.release_id(settings, release)
    for number in office.countersign(settings, identifier, by, clock):
        text = call.translate("countersigned {release} r{revision} by {by}")
        click.echo(text.format(release=identifier, revision=number, by=by))
    failed = build_site(settings, clock).failed
    output.report_failed(failed, call.translate)
    return int(bool(failed))


@click.command(cls=LocalisedCommand)
@click.argument("releases", nargs=-1, metavar="[RELEASE]...")
@click.option("--dry-run", is_flag=True, help="Say what would become public; change nothing.")
@click.option("--record-only", is_flag=True, help="Add to the record alone; the next build makes it public.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def publish(call: Call, releases: tuple[str, ...], dry_run: bool, record_only: bool, form: str) -> int:
    """Release what is approved and due, build the site and read it back. Every reason for a refusal is named."""
    from greenchannel import office
    from greenchannel.building import build as build_site
    from greenchannel.delivery.record import read_record

    settings = call.settings()
    clock = call.clock(settings)
    named = tuple(office.release_id(settings, one) for one in releases)
    decisions = office.publish(settings, named, clock, dry_run=dry_run)
    failed: Mapping[str, TargetError | OSError] = {}
    shows = not dry_run and not record_only
    if shows:
        with output.progress(call.translate) as progress:
            failed = build_site(settings, clock, progress=progress).failed
    state = read_record(settings.releases).state
    published = [
        {
            "release": one.candidate.release.id,
            "revision": one.candidate.revision,
            "seq": one.event["seq"],
            "at": one.event["at"],
            "url": f"{settings.url}releases/{one.candidate.release.id}/",
            "sha256": one.event["sha256"],
            "visible": _seen(state, one.candidate) if not dry_run else {},
        }
        for one in decisions
        if one.event
    ]
    refused = [
        {
            "release": one.candidate.release.id,
            "reasons": [f"{reason.code} {reason.reason.in_language(call.translate)}" for reason in one.refused],
        }
        for one in decisions
        if one.refused
    ]
    if form == "json":
        output.print_json({"published": published, "refused": refused})
    else:
        template = (
            "would publish {url} (r{revision}, SHA-256 {sha256})"
            if dry_run
            else "published {url} (r{revision}, SHA-256 {sha256})"
            if shows
            else "recorded {url} (r{revision}, SHA-256 {sha256}); greenchannel build makes it public"
        )
        for one in published:
            click.echo(call.translate(template).format(**one))
        for item in refused:
            click.echo(call.translate("refused {release}:").format(release=item["release"]))
            for reason in item["reasons"]:
                click.echo(f"  {reason}")
        if not decisions:
            click.echo(call.translate("Nothing is approved and due."))
    output.report_failed(failed, call.translate)
    # What could not be read back is committed, but not known to be public: the same command again finishes it.
    return int(bool(refused or failed) or (shows and any(not one["visible"] for one in published)))


def _seen(state: "State", candidate: "Candidate") -> dict[str, str]:
    visible = state.releases[candidate.release.id].visible.get(candidate.revision, {})
    return {target: at.isoformat() for target, at in visible.items()}


@click.command(cls=LocalisedCommand)
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml.")
@click.option("--reason", required=True, help="Public: it stands on the page in place of the text.")
@click.pass_obj
def withdraw(call: Call, release: str, by: str, reason: str) -> int:
    """Withdraw a public release: its address stays, with who withdrew it, when and why."""
    from greenchannel import office
    from greenchannel.building import build as build_site

    settings = call.settings()
    clock = call.clock(settings)
    identifier = office.release_id(settings, release)
    office.withdraw(settings, identifier, reason, by, clock)
    failed = build_site(settings, clock).failed
    click.echo(call.translate("withdrawn {release}").format(release=identifier))
    output.report_failed(failed, call.translate)
    return int(bool(failed))
