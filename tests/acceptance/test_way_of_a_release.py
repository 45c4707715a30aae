"""An officer's whole way, typed as an officer types it, in a copy of the sample newsroom."""

import errno
import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conftest import Clock, Run, read_files
from greenchannel import office, outlook
from greenchannel.cli import main
from greenchannel.delivery import delivering
from greenchannel.delivery.memory import Memory
from greenchannel.desk.scaffolds import BACKGROUND
from greenchannel.desk.settings import Settings
from greenchannel.portal.plan import Planned, Stage, given
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme

TITLE = "关于东湖路路灯故障问题的回应"
INCIDENT = "2026/donghulu-ludeng"
RELEASE = f"{INCIDENT}/response-1"
EMBARGOED = "2026/shewai-yanchu/fact-2"
EMBARGOED_TITLE = "示例市2027年国际友城交流活动安排"
WITHDRAWN = "2026/chengbei-tingshui/fact-2"
REASON = "一项数据有误，核实后重新发布。"
FILLED = """## 核实情况

东湖路路灯不亮的情况属实。

## 工作措施

已更换故障电缆。

## 处置结果

当晚恢复照明。

## 下一步安排

对同批次线路进行排查。

## 联系方式

示例市城市管理局：0999-8123527
"""


pytestmark = pytest.mark.standing


def desk(office: Settings, identifier: str = RELEASE) -> Path:
    return office.content / "incidents" / f"{identifier}.md"


