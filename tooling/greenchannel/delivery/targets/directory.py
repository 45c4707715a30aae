"""A folder of this machine, or one mounted here: the web root of a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.writing import write_file


@dataclass(frozen=True, slots=True)
class DirectoryTarget:
    """The folder must be there: one that is missing may be a disk that is not mounted."""

    name: str
    folder: Path

    def put(self, source: Path, paths: Sequence[str]) -> None:
        self._check()
        for path in paths:
            origin = source / path
            write_file(self.folder / path, origin.read_bytes(), changed_at=int(origin.stat().st_mtime))

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        self._check()
        return tuple(one for one in paths if _bytes(self.folder / one) != (source / one).read_bytes())

    def _check(self) -> None:
        if not self.folder.is_dir():
            raise TargetError("{folder}: not there; make the folder, or mount it", folder=self.folder)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
