"""Newsrooms of any size for measurements: the same bytes for the same size, on every machine.

Ten years of incidents with four releases each, all published and read back; the newest are still open. A city is
another newsroom with other texts at other times, and a name of its own; the ids of incidents are the same in all, since
nobody keeps cities from choosing alike. The record is
written by the gate's own functions, without waiting for the disk after each line. Some drafts of today are not
published yet.
"""

import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from greenchannel.delivery.cleaned import Cleaned
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import read_settings
from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Release
from greenchannel.record.approval import Approval, approval_path, write_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import State, apply, chain, write_events
from greenchannel.record.gate import candidate, publication
from greenchannel.record.verification import CHECKPOINT, LEDGER
from sizes import DRAFTS

REPOSITORY = Path(__file__).parents[2]
PER_INCIDENT = 4
START = datetime.fromisoformat("2016-12-01T08:00+08:00")
NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
OPEN = 10  # incidents that are not closed yet

PLACES = ("青年路", "滨江大道", "城北片区", "明德路", "矿区东街", "老城区", "高新区", "文化广场", "火车站")
MATTERS = (  # category, theme, who leads, what it is about
    ("emergency", "", "emergency_office", ("积水", "火灾", "燃气泄漏", "道路塌陷", "停电")),
    ("livelihood", "public_works", "urban_management", ("爆管停水", "供暖不足", "公交停运", "停车收费")),
    ("livelihood", "food_drug_safety", "market_supervision", ("校园配餐", "食品抽检")),
    ("livelihood", "housing", "housing", ("老旧小区改造", "物业收费")),
    ("public_sentiment", "", "petitions", ("桥墩开裂传言", "水质异常传言", "学位调整传言")),
)
SENTENCES = (
    "接到报告后，{department}立即启动应急预案，组织力量赶赴{place}现场处置。",
    "截至{hour}时，现场共出动人员{count}人、车辆{few}台，设置警示标志{few}处。",
    "经初步核查，受影响的居民约{count}户，已安排专人逐户走访并做好解释。",
    "供水、供电、供气和通信单位已到场，正在抢修受损管线，预计当日{hour}时前恢复。",
    "市疾控机构对周边{few}个点位采样检测，结果均在标准范围之内。",
    "交警部门对{place}相关路段采取临时管制措施，请过往车辆按指示绕行。",
    "请广大市民不信谣、不传谣，以政府部门发布的信息为准。",
    "对工作中存在的问题，将依法依规严肃处理，并及时向社会公布结果。",
    "下一步，{department}将会同属地街道开展拉网式排查，举一反三，消除隐患。",
    "有关情况将持续发布；市民如有诉求，可拨打0999-8123456反映。",
)
HEADINGS = ("基本情况", "核查情况", "工作措施", "下一步安排")
TABLE = "| 事项 | 责任单位 | 数量 | 完成情况 |\n| --- | --- | --- | --- |\n"
BODY_CHARACTERS = 900
_APART = 1_000_003  # more than a newsroom has incidents
_CITIES = 200  # so many can be seven minutes apart without a release after NOW


@dataclass(frozen=True, slots=True)
class _Release:
    """A file of the desk and when it went out."""

    id: str
    path: str
    text: str
    at: datetime
    is_last: bool


