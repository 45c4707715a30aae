"""The places where the site is put: each takes files of the finished ``site/`` and says what it reads back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from greenchannel.domain.errors import GreenchannelError


class TargetError(GreenchannelError):
    """A target cannot be reached or does not take what it is given; the others go on, the next run tries again."""


class Target(Protocol):
    """The contract, tested by one suite for every kind.

    1. `put` returns when every path is there whole and would survive a power cut; a reader meets the old bytes or
       the new, never a part. Giving the same files again is harmless.
    2. It deletes nothing but what `remove` names, and follows no path out of its own place.
    3. `differing` reads back what stands there and names the paths that are missing or not equal, in the order given.
    4. `missing` names those of the paths where nothing stands yet, in the order given; it may look without reading.
    5. A file may arrive before or after the others of its call: whoever needs an order calls again.
    6. `remove` is for compressed variants that are no longer made and would hide their plain files, and for pieces of
       search indexes before the last. One that is not there is no fault. A folder that becomes empty may stay, and a
       place that lets us delete nothing keeps all: no page names what is removed.
    7. What goes wrong outside is a TargetError (or an OSError) and never a silent success.
    """

    @property
    def name(self) -> str: ...

    def put(self, source: Path, paths: Sequence[str]) -> None: ...

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]: ...

    def missing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]: ...

    def remove(self, paths: Sequence[str]) -> None: ...
