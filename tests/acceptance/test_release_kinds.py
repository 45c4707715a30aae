"""The page of a release of each kind as it was looked at: a conference before and after it, a rumour, an expert's view.

After a change that is meant: pytest tests/acceptance/test_release_kinds.py --update-golden, and read the difference.
"""

import json
import re
import shutil
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from conftest import REPOSITORY, Clock
from greenchannel import office
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.sourcing import record_artifacts

GOLDEN = REPOSITORY / "tests/golden/kinds"
FACT, CONFERENCE = "2026/shili/fact-1", "2026/shili/conference-1"
RESPONSE, EXPERT = "2026/shili/response-1", "2026/shili/interpretation-1"
HEAD = """---
title: {title}
type: {type}
incident: 2026/shili
department: emergency_office
summary: {summary}
author: zhang-san
"""
CONFERENCE_KEYS = """document_number: 示应急发〔2026〕12号
formed_on: 2026-11-20
keywords: [积水, 排水]
starts_at: 2026-11-20T15:00+08:00
venue: 新闻发布厅
speakers: [{name: 王五, post: 副主任}]
moderator: 赵六
media_contact: 新闻科，0999-8120000
accreditation: {contact: 王五, phone: 0999-8120000, deadline: 2026-11-20T14:00+08:00, note: 带证件。}
live: [{platform: 客户端, url: "https://live.shili.example/?a=1&b=2"}]
hearing_access: [字幕, 手语]
"""
RESPONSE_KEYS = """deadline: 2026-11-22T08:31+08:00
verdict: untrue
claim: 积水两米深 <b>，</script>汽车漂走。
claim_source: https://forum.shili.example/1
claim_seen_at: 2026-11-20T08:00+08:00
confirmed: [水深约20厘米。]
checking: [排水口为何堵塞。]
"""
RECORD = """held_at: 2026-11-20T15:05+08:00
changes: [{kind: update, note: 补充实录。}]
---
## 答记者问

**示例日报记者：** 何时排完？

**王五：** 今晚。
"""
Made = dict[str, bytes]


def release(settings: Settings, clock: Clock, identifier: str, text: str) -> None:
    path = settings.content / f"incidents/{identifier}.md"
    if text:
        path.write_text(text, "utf-8")
    office.approve(settings, identifier, "li-si", clock)
    clock.now += timedelta(minutes=5)
    (decision,) = office.publish(settings, (identifier,), clock)
    assert decision.refused == ()


def head(kind: str, title: str, summary: str) -> str:
    return HEAD.format(type=kind, title=title, summary=summary)


@pytest.fixture(scope="module")
def notice_and_record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made, Made]:
    """The site while there is a notice, after everything was released, and with the conference withdrawn."""
    home = tmp_path_factory.mktemp("kinds")
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    text = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    ours = "    index_number: {code: SLSHQ0001, form: monthly}\n    editor: 示例市人民政府新闻办公室\n"
    (home / "mkdocs.yml").write_text(text + ours, "utf-8")
    settings, clock = read_settings(home), Clock("2026-11-20T08:50:00+08:00")

    def made() -> Made:
        return dict(record_artifacts(settings, read_record(settings.releases)))

    conference = head("conference", "积水处置新闻发布会", "介绍积水处置情况。") + CONFERENCE_KEYS
    release(settings, clock, FACT, "")
    release(settings, clock, CONFERENCE, f"{conference}---\n介绍处置情况。\n")
    notice = made()
    body = "## 核查情况\n\n水深约20厘米。\n\n## 事实依据\n\n水位记录。\n"
    keys = head("response", "关于积水两米的核查", "深约20厘米。") + RESPONSE_KEYS
    release(settings, clock, RESPONSE, f"{keys}---\n{body}")
    basis = f"expert: wang-wu\nbasis: {FACT}\n---\n短时强降雨。\n"
    release(settings, clock, EXPERT, head("interpretation", "为什么会积水", "专家解读积水原因。") + basis)
    clock.now = datetime.fromisoformat("2026-11-20T16:00:00+08:00")
    release(settings, clock, CONFERENCE, conference + RECORD)
    held = made()
    office.withdraw(settings, CONFERENCE, "实录有误。", "li-si", clock)
    return notice, held, made()


