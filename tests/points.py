"""Plays a scene up to each of its points in turn, in a process that is warm, and prints one JSON line a point.

``python tests/points.py kill correction 0/2 7``: the half 0 of 2 of every 7th point at which it can be killed. It is a
process of its own, since it forks for every point.
"""

import errno
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import scenes
from conftest import REPOSITORY
from faults import Call, Decide, Fail, Fault, Kill, Layer, Short, named, nothing
from greenchannel import making, sourcing
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.theme import read_theme
from mutants import MUTANTS
from scenes import AGAIN_AT, COMMANDED_AT, HOME, SCENES, Scene, Truth, officer, read_tree

Result = dict[str, Any]  # Any: JSON


class Lasting(Renderer):
    """Outlives whoever is done with it."""

    def __exit__(self, *_raised: object) -> None:
        pass


@contextmanager
def one_renderer() -> Iterator[None]:
    """For all runs, as if its process had been started anew for each."""
    renderer = Lasting()
    patches = [patch.object(one, "Renderer", lambda: renderer) for one in (making, sourcing)]
    with closing(renderer), patches[0], patches[1]:
        yield


@contextmanager
def warm() -> Iterator[None]:
    """One renderer and one theme for all runs: the same code and the same bytes, without starting anew each time."""
    theme = read_theme(REPOSITORY / "templates")
    with one_renderer(), patch.object(sourcing, "read_theme", lambda _folder, *_compiled: theme):
        yield


@dataclass(frozen=True, slots=True)
class Point:
    """What befalls call `number`, and what every call behind it."""

    number: int
    fault: Fault
    later: Fault = None

    def __str__(self) -> str:
        return ", then ".join(str(one) for one in (self.fault, self.later) if one)

    def decide(self, call: Call) -> Fault:
        return self.fault if call.number == self.number else self.later if call.number > self.number else None


@dataclass(frozen=True, slots=True)
class Stage:
    """A scene ready to be played: where it begins, what it calls, and what may come of it."""

    scene: Scene
    folder: Path
    calls: tuple[Call, ...]
    truth: Truth
    clean: Callable[[bytes], scenes.Tree]

    def copy(self) -> Path:
        root = self.folder / "point"
        shutil.rmtree(root, ignore_errors=True)
        return Path(shutil.copytree(self.folder / "begin", root, symlinks=True))

    def name(self, point: Point) -> str:
        call = self.calls[point.number - 1]
        return f"{point.number} {call.name} {call.path}: {point}"

    def play(self, root: Path, decide: Decide) -> tuple[int, str, Layer]:
        with Layer(root, decide) as layer:
            code, out, _ = officer(root / HOME, COMMANDED_AT, *self.scene.command)
        return code, out, layer


def scratch() -> Path:
    """In memory where there is such a place: what a killed process leaves is the same there, and sooner."""
    memory = Path("/dev/shm")  # noqa: S108  # A folder of our own is made in it.
    return Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))


@contextmanager
def staged(scene: Scene) -> Iterator[Stage]:
    folder = scratch()
    try:
        with warm():
            scenes.set_up(scene, folder / "begin")
            reference = Path(shutil.copytree(folder / "begin", folder / "reference"))
            before = read_tree(reference)
            with Layer(reference) as layer:
                code, out, err = officer(reference / HOME, COMMANDED_AT, *scene.command)
            assert code == 0, out + err
            truth = Truth(reference, before, read_tree(reference))
            clean = cache(lambda ledger: scenes.clean_site(reference, ledger))
            yield Stage(scene, folder, tuple(layer.calls), truth, clean)
    finally:
        shutil.rmtree(folder)


def kill_points(calls: Iterable[Call], *, thorough: bool) -> list[Point]:
    """Before and after in turn, and in the middle of every write. A close changes nothing that outlives a process."""
    points: list[Point] = []
    for turn, call in enumerate(one for one in calls if one.name != "close"):
        outer = (Kill.BEFORE, Kill.AFTER)
        points += [Point(call.number, when) for when in (outer if thorough else (outer[turn % 2],))]
        if call.name == "write":
            points.append(Point(call.number, Kill.HALF))
    return points


def killed(stage: Stage, decide: Decide) -> tuple[Path, int]:
    """A child plays the scene in a copy and dies, or ends; its wait status."""
    root = stage.copy()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = stage.play(root, decide)[0]
        finally:
            os._exit(code)
    return root, os.waitpid(child, 0)[1]


