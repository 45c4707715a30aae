"""The releases of a newsroom as files that every peer reads, and the links that stand above each of its pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

LATEST = datetime.fromisoformat("2026-11-24T12:00:00+08:00")  # after every generated release
_TEXT = """---
title: {title}
date: {at}
summary: {summary}
incident: {incident}
departments: {department}
types: {type}
tags: {department}
category: {type}
---

{body}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A release; `slug` is its name in addresses."""

    slug: str
    title: str
    at: str
    summary: str
    incident: str
    department: str
    type: str
    body: str

    def write(self, folder: Path) -> Path:
        """Departments and types twice: Pelican and Eleventy know `tags` and `category`."""
        path = folder / f"{self.slug}.md"
        path.write_text(_TEXT.format(**{name: getattr(self, name) for name in self.__slots__}), "utf-8")
        return path


def read_texts(home: Path) -> Iterator[Text]:
    """What a newsroom has published, oldest first."""
    with (home / "releases/ledger.jsonl").open(encoding="utf-8") as ledger:
        for event in map(json.loads, ledger):
            if event["event"] == "published":
                body = (home / f"content/incidents/{event['id']}.md").read_text("utf-8").split("---\n", 2)[2]
                facts = {name: event[name] for name in ("title", "at", "summary", "department", "type")}
                slug = event["id"].replace("/", "-")
                yield Text(slug=slug, incident=event["incident"]["title"], body=body.strip(), **facts)


def new_text(number: int) -> Text:
    """Of today, newer than all others; the higher the number, the newer."""
    return Text(
        slug=f"2026-jinri-{number}",
        title=f"关于第{number}号路段积水的情况通报",
        at=(LATEST + timedelta(minutes=number)).isoformat(),
        summary="积水正在排除，暂无人员伤亡。",
        incident="青年路积水",
        department="emergency_office",
        type="fact",
        body=f"## 基本情况\n\n积水深度约{number}7厘米，{number}路公交绕行，暂无人员伤亡。",
    )


def navigation(departments: list[str]) -> str:
    """The header of every page: home, feed, types and departments."""
    links = {"/": "首页", "/feed.xml": "订阅", "/types/fact/": "情况通报", "/types/response/": "回应"}
    links |= {f"/departments/{one}/": one for one in departments}
    items = "\n".join(f'<li><a href="{escape(to)}">{escape(name)}</a></li>' for to, name in links.items())
    return f'<header><nav aria-label="主导航"><ul>\n{items}\n</ul></nav></header>\n'
