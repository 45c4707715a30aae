import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.blockprocessors import ParagraphProcessor

from greenchannel.portal import markup
from greenchannel.portal.markup import indent_lists, render_markdown
from greenchannel.portal.sanitising import plain_text


def squeezed(html: str) -> str:
    return "".join(line.strip() for line in html.splitlines())


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_a_bullet_list_is_nested_whatever_its_indent(indent: int) -> None:
    space = " " * indent
    html = squeezed(render_markdown(f"- 一\n{space}- 二\n{space * 2}- 三\n- 四\n"))
    assert html == "<ul><li>一<ul><li>二<ul><li>三</li></ul></li></ul></li><li>四</li></ul>"


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_a_list_below_a_number_is_nested(indent: int) -> None:
    html = squeezed(render_markdown(f"1. 一\n{' ' * indent}- 二\n2. 三\n"))
    assert html == "<ol><li>一<ul><li>二</li></ul></li><li>三</li></ol>"


def test_a_paragraph_two_spaces_deep_belongs_to_its_item() -> None:
    html = squeezed(render_markdown("- 一\n\n  续\n\n- 二\n"))
    assert html == "<ul><li><p>一</p><p>续</p></li><li><p>二</p></li></ul>"


def test_a_line_below_a_nested_item_continues_it() -> None:
    html = squeezed(render_markdown("- 一\n  - 二\n    续\n- 三\n"))
    assert html == "<ul><li>一<ul><li>二续</li></ul></li><li>三</li></ul>"


def test_an_item_after_a_nested_list_returns_to_its_own_level() -> None:
    html = squeezed(render_markdown("1. 一\n\n   文\n\n   - 二\n     - 三\n2. 四\n"))
    assert html == "<ol><li><p>一</p><p>文</p><ul><li>二<ul><li>三</li></ul></li></ul></li><li><p>四</p></li></ol>"


ADDRESS = "/releases/2026/shili/attachments/00.png"
LINKS = (("图.png", ADDRESS), ("plan.pdf", "/releases/2026/shili/attachments/11.pdf"))


@pytest.mark.parametrize("written", ["图.png", "./图.png", "%E5%9B%BE.png", "<图.png>"])
def test_an_attachment_in_a_body_leads_to_its_public_address(written: str) -> None:
    shown = render_markdown(f"![现场]({written})", LINKS)
    assert shown == f'<p><img alt="现场" src="{ADDRESS}" loading="lazy"></p>'


def test_a_place_in_an_attachment_is_kept() -> None:
    assert '/11.pdf#page=2"' in render_markdown("[图则](plan.pdf#page=2)", LINKS)


@pytest.mark.parametrize("written", ["https://example.org/图.png", "#图.png", "/图.png", "a/图.png", "别的.png"])
def test_another_address_stays_as_it_is(written: str) -> None:
    assert ADDRESS not in render_markdown(f"[甲]({written})", LINKS)


def test_a_paragraph_at_the_margin_ends_the_list() -> None:
    html = squeezed(render_markdown("- 一\n  - 二\n\n文\n"))
    assert html == "<ul><li>一<ul><li>二</li></ul></li></ul><p>文</p>"


@pytest.mark.parametrize(
    "text",
    ["```\n- a\n  - b\n```", "~~~\n- a\n  - b\n~~~", "    - a\n      - b", "- a\n\n        - b"],
)
def test_a_list_in_code_keeps_its_indent(text: str) -> None:
    assert indent_lists(text.splitlines()) == text.splitlines()


def test_indented_code_in_a_nested_item_stays_code() -> None:
    html = render_markdown("- 一\n  - 二\n\n        - x\n")
    assert "<pre><code>- x\n</code></pre>" in html


def test_a_fenced_block_is_code_and_its_tags_are_text() -> None:
    assert render_markdown("```\n<b>x</b>\n```") == "<pre><code>&lt;b&gt;x&lt;/b&gt;\n</code></pre>"


def test_bold_next_to_chinese_quotation_marks_is_bold() -> None:
    assert render_markdown("按照**《条例》**规定") == "<p>按照<strong>《条例》</strong>规定</p>"


