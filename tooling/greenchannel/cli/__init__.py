"""The command line: reads the clock and the arguments, calls `office` and `building`, prints, returns an exit code.

Exit codes: 0 clean, 1 errors or refusals found, 2 cannot run.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import click

from greenchannel import __version__
from greenchannel.cli import output
from greenchannel.cli.localised import LocalisedGroup
from greenchannel.cli.output import Translate
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.vocabulary import Category, IncidentClass, ReleaseType, Theme
from greenchannel.record.events import State
from greenchannel.record.gate import Candidate


@dataclass(frozen=True, slots=True)
class Call:
    """What every command is given; the clock is read when it is called."""

    home: Path
    translate: Translate
    clock: Callable[[], datetime]


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}: write a time like 2026-11-20T09:31+08:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value}: the offset is missing; write 2026-11-20T09:31+08:00", param, ctx)
        return moment


AT = click.option("--at", type=_Moment(), help="Answer as of this time (RFC 3339 with offset) instead of now.")


@click.group(cls=LocalisedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), default=".", help="The newsroom's folder.")
@click.option("--lang", envvar="GREENCHANNEL_LANG", type=click.Choice(["zh", "en"]), default="zh", help="Of messages.")
@click.version_option(__version__)
@click.pass_context
def cli(context: click.Context, home: Path, lang: str) -> None:
    """The press desk of a city government as a folder of Markdown.

    \b
    A release's way:  new incident -> new release -> edit -> check -> approve -> publish
    What is owed:     due
    Is it sound:      verify
    """  # noqa: D301  # \b is click's mark for keeping the lines.
    from greenchannel.translation import translator  # noqa: PLC0415

    context.obj = Call(home.resolve(), translator(lang), lambda: datetime.now().astimezone())


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely: a missing or late deadline.")
@AT
@click.pass_obj
def check(call: Call, paths: tuple[Path, ...], form: str, fix: bool, at: datetime | None) -> int:  # noqa: FBT001
    """Find what is wrong in content/, all of it at once. Nothing is changed without --fix."""
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415
    from greenchannel.domain.diagnostic import Severity  # noqa: PLC0415
    from greenchannel.office import fix_desk, open_desk  # noqa: PLC0415

    settings = read_settings(call.home)
    now, only = at or call.clock(), _only(settings.content, paths, call)
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


@cli.command()
@click.argument("code")
@click.pass_obj
def explain(call: Call, code: str) -> int:
    """What a code means, why it matters and how to mend it."""
    from greenchannel.desk.checking import explain as explanation  # noqa: PLC0415

    if (text := explanation(code.upper())) is None:
        raise GreenchannelError(call.translate("{code}: no such code").format(code=code))
    click.echo(call.translate(text))
    return 0


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Show what was met, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@AT
@click.pass_obj
def due(call: Call, everything: bool, form: str, at: datetime | None) -> int:  # noqa: FBT001  # click passes flags so.
    """What is owed to the public, by when, and what to type next. Exit code 1 when a duty, not mere advice, is overdue."""  # noqa: E501  # One line is one entry of the catalogue.
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415
    from greenchannel.domain.timing import Late, Met, Overdue  # noqa: PLC0415
    from greenchannel.domain.vocabulary import Force  # noqa: PLC0415
    from greenchannel.office import due as owed_now  # noqa: PLC0415

    owed = owed_now(read_settings(call.home), at or call.clock())
    shown = [one for one in owed if everything or not isinstance(one.standing, Met | Late)]
    if form == "json":
        output.print_json([output.owed_json(one) for one in shown])
    else:
        for one in shown:
            click.echo(output.owed_text(one, call.translate))
        if not shown:
            click.echo(call.translate("Nothing is owed."))
    return int(any(isinstance(one.standing, Overdue) and one.obligation.force is not Force.ADVICE for one in owed))


@cli.group()
def new() -> None:
    """Begin an incident or a release; the clock and the routing table fill in what they know."""


@new.command("incident")
@click.argument("title")
@click.option("--category", type=click.Choice([one.value for one in Category]), required=True)
@click.option("--class", "incident_class", type=click.Choice([one.value for one in IncidentClass]), required=True)
@click.option("--theme", type=click.Choice([one.value for one in Theme]), help="Of a livelihood matter.")
@click.option("--casualties", is_flag=True, help="造成重大人员伤亡")
@click.option("--wide-impact", is_flag=True, help="社会影响较大")
@click.option("--slug", help="The name in the address; by default from the title's pinyin.")
@click.pass_obj
def new_incident(
    call: Call,
    title: str,
    category: str,
    incident_class: str,
    theme: str | None,
    casualties: bool,  # noqa: FBT001  # click passes flags so.
    wide_impact: bool,  # noqa: FBT001
    slug: str | None,
) -> int:
    """Open an incident: TITLE is what the public will read. The clock starts now; edit claimed_at if not so."""
    from greenchannel.delivery.writing import create_file  # noqa: PLC0415
    from greenchannel.desk import scaffolds  # noqa: PLC0415
    from greenchannel.desk.newsroom import read_newsroom  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415
    from greenchannel.domain.slug import is_slug  # noqa: PLC0415

    settings = read_settings(call.home)
    kind, about = Category(category), Theme(theme) if theme else None
    if kind is Category.LIVELIHOOD and about is None:
        raise GreenchannelError(call.translate("a livelihood matter needs --theme"))
    routing = read_newsroom(settings.content).registry.routing
    now = call.clock().astimezone(settings.zone)
    chosen = slug or scaffolds.propose_slug(title)
    if not is_slug(chosen):
        raise GreenchannelError(call.translate("{slug}: a slug is a-z, 0-9 and -, at most 80").format(slug=chosen))
    text = scaffolds.incident_text(
        title=title,
        category=kind,
        theme=about,
        incident_class=IncidentClass(incident_class),
        casualties=casualties,
        wide_impact=wide_impact,
        lead=routing.lead_for(kind, about) or "",
        cc=routing.cc,
        now=now,
        language=settings.language,
    )
    path = settings.content / "incidents" / f"{now:%Y}" / chosen / "incident.md"
    create_file(path, text.encode())
    click.echo(str(path.relative_to(call.home)))
    click.echo(call.translate("next: {command}").format(command=f"greenchannel new release fact {now:%Y}/{chosen}"))
    return 0


@new.command("release")
@click.argument("kind", metavar="TYPE", type=click.Choice([one.value for one in ReleaseType]))
@click.argument("incident")
@click.option("--author", envvar="GREENCHANNEL_PERSON", default="", help="Your id in content/registry/people.yml.")
@click.pass_obj
def new_release(call: Call, kind: str, incident: str, author: str) -> int:
    """Begin a release of TYPE for INCIDENT (its id, like 2026/qingnianlu-huozai)."""
    from greenchannel.delivery.writing import create_file  # noqa: PLC0415
    from greenchannel.desk import scaffolds  # noqa: PLC0415
    from greenchannel.desk.newsroom import read_newsroom  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415
    from greenchannel.domain.policy import REGULATION  # noqa: PLC0415
    from greenchannel.domain.timing import obligations  # noqa: PLC0415

    settings = read_settings(call.home)
    known = read_newsroom(settings.content).incidents.get(incident)
    if known is None:
        raise GreenchannelError(
            call.translate("{incident}: no such incident, or its file has errors").format(incident=incident)
        )
    owed = {one.duty.value: one.due_at for one in obligations(known, REGULATION, ())}
    text = scaffolds.release_text(
        kind=ReleaseType(kind), incident=known, deadline=owed.get(kind), author=author, language=settings.language
    )
    folder = settings.content / "incidents" / incident
    number = next(n for n in range(1, 10_000) if not (folder / f"{kind}-{n}.md").exists())
    path = folder / f"{kind}-{number}.md"
    create_file(path, text.encode())
    click.echo(str(path.relative_to(call.home)))
    follow = f"greenchannel check content/incidents/{incident}"
    click.echo(call.translate("next: {command}").format(command=follow))
    return 0


@cli.command()
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml; not the author's.")
@click.pass_obj
def approve(call: Call, release: str, by: str) -> int:
    """Approve the exact text that would go out now; any later edit voids it."""
    from greenchannel import office  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415

    settings = read_settings(call.home)
    approval = office.approve(settings, office.release_id(settings, release), by, _clock(call, settings.zone))
    click.echo(call.translate("approved by {by}: SHA-256 {digest}").format(by=by, digest=approval.sha256))
    click.echo(call.translate("next: {command}").format(command=f"greenchannel publish {approval.release}"))
    return 0


@cli.command()
@click.argument("releases", nargs=-1, metavar="[RELEASE]...")
@click.option("--dry-run", is_flag=True, help="Say what would become public; change nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def publish(call: Call, releases: tuple[str, ...], dry_run: bool, form: str) -> int:  # noqa: FBT001
    """Release what is approved and due, build the site and read it back. Every reason for a refusal is named."""
    from greenchannel import office  # noqa: PLC0415
    from greenchannel.building import build as build_site  # noqa: PLC0415
    from greenchannel.delivery.record import read_record  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415

    settings = read_settings(call.home)
    clock = _clock(call, settings.zone)
    named = tuple(office.release_id(settings, one) for one in releases)
    decisions = office.publish(settings, named, clock, dry_run=dry_run)
    if not dry_run:
        build_site(settings, clock)
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
        )
        for one in published:
            click.echo(call.translate(template).format(**one))
        for item in refused:
            click.echo(call.translate("refused {release}:").format(release=item["release"]))
            for reason in item["reasons"]:
                click.echo(f"  {reason}")
        if not decisions:
            click.echo(call.translate("Nothing is approved and due."))
    # What could not be read back is committed, but not known to be public: the same command again finishes it.
    return int(bool(refused) or (not dry_run and any(not one["visible"] for one in published)))


def _seen(state: State, candidate: Candidate) -> dict[str, str]:
    at = state.releases[candidate.release.id].visible.get(candidate.revision)
    return {"site": at.isoformat()} if at else {}


@cli.command()
@click.argument("release")
@click.option("--by", required=True, help="Your id in content/registry/people.yml.")
@click.option("--reason", required=True, help="Public: it stands on the page in place of the text.")
@click.pass_obj
def withdraw(call: Call, release: str, by: str, reason: str) -> int:
    """Withdraw a public release: its address stays, with who withdrew it, when and why."""
    from greenchannel import office  # noqa: PLC0415
    from greenchannel.building import build as build_site  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415

    settings = read_settings(call.home)
    clock = _clock(call, settings.zone)
    identifier = office.release_id(settings, release)
    office.withdraw(settings, identifier, reason, by, clock)
    build_site(settings, clock)
    click.echo(call.translate("withdrawn {release}").format(release=identifier))
    return 0


@cli.command()
@click.pass_obj
def build(call: Call) -> int:
    """Build site/ from the record; only files that changed are written."""
    from greenchannel.building import build as build_site  # noqa: PLC0415
    from greenchannel.desk.settings import read_settings  # noqa: PLC0415

    settings = read_settings(call.home)
    changed = build_site(settings, _clock(call, settings.zone))
    click.echo(call.translate("{count} file(s) written to {site}").format(count=len(changed), site=settings.site))
    click.echo(call.translate("next: {command}").format(command="make serve"))
    return 0


@cli.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any free one.")
@click.pass_obj
def serve(call: Call, port: int) -> int:
    """Show everything as it would be published, drafts included, on this machine only. Ctrl-C ends it."""
    import contextlib  # noqa: PLC0415

    from greenchannel.desk.settings import read_settings  # noqa: PLC0415
    from greenchannel.preview import Preview  # noqa: PLC0415
    from greenchannel.serving import Snapshot  # noqa: PLC0415

    def report(snapshot: Snapshot) -> None:
        for problem in snapshot.problems:
            click.echo(problem)
        for line in output.diagnostics_text(snapshot.errors, snapshot.texts, call.translate):
            click.echo(line)
        done = call.translate("{time} rebuilt: {count} error(s)")
        click.echo(done.format(time=f"{call.clock():%H:%M:%S}", count=snapshot.faults))

    settings = read_settings(call.home)  # Without settings there is nothing to wait for: exit code 2.
    preview = Preview(call.home, port, call.clock, call.translate, report)
    click.echo(
        call.translate("preview with drafts: {url} (Ctrl-C ends it)").format(url=preview.url[:-1] + settings.root)
    )
    with contextlib.suppress(KeyboardInterrupt):
        preview.run()
    return 0


@cli.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def verify(call: Call, folder: Path | None, form: str) -> int:
    """Check the hash chain of the record and every frozen text (FOLDER: by default releases/; a site's record/ works too)."""  # noqa: E501  # One line is one entry of the catalogue.
    from greenchannel.delivery.record import LEDGER, frozen_reader, public_reader  # noqa: PLC0415
    from greenchannel.record.verification import verify as verify_record  # noqa: PLC0415

    where = folder or call.home / "releases"
    if not (where / LEDGER).is_file():
        raise GreenchannelError(call.translate("{path}: no ledger here").format(path=where / LEDGER))
    read = public_reader(where.parent) if where.name == "record" else frozen_reader(where)
    entries, problems = verify_record((where / LEDGER).read_bytes(), read)
    rows = [
        {"line": one.line, "path": one.path, "problem": one.problem.in_language(call.translate)} for one in problems
    ]
    if form == "json":
        output.print_json({"ok": not problems, "entries": entries, "problems": rows})
    else:
        for row in rows:
            click.echo("{path}: {line}: {problem}".format(**row))
        click.echo(call.translate("{entries} entries, {count} problem(s)").format(entries=entries, count=len(rows)))
    return int(bool(problems))


def _clock(call: Call, zone: timezone) -> Callable[[], datetime]:
    return lambda: call.clock().astimezone(zone)


def main(argv: Sequence[str] | None = None) -> int:
    try:
        code = cli.main(args=argv, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    except GreenchannelError as error:
        click.echo(f"greenchannel: {error}", err=True)
        return 2
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"greenchannel: {where}{os.strerror(error.errno or 0)}", err=True)
        return 2
    return int(code or 0)
