"""`build`, `serve`: the site from the record, on disk and as a preview."""

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand
from greenchannel.translation import problem_text


@click.command(cls=LocalisedCommand)
@click.option("--clean", is_flag=True, help="Make everything anew and compare it with what stands. Nothing is deleted.")
@click.option("--older-record", is_flag=True, help="Build although site/ shows what releases/ no longer has.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def build(call: Call, clean: bool, older_record: bool, form: str) -> int:
    """Build site/ from the record and put it at every target; only what changed is made and written."""
    seen_ahead = call.seeing_ahead()
    from greenchannel.building import build as build_site
    from greenchannel.indexing import build_index

    settings = call.settings()
    call.looking_once(settings)
    with output.progress(call.translate) as progress:
        built = build_site(
            settings,
            call.clock(settings),
            clean=clean,
            older_record=older_record,
            progress=progress,
            seen_ahead=seen_ahead,
        )
        # Everything that names a release is out by now; where it is not, an index would be ahead of it.
        indexed = (
            build_index(settings, call.clock(settings), clean=clean, without=built.failed, progress=progress)
            if built.is_made
            else None
        )
    if form == "json":
        output.print_json(
            {
                "planned": built.planned,
                "made": built.made,
                "written": list(built.written),
                "sent": dict(built.sent),
                "failed": {name: problem_text(error, call.translate) for name, error in built.failed.items()},
                "leaks": [output.leak_text(one, call.translate) for one in built.leaks],
                "orphans": list(built.orphans),
                "search": output.index_json(indexed, call.translate),
            }
        )
        output.announce(settings, built, call.translate)
        return int(not built.is_whole or bool(indexed and not indexed.is_whole))
    counts = call.translate("{site}: {planned} file(s), {made} made, {written} written")
    click.echo(counts.format(site=settings.site, planned=built.planned, made=built.made, written=len(built.written)))
    for name, count in built.sent.items():
        if name not in built.failed:
            click.echo(call.translate("{target}: {count} file(s) sent").format(target=name, count=count))
    for one in built.orphans:
        click.echo(call.translate("{path}: nothing makes it any more; it was left").format(path=f"site/{one}"))
    if indexed and indexed.made:
        made = call.translate("search index: {made} file(s) made in {seconds} s")
        click.echo(made.format(made=indexed.made, seconds=round(indexed.seconds, 1)))
    code = output.report(built, call.translate) | output.report_index(indexed, call.translate)
    click.echo(call.translate("next: {command}").format(command="make serve"))
    output.announce(settings, built, call.translate)
    return code


@click.command(cls=LocalisedCommand)
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any free one.")
@click.pass_obj
def serve(call: Call, port: int) -> int:
    """Show everything as it would be published, drafts included, on this machine only. Ctrl-C ends it."""
    import contextlib

    from greenchannel.preview import Preview
    from greenchannel.serving import Snapshot

    settings = call.settings()  # Without settings there is nothing to wait for: exit code 2.

    def report(snapshot: Snapshot) -> None:
        for problem in snapshot.problems:
            click.echo(problem)
        for line in output.diagnostics_text(snapshot.errors, snapshot.texts, call.translate):
            click.echo(line)
        done = call.translate("{time} rebuilt: {count} error(s)")
        click.echo(done.format(time=f"{call.clock(settings)():%H:%M:%S}", count=snapshot.faults))

    preview = Preview(call.home, port, call.machine_clock, call.translate, report)
    click.echo(
        call.translate("preview with drafts: {url} (Ctrl-C ends it)").format(url=preview.url[:-1] + settings.root)
    )
    with contextlib.suppress(KeyboardInterrupt):
        preview.run()
    return 0
