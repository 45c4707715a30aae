"""Two feed readers that people use follow a feed behind nginx: each holds the record, nothing twice."""

import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from reader import make_reader

from conftest import program
from greenchannel.delivery.writing import write_file
from greenchannel.portal.feed_plan import plan_feeds
from ledgers import VOICE, Ledger
from servers import nginx
from subscribers import owed


class Site:
    """A feed as files that nginx serves, changed as a build changes them."""

    def __init__(self, folder: Path, port: int) -> None:
        self.www, self.log = folder / "www", folder / "nginx/access.log"
        self.address = f"http://127.0.0.1:{port}/feeds/all"
        self.ledger, self.random, self.count = Ledger(), Random(5), Counter[str]()  # noqa: S311  # It plays dice.
        self.known: list[str] = []

    def publish(self) -> None:
        """A release, and every now and then a correction or a withdrawal of an older one as well."""
        name = f"2026/x{len(self.known) % 7}/fact-{len(self.known)}"
        self.ledger.publish(name)
        self.known.append(name)
        old = self.random.choice(self.known)
        done = self.random.choice(("nothing", "correct", "minor", "withdraw"))
        self.count[done] += 1
        match done:
            case "correct" | "minor":
                note = f"第{len(self.known)}次改动。"
                self.ledger.publish(old, ({"correct": "correction"}.get(done, done), note))
            case "withdraw":
                self.ledger.withdraw(old)
                self.ledger.publish(old, ("update", "核实。"))
        for one in plan_feeds(VOICE, self.ledger.events, lambda digest: f"<p>{digest}</p>", "maker"):
            if one.paths[0] == "feeds/all.rss":
                for path, data in zip(one.paths, one.make(), strict=True):
                    write_file(self.www / path, data, changed_at=int(self.ledger.now.timestamp()))

    def answers(self) -> Counter[str]:
        return Counter(re.findall(r'HTTP/1\.1" (\d+) ', self.log.read_text()))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    for name in ("www/feeds", "nginx"):
        (tmp_path / name).mkdir(parents=True)
    with nginx(tmp_path / "nginx", tmp_path / "www") as port:
        yield Site(tmp_path, port)


def follow_with_reader(site: Site, times: int, extension: str) -> None:
    reader = make_reader(":memory:")
    with closing(reader):
        shown: list[str] = []
        for _ in range(times):
            site.publish()
            if not shown:
                reader.add_feed(site.address + extension)
            for _ in range(2):
                reader.update_feeds(scheduled=False)
                new = list(reader.get_entries(read=False))
                shown += [one.id for one in new]
                for one in new:
                    reader.mark_entry_as_read(one)
        held = [one.id for one in reader.get_entries()]
    record = owed(site.ledger.events, "all")
    assert sorted(held) == sorted(shown) == sorted(record.ids)
    assert len(record.news) >= times // 4
    assert site.answers() == {"200": times, "304": times}


@pytest.mark.parametrize("extension", [".rss", ".atom", ".json"])
def test_a_library_that_follows_twelve_publications_holds_the_record(site: Site, extension: str) -> None:
    follow_with_reader(site, 12, extension)


@pytest.mark.torture
@pytest.mark.parametrize("extension", [".rss", ".atom", ".json"])
def test_a_library_that_follows_five_hundred_publications_holds_the_record(site: Site, extension: str) -> None:
    follow_with_reader(site, 500, extension)


def follow_with_newsboat(site: Site, times: int, extension: str, folder: Path) -> None:
    newsboat = program("newsboat", "newsboat")
    (folder / "urls").write_text(f"{site.address}{extension}\n", "utf-8")
    (folder / "config").write_text("max-items 0\n", "utf-8")
    shown: list[str] = []
    for _ in range(times):
        site.publish()
        for _ in range(3):  # Its second poll of a text is unconditional.
            places = ("-u", folder / "urls", "-C", folder / "config", "-c", folder / "cache")
            environment = {"HOME": str(folder), "LANG": "C.UTF-8"}
            subprocess.run([newsboat, *places, "-x", "reload"], check=True, env=environment, timeout=60)
            with closing(sqlite3.connect(folder / "cache")) as cache, cache:
                shown += [guid for (guid,) in cache.execute("SELECT guid FROM rss_item WHERE unread = 1")]
                cache.execute("UPDATE rss_item SET unread = 0")
                held = [guid for (guid,) in cache.execute("SELECT guid FROM rss_item")]
    record = owed(site.ledger.events, "all")
    assert sorted(held) == sorted(shown) == sorted(record.ids)
    assert len(record.news) >= times // 4
    answers = site.answers()
    assert set(answers) == {"200", "304"}
    assert answers["304"] >= times


@pytest.mark.parametrize("extension", [".rss", ".atom"])
def test_newsboat_that_follows_twelve_publications_holds_the_record(site: Site, extension: str, tmp_path: Path) -> None:
    follow_with_newsboat(site, 12, extension, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("extension", [".rss", ".atom"])
def test_newsboat_that_follows_five_hundred_publications_holds_the_record(
    site: Site, extension: str, tmp_path: Path
) -> None:
    follow_with_newsboat(site, 500, extension, tmp_path)
