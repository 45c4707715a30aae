"""A real nginx serves the site while it changes: corrections are seen, and no reader meets a gap or half a file."""

import http.client
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import REPOSITORY, Clock
from greenchannel import office
from greenchannel.building import build
from greenchannel.desk.settings import Settings, read_settings
from servers import SshServer, nginx

FACT = "2026/shili/fact-1"
PAGE, FEED = f"/releases/{FACT}/index.html", "/feeds/all.rss"
ADDRESS = "https://news.shili.example"
READS = 1_000


@dataclass(frozen=True, slots=True)
class Desk:
    """A small newsroom whose site nginx serves, straight or from the place where it was put."""

    settings: Settings
    clock: Clock
    port: int

    @property
    def path(self) -> Path:
        return self.settings.content / f"incidents/{FACT}.md"

    def publish(self, identifier: str) -> None:
        office.approve(self.settings, identifier, "li-si", self.clock)
        (decision,) = office.publish(self.settings, (identifier,), self.clock)
        assert decision.refused == ()
        assert build(self.settings, self.clock).failed == {}

    def add(self, name: str) -> None:
        text = self.path.read_text("utf-8").replace("情况通报", f"续报{name}").replace("正在抽排", "已经抽排")
        self.path.with_name(f"{name}.md").write_text(text, "utf-8")
        self.publish(f"2026/shili/{name}")

    def correct(self) -> None:
        text = self.path.read_text("utf-8")
        note = "changes:\n  - kind: correction\n    note: 水深由20厘米更正为30厘米。\n---\n"
        self.path.write_text(text.replace("约20厘米", "约30厘米").replace("---\n积水", f"{note}积水"), "utf-8")
        self.publish(FACT)

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found


def newsroom(home: Path, target: str) -> Settings:
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    (home / "content/pages").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n值班电话：0999-8123456。\n", "utf-8")
    text = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    (home / "mkdocs.yml").write_text(f"{text.rstrip()}\n    targets:\n      {target}\n", "utf-8")
    return read_settings(home)


@pytest.fixture(params=["site", "directory", "rsync"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    served = tmp_path / "www"
    served.mkdir()
    target = "web: {directory: ../www}"
    if request.param == "site":
        served, target = tmp_path / "office/site", "site: {directory: site}"
    if request.param == "rsync":
        server: SshServer = request.getfixturevalue("sshd")
        place = server.place("web", served)
        ways = f"port: {place.port}, identity: {place.identity}, known_hosts: {place.known_hosts}"
        target = f"web: {{rsync: '{place.host}:{served}', {ways}}}"
    (tmp_path / "nginx").mkdir()
    with nginx(tmp_path / "nginx", served) as port:
        found = Desk(newsroom(tmp_path / "office", target), Clock("2026-11-20T08:50:00+08:00"), port)
        found.publish(FACT)
        yield found


def test_a_correction_in_the_same_second_is_never_taken_for_what_it_corrects(desk: Desk) -> None:
    known = [(path, desk.ask(path)[1]) for path in (PAGE, FEED)]
    tags = [(path, "If_None_Match", headers["ETag"]) for path, headers in known]
    times = [(path, "If_Modified_Since", headers["Last-Modified"]) for path, headers in known]
    assert [desk.ask(path, **{asked: value})[0] for path, asked, value in (*tags, *times)] == [304] * 4
    desk.correct()
    answers = [desk.ask(path, **{asked: value}) for path, asked, value in (*tags, *times)]
    assert [(status, "约30厘米".encode() in body) for status, _, body in answers] == [(200, True)] * 4


def test_a_correction_of_the_same_length_in_the_same_second_is_seen(desk: Desk) -> None:
    _, headers, before = desk.ask("/about/index.html")
    page = desk.settings.content / "pages/about.md"
    page.write_text(page.read_text("utf-8").replace("8123456", "8123457"), "utf-8")
    assert build(desk.settings, desk.clock).failed == {}
    by_tag = desk.ask("/about/index.html", If_None_Match=headers["ETag"])
    by_time = desk.ask("/about/index.html", If_Modified_Since=headers["Last-Modified"])
    assert (by_tag[0], by_time[0], len(by_tag[2])) == (200, 200, len(before))
    assert b"8123457" in by_time[2]


@dataclass
class Reader:
    """Goes from the feed to all that it names, again and again; `faults` is what it should not have met."""

    desk: Desk
    reads: int = 0
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self, path: str, end: bytes) -> str:
        status, _, body = self.desk.ask(path)
        self.reads += 1
        if status != 200 or not body.rstrip().endswith(end):
            self.faults.append(f"{path}: {status}, {len(body)} bytes")
        return body.decode()

    def run(self) -> None:
        while not self.over.is_set() or self.reads < READS:
            feed = self.read(FEED, b"</rss>")
            for link in set(re.findall(rf"<link>{ADDRESS}(/releases/[^<]+)</link>", feed)):
                self.read(f"{link}index.html", b"</html>")


@contextmanager
def reading(desk: Desk) -> Iterator[Reader]:
    reader = Reader(desk)
    thread = threading.Thread(target=reader.run)
    thread.start()
    try:
        yield reader
    finally:
        reader.over.set()
        thread.join()


@pytest.mark.torture
def test_no_reader_meets_a_gap_or_half_a_file_while_releases_go_out(desk: Desk) -> None:
    with reading(desk) as reader:
        for number in range(2, 4):
            desk.clock.now += timedelta(minutes=1)
            desk.add(f"fact-{number}")
        desk.correct()
    assert (reader.faults, reader.reads >= READS) == ([], True)
    # The correction is an entry of its own beside the three releases.
    assert desk.ask(FEED)[2].count(b"<item>") == 4


@pytest.mark.parametrize("desk", ["site"], indirect=True)
def test_a_reader_who_meets_a_gap_says_so(desk: Desk) -> None:
    shutil.rmtree(desk.settings.site / "releases")
    with reading(desk) as reader:
        pass
    assert reader.faults[0].startswith(f"/releases/{FACT}/index.html: 404")
