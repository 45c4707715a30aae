from pathlib import Path

import pytest

from conftest import CHINA
from greenchannel.desk.fixing import apply_edits
from greenchannel.desk.newsroom import Document, read_newsroom
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
