"""A withheld phrase is found in whatever spelling it stands, and nothing else is."""

import base64
import gzip
import html
import json
import os
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenchannel.delivery.leaks import Phrase, Scanner

TITLE = "示例市2027年国际友城交流活动安排"
PHRASE = Phrase(TITLE, "incidents/2026/shili/fact-1.md", "shi-li-shi-2027-nian-guo-ji-you-cheng")
SCANNER = Scanner([PHRASE])
UTF8 = TITLE.encode()

SPELLED = {
    "plain": UTF8,
    "gzip": gzip.compress(b"<p>" + UTF8),
    "base64": base64.b64encode(b"x" + UTF8 + b"y"),
    "base64 of addresses": base64.urlsafe_b64encode(b"xy" + UTF8),
    "URL": quote(TITLE).encode(),
    "URL in small letters": quote(TITLE).lower().encode(),
    "HTML decimal": "".join(f"&#{ord(one)};" if ord(one) > 127 else one for one in TITLE).encode(),
    "HTML hexadecimal": "".join(f"&#x{ord(one):x};" if ord(one) > 127 else one for one in TITLE).encode(),
    "JSON": json.dumps(TITLE).encode(),
    "JSON in capitals": "".join(f"\\u{ord(one):04X}" if ord(one) > 127 else one for one in TITLE).encode(),
    "UTF-16 little": TITLE.encode("utf-16-le"),
    "UTF-16 big": TITLE.encode("utf-16-be"),
    "pinyin": b"/releases/2026/shi-li-shi-2027-nian-guo-ji-you-cheng/",
    "pinyin joined": b"shilishi2027nianguojiyoucheng",
}


@pytest.mark.parametrize("spelling", SPELLED)
def test_a_phrase_is_found_in_every_spelling(spelling: str) -> None:
    assert [one.phrase for one in SCANNER.find("x", SPELLED[spelling])] == [PHRASE]


@pytest.mark.parametrize("spelling", SPELLED)
def test_a_phrase_is_found_in_the_middle_of_other_bytes(spelling: str) -> None:
    data = SPELLED[spelling] if spelling == "gzip" else b"\x00\xffabc" + SPELLED[spelling] + b"\x00\xff"
    assert len(SCANNER.find("x", data)) == 1


def test_another_text_is_let_through() -> None:
    data = b"".join((quote("示例市2027年国内交流").encode(), html.escape("国际友城").encode(), gzip.compress(b"")))
    assert SCANNER.find("x", data) == ()


def test_a_phrase_with_marks_is_found_as_html_escapes_it() -> None:
    scanner = Scanner([Phrase("A&B<公司>的安排", "x")])
    assert [one.spelling for one in scanner.find("x", "<p>A&amp;B&lt;公司&gt;的安排</p>".encode())] == ["HTML"]


SHORT = Scanner([Phrase("路灯故障", "x", is_whole=True)])


@pytest.mark.parametrize(
    "data",
    [
        "<h1>路灯故障</h1>".encode(),
        "<title>路灯故障_示例市政务舆情回应</title>".encode(),
        '{"title": "路灯故障"}'.encode(),
        json.dumps({"title": "路灯故障"}).encode(),
        "&lt;b&gt;路灯故障&lt;/b&gt;".encode(),
        gzip.compress("<a>路灯故障</a>".encode()),
    ],
    ids=["element", "title", "json", "json escaped", "escaped", "gzip"],
)
def test_a_short_title_is_found_where_it_is_the_whole_of_a_field(data: bytes) -> None:
    assert len(SHORT.find("x", data)) == 1


def test_a_short_title_within_a_sentence_is_let_through() -> None:
    assert SHORT.find("x", "<p>东湖路路灯故障已排除。</p>".encode()) == ()


def test_damaged_gzip_is_read_as_bytes() -> None:
    assert len(SCANNER.find("x", b"\x1f\x8bnot gzip " + UTF8)) == 1


def test_without_phrases_nothing_is_found() -> None:
    assert Scanner([]).find("x", UTF8) == ()


@given(st.binary(max_size=40), st.binary(max_size=40), st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
def test_base64_hides_nothing_wherever_the_phrase_begins(before: bytes, after: bytes, encode: object) -> None:
    assert callable(encode)
    assert len(SCANNER.find("x", encode(before + UTF8 + after))) == 1


@pytest.mark.parametrize("spelling", SPELLED)
def test_a_phrase_is_found_in_the_thousandth_file_as_in_the_first(spelling: str) -> None:
    scanner = Scanner([PHRASE, Phrase("国际友城交流", "another.md")])
    data = SPELLED[spelling]
    first = scanner.find("x", data)
    for _ in range(998):
        scanner.find("x", b"<p>another page</p>")
    assert first
    assert scanner.find("x", data) == first


def test_what_cannot_be_written_in_utf8_is_looked_for_in_the_others_beside_it() -> None:
    named = Phrase(os.fsdecode("2026/x/\u544a".encode("gbk")) + "/", "incidents/2026/x/a.md")
    assert [one.phrase for one in Scanner([named, PHRASE]).find("x", UTF8)] == [PHRASE]
