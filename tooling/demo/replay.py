"""Produces the sample newsroom's record with the tool itself and a clock of its own: the same bytes every time.

``python tooling/demo/replay.py [FOLDER]`` replays scenario.yml and puts the record into FOLDER (default releases).
An earlier text of a release that was corrected stands in stages/; everything else is content/ as it is.
"""

import re
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from greenchannel import building, office
from greenchannel.desk.settings import read_settings
from greenchannel.domain.errors import GreenchannelError

HERE = Path(__file__).parent
HOME = HERE.parents[1]
_CLOSED = re.compile(rb"^(?:closed_at|" + "办结时间".encode() + rb"): (\S+)\n", re.MULTILINE)


class ScriptedClock:
    """Moves two seconds with each look, as a careful office would."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-01-01T00:00+08:00")

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=2)
        return self.now


def replay(target: Path) -> None:
    scenario = yaml.load((HERE / "scenario.yml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # All strings.
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        for name in ("content", "templates"):
            shutil.copytree(HOME / name, home / name)
        shutil.copy(HOME / "mkdocs.yml", home)
        final = {one: one.read_bytes() for one in (home / "content/incidents").rglob("*.md")}
        for stage in (HERE / "stages").rglob("*.r1.md"):
            desk = home / "content/incidents" / stage.relative_to(HERE / "stages")
            shutil.copy(stage, desk.with_name(desk.name.replace(".r1.md", ".md")))
        _play(home, scenario, final)
        for path in sorted(one for one in (home / "releases").rglob("*") if one.is_file()):
            copy = target / path.relative_to(home / "releases")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _play(home: Path, scenario: dict[str, list[dict[str, str]]], final: dict[Path, bytes]) -> None:
    settings, clock, published = read_settings(home), ScriptedClock(), set[str]()
    for step in sorted((*scenario["steps"], *scenario.get("approve_only", [])), key=lambda one: one["at"]):
        release, at = step["release"], datetime.fromisoformat(step["at"])
        if step.get("do") == "withdraw":
            clock.now = at
            office.withdraw(settings, release, step["reason"], step["by"], clock)
            continue
        desk = home / "content/incidents" / f"{release}.md"
        if release in published:
            desk.write_bytes(final[desk])
        incident = desk.with_name("incident.md")
        incident.write_bytes(_as_known(final[incident], at))
        clock.now = at - timedelta(minutes=5)
        office.approve(settings, release, step["by"], clock)
        if "do" in step:
            clock.now = at
            decisions = office.publish(settings, (release,), clock)
            if refused := [str(reason.reason) for one in decisions for reason in one.refused]:
                raise GreenchannelError(f"{release} at {step['at']}: {'; '.join(refused)}")
            building.build(settings, clock)
            published.add(release)


def _as_known(incident: bytes, at: datetime) -> bytes:
    """The incident's file as it stood then: nobody knows beforehand when a matter will be closed."""
    found = _CLOSED.search(incident)
    if found is None or datetime.fromisoformat(found[1].decode()) <= at:
        return incident
    return incident.replace(found[0], b"", 1)


if __name__ == "__main__":
    replay(Path(sys.argv[1] if len(sys.argv) > 1 else "releases"))
