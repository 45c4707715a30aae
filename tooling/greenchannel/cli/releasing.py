"""`approve`, `publish`: how a text becomes public."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand
from greenchannel.domain.message import Message, message

if TYPE_CHECKING:
    from greenchannel.building import Built, Touched
    from greenchannel.delivery.record import Decision
    from greenchannel.desk.settings import Settings
    from greenchannel.opening import Desk
    from greenchannel.record.approval import Approval
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
    named = tuple(dict.fromkeys(release_id(settings, one) for one in releases))  # Named twice is released once.
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
        for text in _left(settings, desk, clock()) if not named else ():
            click.echo(text.in_language(call.translate))
        print_touched(call, touched, settings.url)
    if built:
        output.announce(settings, built, call.translate)
    # What could not be read back is committed, but not known to be public: the same command again finishes it.
    unseen = shows and any(not one["visible"] for one in published)
    return code or int(bool(refused or unseen))


def _left(settings: "Settings", desk: "Desk", now: datetime) -> Iterator[Message]:
    """What is approved and was not due: it waits for its time, or for somebody who names it."""
    from greenchannel import office

    for at, release in office.scheduled(settings, desk, now):
        yield message("approved, waits until {at}: {release}", at=at, release=release)
    for release in office.returning(settings, desk):
        yield message(
            "withdrawn and approved anew; it goes out again only when it is named: {command}",
            command=f"greenchannel publish {release}",
        )


def _event(state: "State", decision: "Decision", resumed: Container[str]) -> Mapping[str, Any] | None:  # Any: JSON
    """The line of what this run released, or of what it finished for an earlier run."""
    identifier = decision.candidate.release.id
    return state.releases[identifier].current.event if identifier in resumed else decision.event


def _published(event: Mapping[str, Any], state: "State", base: str) -> dict[str, Any]:
    from greenchannel.portal.shown import alias_path
    from greenchannel.record.approval import COUNTERSIGN_WITHIN

    known = state.releases.get(event["id"])
    visible = known.visible.get(event["revision"], {}) if known else {}
    is_signed = not event.get("on_duty") or (known is not None and event["revision"] in known.countersigned)
    due = None if is_signed else datetime.fromisoformat(event["at"]) + COUNTERSIGN_WITHIN
    return {
        "release": event["id"],
        "revision": event["revision"],
        "seq": event["seq"],
        "at": event["at"],
        "url": f"{base}releases/{event['id']}/",
        "sha256": event["sha256"],
        "attachments": [f"{base}{quote(alias_path(event['id'], one['name']))}" for one in event.get("attachments", ())],
        "visible": {target: at.isoformat() for target, at in visible.items()},
        "second_signature_due": due.isoformat() if due else None,
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
        if due := one["second_signature_due"]:
            command = f"greenchannel countersign {one['release']} --by PERSON"
            text = message(
                "a second signature is owed by {at}: {command}", at=datetime.fromisoformat(due), command=command
            )
            click.echo("  " + text.in_language(call.translate))
    for item in refused:
        click.echo(call.translate("refused {release}:").format(release=item["release"]))
        for reason in item["reasons"]:
            click.echo(f"  {reason}")
    if not published and not refused:
        click.echo(call.translate("Nothing is approved and due."))


def print_touched(call: Call, touched: Sequence["Touched"], base: str) -> None:
    """Every file that would be new or changed, as the address at which the public would find it."""
    words = {True: call.translate("new"), False: call.translate("changed")}
    for one in touched:
        click.echo(f"  {words[one.is_new]}  {base}{quote(one.path.removesuffix('index.html'))}")
    if touched:
        feeds = sum(one.path.startswith("feeds/") for one in touched)
        text = call.translate("{count} file(s), {feeds} of them feeds; the receipts change the record's copy once more")
        click.echo(text.format(count=len(touched), feeds=feeds))
