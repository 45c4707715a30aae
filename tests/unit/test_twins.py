"""What machines read beside the feeds: twins, ninjs documents, the newest releases, the news sitemap."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from conftest import REGULATION, REPOSITORY
from greenchannel.delivery.record import read_record
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.domain.release import Change, Fact
from greenchannel.domain.vocabulary import ChangeKind
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.newest import latest, news_sitemap
from greenchannel.portal.ninjs import ninjs
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import read_theme
from greenchannel.portal.twin import complete, describe, updated_at
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State, chain, fold, write_events
from greenchannel.record.freeze import thaw
from greenchannel.sourcing import record_artifacts
from small import FACT, REGISTRY, Book, corrected

SCHEMAS = REPOSITORY.parent / "shared" / "schemas"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
WITHDRAWN = "2026/binjiang-daqiao-yaoyan/fact-1"
Json = dict[str, Any]  # Any: JSON


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The sample's artifacts by their paths."""
    from conftest import copy_newsroom  # noqa: PLC0415

    office = copy_newsroom(tmp_path_factory.mktemp("sample"))
    return dict(record_artifacts(office, read_record(office.releases)))


def documents(made: dict[str, bytes], name: str) -> list[Json]:
    return [json.loads(data) for path, data in made.items() if path.startswith("releases/") and path.endswith(name)]


def twin_of(made: dict[str, bytes], release: str) -> Json:
    found: Json = json.loads(made[f"releases/{release}/index.json"])
    return found


def catalogue_of(settings: Settings, state: State) -> Catalogue:
    return Catalogue(settings, REGISTRY, REGULATION, state)


def whole_twin(settings: Settings, book: Book, release: str = FACT.id) -> Json:
    catalogue = catalogue_of(settings, book.state)
    one = book.state.releases[release]
    return dict(complete(describe(catalogue, one), thaw(book.files[one.current.path]), "<p>正文。</p>", {}))


def faults(schema: Json, document: Json) -> list[str]:
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)]


def our_schema(made: dict[str, bytes]) -> Json:
    found: Json = json.loads(made["schema/release-1.json"])
    return found


def test_every_release_has_a_twin_that_its_published_schema_accepts(made: dict[str, bytes]) -> None:
    twins, schema = documents(made, "/index.json"), our_schema(made)
    events = map(json.loads, made["record/ledger.jsonl"].splitlines())
    assert {one["record_id"] for one in twins} == {event["id"] for event in events}
    assert [fault for one in twins for fault in faults(schema, one)] == []


def _objects(schema: Any) -> Any:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for one in schema.values():
            yield from _objects(one)
    if isinstance(schema, list):
        for one in schema:
            yield from _objects(one)


def test_the_schema_lets_no_key_be_missing_or_new(made: dict[str, bytes]) -> None:
    found = [one for one in _objects(our_schema(made)) if isinstance(one["properties"], dict)]
    assert len(found) > 10
    assert all(one["additionalProperties"] is False and one["required"] == list(one["properties"]) for one in found)


def test_a_twin_has_the_text_of_its_page_with_whole_addresses(made: dict[str, bytes]) -> None:
    twin = twin_of(made, "2026/binjiang-daqiao-yaoyan/response-1")
    (attachment,) = twin["attachments"]
    assert f'src="{attachment["url"]}"' in twin["text"]["html"]
    assert sha256(made[attachment["url"].removeprefix("https://news.shili.example/")]) == attachment["sha256"]


def test_a_twin_names_files_that_are_there_with_their_digests(made: dict[str, bytes]) -> None:
    for twin in documents(made, "/index.json"):
        for one in (*twin["revisions"], {"url": twin["text"]["markdown_url"], "sha256": twin["text"]["sha256"]}):
            assert sha256(made[one["url"].removeprefix("https://news.shili.example/")]) == one["sha256"]


