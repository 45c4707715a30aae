"""That nothing has changed since all of a site stood, learnt by one question to the system for each file.

A build to which nothing has happened would else read its journal and plan everything, to find just that. What is kept
says what all was made of, and what the system told then of each file of the site and of each file that the record
names. It is no proof, as the journal is none: where anything is not as it says, everything is looked at.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson

from greenchannel.delivery.batches import batches
from greenchannel.delivery.delivering import LOOK, Delivered, Looks
from greenchannel.desk.seen import SEEN
from greenchannel.portal.plan import Stage

_NAME = "unchanged 1"  # the number is that of its form
_BETWEEN = "\0"  # paths: in no name of a file
_DIGEST = 64  # characters of a SHA-256
_AT_ONCE = 1_000  # files
_STAGES = {chr(ord("a") + one): one for one in Stage}


class Seen(NamedTuple):
    """What the system told of the files of the site that `mark` stands for; None where one was not there."""

    mark: str
    told: str | None


Value = TypeVar("Value")
SeenAhead = Callable[[], Seen | None]  # what somebody saw who looked a moment ago; None where nobody did


def nobody() -> None:
    """Looked ahead."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """`mark` stands for what all was made of, `told` for what the system told of the files: of the site, and `record`.

    The latter are paths below releases/.
    """

    mark: str
    delivered: Delivered
    record: Collection[str]
    told: tuple[str, str]

    def holds(self, site: Path, releases: Path, seen_ahead: SeenAhead) -> bool:
        """Whether the system tells the same now. What takes longest is asked last."""
        if _told(os.lstat, SEEN, releases, self.record) != self.told[1]:
            return False
        seen = seen_ahead()
        if seen is None or seen.mark != self.mark:
            seen = self.see(site)
        return seen.told == self.told[0]

    def see(self, site: Path) -> Seen:
        return Seen(self.mark, _told(os.stat, LOOK, site, self.delivered.files))

    def write(self) -> bytes:
        files, names = self.delivered.files, {stage: name for name, stage in _STAGES.items()}
        return orjson.dumps(
            {
                "mark": self.mark,
                "paths": _BETWEEN.join(files),
                "digests": "".join(files.values()),
                "stages": "".join(names[self.delivered.stages[path]] for path in files),
                "record": _BETWEEN.join(self.record),
                "told": self.told,
            }
        )


def unchanged(mark: str, delivered: Delivered, looks: Looks, seen: Mapping[str, Sequence[int]]) -> Unchanged | None:
    """What is to be kept, with how the files of site and record look. None where that is not known of one."""
    rows = [looks.get(path) for path in delivered.files]
    if not all(rows):
        return None
    told = _digest(tuple(one or ()) for one in rows), _digest(tuple(one) for one in seen.values())
    return Unchanged(mark, delivered, tuple(seen), told)


def name_of(part: str) -> str:
    """Under which it is remembered of a part of the site."""
    return f"{_NAME} {part}"


def read_unchanged(data: bytes) -> Unchanged:
    """As `Unchanged.write` wrote it."""
    kept = orjson.loads(data)
    digests, stages = kept["digests"], kept["stages"]

    def of_files() -> Mapping[str, str]:
        each = (digests[start : start + _DIGEST] for start in range(0, len(digests), _DIGEST))
        return dict(zip(_split(kept["paths"]), each, strict=True))

    def of_stages() -> Mapping[str, Stage]:
        return dict(zip(_split(kept["paths"]), map(_STAGES.__getitem__, stages), strict=True))

    delivered = Delivered(_Later(len(stages), of_files), 0, (), _Later(len(stages), of_stages))
    return Unchanged(kept["mark"], delivered, _split(kept["record"]), tuple(kept["told"]))


class _Later(Mapping[str, Value]):
    """Of so many files: who asks for no more than their number, as most builds do, need not wait for the rest."""

    def __init__(self, size: int, work: Callable[[], Mapping[str, Value]]) -> None:
        self._size, self._work = size, work

    @cached_property
    def _values(self) -> Mapping[str, Value]:
        return self._work()

    def __getitem__(self, path: str) -> Value:
        return self._values[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return self._size


def _told(
    ask: Callable[[str], os.stat_result],
    tell: Callable[[os.stat_result], Any],  # Any: as in `_digest`
    folder: Path,
    paths: Iterable[str],
) -> str | None:
    """None where one of them is not there."""
    try:
        return _digest(tell(ask(f"{folder}/{path}")) for path in paths)
    except OSError:
        return None


def _split(text: str) -> list[str]:
    return text.split(_BETWEEN) if text else []


def _digest(rows: Iterable[Any]) -> str:  # Any: a tuple of numbers, as attrgetter gives it
    """SHA-256 of what the system told of files, in their order."""
    total = hashlib.sha256()
    for some in batches(rows, _AT_ONCE):
        total.update(repr(some).encode())
    return total.hexdigest()
