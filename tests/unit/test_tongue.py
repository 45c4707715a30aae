"""Chinese words on an English page are marked, once, and nothing else is touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.tongue import marked


def span(text: str) -> str:
    return f'<span lang="zh-CN">{text}</span>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>No Chinese here.</p>", "<p>No Chinese here.</p>"),
        ("<p>Reason: 数据有误。</p>", f"<p>Reason: {span('数据有误。')}</p>"),
        ("<p>《关于20厘米积水的通报》 (in Chinese)</p>", f"<p>{span('《关于20厘米积水的通报》')} (in Chinese)</p>"),
        ("<p>按 A 类 B</p>", f"<p>{span('按')} A {span('类')} B</p>"),
        ("<p>甲&amp;乙</p>", f"<p>{span('甲')}&amp;{span('乙')}</p>"),
        ('<a title="说明" href="/x">甲</a>', f'<a title="说明" href="/x">{span("甲")}</a>'),
        ('<a title="a>b 甲">乙</a>', f'<a title="a>b 甲">{span("乙")}</a>'),
        ("<title>标题_Site</title><p>甲</p>", f"<title>标题_Site</title><p>{span('甲')}</p>"),
        ('<div lang="zh-CN"><p>甲<br>乙<img src="x"></p></div>丙',
         f'<div lang="zh-CN"><p>甲<br>乙<img src="x"></p></div>{span("丙")}'),
        ('<span lang="zh-CN">中<span>文</span>字</span>', '<span lang="zh-CN">中<span>文</span>字</span>'),
        ('<option value="x">甲部门</option>', '<option lang="zh-CN" value="x">甲部门</option>'),
        ('<p lang="en">甲</p>', f'<p lang="en">{span("甲")}</p>'),
        ("<!-- 甲 --><p>1 < 2 乙</p>", f"<!-- 甲 --><p>1 < 2 {span('乙')}</p>"),
    ],
)  # fmt: skip
def test_what_is_chinese_is_marked(page: str, expected: str) -> None:
    assert marked(page) == expected


@given(text=st.text(st.sampled_from("甲乙ab 1。《》<&>\n")), repeats=st.integers(1, 3))
def test_marking_adds_spans_alone_and_marks_nothing_twice(text: str, repeats: int) -> None:
    page = f"<p>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>" * repeats
    once = marked(page)
    assert once.replace('<span lang="zh-CN">', "").replace("</span>", "") == page
    assert marked(once) == once
    outside = re.sub(r'<span lang="zh-CN">.*?</span>', "", once, flags=re.DOTALL)
    assert not re.search("[甲乙]", outside)
