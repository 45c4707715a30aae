"""What a build makes after each change: what could show it, and nothing else."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from conftest import BUILT_AT, Clock, copy_newsroom, read_files
from greenchannel import making, office
from greenchannel.building import Built, build
from greenchannel.delivery import delivering, proven
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.memory import FILE
from greenchannel.delivery.record import read_record
from greenchannel.delivery.writing import write_files
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.handwritten import STATE
from greenchannel.making import Making
from greenchannel.portal import feed_plan, incident_plan, site
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.confinement import UnrenderableError
from greenchannel.portal.plan import Planned
from greenchannel.portal.sanitising import Links
from greenchannel.portal.source import Site
from greenchannel.portal.streams import Event, Stream, Streams, read_streams
from greenchannel.portal.theme import read_theme
from greenchannel.portal.variants import plain_of
from greenchannel.resident import Resident
from greenchannel.sourcing import opened_site
from greenchannel.withholding import Guard

OLD = "2026/chengbei-tingshui"
NEW = f"{OLD}/fact-3"
WITH_PICTURE = "2026/binjiang-daqiao-yaoyan/response-1"
FEEDS = (".rss", ".atom", ".json")
URGENT = {"urgent/index.html", "urgent.css"}


@dataclass(frozen=True, slots=True)
class Watched:
    """A build, each file that it made or looked at, once for each time, and the incidents that it planned."""

    built: Built
    made: list[str]
    planned: list[str]
    looks: list[str]
    order: list[tuple[str, str]]  # of `made` and `looks`
    feeds: int  # how often they were planned

    def below(self, *folders: str) -> set[str]:
        return {one for one in self.made if one.startswith(folders)}


def watched(settings: Settings) -> Watched:
    planned, order = list[str](), list[tuple[str, str]]()
    look, read, streams = delivering.look, read_streams, list[int]()
    plan, whole = incident_plan._Below.plan, site.plan_by_parts  # noqa: SLF001

    def write(files: Iterable[tuple[Path, bytes]], *, changed_at: int | None = None) -> tuple[Path, ...]:
        together = tuple(files)
        order.extend(("made", path.relative_to(settings.site).as_posix()) for path, _ in together)
        return write_files(together, changed_at=changed_at)

    def plan_incident(below: incident_plan._Below) -> Iterator[Planned]:
        planned.append(below._around.incident)  # noqa: SLF001
        return plan(below)

    def plan_whole(*of: Any) -> Iterator[Planned]:
        planned.append("everything else")
        return whole(*of)

    def look_at(path: str) -> list[int] | None:
        order.append(("looked at", path.removeprefix(f"{settings.site}/")))
        return look(path)

    def read_events(events: Sequence[Event], known: Streams | None) -> Mapping[str, Stream]:
        streams.append(1)
        return read(events, known)

    with (
        patch.object(delivering, "look", look_at),
        patch.object(feed_plan, "read_streams", read_events),
        patch.object(delivering, "write_files", write),
        patch.object(incident_plan._Below, "plan", plan_incident),  # noqa: SLF001
        patch.object(site, "plan_by_parts", plan_whole),
    ):
        proven._KNOWN.clear()  # noqa: SLF001  # As another process.
        built = build(settings, Clock(BUILT_AT))
    assert built.is_whole
    made, looks = ([path for done, path in order if done == what] for what in ("made", "looked at"))
    return Watched(built, made, planned, looks, order, len(streams))


@contextmanager
def standing(home: Path, site: Settings) -> Iterator[Settings]:
    """A copy of the sample newsroom which has built its site where it stands."""
    settings = copy_newsroom(home)
    shutil.copytree(site.site, settings.site)
    shutil.copytree(site.home / STATE, settings.home / STATE)
    build(settings, Clock(BUILT_AT))
    yield settings
    shutil.rmtree(home)


@pytest.fixture
def newsroom(tmp_path: Path, _site: Settings) -> Iterator[Settings]:
    with standing(tmp_path / "office", _site) as settings:
        yield settings


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, _site: Settings) -> Iterator[Watched]:
    """The build after a fourth release in an incident that is long over."""
    with standing(tmp_path_factory.mktemp("released") / "office", _site) as settings:
        release(settings)
        yield watched(settings)


def release(settings: Settings) -> None:
    """Onto the record."""
    folder = settings.content / "incidents" / OLD
    text = (folder / "fact-2.md").read_text("utf-8").replace("标题: ", "标题: 续报：")
    (folder / "fact-3.md").write_text(text.replace("变更: []", "迟发原因: 通信中断，恢复后即行发布。"), "utf-8")
    put_on_record(settings, NEW)


def put_on_record(settings: Settings, release: str) -> None:
    office.approve(settings, release, "tan-jingxing", Clock(BUILT_AT))
    (decision,) = office.publish(settings, (release,), Clock(BUILT_AT))
    assert decision.refused == ()


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory, _site: Settings) -> Iterator[tuple[Watched, set[str]]]:
    """The build after a department got another name, and the files of the portal that named it."""
    with standing(tmp_path_factory.mktemp("renamed") / "office", _site) as settings:
        made = read_files(settings.site).items() - read_files(settings.home / STATE / "pages").items()
        naming = {path for path, data in made if "示例市信访局".encode() in data}
        rename_department(settings)
        yield watched(settings), naming


def test_with_nothing_to_do_nothing_is_made(newsroom: Settings) -> None:
    assert watched(newsroom).made == []


def test_with_nothing_to_do_nothing_is_planned(newsroom: Settings) -> None:
    assert watched(newsroom).planned == []


def test_in_another_place_nothing_is_planned_again(newsroom: Settings, tmp_path: Path) -> None:
    """As for CI, whose folders have other names each time."""
    moved = newsroom.home.rename(tmp_path / "elsewhere")
    found = watched(read_settings(moved))
    moved.rename(newsroom.home)
    assert (found.made, found.planned) == ([], [])


def test_for_a_new_release_its_own_files_are_made_the_pages_of_its_neighbours_and_its_incident(
    released: Watched,
) -> None:
    """Two places before it are named by the page, and name it; the first of the four stands farther away."""
    assert released.below("releases/", "en/releases/") == {
        *(f"releases/{NEW}/{name}" for name in ("index.html", "index.json", "ninjs.json", "r1.md")),
        *(f"releases/{OLD}/{one}/index.html" for one in ("fact-2", "response-1")),
        f"releases/{OLD}/index.html",
    }


def test_for_a_new_release_the_lists_that_name_it_are_made(released: Watched) -> None:
    assert released.below("departments/", "categories/", "types/", "archive/", "incidents/") == {
        *(f"{one}index.html" for one in ("departments/", "archive/", "archive/2026/11/")),
        *(f"{one}/index.html" for one in ("incidents", "incidents/2026")),
        *(
            f"{one}{month}/index.html"
            for one in ("departments/urban_management", "categories/livelihood", "types/fact")
            for month in ("", "/2026/11")
        ),
    }


def test_for_a_new_release_the_feeds_that_hold_it_are_made(released: Watched) -> None:
    names = (
        *("all", "changes", "categories/livelihood", "departments/urban_management", "types/fact"),
        f"incidents/{OLD}",
    )
    assert released.below("feeds/") == {
        *(f"feeds/{one}{extension}" for one in names for extension in FEEDS),
        "feeds/index.json",
        "feeds/feeds.opml",
    }


def test_for_a_new_release_what_tells_of_everything_is_made(released: Watched) -> None:
    apart = ("releases/", "departments/", "categories/", "types/", "archive/", "incidents/", "feeds/", "en/")
    assert set(released.made) - released.below(*apart) == {
        *URGENT,
        *("index.html", "timeliness/index.html", "sitemap.xml", "sitemap-news.xml", "latest.json"),
        *("record/ledger.jsonl", "record/checkpoint.json"),
    }


def test_for_a_new_release_nothing_is_made_in_vain_but_what_is_open(released: Watched) -> None:
    """To make these four takes less than to learn what they were made of."""
    assert set(released.made) == set(released.built.written) | URGENT | {f"en/{one}" for one in URGENT}


def test_for_a_new_release_only_incidents_of_which_something_may_be_owed_are_planned_beside_its_own(
    released: Watched,
) -> None:
    """The fire was four days ago: whether something is still owed is asked of the new last line."""
    assert set(released.planned) == {OLD, "2026/qingnianlu-huozai", "everything else"}


def test_everything_else_is_planned_once_behind_it_with_its_receipt(released: Watched) -> None:
    assert released.planned.count("everything else") == 1
    assert released.feeds == 1


def test_for_its_receipt_no_file_is_looked_at_again_that_stands(released: Watched) -> None:
    assert released.looks
    assert not {one for one in released.looks if released.looks.count(one) > 1} - set(released.made)


def test_a_new_release_goes_out_before_everything_else_is_looked_at(released: Watched) -> None:
    made = {*released.made}
    others = (place for place, (_, path) in enumerate(released.order) if path not in made)
    out = [released.order.index(("made", f"feeds/all{extension}")) for extension in (".rss", ".atom", ".json")]
    assert max(out) < next(others)


def goes_out_first(found: Watched) -> bool:
    """Whether the feeds were made before anything was looked at that was not made."""
    made = {*found.made}
    others = (place for place, (_, path) in enumerate(found.order) if path not in made)
    return found.order.index(("made", "feeds/all.atom")) < next(others)


def test_a_withdrawal_goes_out_before_everything_else_is_looked_at(newsroom: Settings) -> None:
    clock = Clock(BUILT_AT)
    office.withdraw(newsroom, f"{OLD}/fact-1", "数据有误。", "lu-wanqing", clock)
    found = watched(newsroom)
    assert goes_out_first(found)
    assert f"releases/{OLD}/fact-1/index.html" in found.built.written


def test_with_variants_no_more_is_made_of_an_incident_than_without(newsroom: Settings) -> None:
    path = newsroom.home / "mkdocs.yml"
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n    precompress: true\n", "utf-8")
    packing = read_settings(newsroom.home)
    assert packing.precompress
    build(packing, Clock(BUILT_AT))
    release(packing)
    found = watched(packing)
    assert goes_out_first(found)
    plain = {one for one in found.below("releases/", "en/releases/") if plain_of(one) == one}
    assert plain == {
        *(f"releases/{NEW}/{name}" for name in ("index.html", "index.json", "ninjs.json", "r1.md")),
        *(f"releases/{OLD}/{one}/index.html" for one in ("fact-2", "response-1")),
        f"releases/{OLD}/index.html",
    }


def test_where_the_site_was_taken_away_no_feed_goes_out_before_the_pages(newsroom: Settings) -> None:
    release(newsroom)
    shutil.rmtree(newsroom.site)
    made = watched(newsroom).made
    first = next(place for place, path in enumerate(made) if path.startswith("feeds/"))
    pages = {path for path in read_files(newsroom.site) if path.startswith("releases/")}
    assert pages <= {*made[:first]}


def test_what_was_taken_away_beside_a_new_release_is_there_again(newsroom: Settings) -> None:
    release(newsroom)
    lost = newsroom.site / "releases/2026/laowu-gaizao/fact-1/index.html"
    lost.unlink()
    assert "releases/2026/laowu-gaizao/fact-1/index.html" in watched(newsroom).made
    assert lost.is_file()


def test_a_picture_that_was_taken_away_holds_up_no_correction_of_its_release(newsroom: Settings) -> None:
    text = newsroom.content / f"incidents/{WITH_PICTURE}.md"
    noted = "changes:\n  - kind: minor\n    note: 补充一句。\n---\n"
    text.write_text(text.read_text("utf-8").replace("changes: []\n---\n", noted) + "\n补充一句。\n", "utf-8")
    put_on_record(newsroom, WITH_PICTURE)
    (picture,) = (newsroom.site / f"releases/{WITH_PICTURE}").glob("*.jpg")
    picture.unlink()
    watched(newsroom)
    assert picture.is_file()
    assert 2 in read_record(newsroom.releases).state.releases[WITH_PICTURE].visible


def test_a_page_of_ones_own_never_takes_the_place_of_a_public_one(newsroom: Settings) -> None:
    release(newsroom)
    public = newsroom.site / f"releases/{WITH_PICTURE}/index.html"
    before = public.read_bytes()
    own = newsroom.content / f"pages/releases/{WITH_PICTURE}.md"
    own.parent.mkdir(parents=True)
    own.write_text("# 另一页\n", "utf-8")
    with pytest.raises(GreenchannelError, match="the portal has a page of its own"):
        watched(newsroom)
    assert public.read_bytes() == before


def rename_department(settings: Settings) -> None:
    registry = settings.content / "registry/departments.yml"
    registry.write_text(registry.read_text("utf-8").replace("示例市信访局", "示例市人民信访局"), "utf-8")


def change_theme(settings: Settings) -> None:
    template = settings.templates / "home.html"
    template.write_text(template.read_text("utf-8") + "\n", "utf-8")


def forget_record_since(settings: Settings) -> None:
    """As if another line than the one that was there had been the last when all of the site stood."""
    journal = Journal(settings.home / STATE / "site.journal.jsonl")
    journal.note({"(all)": {**journal.entries["(all)"], "head": "0" * 64}})


@pytest.mark.parametrize("change", [rename_department, change_theme, forget_record_since])
def test_where_more_than_the_record_has_changed_nothing_goes_out_before_everything_is_looked_at(
    newsroom: Settings, change: Callable[[Settings], None]
) -> None:
    release(newsroom)
    change(newsroom)
    assert looks_first(newsroom)


def test_where_nobody_reads_the_site_itself_everything_is_looked_at_first(newsroom: Settings) -> None:
    release(newsroom)
    assert looks_first(replace(newsroom, targets=()))


def looks_first(settings: Settings) -> bool:
    """Whether a build looks at what is there before the first feed goes out."""
    order = watched(settings).order
    looks = (place for place, (done, _) in enumerate(order) if done == "looked at")
    return next(looks) < order.index(("made", "feeds/all.atom"))


def test_what_a_leak_held_back_is_made_by_the_next_build(newsroom: Settings) -> None:
    release(newsroom)
    leaks = (Leak("feeds/all.atom", Phrase("不得外传", "incidents/x.md"), "plain"),)
    with patch.object(Guard, "__call__", lambda _, path, __: leaks if path == "feeds/all.atom" else ()):
        assert not build(newsroom, Clock(BUILT_AT)).is_whole
    assert ("made", "feeds/all.atom") in watched(newsroom).order
    assert read_record(newsroom.releases).state.releases[NEW].visible


def test_what_was_out_when_the_build_ended_gets_its_receipt_with_the_next_one(newsroom: Settings) -> None:
    class KilledError(Exception):
        pass

    release(newsroom)
    with patch.object(Making, "_add_receipts", side_effect=KilledError), pytest.raises(KilledError):
        watched(newsroom)
    assert not read_record(newsroom.releases).state.releases[NEW].visible
    assert "feeds/all.atom" not in watched(newsroom).made
    assert read_record(newsroom.releases).state.releases[NEW].visible


def test_for_another_name_of_a_department_every_page_that_names_it_changes_and_no_other(
    renamed: tuple[Watched, set[str]],
) -> None:
    watched, naming = renamed
    changed = {one for one in watched.built.written if one.endswith(".html")}
    assert changed == {one for one in naming if one.endswith(".html")}


def test_for_another_name_of_a_department_no_page_is_made_in_vain(renamed: tuple[Watched, set[str]]) -> None:
    """Feeds are: each entry of one names its departments, and only the whole feed tells which."""
    assert {one for one in renamed[0].made if not one.startswith("feeds/")} <= set(renamed[0].built.written)


def test_for_another_name_of_a_department_no_frozen_text_is_made(renamed: tuple[Watched, set[str]]) -> None:
    assert [one for one in renamed[0].made if one.endswith((".md", "ledger.jsonl"))] == []


def forget(path: Path) -> None:
    path.unlink()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(one ^ 0x55 for one in data[len(data) // 2 :])
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5_000])


@pytest.mark.parametrize("harm", [forget, flip, cut])
@pytest.mark.parametrize("name", [FILE, f"{STATE}/proven.journal.jsonl", f"{STATE}/pages.sha256"])
def test_without_one_of_the_memories_no_file_is_made_again(
    newsroom: Settings, name: str, harm: Callable[[Path], None]
) -> None:
    harm(newsroom.home / name)
    assert watched(newsroom).made == []


def test_without_its_journal_every_file_is_made_again_and_none_is_written(newsroom: Settings) -> None:
    forget(newsroom.home / STATE / "site.journal.jsonl")
    built = watched(newsroom).built
    assert (built.made, built.written) == (built.planned, ())


@pytest.mark.parametrize("folder", ["", "en/"])
def test_what_leads_to_the_page_of_open_incidents_goes_out_behind_it(newsroom: Settings, folder: str) -> None:
    with opened_site(newsroom, read_record(newsroom.releases), {}) as opened:
        planned = tuple(site.plan(opened, read_theme(newsroom.templates)))
    stages = {path: one.stage for one in planned for path in one.paths}
    assert stages[f"{folder}urgent/index.html"] < stages[f"{folder}urgent.css"]


def test_a_body_that_took_too_long_is_rendered_again_by_the_next_plan_of_a_process(newsroom: Settings) -> None:
    def late(_text: str, _links: Links) -> str:
        raise UnrenderableError("time")

    def feed(of: Site) -> bytes:
        planned = site.plan(of, read_theme(newsroom.templates))
        return next(one.make()[0] for one in planned if one.paths[0] == "feeds/all.rss")

    with opened_site(newsroom, read_record(newsroom.releases), {}) as opened:
        before = feed(replace(opened, at_hand=AtHand()))
        in_plain_text, after = feed(replace(opened, render=late)), feed(opened)
    assert (in_plain_text == before, after == before) == (False, True)


def about(settings: Settings, word: str) -> None:
    page = settings.content / "pages/about.md"
    page.write_text(page.read_text("utf-8") + f"\n{word}\n", "utf-8")


def test_who_makes_it_again_reads_its_journal_once(newsroom: Settings) -> None:
    resident = Resident()
    with patch.object(making, "Journal", side_effect=Journal) as opened:
        for word in ("改动之一", "改动之二"):
            about(newsroom, word)
            Making(newsroom, Clock(BUILT_AT), resident=resident).make()
    assert opened.call_count == 1
    assert "改动之二" in (newsroom.site / "about/index.html").read_text("utf-8")


def test_what_another_process_noted_is_read_again(newsroom: Settings) -> None:
    resident = Resident()
    Making(newsroom, Clock(BUILT_AT), resident=resident).make()
    about(newsroom, "别处改动")
    build(newsroom, Clock(BUILT_AT))
    with patch.object(making, "Journal", side_effect=Journal) as opened:
        Making(newsroom, Clock(BUILT_AT), resident=resident).make()
    assert opened.call_count == 1


def test_a_place_that_waits_gets_what_its_process_has_made_since(newsroom: Settings) -> None:
    """Though the journal, which both makings share, has been read by it."""
    resident = Resident()
    first = Making(newsroom, Clock(BUILT_AT), resident=resident)
    first.make()
    before = first.delivered.files["about/index.html"]
    about(newsroom, "此后改动")
    second = Making(newsroom, Clock(BUILT_AT), resident=resident)
    second.make()
    assert first.fresh().files == second.delivered.files
    assert first.delivered.files["about/index.html"] != before
