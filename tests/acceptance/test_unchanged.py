"""A build to which nothing has happened: it looks at each file once, and at nothing else; whatever happened is seen."""

import json
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import PropertyMock, patch

import pytest

from conftest import BUILT_AT, Clock, copy_newsroom, read_files
from greenchannel import ahead, indexing, making, office
from greenchannel.ahead import seeing_ahead
from greenchannel.building import Built, build
from greenchannel.cli import main
from greenchannel.delivery import proven
from greenchannel.delivery.glanced import keep_glance
from greenchannel.delivery.heartbeat import beat
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.memory import FILE, Memory
from greenchannel.delivery.record import LedgerDamagedError, read_record
from greenchannel.delivery.unchanged import Seen, SeenAhead, Unchanged, name_of, nobody
from greenchannel.delivery.writing import locked
from greenchannel.desk import seen
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.handwritten import STATE
from greenchannel.indexing import SEARCH, Indexed, build_index
from greenchannel.making import Making
from greenchannel.portal import variants
from greenchannel.portal.maker import maker
from greenchannel.portal.site import plan
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.verification import CHECKPOINT
from greenchannel.resident import Resident
from greenchannel.sourcing import compare_site
from greenchannel.withholding import Guard

PAGE = "releases/2026/chengbei-tingshui/fact-2/index.html"
NEW = "2026/chengbei-tingshui/fact-3"
MIRROR = "      site: {directory: site}\n      mirror: {directory: ../mirror}\n"


@pytest.fixture(autouse=True)
def _files_of_a_moment_ago_are_known_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)


@pytest.fixture
def newsroom(tmp_path: Path, _site: Settings) -> Iterator[Settings]:
    settings = copy_newsroom(tmp_path / "office")
    shutil.copytree(_site.site, settings.site)
    shutil.copytree(_site.home / STATE, settings.home / STATE)
    # The first makes sure of the copied files, the second finds that all of them stand.
    assert built(settings).is_whole
    assert indexed(settings).is_whole
    yield settings
    shutil.rmtree(tmp_path / "office")


def built(settings: Settings, *, clean: bool = False, seen_ahead: SeenAhead = nobody) -> Built:
    proven._KNOWN.clear()  # noqa: SLF001  # As another process.
    return build(settings, Clock(BUILT_AT), clean=clean, seen_ahead=seen_ahead)


def indexed(settings: Settings) -> Indexed:
    return build_index(settings, Clock(BUILT_AT))


def test_it_plans_nothing_and_reads_no_journal(newsroom: Settings) -> None:
    with (
        patch.object(making, "plan", side_effect=AssertionError("planned")),
        patch.object(indexing, "plan_search", side_effect=AssertionError("planned")),
        patch.object(Journal, "entries", PropertyMock(side_effect=AssertionError("read"))),
    ):
        done, index = built(newsroom), indexed(newsroom)
    assert (done.made, done.written, index.made, index.failed) == (0, (), 0, {})


def test_it_counts_what_stands(newsroom: Settings) -> None:
    stood = built(newsroom)
    (newsroom.home / FILE).unlink()
    planned = built(newsroom)
    assert (stood.planned, stood.made) == (planned.planned, planned.made) != (0, 0)


def spoiled(settings: Settings) -> Settings:
    (settings.site / PAGE).write_bytes(b"")
    return settings


def taken_away(settings: Settings) -> Settings:
    (settings.site / PAGE).unlink()
    return settings


def without_feeds(settings: Settings) -> Settings:
    shutil.rmtree(settings.site / "feeds")
    return settings


def without_a_site(settings: Settings) -> Settings:
    shutil.rmtree(settings.site)
    return settings


def with_another_template(settings: Settings) -> Settings:
    return changed(settings, "templates/release.html", "<article", "<!-- 改 --><article")


def with_another_name(settings: Settings) -> Settings:
    return changed(settings, "mkdocs.yml", "organisation: 示例市", "organisation: 示例县")


def with_variants(settings: Settings) -> Settings:
    return changed(settings, "mkdocs.yml", "    policy: ", "    precompress: true\n    policy: ")


