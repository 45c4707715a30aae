"""The shipped configurations of nginx, Apache and Caddy on the real servers: types, times, headers, variants."""

import gzip
import http.client
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import brotli
import pytest

from greenchannel.delivery.targets.headers import cache_control, content_type
from greenchannel.delivery.writing import write_tree
from greenchannel.portal.variants import compress, variants_of
from servers import apache, caddy, configured_nginx

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TEXTS = (
    "about/index.html",
    "assets/portal.0123456789abcdef.css",
    "assets/portal.css",
    "assets/portal.js",
    "feeds/all.atom",
    "feeds/all.json",
    "feeds/all.rss",
    "feeds/archive/all/1.json",
    "feeds/archive/all/1.rss",
    "feeds/feeds.opml",
    "feeds/index.json",
    "index.html",
    "latest.json",
    "record/ledger.jsonl",
    "releases/2026/shili/conference-1/conference.ics",
    "releases/2026/shili/fact-1/index.html",
    "releases/2026/shili/fact-1/index.json",
    "releases/2026/shili/fact-1/r12.md",
    "robots.txt",
    "sitemap.xml",
    "timeliness/duties.csv",
    f"releases/2026/shili/files/{DIGEST}.svg",
)
OTHERS = (
    f"releases/2026/shili/files/{DIGEST}.pdf",
    f"releases/2026/shili/files/{DIGEST}.jpg",
    "assets/song.woff2",
    "search/index/0123456789abcdef/1f.bin",
)
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress, "": lambda data: data}


def text_of(path: str) -> bytes:
    return f"{path}：青年路商铺火灾。\n".encode() * 40


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def plain(self) -> bytes:
        return UNPACK[self.headers.get("Content-Encoding", "")](self.body)


