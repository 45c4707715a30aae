"""What stands at a target and of what it was made, as far as we know: one JSON line a file, appended as it arrives.

The journal is a memory, never a proof: without it everything is compared again and nothing is lost. A torn last line
is what a killed run leaves, and is ignored; so is each line that is not what its checksum says.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from greenchannel.delivery.writing import append, forget_file, write_file

_GONE: Mapping[str, Any] = {"gone": True}
_PROOF_BYTES = 22
_SPARE = 1_000  # lines that may be out of date before the file is written anew


class Journal:
    """`entries` maps a path to what was last noted of it. Whoever writes holds the lock of the place it speaks of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: dict[str, Mapping[str, Any]] = {}  # Any: JSON
        self._lines = 0
        self._torn = False
        if path.is_file():
            self._read(path.read_bytes())
        self._left = self._stat()

    def forget(self) -> None:
        forget_file(self._path)
        self.entries, self._lines, self._torn, self._left = {}, 0, False, None

    @property
    def is_stale(self) -> bool:
        """Whether another run has noted something since this one read or wrote it last."""
        return self._left != self._stat()

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def note(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        lines = b"".join(_line(path, entry) for path, entry in entries.items())
        # A torn line gets its end first, or it would swallow the one behind it.
        append(self._path, (b"\n" if self._torn else b"") + lines)
        self._torn = False
        self._lines += len(entries)
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
        if self._lines > 2 * len(self.entries) + _SPARE:
            write_file(self._path, b"".join(_line(path, entry) for path, entry in self.entries.items()))
            self._lines = len(self.entries)
            self._left = self._stat()

    def _read(self, data: bytes) -> None:
        self._torn = bool(data) and not data.endswith(b"\n")
        for path, entry in _entries(data):
            self.entries[path] = entry
            self._lines += 1
        self.entries = {path: entry for path, entry in self.entries.items() if entry != _GONE}


def _line(path: str, entry: Mapping[str, Any]) -> bytes:
    told = json.dumps({"path": path, **entry}, ensure_ascii=False).encode()
    return told.removesuffix(b"}") + _proof(told) + b"\n"


def _proof(told: bytes) -> bytes:
    """Against decay, not against who may write here."""
    return b', "proof": "%08x"}' % zlib.crc32(told)


def _entries(data: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for line in data.split(b"\n"):
        told = line[:-_PROOF_BYTES] + b"}"
        if line[-_PROOF_BYTES:] == _proof(told):  # Else torn, damaged, or not ours: the file is compared again.
            entry = orjson.loads(told)
            yield entry.pop("path"), entry
