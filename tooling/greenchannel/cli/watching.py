"""`watch`: the channel that nobody has to sit beside."""

import json
import signal
from collections.abc import Mapping
from threading import Thread
from typing import Any

import click

from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedCommand


@click.command(cls=LocalisedCommand)
@click.pass_obj
def watch(call: Call) -> int:
    """Release what is approved and due, unattended, until stopped: embargoes end on time, files follow each save.

    It writes one JSON object a line: started, scheduled, published, visible, built, sent, refused, failed, recovered,
    stopped. Nothing goes out early. After a sleep or a restart it catches up and says by how much it was late. What
    fails is tried again within 30 seconds. SIGTERM or Ctrl-C ends it once the work in hand is finished.
    """
    from greenchannel.watching import Watch

    settings = call.settings()  # Without settings there is nothing to watch: exit code 2.
    clock = call.clock(settings)

    def log(facts: Mapping[str, Any]) -> None:
        click.echo(json.dumps({"at": clock().isoformat(timespec="milliseconds"), **facts}, ensure_ascii=False))

    channel = Watch(call.home, call.machine_clock, call.translate, log)
    for name in (signal.SIGTERM, signal.SIGINT):
        # Not in the handler itself: it may have interrupted the very lock that stopping takes.
        signal.signal(name, lambda _number, _frame: Thread(target=channel.notice.stop).start())
    channel.run()
    return 0
