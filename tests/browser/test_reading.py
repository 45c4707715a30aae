"""Reading by eye, by keyboard, without a script, large, and on paper."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from conftest import program
from seeing import keyboard_stops

RELEASE = "releases/2026/qingnianlu-huozai/fact-2/"
ELDER = "document.documentElement.hasAttribute('data-elder')"
# Notes whether the mode is set when the body begins, which is before anything is painted.
WATCH_FIRST = """new MutationObserver((_, watching) => {
  if (document.body) { window.first = document.documentElement.hasAttribute("data-elder"); watching.disconnect(); }
}).observe(document, {childList: true, subtree: true})"""
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("", "SecurityError"); }
})"""
MILLIMETRE = 72 / 25.4  # points


def names(page: Page) -> list[str]:
    """Of the buttons that can be pressed."""
    return page.get_by_role("button").all_inner_texts()


def test_the_elder_mode_is_one_press_away_and_one_press_back(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="长者模式", exact=True).click()
    entered = page.evaluate(ELDER)
    page.get_by_role("button", name="退出长者模式").click()
    assert (entered, page.evaluate(ELDER), names(page)) == (True, False, ["菜单", "搜索", "长者模式"])


def test_the_elder_mode_is_remembered_and_there_before_anything_is_painted(page: Page, address: str) -> None:
    page.add_init_script(WATCH_FIRST)
    page.goto(address)
    page.get_by_role("button", name="长者模式", exact=True).click()
    page.goto(address + RELEASE)
    assert page.evaluate("window.first") is True


def test_who_leaves_the_elder_mode_is_rid_of_it(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="长者模式", exact=True).click()
    page.get_by_role("button", name="退出长者模式").click()
    page.goto(address + RELEASE)
    assert page.evaluate(ELDER) is False


def test_a_browser_that_keeps_nothing_has_the_elder_mode_for_a_page(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(NO_STORAGE)
    page.goto(address)
    page.get_by_role("button", name="长者模式", exact=True).click()
    assert (page.evaluate(ELDER), complaints) == (True, [])


def test_the_elder_mode_has_large_letters_and_lines_and_paragraphs_apart(page: Page, address: str) -> None:
    """18 pt is 24 px; 工信部 2021-04: lines 1.3 apart, paragraphs 1.3 times that."""
    page.goto(address + RELEASE)
    page.get_by_role("button", name="长者模式", exact=True).click()
    letters, line, gap = page.locator(".prose > p").first.evaluate(
        "one => ['fontSize', 'lineHeight', 'marginBottom'].map(name => parseFloat(getComputedStyle(one)[name]))"
    )
    assert letters >= 24
    assert line / letters >= 1.3
    assert gap >= 1.3 * line


def test_the_text_is_read_in_three_sizes(page: Page, address: str) -> None:
    page.goto(address + RELEASE)
    sizes = []
    for name in ("小", "中", "大"):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.locator("[aria-pressed=true]").all_inner_texts() == [name]
        sizes.append(page.locator(".prose > p").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))
    assert sizes == [15, 17, 21]


def test_copying_the_address_says_that_it_worked(context: BrowserContext, page: Page, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address + RELEASE)
    page.get_by_role("button", name="复制链接").click()
    page.get_by_role("status").get_by_text("已复制链接").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"https://news.shili.example/{RELEASE}"


def test_copying_the_address_says_that_it_failed(page: Page, address: str) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.goto(address + RELEASE)
    page.get_by_role("button", name="复制链接").click()
    page.get_by_role("status").get_by_text("未能复制，请从地址栏复制。").wait_for()
    assert page.get_by_text("已复制链接").count() == 0


