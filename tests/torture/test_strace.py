"""The kernel kills the real command line at its own calls: what the layer in this process shows is the truth."""

import json
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
from faults import Call, anywhere, named
from greenchannel.delivery.memory import FILE
from points import Stage, staged
from scenes import HOME, SCENES, read_tree

# The layer's name of each call of the kernel. One expression for each, since strace counts for each by itself.
NAMES = {
    "openat": "open",
    "write": "write",
    "fsync": "fsync",
    "syncfs": "syncfs",
    "ftruncate": "ftruncate",
    "utimensat": "utime",
    "rename": "replace",
    "link": "link",
    "unlink": "unlink",
    "rmdir": "rmdir",
    "mkdir": "mkdir",
}
POINTS = 5
SCENE = "correction"
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
    with staged(SCENES[SCENE]) as ready:
        yield ready


@dataclass(frozen=True, slots=True)
class Run:
    """A process under strace: how it ended, what it said the layer saw, and what strace saw."""

    code: int
    said: str
    calls: list[Traced]


def trace(root: Path, *inject: str) -> Run:
    """Only the process itself is traced: it alone changes files, and its child must live while it does."""
    log = root.with_suffix(".strace")
    call = [program("strace", "strace"), "-y", "-s", "4096", "-o", str(log), "-e", f"trace={','.join(NAMES)}", *inject]
    ended = subprocess.run(
        [*call, sys.executable, "tests/typed.py", SCENE, str(root)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(ended.returncode, ended.stdout, list(changes(log.read_text("utf-8", "replace"), root)))


def type_again(root: Path) -> int:
    """The command as it is typed on this machine, by its clock."""
    command = [sys.executable, "-m", "greenchannel", "--home", str(root / HOME), *SCENES[SCENE].command]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False).returncode


def changes(log: str, root: Path) -> Iterator[Traced]:
    counts = Counter[str]()
    for line in log.splitlines():
        if found := _LINE.match(line):
            syscall, arguments = found.groups()
            counts[syscall] += 1
            paths = (_DESCRIPTOR if re.match(r"\d+<", arguments) else _QUOTED).findall(arguments.split(" = ")[0])
            place = paths[1 if syscall in ("rename", "link") else 0] if paths else ""
            is_change = syscall != "openat" or "O_WRONLY" in arguments or "O_RDWR" in arguments
            # The memory is SQLite's to write, and nobody needs it.
            if place.startswith(f"{root}/") and is_change and f"/{FILE}" not in place:
                yield Traced(syscall, counts[syscall], NAMES[syscall], place.removeprefix(f"{root}/"))


def copy_of(stage: Stage, name: str) -> Path:
    return Path(shutil.copytree(stage.folder / "begin", stage.folder / name))


@pytest.fixture(scope="module")
def traced(stage: Stage) -> Run:
    run = trace(copy_of(stage, "traced"))
    assert run.code == 0
    return run


def test_the_layer_sees_every_call_that_the_kernel_sees(traced: Run) -> None:
    assert traced.calls
    assert [[one.name, one.path] for one in traced.calls] == json.loads(traced.said)


def test_a_process_of_its_own_makes_the_calls_that_a_warm_one_makes(stage: Stage, traced: Run) -> None:
    warm = [named(one)[1:] for one in stage.calls if one.name != "close"]
    assert [named(Call(0, one.name, one.path))[1:] for one in traced.calls] == warm


@dataclass(frozen=True, slots=True)
class Killed:
    """What a process left that was to be killed at `point`, and what the same command again made of it."""

    point: Traced
    run: Run
    left: scenes.Tree
    again: int
    made: scenes.Tree


def kill(stage: Stage, number: int, point: Traced) -> Killed:
    root = copy_of(stage, f"strace-{number}")
    run = trace(root, "-e", f"inject={point.syscall}:signal=SIGKILL:when={point.nth}")
    left = read_tree(root)
    again = type_again(root)
    made = read_tree(root)
    shutil.rmtree(root)
    return Killed(point, run, left, again, made)


def faults(stage: Stage, one: Killed) -> Iterator[str]:
    last = [(call.syscall, call.nth, anywhere(call.path)) for call in one.run.calls[-1:]]
    if (one.run.code, last) != (-signal.SIGKILL, [(one.point.syscall, one.point.nth, anywhere(one.point.path))]):
        yield f"not killed there: {one.run.code} {one.run.calls[-1:]}"
    yield from stage.truth.faults(one.left)
    if one.again:
        yield f"run again: exit code {one.again}"
    yield from scenes.final_faults(one.made, stage.truth, stage.clean)


def kill_all(stage: Stage, points: Sequence[Traced]) -> dict[Traced, list[str]]:
    with ThreadPoolExecutor(2) as pool:
        ended = pool.map(lambda one: kill(stage, *one), enumerate(points))
        return {one.point: found for one in ended if (found := list(faults(stage, one)))}


@pytest.mark.torture
def test_killed_by_the_kernel_it_leaves_what_the_layer_showed(stage: Stage, traced: Run) -> None:
    points = traced.calls[:: len(traced.calls) // POINTS][:POINTS]
    assert len(points) == POINTS
    assert kill_all(stage, points) == {}


@pytest.mark.torture
def test_killed_by_the_kernel_at_every_call(stage: Stage, traced: Run) -> None:
    assert len({one.name for one in traced.calls}) > 4
    assert kill_all(stage, traced.calls) == {}
