"""The search page of the sample site as people use it: by keyboard, with hostile words, without scripts."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import Clock, copy_newsroom
from greenchannel.building import build
from greenchannel.desk.settings import Settings
from greenchannel.indexing import build_index
from greenchannel.portal.postings import fold
from greenchannel.portal.sanitising import plain_text
from sample_site import served
from seeing import MODES, axe_violations, enter, small_targets, style_violations

FIRE = "releases/2026/qingnianlu-huozai"
ARTS = "releases/2026/shewai-yanchu"
WITHDRAWN = "releases/2026/binjiang-daqiao-yaoyan/fact-1/"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """With the search form in the header of every page."""
    office = copy_newsroom(tmp_path_factory.mktemp("search") / "office")
    header = office.templates / "partials/header.html"
    text = header.read_text("utf-8")
    if "search_form.html" not in text:
        header.write_text(text.replace("<nav", '{% include "partials/search_form.html" %}\n<nav', 1), "utf-8")
    clock = Clock("2026-11-24T10:00:00+08:00")
    build(office, clock)
    assert build_index(office, clock).is_whole
    return office


@pytest.fixture(scope="module")
def address(office: Settings) -> Iterator[str]:
    with served(office.site) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that must not say anything on its console."""
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda shown: complaints.append(shown.message))
    yield page
    context.close()
    assert [one for one in complaints if "favicon" not in one and "404" not in one] == []


def status(page: Page, text: str) -> None:
    expect(page.locator("#search-status")).to_have_text(text)


