"""What was worked out of each folder of the desk, remembered for as long as its files look the same.

Of a long archive nearly all folders are what they were: those of a year are remembered together, and where all of them
look the same, what was noted of the year is believed and nothing is read of its folders. What changed since is
remembered folder by folder, until that is much, too.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import orjson

from greenchannel.desk.folders import Folders, Shelf
from greenchannel.domain.remembering import Remembering

FEW = 32  # folders of a year: so many are asked for one by one


class RememberedShelf:
    """What was written of a year at once, under a `mark` that its writer gave: a note, and the values of its folders.

    `is_same`: all of its folders look as they did then. `data` are note and values as they were written.
    """

    def __init__(self, shelf: Shelf, data: bytes = b"") -> None:
        look, mark, *self.data = data.split(b"\n", 3) if data else (b"", b"", b"", b"{}")
        self._shelf, self.mark, self.is_same = shelf, mark.decode(), look.decode() == shelf.look != ""

    @cached_property
    def note(self) -> Any:  # Any: JSON
        return orjson.loads(self.data[0])

    def names(self, word: str) -> bool:
        """Whether one of the values of its folders holds this text; be it by chance, as a key or within another one."""
        try:
            return orjson.dumps(word) in self.data[1]
        except orjson.JSONEncodeError:
            return False  # It could not have been written.

    @cached_property
    def values(self) -> Mapping[str, Any]:  # Any: JSON
        """Of the folders that look the same now, by their paths."""
        return same(self._shelf, orjson.loads(self.data[1]))


class RememberedFolders:
    """`folders` are those of the desk now."""

    def __init__(self, memory: Remembering | None, name: str, folders: Folders) -> None:
        self._memory, self._name, self._folders = memory, name, folders
        self._shelves: dict[str, RememberedShelf] = {}

    def of(self, year: str) -> RememberedShelf:
        """`year` is its folder."""
        if year not in self._shelves:
            data = self._recall((year,)).get(year, b"")
            self._shelves[year] = RememberedShelf(self._folders.shelves[year], data)
        return self._shelves[year]

    def apart(self, folders: Collection[str]) -> Mapping[str, Any]:  # Any: JSON
        """Those of the folders that were remembered one by one and look the same now."""
        return same(self._folders, {one: json.loads(value) for one, value in self._recall(folders).items()})

    def keep(self, folder: str, value: object) -> None:
        if self._memory:
            self._memory.keep(f"{self._name} {folder}", json.dumps([self._folders[folder].look, value]).encode())

    def gather(
        self, year: str, values: Iterable[tuple[str, object]], note: object, mark: str = "", *, unknown: int
    ) -> None:
        """All that is known of a year; written where so many folders were not known together that it is much.

        A file's name may be no text; then each folder stays apart.
        """
        shelf = self._folders.shelves[year]
        if self._memory and (unknown > FEW or 2 * unknown > len(shelf)):
            with suppress(orjson.JSONEncodeError):
                told = orjson.dumps(note), orjson.dumps({one: [shelf[one].look, value] for one, value in values})
                self._memory.keep(f"{self._name} {year}", _headed(shelf, mark, *told))

    def renew(self, year: str, mark: str) -> None:
        """What is remembered of a year together holds with this mark, too."""
        if self._memory:
            shelf = self._folders.shelves[year]
            self._memory.keep(f"{self._name} {year}", _headed(shelf, mark, *self.of(year).data))

    def _recall(self, names: Collection[str]) -> Mapping[str, bytes]:
        keys = {f"{self._name} {one}": one for one in names}
        return {keys[key]: data for key, data in (self._memory.recall(keys) if self._memory else {}).items()}


def _headed(shelf: Shelf, mark: str, *data: bytes) -> bytes:
    return b"\n".join((shelf.look.encode(), mark.encode(), *data))


def same(folders: Mapping[str, Any], known: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Of what was remembered with the looks, the values of the folders that look the same."""
    return {one: value for one, (look, value) in known.items() if look and one in folders and look == folders[one].look}
