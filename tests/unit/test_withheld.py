"""Of a file on the desk, what the public has not read: its telling phrases, and nothing that stands anywhere."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fakes import Remembered
from greenchannel.desk import folders, known_folders, seen, withheld
from greenchannel.desk.folders import folders_of_incidents
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.desk.withheld import KnownWithheld, Withheld, read_withheld

DRAFT = """---
标题: 关于青年路仓库火灾的续报
类型: 事实发布
事件: 2026/shili
部门: emergency_office
摘要: "明火已经扑灭，现场正在清理。"
作者: he-zhaonan
发布时间不早于: 2027-01-05T09:00+08:00
---
## 基本情况

起火原因**初步判断为电气线路故障**。11月20日，伤者3人。

| 2026年11月20日 | 已送往市第一人民医院救治 |
"""
NAME = "incidents/2026/shili/fact-9.md"


def test_a_folder_that_has_just_been_read_is_not_looked_at_again(
    office_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    content, known = office_home.content, KnownFolders()
    (content / "incidents/2026/.hidden").mkdir()
    (content / "incidents/2026/chengbei-tingshui/.fact-1.md.swp").write_bytes(b"an editor's")
    read_newsroom(content, office_home.zone, known)
    known.doubt(("incidents/2026/laowu-gaizao",))  # As one that is too young.
    anew, looked, look_at = folders_of_incidents(content), list[str](), folders.files_of

    def counted(folder: str) -> folders.Folder:
        looked.append(Path(folder).name)
        return look_at(folder)

    for module in (folders, known_folders):
        monkeypatch.setattr(module, "files_of", counted)
    assert known.lying(content) == anew
    assert looked == ["laowu-gaizao"]
    looked.clear()
    with folders.looking_once(content), folders.looking_once(content):
        assert folders_of_incidents(content) == folders_of_incidents(content) == anew
        assert len(looked) == len(anew)
        folders.look_again(content)
        folders_of_incidents(content)
        assert len(looked) == 2 * len(anew)
        monkeypatch.setattr(folders, "_HOLDS_SECONDS", -1)  # As where it waited for another run.
        folders_of_incidents(content)
    assert len(looked) == 3 * len(anew)


@dataclass
class Kept(Remembered):
    """What a process that is told of changes finds withheld, and what it asked its memory for."""

    home: Settings
    asked: list[str]
    folders: KnownFolders = field(default_factory=KnownFolders)
    before: KnownWithheld = field(default_factory=KnownWithheld)

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        self.asked += (names := list(keys))
        return super().recall(names)

    def find(self, digest: str = "") -> tuple[list[Withheld], list[tuple[str, bytes]]]:
        content = self.home.content
        read_newsroom(content, self.home.zone, self.folders)
        files = self.folders.lying(content)

        def public(identifier: str, _language: str) -> str | None:
            return digest if identifier == "2026/chengbei-tingshui/fact-1" else None

        found = list(read_withheld(content, lambda _id, _language: None, public, self, files, self.before))
        return [one for one in found if not one.piece], [(one.path, one.piece) for one in found if one.piece]


@pytest.fixture
def kept(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """With everything found twice: what was read is kept once it is known again."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    found = Kept(office_home, [])
    first = found.find()
    assert first == found.find()
    found.asked.clear()
    return found


def test_what_a_process_found_it_finds_again_without_its_memory(kept: Kept) -> None:
    texts, pieces = kept.find()
    assert (bool(texts), bool(pieces), kept.asked) == (True, True, [])


def test_a_file_that_was_written_since_is_read_again(kept: Kept) -> None:
    path = kept.home.content / "incidents/2026/chengbei-tingshui/fact-1.md"
    path.write_text(path.read_text("utf-8") + "\n这一句还没有人读过。\n", "utf-8")
    texts, _ = kept.find()
    assert [one.path for one in texts if "这一句还没有人读过" in one.phrases] == [
        "incidents/2026/chengbei-tingshui/fact-1.md"
    ]
    assert kept.asked == ["withheld incidents/2026/chengbei-tingshui"]


def test_a_file_whose_public_text_is_another_one_is_read_again(kept: Kept) -> None:
    kept.find("another one")
    assert kept.asked == ["withheld incidents/2026/chengbei-tingshui"]


@dataclass
class Told:
    """A public ledger that has told of these since any other mark; None: of which no other is a beginning."""

    mark: str
    news: frozenset[str] | None = frozenset()

    def since(self, mark: str) -> frozenset[str] | None:
        return frozenset() if mark == self.mark else self.news