def test_a_twin_names_its_line_of_the_ledger(made: dict[str, bytes]) -> None:
    lines = made["record/ledger.jsonl"].splitlines()
    for twin in documents(made, "/index.json"):
        line = lines[twin["record"]["sequence"] - 1]
        assert (sha256(line), json.loads(line)["id"]) == (twin["record"]["line_sha256"], twin["record_id"])


def test_a_twin_has_what_its_type_has(made: dict[str, bytes]) -> None:
    conference = twin_of(made, "2026/qingnianlu-huozai/conference-1")["conference"]
    assert conference["moderator"] == "陆婉清"
    assert conference["live"][0] == {"platform": "示例市新闻客户端", "url": "https://live.shili.example/20261120"}
    assert conference["hearing_access"] == ["captions", "sign_language"]
    assert conference["accreditation"]["deadline"] == "2026-11-20T16:00:00+08:00"
    response = {
        "verdict": "untrue",
        "verdict_name": "不属实",
        "result_due": None,
        "claim": "滨江大桥桥墩开裂，今晚就要封桥。",
        "claim_source": "网络群组传播的一段14秒短视频",
        "claim_seen_at": "2026-10-20T20:05:00+08:00",
    }
    assert twin_of(made, "2026/binjiang-daqiao-yaoyan/response-1")["response"] == response
    interpretation = twin_of(made, "2026/laowu-gaizao/interpretation-1")["interpretation"]
    assert (interpretation["expert"]["name"], interpretation["basis"]["id"]) == (
        "顾砚洲",
        "tag:news.shili.example,2026:2026/laowu-gaizao/fact-1",
    )


def test_a_twin_has_what_any_release_may_say(made: dict[str, bytes]) -> None:
    twin = twin_of(made, "2026/qingnianlu-huozai/fact-3")
    names = ("index_number", "document_number", "formed_on", "content_source", "keywords")
    assert [twin[one] for one in names] == [
        "SLSHQ0001/2026-00025",
        "示应急发〔2026〕86号",
        "2026-11-21",
        None,
        ["青年路火灾", "善后", "消防安全排查"],
    ]
    assert twin["checking"] == ["起火原因，物证已送检。"]
    assert len(twin["confirmed"]) == 2


def test_an_expert_who_is_not_named_on_the_portal_is_not_named_in_a_twin(
    office_home: Settings, made: dict[str, bytes]
) -> None:
    experts = office_home.content / "registry/experts.yml"
    experts.write_text(experts.read_text("utf-8").replace("public: yes", "public: no"), "utf-8")
    shown = dict(record_artifacts(office_home, read_record(office_home.releases)))
    twin = twin_of(shown, "2026/laowu-gaizao/interpretation-1")
    assert twin["interpretation"]["expert"] is None
    assert faults(our_schema(made), twin) == []


def test_a_withdrawn_twin_says_why_and_no_longer_gives_its_text(made: dict[str, bytes]) -> None:
    twin = twin_of(made, WITHDRAWN)
    assert (twin["status"], twin["text"]["html"], twin["attachments"]) == ("withdrawn", None, [])
    assert twin["withdrawn"]["reason"] in twin["summary"]
    assert twin["revisions"][-1]["withdrawn"] == twin["withdrawn"]


def test_an_id_is_the_one_of_the_feeds(made: dict[str, bytes]) -> None:
    feed = json.loads(made["feeds/all.json"])
    assert {one["id"] for one in documents(made, "/index.json")} <= {one["id"] for one in feed["items"]}


def test_a_twin_has_the_times_and_the_title_of_its_entry_in_the_feed(made: dict[str, bytes]) -> None:
    entries = {one["id"]: one for one in json.loads(made["feeds/all.json"])["items"]}
    twins = {one["id"]: one for one in documents(made, "/index.json")}
    assert twins
    for name, twin in twins.items():
        told = (entries[name]["url"], entries[name]["date_published"], entries[name]["date_modified"])
        assert told == (twin["url"], twin["published"], twin["updated"])
        assert entries[name]["title"].endswith(twin["title"])


