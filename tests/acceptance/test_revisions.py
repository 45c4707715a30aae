"""Corrections, withdrawals and new names on the desk, typed as an officer types them, in a copy of the sample."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import Clock, Run
from greenchannel.building import build
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings

INCIDENT = "2026/qingnianlu-huozai"
FACT = f"{INCIDENT}/fact-1"
OTHER = "2026/chengbei-tingshui"
BY = "tan-jingxing"
Correct = Callable[..., tuple[int, str, str]]


pytestmark = pytest.mark.standing


def desk(office: Settings, identifier: str = FACT) -> Path:
    return office.content / "incidents" / f"{identifier}.md"


def page(office: Settings, path: str = FACT) -> str:
    return (office.site / f"releases/{path}/index.html").read_text("utf-8")


def heading(shown: str) -> str:
    """The title with the badges above it."""
    return shown.partition('<p class="kicker">')[2].partition("</h1>")[0]


def revise(path: Path, kind: str, note: str, old: str = "", new: str = "") -> None:
    """An officer's edit: a word in the text and an entry in changes."""
    text = path.read_text("utf-8")
    entry = f"- kind: {kind}\n  note: {note}\n"
    if "\nchanges:\n" in text:
        front, close, body = text.partition("\n---\n")
        text = f"{front}\n{entry.rstrip()}{close}{body}"
    else:
        text = re.sub(r"\nchanges: \[\]", "", text).replace("\n---\n", f"\nchanges:\n{entry}---\n", 1)
    head, close, body = text.partition("\n---\n")
    path.write_text(f"{head}{close}{body.replace(old, new, 1) if old else body}", "utf-8")


@pytest.fixture
def correct(office_home: Settings, run: Run, clock: Clock) -> Correct:
    def call(kind: str = "correction", note: str = "一处更正。", *, path: Path | None = None) -> tuple[int, str, str]:
        named = path or desk(office_home)
        revise(named, kind, note, "11月20日", "11月20日上午")
        run("approve", str(named), "--by", BY)
        clock.now += timedelta(minutes=5)
        return run("publish", str(named))

    return call


def test_every_revision_has_a_page_once_there_are_two(office_home: Settings, correct: Correct) -> None:
    assert not (office_home.site / f"releases/{FACT}/r1").exists()
    assert correct()[0] == 0
    assert ["第 1 版" in page(office_home, f"{FACT}/r1"), "第 2 版" in page(office_home, f"{FACT}/r2")] == [True, True]


def test_the_page_of_a_revision_marks_what_was_changed(office_home: Settings, correct: Correct) -> None:
    correct()
    assert re.search(r"11月20日<ins><span[^>]*>［加入 </span>上午<span", page(office_home, f"{FACT}/r2"))


def test_a_superseded_revision_says_since_when_and_leads_to_what_holds(office_home: Settings, correct: Correct) -> None:
    correct()
    shown = page(office_home, f"{FACT}/r1")
    assert "本版自2026-11-24 10:05起由新的一版取代。" in shown
    assert f'<a href="/releases/{FACT}/">发布页</a>' in shown


def test_a_third_revision_leaves_the_page_of_the_first_as_it_was(office_home: Settings, correct: Correct) -> None:
    correct()
    before = (office_home.site / f"releases/{FACT}/r1/index.html").read_bytes()
    correct(note="又一处更正。")
    assert (office_home.site / f"releases/{FACT}/r3/index.html").is_file()
    assert (office_home.site / f"releases/{FACT}/r1/index.html").read_bytes() == before


def test_a_correction_stands_above_the_text(office_home: Settings, correct: Correct) -> None:
    correct(note="时间由上午更正。")
    shown = page(office_home).partition("<body>")[2]
    assert shown.index("更正说明") < shown.index("时间由上午更正。") < shown.index('<div class="prose">')
    assert "badge-note" in heading(shown)
    assert "更新时间" in shown


def test_an_update_is_told_without_the_badge_of_a_correction(office_home: Settings, correct: Correct) -> None:
    correct("update", "有了进展。")
    shown = page(office_home)
    assert shown.index("最近更新") < shown.index("有了进展。") < shown.index('<div class="prose">')
    assert ("更正说明" in shown, "badge-note" in heading(shown)) == (False, False)


def test_a_minor_change_stands_in_the_list_alone(office_home: Settings, correct: Correct) -> None:
    correct("minor", "改一个错字。")
    shown = page(office_home)
    assert [word in shown for word in ("更正说明", "最近更新")] == [False, False]
    assert shown.index("发布与更正记录") < shown.index("改一个错字。")


