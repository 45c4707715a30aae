"""Every kind of page of the sample site as a browser shows it. Each is opened once and looked at from all sides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sample_site import PAGES
from seeing import MODES, axe_violations, enter, small_targets, style_violations

# One of each template, in which the modes are looked at in the suite; every page in `make torture`.
KINDS = (
    "",
    "types/fact/",
    "departments/",
    "timeliness/",
    "accessibility/",
    "releases/2026/qingnianlu-huozai/",
    "releases/2026/qingnianlu-huozai/fact-2/",
    "releases/2026/qingnianlu-huozai/fact-2/r2/",
    "releases/2026/binjiang-daqiao-yaoyan/fact-1/",
)
RELEASE = "releases/2026/qingnianlu-huozai/fact-2/"


@dataclass
class Visit:
    """A page that was opened, what it asked for and what it complained of on the way."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def desk(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=PAGES)
def visit(request: pytest.FixtureRequest, desk: Page, address: str) -> Iterator[Visit]:
    found = Visit(desk)
    listeners = {
        "request": lambda request: found.asked.append(request.url),
        "console": lambda said: found.complaints.append(said.text),
        "pageerror": lambda error: found.complaints.append(str(error)),
    }
    for event, listener in listeners.items():
        desk.on(event, listener)  # type: ignore[call-overload]  # Its overloads know literal names only.
    answer = desk.goto(address + request.param, wait_until="networkidle")
    assert answer is not None
    assert answer.ok
    yield found
    for event, listener in listeners.items():
        desk.remove_listener(event, listener)


def test_a_page_asks_nobody_else_and_complains_of_nothing(visit: Visit, address: str) -> None:
    assert ([one for one in visit.asked if not one.startswith(address)], visit.complaints) == ([], [])


def test_a_page_has_one_heading_and_a_main_part(visit: Visit) -> None:
    assert [visit.page.locator(one).count() for one in ("h1", "main", "html[lang]")] == [1, 1, 1]


@pytest.mark.parametrize("mode", ["light", "elder"])
def test_no_page_scrolls_sideways(visit: Visit, mode: str) -> None:
    """320 px is 400 % of 1280; the last is letters of twice their size on half the width."""
    enter(visit.page, mode)
    shown = {}
    for width, letters in ((320, "100%"), (360, "100%"), (768, "100%"), (1280, "100%"), (640, "200%")):
        visit.page.set_viewport_size({"width": width, "height": 800})
        if mode == "light":
            visit.page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
        shown[width] = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.page.evaluate("document.documentElement.removeAttribute('style')")
    assert {width: wide for width, wide in shown.items() if wide > width} == {}


@pytest.mark.parametrize(("mode", "least"), [("light", 24), ("elder", 44)])
def test_every_target_is_large_enough_for_a_finger(visit: Visit, mode: str, least: int) -> None:
    enter(visit.page, mode)
    visit.page.set_viewport_size({"width": 360, "height": 800})
    assert small_targets(visit.page, least) == []


def test_axe_finds_nothing(visit: Visit) -> None:
    enter(visit.page, "light")
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    assert axe_violations(visit.page) == []


@pytest.mark.parametrize("visit", KINDS, indirect=True)
def test_axe_finds_nothing_in_the_other_modes(visit: Visit) -> None:
    """What a mode can break is a matter of style."""
    visit.page.set_viewport_size({"width": 360, "height": 800})
    found = {}
    for mode in MODES[1:]:
        enter(visit.page, mode)
        found[mode] = style_violations(visit.page)
    assert {mode: one for mode, one in found.items() if one} == {}


@pytest.mark.torture
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_on_any_page_in_any_mode(visit: Visit, mode: str, width: int) -> None:
    enter(visit.page, mode)
    visit.page.set_viewport_size({"width": width, "height": 800})
    assert axe_violations(visit.page) == []


def test_what_did_not_change_is_folded_and_opens(page: Page, address: str) -> None:
    page.goto(f"{address}{RELEASE}r2/")
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
