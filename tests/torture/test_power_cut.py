"""The power goes at any call: what was not synced is lost, and still nothing is torn, lost or doubled."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import pytest

import scenes
from faults import Call
from greenchannel.delivery import file_systems, writing
from points import Stage, recovered, staged
from power import Disk, Loss
from scenes import LEDGER, MIRROR, RELEASES, SCENES, SITE, TEMPORARY, Tree

Drop = Callable[[Sequence[Call], int], bool]  # is the call with this index an fsync that the mutant leaves out?
TRIES = {Loss.ALL: 1, Loss.BYTES: 1, Loss.SOME: 3, Loss.HALF: 3}


@pytest.fixture(scope="module", params=["first", "correction", "first, synced at once"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """At once: as on a disk whose file system is synced as a whole for many files, and here for a few."""
    scene, _, at_once = request.param.partition(", ")
    with pytest.MonkeyPatch.context() as patch:
        if at_once:
            patch.setattr(file_systems, "syncs_at_once", lambda _device: True)
            patch.setattr(writing, "MANY", 4)
        with staged(SCENES[scene]) as ready:
            assert any(one.name == "syncfs" for one in ready.calls) is bool(at_once)
            yield ready


def nothing(_calls: Sequence[Call], _index: int) -> bool:
    return False


def everything_below(root: Path) -> dict[str, bytes]:
    found = sorted(one for one in root.rglob("*") if one.is_file())
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in found}


def cuts(stage: Stage, drop: Drop, stride: int) -> Iterator[tuple[int, Loss, dict[str, bytes]]]:
    """What may be left when the power goes behind so many calls: at the end, in the record, at every `stride`-th."""
    begin = stage.folder / "begin"
    disk, chance = Disk(everything_below(begin)), random.Random(4)  # noqa: S311  # Chance that can be repeated.
    for folder in begin.rglob("*"):
        if folder.is_dir():
            disk.make_folder(folder.relative_to(begin).as_posix())
    for index, call in enumerate(stage.calls, 1):
        if not drop(stage.calls, index - 1):
            disk.apply(call)
        if index % stride == 0 or index == len(stage.calls) or call.path.startswith(RELEASES):
            for loss, tries in TRIES.items():
                yield from ((index, loss, disk.after_power_cut(loss, chance)) for _ in range(tries))


def public(files: Tree) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith((SITE, RELEASES, MIRROR))}


def bad(stage: Stage, drop: Drop, stride: int) -> tuple[int, list[str]]:
    """How many states were looked at, and what was wrong in any of them."""
    found, known, states = list[str](), dict[frozenset[tuple[str, bytes]], list[str]](), 0
    for index, loss, files in cuts(stage, drop, stride):
        tree, states = public(files), states + 1
        state = frozenset(tree.items())
        if state not in known:
            known[state] = list(stage.truth.faults(tree))
        found += known[state]
        if index == len(stage.calls) and not stage.truth.is_complete(tree):
            found.append(f"the command ended well, and {loss.value} that was not synced was needed")
    return states, found


def test_a_power_cut_tears_and_loses_nothing(stage: Stage) -> None:
    states, found = bad(stage, nothing, 20)
    assert found == []
    assert states > 300


def test_after_a_power_cut_the_same_command_completes(stage: Stage) -> None:
    root, played = stage.folder / "point", 0
    for index, loss, files in cuts(stage, nothing, 180):
        if loss in (Loss.ALL, Loss.HALF) and index % 12 == 0:
            shutil.rmtree(root, ignore_errors=True)
            (root / MIRROR).mkdir(parents=True)
            for path, data in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            assert list(recovered(stage, root, scenes.read_tree(root))) == []
            played += 1
    assert played > 5


def of_files(calls: Sequence[Call], index: int) -> bool:
    return calls[index].name == "fsync" and calls[index].path.endswith(TEMPORARY)


def of_the_ledger(calls: Sequence[Call], index: int) -> bool:
    return calls[index].name == "fsync" and calls[index].path == LEDGER


def of_folders(calls: Sequence[Call], index: int) -> bool:
    return calls[index].name == "fsync" and calls[index - 1].name in ("replace", "close")


def of_new_folders(calls: Sequence[Call], index: int) -> bool:
    """The first sync of a folder after one was made in it."""
    one, before = calls[index], calls[:index]
    made = (place for place, call in enumerate(before) if call.name == "mkdir")
    newest = max((place for place in made if str(PurePosixPath(before[place].path).parent) == one.path), default=index)
    return one.name == "fsync" and newest < index and all(call.path != one.path for call in before[newest:])


@pytest.mark.parametrize("drop", [of_files, of_the_ledger, of_folders, of_new_folders])
def test_an_fsync_that_is_left_out_is_missed(stage: Stage, drop: Drop) -> None:
    dropped = any(drop(stage.calls, index) for index in range(len(stage.calls)))
    assert dropped
    # The folders that a correction makes are in one that is synced once more, with the release's page.
    is_harmless = drop is of_new_folders and f"{SITE}index.html" in stage.truth.before
    assert (bad(stage, drop, 30)[1] == []) == is_harmless


@pytest.mark.torture
@pytest.mark.parametrize("scene", SCENES)
def test_a_power_cut_at_every_call(scene: str) -> None:
    with staged(SCENES[scene]) as stage:
        assert bad(stage, nothing, 1)[1] == []
