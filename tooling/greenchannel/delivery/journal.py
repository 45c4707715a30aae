"""What stands at a target and of what it was made, as far as we know: a JSON line for the files that arrived together.

The journal is a memory, never a proof: without it everything is compared again and nothing is lost. A torn last line
is what a killed run leaves, and is ignored; so is each line that is not what its checksum says.
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from greenchannel.delivery.batches import batches
from greenchannel.delivery.writing import append, forget_file, write_file

_GONE: Mapping[str, Any] = {"gone": True}
_PROOF_BYTES = 20
_LITTLE = 4_096  # bytes
_AT_ONCE = 1_000  # files of a line: so many are compared again where one is damaged
_SPARE = 1_000  # notes that may be out of date before the file is written anew


class Journal:
    """`entries` maps a path to what was last noted of it. Whoever writes holds the lock of the place it speaks of.

    It is read when somebody asks for them: of an archive that takes longer than to note what came.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Mapping[str, Any]] | None = None  # Any: JSON
        self._notes = 0
        self._torn = False
        self._left = self._stat()
        if path.is_file():
            self._torn = _end(path, 1) not in (b"", b"\n")

    @property
    def entries(self) -> dict[str, Mapping[str, Any]]:
        if self._entries is None:
            self._entries = self._read(self._path.read_bytes() if self._path.is_file() else b"")
        return self._entries

    @property
    def last(self) -> Mapping[str, Mapping[str, Any]]:
        """What was noted last, if that was little."""
        data = _end(self._path, _LITTLE) if self._path.is_file() else b""
        lines = data.split(b"\n")[-2:]
        return next(iter(_noted(lines[0])), {}) if lines[-1] == b"" else {}

    def forget(self) -> None:
        forget_file(self._path)
        self._entries, self._notes, self._torn, self._left = {}, 0, False, None

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
        if self._entries is not None:
            self._notes += len(entries)
            self._entries |= entries
        self._left = self._stat()

    def drop(self, paths: Iterable[str]) -> None:
        """What was taken away from the place."""
        if gone := [one for one in paths if one in self.entries]:
            self.note(dict.fromkeys(gone, _GONE))
            for path in gone:
                del self.entries[path]

    def compact(self) -> None:
        """Writes the journal anew where most of it is out of date."""
        entries = self.entries
        if self._notes > 2 * len(entries) + _SPARE:
            write_file(self._path, _lines(entries))
            self._notes = len(entries)
            self._left = self._stat()

    def _read(self, data: bytes) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        self._notes = 0
        for entries in _noted(data):
            found |= entries
            self._notes += len(entries)
        return {path: entry for path, entry in found.items() if entry != _GONE}


class Ahead:
    """For files that go out before the journal is read; what becomes of them is noted there.

    `standing` are those that are there, by what they are made of, which is empty where it is not known.
    """

    def __init__(self, journal: Journal, standing: Mapping[str, str]) -> None:
        self._journal = journal
        self.entries: dict[str, Mapping[str, Any]] = {path: {"made_of": one} for path, one in standing.items()}

    def note(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._journal.note(entries)
        self.entries |= entries

    def compact(self) -> None:
        """Later, by who reads it."""


def _end(path: Path, count: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - count))
        return stream.read()


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
