"""`feeds`: what subscribers follow."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from greenchannel.cli import output
from greenchannel.cli.call import Call, Translate
from greenchannel.cli.localised import LocalisedCommand, LocalisedGroup
from greenchannel.domain.errors import GreenchannelError

if TYPE_CHECKING:
    from greenchannel.diagnosis import Finding

_SHOWN = 400  # characters of what a server says


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


@feeds.command(cls=LocalisedCommand)
@click.argument("url", required=False)
@click.option("--all", "every", is_flag=True, help="The feeds of all incidents, not only of the newest five.")
@click.option("--deep", is_flag=True, help="Read every attachment of the feed and compare its SHA-256.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def doctor(call: Call, url: str | None, every: bool, deep: bool, form: str) -> int:
    """Fetch a served channel as a subscriber would, and say what is wrong (URL: its home page, by default site_url).

    With a URL no newsroom is needed. Where one is at hand, the served record is compared with its releases/, too.
    Ends with 0 when nothing is wrong, 1 for faults, 2 when it cannot run.
    """
    from greenchannel.diagnosis import Verdict
    from greenchannel.doctor import Asked, examine
    from greenchannel.fetching import Fetcher

    base, own = _asked(call, url)
    with _progress(call) as tell:
        found = examine(Asked(base=base, every=every, deep=deep, own=own), Fetcher(), tell)
    if form == "json":
        output.print_json([_json(one, call.translate) for one in found])
    else:
        for one in found:
            click.echo(_text(one, call.translate))
        counts = {verdict: sum(one.verdict is verdict for one in found) for verdict in Verdict}
        text = call.translate("{faults} fault(s), {warnings} warning(s), {sound} in order")
        told = {"faults": Verdict.FAULT, "warnings": Verdict.WARNING, "sound": Verdict.OK}
        click.echo(text.format(**{name: counts[verdict] for name, verdict in told.items()}))
    return int(any(one.verdict is Verdict.FAULT for one in found))


def _asked(call: Call, url: str | None) -> tuple[str, bytes | None]:
    """The channel's home page, and the newsroom's own ledger where the channel is its own."""
    if url is not None and not url.startswith(("http://", "https://")):
        raise GreenchannelError("{url}: write the address of a channel, such as https://news.shili.example/", url=url)
    base = url and url.rstrip("/") + "/"
    if base and not (call.home / "mkdocs.yml").is_file():
        return base, None
    settings = call.settings()
    if base and base != settings.url:
        return base, None
    ledger = settings.releases / "ledger.jsonl"
    return settings.url, ledger.read_bytes() if ledger.is_file() else None


@contextmanager
def _progress(call: Call) -> Iterator[Callable[[int], object]]:
    """On a terminal only, on standard error, without a trace."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console

    text = call.translate("answers: {count}")
    with Console(stderr=True).status(text.format(count=0)) as status:
        yield lambda count: status.update(text.format(count=count))


def _json(one: "Finding", translate: Translate) -> dict[str, str | None]:
    return {
        "check": one.check,
        "verdict": one.verdict.value,
        "url": _plain(one.url),
        "seen": _plain(one.seen.in_language(translate)),
        "hint": _plain(one.hint.in_language(translate)) if one.hint else None,
    }


def _text(one: "Finding", translate: Translate) -> str:
    from greenchannel.diagnosis import Verdict

    colour, word = {
        Verdict.OK: ("green", translate("ok")),
        Verdict.WARNING: ("yellow", translate("warning")),
        Verdict.FAULT: ("red", translate("fault")),
    }[one.verdict]
    told = _json(one, translate)
    line = f"{click.style(word, fg=colour, bold=True)} {one.check} {told['url']}: {told['seen']}"
    return f"{line}\n  = {told['hint']}" if told["hint"] else line


def _plain(text: str) -> str:
    """What a stranger's server says must not steer a terminal, nor fill it."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
