"""That all of a site stands as it was left, learnt by one question to the system for each of its files.

A build to which nothing has happened would else read its journal and plan everything, to find just that. What is kept
says what all was made of, and what the system told then of each file of the site and of each file that the record
names. It is no proof, as the journal is none: where anything is not as it says, everything is looked at.
"""

import os
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson

from greenchannel.delivery.batches import batches
from greenchannel.delivery.delivering import Delivered, Looks
from greenchannel.portal.plan import Stage

_BETWEEN = "\0"  # paths: in no name of a file
_DIGEST = 64  # characters of a SHA-256
_AT_ONCE = 1_000  # files that are asked for before any of them is compared

# Any: what attrgetter gives of a file is a tuple of these numbers, as `delivering.look` and `desk.seen` take them.
_LOOK: Callable[[os.stat_result], Any] = attrgetter("st_size", "st_mtime_ns")
_SEEN: Callable[[os.stat_result], Any] = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


@dataclass(frozen=True, slots=True)
class Standing:
    """`mark` stands for what all was made of; `looks` and `seen` are the numbers of each file, one behind the other."""

    mark: str
    delivered: Delivered
    looks: "array[int]"
    record: Collection[str]  # paths below releases/
    seen: "array[int]"

    def holds(self, site: Path, releases: Path) -> bool:
        return _are_told(f"{releases}/", self.record, os.lstat, _SEEN, self.seen) and _are_told(
            f"{site}/", self.delivered.files, os.stat, _LOOK, self.looks
        )

    def write(self) -> bytes:
        files = self.delivered.files
        told = {
            "mark": self.mark,
            "paths": _BETWEEN.join(files),
            "digests": "".join(files.values()),
            "stages": "".join(f"{self.delivered.stages[path]:d}" for path in files),
            "record": _BETWEEN.join(self.record),
        }
        return orjson.dumps(told) + b"\n" + self.looks.tobytes() + self.seen.tobytes()


def standing(mark: str, delivered: Delivered, looks: Looks, seen: Mapping[str, Sequence[int]]) -> Standing | None:
    """None where of some file it is not known how it stands."""
    told = [looks.get(path) for path in delivered.files]
    if delivered.leaks or not all(told):
        return None
    return Standing(mark, delivered, _in_a_row(one or () for one in told), tuple(seen), _in_a_row(seen.values()))


def read_standing(data: bytes) -> Standing:
    """As `Standing.write` wrote it."""
    head, _, numbers = data.partition(b"\n")
    told = orjson.loads(head)
    paths, digests, record = _split(told["paths"]), told["digests"], _split(told["record"])
    each = (digests[start : start + _DIGEST] for start in range(0, len(digests), _DIGEST))
    stages = {str(int(one)): one for one in Stage}
    delivered = Delivered(
        files=dict(zip(paths, each, strict=True)),
        made=0,
        written=(),
        stages=dict(zip(paths, map(stages.__getitem__, told["stages"]), strict=True)),
    )
    rows = array("q", numbers)
    end = 2 * len(paths)
    return Standing(told["mark"], delivered, rows[:end], record, rows[end:])


def _split(text: str) -> list[str]:
    return text.split(_BETWEEN) if text else []


def _in_a_row(rows: Iterable[Sequence[int]]) -> "array[int]":
    return array("q", chain.from_iterable(rows))


def _are_told(
    root: str,
    paths: Collection[str],
    ask: Callable[[str], os.stat_result],
    told: Callable[[os.stat_result], Any],
    expected: "array[int]",
) -> bool:
    """Whether the system tells of each file what it told before."""
    start = 0
    for some in batches(paths, _AT_ONCE):
        found = array("q")
        try:
            for path in some:
                found.extend(told(ask(root + path)))
        except OSError:
            return False
        if found != expected[start : start + len(found)]:
            return False
        start += len(found)
    return start == len(expected)
