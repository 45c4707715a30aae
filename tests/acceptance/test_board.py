"""The board and its kin as an officer types them: due, classify, route, policy."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from icalendar import Calendar

from conftest import Run
from greenchannel.desk.settings import Settings

FIRE = "2026/qingnianlu-huozai"
TWELVE_HOURS = """id: shili-2026
title: 示例市内部时限
jurisdiction: 示例市
instrument: 示例市政务舆情回应办法
verified: yes
rules:
  - id: response
    duty: response
    applies: others
    within: 12小时
    clock: [claimed_at, detected_at]
    force: at_latest
    basis: 其他政务舆情应在12小时内予以回应。
"""


def set_policy(office: Settings, text: str) -> None:
    path = office.home / "mkdocs.yml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("    advisory:")]
    kept = [f"    {text}" if line.startswith("    policy:") else line for line in lines]
    path.write_text("\n".join(kept) + "\n", "utf-8")


def begin(run: Run, category: str = "other", level: str = "ordinary", *more: str) -> str:
    run("new", "incident", "东湖路路灯故障", "--category", category, "--class", level, "--slug", "donghulu", *more)
    return "2026/donghulu"


def owed(run: Run, *argv: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("due", "--format", "json", *argv)[1])
    return found


def test_the_board_says_what_is_owed_and_what_to_type_next(run: Run) -> None:
    incident = begin(run)
    assert run("due", "--incident", incident) == (
        0,
        """2 d 0:00:00 left  东湖路路灯故障 (2026/donghulu)
  作出回应 response · 最迟 2026-11-26 10:00+08:00
  clock: 认领时间 claimed_at 2026-11-24 10:00+08:00
  basis: 对其他政务舆情应在48小时内予以回应，并根据工作进展情况，持续发布权威信息。 (regulation)
  met by: the first response that the public can see, or a conference that is held
  responsible: 示例市人民政府办公室
  -> greenchannel new release response 2026/donghulu
[advice cn-2016-80] 2 d 0:00:00 left  东湖路路灯故障 (2026/donghulu)
  作出回应 response · 最迟 2026-11-26 10:00+08:00
  clock: 发现时间 detected_at 2026-11-24 10:00+08:00
  basis: 其他政务舆情应在48小时内予以回应（沿用国办发〔2016〕61号）。 (cn-2016-80)
  met by: the first response that the public can see, or a conference that is held
  responsible: 示例市人民政府办公室
  -> greenchannel new release response 2026/donghulu