def test_where_nothing_can_be_copied_no_button_says_so(page: Page, address: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(address + RELEASE)
    assert names(page) == ["菜单", "搜索", "长者模式", "大", "中", "小", "打印"]


def test_the_print_button_prints(page: Page, address: str) -> None:
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    page.goto(address + RELEASE)
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") == 1


@pytest.mark.parametrize(("elder", "screens"), [(False, 1.5), (True, 2.5)])
def test_the_news_begins_soon_on_a_phone(page: Page, address: str, screens: float, *, elder: bool) -> None:
    page.goto(address + RELEASE)
    if elder:
        page.get_by_role("button", name="长者模式", exact=True).click()
    top = page.locator(".prose > p").first.evaluate("one => one.getBoundingClientRect().top + scrollY")
    metadata = page.locator(".metadata").evaluate("one => one.getBoundingClientRect().top + scrollY")
    assert top < screens * 800
    assert metadata > top


def test_where_there_is_room_the_menu_is_open_and_the_metadata_come_first(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address + RELEASE)
    assert page.locator("#menu a").first.is_visible()
    tops = [page.locator(one).first.bounding_box() for one in ("h1", ".metadata", ".notice", ".prose")]
    assert [one["y"] for one in tops if one] == sorted(one["y"] for one in tops if one)


def test_the_menu_opens_and_closes_by_keyboard_without_a_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(address)
    link = page.locator("#menu").get_by_role("link", name="订阅", exact=True)
    shown = [link.is_visible()]
    page.get_by_role("button", name="菜单", exact=True).press("Enter")
    shown.append(link.is_visible())
    page.keyboard.press("Escape")
    shown.append(link.is_visible())
    page.get_by_role("button", name="菜单", exact=True).click()
    page.get_by_role("button", name="关闭菜单").click()
    shown.append(link.is_visible())
    page.get_by_role("button", name="菜单", exact=True).click()
    link.click()
    assert (shown, page.url) == ([False, True, False, False], f"{address}subscribe/")
    context.close()


def test_the_elder_mode_folds_what_few_need_and_the_address_of_a_part_unfolds_it(page: Page, address: str) -> None:
    page.goto(address + RELEASE)
    parts = page.locator("details[data-fold]")
    is_open = "all => all.map(one => one.open)"
    found = [parts.evaluate_all(is_open)]
    page.get_by_role("button", name="长者模式", exact=True).click()
    found.append(parts.evaluate_all(is_open))
    page.goto(f"{address}{RELEASE}#revisions")
    page.reload()
    found.append(parts.evaluate_all(is_open))
    assert found == [[True, True], [False, False], [False, True]]


def test_colours_of_a_city_leave_the_elder_mode_and_paper_as_they_are(page: Page, address: str) -> None:
    """A sheet that is adopted comes after those of the page, as city.css comes after portal.css."""
    page.goto(address)
    shown = "getComputedStyle(document.documentElement).getPropertyValue('--main')"
    page.evaluate(
        """() => { const city = new CSSStyleSheet(); city.replaceSync(":root { --main: #8a1c1c }");
        document.adoptedStyleSheets = [city]; }"""
    )
    found = [page.evaluate(shown)]
    page.get_by_role("button", name="长者模式", exact=True).click()
    found.append(page.evaluate(shown))
    page.emulate_media(media="print")
    found.append(page.evaluate(shown))
    page.evaluate("document.documentElement.removeAttribute('data-elder')")
    found.append(page.evaluate(shown))
    assert found == ["#8a1c1c", "#00402f", "#000", "#000"]


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("path", ["", RELEASE])
def test_a_keyboard_reaches_everything_and_is_seen_everywhere(
    page: Page, address: str, path: str, *, elder: bool
) -> None:
    page.emulate_media(reduced_motion="reduce")  # The page is where it goes, at once.
    page.goto(address + path)
    if elder:
        page.get_by_role("button", name="长者模式", exact=True).click()
        page.reload()
    stops = keyboard_stops(page)
    wanted = page.evaluate(
        """[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
        .filter(one => one.checkVisibility({visibilityProperty: true})).length"""
    )
    assert [one for one in stops if not (one["name"] and one["seen"] and one["ringed"])] == []
    assert all(one["place"] < other["place"] for one, other in pairwise(stops))
    assert len(stops) == wanted


def test_the_first_stop_leads_past_the_menu(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_without_a_script_everything_is_there_and_nothing_is_dead(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("main").get_by_role("link", name="关于青年路商铺火灾的续报").first.click()
    assert page.locator(".prose").is_visible()
    assert page.locator("button:visible").all_inner_texts() == ["搜索"]  # It leads to the lists.
    page.get_by_role("link", name="第 2 版：与上一版对照").click()
    page.locator("details.passage summary").first.click()
    assert page.locator("details.passage p").first.is_visible()
    page.get_by_role("link", name="无障碍").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "无障碍"
    context.close()


def test_an_old_page_tells_without_a_script_what_is_open_now(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}releases/2026/taifeng-haixing/fact-1/")
    name = re.compile("正在处置的突发事件.*青年路商铺火灾.*最新.*关于青年路商铺火灾善后和排查工作的通报")
    page.get_by_role("link", name=name).click()
    assert page.url == f"{address}urgent/"
    context.close()


def test_forced_colours_and_still_pages_are_respected(page: Page, address: str) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(address + RELEASE)
    widths = [
        page.get_by_role("button", name=name, exact=True).evaluate("one => getComputedStyle(one).borderTopWidth")
        for name in ("中", "大")
    ]
    assert (widths, page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")) == (
        ["2px", "1px"],
        "auto",
    )


def test_print_still_tells_what_was_removed_and_added(page: Page, address: str) -> None:
    page.goto(f"{address}{RELEASE}r2/")
    page.emulate_media(media="print")
    style = "one => getComputedStyle(one).textDecorationLine"
    lines = [page.locator(f".passage {one}").first.evaluate(style) for one in ("del", "ins")]
    assert lines == ["line-through", "underline"]


def test_paper_shows_the_text_and_nothing_to_press(page: Page, address: str) -> None:
    page.goto(address + RELEASE)
    page.emulate_media(media="print")
    assert page.locator("a.skip, nav, button, footer").locator("visible=true").count() == 0
    assert page.locator("h1, .byline time, .prose, .printed").locator("visible=true").count() == 4


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("h1", {"fontSize": "22pt", "textAlign": "center"}),
        (".prose > p", {"fontSize": "16pt", "lineHeight": "28pt", "textIndent": "32pt"}),
        (".prose > h2", {"fontSize": "16pt", "lineHeight": "28pt", "fontWeight": "400"}),
    ],
)
def test_paper_has_the_sizes_of_official_documents(
    page: Page, address: str, selector: str, expected: dict[str, str]
) -> None:
    page.goto(address + RELEASE)
    page.emulate_media(media="print")
    found = page.locator(selector).first.evaluate(
        "(one, wanted) => wanted.map(name => getComputedStyle(one)[name])", list(expected)
    )
    assert [_in_points(one) for one in found] == list(expected.values())


def _in_points(length: str) -> str:
    """Chromium computes in px of 3/4 pt."""
    return f"{round(float(length[:-2]) * 0.75, 2):g}pt" if length.endswith("px") else length


@pytest.fixture(scope="module")
def paper(chromium: Browser, address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "release.pdf"
    page = chromium.new_page()
    page.goto(address + RELEASE)
    page.pdf(path=path, prefer_css_page_size=True)
    page.close()
    return path


def test_paper_has_no_page_for_what_only_a_screen_needs(paper: Path) -> None:
    pdftotext = program("poppler-utils", "pdftotext")
    text = subprocess.run([pdftotext, str(paper), "-"], capture_output=True, text=True, check=True).stdout
    words = ("同一事件的其他发布", "发布与更正记录", "SHA-256", "查看改动对照", "许可和订阅")
    assert [one for one in words if one in text] == []
    assert text.count("\f") == 2
    assert "".join(text.split()).count(f"https://news.shili.example/{RELEASE}") == 1


def test_paper_is_a4(paper: Path) -> None:
    with pikepdf.open(paper) as document:
        sizes = {tuple(round(float(one) / MILLIMETRE) for one in page.mediabox) for page in document.pages}
    assert sizes == {(0, 0, 210, 297)}


def test_paper_keeps_its_margins_and_counts_its_pages(paper: Path) -> None:
    pdftotext = program("poppler-utils", "pdftotext")
    done = subprocess.run([pdftotext, "-bbox", str(paper), "-"], capture_output=True, text=True, check=True)
    for number, sheet in enumerate(done.stdout.split("<page ")[1:], 1):
        found = re.findall(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', sheet)
        # A word's box reaches as far up and down as its font could; its middle is where it stands.
        words = [(float(one[0]), (float(one[1]) + float(one[3])) / 2, float(one[2]), one[4]) for one in found]
        inside = [one for one in words if one[1] < (297 - 35) * MILLIMETRE]
        below = [one for one in words if one not in inside]
        assert min(one[0] for one in inside) >= 28 * MILLIMETRE - 1
        assert min(one[1] for one in inside) >= 37 * MILLIMETRE
        assert max(one[2] for one in inside) <= (210 - 26) * MILLIMETRE + 1
        assert "".join(one[3] for one in below) == f"—{number}—"
        assert (below[0][0] > 105 * MILLIMETRE) is (number % 2 == 1)
