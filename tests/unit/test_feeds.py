"""The three formats of a document, read back by feed readers that are not ours."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import atoma
import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from lxml import etree
from msgspec.structs import replace
from referencing import Registry
from referencing.jsonschema import DRAFT4

from greenchannel.portal import window
from greenchannel.portal.feeds import EXTENSIONS, fitted, render_feed
from greenchannel.portal.items import Prepared, clean, escaped, prepare
from greenchannel.portal.remembered_entries import read_entry, write_entry
from greenchannel.portal.views.feeds import FeedAttachment, FeedEntry, FeedView

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
RSS, ATOM, JSON = ".rss", ".atom", ".json"
XML = pytest.mark.parametrize("extension", [RSS, ATOM])
ALL = pytest.mark.parametrize("extension", [RSS, ATOM, JSON])
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "gc": "tag:news.shili.example,2026:ns/1",
    "media": "http://search.yahoo.com/mrss/",
}

PICTURE = FeedAttachment(
    name="现场 图&1.jpg",
    url="https://news.shili.example/portal/releases/2026/water/attachments/1.jpg",
    media_type="image/jpeg",
    size=41_781,
    sha256="1" * 64,
)
TABLE = replace(PICTURE, name="表.pdf", url=PICTURE.url.replace("1.jpg", "2.pdf"), media_type="application/pdf")
PAGE = "https://news.shili.example/portal/releases/2026/water/fact-2/"
FIRST = FeedEntry(
    id="tag:news.shili.example,2026:2026/water/fact-2",
    url=PAGE,
    title="关于供水恢复的通报",
    summary="城东片区已恢复供水。",
    notes=(),
    more="",
    body="aa",
    tags=("事实发布", "市水务局", "城东供水中断"),
    published="2026-11-20T08:55:00+08:00",
    updated="2026-11-20T10:05:00+08:00",
    kind="item",
    item="tag:news.shili.example,2026:2026/water/fact-2",
    item_url=PAGE,
    sequence=7,
    status="current",
    revision=2,
    type="fact",
    department="water",
    department_name="市水务局",
    incident="2026/water",
    incident_title="城东供水中断",
    text_url=f"{PAGE}r2.md",
    sha256="a" * 64,
    contact="市水务局 0999-8123000，press@shili.example",
    attachments=(PICTURE, TABLE),
)
SECOND = replace(
    FIRST,
    id="tag:news.shili.example,2026:2026/water/fact-1/correction/2",
    url=f"{PAGE.replace('fact-2', 'fact-1')}r2/",
    item_url=PAGE.replace("fact-2", "fact-1"),
    item="tag:news.shili.example,2026:2026/water/fact-1",
    title="【更正】首报",
    kind="correction",
    status="corrected",
    notes=("更正（2026-11-20 06:00）：户数由12更正为21 <户>。",),
    more="更正后的全文",
    body="",
    published="2026-11-20T06:00:00+08:00",
    updated="2026-11-20T06:00:00+08:00",
    attachments=(),
)
NOTICE = "市水务局于2026-11-20 11:00撤回本信息。原因：数据有误 <待核>。"
WITHDRAWN = replace(
    FIRST, body="", notes=(NOTICE,), withdrawn=NOTICE, status="withdrawn", attachments=(), title="【已撤回】首报"
)
FEED = FeedView(
    id="tag:news.shili.example,2026:feeds/all",
    path="feeds/all",
    title="全部发布",
    description="本市全部发布",
    home="",
    base="https://news.shili.example/portal/",
    organisation="市政府新闻办",
    email="press@shili.example",
    rights="可免费转载，须注明来源：市政府新闻办",
    licence="https://news.shili.example/portal/subscribe/",
    namespace="tag:news.shili.example,2026:ns/1",
    updated="2026-11-20T10:05:00+08:00",
)
ENTRIES = (FIRST, SECOND)
BODIES = {"aa": "<p>恢复 <strong>供水</strong>。]]&gt;</p>"}
SAID = (
    "<p>更正（2026-11-20 06:00）：户数由12更正为21 &lt;户&gt;。</p>"
    f'<p><a href="{SECOND.url}">更正后的全文</a></p>'
)  # fmt: skip


def documents(
    *entries: FeedEntry, feed: FeedView = FEED, bodies: Mapping[str, str] = BODIES, may_go: bool = True
) -> dict[str, bytes]:
    prepared = [prepare(one, bodies.__getitem__) for one in entries]
    return dict(
        zip(EXTENSIONS, render_feed(feed, fitted(feed, prepared, [may_go for _ in entries])), strict=True)
    )  # fmt: skip


def parsed(extension: str, *entries: FeedEntry, feed: FeedView = FEED) -> Any:
    """Read a feed back; Any, as feedparser ships no types."""
    result = feedparser.parse(documents(*entries, feed=feed)[extension])
    assert not result.bozo, result.get("bozo_exception")
    return result


def only(extension: str, entry: FeedEntry, bodies: Mapping[str, str] = BODIES) -> dict[str, str]:
    """Title, content and summary of an only entry, letter for letter."""
    document = documents(entry, bodies=bodies)[extension]
    if extension == JSON:
        (item,) = json.loads(document)["items"]
        return {"title": item["title"], "content": item.get("content_html", ""), "summary": item["summary"]}
    found = feedparser.parse(document).entries[0]
    return {
        "title": found.title,
        "content": found.content[0].value if "content" in found else "",
        "summary": found.summary,
    }


def xml(extension: str, *entries: FeedEntry, feed: FeedView = FEED) -> Any:
    return etree.fromstring(documents(*entries, feed=feed)[extension])


@XML
def test_a_reader_finds_the_fields_of_the_feed(extension: str) -> None:
    channel = parsed(extension, *ENTRIES).feed
    assert (channel.title, channel.subtitle, channel.rights) == ("全部发布", "本市全部发布", FEED.rights)
    assert (channel.link, channel.generator, channel.language) == (FEED.base, "Greenchannel", "zh-CN")
    assert channel.updated_parsed[:6] == (2026, 11, 20, 2, 5, 0)


@XML
def test_a_feed_names_its_own_address(extension: str) -> None:
    links = {link.href for link in parsed(extension).feed.links if link.rel == "self"}
    assert links == {"https://news.shili.example/portal/feeds/all" + extension}


@XML
def test_a_reader_finds_every_field_of_each_entry(extension: str) -> None:
    entries = parsed(extension, *ENTRIES).entries
    assert len(entries) == 2
    for found, entry, text in zip(entries, ENTRIES, (BODIES["aa"], SAID), strict=True):
        assert (found.id, found.link, found.title) == (entry.id, entry.url, entry.title)
        assert (found.summary, found.content[0].value) == (entry.summary, text)
        assert [tag.term for tag in found.tags] == list(entry.tags)
        if extension == ATOM:  # feedparser cuts an address in RSS off behind the fourth letter of its last part.
            assert found.author_detail == {"name": "市政府新闻办", "email": "press@shili.example"}
        assert found.publisher == entry.department_name
        assert datetime.fromisoformat(found.updated) == datetime.fromisoformat(entry.updated)
        assert [one.href for one in found.links if one.rel == "license"] == [FEED.licence]
    assert [entry.published_parsed[:5] for entry in entries] == [(2026, 11, 20, 0, 55), (2026, 11, 19, 22, 0)]


def test_another_reader_finds_every_field_of_an_atom_entry() -> None:
    found = atoma.parse_atom_bytes(documents(*ENTRIES)[ATOM])
    assert (found.id_, found.title.value, found.rights.value) == (FEED.id, FEED.title, FEED.rights)
    for one, entry, text in zip(found.entries, ENTRIES, (BODIES["aa"], SAID), strict=True):
        assert (one.id_, one.title.value, one.summary.value) == (entry.id, entry.title, entry.summary)
        assert (one.content.value, one.rights.value) == (text, FEED.rights)
        assert [one.published.isoformat(), one.updated.isoformat()] == [entry.published, entry.updated]
        assert [(by.name, by.email) for by in one.authors] == [(FEED.organisation, FEED.email)]
        assert [tag.term for tag in one.categories] == list(entry.tags)
        enclosures = [(link.href, link.type_, link.length) for link in one.links if link.rel == "enclosure"]
        assert enclosures == [(file.url, file.media_type, file.size) for file in entry.attachments]


def test_another_reader_finds_every_field_of_an_rss_item() -> None:
    found = atoma.parse_rss_bytes(documents(*ENTRIES)[RSS])
    for one, entry, text in zip(found.items, ENTRIES, (BODIES["aa"], SAID), strict=True):
        assert (one.guid, one.title, one.link, one.description) == (entry.id, entry.title, entry.url, entry.summary)
        assert (one.content_encoded, one.author) == (text, f"{FEED.email} ({FEED.organisation})")
        assert one.pub_date.isoformat() == entry.published
        assert one.categories == list(entry.tags)
    assert [(one.url, one.type, one.length) for one in found.items[0].enclosures] == [
        (PICTURE.url, "image/jpeg", PICTURE.size)
    ]


@XML
def test_machines_find_the_facts_of_an_entry_in_our_own_namespace(extension: str) -> None:
    (entry,) = xml(extension, FIRST).iterfind("channel/item" if extension == RSS else "{*}entry")
    facts = {etree.QName(one).localname: one.text for one in entry.iterfind("gc:*", NAMES)}
    assert facts == {
        "sequence": "7",
        "kind": "item",
        "item": FIRST.item,
        "status": "current",
        "revision": "2",
        "type": "fact",
        "department": "water",
        "incident": "2026/water",
        "incidentTitle": "城东供水中断",
        "text": FIRST.text_url,
        "sha256": FIRST.sha256,
        "contact": FIRST.contact,
        "complete": "true",
        "attachment": "表.pdf",
    }
    assert [dict(one.attrib) for one in entry.iterfind("gc:attachment", NAMES)] == [
        {"href": one.url, "type": one.media_type, "length": "41781", "sha256": "1" * 64} for one in (PICTURE, TABLE)
    ]
    pictures = [one.get("url") for one in entry.iterfind("media:content", NAMES)]
    assert pictures == [PICTURE.url]


def test_rss_has_one_enclosure_and_links_to_the_rest() -> None:
    item = xml(RSS, FIRST).find("channel/item")
    assert [one.get("url") for one in item.iterfind("enclosure")] == [PICTURE.url]
    assert item.xpath("atom:link[@rel='enclosure']/@href", namespaces=NAMES) == [TABLE.url]


@XML
def test_a_notice_leads_to_its_item(extension: str) -> None:
    entry = xml(extension, SECOND).find("channel/item" if extension == RSS else "{*}entry")
    assert entry.xpath("*[local-name()='link'][@rel='related']/@href") == [SECOND.item_url]


def test_the_json_feed_has_every_field_of_each_entry() -> None:
    document = json.loads(documents(*ENTRIES)[JSON])
    assert document["authors"] == [{"name": "市政府新闻办", "url": "mailto:press@shili.example"}]
    (first, second) = document["items"]
    assert first == {
        "id": FIRST.id,
        "url": FIRST.url,
        "title": FIRST.title,
        "summary": FIRST.summary,
        "content_html": BODIES["aa"],
        "date_published": FIRST.published,
        "date_modified": FIRST.updated,
        "tags": list(FIRST.tags),
        "attachments": [
            {
                "url": one.url,
                "mime_type": one.media_type,
                "title": one.name,
                "size_in_bytes": one.size,
                "_greenchannel": {"sha256": one.sha256},
            }
            for one in (PICTURE, TABLE)
        ],
        "_greenchannel": {
            "about": FEED.licence,
            "sequence": 7,
            "kind": "item",
            "item": FIRST.item,
            "status": "current",
            "revision": 2,
            "type": "fact",
            "department": {"id": "water", "name": "市水务局"},
            "incident": {"id": "2026/water", "title": "城东供水中断"},
            "text": FIRST.text_url,
            "sha256": FIRST.sha256,
            "contact": FIRST.contact,
            "complete": True,
            "licence": FEED.licence,
            "rights": FEED.rights,
        },
    }
    assert (second["content_html"], second["_greenchannel"]["item"]) == (SAID, SECOND.item)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the JSON Feed schemas lie outside the repository, in shared/schemas")
@pytest.mark.parametrize("archive", [{}, {"current": "feeds/all", "previous": "feeds/archive/all/1"}])
def test_the_json_feed_is_valid_by_its_schema(archive: dict[str, str]) -> None:
    schema, first = (json.loads((SCHEMAS / name).read_text("utf-8")) for name in ("feed.json", "feed-1.json"))
    registry = Registry[Any]().with_resource(first["id"], DRAFT4.create_resource(first))
    document = json.loads(documents(*ENTRIES, WITHDRAWN, feed=replace(FEED, hubs=HUBS, **archive))[JSON])
    assert [error.message for error in Draft4Validator(schema, registry=registry).iter_errors(document)] == []


def test_two_renderings_have_the_same_bytes() -> None:
    assert documents(*ENTRIES) == documents(*ENTRIES)


def test_every_time_in_the_xml_feeds_comes_from_the_content() -> None:
    """Where a date is missing feedgen writes the present second, which two renderings in a row may share."""
    found = documents(*ENTRIES)
    rss = re.findall(r"<(?:lastBuildDate|pubDate)>(.*?)<", found[RSS].decode())
    atom = re.findall(r"<(?:updated|published)>(.*?)<", found[ATOM].decode())
    times = [FEED.updated, FIRST.published, SECOND.published]
    assert [parsedate_to_datetime(time).isoformat() for time in rss] == times
    assert sorted(atom) == sorted([FEED.updated, *(t for e in ENTRIES for t in (e.updated, e.published))])


def test_atom_buries_what_is_withdrawn() -> None:
    (gone,) = xml(ATOM, WITHDRAWN, SECOND).iterfind("at:deleted-entry", NAMES)
    assert (dict(gone.attrib), gone.findtext("at:comment", None, NAMES)) == (
        {"ref": WITHDRAWN.id, "when": WITHDRAWN.updated},
        NOTICE,
    )


@ALL
def test_a_withdrawn_entry_says_so_and_no_longer_gives_its_text(extension: str) -> None:
    found = only(extension, WITHDRAWN, {})
    assert found["title"] == "【已撤回】首报"
    assert found["content"] == f"<p>{NOTICE.replace('<', '&lt;').replace('>', '&gt;')}</p>"


@XML
def test_an_archive_says_so_and_leads_on_and_back(extension: str) -> None:
    feed = replace(FEED, path="feeds/archive/all/2", current="feeds/all", previous="feeds/archive/all/1")
    root = xml(extension, FIRST, feed=feed)
    channel = root.find("channel") if extension == RSS else root
    assert len(channel.findall("fh:archive", NAMES)) == 1
    links = {one.get("rel"): one.get("href") for one in channel.xpath("*[local-name()='link'][@rel]")}
    assert links["self"] == f"{FEED.base}feeds/archive/all/2{extension}"
    assert links["current"] == f"{FEED.base}feeds/all{extension}"
    assert links["prev-archive"] == f"{FEED.base}feeds/archive/all/1{extension}"


@XML
def test_a_current_document_leads_to_the_newest_archive_and_still_home(extension: str) -> None:
    channel = parsed(extension, FIRST, feed=replace(FEED, previous="feeds/archive/all/3")).feed
    previous = [one.href for one in channel.links if one.rel == "prev-archive"]
    assert (previous, channel.link) == ([f"{FEED.base}feeds/archive/all/3{extension}"], FEED.base)
    assert not xml(extension, FIRST).xpath("//fh:archive", namespaces=NAMES)


def test_the_json_feed_leads_to_the_archive_before() -> None:
    document = json.loads(documents(feed=replace(FEED, previous="feeds/archive/all/3"))[JSON])
    assert document["next_url"] == f"{FEED.base}feeds/archive/all/3.json"


# What an editor may type, what a machine may paste, and what would end a document early.
HOSTILE = (
    "停\x0b水\x00通\ufffe报\ud800", "]]>", "<script>alert(1)</script>", "&amp; &lt;b&gt; &#8;", "\"'>", "\r\n\t",
    "<!--", "%s {0} \\", "\u202e倒\u200b", "😀", "=cmd()", "<![CDATA[",
)  # fmt: skip


@ALL
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_in_every_field_spoils_nothing(extension: str, text: str) -> None:
    fields = ("title", "summary", "incident_title", "department_name", "contact", "withdrawn", "more")
    entry = replace(FIRST, **dict.fromkeys(fields, text), notes=(text,), tags=(text, "乙"))
    file = replace(PICTURE, name=text)
    feed = replace(FEED, title=text + "甲", description=text, organisation=text + "甲", rights=text)
    document = documents(replace(entry, attachments=(file, file)), SECOND, feed=feed, bodies={"aa": text})[extension]
    if extension == JSON:
        found = json.loads(document)["items"]
        assert [found[1]["title"], found[1]["content_html"]] == [SECOND.title, SAID]
        return
    result = feedparser.parse(document)
    assert not result.bozo, result.get("bozo_exception")
    assert [(one.title, one.content[0].value) for one in result.entries[1:]] == [(SECOND.title, SAID)]


@ALL
def test_characters_xml_cannot_carry_are_dropped(extension: str) -> None:
    assert only(extension, replace(FIRST, title="停\x0b水\x00通\ufffe报\ud800"))["title"] == "停水通报"


@XML
def test_a_title_shows_its_marks_in_readers_that_take_it_for_html(extension: str) -> None:
    shown = only(extension, replace(FIRST, title="关于<二>&lt;的说明"))["title"]
    assert shown == ("关于＜二＞＆lt;的说明" if extension == RSS else "关于<二>&lt;的说明")


def test_a_summary_in_rss_is_html_that_shows_the_plain_text() -> None:
    assert xml(RSS, replace(FIRST, summary="甲<乙>")).findtext("channel/item/description") == "甲&lt;乙&gt;"


@ALL
def test_an_entry_without_a_title_is_called_by_its_address(extension: str) -> None:
    assert only(extension, replace(FIRST, title="\x00\n"))["title"] == FIRST.url


@ALL
def test_a_text_that_cannot_be_read_leaves_title_summary_and_link(extension: str) -> None:
    found = only(extension, FIRST, {"aa": "<!-- nothing but this"})
    assert (found["title"], found["summary"]) == (FIRST.title, FIRST.summary)


@ALL
def test_a_reference_to_a_control_character_in_a_text_does_not_break_the_feed(extension: str) -> None:
    assert only(extension, FIRST, {"aa": "<p>停&#8;水\x0c</p>"})["content"] == "<p>停水</p>"


@ALL
def test_addresses_in_a_text_become_absolute(extension: str) -> None:
    body = (
        '<p><a href="/portal/a/">甲</a><img src="/portal/b.png"><a href="#fn:1">1</a><a href="https://x.cn/">乙</a></p>'
    )
    text = only(extension, FIRST, {"aa": body})["content"]
    assert 'href="https://news.shili.example/portal/a/"' in text
    assert 'src="https://news.shili.example/portal/b.png"' in text
    assert f'href="{FIRST.url}#fn:1"' in text
    assert 'href="https://x.cn/"' in text


@ALL
def test_an_address_nobody_can_parse_stays_and_breaks_nothing(extension: str) -> None:
    assert "甲" in only(extension, FIRST, {"aa": '<p><a href="http://[x">甲</a></p>'})["content"]


def test_a_text_without_markup_keeps_its_ampersands() -> None:
    text = "甲 &amp; 乙 <b>丙</b> 丁"
    assert only(JSON, FIRST, {"aa": text})["content"] == text


def test_an_empty_stream_and_an_empty_text_are_feeds_too() -> None:
    assert parsed(ATOM).entries == []
    assert only(JSON, FIRST, {"aa": ""})["content"] == ""


@ALL
def test_a_stream_without_a_printable_title_is_called_by_its_address(extension: str) -> None:
    document = documents(FIRST, feed=replace(FEED, title="\x08"))[extension]
    found = json.loads(document)["title"] if extension == JSON else feedparser.parse(document).feed.title
    assert found == FEED.base


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        documents(replace(FIRST, updated="2026-11-20T10:05:00"))


def test_an_rss_guid_is_no_address() -> None:
    assert not parsed(RSS, FIRST).entries[0].guidislink


def test_rss_gives_the_summary_before_the_whole_text() -> None:
    text = documents(FIRST)[RSS].decode().partition("<item>")[2]
    assert 0 < text.index("<description>") < text.index("<content:encoded>")


HUBS = ("https://hub.shili.example/", "https://hub2.shili.example/publish")


@XML
def test_a_feed_names_its_hubs(extension: str) -> None:
    found = parsed(extension, FIRST, feed=replace(FEED, hubs=HUBS)).feed
    assert [one.href for one in found.links if one.rel == "hub"] == list(HUBS)
    assert (found.link, found.title) == (FEED.base, FEED.title)


def test_a_feed_of_json_names_its_hubs() -> None:
    document = json.loads(documents(feed=replace(FEED, hubs=HUBS))[JSON])
    assert document["hubs"] == [{"type": "WebSub", "url": one} for one in HUBS]


def many(count: int, entry: FeedEntry, incidents: int = 1) -> list[FeedEntry]:
    return [
        replace(entry, id=f"{entry.id}-{number}", incident=f"2026/water-{number % incidents}")
        for number in range(count)
    ]  # fmt: skip


WORST = ("&", "<", '"', "\n", "\\", "字", "😀", "'", "a")


@pytest.mark.parametrize(
    "letter", [*WORST[:2], *(pytest.param(one, marks=pytest.mark.torture) for one in WORST[2:])]
)
def test_the_worst_case_stays_below_the_limit_and_loses_nothing_that_no_archive_holds(letter: str) -> None:
    """Each text as long as a file may be, in every letter that costs most somewhere."""
    long = letter * 20_000
    entry = replace(FIRST, title=f"甲{long}", summary=long, department_name=long, incident_title=long, tags=(long,) * 4)
    entry = replace(entry, attachments=(replace(PICTURE, name=letter * 80),) * 20, contact=long, withdrawn=long)
    found = documents(*many(99, entry), bodies={"aa": f"<p>{long}</p>"}, may_go=False)
    assert {name: len(data) for name, data in found.items() if len(data) >= window.LIMIT} == {}
    assert len(json.loads(found[JSON])["items"]) == 99


@pytest.mark.parametrize("letter", WORST)
def test_full_texts_fill_a_document_up_to_the_limit_and_not_over_it(letter: str) -> None:
    body = {"aa": "<p>" + letter.replace("&", "&amp;").replace("<", "&lt;") * 20_000 + "</p>"}
    found = documents(*many(99, FIRST), bodies=body, may_go=False)
    assert {name: len(data) for name, data in found.items() if len(data) >= window.LIMIT} == {}
    items = json.loads(found[JSON])["items"]
    complete = [one["_greenchannel"]["complete"] for one in items]
    assert complete[0]
    assert complete == sorted(complete, reverse=True)
    assert not complete[-1]


@ALL
@pytest.mark.parametrize("length", ["summary", "full"])
@pytest.mark.parametrize("entry", [FIRST, WITHDRAWN, SECOND, replace(FIRST, attachments=(PICTURE,) * 20)])
def test_an_entry_is_never_heavier_than_it_was_weighed(extension: str, length: str, entry: FeedEntry) -> None:
    """Weighed with the words of the feed that it repeats; these are short here, so the frame decides."""
    feed = replace(FEED, organisation="甲", rights="乙", email="c@d", licence="e")
    short = dict.fromkeys(("title", "summary", "department_name", "incident_title", "contact", "text_url"), "甲")
    light = replace(entry, tags=("甲",) * 4, **short)
    one, two = (prepare(replace(light, id=name), BODIES.__getitem__) for name in "12")
    alone, both = (
        dict(zip(EXTENSIONS, render_feed(feed, [getattr(each, length) for each in some]), strict=True))[extension]
        for some in ((one,), (one, two))
    )
    repeated = len((feed.organisation + feed.rights + feed.email + feed.licence).encode())
    assert len(both) - len(alone) <= getattr(two, f"{length}_weight") + repeated


def remembered(entry: Prepared) -> Prepared:
    found = read_entry("mark", write_entry("mark", entry), pytest.fail)
    assert found is not None
    return found


# Any character at all, half of a pair and controls included; marks of markup more often than chance would have them.
ANY = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&\"'\\\n\r\t]")), max_size=60)


@settings(max_examples=50, deadline=None)
@given(st.lists(ANY, min_size=12, max_size=12))
def test_no_text_at_all_spoils_a_feed_or_outweighs_its_estimate(texts: list[str]) -> None:
    fields = ("title", "summary", "incident_title", "department_name", "contact", "withdrawn", "more", "text_url")
    entry = replace(FIRST, **dict(zip(fields, texts, strict=False)), notes=(texts[8],), tags=(texts[9], "乙"))
    entry = replace(entry, attachments=(replace(PICTURE, name=texts[10]),))
    feed = replace(FEED, title="甲" + texts[0], description=texts[1], rights=texts[2])
    hostile, tame = prepare(entry, lambda _: texts[11]), prepare(SECOND, BODIES.__getitem__)
    for item, heavy in ((hostile.full, hostile.full_weight), (hostile.summary, hostile.summary_weight)):
        alone, both = render_feed(feed, [tame.full]), render_feed(feed, [item, tame.full])
        assert [etree.fromstring(document).tag.rpartition("}")[2] for document in both[:2]] == ["rss", "feed"]
        assert [one["title"] for one in json.loads(both[2])["items"]][1:] == [SECOND.title]
        repeated = 2 * escaped(clean(feed.organisation + feed.rights + feed.email + feed.licence))
        again = getattr(remembered(hostile), "full" if item.content is not None else "summary")
        assert render_feed(feed, [again, tame.full]) == both
        tombstones = 200  # of a first withdrawn entry: the name of their space
        assert [len(two) - len(one) <= heavy + repeated + tombstones for one, two in zip(alone, both, strict=True)] == [
            True
        ] * 3