def with_another_page(settings: Settings) -> Settings:
    return changed(settings, "content/pages/about.md", "。", "。另写一句。")


def with_another_department(settings: Settings) -> Settings:
    return changed(settings, "content/registry/departments.yml", "示例市信访局", "示例市信访工作局")


def changed(settings: Settings, path: str, old: str, new: str) -> Settings:
    text = (settings.home / path).read_text("utf-8")
    assert old in text
    (settings.home / path).write_text(text.replace(old, new, 1), "utf-8")
    return read_settings(settings.home)


CHANGES = (
    spoiled,
    taken_away,
    without_feeds,
    without_a_site,
    with_another_template,
    with_another_name,
    with_variants,
    with_another_page,
    with_another_department,
)


@pytest.mark.parametrize("change", CHANGES)
def test_after_any_change_something_is_made_and_all_is_right(
    newsroom: Settings, change: Callable[[Settings], Settings]
) -> None:
    settings = change(newsroom)
    done = built(settings)
    assert (done.is_whole, bool(done.made)) == (True, True)
    assert [one for one in compare_site(settings, settings.site) if not one.path.startswith("search/")] == []


def test_after_a_heartbeat_its_stream_is_made(newsroom: Settings) -> None:
    settings = changed(newsroom, "mkdocs.yml", "    policy: ", "    heartbeat: true\n    policy: ")
    assert built(settings).is_whole
    assert built(settings).made == 0
    beat(settings, Clock(BUILT_AT))
    assert {Path(one).stem for one in built(settings).written} >= {"test"}