def kill(stage: Stage, point: Point) -> Result:
    root, status = killed(stage, point.decide)
    fired = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    tree = read_tree(root)
    faults = [*stage.truth.faults(tree), *recovered(stage, root, tree)]
    return {"point": stage.name(point), "fired": fired, "torn": scenes.is_torn(tree), "faults": faults}


def recovered(stage: Stage, root: Path, tree: scenes.Tree) -> Iterator[str]:
    """The same command again, a minute later. What had come through already is refused and changes nothing."""
    if scenes.is_torn(tree):
        code, out, err = officer(root / HOME, AGAIN_AT, *stage.scene.command)
        if code != 2 or "the last line is torn" not in err or read_tree(root) != tree:
            yield f"a torn tail is not told of, or something was changed: {code} {out}{err}"
        yield from scenes.mend_torn_tail(root / HOME)
    code, out, err = officer(root / HOME, AGAIN_AT, *stage.scene.command)
    if code and not stage.truth.is_complete(tree):
        yield f"run again: {code} {out}{err}"
    yield from scenes.final_faults(read_tree(root), stage.truth, stage.clean)


def fail(stage: Stage, point: Point) -> Result:
    """The process lives on and must not claim too much; when the fault is over, the same command completes."""
    root = stage.copy()
    code, out, layer = stage.play(root, point.decide)
    tree = read_tree(root)
    faults = [*stage.truth.faults(tree), *overclaimed(code, out, tree, stage.truth), *recovered(stage, root, tree)]
    faults += [f"{one.name} {one.path}: tried again on a descriptor on which it had failed" for one in layer.retried]
    fired, torn = (
        [named(one) for one in layer.fired[:1]] == [named(stage.calls[point.number - 1])],
        scenes.is_torn(tree),
    )
    return {"point": stage.name(point), "fired": fired, "torn": torn, "faults": faults, "code": code}


def overclaimed(code: int, out: str, tree: scenes.Tree, truth: Truth) -> Iterator[str]:
    if code == 0 and not truth.is_complete(tree):
        yield "it ended well, and not everything is there"
    if code not in (0, 1, 2):
        yield f"exit code {code}"
    said = json.loads(out)["published"] if out.startswith("{") else []
    record = scenes.what_happened(scenes.whole_lines(tree.get(scenes.LEDGER, b"")))
    for one in said:
        for target in one["visible"]:
            if ("visible", one["release"], one["revision"], target) not in record:
                yield f"it said that {one['release']} is visible at {target}"


CODES = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT)


def fail_points(calls: Iterable[Call], *, thorough: bool) -> list[Point]:
    """Each code at each call, once and from then on, and writes that take a part; in a shorter run these take turns."""
    points: list[Point] = []
    for turn, call in enumerate(calls):
        outright = [Point(call.number, Fail(code), later) for code in CODES for later in (None, Fail(code))]
        points += outright if thorough else (outright[turn % len(outright)],)
        if call.name == "write":
            partly = [Point(call.number, Short.HALF, later) for later in (None, Short.HALF, Fail(errno.ENOSPC))]
            points += partly if thorough else (partly[turn % len(partly)],)
    return points


def chosen(points: Iterable[Point], calls: Sequence[Call], stride: int) -> list[Point]:
    """All that touch the record, and every `stride`-th of the rest."""
    record, others = list[Point](), list[Point]()
    for one in points:
        (record if calls[one.number - 1].path.startswith(scenes.RELEASES) else others).append(one)
    return record + others[::stride]


def play_kills(stage: Stage, stride: int) -> Iterator[Callable[[], Result]]:
    for one in chosen(kill_points(stage.calls, thorough=stride == 1), stage.calls, stride):
        yield partial(kill, stage, one)


def play_errors(stage: Stage, stride: int) -> Iterator[Callable[[], Result]]:
    for one in chosen(fail_points(stage.calls, thorough=stride == 1), stage.calls, stride):
        yield partial(fail, stage, one)


PLAYS = {"kill": play_kills, "fail": play_errors}


def main(argv: list[str]) -> int:
    kind, name, share, stride, *mutants = argv
    part, parts = (int(one) for one in share.split("/"))
    for mutant in mutants:
        MUTANTS[mutant]()
    with staged(SCENES[name]) as stage:
        points = list(PLAYS[kind](stage, int(stride)))[part::parts]
        tell({"planned": len(points), "undisturbed": os.waitstatus_to_exitcode(killed(stage, nothing)[1])})
        for play in points:
            tell(play())
    return 0


def tell(result: Result) -> None:
    print(json.dumps(result, ensure_ascii=False), flush=True)  # noqa: T201  # Its answer.


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
