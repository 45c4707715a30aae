"""At night there is but one officer: a fact goes out alone, and everybody sees that a second signature is owed."""

import json
from datetime import timedelta

import pytest

from conftest import Clock, Run
from greenchannel import office
from greenchannel.desk.settings import Settings

INCIDENT = "2026/qingnianlu-huozai"
FACT, RESPONSE = f"{INCIDENT}/fact-1", f"{INCIDENT}/response-1"
OFFICER, OTHER, CLERK = "tan-jingxing", "fang-shulan", "he-zhaonan"
PAGE = f"releases/{FACT}/index.html"


pytestmark = pytest.mark.standing


@pytest.fixture
def released(office_home: Settings, run: Run, clock: Clock) -> Settings:
    """A correction of a public fact, written and released by one officer."""
    path = office_home.content / f"incidents/{FACT}.md"
    text = path.read_text("utf-8")
    note = "changes:\n  - kind: correction\n    note: 消防车数量已核正。"
    author = next(line for line in text.split("\n") if line.startswith("author: "))
    path.write_text(text.replace("changes: []", note).replace(author, f"author: {OFFICER}"), "utf-8")
    assert run("approve", FACT, "--by", OFFICER)[0] == 2
    assert run("approve", FACT, "--by", OFFICER, "--on-duty")[0] == 0
    clock.now += timedelta(minutes=1)
    assert run("publish", FACT)[0] == 0
    return office_home


def test_the_officer_is_told_of_the_second_signature_at_each_step(office_home: Settings, run: Run) -> None:
    path = office_home.content / f"incidents/{FACT}.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("changes: []", "changes:\n  - kind: minor\n    note: 改一字。"), "utf-8")
    command = f"greenchannel countersign {FACT} --by PERSON"
    approved, published = run("approve", FACT, "--by", OFFICER, "--on-duty")[1], run("publish", FACT)[1]
    assert approved.splitlines()[-1] == (
        f"another entitled person must sign it within 12 hours of its publication: {command}"
    )
    assert published.splitlines()[1:] == [f"  a second signature is owed by 2026-11-24T22:00:00+08:00: {command}"]


def ledger(office: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()]


def signatures(run: Run) -> list[dict[str, object]]:
    return [one for one in json.loads(run("due", "--format", "json")[1]) if one["duty"] == "second_signature"]


def test_a_clerk_is_not_entitled_by_the_duty_rule(run: Run) -> None:
    code, _, err = run("approve", FACT, "--by", CLERK, "--on-duty")
    assert (code, err) == (
        2,
        "greenchannel: he-zhaonan: not a person entitled to approve (content/registry/people.yml, approves)\n",
    )


def test_the_duty_rule_is_for_facts_alone(run: Run) -> None:
    code, _, err = run("approve", RESPONSE, "--by", OFFICER, "--on-duty")
    assert (code, err) == (2, f"greenchannel: {RESPONSE}: the duty rule is for facts alone\n")


def test_the_record_says_that_one_officer_released_it(released: Settings) -> None:
    assert next(one["on_duty"] for one in reversed(ledger(released)) if one["event"] == "corrected") is True


def test_the_page_says_by_when_the_second_signature_is_owed(released: Settings) -> None:
    page = (released.site / PAGE).read_text("utf-8")
    assert "值班先行发布，应于 2026-11-24 22:01 前由另一人补签" in page


@pytest.mark.usefixtures("released")
def test_the_board_shows_what_is_owed_and_by_when(run: Run) -> None:
    (one,) = signatures(run)
    assert (one["due_at"], one["standing"], one["seconds_left"], one["next"]) == (
        "2026-11-24T22:01:00+08:00",
        "pending",
        12 * 3600,
        f"greenchannel countersign {FACT} --by PERSON",
    )
    assert "second signature, owed since one officer released it on duty · 2026-11-24 22:01+08:00" in run("due")[1]


@pytest.mark.usefixtures("released")
def test_a_second_signature_that_is_late_fails_the_board(run: Run, clock: Clock) -> None:
    before = run("due")[0]
    clock.now += timedelta(hours=12, seconds=1)
    (one,) = signatures(run)
    assert (before, run("due", "--incident", INCIDENT)[0], one["standing"], one["seconds_late"]) == (0, 1, "overdue", 1)


