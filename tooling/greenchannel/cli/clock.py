"""`due`: what is owed by when."""

from datetime import datetime

import click

from greenchannel.cli import output
from greenchannel.cli.call import AT, Call
from greenchannel.cli.localised import LocalisedCommand


@click.command(cls=LocalisedCommand)
@click.option("--all", "everything", is_flag=True, help="Show what was met, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@AT
@click.pass_obj
def due(call: Call, everything: bool, form: str, at: datetime | None) -> int:
    """What is owed to the public, by when, and what to type next. Exit code 1 when a duty, not mere advice, is overdue."""  # noqa: E501  # One line is one entry of the catalogue.
    from greenchannel.domain.timing import Late, Met, Overdue
    from greenchannel.domain.vocabulary import Force
    from greenchannel.office import due as owed_now

    settings = call.settings()
    owed = owed_now(settings, at or call.clock(settings)())
    shown = [one for one in owed if everything or not isinstance(one.standing, Met | Late)]
    if form == "json":
        output.print_json([output.owed_json(one) for one in shown])
    else:
        for one in shown:
            click.echo(output.owed_text(one, call.translate))
        if not shown:
            click.echo(call.translate("Nothing is owed."))
    return int(any(isinstance(one.standing, Overdue) and one.obligation.force is not Force.ADVICE for one in owed))
