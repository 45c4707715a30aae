"""A small newsroom, the commands that change what is public, and what must hold of its files at any instant.

The checks are functions of bytes: `read_tree` takes them from the disk, a model of a power cut from its memory.
"""

import contextlib
import io
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from conftest import REPOSITORY, no_index
from greenchannel import handwritten, sourcing
from greenchannel.cli import main
from greenchannel.delivery.glanced import Record
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.portal.addresses import public_path
from greenchannel.portal.pages import site_frame
from greenchannel.portal.search_index import is_piece
from greenchannel.portal.views.parts import SiteFrame
from greenchannel.record.events import fold, read_events
from greenchannel.record.verification import CHECKPOINT, verify

FACT, SECOND = "2026/shili/fact-1", "2026/shili/fact-2"
START = datetime.fromisoformat("2026-11-20T08:50:00+08:00")
URL = "https://news.shili.example/"
HOME, SITE, RELEASES, MIRROR = "office", "office/site/", "office/releases/", "www/"
LEDGER = f"{RELEASES}ledger.jsonl"
TEMPORARY = ".greenchannel-new"
_REVISION = re.compile(r"/r\d+/$")
_HOMES = {"index.html", "en/index.html"}
_FIGURES = re.compile(rb'<dl class="figures">.*?</dl>', re.DOTALL)
Tree = Mapping[str, bytes]  # path below the scene's folder -> bytes
Step = tuple[str, ...] | Callable[[Path], None]