def graph(page: bytes) -> list[dict[str, Any]]:
    """What a search engine reads; `found` has one group, up to the first end of the element."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.decode())
    nodes: list[dict[str, Any]] = json.loads(found)["@graph"]
    return nodes


def test_every_byte_of_these_pages_is_the_one_that_was_looked_at(
    notice_and_record: tuple[Made, Made, Made], request: pytest.FixtureRequest
) -> None:
    notice, held, withdrawn = notice_and_record
    shown = {"conference-notice": notice[f"releases/{CONFERENCE}/index.html"]}
    shown |= {"conference-withdrawn": withdrawn[f"releases/{CONFERENCE}/index.html"]}
    for one in (FACT, CONFERENCE, RESPONSE, EXPERT):
        shown[one.rpartition("/")[2]] = held[f"releases/{one}/index.html"]
    main = {name: page.partition(b'<main id="main"')[2].partition(b"</main>")[0] for name, page in shown.items()}
    if request.config.getoption("--update-golden"):
        for name, page in main.items():
            (GOLDEN / f"{name}.html").write_bytes(page)
    assert main == {one.stem: one.read_bytes() for one in sorted(GOLDEN.glob("*.html"))}


def test_the_head_has_the_labels_of_a_government_site(notice_and_record: tuple[Made, Made, Made]) -> None:
    page = notice_and_record[1][f"releases/{CONFERENCE}/index.html"].decode()
    address = f"https://news.shili.example/releases/{CONFERENCE}/"
    assert dict(re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', page)) == {
        "viewport": "width=device-width, initial-scale=1",
        "Description": "介绍积水处置情况。",
        "color-scheme": "light dark",
        "SiteName": "示例市政务舆情回应",
        "SiteDomain": "news.shili.example",
        "ColumnName": "新闻发布会",
        "ColumnDescription": "示例市政务舆情回应：新闻发布会",
        "ColumnKeywords": "新闻发布会,示例市政务舆情回应,示例市人民政府",
        "ColumnType": "回应关切",
        "ArticleTitle": "积水处置新闻发布会",
        "PubDate": "2026-11-20 09:00",
        "ContentSource": "示例市应急管理办公室",
        "Keywords": "积水,排水",
        "Author": "示例市人民政府新闻办公室",
        "Url": address,
        "og:type": "article",
        "og:site_name": "示例市政务舆情回应",
        "og:title": "积水处置新闻发布会",
        "og:description": "介绍积水处置情况。",
        "og:url": address,
        "og:locale": "zh_CN",
        "article:published_time": "2026-11-20T09:00:00+08:00",
        "article:modified_time": "2026-11-20T16:05:00+08:00",
        "og:image": "https://news.shili.example/cards/conference.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "新闻发布会",
    }


def test_an_answered_rumour_is_a_claim_review(notice_and_record: tuple[Made, Made, Made]) -> None:
    article, review = graph(notice_and_record[1][f"releases/{RESPONSE}/index.html"])
    address = f"https://news.shili.example/releases/{RESPONSE}/"
    department = {
        "@type": "GovernmentOrganization",
        "name": "示例市应急管理办公室",
        "url": "https://news.shili.example/departments/emergency_office/",
    }
    claim = "积水两米深 <b>，</script>汽车漂走。"
    assert review == {
        "@type": "ClaimReview",
        "@id": f"{address}#review",
        "url": address,
        "claimReviewed": claim,
        "datePublished": "2026-11-20T09:05:00+08:00",
        "author": department,
        "itemReviewed": {
            "@type": "Claim",
            "text": claim,
            "appearance": {"@type": "CreativeWork", "url": "https://forum.shili.example/1"},
        },
        "reviewBody": "深约20厘米。",
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": 1,
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": "不属实",
        },
    }
    assert article == {
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "identifier": f"tag:news.shili.example,2026:{RESPONSE}",
        "headline": "关于积水两米的核查",
        "description": "深约20厘米。",
        "articleSection": "回应",
        "inLanguage": "zh-CN",
        "datePublished": "2026-11-20T09:05:00+08:00",
        "dateModified": "2026-11-20T09:05:00+08:00",
        "author": department,
        "publisher": {
            "@type": "GovernmentOrganization",
            "name": "示例市人民政府",
            "url": "https://news.shili.example/",
        },
        "about": {
            "@type": "Thing",
            "name": "示例路段积水",
            "url": "https://news.shili.example/releases/2026/shili/",
        },
        "isAccessibleForFree": True,
        "license": "https://news.shili.example/subscribe/",
    }


def test_a_conference_is_an_event_with_places_to_be_and_to_watch(notice_and_record: tuple[Made, Made, Made]) -> None:
    article, event = graph(notice_and_record[1][f"releases/{CONFERENCE}/index.html"])
    assert (article["@type"], article["keywords"]) == ("NewsArticle", ["积水", "排水"])
    assert (event["@type"], event["startDate"]) == ("Event", "2026-11-20T15:05:00+08:00")
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert event["location"] == [
        {"@type": "Place", "name": "新闻发布厅", "address": "新闻发布厅"},
        {"@type": "VirtualLocation", "name": "客户端", "url": "https://live.shili.example/?a=1&b=2"},
    ]
    assert event["performer"] == [{"@type": "Person", "name": "王五", "jobTitle": "副主任"}]


def test_an_interpretation_is_its_experts_and_names_its_basis(notice_and_record: tuple[Made, Made, Made]) -> None:
    (article,) = graph(notice_and_record[1][f"releases/{EXPERT}/index.html"])
    assert article["author"]["name"] == "王五"
    assert article["isBasedOn"] == f"https://news.shili.example/releases/{FACT}/"


def test_a_withdrawn_release_is_told_as_withdrawn(notice_and_record: tuple[Made, Made, Made]) -> None:
    (article,) = graph(notice_and_record[2][f"releases/{CONFERENCE}/index.html"])
    assert (article["creativeWorkStatus"], article["description"]) == (
        "Withdrawn",
        "示例市应急管理办公室于2026-11-20 16:05撤回本信息。原因：实录有误。",
    )


def test_a_calendar_that_has_the_conference_follows_what_becomes_of_it(
    notice_and_record: tuple[Made, Made, Made],
) -> None:
    entries = []
    for made in notice_and_record:
        (one,) = Calendar.from_ical(made[f"releases/{CONFERENCE}/conference.ics"]).walk("VEVENT")
        start = one.decoded("dtstart").isoformat()
        entries.append((str(one["UID"]), one.decoded("sequence"), str(one["STATUS"]), start, "LOCATION" in one))
    uid = f"tag:news.shili.example,2026:{CONFERENCE}"
    assert entries == [
        (uid, 1, "CONFIRMED", "2026-11-20T07:00:00+00:00", True),
        (uid, 2, "CONFIRMED", "2026-11-20T07:05:00+00:00", True),
        (uid, 3, "CANCELLED", "2026-11-20T07:05:00+00:00", False),
    ]
