"""A record that is lost, or came back from an old backup, takes nothing from readers unless somebody says so."""

import shutil
from collections.abc import Callable

import pytest

from conftest import Run, read_files
from greenchannel.desk.settings import Settings
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import read_events

FACT = "2026/taifeng-haixing/fact-3"
COMMANDS = {
    "build": ("build",),
    "build --clean": ("build", "--clean"),
    "publish": ("publish", FACT),
    "withdraw": ("withdraw", FACT, "--by", "shen-yiheng", "--reason", "数据有误。"),
    "countersign": ("countersign", FACT, "--by", "shen-yiheng"),
}


pytestmark = pytest.mark.standing


def cut(settings: Settings, keep: Callable[[int], int]) -> None:
    """The record as an older backup has it: so many lines, and the checkpoint of the last of them."""
    path = settings.releases / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: keep(len(lines))]))
    last = read_events(path.read_bytes())[-1]
    (settings.releases / "checkpoint.json").write_bytes(write_checkpoint(checkpoint_of(last)))


def lost(settings: Settings) -> None:
    shutil.rmtree(settings.releases)


def old(settings: Settings) -> None:
    cut(settings, lambda _: 20)


@pytest.mark.parametrize("damage", [lost, old])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_public_has_is_not_taken_away(
    command: str, damage: Callable[[Settings], None], office_home: Settings, run: Run
) -> None:
    assert run("build")[0] == 0
    before = read_files(office_home.site)
    damage(office_home)
    code, _, err = run(*COMMANDS[command])
    assert (code, "Restore releases/ from its newest backup" in err) == (2, True)
    assert read_files(office_home.site) == before


def test_a_lost_record_is_not_begun_anew(office_home: Settings, run: Run) -> None:
    run("build")
    lost(office_home)
    run("publish", FACT)
    assert not office_home.releases.exists()


def test_who_says_so_builds_from_an_older_record(office_home: Settings, run: Run) -> None:
    run("build")
    old(office_home)
    assert run("build", "--older-record")[0] == 0
    assert run("build")[0] == 0


def test_a_receipt_that_only_the_site_has_stops_nothing(office_home: Settings, run: Run) -> None:
    run("build")
    last = read_events((office_home.releases / "ledger.jsonl").read_bytes())[-1]
    assert last["event"] == "visible"
    cut(office_home, lambda count: count - 1)
    assert run("build")[0] == 0


def test_without_a_site_it_is_a_first_build(office_home: Settings, run: Run) -> None:
    run("build")
    shutil.rmtree(office_home.site)
    old(office_home)
    assert run("build")[0] == 0


def test_another_text_under_the_number_of_a_public_one_is_told(office_home: Settings, run: Run) -> None:
    """A record that was written again after a loss, with the same ids."""
    run("build")
    copy = office_home.site / "record/ledger.jsonl"
    lines = copy.read_bytes().splitlines(keepends=True)
    text = read_events(lines[0])[0]["sha256"]
    copy.write_bytes(b"".join((lines[0].replace(text.encode(), sha256(b"other").encode()), *lines[1:])))
    assert run("build")[0] == 2


@pytest.mark.parametrize("command", ["due", "check"])
def test_who_only_looks_is_told_that_the_record_is_lost(command: str, office_home: Settings, run: Run) -> None:
    run("build")
    lost(office_home)
    code, _, errors = run(command)
    assert (code, "Restore releases/ from its newest backup" in errors) == (2, True)


@pytest.mark.parametrize("how", [(), ("--clean",)], ids=["build", "build --clean"])
def test_a_place_keeps_what_a_record_from_an_old_backup_does_not_tell(
    how: tuple[str, ...], office_home: Settings, run: Run
) -> None:
    targets = "    targets:\n      www: {directory: ../www}\n    footer:\n"
    path = office_home.home / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace("    footer:\n", targets), "utf-8")
    www = office_home.home.parent / "www"
    www.mkdir()
    run("build")
    before = read_files(www)
    old(office_home)
    shutil.rmtree(office_home.site)
    code, _, errors = run("build", *how)
    assert (code, "www: the record that stands there tells more" in errors, read_files(www)) == (1, True, before)
    assert run("build", "--older-record")[0] == 0
    assert read_files(www)["record/ledger.jsonl"] != before["record/ledger.jsonl"]
