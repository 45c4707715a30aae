"""Two feed readers that people use follow a feed behind nginx: each holds the record, nothing twice."""

import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Protocol

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
        self.root = f"http://127.0.0.1:{port}"
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

    def answers(self, path: str) -> Counter[str]:
        """What nginx answered to who asks for that path."""
        asked = re.escape(path)
        return Counter(re.findall(rf'"GET {asked} HTTP/1\.1" (\d+) ', self.log.read_text()))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    for name in ("www/feeds", "nginx"):
        (tmp_path / name).mkdir(parents=True)
    with nginx(tmp_path / "nginx", tmp_path / "www") as port:
        yield Site(tmp_path, port)


class Follower(Protocol):
    """A program that follows a feed under a path of its own; `shown` are the ids of what it showed as new."""

    path: str
    shown: list[str]

    def poll(self) -> None: ...

    def held(self) -> list[str]: ...

    def is_polite(self, answers: Counter[str], times: int) -> bool:
        """Was everything sent to it once, and nothing where nothing had changed?"""


class Library:
    """The Python package `reader`, which polls twice."""

    def __init__(self, site: Site, extension: str) -> None:
        self.path, self.shown = f"/feeds/all{extension}?library", list[str]()
        self._reader, self._address = make_reader(":memory:"), f"{site.root}{self.path}"
        self._reader.add_feed(self._address)

    def poll(self) -> None:
        for _ in range(2):
            self._reader.update_feeds(scheduled=False)
            for one in list(self._reader.get_entries(read=False)):
                self.shown.append(one.id)
                self._reader.mark_entry_as_read(one)

    def held(self) -> list[str]:
        return [one.id for one in self._reader.get_entries()]

    def is_polite(self, answers: Counter[str], times: int) -> bool:
        return answers == {"200": times, "304": times}


class Newsboat:
    """It polls three times, since its second poll of a text is unconditional."""

    def __init__(self, site: Site, extension: str, folder: Path) -> None:
        self.path, self.shown, self._folder = f"/feeds/all{extension}?newsboat", list[str](), folder
        folder.mkdir()
        (folder / "urls").write_text(f"{site.root}{self.path}\n", "utf-8")
        (folder / "config").write_text("max-items 0\n", "utf-8")

    def poll(self) -> None:
        names = (("-u", "urls"), ("-C", "config"), ("-c", "cache"))
        places = [part for option, name in names for part in (option, str(self._folder / name))]
        environment = {"HOME": str(self._folder), "LANG": "C.UTF-8"}
        for _ in range(3):
            command = [program("newsboat", "newsboat"), *places, "-x", "reload"]
            subprocess.run(command, check=True, env=environment, timeout=60)
            self.shown += self._ask("SELECT guid FROM rss_item WHERE unread = 1")
            self._ask("UPDATE rss_item SET unread = 0")

    def held(self) -> list[str]:
        return self._ask("SELECT guid FROM rss_item")

    def is_polite(self, answers: Counter[str], times: int) -> bool:
        return set(answers) == {"200", "304"} and answers["304"] >= times

    def _ask(self, statement: str) -> list[str]:
        with closing(sqlite3.connect(self._folder / "cache")) as cache, cache:
            return [guid for (guid,) in cache.execute(statement)]


@pytest.mark.parametrize("times", [12, pytest.param(500, marks=pytest.mark.torture)])
def test_readers_that_people_use_follow_every_publication_and_hold_the_record(
    site: Site, tmp_path: Path, times: int
) -> None:
    libraries = [Library(site, extension) for extension in (".rss", ".atom", ".json")]
    boats = [Newsboat(site, extension, tmp_path / f"newsboat{extension}") for extension in (".rss", ".atom")]
    followers: list[Follower] = [*libraries, *boats]
    for _ in range(times):
        site.publish()
        for one in followers:
            one.poll()
    record = owed(site.ledger.events, "all")
    assert len(record.news) >= times // 4
    for one in followers:
        assert sorted(one.held()) == sorted(one.shown) == sorted(record.ids), one.path
        assert one.is_polite(site.answers(one.path), times), (one.path, site.answers(one.path))
