"""Hubs hear of the feeds that changed where readers find them, and a hub that is down fails nothing."""

from pathlib import Path

import pytest

from conftest import Run
from greenchannel.desk.settings import Settings
from websub_hub import Hub, hub

EMBARGOED = "2026/shewai-yanchu/fact-2"


pytestmark = pytest.mark.standing


@pytest.fixture
def due(office_home: Settings, run: Run) -> Settings:
    path = office_home.content / "incidents" / f"{EMBARGOED}.md"
    path.write_text(path.read_text("utf-8").replace("release_at: 2027-01-05T09:00+08:00\n", ""), "utf-8")
    assert run("build")[0] == 0
    assert run("approve", EMBARGOED, "--by", "lu-wanqing")[0] == 0
    return office_home


def configure(office: Settings, server: Hub) -> None:
    path = Path(office.home / "mkdocs.yml")
    path.write_text(
        path.read_text("utf-8").replace("    footer:\n", f"    websub: [{server.url}]\n    footer:\n"), "utf-8"
    )


def test_a_publication_tells_the_hub_of_each_feed_that_changed(due: Settings, run: Run) -> None:
    with hub(204) as server:
        configure(due, server)
        run("build")  # The hub's name changes every feed.
        server.received.clear()
        assert run("publish", EMBARGOED)[0] == 0
    told = {value for one in server.received for key, value in one if key == "hub.url"}
    streams = ("all", "types/fact", "categories/foreign_related", "incidents/2026/shewai-yanchu")
    assert told >= {f"{due.url}feeds/{one}.{ending}" for one in streams for ending in ("rss", "atom", "json")}
    assert told.isdisjoint(f"{due.url}feeds/{one}" for one in ("types/conference.rss", "index.json", "feeds.opml"))


def test_a_build_that_changes_no_feed_tells_nobody(due: Settings, run: Run) -> None:
    with hub(204) as server:
        configure(due, server)
        run("build")
        server.received.clear()
        run("build")
    assert server.received == []


def test_a_hub_that_refuses_fails_nothing_and_is_told_of(due: Settings, run: Run) -> None:
    with hub(403) as server:
        configure(due, server)
        code, shown, errors = run("publish", EMBARGOED)
    assert (code, "published" in shown, f"{server.url}: not told of the change (HTTP 403)" in errors) == (0, True, True)


@pytest.mark.parametrize("wrong", ["hub.shili.example", "[ftp://hub.shili.example/]", "{a: b}"])
def test_what_is_no_address_is_refused(due: Settings, run: Run, wrong: str) -> None:
    path = due.home / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace("    footer:\n", f"    websub: {wrong}\n    footer:\n"), "utf-8")
    code, _, errors = run("build")
    assert (code, "websub must be a list of addresses" in errors) == (2, True)