def ledger(office: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def written(office_home: Settings, run: Run, clock: Clock) -> Settings:
    """Incident and release are begun and filled in."""
    facts = ("--category", "livelihood", "--theme", "public_works", "--class", "ordinary")
    run("new", "incident", "东湖路路灯故障", *facts, "--slug", "donghulu-ludeng")
    run("new", "release", "response", INCIDENT, "--author", "wen-ruochu")
    path = desk(office_home)
    head = path.read_text("utf-8").partition("\n---\n")[0]
    for empty, full in (("标题:", TITLE), ("摘要:", "情况属实，已恢复照明。"), ("核查结论:", "属实")):
        head = head.replace(f"\n{empty}\n", f"\n{empty} {full}\n")
    path.write_text(f"{head}\n---\n\n{FILLED}", "utf-8")
    incident = path.with_name("incident.md")
    incident.write_text(incident.read_text("utf-8").replace(BACKGROUND["zh"], "东湖路部分路灯夜间不亮。"), "utf-8")
    clock.now += timedelta(hours=1)
    return office_home


@pytest.fixture
def approved(written: Settings, run: Run) -> Settings:
    run("approve", RELEASE, "--by", "fang-shulan")
    return written


@pytest.fixture
def published(approved: Settings, run: Run) -> Settings:
    run("publish", RELEASE)
    return approved


def test_what_was_begun_is_not_yet_complete(run: Run) -> None:
    run("new", "incident", "东湖路路灯故障", "--category", "other", "--class", "ordinary", "--slug", "donghulu-ludeng")
    run("new", "release", "response", INCIDENT, "--author", "wen-ruochu")
    assert run("check", "--format", "text")[0] == 1


def test_what_new_wrote_to_be_replaced_is_no_public_background(written: Settings, run: Run) -> None:
    incident = desk(written).with_name("incident.md")
    incident.write_text(incident.read_text("utf-8").replace("东湖路部分路灯夜间不亮。", BACKGROUND["zh"]), "utf-8")
    code, out, _ = run("check")
    assert (code, " S025 " in out) == (1, True)


def test_what_was_begun_twice_is_not_overwritten(written: Settings, run: Run) -> None:
    facts = ("--category", "other", "--class", "ordinary", "--slug", "donghulu-ludeng")
    before = read_files(written.content)
    assert (run("new", "incident", "另一件事", *facts)[0], read_files(written.content)) == (2, before)


def test_an_author_nobody_knows_is_refused_with_the_nearest_one(written: Settings, run: Run) -> None:
    before = read_files(written.content)
    code, _, err = run("new", "release", "fact", INCIDENT, "--author", "wen-ruocu")
    assert (code, "known: wen-ruochu\n" in err, read_files(written.content)) == (2, True, before)


def test_sarif_keeps_message_and_hint_apart(written: Settings, run: Run) -> None:
    path = desk(written)
    path.write_text(path.read_text("utf-8").replace("wen-ruochu", "wen-ruocu"), "utf-8")
    (found,) = json.loads(run("check", "--format", "sarif")[1])["runs"][0]["results"]
    message, separator, hint = found["message"]["text"].partition(" - ")
    assert (found["ruleId"], bool(message and separator and hint)) == ("P301", True)


@pytest.mark.usefixtures("written")
def test_what_was_filled_in_has_no_errors(run: Run) -> None:
    assert run("check")[:2] == (0, "48 files checked: 0 error(s), 0 warning(s)\n")


@pytest.mark.usefixtures("written")
def test_the_author_cannot_approve(run: Run) -> None:
    assert run("approve", RELEASE, "--by", "wen-ruochu")[0] == 2


def test_an_author_entitled_to_approve_cannot_approve_it_either(written: Settings, run: Run) -> None:
    path = desk(written)
    path.write_text(path.read_text("utf-8").replace("wen-ruochu", "fang-shulan"), "utf-8")
    code, _, err = run("approve", RELEASE, "--by", "fang-shulan")
    assert (code, "another person" in err) == (2, True)


@pytest.mark.usefixtures("written")
def test_what_nobody_approved_is_refused(run: Run) -> None:
    code, out, _ = run("publish", RELEASE)
    assert (code, "G602" in out) == (1, True)


def owed(run: Run) -> tuple[object, ...]:
    found = json.loads(run("due", "--format", "json", "--all", "--incident", INCIDENT)[1])
    one = next(one for one in found if one["duty"] == "response" and not one["advisory"])
    return one["standing"], one["recorded"], one["next"]


@pytest.mark.usefixtures("approved")
def test_what_is_on_the_record_counts_once_readers_can_see_it(run: Run) -> None:
    run("publish", RELEASE, "--record-only")
    before = owed(run)
    run("build")
    assert (before, owed(run)) == (("pending", RELEASE, "greenchannel build"), ("met", None, None))


@pytest.mark.usefixtures("approved")
def test_the_board_says_what_a_release_waits_for(run: Run) -> None:
    run("publish", RELEASE, "--record-only")
    out = run("due", "--incident", INCIDENT)[1]
    assert out.endswith(f"""  {RELEASE} is on the record, but not read back anywhere yet: it counts once readers see it
  -> greenchannel build
""")


@pytest.mark.usefixtures("written")
def test_another_person_approves(run: Run) -> None:
    assert run("approve", str(Path("content/incidents") / f"{RELEASE}.md"), "--by", "fang-shulan")[0] == 0


def test_a_dry_run_changes_nothing(approved: Settings, run: Run) -> None:
    before = read_files(approved.releases)
    assert (run("publish", RELEASE, "--dry-run")[0], read_files(approved.releases)) == (0, before)


def test_publishing_says_what_it_did(approved: Settings, run: Run) -> None:
    code, out, _ = run("publish", RELEASE, "--format", "json")
    digest = sha256((approved.releases / f"{RELEASE}.r1.md").read_bytes()).hexdigest()
    assert (code, json.loads(out)["published"][0]["sha256"]) == (0, digest)


@pytest.mark.parametrize(
    "page",
    [f"releases/{RELEASE}/index.html", f"releases/{INCIDENT}/index.html", "index.html", "types/response/index.html"],
)
def test_a_page_shows_the_title(published: Settings, page: str) -> None:
    assert TITLE in (published.site / page).read_text("utf-8")


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_a_feed_shows_the_title(published: Settings, ending: str) -> None:
    assert TITLE in (published.site / f"feeds/all.{ending}").read_text("utf-8")


def test_the_ledger_has_one_more_published_line(published: Settings) -> None:
    assert [one["event"] for one in ledger(published) if one["id"] == RELEASE] == ["published", "visible"]


def test_the_frozen_text_has_the_digest_of_its_line(published: Settings) -> None:
    line = next(one for one in ledger(published) if one["id"] == RELEASE)
    assert sha256((published.releases / str(line["path"])).read_bytes()).hexdigest() == line["sha256"]


@pytest.mark.usefixtures("published")
def test_the_record_verifies(run: Run) -> None:
    assert run("verify")[:2] == (0, "63 entries, 0 problem(s)\n")


def test_publishing_twice_says_that_it_is_public_and_adds_nothing(published: Settings, run: Run) -> None:
    before = read_files(published.releases)
    code, out, _ = run("publish", RELEASE)
    address = f"https://news.shili.example/releases/{RELEASE}/"
    assert (code, out) == (0, f"public already, as it stands: {address} (r1)\n")
    assert read_files(published.releases) == before


@pytest.mark.usefixtures("approved")
def test_what_was_only_on_the_record_is_told_as_published_by_the_run_that_shows_it(run: Run) -> None:
    run("publish", RELEASE, "--record-only")
    assert run("publish", RELEASE)[1].startswith("published https://news.shili.example/")


@pytest.mark.usefixtures("published")
def test_a_machine_is_told_apart_what_was_public_already(run: Run) -> None:
    told = json.loads(run("publish", RELEASE, "--format", "json")[1])
    assert [list(told[key]) for key in ("published", "refused", "waiting")] == [[], [], []]
    assert [(one["release"], list(one["visible"])) for one in told["unchanged"]] == [(RELEASE, ["site"])]


def test_a_release_that_is_named_twice_is_told_once(approved: Settings, run: Run) -> None:
    path = f"content/incidents/{RELEASE}.md"
    told = json.loads(run("publish", RELEASE, path, "--format", "json")[1])
    assert ([one["release"] for one in told["published"]], told["unchanged"]) == ([RELEASE], [])
    assert len([one for one in ledger(approved) if one["id"] == RELEASE]) == 2


@pytest.mark.usefixtures("approved")
def test_a_dry_run_calls_nothing_published(run: Run) -> None:
    told = json.loads(run("publish", RELEASE, "--dry-run", "--format", "json")[1])
    assert (told["dry_run"], told["published"]) == (True, [])
    assert [(one["release"], one["revision"], "at" in one) for one in told["would_publish"]] == [(RELEASE, 1, False)]


def test_a_dry_run_tells_what_would_be_held_back(approved: Settings, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(site: Site, theme: Theme) -> Iterator[Planned]:
        yield from plan(site, theme)
        yield given(Stage.LIST, "lists/latest.html", f"{EMBARGOED}/ {site.state.entries}".encode())

    monkeypatch.setattr(outlook, "plan", faulty)
    before = read_files(approved.site)
    code, out, err = run("publish", RELEASE, "--dry-run", "--format", "json")
    assert (code, len(json.loads(out)["leaks"])) == (1, 1)
    assert err.startswith(f"site/lists/latest.html: not written, it holds what content/incidents/{EMBARGOED}.md")
    assert read_files(approved.site) == before


def test_a_full_disk_behind_the_record_is_told_and_mended_by_the_same_command(
    approved: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(files: Iterable[tuple[Path, bytes]], **_: Any) -> tuple[Path, ...]:
        raise OSError(errno.ENOSPC, "No space left on device", str(next(path for path, _ in files)))

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "write_files", full)
        code, out, err = run("publish", RELEASE, "--format", "json")
    told = json.loads(out)
    assert (code, list(told["failed"]), [one["visible"] for one in told["published"]]) == (1, ["site"], [{}])
    assert err.startswith("site: ")
    assert "the disk is full; the record keeps what it has" in err
    assert ledger(approved)[-1]["event"] == "published"
    assert run("publish", RELEASE)[0] == 0


def test_a_clean_build_asks_no_memory(
    published: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(_memory: Memory, keys: Iterable[str]) -> None:
        raise AssertionError(*keys)

    assert published.site.is_dir()
    monkeypatch.setattr(Memory, "recall", asked)
    assert run("build", "--clean")[0] == 0


def test_publishing_twice_adds_nothing(published: Settings, run: Run) -> None:
    before = read_files(published.releases) | read_files(published.site)
    run("publish")
    assert read_files(published.releases) | read_files(published.site) == before


def test_publishing_again_finishes_what_was_interrupted(approved: Settings, run: Run, clock: Clock) -> None:
    office.publish(approved, (RELEASE,), clock)  # And there the power went.
    code, out, _ = run("publish", RELEASE, "--format", "json")
    (one,) = json.loads(out)["unchanged"]
    assert (code, one["revision"], list(one["visible"])) == (0, 1, ["site"])


def test_what_was_interrupted_after_its_receipt_is_finished_too(published: Settings, run: Run) -> None:
    (published.site / "feeds/all.atom").unlink()
    code = run("publish", RELEASE)[0]
    assert (code, (published.site / "feeds/all.atom").is_file()) == (0, True)


def test_what_was_read_back_nowhere_is_not_called_published(approved: Settings, run: Run) -> None:
    settings = approved.home / "mkdocs.yml"
    text = settings.read_text("utf-8").replace(
        "    footer:\n", "    targets:\n      www: {directory: ../www}\n    footer:\n"
    )
    settings.write_text(text, "utf-8")
    code, out, _ = run("publish", RELEASE)
    assert (code, out.startswith("on the record, but not read back anywhere yet: ")) == (1, True)


def test_an_edit_after_approval_is_refused(approved: Settings, run: Run) -> None:
    path = desk(approved)
    path.write_text(path.read_text("utf-8").replace("当晚", "次日"), "utf-8")
    code, out, _ = run("publish", RELEASE)
    assert (code, "G603" in out) == (1, True)


def test_an_embargoed_release_is_in_no_byte_of_the_site(published: Settings, run: Run) -> None:
    run("approve", EMBARGOED, "--by", "lu-wanqing")
    run("publish")
    marks = (EMBARGOED.encode(), EMBARGOED_TITLE.encode(), json.dumps(EMBARGOED_TITLE).strip('"').encode())
    assert [path for path, data in read_files(published.site).items() if any(one in data for one in marks)] == []


def test_an_embargoed_release_named_outright_is_refused(run: Run) -> None:
    code, out, _ = run("publish", EMBARGOED)
    assert (code, "G605" in out) == (1, True)


def test_an_embargoed_release_goes_out_at_its_time(office_home: Settings, run: Run, clock: Clock) -> None:
    run("approve", EMBARGOED, "--by", "lu-wanqing")
    clock.now = clock.now.replace(year=2027, month=1, day=5, hour=9)
    run("publish")
    assert EMBARGOED_TITLE in (office_home.site / f"releases/{EMBARGOED}/index.html").read_text("utf-8")


def test_an_approval_says_until_when_an_embargoed_release_waits(run: Run) -> None:
    assert run("approve", EMBARGOED, "--by", "lu-wanqing")[1].partition("\n")[2] == (
        "it waits until 2027-01-05T09:00:00+08:00: greenchannel watch releases it then, "
        f"or you do after that time: greenchannel publish {EMBARGOED}\n"
    )


@pytest.mark.usefixtures("approved")
def test_a_release_that_is_named_twice_is_released_once(run: Run) -> None:
    code, out, _ = run("publish", RELEASE, RELEASE)
    assert (code, out.count("published ")) == (0, 1)


@pytest.mark.parametrize(
    "command", [("publish", RELEASE), ("build",), ("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", "x")]
)
def test_a_torn_ledger_stops_every_change(approved: Settings, run: Run, command: tuple[str, ...]) -> None:
    with (approved.releases / "ledger.jsonl").open("ab") as tail:
        tail.write(b'{"approval":"')
    before = read_files(approved.releases), read_files(approved.site)
    assert (run(*command)[0], read_files(approved.releases), read_files(approved.site)) == (2, *before)


@pytest.fixture
def withdrawn(office_home: Settings, run: Run) -> Settings:
    run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON)
    return office_home


def test_a_withdrawn_page_keeps_its_address_and_says_why(withdrawn: Settings) -> None:
    assert REASON in (withdrawn.site / f"releases/{WITHDRAWN}/index.html").read_text("utf-8")


@pytest.mark.usefixtures("withdrawn")
def test_withdrawing_twice_is_an_error(run: Run) -> None:
    assert run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON)[0] == 2


def test_withdrawing_again_finishes_what_was_interrupted(office_home: Settings, run: Run, clock: Clock) -> None:
    office.withdraw(office_home, WITHDRAWN, REASON, "fang-shulan", clock)
    code, out, _ = run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON)
    assert (code, out) == (0, f"finished {WITHDRAWN}: an earlier run was interrupted\n")
    assert REASON in (office_home.site / f"releases/{WITHDRAWN}/index.html").read_text("utf-8")


