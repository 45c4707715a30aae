"""What a release says of itself, from the file to the frozen text, the ledger and the comparison."""

import re
from pathlib import Path

import pytest

from conftest import CHINA, REPOSITORY
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.withheld import read_withheld
from greenchannel.domain.release import Release
from greenchannel.portal.comparison import compare
from greenchannel.record.events import State
from greenchannel.record.freeze import freeze_release, thaw, write_frozen
from greenchannel.record.gate import candidate, publication
from greenchannel.record.succession import objection
from small import FACT, INCIDENT, Book

HEAD = """---
title: 关于示例路段积水的情况通报
type: {type}
incident: 2026/shili
department: emergency_office
summary: 示例路段积水正在排除。
author: zhang-san
"""
ENGLISH = {
    "conference": """starts_at: 2026-11-20T15:00+08:00
venue: 新闻发布厅
document_number: 示应急发〔2026〕12号
formed_on: 2026-11-20
keywords: [积水, 排水]
content_source: 示例日报
confirmed: [水深约20厘米。]
checking: [原因。]
live:
  - {platform: 客户端, url: "https://live.shili.example/1"}
accreditation: {contact: 王五, phone: 0999-8120000, deadline: 2026-11-20T14:00+08:00, note: 带证件。}
hearing_access: [captions, sign_language]
""",
    "response": """verdict: untrue
claim: 水深两米。
claim_source: https://forum.shili.example/1
claim_seen_at: 2026-11-19
""",
}
CHINESE = {
    "conference": """开始时间: 2026-11-20T15:00+08:00
地点: 新闻发布厅
文号: 示应急发〔2026〕12号
成文日期: 2026-11-20
关键词: [积水, 排水]
来源: 示例日报
已核实: [水深约20厘米。]
正在核实: [原因。]
直播:
  - {平台: 客户端, 网址: "https://live.shili.example/1"}
采访报名: {联系人: 王五, 电话: 0999-8120000, 截止时间: 2026-11-20T14:00+08:00, 说明: 带证件。}
无障碍服务: [字幕, 手语]
""",
    "response": """核查结论: 不属实
传言: 水深两米。
传言出处: https://forum.shili.example/1
传言发现时间: 2026-11-19
""",
}
FROZEN = {
    "conference": """document_number: "示应急发〔2026〕12号"
formed_on: "2026-11-20"
keywords: ["积水", "排水"]
content_source: "示例日报"
confirmed: ["水深约20厘米。"]
checking: ["原因。"]
starts_at: "2026-11-20T15:00:00+08:00"
venue: "新闻发布厅"
live: [{"platform": "客户端", "url": "https://live.shili.example/1"}]
accreditation: {"contact": "王五", "phone": "0999-8120000", "deadline": "2026-11-20T14:00:00+08:00", "note": "带证件。"}
hearing_access: ["captions", "sign_language"]
""",
    "response": """verdict: "untrue"
claim: "水深两米。"
claim_source: "https://forum.shili.example/1"
claim_seen_at: "2026-11-19"
""",
}


def read(folder: Path, kind: str, front: str) -> Release:
    path = folder / f"incidents/2026/shili/{kind}-1.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEAD.format(type=kind)}{front}---\n正文。\n", "utf-8")
    return read_newsroom(folder, CHINA).releases[f"2026/shili/{kind}-1"]


@pytest.mark.parametrize("kind", ["conference", "response"])
def test_both_spellings_give_the_same_frozen_text_and_it_can_be_read_back(kind: str, tmp_path: Path) -> None:
    texts = [freeze_release(read(tmp_path, kind, front[kind]), 1) for front in (ENGLISH, CHINESE)]
    assert texts[0] == texts[1]
    assert FROZEN[kind] in texts[0].decode()
    assert write_frozen(thaw(texts[0])) == texts[0]


