"""A real Chromium. Where it is missing, the tests say so and are skipped; CI demands it and fails instead."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# The last four keep a browser that cannot reach the internet from trying.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("GREENCHANNEL_REQUIRE_BROWSER"):
            pytest.fail("Chromium is missing, and GREENCHANNEL_REQUIRE_BROWSER demands it")
        pytest.skip("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()