def test_several_notes_of_one_revision_read_as_one_sentence(office_home: Settings, correct: Correct) -> None:
    revise(desk(office_home), "correction", "地点更正。")
    correct("update", "有了进展。")
    shown = page(office_home)
    assert "<strong>更正、更新</strong>" in shown
    assert "<p>地点更正；有了进展。</p>" in shown


def test_an_officers_words_in_a_note_are_no_markup(office_home: Settings, correct: Correct) -> None:
    correct(note="<b>5</b>改为6。")
    assert "<b>5" not in page(office_home) + page(office_home, f"{FACT}/r2")


def edited(settings: Settings, old: str, new: str) -> None:
    path = desk(settings)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_a_revision_without_a_note_is_refused(office_home: Settings, run: Run, clock: Clock) -> None:
    edited(office_home, "11月20日", "11月21日")
    clock.now += timedelta(minutes=5)
    code, out, _ = run("publish", FACT)
    assert (code, "G601" in out, "G607" in out) == (1, True, True)


def test_a_change_without_a_note_is_told_by_the_check(office_home: Settings, run: Run) -> None:
    edited(office_home, "11月20日", "11月21日")
    code, out, _ = run("check")
    assert (code, [line for line in out.splitlines() if " S024 " in line]) == (
        1,
        [f"content/incidents/{FACT}.md:15:10: S024 the public text was changed, and changes has no note of it"],
    )


def test_a_change_without_a_note_is_not_approved(office_home: Settings, run: Run) -> None:
    edited(office_home, "11月20日", "11月21日")
    assert run("approve", FACT, "--by", BY)[0] == 2


def test_another_author_is_no_change_of_the_public_text(office_home: Settings, run: Run) -> None:
    edited(office_home, "author: he-zhaonan", "author: shen-yiheng")
    assert run("check")[0] == 0


def test_a_withdrawn_text_may_be_edited_without_a_note(withdrawn: Settings, run: Run) -> None:
    edited(withdrawn, "11月20日", "11月21日")
    assert run("check")[0] == 0


@pytest.fixture
def withdrawn(office_home: Settings, run: Run, clock: Clock, correct: Correct) -> Settings:
    """Corrected once, then withdrawn."""
    correct()
    clock.now += timedelta(minutes=5)
    run("withdraw", FACT, "--by", BY, "--reason", "地点有误。")
    return office_home


@pytest.mark.parametrize("revision", ["r1", "r2"])
def test_the_pages_of_a_withdrawn_release_are_marked_and_not_to_be_found(withdrawn: Settings, revision: str) -> None:
    shown = page(withdrawn, f"{FACT}/{revision}")
    assert [word in shown for word in ("badge-stop", "地点有误。", 'name="robots" content="noindex"')] == [True] * 3


def test_a_withdrawal_opens_no_page_for_the_text(office_home: Settings, run: Run) -> None:
    run("withdraw", FACT, "--by", BY, "--reason", "地点有误。")
    assert "地点有误。" in page(office_home)
    assert not (office_home.site / f"releases/{FACT}/r1").exists()


def test_what_was_withdrawn_returns_only_by_name(withdrawn: Settings, run: Run, clock: Clock) -> None:
    revise(desk(withdrawn), "correction", "地点更正。", "11月20日", "11月20日（周五）")
    run("approve", FACT, "--by", BY)
    clock.now += timedelta(minutes=5)
    code, out, _ = run("publish")
    told = f"withdrawn and approved anew; it goes out again only when it is named: greenchannel publish {FACT}"
    assert (code, out.splitlines()) == (0, ["Nothing is approved and due.", told])
    assert len(read_record(withdrawn.releases).state.releases[FACT].revisions) == 2


@pytest.mark.usefixtures("withdrawn")
def test_what_was_withdrawn_is_not_approved_without_a_note(run: Run) -> None:
    code, _, errors = run("approve", FACT, "--by", BY)
    assert code == 2
    assert errors == (
        f"greenchannel: {FACT}: it was withdrawn: add an entry to changes with kind and note "
        "that says why it returns\n"
    )


@pytest.mark.usefixtures("withdrawn")
def test_what_was_withdrawn_is_told_so_and_not_that_its_text_changed(run: Run, clock: Clock) -> None:
    clock.now += timedelta(minutes=5)
    code, out, _ = run("publish", FACT)
    assert (code, out.splitlines()[1:]) == (
        1,
        [
            f"  G602 {BY} approved it before it was withdrawn: approve it again",
            "  G607 it was withdrawn: add an entry to changes with kind and note that says why it returns",
        ],
    )


def test_a_withdrawn_page_says_so_before_anything_else(withdrawn: Settings) -> None:
    shown = page(withdrawn)
    order = [shown.index(word) for word in ("本信息已撤回</h2>", '<dl class="rows">', "发布与更正记录")]
    assert order == sorted(order)


