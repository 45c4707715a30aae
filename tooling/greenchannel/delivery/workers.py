"""The plan -> the bytes of its files, with what in them must not go out: by one process, or by several at once.

Several where there is much to make and more than one processor: each makes its share and looks through it, and hands it
over a pipe; the order is that of the plan. A worker is a copy of this process. It gives back what is shared with it
(locks, above all: they must not outlive us), ignores Ctrl-C, which is for us, and ends with us, since nobody takes what
it hands over any more. Where one ends early, whatever the reason, its share is made here: a fault is met again and told
as if there were no workers. Another copy may read `meanwhile` what this process is about to ask for.
"""

import os
import pickle
import signal
import struct
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from queue import Queue
from typing import IO, NamedTuple, NoReturn

from greenchannel.delivery.leaks import Leak
from greenchannel.portal.plan import Planned, Stage
from greenchannel.portal.variants import plain_of

Guard = Callable[[str, bytes], tuple[Leak, ...]]
_ENOUGH = 250  # steps: a release makes a tenth of that, and to begin takes a tenth of a second
# Steps in a row for one worker: neighbours are made of the same views. Feeds are large, and wait for their turn in
# memory.
_ROW, _ROW_OF_FEEDS = 256, 16
_LEAST, _TURNS = 4, 4  # steps of a row, and rows of a stage for each worker
_AHEAD = 16_000_000  # bytes of each worker that wait for their turn
_MOST = 4  # workers: what they make must be written, too, and each takes memory
_LENGTH = struct.Struct(">Q")


class Made(NamedTuple):
    """Of one step: the bytes in the order of its paths, and what was found in them."""

    files: tuple[bytes, ...]
    leaks: tuple[Leak, ...]


Making = Generator[Made, None, None]


def make_here(steps: Sequence[Planned], guard: Guard) -> Making:
    return (_made(one, guard) for one in steps)


@dataclass(frozen=True, slots=True)
class Workers:
    """`let_go` closes what processes cannot share, for each to open again, and ends what this one began.

    It is called here before the first worker begins, and by each worker when it is done. Who asks for one more than
    there is waits for that.
    """

    let_go: Callable[[], None]
    count: int | None = None  # None: as many as there are processors, if that is safe

    def make(self, steps: Sequence[Planned], guard: Guard) -> Making:
        count = _usable() if self.count is None else self.count
        if count < 2 or len(steps) < _ENOUGH:  # noqa: PLR2004  # One worker is none.
            return make_here(steps, guard)
        return self._make(steps, guard, count)

    def _make(self, steps: Sequence[Planned], guard: Guard, count: int) -> Making:
        guard("", b"")  # What it looks for is read once, for all.
        self.let_go()
        rows, workers = tuple(_rows(steps, count)), list[_Worker]()
        try:
            with suppress(OSError):  # No room for another process: its share is made here.
                for number in range(count):
                    workers.append(_Worker(rows[number::count], guard, self.let_go))
            for one in workers:
                one.start()
            for number, row in enumerate(rows):
                turn = number % count
                worker = workers[turn] if turn < len(workers) else None
                for step in row:
                    yield (worker and worker.take()) or _made(step, guard)
            for one in workers:
                one.wait()
        finally:
            for one in workers:
                one.end()


@contextmanager
def meanwhile(work: Callable[[], object], let_go: Callable[[], None]) -> Iterator[None]:
    """The block, and beside it `work` by a copy of this process, for what that leaves on the disk; it is waited for.

    `let_go` is that of `Workers`. Nobody does it where there is no other processor, no room, or no copy may be made. A
    copy whose process is killed works on to its end, without a lock of ours.
    """
    process = 0
    if _usable():
        let_go()
        with suppress(OSError):
            process = os.fork()
            if not process:
                _live(work, let_go)
    try:
        yield
        _wait(process)
    except BaseException:
        _end(process)
        raise


