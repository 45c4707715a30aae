"""`due`, `classify`, `route`, `policy`: what is owed by when, under which rule, and by whom."""

import contextlib
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import AT, Call, TermChoice
from greenchannel.cli.localised import LocalisedCommand, LocalisedGroup
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.vocabulary import Category, Theme
from greenchannel.translation import problem_text

if TYPE_CHECKING:
    from greenchannel.board import Board, Owed, Signature
    from greenchannel.desk.settings import Settings
    from greenchannel.domain.policy import Policy

_REFRESH_SECONDS = 1.0
TEXT_OR_JSON = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.command(cls=LocalisedCommand)
@click.option("--all", "everything", is_flag=True, help="Show what was met, too.")
@click.option("--incident", help="Only this incident (its id, like 2026/qingnianlu-huozai).")
@click.option("--department", help="Only what this department answers for (its id).")
@click.option("--watch", is_flag=True, help="Stay, and refresh in place. Ctrl-C ends it.")
@click.option("--format", "form", type=click.Choice(["text", "json", "ics"]), default="text")
@AT
@click.pass_obj
def due(
    call: Call,
    everything: bool,
    incident: str | None,
    department: str | None,
    watch: bool,
    form: str,
    at: datetime | None,
) -> int:
    """What is owed to the public, by when, and what to type next.

    The most urgent first; what another policy advises is marked and never decides. Exit code 1 when a duty, not mere
    advice, is overdue, or when an incident's file cannot be understood. --format ics gives a calendar with alarms.
    """
    settings = call.settings()
    if watch:
        if at is not None or form != "text":
            raise click.UsageError(call.translate("--watch goes with neither --at nor --format"))
        return _watch(call, settings, everything=everything, incident=incident, department=department)
    now = at.astimezone(settings.zone) if at else call.clock(settings)()
    board, shown = _board(settings, now, everything=everything, incident=incident, department=department)
    if board.damaged:
        click.echo(_damage_text(call, board.damaged), err=True)
    if form == "json":
        from greenchannel.cli.board import owed_json, signature_json

        output.print_json([*map(owed_json, shown), *map(signature_json, _signatures(board, incident, department))])
    elif form == "ics":
        from greenchannel.cli.calendar import calendar

        authority = settings.tag.partition(",")[0]
        click.echo(calendar(shown, now, authority, call.translate), nl=False)
    else:
        from greenchannel.cli.board import board_lines

        for line in board_lines(board, shown, _signatures(board, incident, department), call.translate):
            click.echo(line)
    if board.damaged:
        return 2
    return int(
        bool(board.broken)
        or any(one.is_breach for one in _chosen(board, incident, department))
        or any(one.is_overdue for one in _signatures(board, incident, department))
    )


def _damage_text(call: Call, damaged: GreenchannelError) -> str:
    told = call.translate("what follows is told by the desk, and by the record up to its first bad line")
    return output.damage_text(damaged, told, call.translate)


def _signatures(board: "Board", incident: str | None, department: str | None) -> tuple["Signature", ...]:
    return tuple(
        one for one in board.signatures if incident in (None, one.incident) and department in (None, one.department)
    )


def _chosen(board: "Board", incident: str | None, department: str | None) -> tuple["Owed", ...]:
    return tuple(
        one
        for one in board.owed
        if incident in (None, one.obligation.incident) and department in (None, one.department)
    )


def _board(
    settings: "Settings", now: datetime, *, everything: bool, incident: str | None, department: str | None
) -> tuple["Board", tuple["Owed", ...]]:
    from greenchannel.board import read_board

    board = read_board(settings, now)
    for named, known in ((incident, board.incidents), (department, board.departments)):
        # Of a name that nobody knows, "nothing is owed" would be a dangerous answer.
        if named is not None and named not in known:
            raise GreenchannelError("{name}: not on the desk, or its file has errors", name=named)
    chosen = _chosen(board, incident, department)
    return board, tuple(one for one in chosen if everything or not one.is_settled)


def _watch(call: Call, settings: "Settings", *, everything: bool, incident: str | None, department: str | None) -> int:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from greenchannel.cli.board import board_lines

    def picture() -> Text:
        now = call.clock(settings)()
        try:
            board, shown = _board(settings, now, everything=everything, incident=incident, department=department)
            lines = [click.style(_damage_text(call, board.damaged), fg="red")] if board.damaged else []
            lines += list(board_lines(board, shown, _signatures(board, incident, department), call.translate))
        except (GreenchannelError, OSError) as error:  # A file half saved: the next look mends it.
            lines = [click.style(problem_text(error, call.translate), fg="red")]
        return Text.from_ansi("\n\n".join([f"{now:%Y-%m-%d %H:%M:%S %z}", *lines]))

    with Live(picture(), console=Console(), auto_refresh=False) as live, contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(_REFRESH_SECONDS)
            live.update(picture(), refresh=True)
    return 0


