"""A page is read whatever it is made of; what cannot be read is said in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenchannel.domain.message import Message
from greenchannel.portal.page_reading import Page, Shown, read_ids, read_page


def read(body: str) -> Page:
    page = read_page("a/index.html", f"<!doctype html><html><head></head><body>{body}</body></html>".encode())
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "this is no HTML page"),
        (b"PK\x03\x04", "this is no HTML page"),
        (b"<!doctype html>", "this is no HTML page"),
        ("<html>\n附件</html>".encode("gbk"), "byte 7 is no UTF-8"),
        (b'<?xml version="1.0"?><rss></rss>', "this is no HTML page"),
    ],
)
def test_what_is_no_page_is_told_in_words(body: bytes, problem: str) -> None:
    assert str(read_page("a.html", body)) == problem


def test_a_page_may_say_another_encoding_than_it_has(tmp_path: object) -> None:  # noqa: ARG001
    page = read_page("a.html", '<html><head><meta charset="gbk"><title>关于</title></head></html>'.encode())
    assert isinstance(page, Page)
    assert page.title == "关于"


@given(st.binary(max_size=300), st.text(max_size=300))
@settings(max_examples=60)
def test_nothing_that_may_stand_in_a_file_breaks_the_reading(raw: bytes, text: str) -> None:
    for body in (raw, b"<html>" + raw, f"<html><main><a href='{text}'>{text}<time>{text}</main>".encode()):
        assert isinstance(read_page("a.html", body), Page | Message)


def test_a_page_of_many_elements_within_each_other_is_read() -> None:
    assert read("<div>" * 50_000 + "<h1>底</h1>").path == "a/index.html"


def test_what_a_browser_fetches_is_told_from_what_a_reader_follows() -> None:
    page = read(
        '<link rel="stylesheet" href="a.css"><link rel="alternate" href="a.rss"><script src="a.js"></script>'
        '<img src="a.png" srcset="b.png 1x, c.png 2x" loading="lazy"><a href="b/">b</a><iframe src="c/"></iframe>'
    )
    assert [(one.url, one.is_fetched, one.is_late) for one in page.addresses] == [
        ("a.css", True, False),
        ("a.rss", False, False),
        ("a.js", True, False),
        ("a.png", True, True),
        ("b.png", True, True),
        ("c.png", True, True),
        ("b/", False, False),
        ("c/", True, False),
    ]


def test_items_are_what_lists_name_and_not_what_a_menu_or_a_text_does() -> None:
    page = read(
        "<main><nav><ul><li><a href='1'>1</a></li></ul></nav>"
        "<div class='prose'><ul><li><a href='2'>2</a></li></ul></div><p><a href='3'>3</a></p>"
        "<ul><li><article><a href='4'>4</a> <time datetime='2026-11-20T08:55+08:00'>2026-11-20 08:55</time></article>"
        "</li></ul><table><tr><td><a href='5'>5</a></td><td><time>昨天</time></td></tr></table></main>"
    )
    assert [(one.url, one.times) for one in page.items] == [
        ("4", (Shown("2026-11-20T08:55+08:00", "2026-11-20 08:55"),)),
        ("5", (Shown("", ""),)),
    ]


def test_the_footer_is_that_of_the_page_and_its_pictures_speak() -> None:
    page = read(
        "<main><article><footer>文末</footer></article></main>"
        "<footer><a href='/x'><img src='m.png' alt='党政机关'></a> 主办</footer>"
    )
    assert page.footer is not None
    assert page.footer.words == "主办 党政机关"
    assert page.footer.urls == {"/x"}
    assert read("<div role='contentinfo'>主办</div>").footer is not None
    assert read("<main><footer>文末</footer></main>").footer is None


def test_a_place_may_be_named_in_the_old_way() -> None:
    assert read_ids(b"<html><a name='old'></a><p id='new'></p></html>") == frozenset({"old", "new"})
    assert read_ids(b"\xff") is None