@pytest.fixture
def returned(withdrawn: Settings, correct: Correct) -> Settings:
    """And published once more."""
    assert correct(note="地点已更正。")[0] == 0
    return withdrawn


def test_a_new_publication_ends_the_withdrawal_and_the_record_keeps_it(returned: Settings, run: Run) -> None:
    known = read_record(returned.releases).state.releases[FACT]
    assert (known.withdrawal, [one.revision for one in known.withdrawals]) == (None, [2])
    run("withdraw", FACT, "--by", BY, "--reason", "仍有误。")
    again = read_record(returned.releases).state.releases[FACT]
    assert ([one.reason for one in again.withdrawals], again.withdrawal) == (
        ["地点有误。", "仍有误。"],
        again.withdrawals[1],
    )


def test_the_page_says_from_when_to_when_it_was_withdrawn(returned: Settings) -> None:
    text = re.sub(r"<[^>]*>", "", page(returned))
    assert "本信息曾于 2026-11-24 10:10 撤回，2026-11-24 10:15 重新发布。" in text


def test_the_list_has_the_withdrawal_between_the_revisions(returned: Settings) -> None:
    listed = page(returned).partition('id="revisions"')[2]
    places = [listed.index(word) for word in ("重新发布（更正）", "地点有误。", ">更正<", "首次发布")]
    assert places == sorted(places)


def test_a_reason_without_a_full_stop_runs_into_no_other_sentence(
    office_home: Settings, run: Run, clock: Clock, correct: Correct
) -> None:
    run("withdraw", FACT, "--by", BY, "--reason", "地点有误")
    clock.now += timedelta(minutes=5)
    correct(note="地点已更正。")
    shown = page(office_home, f"{FACT}/r1")
    assert "原因：地点有误</p><p>本信息已于2026-" in shown
    assert "重新发布。</p><p>本页只供查对" in shown


def test_the_withdrawn_revision_stays_marked_after_the_release_returned(returned: Settings) -> None:
    marks = ["badge-stop" in page(returned, f"{FACT}/{one}") for one in ("r1", "r2", "r3")]
    assert marks == [False, True, False]


def test_a_site_that_grew_is_the_one_made_at_once(returned: Settings, clock: Clock) -> None:
    grown = {one: one.read_bytes() for one in returned.site.rglob("*") if one.is_file()}
    shutil.rmtree(returned.site)
    build(returned, clock, clean=True)
    assert {one: one.read_bytes() for one in returned.site.rglob("*") if one.is_file()} == grown


def rename(path: Path, target: Path) -> Path:
    """With the English text beside it, which bears its name."""
    path.with_suffix(".en.md").rename(target.with_suffix(".en.md"))
    return path.rename(target)


def with_id(path: Path, identifier: str) -> None:
    path.write_text(path.read_text("utf-8").replace("---\n", f"---\nid: {identifier}\n", 1), "utf-8")


@pytest.mark.parametrize("place", ["qingkuang-tongbao.md", "../chengbei-tingshui/huozai.md"])
def test_a_renamed_file_with_its_id_is_corrected_at_its_address(
    office_home: Settings, correct: Correct, place: str
) -> None:
    with_id(desk(office_home), FACT)
    path = rename(desk(office_home), desk(office_home).parent / place).resolve()
    assert (correct(path=path)[0], "第 2 版" in page(office_home, f"{FACT}/r2")) == (0, True)


def test_a_renamed_folder_with_ids_is_corrected_at_its_address(office_home: Settings, correct: Correct) -> None:
    folder = desk(office_home).parent
    for one in (one for one in folder.glob("*.md") if not one.name.endswith(".en.md")):
        with_id(one, INCIDENT if one.stem == "incident" else f"{INCIDENT}/{one.stem}")
    path = folder.rename(folder.with_name("huozai")) / "fact-1.md"
    assert (correct(path=path)[0], "第 2 版" in page(office_home, f"{FACT}/r2")) == (0, True)


def test_a_file_renamed_without_id_gets_it_back_by_fix(office_home: Settings, run: Run, correct: Correct) -> None:
    path = rename(desk(office_home), desk(office_home).with_name("tongbao.md"))
    code, out, _ = run("check")
    assert (code, "tongbao.md:2:8: S022" in out, "S023" in out) == (1, True, False)
    assert run("check", "--fix")[:2] == (0, "46 files checked: 0 error(s), 0 warning(s)\n")
    assert (correct(path=path)[0], "第 2 版" in page(office_home, f"{FACT}/r2")) == (0, True)


