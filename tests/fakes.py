"""Stand-ins that keep the contract of what they stand for (see tests/contract)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from greenchannel.delivery.targets import TargetError


class Remembered(dict[str, bytes]):
    """What was worked out before, for one test."""

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        return {one: self[one] for one in keys if one in self}

    def keep(self, key: str, value: bytes) -> None:
        self[key] = value

    def __bool__(self) -> bool:
        """It is there while it is empty, too, as any memory is."""
        return True


@dataclass
class MemoryTarget:
    """A place in memory. `breaks_at` is the number of files after which it refuses; `fired` says that it did.

    `shuffle` puts the files of one call into another order, as the protocol allows.
    """

    name: str = "memory"
    files: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    breaks_at: int | None = None
    fired: bool = False
    shuffle: Callable[[list[str]], None] = lambda _paths: None

    def put(self, source: Path, paths: Sequence[str]) -> None:
        arriving = list(paths)
        self.shuffle(arriving)
        for path in arriving:
            if self.breaks_at is not None and len(self.order) >= self.breaks_at:
                self.fired = True
                raise TargetError("the line is down")
            self.files[path] = (source / path).read_bytes()
            self.order.append(path)

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in paths if self.files.get(one) != (source / one).read_bytes())

    def missing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002  # The protocol's.
        return tuple(one for one in paths if one not in self.files)

    def remove(self, paths: Sequence[str]) -> None:
        for one in paths:
            self.files.pop(one, None)
