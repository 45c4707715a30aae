"""Plays scenes point by point, on both processors, and hands back what each point found."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from conftest import REPOSITORY

Job = tuple[str, ...]  # kind, scene, share, stride, mutants: the arguments of points.py


@dataclass(frozen=True, slots=True)
class Played:
    planned: int
    rows: tuple[dict[str, Any], ...]  # Any: JSON; one row for each point that was played

    @property
    def fired(self) -> int:
        return sum(row["fired"] for row in self.rows)

    @property
    def faults(self) -> list[tuple[str, list[str]]]:
        return [(row["point"], row["faults"]) for row in self.rows if row["faults"]]


def play_all(jobs: Sequence[Job]) -> Mapping[Job, Played]:
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(jobs, pool.map(_play, jobs), strict=True))


def play_every_point(kind: str, scene: str) -> tuple[Played, Played]:
    """In two shares."""
    first, second = play_all([(kind, scene, share, "1") for share in ("0/2", "1/2")]).values()
    return first, second


def _play(job: Job) -> Played:
    command = [sys.executable, "tests/points.py", *job]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    head, *rows = (json.loads(line) for line in ended.stdout.splitlines())
    assert head["undisturbed"] == 0, "without a fault the command did not end well"
    return Played(head["planned"], tuple(rows))
