"""A copy of the sample newsroom, a clock that is set by hand, and the command line as an officer types it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Self

import pytest

from greenchannel import cli
from greenchannel.desk.policies import select
from greenchannel.desk.settings import Settings, read_settings

REPOSITORY = Path(__file__).parents[1]
CHINA = timezone(timedelta(hours=8))
REGULATION = select("regulation", (), {}).deciding
Run = Callable[..., tuple[int, str, str]]


class Clock:
    """Says what it was last set to."""

    def __init__(self, now: str) -> None:
        self.now = datetime.fromisoformat(now)

    def __call__(self) -> datetime:
        return self.now


def copy_newsroom(home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    for name in ("content", "templates", "releases"):
        shutil.copytree(REPOSITORY / name, home / name)
    shutil.copy(REPOSITORY / "mkdocs.yml", home)
    return read_settings(home)


@pytest.fixture
def office_home(tmp_path: Path) -> Settings:
    return copy_newsroom(tmp_path / "office")


@pytest.fixture
def clock() -> Clock:
    """Three days after the last line of the sample record."""
    return Clock("2026-11-24T10:00:00+08:00")


@pytest.fixture
def run(
    office_home: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """`run("check")` is ``greenchannel --home OFFICE --lang en check`` at the time of `clock`."""

    class SetTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock().timestamp(), tz or UTC)

    monkeypatch.setattr(cli, "datetime", SetTime)

    def call(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["--home", str(office_home.home), "--lang", "en", *argv])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call
