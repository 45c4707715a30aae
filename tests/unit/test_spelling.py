"""Keys in messages are spelled in the language of the file, and of the newsroom where a file has none."""

from pathlib import Path

import pytest

from conftest import CHINA
from greenchannel.desk.document import Document
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.spelling import spelling
from greenchannel.domain.message import keys, message


def document(folder: Path, front: str) -> Document:
    path = folder / "incidents/2026/shili/incident.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{front}---\n", "utf-8")
    return next(one for one in read_newsroom(folder, CHINA).documents if one.path.endswith("incident.md"))


@pytest.mark.parametrize(
    ("front", "spelled"),
    [
        ("title: 一\ncategory: other\n", "lead"),
        ("标题: 一\ncategory: other\n类别: 其他\n", "牵头部门"),
        ("标题: 一\n类别: 其他\n'lead':\n", "lead"),
        ("", "牵头部门"),
    ],
    ids=["english", "chinese with an english key", "as it stands there", "the newsroom's"],
)
def test_a_key_is_spelled_as_its_file_would_spell_it(tmp_path: Path, front: str, spelled: str) -> None:
    assert spelling(document(tmp_path, front), "zh")("lead") == spelled


def test_keys_within_a_message_of_a_message_are_spelled_too() -> None:
    inner = message("correct {lead}", **keys("lead"))
    assert str(message("{inner}; {count}", inner=inner, count=1).spelled(str.upper)) == "correct LEAD; 1"