def test_withdrawing_again_for_another_reason_is_an_error(office_home: Settings, run: Run, clock: Clock) -> None:
    office.withdraw(office_home, WITHDRAWN, REASON, "fang-shulan", clock)
    assert run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", "x")[0] == 2


@pytest.mark.usefixtures("withdrawn")
def test_the_record_of_a_withdrawal_verifies(run: Run) -> None:
    assert run("verify")[0] == 0


def test_the_record_keeps_who_withdrew_what_and_why(withdrawn: Settings) -> None:
    kept = (withdrawn.releases / f"{WITHDRAWN}.r1.withdrawal.json").read_bytes()
    line, text = ledger(withdrawn)[-1], (withdrawn.releases / f"{WITHDRAWN}.r1.md").read_bytes()
    assert json.loads(kept) == {
        "at": "2026-11-24T10:00:00+08:00",
        "by": "fang-shulan",
        "department": "urban_management",
        "reason": REASON,
        "release": WITHDRAWN,
        "revision": 1,
        "sha256": sha256(text).hexdigest(),
    }
    assert (line["event"], line["withdrawal"]) == ("withdrawn", sha256(kept).hexdigest())


def test_the_public_is_not_told_which_person_withdrew(withdrawn: Settings) -> None:
    shown = {path: data for path, data in read_files(withdrawn.site).items() if not path.startswith("handbook/")}
    assert [path for path, data in shown.items() if b"fang-shulan" in data] == []