""",
        "",
    )


def test_a_second_late_ends_with_one(run: Run) -> None:
    begin(run)
    codes = [run("due", "--at", f"2026-11-26T10:00:0{second}+08:00")[0] for second in (0, 1)]
    assert codes == [0, 1]


def test_another_policy_never_decides(run: Run, office_home: Settings) -> None:
    incident = begin(run, "emergency", "serious")
    path = office_home.content / f"incidents/{incident}/incident.md"
    path.write_text(path.read_text("utf-8").replace("发现时间: 2026-11-24", "发现时间: 2026-11-23"), "utf-8")
    code = run("due", "--incident", incident)[0]
    late = [one for one in owed(run, "--incident", incident) if one["standing"] == "overdue"]
    assert (code, {one["policy"] for one in late}) == (0, {"cn-2016-80"})


def test_the_most_urgent_duty_comes_first_and_advice_after_it(run: Run) -> None:
    begin(run, "emergency", "serious", "--casualties")
    shown = [(one["duty"], one["policy"]) for one in owed(run) if one["policy"] == "regulation"]
    assert shown[:2] == [("fact", "regulation"), ("conference", "regulation")]
    assert {duty for duty, _ in shown[2:]} == {"update"}


def test_all_shows_what_was_met_and_what_was_late(run: Run) -> None:
    found = {one["standing"] for one in owed(run, "--all") if one["policy"] == "regulation"}
    assert {"met", "late"} <= found


def test_one_department_sees_its_own(run: Run) -> None:
    found = {one["department"] for one in owed(run, "--all", "--department", "emergency_office")}
    assert found == {"emergency_office"}


def test_the_day_alone_leaves_it_open_and_shows_both_readings(run: Run, office_home: Settings) -> None:
    incident = begin(run)
    path = office_home.content / f"incidents/{incident}/incident.md"
    text = path.read_text("utf-8").replace("认领时间: 2026-11-24T10:00+08:00", "认领时间: 2026-11-22")
    path.write_text(text.replace("发现时间: 2026-11-24T10:00+08:00", "发现时间: 2026-11-22"), "utf-8")
    _, out, _ = run("due", "--incident", incident)
    assert out.splitlines()[0] == (
        "cannot be determined: 时间只精确到日 (day_only); strictly: OVERDUE by 10:00:00; "
        "leniently: 13:59:59 left  东湖路路灯故障 (2026/donghulu)"
    )


def test_a_missing_class_leaves_the_hour_open(run: Run, office_home: Settings) -> None:
    incident = begin(run)
    path = office_home.content / f"incidents/{incident}/incident.md"
    path.write_text(path.read_text("utf-8").replace("等级: 一般\n", ""), "utf-8")
    found = {one["duty"]: one.get("doubt") for one in owed(run, "--incident", incident)}
    assert (found["fact"], found["response"]) == ("class_missing", "class_missing")


def test_a_broken_incident_is_told_and_the_rest_is_shown(run: Run, office_home: Settings) -> None:
    incident = begin(run)
    path = office_home.content / f"incidents/{incident}/incident.md"
    path.write_text(path.read_text("utf-8").replace("类别: 其他", "类别: 天气"), "utf-8")
    code, out, _ = run("due")
    assert code == 1
    assert f"content/incidents/{incident}/incident.md: cannot be understood" in out
    assert FIRE in out


def test_an_unknown_policy_is_named_with_its_place(run: Run, office_home: Settings) -> None:
    set_policy(office_home, "policy: cn-2016-08")
    code, out, _ = run("check")
    assert code == 1
    lines = (office_home.home / "mkdocs.yml").read_text("utf-8").splitlines()
    number = 1 + lines.index("    policy: cn-2016-08")
    assert out.startswith(f"mkdocs.yml:{number}:13: T120 unknown policy cn-2016-08\n")
    assert "did you mean cn-2016-80?" in out


def test_with_an_unknown_policy_the_board_still_shows_the_regulation(run: Run, office_home: Settings) -> None:
    set_policy(office_home, "policy: cn-2016-08")
    incident = begin(run)
    _, out, _ = run("due", "--incident", incident)
    assert out.startswith("mkdocs.yml: unknown policy cn-2016-08; regulation decides (cn-2016-80?)\n2 d 0:00:00 left")


def test_a_policy_of_the_newsroom_decides_when_it_is_named(run: Run, office_home: Settings) -> None:
    folder = office_home.content / "registry/policies"
    folder.mkdir()
    (folder / "shili-2026.yml").write_text(TWELVE_HOURS, "utf-8")
    set_policy(office_home, "policy: shili-2026")
    incident = begin(run)
    assert run("check")[1].count("T120") == 0
    assert [one["due_at"] for one in owed(run, "--incident", incident)] == ["2026-11-24T22:00:00+08:00"]


@pytest.mark.parametrize("within", ["PT0H", "-PT1H", "PT9999999H", "1小時", "P400D", "48:00"])
def test_an_absurd_limit_is_a_fault_with_its_place(run: Run, office_home: Settings, within: str) -> None:
    folder = office_home.content / "registry/policies"
    folder.mkdir()
    (folder / "shili-2026.yml").write_text(TWELVE_HOURS.replace("12小时\n", f"{within}\n", 1), "utf-8")
    code, out, _ = run("check")
    assert code == 1
    assert "content/registry/policies/shili-2026.yml:10:13: S011" in out


def test_the_calendar_has_each_open_duty_with_alarms(run: Run) -> None:
    begin(run, "emergency", "serious", "--casualties")
    code, out, _ = run("due", "--format", "ics", "--incident", "2026/donghulu")
    events = Calendar.from_ical(out).walk("VEVENT")
    assert code == 0
    assert {str(one["uid"]): len(one.walk("VALARM")) for one in events} == {
        "2026/donghulu/regulation/fact@news.shili.example": 2,
        "2026/donghulu/regulation/conference@news.shili.example": 3,
        "2026/donghulu/cn-2016-80/fact@news.shili.example": 0,
        "2026/donghulu/cn-2016-80/conference@news.shili.example": 0,
    }
    assert events[0].decoded("dtstart").isoformat() == "2026-11-24T03:00:00+00:00"


def test_a_calendar_keeps_to_the_line_length_of_its_standard(office_home: Settings) -> None:
    command = [sys.executable, "-m", "greenchannel", "--home", str(office_home.home), "due", "--format", "ics"]
    data = subprocess.run(command, capture_output=True, check=False).stdout
    lines = data.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)


def read_until(screen: int, wanted: str, seconds: float = 20) -> str:
    seen, until = "", time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < until:
        if select.select([screen], [], [], 0.2)[0]:
            seen += os.read(screen, 65_536).decode("utf-8", "replace")
    assert wanted in seen
    return seen


def drain(screen: int, watching: subprocess.Popen[bytes]) -> None:
    """A terminal that nobody reads blocks whoever writes to it."""
    until = time.monotonic() + 20
    while watching.poll() is None and time.monotonic() < until:
        if select.select([screen], [], [], 0.2)[0]:
            os.read(screen, 65_536)


def test_watching_shows_what_changes_and_ends_quietly(office_home: Settings, run: Run) -> None:
    incident = begin(run)
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "greenchannel", "--home", str(office_home.home), "--lang", "en", "due", "--watch",
               "--incident", incident]  # fmt: skip
    watching = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True)
    try:
        read_until(screen, "东湖路路灯故障")
        path = office_home.content / f"incidents/{incident}/incident.md"
        path.write_text(path.read_text("utf-8").replace("东湖路路灯故障", "西湖路路灯故障"), "utf-8")
        read_until(screen, "西湖路路灯故障")
        watching.send_signal(signal.SIGINT)
        drain(screen, watching)
        assert watching.wait(10) == 0
    finally:
        watching.kill()
        watching.wait()
        os.close(terminal)
        os.close(screen)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (("--deaths", "2"), "ordinary"),
        (("--deaths", "3"), "major"),
        (("--deaths", "9"), "major"),
        (("--deaths", "10"), "serious"),
        (("--deaths", "29"), "serious"),
        (("--deaths", "30"), "particularly_serious"),
        (("--serious-injuries", "9"), "ordinary"),
        (("--serious-injuries", "10"), "major"),
        (("--serious-injuries", "49"), "major"),
        (("--serious-injuries", "50"), "serious"),
        (("--serious-injuries", "99"), "serious"),
        (("--serious-injuries", "100"), "particularly_serious"),
        (("--loss", "9999999"), "ordinary"),
        (("--loss", "1000万元"), "major"),
        (("--loss", "4999.9999万元"), "major"),
        (("--loss", "5000万元"), "serious"),
        (("--loss", "9999万元"), "serious"),
        (("--loss", "1亿元"), "particularly_serious"),
        (("--deaths", "0", "--serious-injuries", "11", "--loss", "0.6亿元"), "serious"),
    ],
)
def test_any_one_figure_suffices_and_the_number_is_included(run: Run, figures: tuple[str, ...], expected: str) -> None:
    code, out, _ = run("classify", *figures, "--format", "json")
    assert (code, json.loads(out)["class"]) == (0, expected)


def test_a_class_is_proposed_with_its_clause(run: Run) -> None:
    assert run("classify", "--deaths", "10") == (
        0,
        (
            "重大 (serious)\n国务院令第493号《生产安全事故报告和调查处理条例》第三条第二项: deaths\n"
            "a proposal: the officer confirms it in class: serious\n"
        ),
        "",
    )


@pytest.mark.parametrize("arguments", [(), ("--loss", "很多"), ("--deaths", "-1")])
def test_without_a_figure_nothing_is_proposed(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("classify", *arguments)[0] == 2


@pytest.mark.parametrize(
    ("asked", "lead"),
    [
        (("public_sentiment",), "petitions"),
        (("external_publicity",), "publicity"),
        (("social_stability",), "public_security"),
        (("foreign_related",), "foreign_affairs"),
        (("emergency",), "emergency_office"),
        (("other",), "gov_office"),
        (("livelihood", "--theme", "education"), "education"),
        (("livelihood", "--theme", "food_drug_safety"), "market_supervision"),
    ],
)
def test_the_routing_table_names_lead_and_copies(run: Run, asked: tuple[str, ...], lead: str) -> None:
    found = json.loads(run("route", *asked, "--format", "json")[1])
    assert (found["lead"], found["cc"]) == (lead, ["openness_office", "info_office", "cyberspace_office"])


def test_after_a_reform_the_successor_leads(run: Run, office_home: Settings) -> None:
    path = office_home.content / "registry/departments.yml"
    text = path.read_text("utf-8")
    assert text.count("- id: petitions\n") == 1
    ended = "- id: petitions\n  valid_to: 2027-03-31\n  successor: gov_office\n"
    path.write_text(text.replace("- id: petitions\n", ended), "utf-8")
    leads = [
        json.loads(run("route", "public_sentiment", "--format", "json", "--at", at)[1])["lead"]
        for at in ("2027-03-31T23:59+08:00", "2027-04-01T00:00+08:00")
    ]
    assert leads == ["petitions", "gov_office"]


def test_the_policies_are_listed_with_their_parts(run: Run) -> None:
    found = {one["id"]: one["role"] for one in json.loads(run("policy", "list", "--format", "json")[1])}
    assert (found["regulation"], found["cn-2016-80"], found["guizhou-2014"]) == ("deciding", "advisory", None)


def test_a_policy_is_shown_with_the_words_it_rests_on(run: Run) -> None:
    _, out, _ = run("policy", "show", "guizhou-2014")
    assert "  发布事实类信息 fact · 最迟 within 3 h\n    applies to: 特别重大、重大\n" in out
    assert "    clock: 发生时间 occurred_at\n" in out
    assert "wording not verified" in out


def test_an_unknown_policy_cannot_be_shown(run: Run) -> None:
    assert run("policy", "show", "nowhere")[0] == 2


def test_shipped_policies_can_be_read_from_the_package() -> None:
    folder = Path(__file__).parents[2] / "tooling/greenchannel/policies"
    assert len(list(folder.glob("*.yml"))) >= 11


@pytest.mark.parametrize("option", ["--incident", "--department"])
def test_of_a_name_that_nobody_knows_the_board_does_not_say_that_nothing_is_owed(run: Run, option: str) -> None:
    code, out, err = run("due", option, "nowhere")
    assert (code, out) == (2, "")
    assert "nowhere: not on the desk" in err