def _made(step: Planned, guard: Guard) -> Made:
    """A variant says what its plain file says, in other bytes: it is held back with it and not looked through."""
    files = step.make()
    pairs = zip(step.paths, files, strict=True)
    return Made(files, tuple(leak for path, data in pairs if plain_of(path) == path for leak in guard(path, data)))


def _rows(steps: Sequence[Planned], count: int) -> Iterator[Sequence[Planned]]:
    """Short enough that each worker has some of every stage."""
    for stage, found in groupby(steps, key=lambda one: one.stage):
        same = tuple(found)
        most = _ROW_OF_FEEDS if stage in (Stage.ARCHIVE, Stage.FEED) else _ROW
        length = min(most, max(_LEAST, len(same) // (_TURNS * count)))
        yield from (same[start : start + length] for start in range(0, len(same), length))


def _usable() -> int:
    """A copy of a process with threads may wait for ever for what one of them held."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 0
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, _MOST) if processors > 1 else 0


class _Worker:
    """Makes the rows of its turn. A thread of ours takes in what it hands over, so that it goes on meanwhile."""

    def __init__(self, rows: Sequence[Sequence[Planned]], guard: Guard, let_go: Callable[[], None]) -> None:
        self._handed = _Handed(_AHEAD)
        self._is_done = self._is_gone = False
        reading, writing = os.pipe()
        try:
            self.process = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if not self.process:
            _live(partial(_work, rows, guard, writing), let_go, writing)
        os.close(writing)
        self._pipe = os.fdopen(reading, "rb")
        self._thread = threading.Thread(target=self._take_in, daemon=True)

    def start(self) -> None:
        """Not before all are there: no copy is made of a process with threads."""
        self._thread.start()

    def take(self) -> Made | None:
        """The next that it made; None behind its end."""
        if self._is_done:
            return None
        data = self._handed.get()
        self._is_done = not data
        # From a copy of this very process, over a pipe that nobody else has.
        made: Made | None = pickle.loads(data) if data else None  # noqa: S301
        return made

    def wait(self) -> None:
        """Until it has put away what it worked out, for the next build."""
        _wait(self.process)
        self._is_gone = True

    def end(self) -> None:
        if not self._is_gone:
            _end(self.process)
            self._is_gone = True
        while self._thread.is_alive() and not self._is_done:
            self.take()
        self._pipe.close()

    def _take_in(self) -> None:
        while data := _read(self._pipe):
            self._handed.put(data)
        self._handed.put(b"")


class _Handed(Queue[bytes]):
    """Full when its bytes are too many. The last ones are none."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._bytes = 0

    def _qsize(self) -> int:
        return self._bytes

    def _put(self, item: bytes) -> None:
        super()._put(item)
        self._bytes += len(item) + 1

    def _get(self) -> bytes:
        item = super()._get()
        self._bytes -= len(item) + 1
        return item


def _work(rows: Sequence[Sequence[Planned]], guard: Guard, writing: int) -> None:
    with os.fdopen(writing, "wb") as pipe:
        for step in chain.from_iterable(rows):
            data = pickle.dumps(_made(step, guard), pickle.HIGHEST_PROTOCOL)
            pipe.write(_LENGTH.pack(len(data)) + data)
            pipe.flush()


def _live(work: Callable[[], object], let_go: Callable[[], None], kept: int = 2) -> NoReturn:
    """The life of a copy, which keeps one descriptor of ours at most.

    Nothing of what this process had open is closed in any other way than by the system.
    """
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.closerange(3, kept)
        os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
        work()
        let_go()
        code = 0
    finally:
        os._exit(code)  # Whatever was raised: it is met again where it can be told.


def _wait(process: int) -> None:
    """For a copy, 0 for none. Who started us may have said that nobody waits for processes: then it is not there."""
    if process:
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def _end(process: int) -> None:
    if process:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        _wait(process)


def _read(pipe: IO[bytes]) -> bytes:
    """What was handed over next; nothing at the end, be it in the middle of it."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else b""
