"""Tells hubs which feeds have changed, so that subscribers need not wait for their next poll.

A hub is told as PubSubHubbub 0.4, section 7 does it (`hub.mode=publish`, one `hub.url` for each feed); WebSub itself
leaves that step open. It is a hint: whoever polls misses nothing when a hub is down, so there are few attempts, each
with a limit, and a failure is an answer, never an error.
"""

from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ATTEMPTS = 3
TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS = 1.0  # doubled after each attempt
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


def tell_hub(hub: str, feeds: Sequence[str], pause: Callable[[float], object]) -> str:
    """Empty when the hub took it, else what it answered last. `feeds` are absolute; `pause` waits so many seconds."""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", one) for one in feeds)]).encode()
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(PAUSE_SECONDS * 2 ** (attempt - 1))
        problem, is_final = _post(hub, body)
        if is_final:
            break
    return problem


def _post(hub: str, body: bytes) -> tuple[str, bool]:
    """What went wrong, and whether another attempt is of no use."""
    try:
        request = Request(hub, body, {"User-Agent": "Greenchannel"})  # noqa: S310  # The settings admit http and https only.
        with urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310  # The same.
            return "", True
    except HTTPError as error:
        error.close()
        return f"HTTP {error.code}", error.code < _SERVER_ERROR and error.code != _TOO_MANY_REQUESTS
    except (OSError, HTTPException, ValueError) as error:  # ValueError: no address at all.
        return str(getattr(error, "reason", error)) or type(error).__name__, False
