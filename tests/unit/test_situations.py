"""Situations that a lawyer can read, row by row, held against the clock: tests/golden/situations.csv.

The limits in it are those of the instruments, the due times were reckoned from them and not taken from our code.
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import CHINA
from greenchannel.desk.policies import select
from greenchannel.domain.incident import EarlierClass, Incident
from greenchannel.domain.moment import Moment, read_moment
from greenchannel.domain.timing import Appearance, Late, Met, Overdue, Pending, Undetermined, obligations, standing
from greenchannel.domain.vocabulary import Category, Duty, IncidentClass, ReleaseType

Row = dict[str, str]
TABLE = Path(__file__).parents[1] / "golden/situations.csv"
ROWS: list[Row] = list(csv.DictReader(TABLE.read_text("utf-8-sig").splitlines()))
CLASSES = {one.zh: one for one in IncidentClass}
TYPES = {one.zh: one for one in ReleaseType}
DUTIES = {one.zh: one for one in Duty}


def moment(text: str) -> Moment | None:
    return read_moment(text, CHINA) if text else None


def incident(row: Row) -> Incident:
    earlier = (pair.split(" ") for pair in row["曾定等级"].split("|") if pair)
    return Incident(
        id="2026/shili",
        title="示例",
        category=Category.EMERGENCY,
        lead="emergency_office",
        incident_class=CLASSES[row["等级"]] if row["等级"] else None,
        casualties=row["造成重大人员伤亡"] == "是",
        wide_impact=row["社会影响较大"] == "是",
        earlier_classes=tuple(EarlierClass(CLASSES[name], datetime.fromisoformat(at)) for name, at in earlier),
        occurred_at=moment(row["发生时间"]),
        detected_at=moment(row["发现时间"]),
        claimed_at=moment(row["认领时间"]),
    )


def appearance(text: str) -> Appearance:
    name, kind, at, *held = text.split(" ")
    return Appearance(
        release=name,
        type=TYPES[kind],
        published_at=datetime.fromisoformat(at),
        visible_at=datetime.fromisoformat(at),
        held_at=moment(held[1]) if held else None,
    )


def found(row: Row) -> tuple[str, str, str]:
    """Due time, standing in words, seconds."""
    policy, now = select(row["规则"], (), {}).deciding, datetime.fromisoformat(row["现在"])
    shown = tuple(appearance(one) for one in row["发布"].split("|") if one)
    duty = DUTIES[row["职责"]]
    owed = [one for one in obligations(incident(row), policy, shown) if one.duty is duty]
    if not owed:
        return "", "无此职责", ""
    (one,) = owed
    due = one.due_at.isoformat() if one.due_at else ""
    match standing(one, shown, now):
        case Met(margin=span):
            return due, "按时", seconds(span)
        case Late(late=span):
            return due, "逾时", seconds(span)
        case Pending(left=span):
            return due, "尚待履行", seconds(span)
        case Overdue(late=span):
            return due, "超期未履行", seconds(span)
        case Undetermined():
            return due, "不能判定", ""


def seconds(span: timedelta) -> str:
    return str(int(span.total_seconds()))


@pytest.mark.parametrize("row", ROWS, ids=[f"{one['编号']}-{one['规则']}" for one in ROWS])
def test_a_situation_stands_as_the_table_says(row: Row) -> None:
    assert found(row) == (row["时限"], row["结果"], row["秒数"]), row["情形"]


def test_the_table_covers_every_policy_and_every_standing() -> None:
    assert len(ROWS) >= 120
    assert len({row["规则"] for row in ROWS}) == 11
    assert {row["结果"] for row in ROWS} == {"按时", "逾时", "尚待履行", "超期未履行", "不能判定", "无此职责"}