def make_newsroom(home: Path, releases: int, city: int = 0) -> None:
    """A newsroom of that many public releases below `home`, which must not exist yet; `city` 0 has no number."""
    scratch = home.with_name(f"{home.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    for name in ("content/registry", "content/pages", "templates"):
        shutil.copytree(REPOSITORY / name, scratch / name)
    settings = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    settings = settings.replace("precompress: true", "precompress: false")
    if city:
        settings = settings.replace("示例市", f"示例{city:03}市").replace("shili.example", f"c{city:03}.shili.example")
    (scratch / "mkdocs.yml").write_text(settings, "utf-8")
    incidents = range(releases // PER_INCIDENT)
    written = [one for number in incidents for one in _incident(scratch, number, releases, city)]
    _publish_all(scratch, sorted(written, key=lambda one: (one.at, one.id)))
    for one in DRAFTS:
        _draft(scratch / "content/incidents" / one.removesuffix("/fact-1"))
    scratch.rename(home)


def _incident(home: Path, number: int, releases: int, city: int) -> Iterator[_Release]:
    chance = random.Random(number + city * _APART)  # noqa: S311  # Texts for a measurement, the same ones each time.
    incidents = releases // PER_INCIDENT
    began = START + number * (NOW - START - timedelta(days=3)) / incidents
    began = began.replace(second=0, microsecond=0) + city % _CITIES * timedelta(minutes=7)
    identifier = f"{began.year}/shijian-{number:06}"
    category, theme, lead, matters = chance.choice(MATTERS)
    title = chance.choice(PLACES) + chance.choice(matters)
    departments = _departments(home)
    department = departments[(number + city) % len(departments)]
    folder = home / "content/incidents" / identifier
    folder.mkdir(parents=True)
    (folder / "incident.md").write_text(
        f"""---
title: {title}
category: {category}
{f"theme: {theme}" if theme else ""}
class: {chance.choice(("ordinary", "major", "serious", "ungraded", "ungraded"))}
casualties: false
wide_impact: false
occurred_at: {_time(began)}
detected_at: {_time(began + timedelta(minutes=5))}
claimed_at: {_time(began + timedelta(minutes=12))}
reported_up_at: {_time(began + timedelta(minutes=20))}
lead: {lead}
cc: [openness_office, info_office, cyberspace_office]
{f"closed_at: {_time(began + timedelta(hours=46))}" if number < incidents - OPEN else ""}
source: {{kind: network}}
---

{_paragraph(chance, title)}
""",
        "utf-8",
    )
    for place, (name, after) in enumerate((("fact-1", 40), ("fact-2", 600), ("response-1", 1500), ("fact-3", 2800))):
        attached = f"{title}.png" if (number + place) % 40 == 0 else ""
        if attached:
            (folder / attached).write_bytes(_picture(number % 8))
        kind = name.partition("-")[0]
        noun = {"fact": f"情况通报（{place + 1}）", "response": "回应"}[kind]
        text = f"""---
title: 关于{title}的{noun}
type: {kind}
incident: {identifier}
department: {department}
summary: {_sentence(chance, title)[:60]}
author: he-zhaonan
{"verdict: partly_true" if kind == "response" else f"final: {'yes' if name == 'fact-3' else 'no'}"}
{f"attachments: [{attached}]" if attached else ""}
changes: []
---

{_body(chance, title, has_table=(number + place) % 3 == 0)}
"""
        (folder / f"{name}.md").write_text(text, "utf-8")
        at = began + timedelta(minutes=after, seconds=number % 60)
        yield _Release(f"{identifier}/{name}", str(folder / f"{name}.md"), text, at, name == "fact-3")


def _draft(folder: Path) -> None:
    """An incident of today whose first release is written and not approved yet."""
    folder.mkdir(parents=True)
    detected = NOW - timedelta(minutes=30)
    (folder / "incident.md").write_text(
        f"""---
title: 青年路积水
category: emergency
class: serious
casualties: false
wide_impact: false
occurred_at: {_time(detected)}
detected_at: {_time(detected)}
claimed_at: {_time(detected)}
reported_up_at: {_time(detected)}
lead: emergency_office
cc: [openness_office, info_office, cyberspace_office]
source: {{kind: network}}
---

青年路因降雨积水，市应急办已组织抽排。
""",
        "utf-8",
    )
    (folder / "fact-1.md").write_text(
        f"""---
title: 关于第{folder.name[6:]}号路段积水的情况通报
type: fact
incident: 2026/{folder.name}
department: emergency_office
summary: 第{folder.name[6:]}号路段积水正在排除，暂无人员伤亡。
author: he-zhaonan
late_reason: 通信中断，恢复后即行发布。
changes: []
---

## 基本情况

{PLACES[len(folder.name) % 9]}积水深度约{folder.name[-1]}7厘米，{folder.name[-1]}路公交绕行，暂无人员伤亡。
""",
        "utf-8",
    )


def _departments(home: Path) -> list[str]:
    lines = (home / "content/registry/departments.yml").read_text("utf-8").splitlines()
    return [line.partition("id: ")[2] for line in lines if line.startswith("- id: ")]


def _publish_all(home: Path, written: list[_Release]) -> None:
    settings = read_settings(home)
    newsroom, cleaned = read_newsroom(settings.content, settings.zone), Cleaned(settings)
    values, incidents = newsroom.releases, newsroom.incidents
    state, releases, public = State(), dict[str, Any](), dict[str, Any]()
    with_text: dict[Path, bytes] = {}
    settings.releases.mkdir()
    with (settings.releases / LEDGER).open("wb") as ledger:
        for one in written:
            release, incident = values[one.id], incidents[values[one.id].incident]
            known = incident if one.is_last else replace(incident, closed_at=None)
            files, bodies = _frozen(release, known, state, cleaned, one.at)
            with_text |= {settings.releases / path: data for path, data in files.items()}
            for minutes, body in enumerate(bodies):
                (event,) = chain(state, (body,), one.at + timedelta(minutes=minutes))
                apply(event, releases, public)
                ledger.write(line := write_events((event,)))
                at = datetime.fromisoformat(event["at"])
                state = State(releases, public, state.entries + 1, sha256(line[:-1]), at)
            approval = next(data for path, data in files.items() if path.endswith(".approval.json"))
            Path(one.path).with_suffix(".approval.json").write_bytes(approval)
    for path, data in with_text.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (settings.releases / CHECKPOINT).write_bytes(write_checkpoint(checkpoint_of(event)))


def _frozen(
    release: Release, incident: Incident, state: State, cleaned: Cleaned, at: datetime
) -> tuple[dict[str, bytes], tuple[dict[str, Any], ...]]:
    """The files of a publication, and its two lines."""
    folder = PurePosixPath("incidents", incident.id)
    one = candidate(release, incident, state, cleaned.prepare(folder, release.attachments).attachments)
    approval = write_approval(
        Approval(
            release=release.id,
            sha256=sha256(one.text),
            incident_sha256=sha256(one.incident_text),
            author=release.author,
            by="tan-jingxing",
            at=at - timedelta(minutes=5),
        )
    )
    seen = {"event": "visible", "id": release.id, "revision": one.revision, "target": "site"}
    return {**one.frozen, approval_path(one.path): approval}, (publication(one, sha256(approval)), seen)


def _body(chance: random.Random, place: str, *, has_table: bool) -> str:
    parts: list[str] = []
    for heading in HEADINGS:
        parts += [f"## {heading}", _paragraph(chance, place)]
        if has_table and heading == "工作措施":
            rows = (f"| 第{row}项 | {place}工作组 | {chance.randint(1, 90)} | 已完成 |" for row in range(1, 6))
            parts.append(TABLE + "\n".join(rows))
        if heading == "下一步安排":
            parts.append("\n".join(f"- {_sentence(chance, place)}" for _ in range(3)))
    return "\n\n".join(parts)


def _paragraph(chance: random.Random, place: str) -> str:
    text = ""
    while len(text) < BODY_CHARACTERS // len(HEADINGS) - 30:
        text += _sentence(chance, place)
    return text


def _sentence(chance: random.Random, place: str) -> str:
    return chance.choice(SENTENCES).format(
        department="市应急管理办公室", place=place, hour=chance.randint(6, 22), count=chance.randint(10, 400),
        few=chance.randint(2, 30),
    )  # fmt: skip


def _picture(number: int) -> bytes:
    found = BytesIO()
    Image.new("RGB", (640, 360), (20 * number, 90, 140)).save(found, "PNG")
    return found.getvalue()


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M+08:00")


def main() -> None:
    """``newsrooms.py RELEASES FOLDER [CITY]`` makes one."""
    make_newsroom(Path(sys.argv[2]), int(sys.argv[1]), *map(int, sys.argv[3:]))


if __name__ == "__main__":
    main()
