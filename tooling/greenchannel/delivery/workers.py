"""The plan -> the bytes of its files, with what in them must not go out: by one process, or by several at once.

Several where there is more than one processor. Of much, each makes its share and looks through it, and hands it over a
pipe; the order is that of the plan. A worker is a copy of this process. Where one ends early, whatever the reason, its
share is made here: a fault is met again and told as if there were no workers. A few files are made here, and a
`Lookout` may look through them. Another copy may read `meanwhile` what this process is about to ask for.
"""

import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from queue import Queue
from types import TracebackType
from typing import IO, NamedTuple, Self

from greenchannel.delivery.copies import begin, end, pipe, processors, read_frame, wait, write_frame
from greenchannel.delivery.leaks import Guard, Leak
from greenchannel.delivery.lookout import Files, Lookout, looked_through
from greenchannel.portal.plan import Planned, Stage

_ENOUGH = 250  # steps: a release makes a tenth of that, and to begin takes a tenth of a second
# Steps in a row for one worker: neighbours are made of the same views. Feeds are large, and wait for their turn in
# memory.
_ROW, _ROW_OF_FEEDS = 256, 16
_LEAST, _TURNS = 4, 4  # steps of a row, and rows of a stage for each worker
_AHEAD = 16_000_000  # bytes of each worker that wait for their turn, or for what is found in them


class Made(NamedTuple):
    """Of one step: the bytes in the order of its paths, and what was found in them."""

    files: tuple[bytes, ...]
    leaks: tuple[Leak, ...]


Making = Generator[Made, None, None]


def make_here(steps: Sequence[Planned], guard: Guard) -> Making:
    return (_made(one, guard) for one in steps)


@dataclass(slots=True)
class Workers:
    """`let_go` closes what processes cannot share, for each to open again, and ends what this one began.

    It is called here before the first worker begins, and by each worker when it is done. Who asks for one more than
    there is waits for that. A lookout asks for less: for that, `put_away` is called.
    """

    let_go: Callable[[], None]
    count: int | None = None  # None: as many as there are processors, if that is safe
    put_away: Callable[[], None] = lambda: None
    _lookout: Lookout | None = None

    def begin(self, guard: Guard) -> None:
        """Somebody else looks through what is made with this guard, until we close, and begins to read for it now.

        Of a small process: what a larger one changes is copied piece by piece while another has it, too.
        """
        if self._count() > 1:
            with suppress(OSError):  # No room for another process.
                self._lookout = Lookout(guard, self.put_away)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif self._lookout is not None:  # Nobody waits for what it still reads.
            self._lookout.stop()
            self._lookout = None

    def close(self) -> None:
        """Who looks has time to put away what it worked out, for the next run."""
        if self._lookout is not None:
            self._lookout.close()
            self._lookout = None

    def make(self, steps: Sequence[Planned], guard: Guard) -> Making:
        if self._lookout and self._lookout.guard is guard and len(steps) < _ENOUGH:
            return _made_ahead(steps, self._lookout)
        self.close()
        if len(steps) < _ENOUGH or (count := self._count()) < 2:  # noqa: PLR2004  # One worker is none.
            return make_here(steps, guard)
        return self._make(steps, guard, count)

    def _count(self) -> int:
        return processors() if self.count is None else self.count

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
    if processors():
        let_go()
        with suppress(OSError):
            process = begin(work, let_go)
    try:
        yield
        wait(process)
    except BaseException:
        end(process)
        raise


def _made(step: Planned, guard: Guard) -> Made:
    files = step.make()
    return Made(files, tuple(leak for path, data in looked_through(step.paths, files) for leak in guard(path, data)))


def _made_ahead(steps: Sequence[Planned], lookout: Lookout) -> Making:
    """In order. What the lookout has not looked through yet keeps nobody from making the next."""
    due, waiting, size = deque(steps), deque[tuple[tuple[bytes, ...], int, Files]](), 0
    fault: Exception | None = None
    while due or waiting:
        if waiting and (not due or size >= _AHEAD or lookout.has_answer()):
            files, number, given = waiting.popleft()
            size -= sum(map(len, files))
            yield Made(files, lookout.answer(number, given))
            continue
        step = due.popleft()
        try:
            files = step.make()
        except Exception as error:  # noqa: BLE001  # Raised when it is its turn.
            fault = error
            due.clear()
            continue
        given = looked_through(step.paths, files)
        waiting.append((files, lookout.give(given), given))
        size += sum(map(len, files))
    if fault is not None:
        raise fault


def _rows(steps: Sequence[Planned], count: int) -> Iterator[Sequence[Planned]]:
    """Short enough that each worker has some of every stage."""
    for stage, found in groupby(steps, key=lambda one: one.stage):
        same = tuple(found)
        most = _ROW_OF_FEEDS if stage in (Stage.ARCHIVE, Stage.FEED) else _ROW
        length = min(most, max(_LEAST, len(same) // (_TURNS * count)))
        yield from (same[start : start + length] for start in range(0, len(same), length))


class _Worker:
    """Makes the rows of its turn. A thread of ours takes in what it hands over, so that it goes on meanwhile."""

    def __init__(self, rows: Sequence[Sequence[Planned]], guard: Guard, let_go: Callable[[], None]) -> None:
        self._handed = _Handed(_AHEAD)
        self._is_done = self._is_gone = False
        self._pipe, writing = pipe()
        with ExitStack() as failing, writing:
            failing.callback(self._pipe.close)
            self.process = begin(partial(_work, rows, guard, writing), let_go, writing.fileno())
            failing.pop_all()
        self._thread = threading.Thread(target=self._take_in, daemon=True)

    def start(self) -> None:
        """Not before all are there: no copy is made of a process with threads."""
        try:
            self._thread.start()
        except RuntimeError:  # No room for a thread: its share is made here.
            self._is_done = self._is_gone = True
            end(self.process)

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
        if not self._is_gone:
            wait(self.process)
            self._is_gone = True

    def end(self) -> None:
        if not self._is_gone:
            end(self.process)
            self._is_gone = True
        while self._thread.is_alive() and not self._is_done:
            self.take()
        self._pipe.close()

    def _take_in(self) -> None:
        while data := read_frame(self._pipe):
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


def _work(rows: Sequence[Sequence[Planned]], guard: Guard, writing: IO[bytes]) -> None:
    for step in chain.from_iterable(rows):
        write_frame(writing, pickle.dumps(_made(step, guard), pickle.HIGHEST_PROTOCOL))
