"""Values that were worked out before, as those see them who work them out."""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Remembering(Protocol):
    """By a key that stands for all they were made of, or with what tells whether they are still true."""

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]: ...

    def keep(self, key: str, value: bytes) -> None: ...
