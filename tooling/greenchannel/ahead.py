"""The desk, looked at by a copy of this process while this one loads the programs that will ask for it.

Nothing heavy is loaded here: the copy is to begin first.
"""

import marshal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from greenchannel.delivery.copies import begin, end, pipe, processors, read_frame, wait, write_frame
from greenchannel.desk.folders import Folder, Folders, folders_of_incidents, looking_once


@contextmanager
def looking_ahead(content: Path) -> Iterator[None]:
    """As `looking_once`, where the first look began already. Without another processor we look when we are asked."""
    copy = None
    if processors():
        with suppress(OSError):  # No room for another process.
            copy = _Copy(content)
    try:
        with looking_once(content, copy.take if copy else None):
            yield
    finally:
        if copy:
            copy.end()


class _Copy:
    def __init__(self, content: Path) -> None:
        self._pipe, writing = pipe()
        with ExitStack() as failing, writing:
            failing.callback(self._pipe.close)
            self._process = begin(partial(_look, content, writing), lambda: None, writing.fileno())
            failing.pop_all()

    def take(self) -> Folders | None:
        """What it saw; None where it came to nothing: who looks himself meets the reason."""
        data = read_frame(self._pipe)
        wait(self._process)
        self._process = 0
        # From a copy of this very process, over a pipe that nobody else has.
        return Folders((path, Folder(files)) for path, files in marshal.loads(data)) if data else None  # noqa: S302

    def end(self) -> None:
        end(self._process)
        self._pipe.close()


def _look(content: Path, writing: IO[bytes]) -> None:
    found = [(path, list(files.items())) for path, files in folders_of_incidents(content).items()]
    write_frame(writing, marshal.dumps(found))
