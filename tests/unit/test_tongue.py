"""Chinese words on an English page are marked, once, and nothing else is touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.tongue import led, marked


def span(text: str) -> str:
    return f'<span lang="zh-CN">{text}</span>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>No Chinese here.</p>", "<p>No Chinese here.</p>"),
        ("<p>Reason: 数据有误。</p>", f"<p>Reason: {span('数据有误。')}</p>"),
        ("<p>《关于20厘米积水的通报》 (in Chinese)</p>", f"<p>{span('《关于20厘米积水的通报》')} (in Chinese)</p>"),
        ("<p>按 A 类 B</p>", f"<p>{span('按')} A {span('类')} B</p>"),
        ("<p>甲&amp;乙</p>", f"<p>{span('甲&amp;乙')}</p>"),
        ("<li> 6名受伤人员（3人重伤）已送医。 </li>", f"<li> {span('6名受伤人员（3人重伤）已送医。')} </li>"),
        ("<dd>谭景行 (副主任、新闻发言人)</dd>", f"<dd>{span('谭景行 (副主任、新闻发言人)')}</dd>"),
        ("<p>Reason: 6月1日 12:00 停水 by hand</p>", f"<p>Reason: {span('6月1日 12:00 停水')} by hand</p>"),
        ("<p>New (on: 甲)</p>", f"<p>New (on: {span('甲')})</p>"),
        ("<p>甲: version 2, 3</p>", f"<p>{span('甲')}: version 2, 3</p>"),
        ("<p>按GPS定位 (Office)</p>", f"<p>{span('按GPS定位')} (Office)</p>"),
        ("<p>5 &#39;甲&#39; 6</p>", f"<p>{span('5 &#39;甲&#39; 6')}</p>"),
        ('<a title="说明" href="/x">甲</a>', f'<a title="说明" href="/x">{span("甲")}</a>'),
        ('<a title="a>b 甲">乙</a>', f'<a title="a>b 甲">{span("乙")}</a>'),
        ("<title>标题_Site</title><p>甲</p>", f"<title>标题_Site</title><p>{span('甲')}</p>"),
        ('<div lang="zh-CN"><p>甲<br>乙<img src="x"></p></div>丙',
         f'<div lang="zh-CN"><p>甲<br>乙<img src="x"></p></div>{span("丙")}'),
        ('<span lang="zh-CN">中<span>文</span>字</span>', '<span lang="zh-CN">中<span>文</span>字</span>'),
        ('<option value="x">甲部门</option>', '<option lang="zh-CN" value="x">甲部门</option>'),
        ('<p lang="en">甲</p>', f'<p lang="en">{span("甲")}</p>'),
        ("<!-- 甲 --><p>1 < 2 乙</p>", f"<!-- 甲 --><p>{span('1 < 2 乙')}</p>"),
    ],
)  # fmt: skip
def test_what_is_chinese_is_marked(page: str, expected: str) -> None:
    assert marked(page) == expected


@pytest.mark.parametrize(
    ("address", "is_chinese"),
    [
        ("/", True), ("/departments/housing/", True), ("/releases/2026/x/r1/#at", True), ("#main", False),
        ("/en/", False), ("/en/types/fact/", False), ("/subscribe/en/", False), ("/feeds/all.rss", False),
        ("//elsewhere.example/", False), ("https://elsewhere.example/", False), ("/record/ledger.jsonl", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("root", ["/", "/news/"])
def test_a_link_to_a_page_in_chinese_says_so(root: str, address: str, *, is_chinese: bool) -> None:
    there = root + address[1:] if re.match("/(?!/)", address) else address
    english = (f"{root}en/", f"{root}subscribe/en/")
    said = ' hreflang="zh-CN"' if is_chinese else ""
    whole = f'<a href="{there}" hreflang="zh-CN">乙</a>'
    page = f'<a class="x" href="{there}">甲</a> {whole}'
    assert led(page, root, english) == f'<a class="x" href="{there}"{said}>甲</a> {whole}'


@given(text=st.text(st.sampled_from("甲乙ab 1。《》<&>\n")), repeats=st.integers(1, 3))
def test_marking_adds_spans_alone_and_marks_nothing_twice(text: str, repeats: int) -> None:
    page = f"<p>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>" * repeats
    once = marked(page)
    assert once.replace('<span lang="zh-CN">', "").replace("</span>", "") == page
    assert marked(once) == once
    outside = re.sub(r'<span lang="zh-CN">.*?</span>', "", once, flags=re.DOTALL)
    assert not re.search("[甲乙]", outside)
