"""What was worked out of each folder of the desk, remembered for as long as its files look the same.

Of a long archive nearly all folders are what they were: they are remembered together. What changed since is
remembered folder by folder, until that is much, too.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from greenchannel.desk.folders import Folders
from greenchannel.domain.remembering import Remembering

_FEW = 32


class RememberedFolders:
    """`together` are the values that were written at once, under a `mark` that their writer gave; `apart` the others.

    Neither has one of a folder whose files look different now, or in which a file cannot be known by its look.
    """

    def __init__(self, memory: Remembering | None, name: str, folders: Folders) -> None:
        self._memory, self._name, self._folders = memory, name, folders
        self.mark, self.together, self.apart = "", dict[str, Any](), dict[str, Any]()
        if memory is None:
            return
        if len(folders) > _FEW and (data := memory.recall((name,)).get(name)):
            known = orjson.loads(data)
            self.mark, self.together = known["mark"], self._same(known["folders"])
        names = {f"{name} {one}": one for one in folders if one not in self.together}
        self.apart = self._same({names[key]: json.loads(value) for key, value in memory.recall(names).items()})

    def keep(self, folder: str, value: object) -> None:
        if self._memory:
            self._memory.keep(f"{self._name} {folder}", json.dumps([self._folders[folder].look, value]).encode())

    def gather(self, values: Iterable[tuple[str, object]], mark: str = "") -> None:
        """All that is known of the folders; written where it is much that was remembered apart, or not at all.

        A file's name may be no text; then each folder stays apart.
        """
        if self._memory and len(self._folders) - len(self.together) > _FEW:
            known = {folder: [self._folders[folder].look, value] for folder, value in values}
            with suppress(orjson.JSONEncodeError):
                self._memory.keep(self._name, orjson.dumps({"mark": mark, "folders": known}))

    def _same(self, known: Mapping[str, list[Any]]) -> dict[str, Any]:
        folders = self._folders
        return {
            one: value for one, (look, value) in known.items() if look and one in folders and look == folders[one].look
        }