@dataclass(frozen=True, slots=True)
class Served:
    www: Path
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        found = connection.getresponse()
        answer = Answer(found.status, found.headers, found.read())
        connection.close()
        return answer


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """Where servers that give up root can read, as they cannot below pytest's own folder."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module", params=[configured_nginx, apache, caddy], ids=["nginx", "apache", "caddy"])
def served(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    www = folder / "www"
    for path in (*TEXTS, "404.html"):
        write_tree(www, compress(path, text_of(path)))
    write_tree(www, [(path, b"0123456789") for path in OTHERS])
    write_tree(www, [("plain/index.html", b"without variants"), (".index.html.greenchannel-new", b"half of it")])
    for one in www.rglob("*"):
        os.utime(one, (1_763_600_000, 1_763_600_000))  # A tag of what changed a moment ago is a weak one.
    folder.chmod(0o755)
    server: Callable[[Path, Path], AbstractContextManager[int]] = request.param
    with server(folder, www) as port:
        yield Served(www, port)


@pytest.mark.parametrize("accepted", ["", "gzip", "br", "gzip, deflate, br"])
def test_every_kind_of_file_has_its_type_its_time_and_its_coding(served: Served, accepted: str) -> None:
    asked = {"Accept_Encoding": accepted} if accepted else {}
    answers = {path: served.ask(f"/{path}", **asked) for path in (*TEXTS, *OTHERS)}
    assert {one.status for one in answers.values()} == {200}
    shown = {path: (one.headers["Content-Type"], one.headers["Cache-Control"]) for path, one in answers.items()}
    assert shown == {path: (content_type(path), cache_control(path)) for path in answers}
    assert [path for path in TEXTS if answers[path].plain != text_of(path)] == []
    coding = accepted.rpartition(" ")[2]
    assert {answers[path].headers.get("Content-Encoding", "") for path in TEXTS} == {coding}
    assert {answers[path].headers.get("Content-Encoding", "") for path in OTHERS} == {""}
    assert {answers[path].headers["Vary"] for path in TEXTS} == {"Accept-Encoding"}
    assert {answers[path].headers.get("Content-Language", "") for path in TEXTS} == {""}


@pytest.mark.parametrize("path", ["/", "/about/", "/feeds/all.rss", "/none/", "/about"])
def test_every_answer_is_safe(served: Served, path: str) -> None:
    assert {name: served.ask(path).headers.get(name) for name in SAFE} == SAFE


def test_a_pdf_may_be_shown_and_not_framed(served: Served) -> None:
    assert served.ask(f"/{OTHERS[0]}").headers["Content-Security-Policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
@pytest.mark.parametrize("path", ["/none/", "/none.html", "/releases/2026/shili/fact-1/r99.md", "/assets/"])
def test_what_is_not_there_is_said_by_the_page_that_helps(served: Served, path: str, accepted: str) -> None:
    answer = served.ask(path, Accept_Encoding=accepted)
    assert (answer.status, answer.plain) == (404, text_of("404.html"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/index.html.gz", "/index.html.br", "/.index.html.greenchannel-new"])
def test_what_is_not_for_readers_is_not_given(served: Served, path: str) -> None:
    assert served.ask(path).status == 404


@pytest.mark.parametrize("accepted", ["gzip", "br"])
def test_the_address_of_a_folder_gives_its_page(served: Served, accepted: str) -> None:
    answer = served.ask("/about", Accept_Encoding=accepted)
    assert (answer.status in (301, 308), answer.headers["Location"].partition(f":{served.port}")[2] or "/about/") == (
        True,
        "/about/",
    )
    assert [served.ask(one, Accept_Encoding=accepted).plain for one in ("/about/", "/")] == [
        text_of("about/index.html"),
        text_of("index.html"),
    ]


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_what_a_reader_has_is_not_sent_again_and_each_coding_has_its_own_tag(served: Served, accepted: str) -> None:
    first = served.ask("/feeds/all.rss", Accept_Encoding=accepted)
    by_tag = served.ask("/feeds/all.rss", Accept_Encoding=accepted, If_None_Match=first.headers["ETag"])
    by_time = served.ask("/feeds/all.rss", Accept_Encoding=accepted, If_Modified_Since=first.headers["Last-Modified"])
    assert [(one.status, one.body) for one in (by_tag, by_time)] == [(304, b"")] * 2
    others = {"identity", "gzip", "br"} - {accepted}
    tags = {served.ask("/feeds/all.rss", Accept_Encoding=one).headers["ETag"] for one in others}
    assert first.headers["ETag"] not in tags


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_head_says_what_get_gives(served: Served, accepted: str) -> None:
    got, head = (served.ask("/feeds/all.rss", method, Accept_Encoding=accepted) for method in ("GET", "HEAD"))
    names = ("Content-Type", "Content-Encoding", "ETag", "Last-Modified", "Cache-Control")
    assert [head.headers.get(one) for one in names] == [got.headers.get(one) for one in names]
    # Caddy leaves the length of a variant out, as it may.
    assert (head.status, head.body, int(head.headers["Content-Length"] or len(got.body))) == (200, b"", len(got.body))


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_a_part_is_a_part_of_what_is_tagged(served: Served, accepted: str) -> None:
    """nginx cuts no variant and gives the whole, as it may."""
    whole = served.ask("/feeds/all.rss", Accept_Encoding=accepted)
    part = served.ask("/feeds/all.rss", Accept_Encoding=accepted, Range="bytes=10-19", If_Range=whole.headers["ETag"])
    given = {200: whole.body} if accepted != "identity" and part.status == 200 else {206: whole.body[10:20]}
    assert ({part.status: part.body}, part.headers["ETag"]) == (given, whole.headers["ETag"])


def test_a_coding_that_is_refused_is_not_given(served: Served) -> None:
    assert "Content-Encoding" not in served.ask("/feeds/all.rss", Accept_Encoding="br;q=0, gzip;q=0").headers


def test_who_asks_through_a_proxy_gets_the_variant(served: Served) -> None:
    assert served.ask("/feeds/all.rss", Accept_Encoding="gzip", Via="1.1 proxy").headers["Content-Encoding"] == "gzip"


def test_a_page_without_variants_is_served_plain(served: Served) -> None:
    answer = served.ask("/plain/", Accept_Encoding="gzip, br")
    assert (answer.headers.get("Content-Encoding"), answer.body) == (None, b"without variants")


def test_nothing_can_be_changed(served: Served) -> None:
    assert served.ask("/index.html", "DELETE").status == 405
    assert served.ask("/index.html", "PUT").status == 405
    assert served.ask("/index.html").status == 200


def test_a_correction_of_the_same_second_is_seen_in_every_coding(served: Served) -> None:
    path = "latest.json"
    codings = ("identity", "gzip", "br")
    tags = {one: served.ask(f"/{path}", Accept_Encoding=one).headers["ETag"] for one in codings}
    changed_at = int((served.www / path).stat().st_mtime) + 1
    for name, data in compress(path, b"corrected " * 50):
        (served.www / name).write_bytes(data)
        os.utime(served.www / name, (changed_at, changed_at))
    answers = [served.ask(f"/{path}", Accept_Encoding=one, If_None_Match=tags[one]) for one in codings]
    assert [(one.status, one.plain) for one in answers] == [(200, b"corrected " * 50)] * 3
    for name in (path, *variants_of(path)):
        (served.www / name).unlink()
    write_tree(served.www, compress(path, text_of(path)))