def links(page: Page) -> list[str]:
    found = page.locator("#search-results li h2 a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [str(one).removeprefix("/") for one in found]


def test_a_query_from_the_header_finds_marks_and_counts(page: Page, address: str) -> None:
    page.goto(f"{address}{FIRE}/")
    field = page.get_by_role("banner").get_by_role("searchbox")
    field.fill("三轮搜救。火灾造成")
    field.press("Enter")
    status(page, "找到 1 条。")
    assert page.url == f"{address}search/?q={quote('三轮搜救。火灾造成')}"
    assert links(page) == [f"{FIRE}/fact-2/"]
    assert page.locator("mark").all_inner_texts() == ["三轮搜救。火灾造成"]
    assert page.locator("#search-results .card-meta").inner_text() == "事实发布 2026-11-20 11:40 示例市应急管理办公室"


def test_a_substring_that_no_dictionary_has_is_found(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=灾明火被")
    status(page, "找到 1 条。")
    assert links(page) == [f"{FIRE}/fact-2/"]


def test_an_english_word_is_found_on_the_pages_of_both_languages(page: Page, address: str) -> None:
    page.goto(f"{address}en/search/?q=FESTIVAL")
    status(page, "2 found.")
    assert links(page) == [f"en/{ARTS}/fact-1/", f"en/{ARTS}/response-1/"]
    assert page.locator("h2 mark").all_inner_texts() == ["Festival", "Festival"]
    page.goto(f"{address}search/?q=festival")
    status(page, "找到 2 条。")
    assert links(page) == [f"{ARTS}/fact-1/", f"{ARTS}/response-1/"]
    assert page.locator("h2 a").last.inner_text() == "关于国际友城艺术节演出改期的回应"
    assert page.locator(".card-summary[lang=en] mark").first.inner_text() == "Festival"


def test_what_has_no_english_text_is_shown_in_chinese_and_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}en/search/?q=台风")
    expect(page.locator("mark").first).to_be_visible()
    assert all(one.startswith("releases/") for one in links(page))
    counted = {page.locator(one).count() for one in ("h2 a[lang=zh-CN]", ".card-summary[lang=zh-CN]", "article")}
    assert counted == {len(links(page))}
    page.goto(f"{address}en/search/?q=友城 festival")
    status(page, "2 found.")


def test_filters_narrow_what_is_found_and_stand_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=火灾")
    expect(page.locator("#search-results li")).to_have_count(5)
    page.get_by_text("按类型、部门、日期筛选").click()
    page.get_by_label("类型", exact=True).select_option("新闻发布会")
    page.get_by_role("main").get_by_role("button", name="搜索").click()
    status(page, "找到 1 条。")
    assert links(page) == [f"{FIRE}/conference-1/"]
    assert page.url.endswith("&type=conference")
    page.goto(f"{address}search/?q=火灾&from=2026-11-21&to=2026-11-21&department=info_office")
    status(page, "没有找到。请减少或更换词语，或者按月份、类型、部门查阅。")
    page.goto(f"{address}search/?q=火灾&from=2026-11-20&to=2026-11-20")
    assert page.get_by_label("发布日期不早于").input_value() == "2026-11-20"


def test_by_keyboard_alone_one_comes_to_a_release_and_back(page: Page, address: str) -> None:
    page.goto(f"{address}search/")
    page.get_by_role("main").get_by_role("searchbox").focus()
    page.keyboard.type("台风 海星")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "search-q"
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#search-results') !== null"):
            break
    found = links(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(address + found[0])
    page.go_back()
    expect(page.locator("#search-results li").first).to_be_visible()
    assert links(page) == found
    assert page.get_by_role("main").get_by_role("searchbox").input_value() == "台风 海星"


def test_going_back_shows_the_search_before(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=灾明火被")
    status(page, "找到 1 条。")
    field = page.get_by_role("main").get_by_role("searchbox")
    field.fill("火")
    field.press("Enter")
    status(page, "请输入至少两个字。")
    assert links(page) == []
    page.go_back()
    status(page, "找到 1 条。")
    assert field.input_value() == "灾明火被"


@pytest.mark.parametrize(
    "query",
    [
        "<img src=x onerror=alert(1)>火灾",
        "\"'><script>alert(1)</script>",
        "${7*7}{{7*7}}\\u0000%ff",
        "火" * 500,
        ".*(a+)+$ ..//..",
    ],
)
def test_hostile_words_are_words(page: Page, address: str, query: str) -> None:
    page.goto(f"{address}search/")
    field = page.get_by_role("main").get_by_role("searchbox")
    field.evaluate("(one, text) => { one.value = text; }", query)
    field.press("Enter")
    status(page, "没有找到。请减少或更换词语，或者按月份、类型、部门查阅。")
    assert page.locator("main img, main script").count() == 0


def test_a_withdrawn_release_is_found_by_its_title_and_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=滨江大桥")
    card = page.locator("li", has=page.locator(f'a[href="/{WITHDRAWN}"]'))
    expect(card.locator(".badge")).to_have_text("撤回")
    expect(card.locator(".card-summary")).to_contain_text("撤回本信息")


def test_without_scripts_the_page_says_so_and_leads_to_the_lists(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}search/?q=火灾")
    shown = [page.get_by_text("搜索需要 JavaScript").is_visible(), page.locator("#search-page").is_visible()]
    page.get_by_role("link", name="2026年11月").click()
    url = page.url
    context.close()
    assert shown == [True, False]
    assert url == f"{address}archive/2026/11/"


def test_where_the_index_is_missing_the_page_says_so(page: Page, address: str) -> None:
    page.route("**/entry.json", lambda route: route.fulfill(status=404))
    page.goto(f"{address}search/?q=火灾")
    status(page, "搜索暂时不可用。请稍后再试，或者按月份、类型、部门查阅。")


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_in_results_and_nothing_scrolls_sideways(page: Page, address: str, mode: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}search/?q=火灾&type=fact")
    expect(page.locator("mark").first).to_be_visible()
    enter(page, mode)
    found = (style_violations if mode != "light" else axe_violations)(page)
    assert (found, small_targets(page, 24), page.evaluate("document.documentElement.scrollWidth")) == ([], [], 320)


def test_every_substring_of_every_text_is_found(page: Page, address: str, office: Settings) -> None:
    """300 of them, of two to eight characters; nothing that has one is missing among the candidates."""
    texts = dict(_texts(office.site))
    chance = random.Random(6)  # noqa: S311  # Not for secrets: the same queries each time.
    queries = list[str]()
    while len(queries) < 300:
        text = chance.choice(chance.choice(list(texts.values())))
        start = chance.randrange(max(1, len(text) - 8))
        query = text[start : start + chance.randint(2, 8)]
        if len(fold(query)) > 1 and " " not in query and not set(query) & set('“”"「」'):
            queries.append(query)
    page.goto(f"{address}search/")
    found = page.evaluate(
        """async queries => {
          const { Index, readTerms } = await import(document.querySelector("link[rel=modulepreload]").href);
          const index = new Index("/search/index/");
          const named = one => one.segment.name(one.number);
          const search = async query => Promise.all((await index.search(readTerms(query), {})).map(named));
          return Promise.all(queries.map(search));
        }""",
        queries,
    )
    for query, names in zip(queries, found, strict=True):
        having = {name for name, text in texts.items() if any(fold(query) in fold(part) for part in text)}
        assert having, query
        assert having - set(names) == set(), query


def _texts(site: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """In every language."""
    for twin in sorted(site.glob("releases/*/*/*/index.json")):
        told = json.loads(twin.read_bytes())
        said = [part for one in (told, *told["translations"]) for part in (one["title"], one["text"]["html"] or "")]
        yield told["record_id"], tuple(filter(None, map(plain_text, said)))
