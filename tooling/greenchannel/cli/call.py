"""What every command is given, and the options that several share."""

import gettext
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from greenchannel.domain.message import Message, message
from greenchannel.domain.vocabulary import Term

if TYPE_CHECKING:
    from greenchannel.delivery.unchanged import SeenAhead
    from greenchannel.desk.settings import Settings

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Call:
    """What every command is given; the clock is read when it is called."""

    home: Path
    translate: Translate
    machine_clock: Callable[[], datetime]

    def settings(self) -> "Settings":
        from greenchannel.desk.settings import read_settings

        return read_settings(self.home)

    def looking_once(self, settings: "Settings") -> None:
        """For a command that is over in a moment: at a file of the record or of the desk it does not look twice."""
        from greenchannel.delivery.proven import looking_once
        from greenchannel.desk import folders

        click.get_current_context().with_resource(looking_once(settings.releases))
        click.get_current_context().with_resource(folders.looking_once(settings.content))

    def looking_ahead(self, *, about: Collection[object]) -> None:
        """Before anything else is loaded, for a command that asks `about` a few files of the desk and changes none.

        Others, which ask about none, read the desk in another way. Later looks are as in `looking_once`.
        """
        from greenchannel.ahead import looking_ahead

        if about:
            click.get_current_context().with_resource(looking_ahead(self.home / "content"))

    def seeing_ahead(self) -> "SeenAhead":
        """Before anything else is loaded, for a build."""
        from greenchannel.ahead import seeing_ahead

        return click.get_current_context().with_resource(seeing_ahead(self.home))

    def clock(self, settings: "Settings") -> Callable[[], datetime]:
        """The machine's clock, told with the newsroom's offset."""
        return lambda: self.machine_clock().astimezone(settings.zone)


def _said(text: Message) -> str:
    return text.in_language(gettext.gettext)  # In the language that the group chose for this call.


TermT = TypeVar("TermT", bound=Term)


class TermChoice(click.ParamType[TermT]):
    """A member of a closed set in either spelling, as in the files."""

    name = "term"

    def __init__(self, kind: type[TermT]) -> None:
        self._members = {spelling: one for one in kind for spelling in (one.value, one.zh)}

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002  # click's signature
        return f"[{'|'.join(self._spellings())}]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> TermT:
        if (found := self._members.get(str(value).strip())) is None:
            choices = ", ".join(self._spellings())
            self.fail(_said(message("{value}: write one of {choices}", value=value, choices=choices)), param, ctx)
        return found

    def _spellings(self) -> list[str]:
        return [f"{one.value}/{one.zh}" for one in dict.fromkeys(self._members.values())]


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                _said(message("{value}: write a time like 2026-11-20T09:31+08:00", value=value)),
                param,
                ctx,
            )
        if moment.tzinfo is None:
            self.fail(
                message("{value}: the offset is missing; write 2026-11-20T09:31+08:00", value=value).in_language(
                    gettext.gettext
                ),
                param,
                ctx,
            )
        return moment


AT = click.option("--at", type=Moment(), help="Answer as of this time (RFC 3339 with offset) instead of now.")
