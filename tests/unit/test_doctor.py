"""A hostile server never crashes the examination of a channel, never holds it up, and never fills the memory."""

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenchannel import diagnosis, gaps
from greenchannel.diagnosis import Verdict
from greenchannel.doctor import AT_ONCE, Asked, examine
from greenchannel.domain.message import Message
from greenchannel.fetching import Answer, Fetcher
from greenchannel.portal.feed_reading import Feed, read_feed, read_json, read_xml

Behaviour = Callable[[str, Callable[[bytes], object]], object]
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@contextmanager
def server(behaviour: Behaviour) -> Iterator[str]:
    """`behaviour` gets the path that was asked for and a way to send bytes; then the line is closed."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                path = self.rfile.readline().split(b" ")[1].decode("latin-1")
                while self.rfile.readline().strip():
                    pass
                behaviour(path, self.connection.sendall)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_address[1]}/"
        found.shutdown()
        thread.join()


def whole(body: bytes, kind: bytes = b"application/json") -> bytes:
    return OK + b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)


def seen(url: str, *, request_seconds: float = 1, all_seconds: float = 5) -> list[str]:
    asked = Asked(base=url, deep=True)
    fetcher = Fetcher(request_seconds=request_seconds, all_seconds=all_seconds)
    found = examine(asked, fetcher, lambda _count: None)
    return [str(one.seen) for one in found if one.verdict is Verdict.FAULT]


def drip(_path: str, send: Callable[[bytes], object]) -> None:
    for one in OK + b"X-A: " + b"a" * 1_000:
        send(bytes([one]))
        time.sleep(0.05)


def test_a_server_that_drips_its_head_is_left_when_its_time_is_over() -> None:
    began = time.monotonic()
    with server(drip) as url:
        assert Fetcher(request_seconds=0.3).fetch(url).problem == Message("no whole answer in time")
    assert time.monotonic() - began < 2


def test_a_server_that_drips_its_body_is_left_when_its_time_is_over() -> None:
    def behave(path: str, send: Callable[[bytes], object]) -> None:
        send(OK + b"\r\n")
        drip(path, send)

    began = time.monotonic()
    with server(behave) as url:
        assert Fetcher(request_seconds=0.3).fetch(url).problem == Message("no whole answer in time")
    assert time.monotonic() - began < 2


def test_all_requests_together_have_a_limit() -> None:
    began = time.monotonic()

    def behave(path: str, send: Callable[[bytes], object]) -> None:
        if path == "/feeds/index.json":
            streams = [{"atom": f"http://127.0.0.1/feeds/types/{one}.atom"} for one in range(50)]
            send(whole(json.dumps({"streams": streams}).encode()))
        else:
            drip(path, send)

    with server(behave) as url:
        found = seen(url, request_seconds=0.3, all_seconds=1)
    assert "not asked: the time for the whole examination is over" in found
    assert time.monotonic() - began < 4


def test_no_more_than_so_many_bytes_are_read() -> None:
    with server(lambda _path, send: [send(OK + b"\r\n"), *(send(b"x" * 1_000) for _ in range(100))]) as url:
        answer = Fetcher().fetch(url, limit=50_000)
    assert (len(answer.body), str(answer.problem)) == (50_000, "the answer has more than 50000 bytes")


def test_an_answer_that_ends_too_early_is_no_answer() -> None:
    with server(lambda _path, send: send(OK + b"Content-Length: 10\r\n\r\n1234")) as url:
        assert str(Fetcher().fetch(url).problem) == "the answer ends 6 bytes too early"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/", "//[", "http://[::1/"])
def test_a_redirect_out_of_the_web_is_not_followed(target: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nConnection: close\r\n\r\n".encode()
    with server(lambda _path, send: send(head)) as url:
        answer = Fetcher(request_seconds=2).fetch(url)
    assert (answer.status in (0, 302), answer.body) == (True, b"")


def test_redirects_have_an_end() -> None:
    asked: list[str] = []

    def behave(path: str, send: Callable[[bytes], object]) -> None:
        asked.append(path)
        send(f"HTTP/1.1 302 Found\r\nLocation: {path}a\r\nConnection: close\r\n\r\n".encode())

    with server(behave) as url:
        assert str(Fetcher().fetch(url).problem) == "it redirects again and again"
    assert len(asked) == 6


def test_a_head_stays_a_head_behind_a_redirect() -> None:
    lines: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            lines.append(self.rfile.readline())
            code = b"302 Found\r\nLocation: /b" if len(lines) == 1 else b"200 OK"
            self.connection.sendall(b"HTTP/1.1 " + code + b"\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        answer = Fetcher().fetch(f"http://127.0.0.1:{found.server_address[1]}/a", method="HEAD")
        found.shutdown()
    assert (answer.status, lines) == (200, [b"HEAD /a HTTP/1.1\r\n", b"HEAD /b HTTP/1.1\r\n"])


def test_there_are_never_more_connections_than_allowed() -> None:
    now, most, lock = [0], [0], threading.Lock()

    def behave(path: str, send: Callable[[bytes], object]) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        entries = [{"id": str(one), "url": f"{url}p{one}", "date_published": ""} for one in range(20)]
        with lock:
            now[0] -= 1
        if path.endswith(".atom"):
            items = "".join(f"<entry><link href='{one['url']}'/></entry>" for one in entries)
            send(whole(f"<feed xmlns='http://www.w3.org/2005/Atom'>{items}</feed>".encode(), b"text/xml"))
        else:
            send(whole(b"{}"))

    with server(behave) as url:
        seen(url)
    assert most[0] == AT_ONCE


def test_entities_are_not_resolved() -> None:
    body = (
        b'<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'
    )
    assert str(read_feed(".atom", body)) == "it declares a DTD, which consumers refuse"


@given(st.binary(), st.sampled_from([".rss", ".atom", ".json"]))
def test_no_bytes_crash_a_reader(body: bytes, extension: str) -> None:
    assert isinstance(read_feed(extension, body), Feed | Message)
    read_json(body)
    read_xml(body)


def test_a_tower_of_brackets_is_no_json() -> None:
    assert str(read_json(b"[" * 200_000)) == "this is no JSON"


NAMES = ("id", "url", "date_published", "date_modified", "kind", "item", "revision", "updated", "size_in_bytes")
PLACES = ("streams", "atom", "entries", "archives", "sequence", "items", "attachments", "hubs", "_greenchannel")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2026-11-20T08:00:00+08:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES + PLACES), inner, max_size=6),
    max_leaves=15,
)
TREES = st.dictionaries(st.sampled_from(["streams", "entries", "items", "hubs", "sequence", "updated"]), VALUES)
ANSWERS = st.one_of(
    TREES.map(lambda value: whole(json.dumps(value).encode())),
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda body: OK + b"\r\n" + body),
    st.binary(max_size=200).map(lambda body: OK + b"Content-Encoding: gzip\r\nETag: x\r\n\r\n" + body),
    st.binary(max_size=50).map(lambda body: OK + b"Transfer-Encoding: chunked\r\n\r\n" + body),
    st.binary(max_size=50).map(lambda body: OK + b"Content-Length: 999\r\n\r\n" + body),
    st.binary(max_size=50).map(lambda to: b"HTTP/1.1 302 x\r\nConnection: close\r\nLocation: " + to + b"\r\n\r\n"),
    st.just(b"HTTP/1.1 302 x\r\nConnection: close\r\nLocation: /feeds/index.json\r\n\r\n"),
)


@given(st.lists(ANSWERS, min_size=1, max_size=12), TREES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_answer_crashes_an_examination(answers: list[bytes], index: object) -> None:
    count = iter(range(10**9))

    def behave(path: str, send: Callable[[bytes], object]) -> None:
        is_index = path == "/feeds/index.json"
        send(whole(json.dumps(index).encode()) if is_index else answers[next(count) % len(answers)])

    with server(behave) as url:
        assert seen(url, request_seconds=0.5, all_seconds=3)


@pytest.mark.parametrize(
    ("served", "own", "expected"),
    [
        (
            b"1\n",
            b'1\n{"at":"2026-11-20T08:00:00+08:00"}\n',
            "1 line(s) behind releases/ since 2026-11-20T08:00:00+08:00",
        ),
        (b"1\n2\n", b"1\n", "1 line(s) more than in releases/"),
        (b"1\n3\n", b"1\n2\n", "it is not the record in releases/"),
        (b"1\n2\n", b"1\n2\n", "the same 2 lines as in releases/"),
    ],
)
def test_the_served_record_is_told_from_the_own_one(served: bytes, own: bytes, expected: str) -> None:
    assert [str(one.seen) for one in gaps.of_own("u", served, own)] == [expected]


@pytest.mark.parametrize(
    ("encoding", "unpacked", "verdict"),
    [
        ("gzip", b"text", Verdict.OK),
        ("gzip", b"other", Verdict.FAULT),
        ("gzip", None, Verdict.FAULT),
        ("", None, Verdict.WARNING),
    ],
)
def test_a_compressed_answer_must_be_the_plain_one(encoding: str, unpacked: bytes | None, verdict: Verdict) -> None:
    packed = Answer(url="u", status=200, headers={"content-encoding": encoding}, body=b"packed")
    found = diagnosis.of_compression(Answer(url="u", status=200, body=b"text"), packed, unpacked)
    assert [one.verdict for one in found] == [verdict]
