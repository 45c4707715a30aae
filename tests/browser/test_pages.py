"""Every kind of page of the sample site as a browser shows it."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from conftest import Clock, copy_newsroom
from greenchannel.building import build

PAGES = (
    "",
    "types/fact/",
    "departments/",
    "departments/emergency_office/",
    "experts/",
    "categories/emergency/",
    "archive/2026/11/",
    "timeliness/",
    "handbook/shixian/",
    "subscribe/",
    "subscribe/en/",
    "404.html",
    "releases/2026/qingnianlu-huozai/",
    "releases/2026/qingnianlu-huozai/fact-2/",  # corrected
    "releases/2026/qingnianlu-huozai/fact-2/r1/",  # superseded
    "releases/2026/qingnianlu-huozai/fact-2/r2/",
    "releases/2026/qingnianlu-huozai/conference-1/",
    "releases/2026/qingnianlu-huozai/conference-1/r2/",  # with passages removed and added
    "releases/2026/laowu-gaizao/interpretation-1/",
    "releases/2026/taifeng-haixing/fact-1/",  # late, with its reason
    "releases/2026/binjiang-daqiao-yaoyan/fact-1/",  # withdrawn
    "releases/2026/binjiang-daqiao-yaoyan/response-1/",
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server calls by name.
        pass


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    office = copy_newsroom(tmp_path_factory.mktemp("browser") / "office")
    build(office, Clock("2026-11-24T10:00:00+08:00"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(office.site))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_and_complains_of_nothing(page: Page, address: str, path: str) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(address + path)
    assert answer is not None
    assert answer.ok
    assert [one for one in asked if not one.startswith(address)] == []
    assert [one for one in complaints if "favicon" not in one and "404" not in one] == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_and_a_main_part(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    counts = [page.locator(one).count() for one in ("h1", "main", "html[lang]")]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(chromium: Browser, address: str, path: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(address + path)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response
    context.close()
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_the_first_tab_stop_leads_past_the_menu(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_print_leaves_the_menu_out(page: Page, address: str) -> None:
    page.goto(f"{address}releases/2026/qingnianlu-huozai/fact-2/")
    assert page.locator("nav.menu").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("nav.menu").is_visible()


def test_print_still_tells_what_was_removed_and_added(page: Page, address: str) -> None:
    page.goto(f"{address}releases/2026/qingnianlu-huozai/fact-2/r2/")
    page.emulate_media(media="print")
    style = "one => getComputedStyle(one).textDecorationLine"
    lines = [page.locator(f".passage {one}").first.evaluate(style) for one in ("del", "ins")]
    assert lines == ["line-through", "underline"]


def test_what_did_not_change_is_folded_and_opens(page: Page, address: str) -> None:
    page.goto(f"{address}releases/2026/qingnianlu-huozai/fact-2/r2/")
    inner = page.locator("details.passage p").first
    assert not inner.is_visible()
    page.locator("details.passage summary").first.click()
    assert inner.is_visible()


def test_the_table_of_figures_is_there_for_download(page: Page, address: str) -> None:
    page.goto(f"{address}timeliness/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载全部数据（CSV）").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.startswith("事件,事件名称,牵头部门")