@pytest.mark.parametrize("by", [OFFICER, CLERK])
def test_neither_the_officer_nor_a_clerk_can_give_it(by: str, released: Settings, run: Run) -> None:
    before = ledger(released)
    assert run("countersign", FACT, "--by", by)[0] == 2
    assert ledger(released) == before


@pytest.fixture
def released_twice(released: Settings, run: Run, clock: Clock) -> Settings:
    """And once more, by another officer on another night: each released what the other may sign."""
    path = released.content / f"incidents/{FACT}.md"
    note = "note: 消防车数量已核正。\n  - kind: update\n    note: 道路已恢复通行。"
    text = path.read_text("utf-8").replace("note: 消防车数量已核正。", note)
    path.write_text(text.replace(f"author: {OFFICER}", f"author: {OTHER}"), "utf-8")
    clock.now += timedelta(hours=1)
    assert run("approve", FACT, "--by", OTHER, "--on-duty")[0] == 0
    clock.now += timedelta(minutes=1)
    assert run("publish", FACT)[0] == 0
    return released


@pytest.mark.usefixtures("released_twice")
def test_of_two_revisions_each_officer_signs_that_of_the_other(run: Run, clock: Clock) -> None:
    clock.now += timedelta(minutes=1)
    code, out, _ = run("countersign", FACT, "--by", OTHER)
    first, second = out.splitlines()
    assert (code, first) == (0, f"countersigned {FACT} r2 by {OTHER}")
    assert second.startswith(f"{FACT} r3 still waits, since {OTHER} wrote or released it: ")
    names = second.rpartition(": ")[2].removesuffix(" may sign").split(", ")
    assert (OFFICER in names, OTHER in names, CLERK in names) == (True, False, False)
    assert run("countersign", FACT, "--by", OFFICER)[:2] == (0, f"countersigned {FACT} r3 by {OFFICER}\n")
    assert (signatures(run), run("verify")[0]) == ([], 0)


@pytest.mark.parametrize(
    "command",
    [("approve", FACT), ("countersign", FACT), ("withdraw", FACT, "--reason", "有误。")],
    ids=["approve", "countersign", "withdraw"],
)
def test_an_unknown_person_is_told_so_with_the_nearest_id(run: Run, command: tuple[str, ...]) -> None:
    code, _, err = run(*command, "--by", "tan-jingxin")
    expected = "greenchannel: tan-jingxin: unknown in content/registry/people.yml; did you mean tan-jingxing?\n"
    assert (code, err) == (2, expected)


def test_where_no_id_is_near_all_who_are_entitled_are_named(run: Run) -> None:
    _, _, err = run("approve", FACT, "--by", "q")
    assert (OFFICER in err, CLERK in err) == (True, False)


def test_another_officer_gives_it_once(released: Settings, run: Run, clock: Clock) -> None:
    clock.now += timedelta(hours=2)
    assert run("countersign", FACT, "--by", OTHER)[:2] == (0, f"countersigned {FACT} r2 by {OTHER}\n")
    assert signatures(run) == []
    assert "值班先行发布，2026-11-24 12:01 由另一人补签" in (released.site / PAGE).read_text("utf-8")
    assert run("verify")[0] == 0
    assert run("countersign", FACT, "--by", OTHER)[2] == f"greenchannel: {FACT}: no signature is owed\n"


def test_signing_again_finishes_what_was_interrupted(released: Settings, run: Run, clock: Clock) -> None:
    clock.now += timedelta(hours=2)
    office.countersign(released, FACT, OTHER, clock)
    assert run("countersign", FACT, "--by", OTHER)[:2] == (0, f"finished {FACT}: an earlier run was interrupted\n")
    assert "值班先行发布，2026-11-24 12:01 由另一人补签" in (released.site / PAGE).read_text("utf-8")


def test_who_has_not_signed_finishes_nothing(released: Settings, run: Run, clock: Clock) -> None:
    clock.now += timedelta(hours=2)
    office.countersign(released, FACT, OTHER, clock)
    assert run("countersign", FACT, "--by", "lu-wanqing")[0] == 2
