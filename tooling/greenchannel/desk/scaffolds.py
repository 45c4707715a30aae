"""What `new` writes: a file an officer only has to fill in, in the newsroom's language.

The id stands on top, so that no later name of the file or its folder changes the address.
"""

import json
from datetime import datetime

from greenchannel.desk.schema import CHINESE_NAMES
from greenchannel.domain.incident import Incident
from greenchannel.domain.vocabulary import Category, IncidentClass, ReleaseType, Theme

# What `new` writes in place of a text. Rule S025 looks for it, so that it never becomes public.
BACKGROUND = {"zh": "事件的公开背景写在这里。", "en": "The public background goes here."}
_HEADINGS = {
    ReleaseType.FACT: ("基本情况", "处置进展", "温馨提示", "联系方式"),
    ReleaseType.CONFERENCE: ("发布内容",),
    ReleaseType.RESPONSE: ("核实情况", "事实依据", "工作措施", "处置结果", "下一步安排"),
    ReleaseType.INTERPRETATION: ("背景", "解读"),
}

# How a key with parts is written, as a comment behind it.
_FORMS = {
    "speakers": {
        "zh": "# 每人一项，如 [{姓名: 张三, 职务: 局长}]",
        "en": "# each with name and post, such as [{name: Zhang San, post: Director}]",
    },
    "accreditation": {
        "zh": "# 如 {联系人: 张三, 电话: 0999-8123456}",
        "en": "# such as {contact: Zhang San, phone: 0999-8123456}",
    },
    "live": {
        "zh": "# 每个平台一项，如 [{平台: 新闻客户端, 网址: https://live.shili.example/}]",
        "en": "# each with platform and url, such as [{platform: The app, url: https://live.shili.example/}]",
    },
}


_ENGLISH_HEADINGS = {
    ReleaseType.FACT: ("What is known", "What is being done", "What you should do", "Contact"),
    ReleaseType.CONFERENCE: ("What it is about",),
    ReleaseType.RESPONSE: ("What was found", "Evidence", "What is being done", "The result", "What comes next"),
    ReleaseType.INTERPRETATION: ("Background", "What it means"),
}


def incident_text(
    *,
    identifier: str,
    title: str,
    category: Category,
    theme: Theme | None,
    incident_class: IncidentClass,
    casualties: bool,
    wide_impact: bool,
    lead: str,
    cc: tuple[str, ...],
    now: datetime,
    language: str,
) -> str:
    stamp = now.isoformat(timespec="minutes")
    chinese = language == "zh"
    fields = [("id", identifier), ("title", json.dumps(title, ensure_ascii=False))]
    fields.append(("category", category.zh if chinese else category.value))
    if theme:
        fields.append(("theme", theme.zh if chinese else theme.value))
    yes, no = ("是", "否") if chinese else ("true", "false")
    fields += [
        ("class", incident_class.zh if chinese else incident_class.value),
        ("casualties", yes if casualties else no),
        ("wide_impact", yes if wide_impact else no),
        ("occurred_at", ""),
        ("detected_at", stamp),
        ("claimed_at", stamp),
        ("lead", lead),
        ("cc", f"[{', '.join(cc)}]"),
    ]
    return _document(fields, BACKGROUND["zh" if chinese else "en"], language)


def release_text(
    *,
    identifier: str,
    kind: ReleaseType,
    incident: Incident,
    deadline: datetime | None,
    author: str,
    language: str,
) -> str:
    chinese = language == "zh"
    fields = [
        ("id", identifier),
        ("title", ""),
        ("type", kind.zh if chinese else kind.value),
        ("incident", incident.id),
        ("department", incident.lead),
        ("deadline", deadline.isoformat(timespec="minutes") if deadline else ""),
        ("summary", ""),
        ("author", author),
    ]
    extra = {
        ReleaseType.FACT: ("confirmed", "checking"),
        ReleaseType.CONFERENCE: (
            *("starts_at", "held_at", "venue", "speakers", "moderator", "media_contact"),
            *("accreditation", "live", "hearing_access"),
        ),
        ReleaseType.RESPONSE: ("verdict", "claim", "claim_source", "claim_seen_at"),
        ReleaseType.INTERPRETATION: ("expert", "basis"),
    }
    fields += [(key, _FORMS.get(key, {}).get(language, "")) for key in extra.get(kind, ())]
    fields.append(("changes", "[]"))
    body = "\n\n".join(f"## {heading}" for heading in _HEADINGS[kind])
    return _document(fields, body, language)


def english_text(kind: ReleaseType | None, language: str) -> str:
    """`kind` is None for an incident, which has no summary. `language` is that of the keys."""
    fields = [("title", ""), *([("summary", "")] if kind else [])]
    body = "\n\n".join(f"## {heading}" for heading in _ENGLISH_HEADINGS[kind]) if kind else BACKGROUND["en"]
    return _document(fields, body, language)


def _document(fields: list[tuple[str, str]], body: str, language: str) -> str:
    names = CHINESE_NAMES if language == "zh" else {}
    lines = [f"{names.get(key, key)}: {value}".rstrip() for key, value in fields]
    return "\n".join(["---", *lines, "---", "", body, ""])
