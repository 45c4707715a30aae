"""Copies of this process, to work on another processor, and what they hand over: frames of bytes through a pipe.

A copy gives back what is shared with us (locks, above all: they must not outlive us), ignores Ctrl-C, which is for us,
and ends with us, since nobody takes what it hands over any more.
"""

import os
import signal
import struct
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from itertools import pairwise
from typing import IO, NoReturn

_MOST = 4  # what they make must be written, too, and each takes memory
_LENGTH = struct.Struct(">Q")


def processors() -> int:
    """For how many copies there is one; 0 where none is to be made.

    A copy of a process with threads may wait for ever for what one of them held.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 0
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(found, _MOST) if found > 1 else 0


def begin(work: Callable[[], object], let_go: Callable[[], None], *kept: int) -> int:
    """A copy that does the work, and its process. It keeps these descriptors of ours and no other.

    When it is done it lets go of what it opened. Ctrl-C waits until both of us know who we are: in between it would be
    lost. Raises OSError where there is no room for a copy.
    """
    process, before = 0, signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if not process:
            _live(work, let_go, before, kept)
    finally:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        except KeyboardInterrupt:
            end(process)
            raise
    return process


def _live(work: Callable[[], object], let_go: Callable[[], None], mask: set[int], kept: tuple[int, ...]) -> NoReturn:
    """Nothing of what this process had open is closed in any other way than by the system."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        ends = (2, *sorted(kept), os.sysconf("SC_OPEN_MAX"))
        for below, above in pairwise(ends):
            os.closerange(below + 1, above)
        work()
        let_go()
        code = 0
    finally:
        os._exit(code)  # Whatever was raised: it is met again where it can be told.


def pipe() -> tuple[IO[bytes], IO[bytes]]:
    """What is written into the second is read from the first."""
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def wait(process: int) -> None:
    """For a copy, 0 for none. Who started us may have said that nobody waits for processes: then it is not there."""
    if process:
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def end(process: int) -> None:
    if process:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        wait(process)


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """What was handed over next; None at the end, be it in the middle of it."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else None


class Answering:
    """A copy that works something out, for who asks for it later. Raises OSError where there is no room for it."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        self._pipe, writing = pipe()
        with ExitStack() as failing, writing:
            failing.callback(self._pipe.close)
            self._process = begin(partial(_answer, work, writing), lambda: None, writing.fileno())
            failing.pop_all()

    def answer(self) -> bytes | None:
        """What came of it, once; None where it came to nothing: who works it out himself meets the reason."""
        data = read_frame(self._pipe)
        wait(self._process)
        self._process = 0
        return data

    def end(self) -> None:
        end(self._process)
        self._pipe.close()


def _answer(work: Callable[[], bytes], writing: IO[bytes]) -> None:
    write_frame(writing, work())
