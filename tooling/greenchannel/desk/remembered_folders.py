"""What was worked out of each folder of the desk, remembered for as long as its files look the same.

Of a long archive nearly all folders are what they were: they are remembered together. What changed since is
remembered folder by folder, until that is much, too.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from greenchannel.desk.folders import Folders
from greenchannel.domain.remembering import Remembering

_FEW = 32


class RememberedFolders:
    """`together` are the values that were written at once, under a `mark` that their writer gave; `apart` the others.

    Neither has one of a folder whose files look different now, or in which a file cannot be known by its look. Asked
    for are those that are `wanted`, all if that is not said.
    """

    def __init__(
        self, memory: Remembering | None, name: str, folders: Folders, wanted: Collection[str] | None = None
    ) -> None:
        self._memory, self._name, self._folders = memory, name, folders
        asked = folders.keys() if wanted is None else wanted
        self.mark, self.together, self.apart = "", dict[str, Any](), dict[str, Any]()
        self._unknown = len(asked)  # of these it was not known together with the others
        if memory is None:
            return
        if len(asked) > _FEW and (data := memory.recall((name,)).get(name)):
            known = orjson.loads(data)
            self.mark, self.together = known["mark"], self._same(known["folders"], asked)
            self._unknown -= len(self.together)
        self.apart = self._recall([one for one in asked if one not in self.together])

    def refuse(self, folders: Collection[str]) -> None:
        """Of those that were remembered together: they are out of date, and something newer may be known apart."""
        for one in folders:
            del self.together[one]
        self._unknown += len(folders)
        self.apart |= self._recall(folders)

    def keep(self, folder: str, value: object) -> None:
        if self._memory:
            self._memory.keep(f"{self._name} {folder}", json.dumps([self._folders[folder].look, value]).encode())

    def gather(self, values: Iterable[tuple[str, object]], mark: str = "") -> None:
        """All that is known of the folders; written where it is much that was remembered apart, or not at all.

        A file's name may be no text; then each folder stays apart.
        """
        if self._memory and self._unknown > _FEW:
            known = {folder: [self._folders[folder].look, value] for folder, value in values}
            with suppress(orjson.JSONEncodeError):
                self._memory.keep(self._name, orjson.dumps({"mark": mark, "folders": known}))

    def _recall(self, folders: Collection[str]) -> dict[str, Any]:
        names = {f"{self._name} {one}": one for one in folders}
        known = self._memory.recall(names) if self._memory else {}
        return self._same({names[key]: json.loads(value) for key, value in known.items()}, folders)

    def _same(self, known: Mapping[str, list[Any]], asked: Collection[str]) -> dict[str, Any]:
        meant = {one: self._folders[one].look for one in asked}
        return {one: value for one, (look, value) in known.items() if look and look == meant.get(one)}
