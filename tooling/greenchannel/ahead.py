"""Files, looked at by a copy of this process while this one loads the programs that will ask for that.

Nothing heavy is loaded here: the copy is to begin first.
"""

import marshal
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from greenchannel.delivery.copies import Answering, processors
from greenchannel.desk.folders import Folder, Folders, Look, Shelf, folders_of_year, incident_years, looking_once

if TYPE_CHECKING:
    from greenchannel.delivery.unchanged import Seen, SeenAhead

_Packed = tuple[str, str, bytes]  # a year, the look of its shelf, and what is on that
_LONG_SECONDS = 0.2  # for the older years; one copy more also slows who loads his programs


@contextmanager
def looking_ahead(content: Path) -> Iterator[None]:
    """As `looking_once`, where the first look began already. Without another processor we look when we are asked."""
    with _beside(partial(_look, content)) as copy, looking_once(content, partial(_folders, copy) if copy else None):
        yield


@contextmanager
def seeing_ahead(home: Path) -> "Iterator[SeenAhead]":
    """For a build to which nothing may have happened: the files of the site that stood last, as they lie now.

    Who had to wait for another run is to look himself.
    """
    with _beside(partial(_see, home)) as copy:
        yield lambda: _seen(copy) if copy else None


@contextmanager
def _beside(work: Callable[[], bytes]) -> Iterator[Answering | None]:
    copy = None
    if processors():
        with suppress(OSError):  # No room for another process.
            copy = Answering(work)
    try:
        yield copy
    finally:
        if copy:
            copy.end()


def _look(content: Path) -> bytes:
    """From the newest year back. Once the rest will take long, a copy of the copy looks at half of it."""
    told, years, slowest = list[_Packed](), [*incident_years(content)], 0.0
    while years and slowest * len(years) < _LONG_SECONDS:
        began = time.monotonic()
        told[:0] = _shelves(content, [years.pop()])
        slowest = max(slowest, time.monotonic() - began)
    first, others = years[: len(years) // 2], years[len(years) // 2 :]
    told[:0] = _shelves_by_two(content, first, others) if first else _shelves(content, others)
    return marshal.dumps(told)


def _shelves_by_two(content: Path, first: Sequence[str], others: Sequence[str]) -> list[_Packed]:
    asking = os.getpid()  # When we are ended from outside, nobody ends the other one.
    with _beside(lambda: marshal.dumps(_shelves(content, first, lambda: os.getppid() == asking))) as copy:
        told = _shelves(content, others)
        data = copy.answer() if copy else None
    return (marshal.loads(data) if data else _shelves(content, first)) + told  # noqa: S302  # As below.


def _shelves(content: Path, years: Iterable[str], is_wanted: Callable[[], bool] = lambda: True) -> list[_Packed]:
    found = ((year, folders_of_year(content, year)) for year in years if is_wanted())
    return [(year, shelf.look, marshal.dumps(_packed(shelf))) for year, shelf in found if shelf]


def _packed(shelf: Shelf) -> list[tuple[str, list[tuple[str, Look]]]]:
    return [(path, [*files.items()]) for path, files in shelf.items()]


def _folders(copy: Answering) -> Folders | None:
    if (data := copy.answer()) is None:
        return None
    # From a copy of this very process, over a pipe that nobody else has.
    told = marshal.loads(data)  # noqa: S302
    return Folders({year: Shelf(partial(_unpacked, packed), look) for year, look, packed in told})


def _unpacked(data: bytes) -> dict[str, Folder]:
    return {path: Folder(files) for path, files in marshal.loads(data)}  # noqa: S302  # As above.


def _see(home: Path) -> bytes:
    from greenchannel.delivery.memory import Memory
    from greenchannel.delivery.unchanged import name_of, read_unchanged
    from greenchannel.desk.places import SITE
    from greenchannel.portal.maker import maker

    name = name_of(SITE)
    with Memory(home, maker(), reads_only=True) as memory:
        data = memory.recall((name,)).get(name)
    return marshal.dumps(tuple(read_unchanged(data).see(home / SITE))) if data else b""


def _seen(copy: Answering) -> "Seen | None":
    from greenchannel.delivery.unchanged import Seen

    data = copy.answer()
    return Seen(*marshal.loads(data)) if data else None  # noqa: S302  # As above.
