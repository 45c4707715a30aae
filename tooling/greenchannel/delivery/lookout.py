"""What is made here is looked through by a copy of this process, which has read meanwhile what it is to look for.

Where the copy ends early, whatever the reason, we look ourselves: a fault is met again and told as if there were none.
"""

import errno
import os
import pickle
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from select import POLLIN, poll
from threading import Thread
from typing import IO

from greenchannel.delivery.copies import begin, end, pipe, read_frame, wait, write_frame
from greenchannel.delivery.leaks import Guard, Leak
from greenchannel.portal.variants import plain_of

Files = Sequence[tuple[str, bytes]]


def looked_through(paths: Sequence[str], files: Iterable[bytes]) -> Files:
    """A variant says what its plain file says, in other bytes: it is held back with it and not looked through."""
    return [(path, data) for path, data in zip(paths, files, strict=True) if plain_of(path) == path]


class Lookout:
    """One copy. `let_go` closes what it cannot share with us, for each to open again.

    Raises OSError where there is no room for it.
    """

    def __init__(self, guard: Guard, let_go: Callable[[], None]) -> None:
        self.guard = guard
        self._given: SimpleQueue[tuple[int, Files] | None] = SimpleQueue()
        self._asked = self._answered = 0
        self._is_gone = False
        let_go()
        with ExitStack() as theirs, ExitStack() as ours:
            questions, self._asking = _shared(theirs, ours, *pipe())
            answers, self._answers = _shared(theirs, ours, *reversed(pipe()))
            work, kept = partial(_look, guard, questions, answers), (questions.fileno(), answers.fileno())
            self._process = begin(work, let_go, *kept)
            ours.callback(end, self._process)
            self._poll = poll()
            self._poll.register(self._answers, POLLIN)
            # While the copy reads what is withheld, it takes nothing.
            self._thread = Thread(target=self._give, daemon=True)
            _start(self._thread)
            ours.pop_all()

    def give(self, files: Files) -> int:
        """The number under which the answer is asked for."""
        self._asked += 1
        if not self._is_gone:
            self._given.put((self._asked, files))
        return self._asked

    def has_answer(self) -> bool:
        """Whether who asks for the next one need not wait; of a copy that is gone we give them ourselves."""
        return self._is_gone or bool(self._poll.poll(0))

    def answer(self, number: int, files: Files) -> tuple[Leak, ...]:
        """What was found in the files of that number. Answers to earlier ones that nobody asked for are passed over."""
        while not self._is_gone and self._answered < number:
            if (data := read_frame(self._answers)) is None:
                self._is_gone = True
                break
            # From a copy of this very process, over a pipe that nobody else has.
            self._answered, found = pickle.loads(data)  # noqa: S301
            if self._answered == number:
                return tuple(found)
        return tuple(leak for path, content in files for leak in self.guard(path, content))

    def close(self) -> None:
        """Waits until the copy has put away what it worked out, but for one with answers that nobody asked for."""
        if self._answered < self._asked:
            self.stop()
            return
        self._given.put(None)
        try:
            self._thread.join()
            wait(self._process)
        except BaseException:
            end(self._process)
            raise
        finally:
            self._answers.close()

    def stop(self) -> None:
        """Waits for nothing."""
        end(self._process)
        self._given.put(None)
        self._thread.join()
        self._answers.close()

    def _give(self) -> None:
        try:
            with self._asking as pipe:
                while (one := self._given.get()) is not None:
                    write_frame(pipe, pickle.dumps(one, pickle.HIGHEST_PROTOCOL))
        except BrokenPipeError:
            return  # It is gone, which its answers tell.


def _shared(theirs: ExitStack, ours: ExitStack, one: IO[bytes], other: IO[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    return theirs.enter_context(one), ours.enter_context(other)


def _start(thread: Thread) -> None:
    try:
        thread.start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error


def _look(guard: Guard, questions: IO[bytes], answers: IO[bytes]) -> None:
    guard("", b"")  # What it looks for is read before the first file is there.
    while data := read_frame(questions):
        number, files = pickle.loads(data)  # noqa: S301  # From the process that this one is a copy of.
        found = tuple(leak for path, content in files for leak in guard(path, content))
        write_frame(answers, pickle.dumps((number, found), pickle.HIGHEST_PROTOCOL))