@click.command(cls=LocalisedCommand)
@click.option("--deaths", type=click.IntRange(0), help="Persons dead or missing.")
@click.option("--serious-injuries", type=click.IntRange(0), help="Persons seriously injured, acute poisoning included.")
@click.option("--loss", help="Direct economic loss: yuan, or with 万元 or 亿元.")
@TEXT_OR_JSON
@click.pass_obj
def classify(call: Call, deaths: int | None, serious_injuries: int | None, loss: str | None, form: str) -> int:
    """Propose the class of an accident from its figures (State Council Decree 493, article 3).

    Any one figure suffices, and 以上 includes the number. It grades work-safety accidents; for other kinds an officer
    decides by their own standards.
    """
    from greenchannel.desk.schema import read_loss
    from greenchannel.domain.classification import classify as propose
    from greenchannel.domain.incident import Figures

    amount = read_loss(loss) if loss is not None else None
    if loss is not None and amount is None:
        raise click.UsageError(call.translate("--loss {value}: write 50000000, 5000万元 or 1.2亿元").format(value=loss))
    proposal = propose(Figures(deaths=deaths, serious_injuries=serious_injuries, direct_loss=amount))
    if proposal is None:
        raise click.UsageError(call.translate("give at least one of --deaths, --serious-injuries, --loss"))
    name = proposal.incident_class
    if form == "json":
        criteria = list(proposal.criteria)
        output.print_json({"class": name.value, "zh": name.zh, "clause": proposal.clause, "criteria": criteria})
    else:
        click.echo(f"{name.zh} ({name.value})")
        click.echo(f"{proposal.clause}: {', '.join(proposal.criteria)}")
        click.echo(call.translate("a proposal: the officer confirms it in class: {value}").format(value=name.value))
    return 0


@click.command(cls=LocalisedCommand)
@click.argument("category", type=TermChoice(Category))
@click.option("--theme", type=TermChoice(Theme), help="Of a livelihood matter.")
@TEXT_OR_JSON
@AT
@click.pass_obj
def route(call: Call, category: Category, theme: Theme | None, form: str, at: datetime | None) -> int:
    """Which department leads on a CATEGORY of concern, and which bodies must be copied (regulation, Annex 1, 1)."""
    from greenchannel.desk.newsroom import read_tables

    settings = call.settings()
    registry = read_tables(settings.content, settings.zone).registry
    if (category is Category.LIVELIHOOD) != (theme is not None):
        raise click.UsageError(call.translate("--theme goes with livelihood, and livelihood needs it"))
    day = (at or call.clock(settings)()).astimezone(settings.zone).date()
    lead = registry.routing.lead_for(category, theme)
    if lead is None:
        raise GreenchannelError("registry/routing.yml names no lead for {name}", name=category.zh)
    bodies = [registry.body_on(one, day) for one in (lead, *registry.routing.cc)]
    if form == "json":
        output.print_json(
            {"category": category.value, "theme": theme.value if theme else None, "lead": bodies[0], "cc": bodies[1:]}
        )
        return 0
    names = [f"{known.name} ({one})" if (known := registry.departments.get(one)) else one for one in bodies]
    click.echo(call.translate("lead: {name}").format(name=names[0]))
    click.echo(call.translate("copied: {names}").format(names="、".join(names[1:])))
    return 0


@click.group(cls=LocalisedGroup)
def policy() -> None:
    """The rules by which time is counted: which there are, and what each says and rests on."""


@policy.command("list", cls=LocalisedCommand)
@TEXT_OR_JSON
@click.pass_obj
def policy_list(call: Call, form: str) -> int:
    """All policies, shipped and own; the one that decides and those that advise are marked."""
    settings = call.settings()
    chosen = {settings.policy: "deciding"} | dict.fromkeys(settings.advisory, "advisory")
    policies = _policies(settings)
    if form == "json":
        output.print_json(
            [
                {
                    "id": one.id,
                    "title": one.title,
                    "jurisdiction": one.jurisdiction,
                    "number": one.number,
                    "verified": one.verified,
                    "role": chosen.get(one.id),
                }
                for one in policies
            ]
        )
        return 0
    roles = {"deciding": call.translate("decides"), "advisory": call.translate("advises")}
    for one in policies:
        doubt = "" if one.verified else call.translate("wording not verified")
        marks = (one.jurisdiction, one.number, roles.get(chosen.get(one.id, "")), doubt)
        click.echo(f"{click.style(one.id, bold=True)}  {one.title}\n  {' · '.join(mark for mark in marks if mark)}")
    return 0


@policy.command("show", cls=LocalisedCommand)
@click.argument("identifier", metavar="ID")
@TEXT_OR_JSON
@click.pass_obj
def policy_show(call: Call, identifier: str, form: str) -> int:
    """What the policy ID demands, from which clock, and the words it rests on."""
    from greenchannel.cli.policy import policy_json, policy_lines

    found = next((one for one in _policies(call.settings()) if one.id == identifier), None)
    if found is None:
        raise GreenchannelError(
            "{policy}: no such policy, or its file has errors; see greenchannel policy list", policy=identifier
        )
    if form == "json":
        output.print_json(policy_json(found))
    else:
        for line in policy_lines(found, call.translate):
            click.echo(line)
    return 0


def _policies(settings: "Settings") -> list["Policy"]:
    from greenchannel.desk.newsroom import read_tables
    from greenchannel.desk.policies import find_policy, shipped_ids

    own = read_tables(settings.content, settings.zone).policies
    return [one for name in sorted({*own, *shipped_ids()}) if (one := find_policy(name, own)) is not None]
