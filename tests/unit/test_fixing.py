from datetime import datetime
from pathlib import Path

import pytest

from conftest import CHINA
from greenchannel.desk.checking import check
from greenchannel.desk.document import Document
from greenchannel.desk.fixing import apply_edits
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.policies import select
from greenchannel.desk.rules.rule import Context
from greenchannel.domain.diagnostic import Edit

SAMPLE = Path(__file__).parents[2] / "content"
DUE = Edit("deadline", "2026-11-20T09:15+08:00")


def document(path: str) -> Document:
    return next(one for one in read_newsroom(SAMPLE, CHINA).documents if one.path == path)


def test_a_value_is_replaced_and_every_other_line_keeps_its_bytes() -> None:
    before = document("incidents/2026/qingnianlu-huozai/fact-1.md")
    after = apply_edits(before, [DUE]).split("\n")
    changed = [new for old, new in zip(before.source.text.split("\n"), after, strict=True) if old != new]
    assert changed == ["deadline: 2026-11-20T09:15+08:00"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("incidents/2026/qingnianlu-huozai/fact-3.md", "deadline: 2026-11-20T09:15+08:00"),
        ("incidents/2026/chengbei-tingshui/fact-2.md", "截止时间: 2026-11-20T09:15+08:00"),
    ],
)
def test_a_missing_key_is_added_in_the_language_of_the_file(path: str, line: str) -> None:
    before = document(path)
    assert "deadline" not in before.fields
    after = apply_edits(before, [DUE])
    assert line in after.split("\n")
    assert after.replace(line + "\n", "") == before.source.text


MISSPELLED = """---
Title: 关于示例路段积水的情况通报
type: " Fact"
incident: 2026/shili
department: emergency_office
summary: 一
author: zhang-san
deadline: 2026-11-20T09:15+08:00
changes:
  - {Kind: Minor, note: 二}
---
Title: 不是键
"""


def mended(text: str, folder: Path, *, rounds: int) -> str:
    """The text as that many runs of --fix leave it."""
    path = folder / "incidents/2026/shili/fact-1.md"
    path.parent.mkdir(parents=True)
    for _ in range(rounds):
        path.write_text(text, encoding="utf-8")
        newsroom = read_newsroom(folder, CHINA)
        policy = select("regulation", (), newsroom.policies).deciding
        context = Context(newsroom=newsroom, policy=policy, now=datetime(2026, 11, 20, tzinfo=CHINA), appearances={})
        (one,) = (found for found in newsroom.documents if found.path.endswith("fact-1.md"))
        text = apply_edits(one, [found.edit for found in check(context, frozenset({one.path})) if found.edit])
    return text


def test_words_that_are_beyond_doubt_are_respelled_and_nothing_else(tmp_path: Path) -> None:
    right = MISSPELLED.replace("Title: 关", "title: 关").replace('" Fact"', "fact")
    right = right.replace("Kind: Minor", "kind: minor")
    assert mended(MISSPELLED, tmp_path, rounds=3) == right


def test_chinese_colons_after_keys_become_colons(tmp_path: Path) -> None:
    wrong = "---\n标题：通报：积水\nchanges:\n  - 方式： 更正\n---\n正文：原样\n"
    right = "---\n标题: 通报：积水\nchanges:\n  - 方式: 更正\n---\n正文：原样\n"
    assert mended(wrong, tmp_path, rounds=1) == right
