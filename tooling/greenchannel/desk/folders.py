"""What lies on the desk, as the system tells of it: each incident's folder with its files, those of a year on a shelf.

Approvals stand beside what they approve and are no texts: they are passed over, and so are an editor's hidden files.
One command looks once: who asks again within `looking_once` is told what was seen a moment ago.
"""

import os
import stat
import time
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path

import orjson

from greenchannel.desk.seen import is_settled, look_of

Look = list[int] | None  # as `seen`; None: a link, or no regular file


class Folder(dict[str, Look]):
    """By name, sorted."""

    @cached_property
    def look(self) -> str:
        """Stands for the files; empty where one of them cannot be known by its look."""
        return "" if None in self.values() else repr(dict(self))


class Shelf(Mapping[str, Folder]):
    """The folders of a year, by their paths below content/.

    What somebody else saw is unpacked when it is asked for: most of a long desk looks as it did, and nobody asks.
    """

    def __init__(self, unpack: Callable[[], dict[str, Folder]] = dict, look: str | None = None) -> None:
        self._unpack = unpack
        if look is not None:
            self.look = look

    @cached_property
    def folders(self) -> dict[str, Folder]:
        return self._unpack()

    @cached_property
    def look(self) -> str:
        """Stands for all of their files; empty where one cannot be known by its look, or has no text for name."""
        if any(None in one.values() for one in self.folders.values()):
            return ""
        try:
            return sha256(orjson.dumps(self.folders)).hexdigest()
        except orjson.JSONEncodeError:
            return ""

    def __getitem__(self, path: str) -> Folder:
        return self.folders[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.folders)

    def __len__(self) -> int:
        return len(self.folders)

    def __contains__(self, path: object) -> bool:
        return path in self.folders

    def items(self) -> ItemsView[str, Folder]:
        return self.folders.items()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Shelf) and self.folders == other.folders)

    __hash__ = None  # type: ignore[assignment]  # As a dict has none.


class Folders(Mapping[str, Folder]):
    """By their paths below content/, in order. `shelves` are by the folders of the years."""

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        self.shelves = shelves

    def __getitem__(self, path: str) -> Folder:
        return self.shelves[path.rpartition("/")[0]][path]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.shelves.values())

    def __len__(self) -> int:
        return sum(map(len, self.shelves.values()))


_HOLDS_SECONDS = 10.0  # Who waited for another run, or for a place of readers, looks again.
_SEEN: dict[Path, tuple[float, Folders] | None] = {}  # of this process, by content/, and when; None: not looked at yet
_AHEAD: dict[Path, tuple[float, Callable[[], Folders | None]]] = {}  # by content/: a look that began then


@contextmanager
def looking_once(content: Path, ahead: Callable[[], Folders | None] | None = None) -> Iterator[None]:
    """`ahead` gives what somebody who begins now will have seen, None if it came to nothing. It is asked once."""
    if content in _SEEN:
        yield
        return
    _SEEN[content] = None
    if ahead is not None:
        _AHEAD[content] = time.monotonic(), ahead
    try:
        yield
    finally:
        del _SEEN[content]
        _AHEAD.pop(content, None)


def look_again(content: Path) -> None:
    """The next one who asks."""
    if content in _SEEN:
        _SEEN[content] = None
        _AHEAD.pop(content, None)


def folders_of_incidents(content: Path) -> Folders:
    """Strings: of a long archive, paths cost more than looks."""
    if content in _AHEAD:
        began, ahead = _AHEAD.pop(content)
        if (found := ahead()) is not None:
            _SEEN[content] = began, found
    if (seen := _SEEN.get(content)) and time.monotonic() < seen[0] + _HOLDS_SECONDS:
        return seen[1]
    began = time.monotonic()
    shelves = ((year, folders_of_year(content, year)) for year in incident_years(content))
    found = Folders({year: shelf for year, shelf in shelves if shelf})
    if content in _SEEN:
        _SEEN[content] = began, found
    return found


def folders_of_year(content: Path, year: str) -> Shelf:
    """What `folders_of_incidents` has of one of `incident_years`; now, whoever looked before."""
    found = {f"{year}/{one}": files_of(f"{content}/{year}/{one}") for one in folders_in(f"{content}/{year}")}
    return Shelf(lambda: found)


def incident_folders(content: Path) -> Iterator[str]:
    """Their paths below content/, in order; links are not followed. Strings: of a long archive, paths take longer."""
    for year in incident_years(content):
        yield from (f"{year}/{name}" for name in folders_in(f"{content}/{year}"))


def incident_years(content: Path) -> Sequence[str]:
    """The paths of the folders in which those of the incidents lie, in order."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return [f"incidents/{one}" for one in folders_in(f"{content}/incidents") if not one.startswith(".")]
    return ()


def folders_in(folder: str) -> list[str]:
    """Their names, in order; links are not followed."""
    with os.scandir(folder) as entries:
        return sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))


def are_settled(folder: str, files: Folder) -> bool:
    """Whether what was read of a folder's files since they looked so will be known by that again."""
    return all(is_settled(f"{folder}/{one}", look) for one, look in files.items())


def is_meant(name: str) -> bool:
    """Whether a file of that name may be a text, or stand beside one."""
    return not name.startswith(".") and not name.endswith(".json")


def files_of(folder: str) -> Folder:
    """By its whole path; none where there is no folder."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        meant = [one for one in entries if is_meant(one.name)]
        return Folder(sorted([(one.name, _look(one)) for one in meant if not one.is_dir()]))
    return Folder()


def _look(entry: os.DirEntry[str]) -> Look:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return look_of(found) if stat.S_ISREG(found.st_mode) else None
