"""The command line: reads the clock and the arguments, calls `office` and `building`, prints, returns an exit code.

Exit codes: 0 clean, 1 errors or refusals found, 2 cannot run. A command imports what it needs when it runs, so that
`--help` and a single check do not wait for what they do not use.
"""

import gc
import gettext
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path

import click

from greenchannel import __version__
from greenchannel.cli import checking, clock, feeds, inspecting, new, released, releasing, site, verifying, watching
from greenchannel.cli.call import Call
from greenchannel.cli.localised import LocalisedGroup
from greenchannel.domain.errors import GreenchannelError
from greenchannel.translation import problem_text, translator


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
    Is it sound:      verify, site-check
    """  # noqa: D301  # \b is click's mark for keeping the lines.
    context.obj = Call(home.resolve(), translator(lang), lambda: datetime.now().astimezone())


for _command in (
    new.new,
    checking.check,
    checking.explain,
    clock.due,
    clock.classify,
    clock.route,
    clock.policy,
    releasing.approve,
    releasing.publish,
    released.countersign,
    released.withdraw,
    site.build,
    inspecting.site_check,
    site.serve,
    verifying.verify,
    watching.watch,
    feeds.feeds,
):
    cli.add_command(_command)


def main(argv: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # The name of a file may be none in UTF-8, and what is wrong with it must be told all the same.
            stream.reconfigure(errors="backslashreplace")
    # An archive is a million small values that all live until the end: looking through them again and again for
    # circles takes a quarter of a build. Circles are found all the same, less often: after more than the programs and
    # one publication make, up to what is out.
    gc.set_threshold(250_000, 20, 100)
    # What else is installed has no say in what a field may hold, and need not be looked through for it.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    try:
        code = cli.main(args=argv, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    except (GreenchannelError, OSError) as error:
        # The group chose the language before anything could fail.
        click.echo(f"greenchannel: {problem_text(error, gettext.gettext)}", err=True)
        return 2
    return int(code or 0)
