"""What stands at a target and of what it was made, as far as we know: a JSON line for the files that arrived together.

The journal is a memory, never a proof: without it everything is compared again and nothing is lost. A torn last line
is what a killed run leaves, and is ignored; so is each line that is not what its checksum says.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from greenchannel.delivery.batches import batches
from greenchannel.delivery.writing import append, forget_file, write_file

_GONE: Mapping[str, Any] = {"gone": True}
_PROOF_BYTES = 20
_AT_ONCE = 1_000  # files of a line: so many are compared again where one is damaged
_SPARE = 1_000  # notes that may be out of date before the file is written anew


class Journal:
    """`entries` maps a path to what was last noted of it. Whoever writes holds the lock of the place it speaks of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: dict[str, Mapping[str, Any]] = {}  # Any: JSON
        self._notes = 0
        self._torn = False
        if path.is_file():
            self._read(path.read_bytes())
        self._left = self._stat()

    def forget(self) -> None:
        forget_file(self._path)
        self.entries, self._notes, self._torn, self._left = {}, 0, False, None

    @property
    def is_stale(self) -> bool:
        """Whether another process has noted something since this one read or wrote it last."""
        return self._left != self._stat()

    @property
    def mark(self) -> object:
        """Differs after each note: for who shares the journal with others of this process."""
        return self._left

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def note(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        # A torn line gets its end first, or it would swallow the one behind it.
        append(self._path, (b"\n" if self._torn else b"") + _lines(entries))
        self._torn = False
        self._notes += len(entries)
        self.entries |= entries
        self._left = self._stat()

    def drop(self, paths: Iterable[str]) -> None:
        """What was taken away from the place."""
        if gone := [one for one in paths if one in self.entries]:
            self.note(dict.fromkeys(gone, _GONE))
            for path in gone:
                del self.entries[path]

    def compact(self) -> None:
        """Writes the journal anew where most of it is out of date."""
        if self._notes > 2 * len(self.entries) + _SPARE:
            write_file(self._path, _lines(self.entries))
            self._notes = len(self.entries)
            self._left = self._stat()

    def _read(self, data: bytes) -> None:
        self._torn = bool(data) and not data.endswith(b"\n")
        for entries in _noted(data):
            self.entries |= entries
            self._notes += len(entries)
        self.entries = {path: entry for path, entry in self.entries.items() if entry != _GONE}


def _lines(entries: Mapping[str, Mapping[str, Any]]) -> bytes:
    return b"".join(_line(dict(some)) for some in batches(entries.items(), _AT_ONCE))


def _line(entries: Mapping[str, Mapping[str, Any]]) -> bytes:
    told = orjson.dumps({"files": entries})
    return told.removesuffix(b"}") + _proof(told) + b"\n"


def _proof(told: bytes) -> bytes:
    """Against decay, not against who may write here."""
    return b',"proof":"%08x"}' % zlib.crc32(told)


def _noted(data: bytes) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    for line in data.split(b"\n"):
        told = line[:-_PROOF_BYTES] + b"}"
        if line[-_PROOF_BYTES:] == _proof(told):  # Else torn, damaged, or not ours: the files are compared again.
            yield orjson.loads(told)["files"]