@dataclass
class Office:
    """Processes of a newsroom, one after the other, which remember."""

    home: Settings
    memory: Remembered = field(default_factory=Remembered)
    texts: dict[str, str] = field(default_factory=dict)  # that are public, by id

    def find(self, record: Told, kept: KnownWithheld | None = None) -> tuple[list[Withheld], list[str]]:
        """What is withheld, and of which the public digest was asked for. `kept` is what a process found before."""
        asked = list[str]()

        def digest(identifier: str, _language: str) -> str | None:
            asked.append(identifier)
            return self.texts.get(identifier)

        content, text = self.home.content, lambda identifier, _language: self.texts.get(identifier)
        return list(read_withheld(content, text, digest, self.memory, kept=kept, record=record)), asked


@pytest.fixture
def office(office_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Of two years, with everything found once."""
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", -3600)
    shutil.copytree(office_home.content / "incidents/2026", office_home.content / "incidents/2025")
    found = Office(office_home)
    assert found.find(Told("one"))[0] == list(read_withheld(office_home.content, lambda _id, _language: None))
    return found


def test_of_years_in_which_nothing_happened_nothing_is_asked(office: Office) -> None:
    for name in ("withheld incidents/2025", "withheld incidents/2026"):
        *known, folders = office.memory[name].split(b"\n", 3)
        assert b"chengbei-tingshui" in folders
        office.memory[name] = b"\n".join((*known, b"no JSON at all"))
    found, asked = office.find(Told("two", frozenset({"2019/elsewhere"})))
    assert (found, asked) == (list(read_withheld(office.home.content, lambda _id, _language: None)), [])


def test_of_what_looks_the_same_no_picture_is_opened_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = office.find(Told("one"))

    def refused(path: Path, *_: int) -> bytes:
        raise AssertionError(path)

    monkeypatch.setattr(withheld, "_read", refused)
    found, _ = office.find(Told("one"))
    assert any(one.piece for one in found)
    assert found == before


@pytest.mark.parametrize("name", ["2026/chengbei-tingshui/fact-9.md", "2026/chengbei-tingshui/plan.png"])
def test_a_file_that_could_not_be_read_once_is_read_by_the_next_process(
    name: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, refused = office.home.content / "incidents" / name, list[Path]()
    path.write_bytes((DRAFT * 9).encode())
    read_file = withheld._read  # noqa: SLF001

    def refuse(one: Path, *part: int) -> bytes | None:
        if one != path:
            return read_file(one, *part)
        refused.append(one)
        return None

    with monkeypatch.context() as full:
        full.setattr(withheld, "_read", refuse)
        assert f"incidents/{name}" not in {one.path for one in office.find(Told("one"))[0] if one.phrases or one.piece}
    assert refused
    assert f"incidents/{name}" in {one.path for one in office.find(Told("one"))[0] if one.phrases or one.piece}


def test_of_all_years_the_one_with_a_link_is_read_without_it(office: Office) -> None:
    (office.home.content / "incidents/2025/chengbei-tingshui/link.md").symlink_to("fact-1.md")
    seen = folders_of_incidents(office.home.content)
    plain = withheld._without_links(seen)  # noqa: SLF001
    assert plain.shelves["incidents/2026"] is seen.shelves["incidents/2026"]
    assert plain["incidents/2025/chengbei-tingshui"] == {
        name: look for name, look in seen["incidents/2025/chengbei-tingshui"].items() if name != "link.md"
    }


def test_what_has_become_public_is_withheld_no_longer(office: Office) -> None:
    before, _ = office.find(Told("one"))
    fact = "2026/chengbei-tingshui/fact-1"
    path = f"incidents/{fact}.md"
    assert [one for one in before if one.path == path]
    office.texts[fact] = (office.home.content / path).read_text("utf-8")
    found, asked = office.find(Told("two", frozenset({fact})))
    assert [one for one in found if one.path != path] == [one for one in before if one.path != path]
    assert [one.phrases for one in found if one.path == path] != [one.phrases for one in before if one.path == path]
    assert {*asked} == {one for one in asked if one.startswith("2026/chengbei-tingshui")}


def test_what_another_process_found_public_is_so_for_one_that_knew_it_before_when_it_looks_again(
    office: Office,
) -> None:
    fact, kept = "2026/chengbei-tingshui/fact-1", KnownWithheld()
    path, draft = (office.home.content / f"incidents/{one}.md" for one in (fact, "2026/laowu-gaizao/fact-9"))
    office.memory.clear()
    office.find(Told("one"), kept)  # Of each text.
    office.texts[fact] = path.read_text("utf-8")
    office.memory.clear()
    office.find(Told("two", frozenset({fact})))  # Another process, which remembers the year.
    office.find(Told("two", frozenset({fact})), kept)
    draft.write_text(DRAFT, "utf-8")
    found, _ = office.find(Told("two", frozenset({fact})), kept)
    assert found == office.find(Told("two", None))[0]
    assert not [one for one in found if one.id == fact]


def test_of_a_record_that_is_not_a_later_one_all_is_asked(office: Office) -> None:
    _, asked = office.find(Told("two", None))
    assert {"2025", "2026"} == {one.partition("/")[0] for one in asked}


def test_where_much_was_told_of_others_it_is_not_told_again_each_time(office: Office) -> None:
    others = frozenset(f"2019/{number}" for number in range(withheld._MANY + 1))  # noqa: SLF001
    for news, is_renewed in ((frozenset({"2019/1"}), False), (others, True)):
        office.find(Told("two", news))
        marks = [office.memory[f"withheld incidents/{year}"].split(b"\n")[1] for year in (2025, 2026)]
        assert marks == [b"two" if is_renewed else b"one"] * 2


def test_a_draft_of_a_moment_ago_keeps_its_year_from_being_believed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = office.home.content / "incidents/2026/chengbei-tingshui/fact-9.md"
    draft.write_text(DRAFT, "utf-8")
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600)
    before = dict(office.memory)
    for _ in range(2):
        found, _ = office.find(Told("one"))
        assert draft.relative_to(office.home.content).as_posix() in {one.path for one in found}
    assert dict(office.memory) == before


def test_a_draft_in_a_hidden_folder_is_one_of_the_desk(kept: Kept) -> None:
    path = kept.home.content / "incidents/2026/.niming/fact-1.md"
    path.parent.mkdir()
    path.write_text(DRAFT, "utf-8")
    anew = read_withheld(kept.home.content, lambda _id, _language: None)
    assert [one.path for one in anew if ".niming" in one.path] == ["incidents/2026/.niming/fact-1.md"]
    assert [one.path for one in kept.find()[0] if ".niming" in one.path] == ["incidents/2026/.niming/fact-1.md"]


def test_where_many_folders_have_changed_since_those_that_have_not_are_found_as_before(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "FEW", 2)
    changed = sorted((kept.home.content / "incidents/2026").glob("*/incident.md"))[:4]
    for path in changed:
        path.write_text(path.read_text("utf-8") + f"\n{path.parent.name}有一句还没有人读过。\n", "utf-8")
    texts, _ = kept.find()
    found = {phrase for one in texts for phrase in one.phrases if phrase.endswith("有一句还没有人读过")}
    assert found == {f"{path.parent.name}有一句还没有人读过" for path in changed}
    assert kept.find()[0] == texts


def test_what_was_just_read_is_forgotten_with_its_file(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_SETTLED_SECONDS", 3600)  # No file is old enough to be known again.
    path = kept.home.content / "incidents/2026/niming/fact-1.md"
    path.parent.mkdir()
    path.write_text(DRAFT, "utf-8")
    assert [one.path for one in kept.find()[0] if "niming" in one.path]
    path.unlink()
    assert [one.path for one in kept.find()[0] if "niming" in one.path] == []


def test_a_folder_that_is_gone_is_not_kept(kept: Kept) -> None:
    shutil.rmtree(kept.home.content / "incidents/2026/chengbei-tingshui")
    kept.find()
    assert kept.before.texts
    assert "incidents/2026/chengbei-tingshui" not in kept.before.texts


def test_a_picture_that_was_changed_since_is_read_again(kept: Kept) -> None:
    (name, before), *_ = kept.find()[1]
    (kept.home.content / name).write_bytes(after := bytes(reversed(before)) * 3)
    assert dict(kept.find()[1])[name] == after[96:160]


def read(folder: Path, text: str, public: str | None = None) -> list[Withheld]:
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return list(read_withheld(folder, lambda _identifier, _language: public))


def test_a_draft_gives_title_summary_sentences_and_embargo(tmp_path: Path) -> None:
    (found,) = read(tmp_path, DRAFT)
    assert (found.id, found.titles) == ("2026/shili/fact-9", ("关于青年路仓库火灾的续报",))
    assert found.phrases == (
        "关于青年路仓库火灾的续报",
        "明火已经扑灭，现场正在清理",
        "2027-01-05T09:00+08:00",
        "2027-01-05T09:00:00+08:00",
        "初步判断为电气线路故障",
        "11月20日，伤者3人",
        "已送往市第一人民医院救治",
    )


def test_what_the_public_text_holds_is_not_withheld(tmp_path: Path) -> None:
    public = DRAFT.replace("已送往市第一人民医院救治", "")
    (found,) = read(tmp_path, DRAFT, public)
    assert (found.id, found.titles, found.phrases) == (
        None,
        (),
        ("2027-01-05T09:00:00+08:00", "已送往市第一人民医院救治"),
    )


def test_a_file_that_is_public_as_it_stands_gives_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, DRAFT.replace("发布时间不早于: 2027-01-05T09:00+08:00\n", ""), DRAFT) == []


def test_a_broken_file_is_guarded_all_the_same(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "\ufeff---\r\n标题: [关于青年路仓库火灾的续报\r\n没有结尾的正文写在这里\r\n")
    assert "没有结尾的正文写在这里" in found.phrases


def test_a_file_with_an_id_of_its_own_is_looked_for_under_it(tmp_path: Path) -> None:
    (found,) = read(tmp_path, DRAFT.replace("---\n标题", "---\n编号: 2026/other/fact-1\n标题"))
    assert found.id == "2026/other/fact-1"


FLOW = """---
title: "路灯\\u6545障"  # 领导要求暂不公开人数
summary: "伤者\\x31\\x32名均已送医救治"
source: {kind: 市长热线来电记录, note: 举报人要求匿名处理}
changes: [{kind: correction, note: 更正受伤人数与地点}]
speakers: [{name: 某某, post: 应急管理办公室副主任}]
ignore: [{code: V502, reason: 这是值班专用的手机}]
sumary: 键名写错的内容也要保护
lead: emergency_office_of_the_city
---
"""


def test_values_are_read_as_yaml_reads_them_with_their_comments(tmp_path: Path) -> None:
    (found,) = read(tmp_path, FLOW)
    assert found.phrases == (
        "伤者12名均已送医救治",
        "市长热线来电记录",
        "举报人要求匿名处理",
        "更正受伤人数与地点",
        "应急管理办公室副主任",
        "这是值班专用的手机",
        "键名写错的内容也要保护",
        "领导要求暂不公开人数",
    )


def test_a_title_that_is_no_phrase_is_told_apart(tmp_path: Path) -> None:
    (found,) = read(tmp_path, FLOW)
    assert (found.titles, found.short_titles) == ((), ("路灯故障",))


def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    (found,) = read(tmp_path, DRAFT.replace("事件: 2026/shili", "事件: [2026/shili"))
    assert (found.titles, found.phrases[1]) == (("关于青年路仓库火灾的续报",), "明火已经扑灭，现场正在清理")


def test_a_short_title_that_is_public_is_not_withheld(tmp_path: Path) -> None:
    assert all(one.short_titles == () for one in read(tmp_path, FLOW, "title: 路灯故障"))


ENGLISH = "---\ntitle: Fire in a warehouse\nsummary: The fire is out.\n---\nThe cause may be a fault in the wiring.\n"


def read_both(folder: Path, public: dict[tuple[str, str], str]) -> dict[str, Withheld]:
    """A draft with an id of its own and its English text; `public` by id and language."""
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(DRAFT.replace("---\n标题", "---\n编号: 2026/other/fact-1\n标题"), "utf-8")
    path.with_name("fact-9.en.md").write_text(ENGLISH, "utf-8")
    found = read_withheld(folder, lambda identifier, language: public.get((identifier, language)))
    return {one.path: one for one in found}


def test_an_english_text_is_withheld_until_it_is_public_with_its_original(tmp_path: Path) -> None:
    found = read_both(tmp_path, {})["incidents/2026/shili/fact-9.en.md"]
    assert (found.id, found.titles) == (None, ("Fire in a warehouse",))
    assert "The cause may be a fault in the wiring." in found.phrases
    chinese = {("2026/other/fact-1", ""): DRAFT}
    assert "incidents/2026/shili/fact-9.en.md" in read_both(tmp_path, chinese)
    both = {**chinese, ("2026/other/fact-1", "en"): ENGLISH}
    assert "incidents/2026/shili/fact-9.en.md" not in read_both(tmp_path, both)