@pytest.mark.parametrize(
    "text",
    ["<b>x</b>", "<script>alert(1)</script>", "<div onclick='x()'>\n\ny\n</div>", "<img src=x onerror=y>", "<!-- -->"],
)
def test_raw_html_is_text(text: str) -> None:
    html = render_markdown(text)
    assert plain_text(html) == " ".join(text.split())
    assert set(html.replace("<p>", "").replace("</p>", "")).isdisjoint("<>")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&#58;alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "\u00a0javascript:alert(1)",
        "java\u00a0script:alert(1)",
        "\u2028javascript:alert(1)",
        "java\u2029script:alert(1)",
        "\u200bjavascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "&#1;javascript:alert(1)",
        "java&#10;script:alert(1)",
        "java&#x0d;script&colon;alert(1)",
        "&nbsp;https://example.org/",
        "http\u00a0s://example.org/",
        "&nbsp;//example.org/",
        "https://example.org/\x7f",
    ],
)
@pytest.mark.parametrize("form", ["[x](<{}>)", "[x]({})", "![x](<{}>)", "[x][y]\n\n[y]: <{}>", "<{}>"])
def test_a_dangerous_address_is_no_link(address: str, form: str) -> None:
    html = render_markdown(form.format(address))
    assert "href=" not in html
    assert "src=" not in html


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=c#d", "mailto:desk@example.org", "tel:+86-10-1", "/a/b.html", "../附件/表 1.pdf", "#节"],
)
def test_an_ordinary_address_is_a_link(address: str) -> None:
    assert f'<a href="{address}" rel="noopener">x</a>' in render_markdown(f"[x](<{address}>)")


def test_an_attribute_list_sets_nothing_outside_the_allow_list() -> None:
    html = render_markdown('文\n{: #a .b style="color:red" onclick="x()" lang="en" title="t" }\n')
    assert html == "<p>文</p>"


def test_an_attribute_list_sets_no_dangerous_address() -> None:
    assert "javascript" not in render_markdown('[x](/a){: href="javascript:alert(1)" target="_blank" }')


def test_an_item_takes_no_id_of_its_own() -> None:
    assert "id=" not in render_markdown("- 一\n{: #top }\n")


def test_an_image_keeps_its_alternative_text() -> None:
    assert render_markdown("![开工现场](a.jpg)") == '<p><img alt="开工现场" src="a.jpg" loading="lazy"></p>'


def test_a_table_keeps_its_cells_and_alignment() -> None:
    html = squeezed(render_markdown("| 项 | 数 |\n| - | -: |\n| 甲 | 1 |\n"))
    assert html == (
        '<table><thead><tr><th>项</th><th align="right">数</th></tr></thead>'
        '<tbody><tr><td>甲</td><td align="right">1</td></tr></tbody></table>'
    )


def test_a_footnote_and_its_reference_link_to_each_other() -> None:
    html = render_markdown("文[^注]\n\n[^注]: 说明\n")
    assert '<sup id="fnref:注"><a href="#fn:注" rel="noopener">1</a></sup>' in html
    assert '<li id="fn:注">' in html
    assert 'href="#fnref:注"' in html
    assert "class=" not in html


def test_a_heading_has_an_id_from_its_chinese_text() -> None:
    assert render_markdown("## 一、工作安排") == '<h2 id="一工作安排">一、工作安排</h2>'


def test_equal_headings_have_different_ids() -> None:
    assert squeezed(render_markdown("## 节\n\n## 节\n")) == '<h2 id="节">节</h2><h2 id="节_1">节</h2>'


def test_a_heading_takes_the_id_its_author_gives() -> None:
    assert render_markdown("## 节 {#plan}") == '<h2 id="plan">节</h2>'


def test_rendering_twice_gives_the_same_bytes() -> None:
    text = "## 节\n\n文[^1]\n\n[^1]: 说明\n"
    assert render_markdown(text) == render_markdown(text)


_PIECES = (
    *("# 甲", "甲[^1]", "[^1]: 注", "[乙][1]", "[1]: https://a.example/", "- 丙", "  - 丁", "> 引", "**粗", "{#id .c}"),
    *("| 一 | 二 |\n| --- | :-: |", "| 1 | 2 |", "```\n<b>", "```", "    码", "*[甲]: 名", "\\*", "<b>", ""),
)
_BODIES = st.lists(st.sampled_from(_PIECES), max_size=8).map("\n".join)


@given(before=st.lists(_BODIES, min_size=1, max_size=3), text=_BODIES)
def test_a_body_is_the_same_whatever_was_rendered_before_it(before: list[str], text: str) -> None:
    markup._markdown.cache_clear()  # noqa: SLF001
    alone = render_markdown(text)
    for one in before:
        render_markdown(one)
    assert render_markdown(text) == alone


def test_behind_a_body_that_was_stopped_the_next_is_what_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = render_markdown("甲\n\n乙")
    with monkeypatch.context() as stopped:
        stopped.setattr(ParagraphProcessor, "run", lambda *_: pytest.fail("stopped"))
        with pytest.raises(pytest.fail.Exception):
            render_markdown("- 丙\n- 丁")
    assert render_markdown("甲\n\n乙") == alone


def test_plain_text_has_no_tags_no_entities_and_single_spaces() -> None:
    assert plain_text("<p>A &amp;\n <em>B</em>&nbsp; &lt;c&gt;</p>\n<p>D</p>") == "A & B <c> D"
