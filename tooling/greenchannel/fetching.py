"""Fetches what somebody else serves: politely, and so that no answer can hold us up or fill the memory.

There is a limit to the time of a request, to that of all requests, to the bytes of an answer and to redirects.
Python's own limit is one for each read, and a server may send a byte every few seconds: so the line is cut when its
time is over.
A failure is an answer, never an exception.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Timer
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from greenchannel import __version__
from greenchannel.domain.message import Message, message

REQUEST_SECONDS, ALL_SECONDS = 20.0, 600.0
LIMIT = 5_000_000  # bytes of an answer
REDIRECTS = 5
_REDIRECTED = range(300, 309)
_AGAIN_SECONDS = 1.0
_UNCHANGED = 304
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`status` is 0 where nobody answered; `problem` says why there is no whole answer. Header names are lower case."""

    url: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    problem: Message | None = None
    redirected: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Fetcher:
    """`fetch` may be called from several threads."""

    def __init__(self, *, request_seconds: float = REQUEST_SECONDS, all_seconds: float = ALL_SECONDS) -> None:
        self._seconds, self._end = request_seconds, monotonic() + all_seconds

    def fetch(
        self, url: str, headers: Mapping[str, str] = _NONE, *, method: str = "GET", limit: int = LIMIT
    ) -> Answer:
        seconds = min(self._seconds, self._end - monotonic())
        if seconds <= 0:
            return Answer(url=url, problem=message("not asked: the time for the whole examination is over"))
        line = _Line(seconds)
        try:
            if urlsplit(url).scheme not in ("http", "https"):
                return Answer(url=url, problem=message("this is no address of the web"))
            request = Request(url, headers={"User-Agent": f"Greenchannel/{__version__} (feeds doctor)", **headers})  # noqa: S310  # Checked above.
            request.method = method
            answer = _ask(url, request, line, limit)
        except (OSError, HTTPException, ValueError) as error:  # ValueError: no address at all.
            text = str(getattr(error, "reason", error)) or type(error).__name__
            answer = Answer(url=url, problem=message("no answer: {error}", error=text))
        finally:
            line.end()
        return Answer(url=url, problem=message("no whole answer in time")) if line.is_cut else answer


def _ask(url: str, request: Request, line: "_Line", limit: int) -> Answer:
    redirects = _Redirects()
    opener = OpenerDirector()
    handlers = (ProxyHandler, UnknownHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor)
    for one in (*(kind() for kind in handlers), redirects, _Web(line.add)):
        opener.add_handler(one)
    try:
        with opener.open(request, timeout=line.seconds) as response:
            body = response.read(limit + 1)
            problem = message("the answer has more than {limit} bytes", limit=limit) if len(body) > limit else None
            if response.length and not problem:
                problem = message("the answer ends {count} bytes too early", count=response.length)
            status, headers = response.status, response.headers
    except HTTPError as error:
        body, status, headers, problem = b"", error.code, error.headers, None
        error.close()
        if status in _REDIRECTED and status != _UNCHANGED and redirects.seen:
            problem = message("it redirects again and again")
    found = {name.lower(): str(value) for name, value in headers.items()}
    return Answer(
        url=url, status=status, headers=found, body=body[:limit], problem=problem, redirected=tuple(redirects.seen)
    )


class _Line:
    """The connections of a request, which are cut when its time is over, and again until it has ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.is_cut, self._has_ended = seconds, False, False
        self._connections: list[HTTPConnection] = []
        self._sockets: list[socket.socket] = []
        self._arm(seconds)

    def add(self, connection: HTTPConnection) -> None:
        """urllib takes the socket from a connection that has answered, before the body is read: we keep it."""
        connect = connection.connect

        def connected() -> None:
            connect()
            self._sockets.append(connection.sock)

        connection.connect = connected  # type: ignore[method-assign]
        self._connections.append(connection)

    def end(self) -> None:
        self._has_ended = True
        self._timer.cancel()

    def _arm(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        if self._has_ended:
            return
        self.is_cut = True
        for one in (*self._sockets, *(each.sock for each in self._connections)):
            with suppress(OSError, AttributeError):  # Closed meanwhile, or not connected yet.
                one.shutdown(socket.SHUT_RDWR)
        self._arm(_AGAIN_SECONDS)  # One that was still connecting is caught the next time.


class _Web(HTTPSHandler, HTTPHandler):
    def __init__(self, add: Callable[[HTTPConnection], None]) -> None:
        super().__init__()
        self._add = add

    def do_open(self, http_class: Any, req: Request, **options: Any) -> Any:  # Any: as urllib has it
        def connection(host: str, **more: Any) -> HTTPConnection:
            made: HTTPConnection = http_class(host, **more)
            self._add(made)
            return made

        return super().do_open(connection, req, **options)


class _Redirects(HTTPRedirectHandler):
    max_redirections = REDIRECTS
    max_repeats = REDIRECTS

    def __init__(self) -> None:
        self.seen: list[str] = []

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        self.seen.append(newurl)
        fp.close()  # urllib reads it to its end, however long.
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None:
            new.method = req.get_method()  # urllib makes a GET of a HEAD.
        return new
