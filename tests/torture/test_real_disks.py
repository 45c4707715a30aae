"""A disk that is really full and one that really can only be read: no command claims more than what is there."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import scenes
from points import Stage, overclaimed, staged
from scenes import AGAIN_AT, COMMANDED_AT, HOME, SCENES, officer, read_tree

SIZE = 8 * 1024 * 1024
STEPS = tuple(1024 * size for size in range(0, 64, 4))  # bytes that are left free
FEW = STEPS[::5]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(SCENES["second"]) as ready:
        yield ready


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"no file system may be mounted here: {mount.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@contextmanager
def filled(disk: Path, free: int) -> Iterator[None]:
    """All but `free` bytes of the disk are taken; afterwards there is room again."""
    filler = disk / "filler"
    found = os.statvfs(disk)
    filler.write_bytes(b"\0" * max(0, found.f_bavail * found.f_frsize - free))
    try:
        yield
    finally:
        filler.unlink()


def begin(stage: Stage, disk: Path) -> Path:
    return Path(shutil.copytree(stage.folder / "begin", disk / "scene"))


@pytest.mark.parametrize(
    "free", [pytest.param(one, marks=() if one in FEW else pytest.mark.torture) for one in STEPS]
)
def test_a_full_disk_is_told_of_and_when_there_is_room_the_command_completes(
    stage: Stage, disk: Path, free: int
) -> None:
    root = begin(stage, disk)
    with filled(disk, free):
        code, out, err = officer(root / HOME, COMMANDED_AT, *stage.scene.command)
        tree = read_tree(root)
    assert (code > 0, "the disk is full" in err) == (True, True), out + err
    assert [*stage.truth.faults(tree), *overclaimed(code, out, tree, stage.truth)] == []
    code, out, err = officer(root / HOME, AGAIN_AT, *stage.scene.command)
    assert code == 0, out + err
    assert list(scenes.final_faults(read_tree(root), stage.truth, stage.clean)) == []


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def test_a_disk_that_can_only_be_read_is_told_of_and_nothing_changes(stage: Stage, disk: Path) -> None:
    root = begin(stage, disk)
    remount(disk, "ro")
    try:
        code, _, err = officer(root / HOME, COMMANDED_AT, *stage.scene.command)
        assert (code, "the disk can only be read" in err) == (2, True)
        assert read_tree(root) == stage.truth.before
    finally:
        remount(disk, "rw")
    assert officer(root / HOME, AGAIN_AT, *stage.scene.command)[0] == 0
    assert list(scenes.final_faults(read_tree(root), stage.truth, stage.clean)) == []
