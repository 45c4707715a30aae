"""A hub of WebSub on this machine, which answers as it is told to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class Hub(ThreadingHTTPServer):
    """Answers with each of `answers` in turn, then with the last; keeps what it was sent."""

    def __init__(self, answers: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.received = answers, list[list[tuple[str, str]]]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(parse_qsl(body.decode()))
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The name is given.
        pass


@contextmanager
def dripping(pause: float) -> Iterator[tuple[str, threading.Event]]:
    """A hub that sends a byte of an endless head every `pause` seconds; the event says that its line was cut."""
    cut = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                with line:
                    try:
                        line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                        while True:
                            line.sendall(b"x")
                            time.sleep(pause)
                    except OSError:
                        cut.set()

        threading.Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/", cut
        door.shutdown(socket.SHUT_RDWR)


@contextmanager
def hub(*answers: int) -> Iterator[Hub]:
    with Hub(list(answers)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
