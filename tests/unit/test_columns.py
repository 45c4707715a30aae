"""Columns by month: what is over stays as it is, and no address is lost."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conftest import REGULATION, REPOSITORY
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import read_settings
from greenchannel.domain.registry import Registry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import columns, front_pages, month_pages, months
from greenchannel.portal.directories import directories
from greenchannel.portal.views.lists import DirectoryView, ListView
from greenchannel.portal.views.parts import Link, Row
from greenchannel.record.events import fold
from ledgers import Ledger

FACTS: Mapping[str, Any] = {"class": "ordinary", "casualties": False, "wide_impact": False, "lead": "housing"}
OFFICE = read_settings(REPOSITORY / "tests/golden/small")
REGISTRY = read_newsroom(REPOSITORY / "tests/rules/base", OFFICE.zone).registry


def ledger(*steps: Callable[[Ledger], Any]) -> Ledger:
    made = Ledger()
    for step in steps:
        step(made)
    return made


def lists(*steps: Callable[[Ledger], Any], registry: Registry = REGISTRY) -> dict[str, ListView]:
    catalogue = Catalogue(OFFICE, registry, REGULATION, fold(ledger(*steps).events))
    return {view.frame.url: view for _, view in _views(catalogue)}


def _views(catalogue: Catalogue) -> Iterator[tuple[str, ListView]]:
    shelves = columns(catalogue)
    for month in months(shelves):
        yield from month_pages(catalogue, shelves, month)
    yield from front_pages(catalogue, shelves)


def publish(name: str, department: str = "housing", **facts: Any) -> Callable[[Ledger], Any]:
    def step(ledger: Ledger) -> None:
        ledger.publish(f"2026/x/{name}", department=department, **{**FACTS, **facts})

    return step


def explain(expert: str) -> Callable[[Ledger], Any]:
    def step(ledger: Ledger) -> None:
        ledger.publish("2026/x/interpretation-1", **FACTS)
        ledger.events[-1] = {**ledger.events[-1], "type": "interpretation", "expert": expert, "basis": ""}

    return step


def a_month(ledger: Ledger) -> None:
    ledger.wait(days=31)


def test_a_month_that_is_over_is_a_page_that_no_later_release_changes() -> None:
    two = (publish("fact-1"), a_month, publish("fact-2"))
    before, after = lists(*two), lists(*two, publish("fact-3"), publish("fact-4", "info_office", category="emergency"))
    over = [url for url in before if url.endswith("/2026/11/")]
    assert {"/types/fact/2026/11/", "/departments/housing/2026/11/", "/categories/other/2026/11/"} < set(over)
    assert [url for url in over if before[url] != after[url]] == []


def test_the_next_month_is_named_on_the_one_before_and_on_no_other() -> None:
    first = (publish("fact-1"), a_month, publish("fact-2"))
    before, after = lists(*first), lists(*first, a_month, publish("fact-3"))
    changed = [url for url in before if url.startswith("/archive/2") and before[url] != after[url]]
    assert changed == ["/archive/2026/12/"]
    assert after["/archive/2026/12/"].next


def test_a_column_that_never_held_anything_is_not_built() -> None:
    found = lists(publish("fact-1"))
    assert "/types/fact/" in found
    assert [url for url in found if url.startswith(("/types/response", "/categories/emergency"))] == []


def test_a_department_has_its_page_before_its_first_release() -> None:
    page = lists()["/departments/housing/"]
    assert (page.cards, page.frame.feeds, page.frame.column_type) == ((), (), "机构职能")


def test_a_column_that_a_correction_emptied_keeps_its_addresses() -> None:
    found = lists(publish("fact-1"), publish("fact-1", "info_office", category="emergency"))
    left = ("/departments/housing/2026/11/", "/categories/other/", "/categories/other/2026/11/")
    assert [found[url].cards for url in left] == [(), (), ()]
    assert [len(found[url].cards) for url in ("/departments/info_office/", "/categories/emergency/2026/11/")] == [1, 1]


def test_a_column_shows_the_newest_and_leads_to_all_by_month() -> None:
    many = [publish(f"fact-{number}") for number in range(60)]
    found = lists(*many, a_month, publish("fact-60"))
    front = found["/types/fact/"]
    assert (len(front.cards), len(found["/types/fact/2026/11/"].cards)) == (50, 60)
    assert [(year, [one.url for one in months]) for year, months in front.months] == [
        ("2026年", ["/types/fact/2026/12/", "/types/fact/2026/11/"])
    ]


def test_a_removed_body_keeps_its_page_under_its_id() -> None:
    registry = replace(REGISTRY, departments={})
    found = lists(publish("fact-1"), publish("fact-2", "water", lead="roads"), registry=registry)
    page = found["/departments/water/"]
    assert (page.frame.title, page.rows, len(page.cards)) == ("water", (Row("状态", "已不在部门名录"),), 1)
    assert {"/departments/housing/2026/11/", "/departments/roads/"} < found.keys()
    assert lists(registry=registry) == {}


def test_an_expert_who_is_not_public_any_more_has_a_page_that_tells_nothing() -> None:
    steps, urls = (explain("wang-wu"),), ("/experts/wang-wu/", "/experts/wang-wu/2026/11/")
    before, after = lists(*steps), lists(*steps, registry=without_consent(REGISTRY))
    assert [(before[url].frame.is_indexed, len(before[url].cards)) for url in urls] == [(True, 1)] * 2
    assert before[urls[0]].frame.title == "王五"
    for url in urls:
        page = after[url]
        assert (page.frame.title, page.frame.is_indexed, page.frame.crumbs) == ("专家", False, ())
        assert (page.rows, page.cards, page.months, page.previous, page.next) == ((), (), (), None, None)
        assert page.notice == "该专家未列入专家库。"
    assert after["/types/interpretation/"].cards == before["/types/interpretation/"].cards
    assert lists(*steps, registry=replace(REGISTRY, experts={})).keys() == after.keys()


def test_an_expert_who_explained_nothing_yet_has_an_entry_and_no_page() -> None:
    assert "/experts/wang-wu/" not in lists(publish("fact-1"))
    for steps, url in (((), ""), ((explain("wang-wu"),), "/experts/wang-wu/")):
        catalogue = Catalogue(OFFICE, REGISTRY, REGULATION, fold(ledger(*steps).events))
        (entry,) = shown(catalogue)["/experts/"].entries
        assert entry.name == Link("王五", url)


def test_an_empty_directory_says_so_and_asks_not_to_be_indexed() -> None:
    found = shown(Catalogue(OFFICE, Registry(), REGULATION, fold(())))
    assert {url: (view.entries, view.notice, view.frame.is_indexed) for url, view in found.items()} == {
        "/departments/": ((), "目前没有公开的部门。", False),
        "/experts/": ((), "目前没有公开的专家。", False),
        "/spokespersons/": ((), "目前没有公开的发言人。", False),
    }
    assert shown(Catalogue(OFFICE, REGISTRY, REGULATION, fold(())))["/departments/"].frame.is_indexed


def shown(catalogue: Catalogue) -> dict[str, DirectoryView]:
    return {view.frame.url: view for _, view in directories(catalogue)}


def without_consent(registry: Registry) -> Registry:
    return replace(registry, experts={key: replace(one, public=False) for key, one in registry.experts.items()})
