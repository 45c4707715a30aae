"""The three feeds of a stream, read back by a feed reader that is not ours."""

import json
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from jsonschema import Draft4Validator
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT4

from greenchannel.portal.feeds import EXTENSIONS, render_feed
from greenchannel.portal.views import FeedEntry, FeedView

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
RSS, ATOM, JSON = ".rss", ".atom", ".json"
XML = pytest.mark.parametrize("extension", [RSS, ATOM])
ALL = pytest.mark.parametrize("extension", [RSS, ATOM, JSON])

FIRST = FeedEntry(
    id="tag:news.example.gov.cn,2026:release/water-2",
    url="https://news.example.gov.cn/portal/releases/water-2/",
    title="关于供水恢复的通报 <二> & 说明",
    summary="城东片区已恢复供水。",
    body="aa",
    department="市水务局",
    type_label="续报",
    incident="城东供水中断",
    published="2026-11-20T08:55:00+08:00",
    updated="2026-11-20T10:05:00+08:00",
)
SECOND = replace(
    FIRST,
    id="tag:news.example.gov.cn,2026:release/water-1",
    url="https://news.example.gov.cn/portal/releases/water-1/",
    title="首报",
    body="bb",
    published="2026-11-20T06:00:00+08:00",
    updated="2026-11-20T06:00:00+08:00",
)
FEED = FeedView(
    id="tag:news.example.gov.cn,2026:feed/all",
    path="feeds/all",
    title="全部发布",
    description="本市全部发布",
    home="https://news.example.gov.cn/portal/",
    base="https://news.example.gov.cn/portal/",
    organisation="市政府新闻办",
    email="press@example.gov.cn",
    updated="2026-11-20T10:05:00+08:00",
    entries=(FIRST, SECOND),
)
BODIES = {"aa": "<p>恢复 <strong>供水</strong>。</p>", "bb": "<p>正在抢修 ]]&gt; 。</p>"}


def rendered(extension: str, feed: FeedView = FEED, bodies: dict[str, str] = BODIES) -> bytes:
    return dict(zip(EXTENSIONS, render_feed(feed, bodies), strict=True))[extension]


def parsed(extension: str, feed: FeedView = FEED, bodies: dict[str, str] = BODIES) -> Any:
    """Read a feed back; Any, as feedparser ships no types."""
    result = feedparser.parse(rendered(extension, feed, bodies))
    assert not result.bozo, result.get("bozo_exception")
    return result


def only(entry: FeedEntry) -> FeedView:
    return replace(FEED, entries=(entry,))


def content(extension: str, feed: FeedView, bodies: dict[str, str] = BODIES) -> str:
    if extension == JSON:
        return str(json.loads(rendered(JSON, feed, bodies))["items"][0]["content_html"])
    return str(parsed(extension, feed, bodies).entries[0].content[0].value)


def title(extension: str, feed: FeedView) -> str:
    if extension == JSON:
        return str(json.loads(rendered(JSON, feed))["items"][0]["title"])
    # feedparser takes an untyped RSS title for HTML, so the plain one is read from the XML.
    path = "channel/item/title" if extension == RSS else "{*}entry/{*}title"
    return str(etree.fromstring(rendered(extension, feed)).findtext(path))


def test_a_stream_becomes_a_file_of_each_kind() -> None:
    assert (len(render_feed(FEED, BODIES)), EXTENSIONS) == (3, (".rss", ".atom", ".json"))


@XML
def test_a_reader_finds_the_fields_of_the_feed(extension: str) -> None:
    channel = parsed(extension).feed
    assert (channel.title, channel.subtitle) == ("全部发布", "本市全部发布")
    assert channel.link == "https://news.example.gov.cn/portal/"
    assert channel.generator == "Greenchannel"
    assert channel.language == "zh-CN"
    assert channel.updated_parsed[:6] == (2026, 11, 20, 2, 5, 0)


@XML
def test_a_feed_names_its_own_address(extension: str) -> None:
    links = {link.href for link in parsed(extension).feed.links if link.rel == "self"}
    assert links == {"https://news.example.gov.cn/portal/feeds/all" + extension}


@XML
def test_a_reader_finds_every_field_of_each_entry(extension: str) -> None:
    entries = parsed(extension).entries
    assert len(entries) == 2
    for found, entry in zip(entries, FEED.entries, strict=True):
        assert (found.id, found.link, found.summary) == (entry.id, entry.url, entry.summary)
        assert found.content[0].value == BODIES[entry.body]
        assert found.content[0].type == "text/html"
        assert [tag.term for tag in found.tags] == ["续报", "市水务局", "城东供水中断"]
        assert found.author_detail == {"name": "市政府新闻办", "email": "press@example.gov.cn"}
    assert [entry.published_parsed[:5] for entry in entries] == [(2026, 11, 20, 0, 55), (2026, 11, 19, 22, 0)]


@ALL
def test_a_title_arrives_letter_for_letter(extension: str) -> None:
    assert title(extension, only(FIRST)) == FIRST.title


def test_atom_tells_an_update_from_a_publication() -> None:
    found = parsed(ATOM).entries[0]
    assert (found.published, found.updated) == (FIRST.published, FIRST.updated)


def test_an_rss_guid_is_no_address() -> None:
    assert not parsed(RSS).entries[0].guidislink


