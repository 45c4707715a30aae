"""What a disk may hold after the power went: a model of files and folders and of what was synced of them.

A file's bytes outlive the power cut once an fsync of the file came behind them; a name outlives it once an fsync of its
folder did; a syncfs is an fsync of each. What was not synced may be there or not, each by itself; a file that got
another name in its folder has one of the two, as wherever a journal is kept of names. The calls come from the layer,
with their bytes.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from faults import Call


class Loss(Enum):
    """What of that which was not synced is gone."""

    ALL = "all"
    BYTES = "bytes"  # names are kept, as by a file system that writes its journal first
    SOME = "some"  # by chance
    HALF = "half"  # as before, and bytes may stop in the middle


@dataclass(slots=True, eq=False)
class File:
    now: bytes = b""
    kept: bytes = b""


@dataclass(slots=True, eq=False)
class Folder:
    now: dict[str, "File | Folder"] = field(default_factory=dict)
    kept: dict[str, "File | Folder"] = field(default_factory=dict)


class Disk:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        """All that is there is there for good."""
        self.root = Folder()
        for path, data in files.items():
            self.make_folder(path.rpartition("/")[0])
            folder, name = self._place(path)
            folder.now[name] = folder.kept[name] = File(data, data)

    def make_folder(self, path: str) -> None:
        """One that was there from the beginning, be it empty."""
        place = self.root
        for one in filter(None, path.split("/")):
            below = place.now.setdefault(one, Folder())
            assert isinstance(below, Folder)
            place.kept[one] = below
            place = below

    def apply(self, one: Call) -> None:
        match one.name:
            case "open":
                folder, name = self._place(one.path)
                file = folder.now.setdefault(name, File())
                if one.truncates and isinstance(file, File):
                    file.now = b""
            case "write":
                file = self._file(one.path)
                file.now = file.now[: one.offset] + one.data + file.now[one.offset + len(one.data) :]
            case "ftruncate":
                file = self._file(one.path)
                file.now = file.now[: one.offset]
            case "mkdir":
                folder, name = self._place(one.path)
                folder.now[name] = Folder()
            case "replace":
                (origin, old), (folder, name) = self._place(one.source), self._place(one.path)
                folder.now[name] = origin.now.pop(old)
            case "link":
                (origin, old), (folder, name) = self._place(one.source), self._place(one.path)
                folder.now[name] = origin.now[old]
            case "unlink" | "rmdir":
                folder, name = self._place(one.path)
                folder.now.pop(name, None)
            case "fsync" | "syncfs":
                whole = one.name == "syncfs"
                self._sync(self.root if whole else self._find(one.path), whole=whole)
            case _:
                assert one.name in ("utime", "close"), one.name

    def after_power_cut(self, loss: Loss, chance: random.Random) -> dict[str, bytes]:
        return dict(_survivors(self.root, "", loss, chance))

    def _sync(self, found: "File | Folder", *, whole: bool) -> None:
        """`whole`: with all that is in a folder."""
        match found:
            case File():
                found.kept = found.now
            case Folder():
                found.kept = dict(found.now)
                for one in found.now.values() if whole else ():
                    self._sync(one, whole=True)

    def _find(self, path: str) -> "File | Folder":
        place: File | Folder = self.root
        for one in filter(None, path.split("/")):
            assert isinstance(place, Folder)
            place = place.now[one]
        return place

    def _file(self, path: str) -> File:
        found = self._find(path)
        assert isinstance(found, File)
        return found

    def _place(self, path: str) -> tuple[Folder, str]:
        above, _, name = path.rpartition("/")
        folder = self._find(above)
        assert isinstance(folder, Folder)
        return folder, name


def _survivors(folder: Folder, where: str, loss: Loss, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    renamed = {id(one) for one in folder.kept.values()} & {id(one) for one in folder.now.values()}
    decided = dict[int, bool]()  # of what was renamed: for both names
    for name in sorted(folder.now.keys() | folder.kept.keys()):
        old, new = folder.kept.get(name), folder.now.get(name)
        is_new = loss is Loss.BYTES or (loss in (Loss.SOME, Loss.HALF) and chance.random() < 0.5)
        for one in (old, new):
            if id(one) in renamed and old is not new:
                is_new = decided.setdefault(id(one), is_new)
        match new if is_new else old:
            case None:
                continue
            case Folder() as below:
                yield from _survivors(below, f"{where}{name}/", loss, chance)
            case File() as file:
                yield f"{where}{name}", _bytes(file, loss, chance)


def _bytes(file: File, loss: Loss, chance: random.Random) -> bytes:
    if file.now == file.kept or loss in (Loss.ALL, Loss.BYTES):
        return file.kept
    if loss is Loss.SOME:
        return chance.choice((file.kept, file.now))
    if not file.now.startswith(file.kept):
        return file.kept
    return file.now[: chance.randint(len(file.kept), len(file.now))]