def noted(kind: ChangeKind, *before: Change) -> Fact:
    return replace(FACT, body=f"改动 {len(before)} {kind.zh}。", changes=(*before, Change(kind, "改动一处。")))


def test_a_minor_fix_leaves_the_time_of_the_last_update(office_home: Settings) -> None:
    book = Book()
    book.release(FACT)
    book.release(first := noted(ChangeKind.UPDATE))
    book.release(noted(ChangeKind.MINOR, *first.changes))
    one = book.state.releases[FACT.id]
    assert updated_at(one) == one.revisions[1].at
    assert whole_twin(office_home, book)["updated"] == one.revisions[1].at.isoformat()


def test_a_text_that_comes_back_with_a_minor_fix_is_updated(office_home: Settings) -> None:
    book = Book()
    book.release(FACT)
    book.withdraw(FACT.id)
    book.release(noted(ChangeKind.MINOR))
    twin = whole_twin(office_home, book)
    assert twin["updated"] == twin["revisions"][1]["at"] > twin["revisions"][0]["withdrawn"]["at"]


def test_of_several_changes_the_weightiest_names_the_revision(office_home: Settings) -> None:
    book = Book()
    book.release(FACT)
    notes = (Change(ChangeKind.MINOR, "错字。"), Change(ChangeKind.CORRECTION, "数字。"))
    book.release(replace(FACT, body="新。", changes=notes))
    assert [(one["kind"], one["note"]) for one in whole_twin(office_home, book)["revisions"]] == [
        ("first", None),
        ("correction", "错字；数字。"),
    ]


def test_a_twin_says_since_when_it_was_read_where(office_home: Settings) -> None:
    book = Book()
    book.release(FACT)
    book.see(FACT.id)
    assert whole_twin(office_home, book)["revisions"][0]["visible"] == {"site": "2026-11-20T10:01:00+08:00"}


def fingerprints(settings: Settings, until: int) -> dict[str, str]:
    events = read_record(settings.releases).events[:until]
    site = Site(
        settings=settings,
        registry=read_newsroom(settings.content, settings.zone).registry,
        policy=REGULATION,
        state=fold(events),
        events=events,
        ledger=write_events(events),
        read_frozen=lambda path: pytest.fail(f"{path} was read"),
        render=lambda text, _links: text,
    )
    return {path: one.fingerprint for one in plan(site, read_theme(settings.templates)) for path in one.paths}


def test_a_release_makes_no_other_twin_anew(office_home: Settings) -> None:
    """The sample's last two lines are a release of an incident with others, and its receipt."""
    before, after = fingerprints(office_home, -2), fingerprints(office_home, 61)
    names = ("/index.json", "/ninjs.json")
    twins = {path for path in after if path.startswith("releases/") and path.endswith(names)}
    assert {path.rpartition("/")[0] for path in twins if before.get(path) != after[path]} == {
        "releases/2026/qingnianlu-huozai/fact-3"
    }


NINJS = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schema of ninjs lies outside the repository")


def ninjs_schema() -> Json:
    found: Json = json.loads((SCHEMAS / "ninjs-3.1.json").read_text("utf-8"))
    return found


@NINJS
def test_every_ninjs_document_is_valid_by_the_official_schema(made: dict[str, bytes]) -> None:
    found, schema = documents(made, "/ninjs.json"), ninjs_schema()
    assert len(found) == len(documents(made, "/index.json")) > 0
    assert [fault for one in found for fault in faults(schema, one)] == []


@NINJS
def test_the_official_schema_refuses_a_status_that_it_does_not_know(made: dict[str, bytes]) -> None:
    assert faults(ninjs_schema(), {**documents(made, "/ninjs.json")[0], "pubStatus": "withdrawn"})


