"""Whatever yaml and pydantic object to is told in our words, each in its own."""

import pytest

from greenchannel.desk.frontmatter import FaultKind, read_document
from greenchannel.domain.message import Message
from greenchannel.translation import translator


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("title: 一: 二", "a second colon stands in this line; put the value in quotes"),
        ("title: 一\n二", "a line has no colon after its key"),
        ("title: @一", "a value that begins with this sign must stand in quotes"),
        ("cc: [一, 二", "the bracket [ is not closed, or a comma is missing"),
        ("source: {kind: 一", "the brace { is not closed, or a comma is missing"),
        ('title: "一', "a quotation mark is not closed"),
        ("title: 一\n  - 二: 三\n cc: 四", "a second colon stands in this line; put the value in quotes"),
        ("cc:\n  - 一\n - 二", "this line is indented otherwise than those above, or a quotation mark is missing"),
        ("title: - 一", "a list begins on a line of its own, each entry with - and a blank"),
        ("? {一: 二}\n: 三", "a key must be a single word"),
        ("- 一", "a mapping of keys to values is expected here"),
    ],
)
def test_what_yaml_objects_to_is_told_in_plain_words(line: str, words: str) -> None:
    (fault,) = read_document(f"---\n{line}\n---\n".encode()).faults
    assert (fault.kind, str(fault.suggestion)) == (FaultKind.SYNTAX, words)


def test_the_words_have_a_chinese_form() -> None:
    (fault,) = read_document(b"---\ncc: [1\n---\n").faults
    assert isinstance(fault.suggestion, Message)
    assert fault.suggestion.in_language(translator("zh")) == "方括号 [ 没有配对，或缺少逗号"
