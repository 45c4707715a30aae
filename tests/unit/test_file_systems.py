"""A file system is synced as a whole only where that is as good as syncing each file."""

import errno
import os
from pathlib import Path

import pytest

from greenchannel.delivery import file_systems
from greenchannel.delivery.file_systems import syncfs, syncs_at_once

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 30 8:2 / /srv rw,relatime - xfs /dev/sdb rw
32 30 0:45 / /mnt rw,relatime shared:7 master:2 - nfs4 files.example:/ rw
33 30 8:3 / /odd rw,relatime
"""


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(file_systems, "_MOUNTS", tmp_path / "mountinfo")
    runs(monkeypatch, "6.1.0-18-amd64")


def runs(monkeypatch: pytest.MonkeyPatch, release: str, system: str = "Linux") -> None:
    uname = os.uname_result((system, "newsroom", release, "#1", "x86_64"))
    monkeypatch.setattr(os, "uname", lambda: uname)
    syncs_at_once.cache_clear()


@pytest.mark.parametrize("minor", [1, 2])
def test_the_common_file_systems_of_disks_are(minor: int) -> None:
    assert syncs_at_once(os.makedev(8, minor))


@pytest.mark.parametrize(
    ("major", "minor"), [(0, 45), (0, 21), (8, 3), (8, 9)], ids=["over a network", "no disk", "unreadable", "unknown"]
)
def test_no_other_is(major: int, minor: int) -> None:
    assert not syncs_at_once(os.makedev(major, minor))


@pytest.mark.parametrize(
    ("release", "system", "does"),
    [("5.8.0", "Linux", True), ("5.7.19", "Linux", False), ("4.19.0-26", "Linux", False), ("23.1", "Darwin", False)],
)
def test_a_system_that_does_not_tell_of_faults_syncs_each_file(
    monkeypatch: pytest.MonkeyPatch, release: str, system: str, *, does: bool
) -> None:
    runs(monkeypatch, release, system)
    assert syncs_at_once(os.makedev(8, 1)) is does


def test_where_mounts_are_not_told_each_file_is_synced(tmp_path: Path) -> None:
    (tmp_path / "mountinfo").unlink()
    assert not syncs_at_once(os.makedev(8, 1))


def test_the_file_system_of_an_open_file_is_synced(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        syncfs(descriptor)
    finally:
        os.close(descriptor)


def test_what_the_system_refuses_is_raised() -> None:
    with pytest.raises(OSError, match="Bad file descriptor") as refused:
        syncfs(-1)
    assert refused.value.errno == errno.EBADF
