"""Where lines of the record or texts of an incident do not verify, nothing goes out; the desk tells all that it can."""

from pathlib import Path

import pytest

from conftest import Run
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_record
from greenchannel.desk import seen
from greenchannel.desk.settings import Settings
from greenchannel.portal.maker import maker
from greenchannel.withholding import Guard

FACT = "2026/qingnianlu-huozai/fact-1"
MET_LATER = "2026/taifeng-haixing"
TOLD = {
    "check": "what follows is told by the desk alone; rules that ask the record wait until it verifies\n",
    "due": "what follows is told by the desk, and by the record up to its first bad line\n",
}


@pytest.fixture
def damaged(office_home: Settings) -> Settings:
    """Somebody edited the third line of the ledger."""
    ledger = office_home.releases / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"seq"', b'"sec"')
    ledger.write_bytes(b"".join(lines))
    return office_home


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize("command", ["check", "due"])
def test_what_the_record_lacks_is_said_and_fails(command: str, run: Run) -> None:
    code, _, errors = run(command)
    assert (code, "releases/ledger.jsonl:3: " in errors, errors.endswith(TOLD[command])) == (2, True, True)


@pytest.mark.usefixtures("damaged")
def test_rules_that_ask_the_record_wait(run: Run) -> None:
    assert run("check")[1] == "46 files checked: 0 error(s), 0 warning(s)\n"


def test_a_fault_of_the_desk_is_told_all_the_same(damaged: Settings, run: Run) -> None:
    path = damaged.content / f"incidents/{FACT}.md"
    path.write_text(path.read_text("utf-8").replace("type: fact", "type: fakt"), "utf-8")
    assert " S011 " in run("check")[1]


@pytest.mark.usefixtures("damaged")
def test_the_board_shows_every_duty(run: Run) -> None:
    assert MET_LATER in run("due", "--all")[1]


def test_a_missing_checkpoint_hides_no_line_of_the_board(office_home: Settings, run: Run) -> None:
    before = run("due", "--all")[1]
    (office_home.releases / "checkpoint.json").unlink()
    code, out, errors = run("due", "--all")
    assert (code, out, "verify --repair" in errors) == (2, before, True)


@pytest.mark.usefixtures("damaged")
def test_nothing_is_approved(run: Run) -> None:
    assert run("approve", FACT, "--by", "tan-jingxing")[0] == 2


def test_nothing_is_mended(damaged: Settings, run: Run) -> None:
    path = damaged.content / f"incidents/{FACT}.md"
    path.write_text(path.read_text("utf-8").replace("type: fact", "Type: fact"), "utf-8")
    before = path.read_bytes()
    run("check", "--fix")
    assert path.read_bytes() == before


@pytest.fixture
def glanced(office_home: Settings, run: Run) -> Path:
    """A frozen text that was damaged since the record was found sound by a look at another one."""
    assert run("check", str(office_home.content / f"incidents/{FACT}.md"))[0] == 0
    frozen = office_home.releases / f"{MET_LATER}/fact-1.r1.md"
    frozen.write_bytes(frozen.read_bytes()[:-9])
    return frozen


@pytest.mark.usefixtures("glanced")
def test_a_look_at_another_text_asks_for_no_frozen_file(office_home: Settings, run: Run) -> None:
    assert run("check", str(office_home.content / f"incidents/{FACT}.md"))[0] == 0


@pytest.mark.parametrize("command", [["publish", FACT], ["check"], ["due"], ["build"]], ids=" ".join)
def test_whatever_was_seen_at_a_glance_a_damaged_text_is_told(glanced: Path, command: list[str], run: Run) -> None:
    code, _, errors = run(*command)
    assert (code, f"{glanced.name}: the frozen text is not the one that was released" in errors) == (2, True)


@pytest.mark.parametrize("command", [["publish", FACT], ["publish", FACT, "--dry-run"]], ids=" ".join)
def test_where_the_text_on_the_desk_is_lost_as_well_it_is_told_all_the_same(
    office_home: Settings, glanced: Path, command: list[str], run: Run
) -> None:
    """It was to be found again by its frozen text."""
    (office_home.content / f"incidents/{MET_LATER}/fact-1.md").unlink()
    code, _, errors = run(*command)
    assert (code, f"{glanced.name}: the frozen text is not the one that was released" in errors) == (2, True)


