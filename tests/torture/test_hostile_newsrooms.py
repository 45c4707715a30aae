"""Whatever an officer may have typed or pasted into any field: every feed is valid, every title is what was said."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import feedparser
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from lxml import etree
from msgspec import structs
from referencing import Registry
from referencing.jsonschema import DRAFT4

from greenchannel.domain.release import Change
from greenchannel.domain.vocabulary import ChangeKind
from greenchannel.portal.entries import Voice
from greenchannel.portal.feed_plan import plan_feeds
from greenchannel.portal.markup import render_markdown
from greenchannel.record.events import read_events
from greenchannel.record.freeze import thaw
from ledgers import VOICE
from rss_rules import broken
from small import FACT, INCIDENT, Book

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
PIECES = (
    *("]]>", "<![CDATA[", "<!--", "-->", "<?xml?>", "<script>alert(1)</script>", "<b>粗</b>", "</title>", "<br"),
    *("&amp;", "&lt;", "&nbsp;", "&#8;", "&#x0;", "&#xD800;", "&", "&&amp;amp;", '"', "'", "\\", "\\ud800"),
    *("\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x85", "\ufffe", "\uffff", "\u2028", "\r", "\n", "\t", "\u3000"),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u00ad", "👩‍👩‍👧", "🇨🇳", "e\u0301", "\U0010ffff", "停水"),
    *("javascript:alert(1)", "http://[", "[链接](//x)", "![](x&y)", "%00", "```", "| a |\n|-|", "长" * 3_500),
)
STREAMS = ("feeds/all", "feeds/incidents/", "feeds/index", "feeds/departments/")  # Others have no other texts.
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=6).map("".join)
LONE = st.lists(st.one_of(st.sampled_from((*PIECES, "\ud800", "\udfff")), st.text(max_size=9)), max_size=4).map("".join)
_DROPPED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
WIDE = str.maketrans("<>&", "＜＞＆")


@dataclass(frozen=True, slots=True)
class Typed:
    """All that somebody typed; `settings` are never empty and may hold what no UTF-8 can."""

    title: str
    summary: str
    body: str
    note: str
    reason: str
    incident: str
    settings: tuple[str, ...]


TYPED = st.builds(Typed, *[TEXTS] * 6, settings=st.tuples(*[LONE.map("甲{}".format)] * 5))


def documents(typed: Typed) -> Iterator[tuple[str, bytes]]:
    """A release, its correction, another that is withdrawn, and one in plain words, frozen as the record does it."""
    book, incident = Book(), replace(INCIDENT, title=typed.incident)
    hostile = replace(FACT, title=typed.title, summary=typed.summary, body=typed.body)
    change = Change(ChangeKind.CORRECTION, typed.note)
    book.release(hostile, incident=incident)
    book.release(replace(hostile, body=f"{typed.body}。", changes=(change,)), incident=incident)
    book.release(replace(hostile, id="2026/shili/fact-2"), {"2026/shili/图.png": b"x"}, incident=incident)
    book.withdraw("2026/shili/fact-2", typed.reason)
    book.release(replace(FACT, id="2026/shili/fact-3"), incident=incident)
    name, organisation, department, phone, email = typed.settings
    voice: Voice = structs.replace(
        VOICE, name=name, organisation=organisation, email=email, departments=(("housing", department, phone),)
    )
    texts = {event["sha256"]: book.files[event["path"]] for event in book.events if "path" in event}

    def html(digest: str) -> str:
        return render_markdown(thaw(texts[digest]).body)

    for one in plan_feeds(voice, read_events(book.ledger), html, "maker"):
        if one.paths[0].startswith(STREAMS):
            yield from zip(one.paths, one.make(), strict=True)


def said(title: str, prefix: str = "") -> str:
    """As the record has it: composed, in one line, without what XML cannot carry."""
    return " ".join(_DROPPED.sub("", prefix + normalize("NFC", title)).split())


def titles(path: str, data: bytes) -> list[str]:
    if path.endswith(".json"):
        return [one["title"] for one in json.loads(data)["items"]]
    where = "channel/item/title" if path.endswith(".rss") else "{*}entry/{*}title"
    return [one.text or "" for one in etree.fromstring(data).iterfind(where)]


def validator() -> Draft4Validator:
    schema, first = (json.loads((SCHEMAS / name).read_text("utf-8")) for name in ("feed.json", "feed-1.json"))
    registry = Registry[Any]().with_resource(first["id"], DRAFT4.create_resource(first))
    return Draft4Validator(schema, registry=registry)


def check(typed: Typed, judge: Draft4Validator | None) -> None:
    for path, data in documents(typed):
        if path == "feeds/feeds.opml":
            etree.fromstring(data)
        elif path.endswith(".json"):
            document = json.loads(data)
            if judge and path == "feeds/all.json":
                assert [one.message for one in judge.iter_errors(document)] == []
        else:
            found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
            assert (found.bozo, len(found.entries)) == (False, len(titles(path, data)))
        if path.endswith(".rss"):
            assert broken(data) == []
        if path.startswith("feeds/all."):
            wide = WIDE if path.endswith(".rss") else {}
            corrected = [said(typed.title, "【已更正】"), said(typed.title, "【更正】")]
            withdrawn = [said(typed.title, "【已撤回】"), said(typed.title, "【撤回】")]
            expected = [FACT.title, *(one.translate(wide) for one in (*corrected, *withdrawn))]
            assert sorted(titles(path, data)) == sorted(expected)


def play(examples: int) -> None:
    judge = validator() if SCHEMAS.is_dir() else None

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(TYPED)
    def run(typed: Typed) -> None:
        check(typed, judge)

    run()


def test_a_lone_surrogate_in_every_setting_reaches_no_document() -> None:
    check(Typed("停水", "摘要", "正文", "更正", "撤回", "停水事件", ("甲\ud800",) * 5), None)


def test_no_newsroom_makes_an_invalid_feed_or_another_title() -> None:
    play(60)


@pytest.mark.torture
def test_none_of_ten_thousand_newsrooms_does() -> None:
    play(10_000)


def test_the_check_sees_a_feed_that_lets_a_control_character_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenchannel.portal.items._NOT_XML", re.compile("[\x00]"))
    with pytest.raises(ValueError, match="XML compatible"):
        check(Typed("停\x08水", "", "", "", "", "", settings=("甲",) * 5), None)
