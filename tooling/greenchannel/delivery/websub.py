"""Tells hubs which feeds have changed, so that subscribers need not wait for their next poll.

A hub is told as PubSubHubbub 0.4, section 7 does it (`hub.mode=publish`, one `hub.url` for each feed); WebSub itself
leaves that step open. It is a hint: whoever polls misses nothing when a hub is down, so there are few attempts, each
with a limit, and a failure is an answer, never an error.

Python's own limit is one for each read, and a hub may send a byte every four seconds. So an attempt is a thread that is
left when its time is over, and its connection is cut, which ends it.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

ATTEMPTS = 3
TIMEOUT_SECONDS = 5.0  # for an attempt as a whole
PAUSE_SECONDS = 1.0  # doubled after each attempt
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


def tell_hub(
    hub: str, feeds: Sequence[str], pause: Callable[[float], object], *, seconds: float = TIMEOUT_SECONDS
) -> str:
    """Empty when the hub took it, else what it answered last. `feeds` are absolute; `pause` waits so many seconds."""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", one) for one in feeds)]).encode()
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(PAUSE_SECONDS * 2 ** (attempt - 1))
        problem, is_final = _within(seconds, hub, body)
        if is_final:
            break
    return problem


def _within(seconds: float, hub: str, body: bytes) -> tuple[str, bool]:
    """What went wrong, and whether another attempt is of no use."""
    lines: list[HTTPConnection] = []
    answers: list[tuple[str, bool]] = []
    attempt = threading.Thread(target=lambda: answers.append(_post(hub, body, seconds, lines)), daemon=True)
    attempt.start()
    attempt.join(seconds)
    if answers:
        return answers[0]
    for line in lines:
        with suppress(OSError):  # Closed meanwhile.
            if line.sock:
                line.sock.shutdown(socket.SHUT_RDWR)
    return f"no answer within {seconds:g} s", False


def _post(hub: str, body: bytes, seconds: float, lines: list[HTTPConnection]) -> tuple[str, bool]:
    try:
        opener = build_opener(_Web(lines))
        request = Request(hub, body, {"User-Agent": "Greenchannel"})  # noqa: S310  # The settings admit http and https only.
        with opener.open(request, timeout=seconds):
            return "", True
    except HTTPError as error:
        error.close()
        return f"HTTP {error.code}", error.code < _SERVER_ERROR and error.code != _TOO_MANY_REQUESTS
    except (OSError, HTTPException, ValueError) as error:  # ValueError: no address at all.
        return str(getattr(error, "reason", error)) or type(error).__name__, False


class _Web(HTTPSHandler, HTTPHandler):
    """Keeps its connections in `lines`, so that somebody else can cut them."""

    def __init__(self, lines: list[HTTPConnection]) -> None:
        super().__init__()
        self._lines = lines

    def do_open(self, http_class: Any, req: Request, **options: Any) -> Any:  # Any: as urllib has it
        def connection(host: str, **more: Any) -> HTTPConnection:
            made: HTTPConnection = http_class(host, **more)
            self._lines.append(made)
            return made

        return super().do_open(connection, req, **options)
