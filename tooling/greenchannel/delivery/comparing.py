"""A folder against what ought to stand in it, file by file, by bytes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from greenchannel.domain.message import Message, message
from greenchannel.portal.assets import is_named_by_digest
from greenchannel.portal.search_index import is_piece
from greenchannel.portal.variants import is_variant, plain_of, variants_of


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
    """A file of a site that is not as the record would have it."""

    path: str
    kind: Kind

    @property
    def problem(self) -> Message:
        return _WORDS[self.kind]


def differences(
    expected: Iterable[tuple[str, bytes]], folder: Path, *, has_variants: bool = False
) -> tuple[Difference, ...]:
    """Sorted by path. `expected` may be made while it is read: only the paths are kept.

    With `has_variants` each text file must have its compressed variants, which unpack to it, whoever packed them.
    """
    planned: set[str] = set()
    found: list[Difference] = []

    def compare(path: str, is_equal: Callable[[bytes], bool]) -> None:
        planned.add(path)
        place = folder / path
        if not place.is_file():
            found.append(Difference(path, Kind.MISSING))
        elif not is_equal(place.read_bytes()):
            found.append(Difference(path, Kind.DIFFERENT))

    for path, data in expected:
        compare(path, data.__eq__)
        for variant in variants_of(path) if has_variants else ():
            compare(variant, partial(is_variant, variant, plain=data))
    unplanned = (path for path in files_of(folder) if path not in planned)
    found += (Difference(path, Kind.EXTRA) for path in unplanned if not is_superseded(folder, path))
    return tuple(sorted(found, key=lambda one: one.path))


def files_of(folder: Path) -> Iterator[str]:
    """Every file below a folder, sorted, links included: none may hide."""
    for one in sorted(folder.rglob("*")):
        if one.is_symlink() or not one.is_dir():
            yield one.relative_to(folder).as_posix()


def is_superseded(folder: Path, path: str) -> bool:
    """Whether a file that nothing makes is an asset of an earlier theme, kept for pages that still name it.

    Or a piece of an earlier search index, by its name: what a query under way may still ask for.
    """
    place, plain = folder / path, folder / plain_of(path)
    if any(one.is_symlink() or not one.is_file() for one in (place, plain)):
        return False
    return (is_piece(plain_of(path)) or is_named_by_digest(plain_of(path), plain.read_bytes)) and (
        place == plain or is_variant(path, place.read_bytes(), plain.read_bytes())
    )