def test_with_another_packer_variants_are_made_again(newsroom: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_variants(newsroom)
    assert built(settings).is_whole
    monkeypatch.setattr(variants, "_PACKERS", "another")
    assert built(settings).made


def test_a_frozen_text_that_was_changed_is_refused_though_nothing_else_happened(newsroom: Settings) -> None:
    text = next(iter(sorted(newsroom.releases.rglob("fact-1.r1.md"))))
    text.write_bytes(text.read_bytes() + b"\n")
    with pytest.raises(LedgerDamagedError):
        built(newsroom)


def test_a_place_of_readers_that_is_new_gets_all_of_it(newsroom: Settings) -> None:
    settings = changed(newsroom, "mkdocs.yml", "    footer:\n", f"    targets:\n{MIRROR}    footer:\n")
    (settings.home.parent / "mirror").mkdir()
    assert built(settings).sent == {"mirror": len(read_files(newsroom.site)) - len(searched(newsroom))}


def test_a_place_of_readers_that_has_all_gets_what_it_lost(newsroom: Settings) -> None:
    settings = changed(newsroom, "mkdocs.yml", "    footer:\n", f"    targets:\n{MIRROR}    footer:\n")
    mirror = settings.home.parent / "mirror"
    mirror.mkdir()
    assert built(settings).is_whole
    assert built(settings).is_whole
    (settings.home / STATE).joinpath(next(iter(journals(settings)))).unlink()
    (mirror / PAGE).unlink()
    with patch.object(making, "plan", side_effect=AssertionError("planned")):
        assert built(settings).sent == {"mirror": 1}
    assert (mirror / PAGE).is_file()


def test_where_readers_now_read_what_stood_before_it_gets_its_receipts(newsroom: Settings) -> None:
    settings = changed(newsroom, "mkdocs.yml", "    footer:\n", f"    targets:\n{MIRROR}    footer:\n")
    settings = changed(settings, "mkdocs.yml", "      site: {directory: site}\n", "")
    (settings.home.parent / "mirror").mkdir()
    folder = settings.content / "incidents/2026/chengbei-tingshui"
    text = (folder / "fact-2.md").read_text("utf-8").replace("标题: ", "标题: 续报：")
    (folder / "fact-3.md").write_text(text.replace("变更: []", "迟发原因: 通信中断，恢复后即行发布。"), "utf-8")
    office.approve(settings, NEW, "tan-jingxing", Clock(BUILT_AT))
    assert office.publish(settings, (NEW,), Clock(BUILT_AT))[0].event
    assert [built(settings).made for _ in range(2)][1] == 0
    settings = changed(settings, "mkdocs.yml", "    targets:\n", "    targets:\n      site: {directory: site}\n")
    assert built(settings).is_whole
    known = read_record(settings.releases).state.releases[NEW]
    assert set(known.visible[1]) == {"mirror", "site"}


def journals(settings: Settings) -> list[str]:
    """Of the pages of the mirror."""
    return [one.name for one in (settings.home / STATE).glob("mirror-*.journal.jsonl") if SEARCH not in one.name]


def searched(settings: Settings) -> list[Path]:
    return [one for one in (settings.site / SEARCH).rglob("*") if one.is_file() and one.name != "index.html"]


def test_a_clean_build_does_not_ask_whether_it_stands(newsroom: Settings) -> None:
    assert built(newsroom, clean=True).made


def test_a_file_that_may_change_once_more_is_not_known(newsroom: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (newsroom.home / STATE / "proven.journal.jsonl").unlink()
    (newsroom.site / PAGE).unlink()
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600)
    assert built(newsroom).made == 1
    assert plans(newsroom)
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    assert plans(newsroom)
    assert not plans(newsroom)


def test_a_page_that_is_saved_during_the_build_is_published_by_the_next(newsroom: Settings) -> None:
    saved = list[str]()

    def save(_where: str, _done: int, _due: int) -> None:
        if not saved:
            saved.append("once")
            with_another_page(newsroom)

    (newsroom.site / PAGE).unlink()
    proven._KNOWN.clear()  # noqa: SLF001
    assert build(newsroom, Clock(BUILT_AT), progress=save).made == 1
    assert saved
    assert built(newsroom).written == ("about/index.html",)


def test_what_an_unnoticed_run_made_of_other_inputs_is_made_again(newsroom: Settings) -> None:
    """Bytes of the same number and time: only the journal knows."""
    page = newsroom.site / "about/index.html"
    looks = page.stat()
    with_another_page(newsroom)
    with patch.object(Memory, "keep", lambda *_: None):
        assert built(newsroom).written == ("about/index.html",)
    changed(newsroom, "content/pages/about.md", "。另写一句。", "。")
    page.write_bytes(page.read_bytes()[:0].ljust(looks.st_size))
    os.utime(page, ns=(looks.st_mtime_ns, looks.st_mtime_ns))
    assert "about/index.html" in built(newsroom).written


def test_a_journal_that_was_lost_is_written_again(newsroom: Settings) -> None:
    journal = newsroom.home / STATE / "site.journal.jsonl"
    journal.unlink()
    assert built(newsroom).is_whole
    assert journal.is_file()


def test_variants_that_a_stopped_run_left_are_taken_away(newsroom: Settings) -> None:
    def stop(_where: str, _done: int, _due: int) -> None:
        raise KeyboardInterrupt

    settings = with_variants(newsroom)
    with pytest.raises(KeyboardInterrupt):
        build(settings, Clock(BUILT_AT), progress=stop)
    assert [*settings.site.rglob("*.br")]
    settings = changed(settings, "mkdocs.yml", "    precompress: true\n", "")
    assert built(settings).is_whole
    assert [*settings.site.rglob("*.br")] == []


def test_a_checkpoint_that_is_behind_is_renewed(newsroom: Settings) -> None:
    record = read_record(newsroom.releases)
    before = checkpoint_of(record.events[-2])
    (newsroom.releases / CHECKPOINT).write_bytes(write_checkpoint(before))
    with Memory(newsroom.home, maker()) as memory:
        keep_glance(newsroom.releases, memory, record.events, record.ledger)
    assert built(newsroom).is_whole
    assert (newsroom.releases / CHECKPOINT).read_bytes() == write_checkpoint(checkpoint_of(record.events[-1]))


def test_behind_a_leak_nothing_is_taken_for_right(newsroom: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the leak is mended in the same run: a text got no receipt."""
    leak = Leak(PAGE, Phrase("尚未公布", "incidents/2026/shili/fact-2.md"), "as it stands")
    made = Making(newsroom, Clock(BUILT_AT))
    monkeypatch.setattr(Guard, "__call__", lambda _guard, path, _data: (leak,) if path == PAGE else ())
    (newsroom.site / PAGE).unlink()
    made.make()
    assert made.leaks
    monkeypatch.undo()
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    made.make()
    assert plans(newsroom)


def test_without_what_is_remembered_it_is_known_again_behind_one_build(newsroom: Settings) -> None:
    (newsroom.home / FILE).unlink()
    assert plans(newsroom)
    assert not plans(newsroom)


def test_a_value_that_decayed_is_no_value(newsroom: Settings) -> None:
    with closing(sqlite3.connect(newsroom.home / FILE)) as database, database:
        (value,) = database.execute("select value from remembered where key = ?", (name_of(SITE),)).fetchone()
        database.execute("update remembered set value = ? where key = ?", (value[:-1] + b" ", name_of(SITE)))
    assert plans(newsroom)


def test_a_piece_of_the_index_that_was_spoiled_is_made_again(newsroom: Settings) -> None:
    piece = next(iter(sorted((newsroom.site / SEARCH).rglob("*.bin"))))
    data = piece.read_bytes()
    piece.write_bytes(b"")
    assert indexed(newsroom).made
    assert piece.read_bytes() == data


def test_a_process_that_stays_finds_it_unchanged(newsroom: Settings) -> None:
    resident = Resident()
    for _ in range(2):
        with patch.object(making, "plan", side_effect=AssertionError("planned")):
            Making(newsroom, Clock(BUILT_AT), resident=resident).make()


def plans(settings: Settings) -> bool:
    """Whether a build works out what there is to be; all of it stands."""
    with patch.object(making, "plan", side_effect=plan) as planned:
        assert built(settings).is_whole
    return bool(planned.call_count)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The sites at which this process looked itself; there are two processors."""
    found, see, here = list[Path](), Unchanged.see, os.getpid()

    def counted(known: Unchanged, site: Path) -> Seen:
        if os.getpid() == here and PAGE in known.delivered.files:  # The index looks at its own.
            found.append(site)
        return see(known, site)

    monkeypatch.setattr(Unchanged, "see", counted)
    monkeypatch.setattr(ahead, "processors", lambda: 2)
    return found


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.parametrize("change", [None, spoiled, taken_away])
def test_another_process_looks_at_the_site_while_the_programs_of_a_build_are_loaded(
    change: Callable[[Settings], Settings] | None,
    newsroom: Settings,
    looked: list[Path],
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = (newsroom.site / PAGE).read_bytes()
    if change:
        change(newsroom)
    main(["--home", str(newsroom.home), "--lang", "en", "build", "--format", "json"])
    told = json.loads(capfd.readouterr().out)
    assert (bool(told["written"]), looked) == (change is not None, [])
    assert (newsroom.site / PAGE).read_bytes() == before


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """By another run, until somebody has waited for a moment."""
    holds = threading.Event()

    def hold() -> None:
        with locked(folder):
            holds.set()
            time.sleep(0.5)

    other = threading.Thread(target=hold)
    other.start()
    holds.wait()
    yield
    other.join()


def killed(_home: Path) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.parametrize("how", ["it was killed", "we waited for another run", "another run was at it"])
def test_where_what_it_saw_does_not_count_we_look_ourselves(
    how: str, newsroom: Settings, looked: list[Path], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "it was killed":
        monkeypatch.setattr(ahead, "_see", killed)
    with seeing_ahead(newsroom.home) as seen_ahead:
        if how == "another run was at it":
            first = seen_ahead()
            with_another_name(newsroom)
            assert built(read_settings(newsroom.home)).made
            assert not built(read_settings(newsroom.home), seen_ahead=lambda: first).made
        elif how == "we waited for another run":
            with held(newsroom.home / STATE):
                assert not built(newsroom, seen_ahead=seen_ahead).made
        else:
            assert not built(newsroom, seen_ahead=seen_ahead).made
    assert (looked, bool(forked)) == ([newsroom.site], True)