def test_rss_gives_the_summary_before_the_whole_text() -> None:
    text = rendered(RSS, only(FIRST)).decode().partition("<item>")[2]
    assert 0 < text.index("<description>") < text.index("<content:encoded>")


def test_the_json_feed_has_every_field_of_each_entry() -> None:
    document = json.loads(rendered(JSON))
    assert document["authors"] == [{"name": "市政府新闻办", "url": "mailto:press@example.gov.cn"}]
    assert document["items"] == [
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_html": BODIES[entry.body],
            "date_published": entry.published,
            "date_modified": entry.updated,
            "tags": ["续报", "市水务局", "城东供水中断"],
        }
        for entry in FEED.entries
    ]


def test_the_json_feed_is_readable_text_with_sorted_keys_and_a_last_newline() -> None:
    text = rendered(JSON).decode()
    assert "全部发布" in text
    assert text.endswith("}\n")
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the JSON Feed schemas lie outside the repository, in shared/schemas")
def test_the_json_feed_is_valid_by_its_schema() -> None:
    schema, first = (json.loads((SCHEMAS / name).read_text("utf-8")) for name in ("feed.json", "feed-1.json"))
    registry = Registry[Any]().with_resource(first["id"], DRAFT4.create_resource(first))
    document = json.loads(rendered(JSON))
    assert [error.message for error in Draft4Validator(schema, registry=registry).iter_errors(document)] == []


def test_two_renderings_have_the_same_bytes() -> None:
    assert render_feed(FEED, BODIES) == render_feed(FEED, BODIES)


def test_every_time_in_the_xml_feeds_comes_from_the_content() -> None:
    """Where a date is missing feedgen writes the present second, which two renderings in a row may share."""
    rss = re.findall(r"<(?:lastBuildDate|pubDate)>(.*?)<", rendered(RSS).decode())
    atom = re.findall(r"<(?:updated|published)>(.*?)<", rendered(ATOM).decode())
    assert [parsedate_to_datetime(time).isoformat() for time in rss] == [
        FEED.updated,
        FIRST.published,
        SECOND.published,
    ]
    assert sorted(atom) == sorted([FEED.updated, *(t for e in FEED.entries for t in (e.updated, e.published))])


@ALL
def test_characters_xml_cannot_carry_do_not_break_the_feed(extension: str) -> None:
    assert title(extension, only(replace(FIRST, title="停\x0b水\x00通\ufffe报\ud800"))) == "停水通报"


@ALL
def test_a_reference_to_a_control_character_in_a_text_does_not_break_the_feed(extension: str) -> None:
    assert content(extension, only(FIRST), {"aa": "<p>停&#8;水\x0c</p>"}) == "<p>停水</p>"


@ALL
def test_a_withdrawn_entry_says_so_and_no_longer_gives_its_text(extension: str) -> None:
    feed = only(replace(FIRST, title="首报", body="", withdrawn="数据有误,已撤回 <见更正>。"))
    assert title(extension, feed) == "【已撤回】首报"
    assert content(extension, feed, {}) == "<p>数据有误,已撤回 &lt;见更正&gt;。</p>"


@ALL
def test_addresses_in_a_text_become_absolute(extension: str) -> None:
    body = (
        '<p><a href="/portal/a/">甲</a><img src="/portal/b.png"><a href="#fn:1">1</a><a href="https://x.cn/">乙</a></p>'
    )
    text = content(extension, only(FIRST), {"aa": body})
    assert 'href="https://news.example.gov.cn/portal/a/"' in text
    assert 'src="https://news.example.gov.cn/portal/b.png"' in text
    assert f'href="{FIRST.url}#fn:1"' in text
    assert 'href="https://x.cn/"' in text


@ALL
def test_an_address_nobody_can_parse_stays_and_breaks_nothing(extension: str) -> None:
    assert "甲" in content(extension, only(FIRST), {"aa": '<p><a href="http://[x">甲</a></p>'})


def test_a_text_without_markup_keeps_its_ampersands() -> None:
    assert content(JSON, only(FIRST), {"aa": "甲 &amp; 乙 <b>丙</b> 丁"}) == "甲 &amp; 乙 <b>丙</b> 丁"


def test_an_empty_stream_and_an_empty_text_are_feeds_too() -> None:
    assert parsed(ATOM, replace(FEED, entries=())).entries == []
    assert content(JSON, only(FIRST), {"aa": ""}) == ""


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        render_feed(only(replace(FIRST, updated="2026-11-20T10:05:00")), BODIES)


HUBS = ("https://hub.shili.example/", "https://hub2.shili.example/publish")


@XML
def test_a_feed_names_its_hubs(extension: str) -> None:
    document = dict(zip(EXTENSIONS, render_feed(replace(FEED, hubs=HUBS), BODIES), strict=True))[extension]
    parsed = feedparser.parse(document)
    assert (parsed.bozo, [one.href for one in parsed.feed.links if one.rel == "hub"]) == (False, list(HUBS))


def test_a_feed_of_json_names_its_hubs() -> None:
    document = json.loads(render_feed(replace(FEED, hubs=HUBS), BODIES)[2])
    assert document["hubs"] == [{"type": "WebSub", "url": one} for one in HUBS]


def test_with_hubs_the_channel_still_leads_home() -> None:
    parsed = feedparser.parse(render_feed(replace(FEED, hubs=HUBS), BODIES)[0])
    assert (parsed.feed.link, parsed.feed.title) == (FEED.home, FEED.title)