def test_a_folder_renamed_without_ids_gets_them_back_by_fix(office_home: Settings, run: Run) -> None:
    folder = desk(office_home, f"{OTHER}/incident").parent
    moved = folder.rename(folder.with_name("tingshui"))
    assert run("check")[0] == 1
    assert run("check", "--fix")[:2] == (0, "46 files checked: 0 error(s), 0 warning(s)\n")
    assert f"编号: {OTHER}\n" in (moved / "incident.md").read_text("utf-8")


def test_an_approval_follows_its_renamed_file(office_home: Settings, run: Run, clock: Clock) -> None:
    with_id(desk(office_home), FACT)
    revise(desk(office_home), "update", "有了进展。")
    run("approve", FACT, "--by", BY)
    rename(desk(office_home), desk(office_home).with_name("tongbao.md"))
    clock.now += timedelta(minutes=5)
    assert (run("publish")[0], "有了进展。" in page(office_home)) == (0, True)


def test_what_is_begun_has_its_id_on_top_and_keeps_clear_of_ids_in_use(office_home: Settings, run: Run) -> None:
    with_id(desk(office_home), FACT)
    folder = desk(office_home).parent
    (folder / "fact-1.md").rename(folder / "tongbao.md")
    run("new", "release", "fact", INCIDENT, "--author", "he-zhaonan")
    assert (folder / "fact-4.md").read_text("utf-8").startswith(f"---\n编号: {INCIDENT}/fact-4\n")


def test_an_incident_is_not_begun_under_an_id_in_use(office_home: Settings, run: Run) -> None:
    with_id(desk(office_home, f"{OTHER}/incident"), OTHER)
    folder = desk(office_home, f"{OTHER}/incident").parent
    folder.rename(folder.with_name("tingshui"))
    facts = ("--category", "other", "--class", "ordinary", "--slug", "chengbei-tingshui")
    assert (run("new", "incident", "另一件事", *facts)[0], folder.exists()) == (2, False)


def test_an_incident_whose_releases_were_all_moved_keeps_its_page_and_feed(
    office_home: Settings, run: Run, clock: Clock
) -> None:
    emptied = "2026/kuangqu-shefang"
    public = [one for one in read_record(office_home.releases).state.releases.values() if one.id.startswith(emptied)]
    assert public
    for one in public:
        path = desk(office_home, one.id)
        text = re.sub(r"\n(incident|事件): \S+", f"\n\\1: {OTHER}", path.read_text("utf-8"))
        path.write_text(text, "utf-8")
        revise(path, "update", "并入另一事件。")
        run("approve", one.id, "--by", "fang-shulan")
        clock.now += timedelta(minutes=5)
        assert run("publish", one.id)[:1] == (0,)
    assert (office_home.site / f"releases/{emptied}/index.html").is_file()
    assert (office_home.site / f"feeds/incidents/{emptied}.atom").is_file()


@pytest.fixture
def vanished(office_home: Settings) -> Settings:
    desk(office_home, f"{INCIDENT}/fact-2").unlink()
    return office_home


@pytest.mark.usefixtures("vanished")
def test_a_public_text_without_its_file_is_reported(run: Run) -> None:
    code, out, _ = run("check")
    assert (code, f"content/incidents/{INCIDENT}/fact-2.md:1:1: S023" in out) == (0, True)


def test_a_public_text_without_its_file_keeps_its_page_and_holds_up_nothing(
    vanished: Settings, correct: Correct
) -> None:
    assert correct()[0] == 0
    title = "关于青年路商铺火灾的续报"
    assert [title in page(vanished, one) for one in (INCIDENT, f"{INCIDENT}/fact-2")] == [True, True]
    assert title in (vanished.site / "types/fact/index.html").read_text("utf-8")


@pytest.mark.usefixtures("vanished")
def test_a_public_text_without_its_file_can_be_withdrawn(office_home: Settings, run: Run) -> None:
    assert run("withdraw", f"{INCIDENT}/fact-2", "--by", BY, "--reason", "有误。")[0] == 0
    assert "S023" not in run("check")[1]
    assert "有误。" in page(office_home, f"{INCIDENT}/fact-2")


@pytest.mark.parametrize("text", ["---\nid: [\n---\n", f"---\nid: {FACT}\nid: [\n---\n", "", "no front matter"])
def test_a_broken_file_has_not_vanished(office_home: Settings, run: Run, text: str) -> None:
    desk(office_home).write_text(text, "utf-8")
    code, out, _ = run("check")
    assert (code, "S023" in out) == (1, False)


def test_a_renamed_and_broken_file_has_not_vanished(office_home: Settings, run: Run) -> None:
    path = desk(office_home).rename(desk(office_home).with_name("tongbao.md"))
    path.write_text(f"---\n编号: {FACT}\n标题: [\n---\n", "utf-8")
    assert "S023" not in run("check")[1]
