"""The search index behind a newsroom's commands: what changed alone, the bytes as anew, and nothing waits for it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Clock, Run, read_files
from greenchannel.building import build
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.indexing import build_index
from greenchannel.office import withdraw
from greenchannel.portal.plan import Planned, Stage
from greenchannel.portal.search_index import ENTRY, FOLDER
from greenchannel.portal.site import plan_search
from greenchannel.portal.source import Site
from greenchannel.portal.variants import plain_of
from greenchannel.sourcing import compare_site, record_index

pytestmark = pytest.mark.indexed

SIGNED = ("--by", "lu-wanqing", "--reason", "数据有误。")
WITHDRAWAL = ("withdraw", "2026/chengbei-tingshui/fact-2", *SIGNED)
OTHERS = ("2026/taifeng-haixing/fact-1", "2026/taifeng-haixing/fact-2")
Files = dict[str, bytes]


def index_of(files: Files) -> Files:
    return {path: data for path, data in files.items() if path.startswith(f"{FOLDER}/")}


def segments(files: Files) -> set[str]:
    return {path.split("/")[2] for path in index_of(files) if plain_of(path) != ENTRY}


def anew(office: Settings) -> Files:
    return dict(record_index(office, read_record(office.releases)))


def without_room(site: Site) -> Iterator[Planned]:
    """All of the index but its entry, for which the disk has no room."""

    def refuse() -> tuple[bytes, ...]:
        raise OSError(28, "No space left on device")

    for one in plan_search(site):
        is_entry = one.stage is Stage.SEARCH_ENTRY
        yield Planned(one.stage, one.paths, one.fingerprint, refuse if is_entry else one.make)


def with_mirror(office: Settings) -> tuple[Settings, Path]:
    """With a folder beside it as a place of readers."""
    path, mirror = office.home / "mkdocs.yml", office.home.parent / "mirror"
    mirror.mkdir()
    targets = "    targets:\n      mirror: {directory: ../mirror}\n    footer:\n"
    path.write_text(path.read_text("utf-8").replace("    footer:\n", targets), "utf-8")
    return read_settings(office.home), mirror


def test_a_build_indexes_and_a_change_makes_one_segment_anew(office_home: Settings, run: Run) -> None:
    code, out, _ = run("build")
    before = read_files(office_home.site)
    assert (code, f"search index: {len(index_of(before))} file(s) made in" in out) == (0, True)
    assert json.loads(run("build", "--format", "json")[1])["search"]["made"] == 0
    assert run(*WITHDRAWAL)[0] == 0
    after, made = read_files(office_home.site), anew(office_home)
    assert {path: after[path] for path in made} == made
    assert len(segments(after) - segments(before)) == 1
    assert set(before) <= set(after)  # A query under way may still ask for the pieces of the last index.
    assert compare_site(office_home, office_home.site) == ()


def test_an_index_that_fails_is_told_the_release_is_out_and_the_old_index_stands(
    office_home: Settings, clock: Clock, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build")
    before = index_of(read_files(office_home.site))
    with monkeypatch.context() as patch:
        patch.setattr("greenchannel.indexing.plan_search", without_room)
        code, _, err = run(*WITHDRAWAL)
        assert (code, err.count("search shows what it had")) == (0, 1)
        assert run("build")[0] == 1
    files = read_files(office_home.site)
    assert "本信息已撤回" in files[f"releases/{WITHDRAWAL[1]}/index.html"].decode()
    assert {path: files[path] for path in before} == before
    assert segments(files) > segments(before)  # Its pieces came through, and nobody names them yet.
    assert build_index(office_home, clock).is_whole
    made, files = anew(office_home), read_files(office_home.site)
    assert {path: files[path] for path in made} == made


def test_a_place_gets_the_index_behind_the_pages(office_home: Settings, clock: Clock) -> None:
    office, mirror = with_mirror(office_home)
    assert build(office, clock).failed == {}
    assert index_of(read_files(mirror)) == {}
    assert build_index(office, clock).failed == {}
    shown = index_of(read_files(mirror))
    assert {path: data for path, data in shown.items() if plain_of(path) == path} == anew(office)


@pytest.mark.standing
def test_a_place_that_refused_the_site_is_not_asked_to_take_the_index(office_home: Settings, run: Run) -> None:
    _, mirror = with_mirror(office_home)
    assert run("build")[0] == 0
    before = index_of(read_files(mirror))
    last = mirror / "feeds/index.json"  # Behind the ledger, which has come through by then.
    last.unlink()
    last.mkdir()  # What stands there is no file: the folder refuses it, and would take the index.
    _, _, errors = run(*WITHDRAWAL)
    assert (errors.count("mirror: "), index_of(read_files(mirror))) == (1, before)
    search = json.loads(run("build", "--format", "json")[1])["search"]
    assert (search["sent"], search["waiting"], search["failed"]) == ({"mirror": 0}, ["mirror"], {})
    last.rmdir()
    search = json.loads(run("build", "--format", "json")[1])["search"]
    assert (search["sent"]["mirror"] > 0, search["waiting"]) == (True, [])
    assert index_of(read_files(mirror)).items() >= anew(office_home).items()


@pytest.mark.standing
def test_an_index_that_is_ahead_of_a_place_waits_for_its_pages(office_home: Settings, clock: Clock, run: Run) -> None:
    """As in the unattended channel, where the index does not know how far the couriers are."""
    settings, mirror = with_mirror(office_home)
    assert run("build")[0] == 0
    before = index_of(read_files(mirror))
    withdraw(settings, WITHDRAWAL[1], "数据有误。", "lu-wanqing", clock)
    ahead = build_index(settings, clock)
    assert (ahead.made > 0, ahead.waiting, ahead.is_whole) == (True, ("mirror",), True)
    assert index_of(read_files(mirror)) == before
    assert build(settings, clock).is_whole
    assert build_index(settings, clock).waiting == ()
    assert index_of(read_files(mirror)).items() >= anew(office_home).items()


@pytest.mark.standing
def test_a_place_keeps_the_pieces_of_two_indexes(office_home: Settings, run: Run) -> None:
    """Whatever runs between two changes: readers may hold the entry before the last, and none before that."""
    settings, mirror = with_mirror(office_home)
    generations: list[frozenset[str]] = []
    for command in (("build",), *(("withdraw", one, *SIGNED) for one in OTHERS), ("build", "--clean"), WITHDRAWAL):
        assert run(*command)[0] == 0
        made = frozenset(anew(settings))
        generations = [*(one for one in generations if one != made), made]
        there = {plain_of(path) for path in index_of(read_files(mirror))}
        assert there == frozenset().union(*generations[-2:])
    assert generations[0] - there  # This is about something: something was taken away.
