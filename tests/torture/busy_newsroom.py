"""A newsroom in which chance decides what happens next.

What it has on its desk is always public: what is written is released at once. All that happens comes from one seed.
"""

import random
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from conftest import REPOSITORY
from greenchannel import handwritten, office
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.sourcing import portal_frame

START = datetime.fromisoformat("2026-11-20T08:50:00+08:00")
BY = "li-si"
DEPARTMENTS = ("emergency_office", "openness_office", "info_office", "housing")
ACTIONS = (
    *("new", "new", "open", "open", "correct", "correct", "withdraw", "republish", "move", "alter", "sign"),
    *("rename", "template", "name_site", "rest", "rest"),
)
KINDS = ("fact", "fact", "response", "interpretation", "conference")
KEYS: Mapping[str, str] = {
    "fact": "late_reason: 通信中断，恢复后即行发布。\n",
    "response": "verdict: untrue\nclaim: 积水两米深。\nclaim_source: https://forum.shili.example/1\n"
    "claim_seen_at: 2026-11-20T08:00+08:00\nconfirmed: [水深约20厘米。]\nchecking: [排水口为何堵塞。]\n",
    "interpretation": "expert: wang-wu\n",
    "conference": "document_number: 示应急发〔2026〕12号\nformed_on: 2026-11-20\nkeywords: [积水, 排水]\n"
    "venue: 新闻发布厅\nspeakers: [{name: 王五, post: 副主任}]\nmoderator: 赵六\nhearing_access: [字幕, 手语]\n"
    "media_contact: 新闻科，0999-8120000\n",
}


@dataclass(slots=True)
class Text:
    """Of a release, as it is on the desk."""

    id: str
    kind: str
    incident: str
    department: str
    version: int
    keys: str
    translated: bool
    notes: list[str] = field(default_factory=list)
    withdrawn: bool = False


def set_up(home: Path) -> None:
    """A newsroom with nothing on its desk; MkDocs has made the hand-written page."""
    shutil.copytree(REPOSITORY / "tests/rules/base/registry", home / "content/registry")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    names = "  greenchannel:\n    english_name: Shili News\n    english_organisation: Shili Municipal Government\n"
    names += "    index_number: {code: SLSHQ0001, form: monthly}\n"
    settings = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    (home / "mkdocs.yml").write_text(settings.replace("  greenchannel:\n", names), "utf-8")
    people = home / "content/registry/people.yml"
    second = "- {id: zhou-ba, name: 周八, department: emergency_office, post: 主任, approves: yes}\n"
    people.write_text(people.read_text("utf-8") + second, "utf-8")
    (home / "content/pages").mkdir()
    (home / "content/incidents").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    handwritten.mkdocs_pages(read_settings(home), portal_frame(read_settings(home)))


