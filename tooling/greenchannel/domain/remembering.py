"""Values that were worked out before, as those see them who work them out."""

from collections.abc import Iterable, Mapping
from typing import Protocol

# Of what is kept in a process of texts that did not change: more than the desk of a long archive has, since of fewer
# each look at all of them would push out what the next one asks for first.
MOST_TEXTS = 262_144


class Remembering(Protocol):
    """By a key that stands for all they were made of, or with what tells whether they are still true."""

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]: ...

    def keep(self, key: str, value: bytes) -> None: ...
