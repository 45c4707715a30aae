"""`feeds`: what subscribers follow."""

import click

from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand, LocalisedGroup


@click.group(cls=LocalisedGroup)
def feeds() -> None:
    """What subscribers follow."""


@feeds.command(cls=LocalisedCommand)
@click.pass_obj
def heartbeat(call: Call) -> int:
    """Add today's entry to the test stream (feeds/test), at most one a day; the next build publishes it.

    Off unless mkdocs.yml says heartbeat: true under extra.greenchannel. It stands in no other feed, list or page.
    """
    from greenchannel.delivery.heartbeat import beat

    settings = call.settings()
    clock = call.clock(settings)
    if not beat(settings, clock):
        click.echo(call.translate("today's heartbeat is there already"))
        return 0
    click.echo(call.translate("heartbeat written: releases/heartbeat.json"))
    click.echo(call.translate("next: {command}").format(command="greenchannel build"))
    return 0