def officer(home: Path, now: datetime, *argv: str) -> tuple[int, str, str]:
    """``greenchannel --home HOME --lang en ...`` at that time, in this process: exit code and what it printed."""

    class At(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(now.timestamp(), tz or UTC)

    out, err = io.StringIO(), io.StringIO()
    # The one place where the command line reads the clock.
    with (
        patch("greenchannel.cli.datetime", At),
        patch("greenchannel.indexing.build_index", no_index),  # Its faults hold up no release (test_indexing).
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(["--home", str(home), "--lang", "en", *argv])
    return code, out.getvalue(), err.getvalue()


def _write_second(home: Path) -> None:
    first = home / f"content/incidents/{FACT}.md"
    text = first.read_text("utf-8").replace("情况通报", "续报").replace("正在抽排", "已经抽排")
    first.with_name("fact-2.md").write_text(text, "utf-8")


def _correct(home: Path) -> None:
    first = home / f"content/incidents/{FACT}.md"
    changes = "changes:\n  - kind: correction\n    note: 水深由20厘米更正为30厘米。\n---\n"
    text = first.read_text("utf-8").replace("约20厘米", "约30厘米").replace("---\n积水", f"{changes}积水")
    first.write_text(text, "utf-8")


@dataclass(frozen=True, slots=True)
class Scene:
    before: tuple[Step, ...]
    command: tuple[str, ...]
    targets: str = ""


_APPROVE = ("approve", FACT, "--by", "li-si")
_PUBLISH = ("publish", FACT, "--format", "json")
_COPY = "{www: {directory: ../www}}"
_BOTH = "{site: {directory: site}, www: {directory: ../www}}"
SCENES: Mapping[str, Scene] = {
    "first": Scene((_APPROVE,), _PUBLISH),
    "second": Scene(
        (_APPROVE, _PUBLISH, _write_second, ("approve", SECOND, "--by", "li-si")),
        ("publish", SECOND, "--format", "json"),
        _BOTH,
    ),
    "correction": Scene((_APPROVE, _PUBLISH, _correct, _APPROVE), _PUBLISH, _COPY),
    "withdrawal": Scene((_APPROVE, _PUBLISH), ("withdraw", FACT, "--by", "li-si", "--reason", "数据有误。"), _COPY),
    "countersign": Scene(((*_APPROVE, "--on-duty"), _PUBLISH), ("countersign", FACT, "--by", "zhou-ba"), _BOTH),
}
COMMANDED_AT = START + timedelta(hours=1)
AGAIN_AT = COMMANDED_AT + timedelta(minutes=1)


def set_up(scene: Scene, root: Path) -> None:
    """The newsroom as it is when the command is typed; MkDocs has made the hand-written pages."""
    home = root / HOME
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    settings = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    targets = f"    targets: {scene.targets}\n" if scene.targets else ""
    (home / "mkdocs.yml").write_text(settings + targets, "utf-8")
    people = home / "content/registry/people.yml"
    second = "- {id: zhou-ba, name: 周八, department: emergency_office, post: 主任, approves: yes}\n"
    people.write_text(people.read_text("utf-8") + second, "utf-8")
    for page in ("about", "accessibility", "subscribe", "handbook/index"):
        path = home / f"content/pages/{page}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    (root / MIRROR).mkdir()
    for number, step in enumerate(scene.before):
        if callable(step):
            step(home)
        else:
            code, out, err = officer(home, START + timedelta(minutes=number), *step)
            assert code == 0, out + err
    # As they are once a fact is public: its first publication adds a column to their menu.
    handwritten.mkdocs_pages(read_settings(home), framed(read_settings(home), frozenset({"fact"})))


def framed(settings: Settings, released: frozenset[str]) -> SiteFrame:
    return site_frame(settings, read_newsroom(settings.content, settings.zone).registry, released)


def read_tree(root: Path) -> dict[str, bytes]:
    """What is public or on the record."""
    found = (one for part in (SITE, RELEASES, MIRROR) for one in (root / part).rglob("*") if one.is_file())
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in sorted(found)}


def clean_site(root: Path, ledger: bytes) -> dict[str, bytes]:
    """What the site of that ledger is, made from nothing."""
    settings, events = read_settings(root / HOME), read_events(ledger)
    record = Record(events, fold(events), (ledger,))
    pages = handwritten.mkdocs_pages(settings, framed(settings, record.state.named.types))
    return dict((*pages, *sourcing.record_artifacts(settings, record)))


def whole_lines(ledger: bytes) -> bytes:
    return ledger[: ledger.rfind(b"\n") + 1]


def is_torn(tree: Tree) -> bool:
    ledger = tree.get(LEDGER, b"")
    return whole_lines(ledger) != ledger


@dataclass(slots=True)
class Truth:
    """What a command may leave: learned from a run that nothing disturbed, in `root`."""

    root: Path
    before: Tree
    after: Tree
    allowed: dict[str, set[bytes]] = field(default_factory=dict)  # path of the site -> what may stand there

    def __post_init__(self) -> None:
        start, end = self.before.get(LEDGER, b""), self.after[LEDGER]
        lines = end.removeprefix(start).splitlines(keepends=True)
        for number in range(len(lines) + 1):
            for path, data in clean_site(self.root, start + b"".join(lines[:number])).items():
                self.allowed.setdefault(path, set()).add(data)
        for path in _HOMES & self.allowed.keys():
            self.allowed[path] |= set(_with_earlier_figures(self.allowed[path]))

    def faults(self, tree: Tree) -> Iterator[str]:
        """What is wrong at an instant: torn or strange files, dangling links, a damaged record, untrue receipts."""
        for place in (SITE, MIRROR):
            shown = below(tree, place)
            torn = (path for path, data in shown.items() if data not in self.allowed.get(path, ()))
            yield from (f"{place}{path}: torn" for path in torn)
            yield from (f"{place}{one}" for one in dangling(shown) if not (self._is_birth(place) and _is_home(one)))
        if damage := list(self._record_faults(tree)):
            yield from damage
        else:
            yield from untrue_receipts(tree, self.before.get(LEDGER, b""))

    def _record_faults(self, tree: Tree) -> Iterator[str]:
        ledger = tree.get(LEDGER, b"")
        yield from record_faults(tree, whole_lines(ledger))
        if not self.after[LEDGER].startswith(ledger):
            yield "ledger: what was added is no part of what the command adds"
        if not ledger.startswith(self.before.get(LEDGER, b"")):
            yield "ledger: lines are lost"

    def _is_birth(self, place: str) -> bool:
        """The first home page of all names feeds that name it: one of them has to be there first."""
        return f"{place}index.html" not in self.before

    def is_complete(self, tree: Tree) -> bool:
        return all(tree.get(path) == data for path, data in self.after.items())


def _with_earlier_figures(homes: Collection[bytes]) -> Iterator[bytes]:
    """What came is on the home page before its figures are worked out anew; they say of when they are."""
    for one, earlier in product(homes, homes):
        here, there = (_FIGURES.search(home) for home in (one, earlier))
        if here and there:
            yield one[: here.start()] + there[0] + one[here.end() :]


def record_faults(tree: Tree, ledger: bytes) -> Iterator[str]:
    found = verify(ledger, tree.get(f"{RELEASES}{CHECKPOINT}"), lambda path: tree.get(f"{RELEASES}{path}"))
    yield from (f"ledger:{one.line}: {one.problem}" for one in found.problems)


def below(tree: Tree, place: str) -> dict[str, bytes]:
    """What a server may serve there: no file whose name begins with a dot."""
    inside = {path.removeprefix(place): data for path, data in tree.items() if path.startswith(place)}
    return {path: data for path, data in inside.items() if not Path(path).name.startswith(".")}


def dangling(shown: Tree) -> Iterator[str]:
    """Links of feeds, sitemap and home page, and of releases to their revisions, to files that are not there."""
    for path, data in shown.items():
        if path.startswith("feeds/") or path in ("sitemap.xml", "index.html"):
            yield from (f"{path}: {link} is not there" for link in _links(data) if _file_of(link) not in shown)
        elif path.startswith("releases/") and not _REVISION.search(path.removesuffix("index.html")):
            revisions = (link for link in _links(data) if _REVISION.search(link))
            yield from (f"{path}: {link} is not there" for link in revisions if _file_of(link) not in shown)


def _is_home(fault: str) -> bool:
    return fault.startswith("index.html:")


@cache
def _links(data: bytes) -> frozenset[str]:
    text = data.decode("utf-8", "replace")  # Half of a file may end in half a character.
    absolute = re.findall(rf"{re.escape(URL)}([^\"'<>\s\\)#?]*)", text)
    return frozenset((*absolute, *re.findall(r'(?:href|src)="/([^"#?]*)', text)))


def _file_of(link: str) -> str:
    return f"{link}index.html" if link == "" or link.endswith("/") else link


def untrue_receipts(tree: Tree, before: bytes) -> Iterator[str]:
    """A receipt says that text and page stand at the place; look there."""
    for event in read_events(whole_lines(tree.get(LEDGER, b"").removeprefix(before))):
        if event["event"] == "visible":
            shown = below(tree, SITE if event["target"] == "site" else MIRROR)
            text = public_path(f"{event['id']}.r{event['revision']}.md")
            frozen = tree.get(f"{RELEASES}{event['id']}.r{event['revision']}.md")
            if frozen is None or shown.get(text) != frozen or f"releases/{event['id']}/index.html" not in shown:
                yield f"{event['target']}: {event['id']} r{event['revision']} is not there, and the record says it is"


def what_happened(ledger: bytes) -> list[tuple[Any, ...]]:  # Any: JSON
    """The events without their times: the same whenever the command was finished."""
    return [(one["event"], one["id"], one.get("revision"), one.get("target")) for one in read_events(ledger)]


def mend_torn_tail(home: Path) -> Iterator[str]:
    """What an officer does before anything is added again: ``verify --repair``; why it could not be done."""
    code, out, err = officer(home, AGAIN_AT, "verify", "--repair")
    if code:
        yield f"verify --repair: {code} {out}{err}"


def final_faults(tree: Tree, truth: Truth, clean: Callable[[bytes], Tree]) -> Iterator[str]:
    """What is wrong when the command has been run to its end, be it at another time than that of `truth`."""
    ledger = tree.get(LEDGER, b"")
    if damage := list(record_faults(tree, ledger)):
        yield from damage
        return
    if sorted(what_happened(ledger)) != sorted(what_happened(truth.after[LEDGER])):
        yield "ledger: something is lost or doubled"
    expected = clean(ledger)
    for place in (SITE, MIRROR) if any(path.startswith(MIRROR) for path in truth.after) else (SITE,):
        # Pieces of the search index before stay for a while: a query under way may ask for them.
        shown = {path: data for path, data in below(tree, place).items() if path in expected or not is_piece(path)}
        yield from (f"{place}{one}: not as a clean build makes it" for one in differing(shown, expected))
    yield from (f"{path}: left over" for path in tree if path.endswith(TEMPORARY))
    yield from untrue_receipts(tree, truth.before.get(LEDGER, b""))


def differing(one: Tree, other: Tree) -> Iterable[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
