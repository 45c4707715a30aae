"""A folder of this machine, or one mounted here: the web root of a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.writing import remove_file, write_file


@dataclass(frozen=True, slots=True)
class DirectoryTarget:
    """The folder must be there: one that is missing may be a disk that is not mounted."""

    name: str
    folder: Path

    def put(self, source: Path, paths: Sequence[str]) -> None:
        self._check()
        for path in paths:
            if link := self._link(path):
                raise TargetError("{path}: a link stands there and may lead out of the folder; remove it", path=link)
            if (self.folder / path).exists() and not (self.folder / path).is_file():
                raise TargetError("{path}: what stands there is no file; remove it", path=self.folder / path)
            origin = source / path
            write_file(self.folder / path, origin.read_bytes(), changed_at=int(origin.stat().st_mtime))

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        self._check()
        return tuple(one for one in paths if self._bytes(one) != (source / one).read_bytes())

    def missing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002  # The protocol's.
        self._check()
        return tuple(one for one in paths if not (self.folder / one).is_file())

    def remove(self, paths: Sequence[str]) -> None:
        self._check()
        for path in paths:
            if (self.folder / path).is_file() and not self._link(path):
                remove_file(self.folder / path)

    def _check(self) -> None:
        if not self.folder.is_dir():
            raise TargetError("{folder}: not there; make the folder, or mount it", folder=self.folder)

    def _link(self, path: str) -> Path | None:
        steps = (self.folder / path, *(self.folder / path).parents)
        below = (one for one in steps if one != self.folder and one.is_relative_to(self.folder))
        return next((one for one in below if one.is_symlink()), None)

    def _bytes(self, path: str) -> bytes | None:
        target = self.folder / path
        return target.read_bytes() if target.is_file() and not self._link(path) else None
