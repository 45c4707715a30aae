"""Help in the language of whoever asks: ours and click's own words, both from our gettext catalogue."""

import copy
import gettext
import inspect
import os
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, TypeVar

import click

from greenchannel.domain.message import message
from greenchannel.translation import LOCALE

DOMAIN = "greenchannel"
_Command = TypeVar("_Command", bound=click.Command)


def speak(arguments: Sequence[str]) -> None:
    """Choose the language before click parses: help and usage errors are printed while it still does."""
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    language = os.environ.get("GREENCHANNEL_LANG") or "zh"
    for one, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        if one == "--lang":
            language = following
        elif one.startswith("--lang="):
            language = one.removeprefix("--lang=")
    os.environ["LANGUAGE"] = language


def _refuse_broken(arguments: Sequence[str]) -> None:
    """Python hands on bytes that are no UTF-8 as lone surrogates, which no file or line of the record can hold."""
    for one in arguments:
        if any("\ud800" <= sign <= "\udfff" for sign in one):
            problem = message("{argument}: this is not UTF-8; type it anew", argument=ascii(one))
            raise click.UsageError(problem.in_language(gettext.gettext))


def _spoken(text: str | None) -> str | None:
    # The empty key of a catalogue is its header.
    return gettext.gettext(inspect.cleandoc(text)) if text else text


def _spoken_parameter(parameter: click.Parameter) -> click.Parameter:
    spoken = copy.copy(parameter)
    if isinstance(spoken, click.Option):
        spoken.help = _spoken(spoken.help)
    return spoken


def _spoken_command(command: _Command) -> _Command:
    spoken = copy.copy(command)
    spoken.help = _spoken(command.help)
    spoken.params = [_spoken_parameter(one) for one in command.params]
    if spoken.help and not spoken.help.isascii():
        # click shortens between blanks, which Chinese does not have.
        spoken.short_help = spoken.help.partition("\n")[0].rstrip("。")
    return spoken


class LocalisedCommand(click.Command):
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:  # click keeps it in the language of the first call.
            option.help = _spoken("Show this message and exit.")
        return option

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super(LocalisedCommand, _spoken_command(self)).format_help(ctx, formatter)


class LocalisedGroup(LocalisedCommand, click.Group):
    command_class = LocalisedCommand
    group_class = type  # Groups of this group are localised, too.

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if parent is None:
            speak(args)
            _refuse_broken(args)
        return super().make_context(info_name, args, parent, **extra)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        spoken = copy.copy(self)
        spoken.commands = {name: _spoken_command(one) for name, one in self.commands.items()}
        super(LocalisedGroup, spoken).format_commands(ctx, formatter)
