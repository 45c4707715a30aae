"""The kernel kills the real command line at its own calls: what the layer in this process shows is the truth."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import scenes
from conftest import REPOSITORY, program
from points import Stage, staged
from scenes import HOME, SCENES, Truth, read_tree

# The layer's name of each call of the kernel. One expression for each, since strace counts for each by itself.
NAMES = {
    "openat": "open",
    "write": "write",
    "fsync": "fsync",
    "ftruncate": "ftruncate",
    "utimensat": "utime",
    "rename": "replace",
    "unlink": "unlink",
    "mkdir": "mkdir",
}
POINTS = 12
_LINE = re.compile(r"(\w+)\((.*)")
_QUOTED = re.compile(r'"(/[^"]*)"')
_DESCRIPTOR = re.compile(r"\d+<(/[^>]*)>")


@dataclass(frozen=True, slots=True)
class Traced:
    """The `nth` call of that name in the process, and what it does to which file."""

    syscall: str
    nth: int
    name: str
    path: str


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(SCENES["correction"]) as ready:
        yield ready


def trace(root: Path, command: Sequence[str], *inject: str) -> tuple[int, list[Traced]]:
    """Only the process itself is traced: it alone changes files, and its child must live while it does."""
    log = root.with_suffix(".strace")
    call = [program("strace", "strace"), "-y", "-s", "4096", "-o", str(log), "-e", f"trace={','.join(NAMES)}", *inject]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        [*call, *greenchannel(root, command)], cwd=REPOSITORY, env=environment, capture_output=True, check=False
    )
    return ended.returncode, list(changes(log.read_text("utf-8", "replace"), root))


def greenchannel(root: Path, command: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "greenchannel", "--home", str(root / HOME), *command]


def changes(log: str, root: Path) -> Iterator[Traced]:
    counts = Counter[str]()
    for line in log.splitlines():
        if found := _LINE.match(line):
            syscall, arguments = found.groups()
            counts[syscall] += 1
            paths = (_DESCRIPTOR if re.match(r"\d+<", arguments) else _QUOTED).findall(arguments.split(" = ")[0])
            place = paths[1 if syscall == "rename" else 0] if paths else ""
            is_change = syscall != "openat" or "O_WRONLY" in arguments or "O_RDWR" in arguments
            if place.startswith(f"{root}/") and is_change:
                yield Traced(syscall, counts[syscall], NAMES[syscall], place.removeprefix(f"{root}/"))


def copy_of(stage: Stage, name: str) -> Path:
    return Path(shutil.copytree(stage.folder / "begin", stage.folder / name))


@pytest.fixture(scope="module")
def traced(stage: Stage) -> list[Traced]:
    code, calls = trace(copy_of(stage, "traced"), stage.scene.command)
    assert code == 0
    return calls


def test_the_layer_sees_every_call_that_the_kernel_sees(stage: Stage, traced: list[Traced]) -> None:
    layer = [(one.name, one.path) for one in stage.calls if one.name != "close"]
    assert [(one.name, one.path) for one in traced] == layer


@dataclass(frozen=True, slots=True)
class Killed:
    """What a process left that was to be killed at `point`, and what the same command again made of it."""

    point: Traced
    code: int
    calls: list[Traced]
    left: scenes.Tree
    again: int
    made: scenes.Tree


def kill(stage: Stage, number: int, point: Traced) -> Killed:
    root = copy_of(stage, f"strace-{number}")
    code, calls = trace(root, stage.scene.command, "-e", f"inject={point.syscall}:signal=SIGKILL:when={point.nth}")
    left = read_tree(root)
    again = subprocess.run(greenchannel(root, stage.scene.command), cwd=REPOSITORY, capture_output=True, check=False)
    made = read_tree(root)
    shutil.rmtree(root)
    return Killed(point, code, calls, left, again.returncode, made)


def faults(stage: Stage, one: Killed) -> Iterator[str]:
    if (one.code, one.calls[-1:]) != (-signal.SIGKILL, [one.point]):
        yield f"not killed there: {one.code} {one.calls[-1:]}"
    yield from Truth(stage.truth.root, stage.truth.before, one.left).faults(one.left)
    if one.again:
        yield f"run again: exit code {one.again}"
    yield from scenes.final_faults(one.made, stage.truth, stage.clean)


def kill_all(stage: Stage, points: Sequence[Traced]) -> dict[Traced, list[str]]:
    with ThreadPoolExecutor(2) as pool:
        ended = pool.map(lambda one: kill(stage, *one), enumerate(points))
        return {one.point: found for one in ended if (found := list(faults(stage, one)))}


def test_killed_by_the_kernel_it_leaves_what_the_layer_showed(stage: Stage, traced: list[Traced]) -> None:
    points = traced[:: len(traced) // POINTS][:POINTS]
    assert len(points) == POINTS
    assert kill_all(stage, points) == {}


@pytest.mark.torture
def test_killed_by_the_kernel_at_every_call(stage: Stage, traced: list[Traced]) -> None:
    assert len({one.name for one in traced}) > 4
    assert kill_all(stage, traced) == {}