def test_of_a_site_that_tells_something_else_the_damage_of_the_record_is_told(
    office_home: Settings, glanced: Path, run: Run
) -> None:
    copy = office_home.site / "record/ledger.jsonl"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(b"{}\n")
    code, out, errors = run("check", str(office_home.content / f"incidents/{FACT}.md"))
    assert (code, glanced.name in errors, "1 files checked" in out) == (2, True, True)


NEW = "2026/chengbei-tingshui/fact-3"


@pytest.fixture
def approved(office_home: Settings, run: Run) -> Settings:
    """A release that may go out, of a record that was found sound when it was approved."""
    folder = office_home.content / "incidents/2026/chengbei-tingshui"
    text = (folder / "fact-2.md").read_text("utf-8").replace("标题: ", "标题: 续报：")
    (folder / "fact-3.md").write_text(text.replace("变更: []", "迟发原因: 通信中断，恢复后即行发布。"), "utf-8")
    assert run("approve", NEW, "--by", "tan-jingxing")[0] == 0
    return office_home


def damage(settings: Settings, frozen: str) -> None:
    path = settings.releases / frozen
    path.write_bytes(path.read_bytes()[:-9])


def test_nothing_goes_out_beside_a_damaged_text_of_the_same_incident(approved: Settings, run: Run) -> None:
    damage(approved, "2026/chengbei-tingshui/fact-1.r1.md")
    before = (approved.releases / "ledger.jsonl").read_bytes()
    code, out, errors = run("publish", NEW)
    assert (code, out, "the frozen text is not the one that was released" in errors) == (2, "", True)
    assert (approved.releases / "ledger.jsonl").read_bytes() == before


def test_what_is_on_the_record_is_told_where_a_damaged_text_of_another_incident_stops_the_site(
    approved: Settings, run: Run
) -> None:
    damage(approved, f"{MET_LATER}/fact-1.r1.md")
    code, out, errors = run("publish", NEW)
    assert (code, f"on the record: https://news.shili.example/releases/{NEW}/" in out) == (2, True)
    assert "greenchannel verify" in errors
    assert '"2026/chengbei-tingshui/fact-3"' in (approved.releases / "ledger.jsonl").read_text("utf-8")


WITHHELD = "绝密措辞尚未公开的内部判断"


@pytest.mark.parametrize("damaged_text", [f"\n{WITHHELD}。\n".encode(), "市".encode()[:2]], ids=["more", "cut"])
def test_where_the_site_stands_it_is_told_as_well_and_the_guard_learns_nothing_from_it(
    approved: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, damaged_text: bytes
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    assert run("build")[0] == 0
    draft = approved.content / f"incidents/{MET_LATER}/fact-1.md"
    draft.write_text(f"{draft.read_text('utf-8')}\n{WITHHELD}。\n", "utf-8")
    frozen = approved.releases / f"{MET_LATER}/fact-1.r1.md"
    sound = frozen.read_bytes()
    frozen.write_bytes(sound + damaged_text)
    code, out, errors = run("publish", NEW)
    assert (code, f"releases/{NEW}/" in out, f"{MET_LATER}/fact-1.r1.md" in errors) == (2, True, True)
    frozen.write_bytes(sound)
    assert run("build")[0] == 0
    record = read_record(approved.releases)
    with Memory(approved.home, maker()) as memory:
        guard = Guard(approved, record.events, record.state, {}, memory)
        assert guard("x.html", f"<p>{WITHHELD}</p>".encode())


def test_what_goes_onto_the_record_alone_is_told_where_a_text_of_another_incident_is_damaged(
    approved: Settings, run: Run
) -> None:
    damage(approved, f"{MET_LATER}/fact-1.r1.md")
    code, out, errors = run("publish", NEW, "--record-only")
    assert (code, f"recorded https://news.shili.example/releases/{NEW}/" in out) == (2, True)
    assert f"{MET_LATER}/fact-1.r1.md: the frozen text is not the one that was released" in errors