def test_the_ledger_has_what_lists_show_and_nothing_else_of_it(tmp_path: Path) -> None:
    event = publication(candidate(read(tmp_path, "conference", ENGLISH["conference"]), INCIDENT, State()), "0" * 64)
    assert (event["confirmed"], event["checking"]) == (["水深约20厘米。"], ["原因。"])
    assert event["venue"] == "新闻发布厅"
    assert not {"live", "accreditation", "keywords", "document_number", "speakers"} & set(event)
    assert objection(event, {}, {}) is None
    assert str(objection({**event, "checking": "原因。"}, {}, {})) == "checking is missing or malformed"


def test_a_release_that_says_none_of_it_is_frozen_as_before() -> None:
    book = Book()
    book.release(FACT)
    keys = re.findall(r"^(\w+): ", book.files["2026/shili/fact-1.r1.md"].decode(), re.MULTILINE)
    assert keys == ["greenchannel", "id", "revision", "type", "title", "incident", "department", "summary"]
    assert not {"confirmed", "checking"} & set(book.events[0])


def test_the_sample_record_is_read_as_it_was_written() -> None:
    paths = sorted((REPOSITORY / "releases").rglob("*.r?.md"))
    assert len(paths) > 40
    assert [one for one in paths if write_frozen(thaw(one.read_bytes())) != one.read_bytes()] == []


@pytest.mark.parametrize("address", ["ftp://a.example/", "shili.example", "https://", "javascript:x", "https://a b"])
def test_a_live_link_that_leads_nowhere_is_told(address: str, tmp_path: Path) -> None:
    path = tmp_path / "incidents/2026/shili/conference-1.md"
    path.parent.mkdir(parents=True)
    front = ENGLISH["conference"].replace("https://live.shili.example/1", address)
    path.write_text(f"{HEAD.format(type='conference')}{front}---\n正文。\n", "utf-8")
    (document,) = (one for one in read_newsroom(tmp_path, CHINA).documents if one.path.endswith("conference-1.md"))
    (fault,) = document.faults
    assert (fault.kind, fault.detail) == ("bad_value", "url")
    assert address in document.source.text.split("\n")[fault.span.line - 1]


@pytest.mark.parametrize("spelled", [ENGLISH, CHINESE])
def test_nothing_of_it_leaves_before_it_is_released(spelled: dict[str, str], tmp_path: Path) -> None:
    said = {"水深约20厘米。": "水深约二十厘米。", "原因。": "排水口堵塞的原因。", "水深两米。": "有人说水深两米。"}
    told = {"示例日报": "示例日报社会新闻部", "带证件。": "凭有效采访证件入场。", "客户端": "示例市新闻客户端"}
    for kind in ("conference", "response"):
        front = spelled[kind]
        for short, long in (said | told).items():
            front = front.replace(short, long)
        read(tmp_path, kind, front)
    phrases = {phrase for one in read_withheld(tmp_path, lambda _identifier, _language: None) for phrase in one.phrases}
    assert {one.rstrip("。") for one in (said | told).values()} <= phrases


def test_a_comparison_shows_every_new_field_in_words(tmp_path: Path) -> None:
    bare = re.sub(r"^(?!starts_at|venue).*\n", "", ENGLISH["conference"], flags=re.MULTILINE)
    old, new = (thaw(freeze_release(read(tmp_path, "conference", one), 1)) for one in (bare, ENGLISH["conference"]))
    found = compare(old, new, {}, CHINA)
    assert {one.label: "；".join(piece.text for entry in one.new for piece in entry) for one in found.fields} == {
        "文号": "示应急发〔2026〕12号",
        "成文日期": "2026-11-20",
        "关键词": "积水；排水",
        "来源": "示例日报",
        "已核实": "水深约20厘米。",
        "正在核实": "原因。",
        "直播": "客户端（https://live.shili.example/1）",
        "采访报名": "联系人：王五；电话：0999-8120000；截止时间：2026-11-20 14:00；说明：带证件。",
        "无障碍服务": "字幕；手语",
    }
