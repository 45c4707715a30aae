"""A province from the records of its cities, over HTTP: what it takes, what it refuses, and what readers then have."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from greenchannel import office
from greenchannel.delivery.writing import write_file
from greenchannel.desk.settings import read_settings
from greenchannel.fetching import Answer, Fetcher
from greenchannel.portal.feed_reading import Feed, read_feed
from greenchannel.portal.feeds import EXTENSIONS
from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.checkpoint import checkpoint_of, write_checkpoint
from greenchannel.record.events import read_events, write_events
from newsrooms import make_newsroom
from provincial.cities import copied, greenchannel, show
from provincial.feed import Of, newest
from provincial.keeping import Keep
from provincial.merging import Merged, merge
from provincial.roll import Roll, joining, read_roll, write_roll
from rss_rules import broken
from servers import free_port, nginx
from show_cities import PROVINCE

NAMES = ("c001", "c002", "c003")
RELEASES = 4
NOW = datetime.now(UTC)  # The commands in these tests read the clock, and a line from the future is refused.
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Nobody changes them."""
    folder = tmp_path_factory.mktemp("cities")
    for number, name in enumerate(NAMES, 1):
        make_newsroom(folder / name, RELEASES, number)
    return {name: folder / name for name in NAMES}


@dataclass
class Province:
    homes: Mapping[str, Path]
    www: Path
    folder: Path
    roll: Roll

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def merge(self, now: datetime = NOW, ask: Callable[[str, Mapping[str, str]], Answer] | None = None) -> Merged:
        return merge(self.roll, Keep(self.folder / "keep"), self.site, ask or Fetcher(request_seconds=2).fetch, now)

    def show(self, *names: str) -> None:
        for name in names or NAMES:
            show(self.homes[name], self.www / name)

    def asked(self) -> list[tuple[str, int, int]]:
        """Path, status and bytes of the body of every request so far."""
        lines = (self.folder / "access.log").read_text().splitlines()
        found = [re.search(r'"GET (\S+) \S+" (\d+) (\d+)', one) for one in lines]
        return [(one[1], int(one[2]), int(one[3])) for one in found if one]

    def items(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in json.loads((self.site / "feeds/all.json").read_bytes())["items"]}

    def rows(self) -> dict[str, tuple[str, str]]:
        """Status and title by the id of the release, over all months."""
        pages = "".join(path.read_text("utf-8") for path in sorted(self.site.glob("archive/*/*/index.html")))
        found = re.findall(r'data-id="([^"]+)" data-status="([^"]+)">.*<a href="[^"]+">([^<]+)</a>', pages)
        return {identifier: (status, title) for identifier, status, title in found}

    def readers_have(self) -> dict[str, bytes]:
        paths = [one for one in self.site.rglob("*") if one.is_file()]
        return {str(one.relative_to(self.site)): one.read_bytes() for one in paths}

    def ledger(self, name: str) -> Path:
        return self.www / name / "record/ledger.jsonl"

    def rewrite(self, name: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """The shown record of a city, changed and chained anew as somebody would who has the tool."""
        events = [dict(one) for one in read_events(self.ledger(name).read_bytes())]
        change(events)
        head = "0" * 64
        for number, one in enumerate(events, 1):
            one.update(seq=number, prev=head)
            head = sha256(canonical_json(one))
        self.write(name, write_events(events), write_checkpoint(checkpoint_of(events[-1])))

    def write(self, name: str, ledger: bytes, checkpoint: bytes) -> None:
        """With another time than before: nginx tells versions apart by size and second."""
        now = int(time.time())
        write_file(self.ledger(name), ledger, changed_at=now)
        write_file(self.ledger(name).with_name("checkpoint.json"), checkpoint, changed_at=now)


@contextmanager
def served(made: Mapping[str, Path], folder: Path) -> Iterator[Province]:
    homes = {name: copied(home, folder / "homes" / name) for name, home in made.items()}
    (folder / "www").mkdir()
    with nginx(folder, folder / "www") as port:
        cities = [joining(name, f"http://127.0.0.1:{port}/{name}/", read_settings(homes[name])) for name in NAMES]
        found = Province(homes, folder / "www", folder, read_roll(write_roll(PROVINCE, cities)))
        found.show()
        yield found


@pytest.fixture
def province(made: Mapping[str, Path], tmp_path: Path) -> Iterator[Province]:
    with served(made, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def merged(made: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """Merged once; nobody changes it."""
    with served(made, tmp_path_factory.mktemp("merged")) as found:
        found.merge()
        yield found


def newest_release(province: Province, name: str) -> str:
    published = [one for one in read_events(province.ledger(name).read_bytes()) if one["event"] == "published"]
    return str(published[-1]["id"])


def append(events: list[dict[str, Any]]) -> None:
    """A line that may follow: the newest release is read at one more place."""
    published = next(one for one in reversed(events) if one["event"] == "published")
    at = (datetime.fromisoformat(events[-1]["at"]) + timedelta(minutes=1)).isoformat()
    events.append({"event": "visible", "id": published["id"], "revision": 1, "target": "mirror", "at": at})


def test_each_release_of_each_city_stands_in_its_month(merged: Province) -> None:
    assert len(merged.rows()) == len(NAMES) * RELEASES


def test_an_entry_has_the_id_that_it_has_in_its_city(merged: Province) -> None:
    expected = {f"tag:{name}.shili.example,2026:" for name in ("news.c001", "news.c002", "news.c003")}
    assert {one.partition(":2")[0] + ":" for one in merged.items()} == expected


def test_an_entry_leads_to_the_page_of_its_city(merged: Province) -> None:
    item = merged.items()[f"tag:news.c002.shili.example,2026:{newest_release(merged, 'c002')}"]
    assert item["url"] == f"https://news.c002.shili.example/releases/{newest_release(merged, 'c002')}/"


def test_an_entry_names_its_city_as_its_author(merged: Province) -> None:
    item = merged.items()[f"tag:news.c002.shili.example,2026:{newest_release(merged, 'c002')}"]
    assert item["authors"][0]["name"] == "示例002市人民政府"


def test_the_three_formats_have_the_same_entries(merged: Province) -> None:
    feeds = [read_feed(one, (merged.site / f"feeds/all{one}").read_bytes()) for one in EXTENSIONS]
    said = [
        [(one.id, one.url, one.status, one.updated) for one in each.entries]
        for each in feeds
        if isinstance(each, Feed)
    ]
    assert said[0] == said[1] == said[2]


def test_the_rss_keeps_the_rules_of_rss(merged: Province) -> None:
    assert broken((merged.site / "feeds/all.rss").read_bytes()) == []


def test_the_order_of_entries_does_not_depend_on_who_answers_first(merged: Province) -> None:
    keep = Keep(merged.folder / "keep")
    same = "2026-11-24T10:00:00+08:00"
    told = ((one, entry) for one in merged.roll.cities for entry in keep.newest(one.id))
    entries = [Of(one, structs.replace(entry, updated=same)) for one, entry in told]
    assert newest(entries) == newest(entries[::-1])


def test_nothing_new_costs_one_request_a_city_without_a_body(merged: Province) -> None:
    before = len(merged.asked())
    merged.merge(LATER)
    assert sorted(merged.asked()[before:]) == [(f"/{name}/record/checkpoint.json", 304, 0) for name in NAMES]


def test_nothing_new_changes_no_file(merged: Province) -> None:
    assert merged.merge(LATER).written == {}


def test_of_a_longer_ledger_the_end_alone_is_read(province: Province) -> None:
    province.merge()
    size = province.ledger("c001").stat().st_size
    province.rewrite("c001", append)
    before = len(province.asked())
    province.merge(LATER)
    grown = province.ledger("c001").stat().st_size - size
    assert ("/c001/record/ledger.jsonl", 206, grown) in province.asked()[before:]


def test_a_ledger_that_comes_whole_is_taken_as_well(province: Province) -> None:
    """A server need not know Range."""
    province.merge()
    province.rewrite("c001", append)
    fetcher = Fetcher(request_seconds=2)
    merged = province.merge(LATER, lambda url, headers: fetcher.fetch(url, {} if "Range" in headers else headers))
    assert merged.taken == ["c001"]


def test_lines_behind_the_checkpoint_wait_for_it(province: Province) -> None:
    before = province.ledger("c001").with_name("checkpoint.json").read_bytes()
    province.rewrite("c001", append)
    province.write("c001", province.ledger("c001").read_bytes(), before)
    province.merge()
    assert Keep(province.folder / "keep").known("c001").checkpoint.entries == 2 * RELEASES


@pytest.fixture(scope="module")
def withdrawn(made: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Province, str]]:
    """The newest release of a city was withdrawn there after it had been merged; the id of its entry."""
    with served(made, tmp_path_factory.mktemp("withdrawn")) as found:
        found.merge()
        release = newest_release(found, "c001")
        settings = read_settings(found.homes["c001"])
        office.withdraw(settings, release, "所述地点有误。", "tan-jingxing", lambda: NOW.astimezone(settings.zone))
        found.show("c001")
        found.merge(LATER)
        yield found, f"tag:news.c001.shili.example,2026:{release}"


def test_a_withdrawal_comes_through_to_the_list(withdrawn: tuple[Province, str]) -> None:
    province, entry = withdrawn
    assert province.rows()[entry][0] == "withdrawn"


def test_a_withdrawal_takes_the_text_out_of_the_feed(withdrawn: tuple[Province, str]) -> None:
    province, entry = withdrawn
    assert "基本情况" not in province.items()[entry].get("content_html", "")


def test_a_withdrawal_is_an_entry_of_its_own(withdrawn: tuple[Province, str]) -> None:
    province, entry = withdrawn
    assert f"{entry}/withdrawal/1" in province.items()


def test_a_correction_comes_through(province: Province) -> None:
    province.merge()
    release = newest_release(province, "c003")
    path = province.homes["c003"] / f"content/incidents/{release}.md"
    note = "changes:\n  - kind: correction\n    note: 人数更正。\n"
    corrected = path.read_text("utf-8").replace("changes: []\n", note) + "\n人数更正为7人。\n"
    path.unlink()  # It is a link to the newsroom that nobody changes.
    path.write_text(corrected, "utf-8")
    greenchannel(province.homes["c003"], "approve", release, "--by", "tan-jingxing")
    greenchannel(province.homes["c003"], "publish", release, "--record-only")
    province.show("c003")
    province.merge(LATER)
    assert province.rows()[f"tag:news.c003.shili.example,2026:{release}"][1].startswith("【已更正】")


def rolled_back(events: list[dict[str, Any]]) -> None:
    del events[-2:]


def forged(events: list[dict[str, Any]]) -> None:
    events[0]["title"] = "另一个标题"
    append(events)


def impossible(events: list[dict[str, Any]]) -> None:
    append(events)
    events[-1]["id"] = "2026/nowhere/fact-1"


@pytest.mark.parametrize("change", [rolled_back, forged, impossible], ids=lambda one: one.__name__)
def test_a_record_that_does_not_continue_what_was_taken_is_refused(
    province: Province, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    province.merge()
    province.rewrite("c002", change)
    assert list(province.merge(LATER).refused) == ["c002"]


def test_a_record_of_the_same_length_with_another_line_is_refused(province: Province) -> None:
    province.merge()
    province.rewrite("c002", lambda events: events[-1].update(target="elsewhere"))
    assert list(province.merge(LATER).refused) == ["c002"]


def test_a_ledger_that_was_cut_off_is_refused(province: Province) -> None:
    province.merge()
    whole = province.ledger("c002").read_bytes()
    province.rewrite("c002", append)
    province.write("c002", whole, province.ledger("c002").with_name("checkpoint.json").read_bytes())
    assert list(province.merge(LATER).refused) == ["c002"]


def test_a_record_that_was_forged_before_it_was_ever_taken_is_refused(province: Province) -> None:
    ledger = province.ledger("c002")
    ledger.write_bytes(ledger.read_bytes().replace("情况通报".encode(), "情况说明".encode(), 1))
    assert list(province.merge().refused) == ["c002"]


def test_a_record_with_a_line_from_the_future_is_refused(province: Province) -> None:
    assert list(province.merge(datetime.fromisoformat("2016-01-01T00:00+00:00")).refused) == list(NAMES)


def test_of_a_refused_city_readers_keep_what_was_taken_last(province: Province) -> None:
    province.merge()
    before = province.readers_have()
    province.rewrite("c002", rolled_back)
    province.merge(LATER)
    told = ("index.html", "cities.json")
    assert {path for path, data in province.readers_have().items() if before[path] != data} == set(told)


def test_of_a_refused_city_it_is_told_since_when(province: Province) -> None:
    province.merge()
    province.rewrite("c002", rolled_back)
    province.merge(LATER)
    province.merge(LATER + timedelta(hours=5))
    cities = {one["id"]: one for one in json.loads((province.site / "cities.json").read_bytes())}
    assert cities["c002"]["since"] == LATER.isoformat("T", "minutes")


def test_a_city_that_comes_back_is_taken_again(province: Province) -> None:
    province.merge()
    before = [province.ledger("c002").with_name(one).read_bytes() for one in ("ledger.jsonl", "checkpoint.json")]
    province.rewrite("c002", rolled_back)
    province.merge(LATER)
    province.write("c002", *before)
    assert province.merge(LATER).refused == {}


def test_a_city_that_does_not_answer_keeps_no_other_back(province: Province) -> None:
    dead = replace(province.roll.cities[0], origin=f"http://127.0.0.1:{free_port()}/")
    province.roll = replace(province.roll, cities=(dead, *province.roll.cities[1:]))
    assert sorted(province.merge().taken) == ["c002", "c003"]


def test_a_text_that_the_ledger_does_not_name_is_not_shown(province: Province) -> None:
    path = province.www / f"c001/releases/{newest_release(province, 'c001')}/r1.md"
    forgery = path.read_text("utf-8").replace("基本情况", "伪造情况")
    path.unlink()  # It is a link to the newsroom's own.
    path.write_text(forgery, "utf-8")
    province.merge()
    assert "伪造情况" not in (province.site / "feeds/all.json").read_text("utf-8")


def test_an_entry_without_its_text_comes_as_a_summary(province: Province) -> None:
    release = newest_release(province, "c001")
    (province.www / f"c001/releases/{release}/r1.md").unlink()
    province.merge()
    assert "content_text" in province.items()[f"tag:news.c001.shili.example,2026:{release}"]


def test_a_merge_that_was_stopped_is_ended_by_the_next_one(province: Province, tmp_path: Path) -> None:
    province.merge()
    whole = province.readers_have()
    stopped = replace(province, folder=tmp_path / "again")
    fetcher = Fetcher(request_seconds=2)

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        if url.endswith(".md"):
            raise KeyboardInterrupt
        return fetcher.fetch(url, headers)

    with pytest.raises(KeyboardInterrupt):
        stopped.merge(ask=ask)
    stopped.merge()
    assert stopped.readers_have() == whole