def test_another_person_of_the_department_finishes_no_withdrawal(office_home: Settings, run: Run, clock: Clock) -> None:
    people = office_home.content / "registry/people.yml"
    moved = people.read_text("utf-8").replace("department: gov_office", "department: urban_management", 1)
    people.write_text(moved, "utf-8")  # The first one is shen-yiheng.
    office.withdraw(office_home, WITHDRAWN, REASON, "fang-shulan", clock)
    assert run("withdraw", WITHDRAWN, "--by", "shen-yiheng", "--reason", REASON)[0] == 2


def test_a_time_in_a_message_is_told_to_the_second(office_home: Settings, run: Run, clock: Clock) -> None:
    clock.now = clock.now.replace(microsecond=123456)
    office.withdraw(office_home, WITHDRAWN, REASON, "fang-shulan", clock)
    err = run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", "x")[2]
    assert err == f"greenchannel: {WITHDRAWN}: withdrawn already at 2026-11-24T10:00:00+08:00\n"


def test_a_dry_run_of_a_withdrawal_says_what_would_become_public_and_changes_nothing(
    office_home: Settings, run: Run
) -> None:
    run("build")
    before = read_files(office_home.home)
    code, out, err = run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON, "--dry-run")
    first, *named, _ = out.splitlines()
    base = "https://news.shili.example/"
    assert (code, err, read_files(office_home.home)) == (0, "", before)
    assert first == f"would withdraw {base}releases/{WITHDRAWN}/ (r1) in the name of urban_management: {REASON}"
    run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON)
    after = read_files(office_home.home)
    public = (path for path in after if path.startswith("site/") and not path.startswith("site/search/index/"))
    changed = {path for path in public if after[path] != before.get(path)}
    foretold = {one.split(base)[1] for one in named}
    shown = {one.removeprefix("site/").removesuffix("index.html") for one in changed}
    assert foretold == shown


def test_a_dry_run_refuses_what_the_withdrawal_would(withdrawn: Settings, run: Run) -> None:
    before = read_files(withdrawn.home)
    code, out, err = run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", REASON, "--dry-run")
    assert (code, out, "withdrawn already" in err, read_files(withdrawn.home)) == (2, "", True, before)


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_withdrawn_without_a_reason(office_home: Settings, run: Run, reason: str) -> None:
    before = read_files(office_home.releases)
    code, _, err = run("withdraw", WITHDRAWN, "--by", "fang-shulan", "--reason", reason)
    assert (code, "give a reason" in err, read_files(office_home.releases)) == (2, True, before)


def test_without_arguments_it_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])
    shown = capsys.readouterr()
    assert (code, "publish" in shown.out + shown.err) == (2, True)
