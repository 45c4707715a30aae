"""What an officer saves appears in the open browser by itself."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from conftest import Clock
from greenchannel.desk.settings import Settings
from greenchannel.preview import Preview


@pytest.fixture
def preview(office_home: Settings, clock: Clock) -> Iterator[str]:
    ready = threading.Event()
    preview = Preview(office_home.home, 0, clock, lambda text: text, lambda _: ready.set())
    thread = threading.Thread(target=preview.run)
    thread.start()
    assert ready.wait(60)
    yield preview.url
    preview.stop()
    thread.join()


def test_a_saved_change_appears_by_itself_and_a_draft_is_marked(
    chromium: Browser, office_home: Settings, preview: str
) -> None:
    path = office_home.content / "incidents/2026/qingnianlu-huozai/fact-3.md"
    page = chromium.new_page()
    page.goto(f"{preview}releases/2026/qingnianlu-huozai/fact-3/")
    assert page.get_by_text("草稿预览").count() == 0
    path.write_text(path.read_text("utf-8") + "\n浏览器里应当出现的一句话。\n", "utf-8")
    page.get_by_text("浏览器里应当出现的一句话。").wait_for(timeout=20_000)
    assert page.get_by_text("草稿预览").count() == 1
    page.close()


def test_a_broken_file_is_told_in_the_page_and_mended(chromium: Browser, office_home: Settings, preview: str) -> None:
    path = office_home.content / "incidents/2026/qingnianlu-huozai/fact-3.md"
    sound = path.read_text("utf-8")
    page = chromium.new_page()
    page.goto(preview)
    path.write_text(sound.replace("type: fact", "type: rumour"), "utf-8")
    page.get_by_text("1 error(s) on the desk").wait_for(timeout=20_000)
    path.write_text(sound, "utf-8")
    page.get_by_text("1 error(s) on the desk").wait_for(state="detached", timeout=20_000)
    page.close()
