"""Render bodies in a child process, so that no body can hold up or bring down a release.

The rules, in order:

1. Size: a body over 200 KB, or with a line over 20 KB, is refused before any work (``size``).
2. The child starts with the first body and stays. It has 512 MB of address space; a body that needs more ends it
   (``memory``). Nesting deeper than the interpreter's stack counts as memory, too.
3. Time: a body has a wall-clock limit. When it is over, the child is killed (``time``).
4. A child that dies without an answer may have been killed from outside: the body gets one new child. When that one
   dies as well, the body is to blame (``memory``).
5. After any refusal by the child the next body meets a new one.
6. The child ends when its standard input does, so it doesn't outlive its parent. A body under way at that moment is
   ended by the child's own alarm.

Both ways a message is a line with a length in bytes, then that many bytes of JSON. One renderer serves one thread.
Anything else that goes wrong in the child is a bug of ours and is raised as a plain ``GreenchannelError``.
"""

import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.sanitising import Links

Reason = Literal["time", "memory", "size"]

TEXT_BYTES = 200 * 1024
LINE_BYTES = 20 * 1024
ADDRESS_SPACE_BYTES = 512 * 1024 * 1024
LIMIT_SECONDS = 3.0
START_SECONDS = 30.0  # Imports on a cold, busy machine; not part of a body's limit.

_AT_ONCE = 65_536  # bytes of an answer, as many as a pipe holds
_SOURCE_ROOT = Path(__file__).resolve().parents[2]
_EXPLANATIONS: dict[Reason, str] = {
    "time": "rendering takes too long; look for long runs of brackets, stars or quotes",
    "memory": "rendering needs too much memory; look for deep nesting or a very wide table",
    "size": f"the text is over {TEXT_BYTES // 1024} KB, or one of its lines is over {LINE_BYTES // 1024} KB; split it",
}

Message = dict[str, Any]  # Any: what JSON holds


class UnrenderableError(GreenchannelError):
    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(f"The body can't be rendered: {_EXPLANATIONS[reason]}.")


class Renderer:
    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.limit_seconds = limit_seconds
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def child_pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    def begin(self) -> None:
        """Starts the child and waits for nothing: for who will soon have a body and something else to do until then."""
        with suppress(OSError):  # Told by who asks for a body.
            self._child = self._child or _Child()

    def render(self, text: str, links: Links = ()) -> str:
        if _is_oversized(text):
            raise UnrenderableError("size")
        answer = self._ask(text, links) or self._ask(text, links)
        if answer is None:
            raise UnrenderableError("memory")
        match answer:
            case {"html": str(rendered)}:
                return rendered
            case {"reason": "memory"}:
                self.close()
                raise UnrenderableError("memory")
            case _:
                self.close()
                raise GreenchannelError("the renderer failed: {problem}", problem=answer.get("bug", answer))

    def _ask(self, text: str, links: Links) -> Message | None:
        """Return the child's answer, or None when it died without one."""
        child = self._child = self._child or _Child()
        request = {"text": text, "links": links, "seconds": self.limit_seconds}
        try:
            child.await_ready()
            answer = child.exchange(request, self.limit_seconds)
        except BaseException:
            # Out of time, or interrupted halfway through a message: this child is of no more use.
            self.close()
            raise
        if answer is None:
            self.close()
        return answer


class _Child:
    def __init__(self) -> None:
        paths = [str(_SOURCE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "greenchannel.portal.rendering"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise GreenchannelError("the renderer did not start; its own message stands above on standard error")
        self._sends, self._takes = self._process.stdin, self._process.stdout
        os.set_blocking(self._sends.fileno(), False)
        self._is_ready = False

    def await_ready(self) -> None:
        if self._is_ready:
            return
        try:
            ready = self.exchange(None, START_SECONDS)
        except UnrenderableError as error:
            raise GreenchannelError(
                "the renderer did not start within {seconds} s", seconds=int(START_SECONDS)
            ) from error
        if ready is None:
            raise GreenchannelError("the renderer did not start; its own message stands above on standard error")
        self._is_ready = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def exchange(self, request: Message | None, limit_seconds: float) -> Message | None:
        """Send the request, if there is one, and return the next answer; None when the child died.

        Both pipes are waited for at once: a thread that keeps the time would take as long as many a body.
        """
        until = time.monotonic() + limit_seconds
        rest, answer = memoryview(b"" if request is None else encoded(request)), b""
        sends, takes = self._sends.fileno(), self._takes.fileno()
        waiting = select.poll()
        waiting.register(takes, select.POLLIN)
        if rest:
            waiting.register(sends, select.POLLOUT)
        while ready := waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            for one, _ in ready:
                if one == takes:
                    if not (some := os.read(takes, _AT_ONCE)):
                        return None
                    answer += some
                    if (message := _whole(answer)) is not None:
                        return message
                else:
                    try:
                        rest = rest[os.write(sends, rest) :]
                    except BrokenPipeError:
                        return None
                    if not rest:
                        waiting.unregister(sends)
        raise UnrenderableError("time")

    def close(self) -> None:
        self._process.kill()
        self._sends.close()
        self._takes.close()
        self._process.wait()


def _is_oversized(text: str) -> bool:
    encoded = text.encode()
    return len(encoded) > TEXT_BYTES or any(len(line) > LINE_BYTES for line in encoded.splitlines())


def encoded(message: Message) -> bytes:
    data = json.dumps(message, ensure_ascii=False).encode()
    return b"%d\n%b" % (len(data), data)


def _whole(received: bytes) -> Message | None:
    """The message, once all of it is there."""
    header, _, encoded = received.partition(b"\n")
    if not header or len(encoded) < int(header):
        return None
    message: Message = json.loads(encoded)
    return message
