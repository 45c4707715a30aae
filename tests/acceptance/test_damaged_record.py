"""With a record that does not verify nothing goes out, and still the desk tells all that it can."""

import pytest

from conftest import Run
from greenchannel.desk.settings import Settings

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
