"""A folder against what ought to stand in it, file by file, by bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from greenchannel.domain.message import Message, message
from greenchannel.portal.assets import is_named_by_digest


class Kind(StrEnum):
    MISSING = "missing"
    DIFFERENT = "different"
    EXTRA = "extra"


_WORDS = {
    Kind.MISSING: message("it is missing"),
    Kind.DIFFERENT: message("it is not what the record gives"),
    Kind.EXTRA: message("nothing makes it"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    kind: Kind

    @property
    def problem(self) -> Message:
        return _WORDS[self.kind]


def differences(expected: Iterable[tuple[str, bytes]], folder: Path) -> tuple[Difference, ...]:
    """Sorted by path. `expected` may be made while it is read: only the paths are kept."""
    planned: set[str] = set()
    found: list[Difference] = []
    for path, data in expected:
        planned.add(path)
        place = folder / path
        if not place.is_file():
            found.append(Difference(path, Kind.MISSING))
        elif place.read_bytes() != data:
            found.append(Difference(path, Kind.DIFFERENT))
    unplanned = (path for path in files_of(folder) if path not in planned)
    found += (Difference(path, Kind.EXTRA) for path in unplanned if not is_superseded(folder, path))
    return tuple(sorted(found, key=lambda one: one.path))


def files_of(folder: Path) -> Iterator[str]:
    """Every file below a folder, sorted, links included: none may hide."""
    for one in sorted(folder.rglob("*")):
        if one.is_symlink() or not one.is_dir():
            yield one.relative_to(folder).as_posix()


def is_superseded(folder: Path, path: str) -> bool:
    """Whether a file that nothing makes is an asset of an earlier theme, kept for pages that still name it."""
    place = folder / path
    return place.is_file() and not place.is_symlink() and is_named_by_digest(path, place.read_bytes)
