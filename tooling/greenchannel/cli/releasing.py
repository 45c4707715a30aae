"""`approve`, `publish`, `withdraw`: what changes the record."""

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand

if TYPE_CHECKING:
    from greenchannel.building import Built, Touched
    from greenchannel.delivery.record import Decision
    from greenchannel.desk.settings import Settings
    from greenchannel.office import DoneAlreadyError
    from greenchannel.record.events import State


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
        signed = office.countersign(settings, identifier, by, clock)
        for number in signed.revisions:
            text = call.translate("countersigned {release} r{revision} by {by}")
            click.echo(text.format(release=identifier, revision=number, by=by))
        for number, names in signed.waiting.items():
            text = call.translate(
                "{release} r{revision} still waits, since {by} wrote or released it: {names} may sign"
            )
            click.echo(text.format(release=identifier, revision=number, by=by, names=", ".join(names) or "-"))
    except office.DoneAlreadyError as error:
        already = error
    return _finish(call, settings, identifier, already, build_site(settings, clock))


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
    from greenchannel.building import outlook
    from greenchannel.delivery.record import read_record
    from greenchannel.opening import open_desk, release_id

    settings = call.settings()
    clock = call.clock(settings)
    named = tuple(release_id(settings, one) for one in releases)
    desk = open_desk(settings, clock())
    decisions = office.publish_from(settings, desk, named, clock, dry_run=dry_run)
    touched: tuple[Touched, ...] = ()
    resumed: frozenset[str] = frozenset()
    shows = not dry_run and not record_only
    built: Built | None = None
    code = 0
    if dry_run:
        touched = outlook(settings, [one.event for one in decisions if one.event])
    if shows:
        resumed = office.unfinished(settings, decisions)
        with output.progress(call.translate) as progress:
            built = build_site(settings, clock, progress=progress)
        code = output.report(built, call.translate)
        if built.has_changed and not any(one.event for one in decisions):
            resumed = office.settled(decisions)
    state = read_record(settings.releases).state
    released = [event for one in decisions if (event := _event(state, one, resumed))]
    published = [_published(one, state, settings.url) for one in released]
    refused = [
        {
            "release": one.candidate.release.id,
            "reasons": [f"{reason.code} {reason.reason.in_language(call.translate)}" for reason in one.refused],
        }
        for one in decisions
        if one.refused and one.candidate.release.id not in resumed
    ]
    if form == "json":
        files = [{"path": one.path, "url": settings.url + quote(one.path), "new": one.is_new} for one in touched]
        output.print_json({"published": published, "refused": refused, **({"files": files} if dry_run else {})})
    else:
        _print(call, published, refused, dry_run=dry_run, shows=shows)
        for at, release in office.scheduled(settings, desk, clock()) if not named else ():
            click.echo(
                call.translate("approved, waits until {at}: {release}").format(at=at.isoformat(), release=release)
            )
        _print_touched(call, touched, settings.url)
    if built:
        output.announce(settings, built, call.translate)
    # What could not be read back is committed, but not known to be public: the same command again finishes it.
    unseen = shows and any(not one["visible"] for one in published)
    return code or int(bool(refused or unseen))


def _event(state: "State", decision: "Decision", resumed: Container[str]) -> Mapping[str, Any] | None:  # Any: JSON
    """The line of what this run released, or of what it finished for an earlier run."""
    identifier = decision.candidate.release.id
    return state.releases[identifier].current.event if identifier in resumed else decision.event


def _published(event: Mapping[str, Any], state: "State", base: str) -> dict[str, Any]:
    from greenchannel.portal.shown import alias_path

    known = state.releases.get(event["id"])
    visible = known.visible.get(event["revision"], {}) if known else {}
    return {
        "release": event["id"],
        "revision": event["revision"],
        "seq": event["seq"],
        "at": event["at"],
        "url": f"{base}releases/{event['id']}/",
        "sha256": event["sha256"],
        "attachments": [f"{base}{quote(alias_path(event['id'], one['name']))}" for one in event.get("attachments", ())],
        "visible": {target: at.isoformat() for target, at in visible.items()},
    }


def _print(
    call: Call,
    published: Sequence[Mapping[str, Any]],
    refused: Sequence[Mapping[str, Any]],
    *,
    dry_run: bool,
    shows: bool,
) -> None:
    for one in published:
        template = (
            "would publish {url} (r{revision}, SHA-256 {sha256})"
            if dry_run
            else "published {url} (r{revision}, SHA-256 {sha256})"
            if one["visible"]
            else "recorded {url} (r{revision}, SHA-256 {sha256}); greenchannel build makes it public"
            if not shows
            else "on the record, but not read back anywhere yet: {url} (r{revision}, SHA-256 {sha256})"
        )
        click.echo(call.translate(template).format(**one))
        for address in one["attachments"]:
            click.echo(f"  {address}")
    for item in refused:
        click.echo(call.translate("refused {release}:").format(release=item["release"]))
        for reason in item["reasons"]:
            click.echo(f"  {reason}")
    if not published and not refused:
        click.echo(call.translate("Nothing is approved and due."))


def _print_touched(call: Call, touched: Sequence["Touched"], base: str) -> None:
    """Every file that would be new or changed, as the address at which the public would find it."""
    words = {True: call.translate("new"), False: call.translate("changed")}
    for one in touched:
        click.echo(f"  {words[one.is_new]}  {base}{quote(one.path.removesuffix('index.html'))}")
    if touched:
        feeds = sum(one.path.startswith("feeds/") for one in touched)
        text = call.translate("{count} file(s), {feeds} of them feeds; the receipts change the record's copy once more")
        click.echo(text.format(count=len(touched), feeds=feeds))


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
    built = build_site(settings, clock)
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
