"""The sample site behind the strictest policy that it is made for, and one page of each kind."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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
    "accessibility/",
    "incidents/",
    "search/",
    "sitemap/",
    "urgent/",
    "handbook/shixian/",
    "subscribe/",
    "subscribe/en/",
    "en/",
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

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{one}-src 'self'" for one in ("style", "script", "img", "connect", "manifest")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class _Strict(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server calls by name.
        pass


def build_sample(home: Path) -> Path:
    """The sample newsroom's site, as of three days after the last line of its record."""
    office = copy_newsroom(home)
    build(office, Clock("2026-11-24T10:00:00+08:00"))
    return office.site


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Yields the address of its home page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Strict, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