def test_a_ninjs_document_is_canceled_with_the_release(made: dict[str, bytes]) -> None:
    found = {one["uri"].rpartition(":")[2]: one for one in documents(made, "/ninjs.json")}
    canceled = {name for name, one in found.items() if one["pubStatus"] == "canceled"}
    assert canceled == {WITHDRAWN}
    assert (found[WITHDRAWN]["bodies"], "撤回" in found[WITHDRAWN]["edNote"]) == ([], True)


def test_the_version_of_a_ninjs_document_grows_with_whatever_happens(office_home: Settings) -> None:
    book, versions = Book(), []
    steps: tuple[Callable[[], None], ...] = (
        lambda: book.release(FACT),
        lambda: book.withdraw(FACT.id),
        lambda: book.release(corrected(FACT)),
    )
    for step in steps:
        step()
        found = ninjs(whole_twin(office_home, book))
        versions.append((found["version"], found["versionCreated"]))
    assert [number for number, _ in versions] == ["1", "2", "3"]
    assert versions == sorted(set(versions))


def test_a_ninjs_document_carries_its_attachments(made: dict[str, bytes]) -> None:
    found = json.loads(made["releases/2026/binjiang-daqiao-yaoyan/response-1/ninjs.json"])
    (association,) = found["associations"]
    assert (association["type"], association["renditions"][0]["sizeInBytes"]) == ("picture", 41_781)


def many(count: int) -> Book:
    book = Book()
    for number in range(count):
        book.release(replace(FACT, id=f"2026/shili/fact-{number + 1}", title=f"标题 {number + 1}"))
    return book


def test_the_latest_are_fifty_and_an_old_one_comes_first_once_it_is_corrected(office_home: Settings) -> None:
    book = many(60)
    book.release(corrected(FACT))
    found = json.loads(latest(catalogue_of(office_home, book.state)))
    assert (found["sequence"], len(found["entries"])) == (61, 50)
    assert [(one["id"].rpartition("/")[2], one["revision"]) for one in found["entries"][:2]] == [
        ("fact-1", 2),
        ("fact-60", 1),
    ]


def test_each_of_the_latest_has_a_line_of_its_own_that_stays_while_it_stays(office_home: Settings) -> None:
    def lines(book: Book) -> set[str]:
        text = latest(catalogue_of(office_home, book.state)).decode()
        return {line.removesuffix(",") for line in text.splitlines() if line.startswith('{"id"')}

    book = many(3)
    before = lines(book)
    book.release(corrected(FACT))
    assert len(before) == 3
    assert [json.loads(line)["revision"] for line in lines(book) - before] == [2]


def test_the_latest_say_what_was_withdrawn(office_home: Settings) -> None:
    book = many(2)
    book.withdraw(FACT.id)
    entry = json.loads(latest(catalogue_of(office_home, book.state)))["entries"][0]
    assert (entry["url"], entry["withdrawn"]["reason"]) == (
        "https://news.shili.example/releases/2026/shili/fact-1/",
        "数据有误。",
    )


def test_an_empty_record_has_no_latest(office_home: Settings) -> None:
    found = json.loads(latest(catalogue_of(office_home, State())))
    assert (found["sequence"], found["entries"]) == (0, [])


def test_fifty_of_the_latest_are_small(office_home: Settings) -> None:
    assert len(latest(catalogue_of(office_home, many(60).state))) < 30_000


def news(settings: Settings, state: State) -> list[str]:
    root = etree.fromstring(news_sitemap(catalogue_of(settings, state)))
    return [str(one.text) for one in root.iter("{*}loc")]


def test_the_news_sitemap_has_the_last_two_days_and_what_stands(office_home: Settings) -> None:
    state = read_record(office_home.releases).state
    fresh = [f"https://news.shili.example/releases/2026/qingnianlu-huozai/{one}/" for one in
             ("fact-3", "response-1", "conference-1", "fact-2", "fact-1")]  # fmt: skip
    assert news(office_home, state) == fresh


