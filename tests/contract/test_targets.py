"""What every place where the site is put must keep, whatever it is made of."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import MemoryTarget
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.targets.directory import DirectoryTarget

Make = Callable[[Path], Target]


def _directory(folder: Path) -> Target:
    (folder / "www").mkdir()
    return DirectoryTarget("www", folder / "www")


@pytest.fixture(params=[_directory, lambda _folder: MemoryTarget()], ids=["directory", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    make: Make = request.param
    return make(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for path, data in {"index.html": b"home", "feeds/all.rss": b"feed"}.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_bytes(data)
    return tmp_path / "site"


def test_nothing_stands_in_a_new_place(target: Target, source: Path) -> None:
    assert target.differing(source, ["index.html", "feeds/all.rss"]) == ("index.html", "feeds/all.rss")


def test_what_was_put_is_read_back_equal(target: Target, source: Path) -> None:
    target.put(source, ["index.html", "feeds/all.rss"])
    assert target.differing(source, ["feeds/all.rss", "index.html"]) == ()


def test_only_what_is_named_is_put(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    assert target.differing(source, ["index.html", "feeds/all.rss"]) == ("feeds/all.rss",)


def test_a_correction_of_the_same_length_and_time_is_seen_and_taken(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    stat = (source / "index.html").stat()
    (source / "index.html").write_bytes(b"HOME")
    os.utime(source / "index.html", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    before = target.differing(source, ["index.html"])
    target.put(source, ["index.html"])
    assert (before, target.differing(source, ["index.html"])) == (("index.html",), ())


def test_giving_the_same_again_is_harmless(target: Target, source: Path) -> None:
    target.put(source, ["index.html"])
    target.put(source, ["index.html"])
    assert target.differing(source, ["index.html"]) == ()


def test_a_folder_that_is_not_there_may_be_a_disk_that_is_not_mounted(source: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="mount"):
        DirectoryTarget("gone", tmp_path / "gone").put(source, ["index.html"])


def test_a_correction_in_a_folder_gets_a_later_time(source: Path, tmp_path: Path) -> None:
    target = _directory(tmp_path)
    target.put(source, ["index.html"])
    first = int((tmp_path / "www/index.html").stat().st_mtime)
    stat = (source / "index.html").stat()
    (source / "index.html").write_bytes(b"HOME")
    os.utime(source / "index.html", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    target.put(source, ["index.html"])
    assert int((tmp_path / "www/index.html").stat().st_mtime) == first + 1
