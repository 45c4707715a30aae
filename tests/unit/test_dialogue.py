"""Questions and answers are marked below their heading and nowhere else; the words stay as they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.dialogue import marked
from greenchannel.portal.markup import render_markdown
from greenchannel.portal.sanitising import plain_text

RECORD = """## 发布内容

**问：** 这里不是问答。

## 答记者问

**示例日报记者：** 起火原因查清了吗？

**谭景行：** 不作推测。

### 关于伤员

- **问**：几人受伤？
- **答**：6人。

## 其他

**问：** 已经结束。
"""


def turns(html: str) -> list[tuple[str, str]]:
    return re.findall(r"<(?:p|li) class=(\w+)><strong>([^<：]*)", html)


def test_those_who_ask_and_those_who_answer_are_told_apart() -> None:
    assert turns(marked(render_markdown(RECORD))) == [
        ("question", "示例日报记者"),
        ("answer", "谭景行"),
        ("question", "问"),
        ("answer", "答"),
    ]


def test_english_records_are_read_too() -> None:
    text = "## Questions and answers\n\n**Daily reporter:** Why?\n\n**A:** Because.\n\n**Q:** When?\n"
    assert turns(marked(render_markdown(text)).replace(":", "：")) == [
        ("question", "Daily reporter"),
        ("answer", "A"),
        ("question", "Q"),
    ]


@pytest.mark.parametrize("text", ["## 基本情况\n\n**问：** 没有标题的问。\n", "**答：** 没有。\n", ""])
def test_a_text_without_the_heading_stays_as_it_is(text: str) -> None:
    html = render_markdown(text)
    assert marked(html) == html


SIGNS = st.text(st.sampled_from("问答：:*<>\"'=&a \n#[]()!"), max_size=60)


@given(SIGNS, SIGNS)
def test_only_the_classes_are_added_whatever_a_text_holds(one: str, other: str) -> None:
    html = render_markdown(f'## 答记者问\n\n{one}\n\n**问：** [x](/y "<p><strong>问：</strong>{other}") ![a](b)\n')
    assert re.sub(r" class=(?:question|answer)(?=><strong>)", "", marked(html)) == html
    assert plain_text(marked(html)) == plain_text(html)
