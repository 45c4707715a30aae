"""Nothing of what is withheld goes out: not by construction, not by a fault in the construction."""

import base64
import gzip
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conftest import BUILT_AT, Clock, Run, read_files
from greenchannel import making
from greenchannel.building import build
from greenchannel.delivery import workers
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.record import read_record
from greenchannel.delivery.writing import locked
from greenchannel.desk import seen, withheld
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.handwritten import STATE
from greenchannel.making import Making
from greenchannel.portal.plan import Planned, Stage, given
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.resident import Resident
from greenchannel.withholding import Guard, _newest_first, _PublicWords

EMBARGOED = "2026/shewai-yanchu/fact-2"
TITLE = "示例市2027年国际友城交流活动安排"
CANARY = "金丝雀{key}不得外泄"


pytestmark = pytest.mark.standing


def leaking(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """A fault in the portal: it makes one more list, out of what it should never have seen."""

    def faulty(site: Site, theme: Theme) -> Iterator[Planned]:
        yield from plan(site, theme)
        yield given(Stage.LIST, "lists/latest.html", data)

    monkeypatch.setattr(making, "plan", faulty)


@pytest.mark.parametrize(
    "data",
    [TITLE.encode(), gzip.compress(TITLE.encode()), base64.b64encode(TITLE.encode()), f"{EMBARGOED}/".encode()],
    ids=["plain", "gzip", "base64", "address"],
)
def test_a_file_that_leaks_is_not_written(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    leaking(monkeypatch, data)
    code, _, errors = run("build")
    assert (code, (office_home.site / "lists").exists()) == (1, False)
    assert "site/lists/latest.html: not written" in errors
    assert f"content/incidents/{EMBARGOED}.md" in errors


@pytest.mark.parametrize("encode", [bytes, base64.b64encode], ids=["bytes", "base64"])
def test_a_file_with_the_bytes_of_a_withheld_picture_is_not_written(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, encode: Callable[[bytes], bytes]
) -> None:
    picture = bytes(range(256)) * 8
    (office_home.content / "incidents" / EMBARGOED).with_name("xianchang.jpg").write_bytes(picture)
    leaking(monkeypatch, encode(b"before" + picture + b"behind"))
    code, _, errors = run("build")
    assert (code, (office_home.site / "lists").exists()) == (1, False)
    assert "xianchang.jpg" in errors


def test_a_public_picture_is_no_leak(office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (public,) = office_home.releases.rglob("attachments/*.jpg")
    shutil.copy(public, (office_home.content / "incidents" / EMBARGOED).with_name("xianchang.jpg"))
    leaking(monkeypatch, public.read_bytes())
    assert run("build")[0] == 0


@pytest.mark.parametrize(
    ("title", "data", "code"),
    [("琼花茶叙", "<li>琼花茶叙</li>", 1), ("琼花茶叙", "<p>琼花茶叙改期</p>", 0), ("台风", "<li>台风</li>", 0)],
    ids=["withheld", "within a sentence", "public elsewhere"],
)
def test_a_short_title_is_a_leak_as_the_whole_of_a_field(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, title: str, data: str, code: int
) -> None:
    draft = office_home.content / "incidents" / f"{EMBARGOED}.md"
    draft.write_text(draft.read_text("utf-8").replace(TITLE, title), "utf-8")
    leaking(monkeypatch, data.encode())
    assert run("build")[0] == code


def test_a_file_whose_name_is_not_in_utf8_holds_up_nothing(office_home: Settings, run: Run) -> None:
    """From an archive that another system packed; `check` says what is wrong with it."""
    folder = office_home.content / "incidents/2026/chengbei-tingshui"
    shutil.copy(folder / "fact-1.md", folder / os.fsdecode("通告.md".encode("gbk")))
    assert run("check", str(folder / "fact-1.md"))[0] == 0
    assert "S013" in run("check")[1]
    assert run("build")[0] == 0


def test_a_folder_whose_name_is_not_in_utf8_holds_up_nothing(office_home: Settings, run: Run) -> None:
    folder = office_home.content / "incidents/2026/chengbei-tingshui"
    board = run("due", "--all")[1].splitlines()
    shutil.copytree(folder, folder.with_name(os.fsdecode("停水".encode("gbk"))))
    assert [run(*command)[0] for command in (["check", str(folder / "fact-1.md")], ["build"])] == [0, 0]
    code, out, _ = run("due", "--all")
    assert code == 1  # It is an incident that cannot be understood.
    assert {*board} <= {*out.splitlines()}


PHRASE = "此后才写下的一句话尚不得外传"


@pytest.fixture
def resident(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Resident:
    """A process that has read all of the desk, and whose portal leaks what is written on it from now on."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    found = Resident()
    read_newsroom(office_home.content, office_home.zone, found.desk)
    leaking(monkeypatch, b"nothing")
    Making(office_home, Clock(BUILT_AT), resident=found).make()
    leaking(monkeypatch, PHRASE.encode())
    with (office_home.templates / "base.html").open("a", encoding="utf-8") as template:
        template.write("<!-- another theme -->")  # So that there is something to make.
    return found


def writes(draft: Path) -> None:
    draft.write_text(draft.read_text("utf-8") + f"\n{PHRASE}。\n", "utf-8")


def leaked(made: Making) -> set[str]:
    return {one.phrase.text for one in made.leaks}


def test_what_is_made_again_for_a_place_is_held_against_the_desk_of_that_moment(
    office_home: Settings, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not against what the channel had read when it gave the order."""
    leaking(monkeypatch, b"nothing")
    ordered = Making(office_home, Clock(BUILT_AT), resident=resident)
    ordered.make()
    writes(office_home.content / "incidents" / f"{EMBARGOED}.md")
    leaking(monkeypatch, PHRASE.encode())
    ordered._journal = None  # noqa: SLF001  # As where another run has been at it.
    ordered.fresh()
    assert leaked(ordered) == {PHRASE}


def test_a_draft_in_a_folder_of_which_the_channel_was_not_told_is_withheld(
    office_home: Settings, resident: Resident
) -> None:
    folder = office_home.content / "incidents/2026/xin"
    shutil.copytree((office_home.content / "incidents" / EMBARGOED).parent, folder)
    writes(folder / f"{Path(EMBARGOED).name}.md")
    made = Making(office_home, Clock(BUILT_AT), resident=resident)
    made.make()
    assert leaked(made) == {PHRASE}


def test_a_draft_that_is_saved_while_another_run_is_waited_for_is_withheld(
    office_home: Settings, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Making(office_home, Clock(BUILT_AT), resident=resident)
    waits, look_again = threading.Event(), made._look_again  # noqa: SLF001

    def waiting() -> None:
        look_again()
        waits.set()

    monkeypatch.setattr(made, "_look_again", waiting)
    with ThreadPoolExecutor(1) as other, locked(office_home.home / STATE):
        done = other.submit(made.make)
        assert waits.wait(30)
        writes(office_home.content / "incidents" / f"{EMBARGOED}.md")
    done.result()
    assert leaked(made) == {PHRASE}


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_what_is_published_is_looked_through_by_another_process_before_it_goes_out(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = office_home.content / "incidents" / f"{EMBARGOED}.md"
    path.write_text(path.read_text("utf-8").replace("release_at: 2027-01-05T09:00+08:00\n", ""), "utf-8")
    assert run("build")[0] == 0
    assert run("approve", EMBARGOED, "--by", "lu-wanqing")[0] == 0
    here, find, told = os.getpid(), Guard.__call__, tmp_path / "told"

    def watched(guard: Guard, name: str, data: bytes) -> tuple[Leak, ...]:
        with told.open("a", encoding="utf-8") as stream:
            stream.write(f"{name} {os.getpid() == here} {(office_home.site / name).exists()}\n")
        return find(guard, name, data)

    monkeypatch.setattr(workers, "processors", lambda: 2)
    monkeypatch.setattr(Guard, "__call__", watched)
    assert run("publish", EMBARGOED)[0] == 0
    assert f"releases/{EMBARGOED}/index.html False False" in told.read_text("utf-8").splitlines()


def test_where_all_is_made_anew_the_desk_is_read_by_another_process_meanwhile(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    monkeypatch.setattr(making, "_MANY", 1)
    monkeypatch.setattr(workers, "processors", lambda: 2)
    monkeypatch.setattr(workers.Workers, "make", lambda _workers, steps, guard: workers.make_here(steps, guard))
    leaking(monkeypatch, TITLE.encode())
    shutil.rmtree(office_home.site)
    shutil.rmtree(office_home.home / STATE)
    monkeypatch.setattr(withheld, "_of_file", _of_file_elsewhere(os.getpid()))
    made = Making(office_home, Clock(BUILT_AT))
    made.make()
    assert {one.phrase.text for one in made.leaks} == {TITLE}


def _of_file_elsewhere(here: int) -> Callable[..., object]:
    real = withheld._of_file  # noqa: SLF001

    def read(*of: Any) -> object:
        assert os.getpid() != here, "read by the process that plans"
        return real(*of)

    return read


def test_a_leak_elsewhere_holds_up_no_other_file(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking(monkeypatch, TITLE.encode())
    run("build")
    assert (office_home.site / "index.html").is_file()


def test_words_that_are_public_elsewhere_are_no_leak(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = office_home.content / "incidents" / f"{EMBARGOED}.md"
    known = "青年路中段一处两层沿街商铺发生火灾"
    assert any(known in one.read_text("utf-8") for one in office_home.releases.rglob("*.md"))
    draft.write_text(draft.read_text("utf-8") + f"\n{known}\n", "utf-8")
    leaking(monkeypatch, known.encode())
    assert run("build")[0] == 0


def test_the_site_is_the_same_with_and_without_a_hundred_withheld_releases(
    office_home: Settings, tmp_path: Path, clock: Clock
) -> None:
    other = tmp_path / "other"
    shutil.copytree(office_home.home, other)
    text = (office_home.content / f"incidents/{EMBARGOED}.md").read_text("utf-8")
    for number in range(100):
        folder = other / f"content/incidents/2026/mimi-{number % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"fact-{number}.md").write_text(text.replace(TITLE, f"{TITLE}之{number}"), "utf-8")
    for settings in (office_home, read_settings(other)):
        assert build(settings, clock).is_whole
    assert read_files(other / "site") == read_files(office_home.site)


def test_no_field_of_a_withheld_release_reaches_any_file(office_home: Settings, clock: Clock) -> None:
    draft = office_home.content / "incidents" / f"{EMBARGOED}.md"
    head, _, body = draft.read_text("utf-8").partition("\n---\n")
    keys = ("迟发原因", "媒体联系", "标题", "摘要")
    lines = [one for one in head.split("\n") if not one.startswith(keys)]
    marked = [f"{key}: {CANARY.format(key=key)}" for key in keys]
    draft.write_text("\n".join([*lines, *marked, "---", body, CANARY.format(key="正文"), ""]), "utf-8")
    build(office_home, clock)
    escaped = [one.encode() for mark in ("金丝雀", "不得外泄") for one in (mark, json.dumps(mark)[1:-1])]
    shown = read_files(office_home.site)
    assert len(shown) > 100
    assert [path for path, data in shown.items() if any(one in data for one in escaped)] == []


FACT = "2026/taifeng-haixing/fact-9"


@pytest.fixture
def ready(office_home: Settings, run: Run) -> Settings:
    """An urgent fact, approved."""
    known = office_home.content / "incidents/2026/taifeng-haixing/fact-3.md"
    text = known.read_text("utf-8")
    (office_home.content / f"incidents/{FACT}.md").write_text(text, "utf-8")
    assert run("approve", FACT, "--by", "shen-yiheng")[0] == 0
    return office_home


def test_an_editors_copy_of_what_goes_out_blocks_nothing(ready: Settings, run: Run) -> None:
    draft = ready.content / f"incidents/{FACT}.md"
    shutil.copy(draft, draft.with_name("fact-9.md~"))
    assert run("publish", FACT)[0] == 0


def test_a_picture_of_the_theme_on_the_desk_blocks_nothing(ready: Settings, run: Run) -> None:
    shutil.copy(ready.templates / "assets/portal.css", ready.content / "incidents/2026/taifeng-haixing/copy.css")
    assert run("publish", FACT)[0] == 0


def test_another_title_of_the_same_sound_blocks_nothing(ready: Settings, run: Run) -> None:
    folder = ready.content / "incidents/2026"
    public, sounding = "台风海星防御与处置", "台风海星防预与处置"
    other = folder / "qingnianlu-huozai/fact-8.md"
    text = (folder / "qingnianlu-huozai/fact-3.md").read_text("utf-8")
    title = next(line for line in text.splitlines() if line.startswith(("title:", "标题:")))
    slug = ready.content / "pages/about.md"
    slug.write_text(slug.read_text("utf-8") + "\n\ntai-feng-hai-xing-fang-yu-yu-chu-zhi\n", "utf-8")
    other.write_text(text.replace(title, f"title: {sounding}"), "utf-8")
    assert public != sounding
    assert run("build")[0] == 0
    assert "tai-feng-hai-xing-fang-yu-yu-chu-zhi" in (ready.site / "about/index.html").read_text("utf-8")


def test_a_title_that_is_no_phrase_blocks_nothing(ready: Settings, run: Run) -> None:
    draft = ready.content / "incidents" / f"{EMBARGOED}.md"
    draft.write_text(draft.read_text("utf-8").replace(TITLE, ">-\n  另一个题目"), "utf-8")
    assert run("publish", FACT)[0] == 0


def test_a_release_that_explains_a_withheld_one_waits_for_it(office_home: Settings, run: Run) -> None:
    known = next((office_home.content / "incidents").glob("*/*/interpretation-1.md"))
    folder = known.parent
    text = known.read_text("utf-8")
    basis = next(line for line in text.splitlines() if line.startswith(("basis:", "依据:")))
    fact = next(folder.glob("fact-*.md")).read_text("utf-8")
    (folder / "fact-77.md").write_text(fact, "utf-8")
    secret = f"{folder.parent.name}/{folder.name}/fact-77"
    (folder / "interpretation-9.md").write_text(text.replace(basis, f"basis: {secret}"), "utf-8")
    release = f"{folder.parent.name}/{folder.name}/interpretation-9"
    people = (office_home.content / "registry/people.yml").read_text("utf-8")
    assert "lu-wanqing" in people
    run("approve", release, "--by", "lu-wanqing")
    code, shown, _ = run("publish", release)
    assert (code, "G611" in shown) == (1, True)
    assert secret not in (office_home.releases / "ledger.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "[此前通报](https://news.shili.example/releases/2026/qingnianlu-huozai/fact-1/)",
        "[本办邮箱](mailto:press@shili.example)",
        "请订阅 https://news.shili.example/feeds/all.atom 获取更新",
        "示例市政务舆情回应·示例市应急管理办公室",
        "示例市人民政府：示例市政务舆情回应",
    ],
)
def test_a_draft_with_what_the_site_puts_together_blocks_nothing(ready: Settings, run: Run, words: str) -> None:
    draft = ready.content / "incidents" / f"{EMBARGOED}.md"
    draft.write_text(f"{draft.read_text('utf-8')}\n{words}\n", "utf-8")
    assert run("publish", FACT)[0] == 0
    assert run("withdraw", "2026/qingnianlu-huozai/fact-1", "--by", "lu-wanqing", "--reason", "数据有误。")[0] == 0


def test_public_words_are_looked_for_in_every_frozen_text_the_newest_first(office_home: Settings) -> None:
    record = read_record(office_home.releases)
    newest = max(record.state.releases.values(), key=lambda one: one.current.at)
    found = list(_newest_first(office_home.releases, record.events))
    assert found[0] == office_home.releases / newest.current.path
    assert sorted(found) == sorted(office_home.releases.rglob("*.md"))


@pytest.mark.parametrize("is_public", [True, False])
def test_whether_bytes_of_a_picture_are_public_is_looked_for_once(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch, *, is_public: bool
) -> None:
    looked, rglob = list[Path](), Path.rglob

    def counted(folder: Path, pattern: str) -> Iterator[Path]:
        looked.append(folder)
        return rglob(folder, pattern)

    frozen = next(office_home.releases.rglob("*.r1.md")).read_bytes()
    piece = frozen[:64] if is_public else bytes(range(64))
    words = _PublicWords(office_home, (), {})
    leak = Leak("releases/x.jpg", Phrase("现场.jpg", "incidents/2026/x/现场.jpg", piece=piece), "bytes")
    monkeypatch.setattr(Path, "rglob", counted)
    assert words.has(leak) is is_public
    first = len(looked)
    assert words.has(leak) is is_public
    assert (first > 0, len(looked)) == (True, first)
