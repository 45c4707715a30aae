"""That nothing has changed since all of a site stood, learnt by one question to the system for each file.

A build to which nothing has happened would else read its journal and plan everything, to find just that. What is kept
says what all was made of, and what the system told then of each file of the site and of each file that the record
names. It is no proof, as the journal is none: where anything is not as it says, everything is looked at.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from greenchannel.delivery.batches import batches
from greenchannel.delivery.delivering import LOOK, Delivered, Looks
from greenchannel.desk.seen import SEEN
from greenchannel.portal.plan import Stage

NAME = "unchanged 1"  # under which it is remembered; the number is that of its form
_BETWEEN = "\0"  # paths: in no name of a file
_DIGEST = 64  # characters of a SHA-256
_AT_ONCE = 1_000  # files
_STAGES = {chr(ord("a") + one): one for one in Stage}


@dataclass(frozen=True, slots=True)
class Unchanged:
    """`mark` stands for what all was made of, `told` for what the system told of the files: of the site, and `record`.

    The latter are paths below releases/.
    """

    mark: str
    delivered: Delivered
    record: Collection[str]
    told: tuple[str, str]

    def holds(self, site: Path, releases: Path) -> bool:
        """Whether the system tells the same now."""
        lying = ((f"{site}/", self.delivered.files, os.stat, LOOK), (f"{releases}/", self.record, os.lstat, SEEN))
        try:
            return all(
                _digest(told(ask(root + path)) for path in paths) == before
                for (root, paths, ask, told), before in zip(lying, self.told, strict=True)
            )
        except OSError:
            return False

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


def read_unchanged(data: bytes) -> Unchanged:
    """As `Unchanged.write` wrote it."""
    kept = orjson.loads(data)
    paths, digests = _split(kept["paths"]), kept["digests"]
    each = (digests[start : start + _DIGEST] for start in range(0, len(digests), _DIGEST))
    delivered = Delivered(
        files=dict(zip(paths, each, strict=True)),
        made=0,
        written=(),
        stages=dict(zip(paths, map(_STAGES.__getitem__, kept["stages"]), strict=True)),
    )
    return Unchanged(kept["mark"], delivered, _split(kept["record"]), tuple(kept["told"]))


def _split(text: str) -> list[str]:
    return text.split(_BETWEEN) if text else []


def _digest(rows: Iterable[Any]) -> str:  # Any: a tuple of numbers, as attrgetter gives it
    """SHA-256 of what the system told of files, in their order."""
    total = hashlib.sha256()
    for some in batches(rows, _AT_ONCE):
        total.update(repr(some).encode())
    return total.hexdigest()
