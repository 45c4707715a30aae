"""What every command is given, and the options that several share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
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

    def clock(self, settings: "Settings") -> Callable[[], datetime]:
        """The machine's clock, told with the newsroom's offset."""
        return lambda: self.machine_clock().astimezone(settings.zone)


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}: write a time like 2026-11-20T09:31+08:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value}: the offset is missing; write 2026-11-20T09:31+08:00", param, ctx)
        return moment


AT = click.option("--at", type=Moment(), help="Answer as of this time (RFC 3339 with offset) instead of now.")