def test_two_days_back_to_the_second_is_news_and_a_second_more_is_not(office_home: Settings) -> None:
    book = many(1)
    text = {"event": "visible", "id": FACT.id, "revision": 1, "target": "site"}
    first = book.state.releases[FACT.id].first_at
    for seconds, count in ((0, 1), (1, 0)):
        at = first.replace(day=first.day + 2, second=seconds)
        assert len(news(office_home, fold(chain(book.state, (text,), at), book.state))) == count


def test_a_withdrawn_release_is_no_news(office_home: Settings) -> None:
    book = many(2)
    book.withdraw(FACT.id)
    assert news(office_home, book.state) == ["https://news.shili.example/releases/2026/shili/fact-2/"]


def test_the_news_sitemap_has_a_thousand_at_most(office_home: Settings) -> None:
    assert len(news(office_home, many(1_001).state)) == 1_000


def test_an_entry_of_the_news_sitemap_is_as_google_asks(office_home: Settings) -> None:
    """https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap"""
    title = "停水 <二> & “说明”\x0b"
    book = Book()
    book.release(replace(FACT, title=title))
    (entry,) = etree.fromstring(news_sitemap(catalogue_of(office_home, book.state)))
    assert [etree.QName(one).localname for one in entry] == ["loc", "news"]
    found = entry[1]
    assert [etree.QName(one).localname for one in found] == ["publication", "publication_date", "title"]
    assert {etree.QName(one).namespace for one in found.iter()} == {NEWS[1:-1]}
    assert (found.findtext(f"{NEWS}publication/{NEWS}name"), found.findtext(f"{NEWS}publication/{NEWS}language")) == (
        "示例市政务舆情回应",
        "zh-cn",
    )
    assert found.findtext(f"{NEWS}publication_date") == "2026-11-20T10:00:00+08:00"
    assert found.findtext(f"{NEWS}title") == title.removesuffix("\x0b")


def alternates(made: dict[str, bytes], path: str) -> list[tuple[str, str]]:
    page = made[path].decode()
    return re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"', page)


def streams(made: dict[str, bytes], path: str) -> list[str]:
    return [href.removesuffix(".atom") for kind, href in alternates(made, path) if kind == "application/atom+xml"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", ["/feeds/all", "/feeds/urgent"]),
        (
            "releases/2026/qingnianlu-huozai/fact-2/index.html",
            ["/feeds/incidents/2026/qingnianlu-huozai", "/feeds/departments/emergency_office", "/feeds/types/fact"],
        ),
        (
            "releases/2026/qingnianlu-huozai/index.html",
            [
                "/feeds/incidents/2026/qingnianlu-huozai",
                "/feeds/departments/emergency_office",
                "/feeds/categories/emergency",
            ],
        ),
        ("types/fact/index.html", ["/feeds/types/fact"]),
        ("departments/emergency_office/index.html", ["/feeds/departments/emergency_office"]),
        ("categories/emergency/index.html", ["/feeds/categories/emergency"]),
        ("archive/2026/11/index.html", ["/feeds/all"]),
        ("releases/2026/qingnianlu-huozai/fact-2/r1/index.html", ["/feeds/all"]),
    ],
)
def test_a_page_names_the_feeds_that_fit_it(made: dict[str, bytes], path: str, expected: list[str]) -> None:
    assert streams(made, path) == expected


def test_the_page_of_a_release_leads_to_its_twin(made: dict[str, bytes]) -> None:
    page = "releases/2026/qingnianlu-huozai/fact-2/"
    assert ("application/json", f"/{page}index.json") in alternates(made, f"{page}index.html")


def test_the_home_page_names_the_urgent_feed_only_while_a_serious_incident_is_open(tmp_path: Path) -> None:
    from conftest import copy_newsroom  # noqa: PLC0415

    office = copy_newsroom(tmp_path)
    record = read_record(office.releases)
    calm = tuple(one for one in record.events if "qingnianlu" not in one["id"])
    pages = dict(record_artifacts(office, replace(record, events=calm, state=fold(calm))))
    assert streams(pages, "index.html") == ["/feeds/all"]
