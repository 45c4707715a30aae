"""A number can be called, what only looks like one is text, and no letter is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.telephones import telephones


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("0999-8123415", ["tel:09998123415"]),
        ("示例市新闻办，0999-8123415（24小时）", ["tel:09998123415"]),
        ("0999 8123415、0999-812 3416", ["tel:09998123415", "tel:09998123416"]),
        ("+86 10 8123 4156", ["tel:+861081234156"]),
        ("13800000000转告", ["tel:13800000000"]),
        ("400-812-0000或12345", ["tel:4008120000", "tel:12345"]),
        ("拨打119。", ["tel:119"]),
        ("0999-8123415转801", []),
        ("0999-8123415-801", []),
        ("2026-11-20", []),
        ("2026-11-20 08:55", []),
        ("1200元、12345.6平方米", []),
        ("SLSHQ0001/2026-00022", []),
        ("", []),
    ],
)
def test_what_is_a_number_can_be_called(text: str, called: list[str]) -> None:
    assert [one.url for one in telephones(text) if one.url] == called


@given(st.text(st.sampled_from("0123456789-+ 转：，a")))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(one.text for one in telephones(text)) == text
