"""What every place where the site is put must keep, whatever it is made of."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from conftest import read_files
from fakes import MemoryTarget
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.targets.directory import DirectoryTarget
from greenchannel.delivery.targets.rsync import RsyncTarget
from greenchannel.delivery.targets.s3 import S3Target
from servers import SshServer, Store, free_port

CHINESE = "handbook/时限 与 '规则' $(x).html"


@dataclass(frozen=True, slots=True)
class Rig:
    """A target, another that is the same place but down, and a way to the place that is not ours."""

    target: Target
    down: Target
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], None]
    remove: Callable[[str], None]


def _folder_rig(target: Target, down: Target, www: Path) -> Rig:
    def read(path: str) -> bytes | None:
        return (www / path).read_bytes() if (www / path).is_file() else None

    def write(path: str, data: bytes) -> None:
        """Another's hand that keeps size and time, as a harmed disk does."""
        stat = (www / path).stat() if (www / path).exists() else None
        (www / path).parent.mkdir(parents=True, exist_ok=True)
        (www / path).write_bytes(data)
        if stat:
            os.utime(www / path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    return Rig(target, down, read, write, lambda path: (www / path).unlink())


def _directory(request: pytest.FixtureRequest, folder: Path) -> Rig:  # noqa: ARG001  # As its sisters.
    (folder / "www").mkdir()
    return _folder_rig(DirectoryTarget("www", folder / "www"), DirectoryTarget("www", folder / "gone"), folder / "www")


def _memory(request: pytest.FixtureRequest, folder: Path) -> Rig:  # noqa: ARG001  # As its sisters.
    target = MemoryTarget()

    def write(path: str, data: bytes) -> None:
        target.files[path] = data

    return Rig(target, MemoryTarget(breaks_at=0), target.files.get, write, target.files.__delitem__)


def _rsync(request: pytest.FixtureRequest, folder: Path) -> Rig:
    server: SshServer = request.getfixturevalue("sshd")
    (folder / "www").mkdir()
    place = server.place("www", folder / "www")
    return _folder_rig(RsyncTarget(place), RsyncTarget(replace(place, port=free_port())), folder / "www")


def _s3(request: pytest.FixtureRequest, folder: Path) -> Rig:  # noqa: ARG001  # As its sisters.
    store: Store = request.getfixturevalue("store")
    place = store.place("www")
    down = replace(place, endpoint=f"http://127.0.0.1:{free_port()}")
    client = store.client()

    def read(path: str) -> bytes | None:
        with contextlib.suppress(client.exceptions.NoSuchKey):
            return bytes(client.get_object(Bucket=place.bucket, Key=f"www/{path}")["Body"].read())
        return None

    return Rig(
        S3Target(place),
        S3Target(down, seconds=1),
        read,
        lambda path, data: client.put_object(Bucket=place.bucket, Key=f"www/{path}", Body=data),
        lambda path: client.delete_object(Bucket=place.bucket, Key=f"www/{path}"),
    )


@pytest.fixture(params=[_directory, _memory, _rsync, _s3], ids=["directory", "memory", "rsync", "s3"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    make: Callable[[pytest.FixtureRequest, Path], Rig] = request.param
    return make(request, tmp_path)


@dataclass(frozen=True, slots=True)
class Folder:
    """A place that is a folder in the end: it has links, modes and times."""

    rig: Rig
    www: Path


@pytest.fixture(params=[_directory, _rsync], ids=["directory", "rsync"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    make: Callable[[pytest.FixtureRequest, Path], Rig] = request.param
    return Folder(make(request, tmp_path), tmp_path / "www")


@pytest.fixture
def target(rig: Rig) -> Target:
    return rig.target


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for path, data in {"index.html": b"home", "feeds/all.rss": b"feed", CHINESE: b"rules"}.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_bytes(data)
        os.utime(tmp_path / "site" / path, (1_700_000_000, 1_700_000_000))
    return tmp_path / "site"


def correct(source: Path) -> None:
    """A text of the same length in the same second."""
    stat = (source / "index.html").stat()
    (source / "index.html").write_bytes(b"HOME")
    os.utime(source / "index.html", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_nothing_stands_in_a_new_place(target: Target, source: Path) -> None:
    assert target.differing(source, ["index.html", "feeds/all.rss"]) == ("index.html", "feeds/all.rss")


def test_all_is_missing_in_a_new_place(target: Target, source: Path) -> None:
    assert target.missing(source, ["index.html", "feeds/all.rss"]) == ("index.html", "feeds/all.rss")


def test_what_was_put_is_read_back_equal(target: Target, source: Path) -> None:
    target.put(source, ["index.html", "feeds/all.rss"])
    assert target.differing(source, ["feeds/all.rss", "index.html"]) == ()


def test_what_was_put_stands_there_byte_for_byte(rig: Rig, source: Path) -> None:
    rig.target.put(source, ["feeds/all.rss"])
    assert rig.read("feeds/all.rss") == b"feed"


def test_only_what_is_named_is_put(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    assert target.differing(source, ["index.html", "feeds/all.rss"]) == ("feeds/all.rss",)


def test_what_stands_there_is_not_missing_though_it_differs(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    correct(source)
    assert target.missing(source, ["feeds/all.rss", "index.html"]) == ("feeds/all.rss",)


def test_a_correction_of_the_same_length_and_time_is_seen_and_taken(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    correct(source)
    before = target.differing(source, ["index.html"])
    target.put(source, ["index.html"])
    assert (before, target.differing(source, ["index.html"])) == (("index.html",), ())


def test_harm_of_the_same_length_and_time_is_noticed(rig: Rig, source: Path) -> None:
    rig.target.put(source, ["index.html", "feeds/all.rss"])
    rig.write("feeds/all.rss", b"FEED")
    assert rig.target.differing(source, ["index.html", "feeds/all.rss"]) == ("feeds/all.rss",)


def test_a_file_that_somebody_removed_is_noticed(rig: Rig, source: Path) -> None:
    rig.target.put(source, ["index.html", "feeds/all.rss"])
    rig.remove("feeds/all.rss")
    assert rig.target.differing(source, ["index.html", "feeds/all.rss"]) == ("feeds/all.rss",)


def test_giving_the_same_again_is_harmless(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    target.put(source, ["index.html"])
    assert target.differing(source, ["index.html"]) == ()


def test_giving_nothing_is_harmless(target: Target, source: Path) -> None:
    target.put(source, [])
    assert target.differing(source, []) == ()


def test_a_name_is_a_name_whatever_signs_it_holds(rig: Rig, source: Path) -> None:
    rig.target.put(source, [CHINESE])
    assert (rig.read(CHINESE), rig.target.differing(source, [CHINESE])) == (b"rules", ())


def test_nothing_is_deleted(rig: Rig, source: Path) -> None:
    rig.write("old.html", b"somebody holds this address")
    rig.target.put(source, ["index.html", "feeds/all.rss"])
    assert rig.read("old.html") == b"somebody holds this address"


def test_only_what_is_named_is_removed_wherever_it_lies(folder: Folder) -> None:
    """What is not there is no fault."""
    for path in ("old/2026/index.html.gz", "old/2026/index.html", "index.html.gz", "feeds/all.rss.gz"):
        folder.rig.write(path, b"kept")
    folder.rig.target.remove(["old/2026/index.html.gz", "index.html.gz", "feeds/none.gz", "gone/a/b.gz"])
    left = {path for path, data in read_files(folder.www).items() if data == b"kept"}
    assert left == {"old/2026/index.html", "feeds/all.rss.gz"}
    assert not (folder.www / "gone").exists()


def test_a_name_that_reads_as_a_pattern_is_removed_and_no_other(folder: Folder) -> None:
    named, others = ("a/[1]*?.gz", "a\\b.gz", "a/\\*.gz"), ("a/1xy.gz", "a/[1]xy.gz", "ab.gz", "a/\\x.gz")
    for path in (*named, *others):
        folder.rig.write(path, b"old")
    folder.rig.target.remove(named)
    assert [path for path in (*named, *others) if folder.rig.read(path) is not None] == list(others)


def test_nothing_is_removed_through_a_link(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/all.rss.gz").write_bytes(b"another's")
    (folder.www / "feeds").symlink_to(tmp_path / "outside")
    with contextlib.suppress(TargetError):
        folder.rig.target.remove(["feeds/all.rss.gz"])
    assert (tmp_path / "outside/all.rss.gz").is_file()


def test_a_place_that_is_down_is_no_silent_success(rig: Rig, source: Path) -> None:
    with pytest.raises((TargetError, OSError)):
        rig.down.put(source, ["index.html"])


def test_no_link_leads_out_of_the_place(folder: Folder, source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder.www / "feeds").symlink_to(tmp_path / "outside")
    with contextlib.suppress(TargetError):
        folder.rig.target.put(source, ["feeds/all.rss"])
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_is_seen_through_a_link_does_not_count_as_delivered(folder: Folder, source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/all.rss").write_bytes(b"feed")
    (folder.www / "feeds").symlink_to(tmp_path / "outside")
    assert folder.rig.target.differing(source, ["feeds/all.rss"]) == ("feeds/all.rss",)


def test_the_time_of_change_travels_with_the_file(folder: Folder, source: Path) -> None:
    folder.rig.target.put(source, ["index.html"])
    assert (folder.www / "index.html").stat().st_mtime == 1_700_000_000


def test_readers_may_read_whatever_the_umask_is(folder: Folder, source: Path) -> None:
    (source / "index.html").chmod(0o600)
    folder.rig.target.put(source, ["index.html"])
    assert (folder.www / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_correction_in_a_folder_gets_a_later_time(source: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    target = DirectoryTarget("www", tmp_path / "www")
    target.put(source, ["index.html"])
    correct(source)
    target.put(source, ["index.html"])
    assert (tmp_path / "www/index.html").stat().st_mtime == 1_700_000_001


def test_of_what_rsync_says_the_line_that_matters_is_told(source: Path, sshd: SshServer, tmp_path: Path) -> None:
    target = RsyncTarget(sshd.place("gone", tmp_path / "gone"))
    with pytest.raises(TargetError) as raised:
        target.put(source, ["index.html"])
    said = str(raised.value).rpartition("mount it: ")[2]
    assert said.startswith("rsync: ")
    assert [noise for noise in (" / ", "rsync error:", "[sender=", ".c(") if noise in said] == []


def test_where_in_its_own_source_rsync_gave_up_is_not_told(source: Path, sshd: SshServer, tmp_path: Path) -> None:
    target = RsyncTarget(sshd.place("www", tmp_path), seconds=1)
    with sshd.fault("hold"), pytest.raises(TargetError) as raised:
        target.put(source, ["index.html"])
    assert str(raised.value).endswith("may be down: rsync error: timeout in data send/receive (code 30)")


@pytest.mark.parametrize("kind", ["directory", "rsync"])
def test_a_folder_that_is_not_there_may_be_a_disk_that_is_not_mounted(
    kind: str, source: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    gone: Target = DirectoryTarget("gone", tmp_path / "gone")
    if kind == "rsync":
        gone = RsyncTarget(request.getfixturevalue("sshd").place("gone", tmp_path / "gone"))
    with pytest.raises(TargetError, match="mount"):
        gone.put(source, ["index.html"])
    assert not (tmp_path / "gone").exists()
