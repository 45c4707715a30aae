"""Every kind of page as people see it, for looking at: ``make screenshots`` fills build/screenshots.

Narrow, middling and wide, in each mode, and as it is printed.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from conftest import FLAGS, REPOSITORY, program
from sample_site import PAGES, build_sample, served
from seeing import MODES, enter

WIDTHS = (360, 768, 1280)


def shoot(browser: Browser, address: str, folder: Path, paths: tuple[str, ...]) -> None:
    page = browser.new_page()
    for path in paths:
        name = path.removesuffix(".html").strip("/").replace("/", "-") or "home"
        page.goto(address + path)
        for mode in MODES:
            enter(page, mode)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{name}-{mode}-{width}.png", full_page=True)
        enter(page, "light")
        page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)
    page.close()


def main(paths: tuple[str, ...]) -> None:
    folder = REPOSITORY / "build/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = program("chromium fonts-noto-cjk", "chromium", "chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        with served(build_sample(Path(scratch) / "office")) as address:
            shoot(browser, address, folder, paths or PAGES)
        browser.close()


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