class BusyNewsroom:
    """What may happen, by name. `found` counts, since a life in which nothing happened proves nothing."""

    def __init__(self, home: Path, seed: int, found: Counter[str]) -> None:
        self.home, self.seen = home, found
        self.chance = random.Random(seed)  # noqa: S311  # The same sequence for the same seed.
        self.now, self.versions = START, 0
        self.texts: dict[str, Text] = {}
        self.began: dict[str, str] = {}  # of each incident
        self.has_english: dict[str, bool] = {}
        self.turns: dict[tuple[str, ...], list[str]] = {}
        self._release(self._new(self._incident()))

    @property
    def incidents(self) -> list[str]:
        return list(self.began)

    @property
    def settings(self) -> Settings:
        return read_settings(self.home)

    def clock(self) -> datetime:
        return self.now

    def act(self, action: str) -> None:
        getattr(self, action)()
        self.seen[action] += 1

    def next_of(self, things: tuple[str, ...]) -> str:
        """Each of them in its turn, in any order, and then again."""
        if not self.turns.get(things):
            self.turns[things] = self.chance.sample(things, len(things))
        return self.turns[things].pop()

    def new(self) -> None:
        self._release(self._new(self.chance.choice(self.incidents)))

    def open(self) -> None:
        self._release(self._new(self._incident()))

    def correct(self) -> None:
        self._again(self._one(withdrawn=False), "correction")

    def withdraw(self) -> None:
        one = self._one(withdrawn=False)
        office.withdraw(self.settings, one.id, f"第{self._version()}次撤回。", BY, self.clock)
        one.withdrawn = True

    def republish(self) -> None:
        self._again(self._one(withdrawn=True), "update")

    def move(self) -> None:
        one = self.chance.choice(list(self.texts.values()))
        one.incident = self.chance.choice(self.incidents)
        self._again(one, "correction")

    def rename(self) -> None:
        self._edit(self.home / "content/registry/departments.yml", "示例市住房和城乡建设局", "示例市住房建设局")

    def template(self) -> None:
        names = ("base.html", "release.html", "incident.html", "home.html", "macros.html", "assets/portal.css")
        path = self.home / "templates" / self.chance.choice(names)
        comment = "/* {} */" if path.suffix == ".css" else self.chance.choice(("{{# {} #}}", "<!-- {} -->"))
        path.write_text(path.read_text("utf-8") + comment.format(f"第{self._version()}版") + "\n", "utf-8")

    def name_site(self) -> None:
        self._edit(self.home / "mkdocs.yml", "site_name: 示例市政务舆情回应", "site_name: 示例市政务回应")

    def alter(self) -> None:
        """Other facts of an incident go out with a text of it."""
        incident = self.chance.choice(self.incidents)
        self._write_incident(incident)
        members = [one for one in self.texts.values() if one.incident == incident]
        if members:
            self._again(self.chance.choice(members), "update")
        else:
            self._release(self._new(incident))

    def sign(self) -> None:
        """Two signatures, the second one after publication."""
        one = self._new(self.chance.choice(self.incidents), "fact")
        self._release(one, on_duty=True)
        office.countersign(self.settings, one.id, "zhou-ba", self.clock)

    def rest(self) -> None:
        """Time goes by."""

    def _one(self, *, withdrawn: bool) -> Text:
        """Where there is none, it comes about."""
        if not any(one.withdrawn is withdrawn for one in self.texts.values()):
            (self.withdraw if withdrawn else self.new)()
        return self.chance.choice([one for one in self.texts.values() if one.withdrawn is withdrawn])

    def _edit(self, path: Path, one: str, other: str) -> None:
        """To and fro."""
        text = path.read_text("utf-8")
        path.write_text(text.replace(one, other) if one in text else text.replace(other, one), "utf-8")

    def _version(self) -> int:
        self.versions += 1
        return self.versions

    def _incident(self) -> str:
        identifier = f"2026/shili-{self._version()}"
        (self.home / f"content/incidents/{identifier}").mkdir(parents=True)
        self.began[identifier] = (self.now - timedelta(minutes=40)).isoformat()
        self.has_english[identifier] = self.chance.random() < 0.4
        self._write_incident(identifier)
        return identifier

    def _write_incident(self, identifier: str) -> None:
        number, began, folder = self._version(), self.began[identifier], self.home / f"content/incidents/{identifier}"
        closed = f"closed_at: {self.now.isoformat()}\n" if self.chance.random() < 0.3 else ""
        (folder / "incident.md").write_text(
            f"---\ntitle: 第{number}号路段积水\ncategory: emergency\n"
            f"class: {self.chance.choice(('ordinary', 'major', 'serious'))}\noccurred_at: {began}\n"
            f"detected_at: {began}\nclaimed_at: {began}\nlead: emergency_office\n{closed}"
            f"cc: [openness_office, info_office]\n---\n第{number}号路段因降雨积水。\n",
            "utf-8",
        )
        if self.has_english[identifier]:
            english = f"---\ntitle: Water on road {number}\n---\nRoad {number} stood under water after rain.\n"
            (folder / "incident.en.md").write_text(english, "utf-8")

    def _new(self, incident: str, kind: str = "") -> Text:
        kind, number = kind or self.chance.choice(KINDS), self._version()
        keys = KEYS[kind]
        if kind == "interpretation":
            bases = [one.id for one in self.texts.values() if one.kind == "fact" and not one.withdrawn]
            if not bases:
                kind, keys = "fact", KEYS["fact"]
            else:
                keys += f"basis: {self.chance.choice(bases)}\n"
        identifier, department = f"{incident}/{kind}-{number}", self.chance.choice(DEPARTMENTS)
        self.seen[kind] += 1
        return Text(identifier, kind, incident, department, number, keys, self.chance.random() < 0.3)

    def _again(self, one: Text, note: str) -> None:
        one.version = self._version()
        one.notes.append(f"  - {{kind: {note}, note: 第{one.version}处改动。}}\n")
        self._release(one)
        one.withdrawn = False

    def _release(self, one: Text, *, on_duty: bool = False) -> None:
        path, keys = self.home / f"content/incidents/{one.id}.md", one.keys
        if one.kind == "conference":
            keys += f"starts_at: {(self.now + timedelta(hours=20)).isoformat()}\n"
        changes = "changes:\n" + "".join(one.notes) if one.notes else ""
        path.write_text(
            f"---\ntitle: 关于第{one.version}件事的说明\ntype: {one.kind}\nincident: {one.incident}\n"
            f"department: {one.department}\nsummary: 第{one.version}件事正在处理。\nauthor: zhang-san\n"
            f"{keys}{changes}---\n## 核查情况\n\n现场第{one.version}次核查完毕。\n\n"
            f"## 事实依据\n\n记录第{one.version}号。\n",
            "utf-8",
        )
        if one.translated:
            number = one.version
            text = f"---\ntitle: On matter {number}\nsummary: Matter {number} is dealt with.\n---\nMatter {number}.\n"
            path.with_suffix(".en.md").write_text(text, "utf-8")
        office.approve(self.settings, one.id, BY, self.clock, on_duty=on_duty)
        self.now += timedelta(minutes=2)
        (decision,) = office.publish(self.settings, (one.id,), self.clock)
        assert decision.refused == ()
        self.texts[one.id] = one
        self.seen["released"] += 1
