"""Writers and orders that are wrong on purpose: the checks must see each of them, or they see nothing."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from greenchannel import making, sending
from greenchannel.delivery import delivering, record, writing
from greenchannel.delivery.delivering import Delivered
from greenchannel.delivery.targets import Target, directory
from greenchannel.portal.plan import Planned, in_order


def _set(owner: object, name: str, wrong: object) -> None:
    """A mutant of what is no longer there would be none."""
    assert hasattr(owner, name)
    setattr(owner, name, wrong)


def in_place() -> None:
    """A file is written where readers see it."""

    def write(path: Path, data: bytes, *, changed_at: int | None = None) -> bool:  # noqa: ARG001  # The same signature.
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(descriptor, data)
        os.close(descriptor)
        return True

    def write_all(files: Iterable[tuple[Path, bytes]], *, changed_at: int | None = None) -> tuple[Path, ...]:
        return tuple(path for path, data in files if write(path, data, changed_at=changed_at))

    _set(delivering, "write_files", write_all)
    _set(directory, "write_file", write)


def lists_first() -> None:
    """Lists and feeds go out before the pages that they name."""

    def backwards(plan: Iterable[Planned], is_known: Callable[[Planned], bool]) -> Sequence[Planned]:
        return in_order(plan, is_known)[::-1]

    _set(delivering, "in_order", backwards)


def rewritten_ledger() -> None:
    """The ledger is written anew for every line."""

    def append(path: Path, data: bytes) -> None:
        before = path.read_bytes() if path.exists() else b""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(descriptor, before + data)
        os.close(descriptor)

    _set(record, "append", append)


def unread() -> None:
    """Receipts are given without a look, and a place that fails is taken for one that did not."""

    def put(delivered: Delivered, site: Path, target: Target, *_: Any, **__: Any) -> tuple[str, ...]:
        with suppress(OSError):
            target.put(site, tuple(path for path in delivered.files if (site / path).is_file()))
        return ()

    _set(sending, "deliver", put)
    _set(sending.Sending, "_read_back", lambda _self, _kept, paths: frozenset(paths))
    _set(sending, "_is_whole", lambda _path, _expected: True)
    _set(making.Making, "_is_made", lambda _self, _path: True)


def fsync_again() -> None:
    """An fsync that failed is tried a second time."""

    def sync(folder: Path, *, at_once: bool = False) -> None:  # noqa: ARG001  # One at a time.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    _set(writing, "_sync_folder", sync)


MUTANTS: Mapping[str, Callable[[], None]] = {
    "in-place": in_place,
    "lists-first": lists_first,
    "rewritten-ledger": rewritten_ledger,
    "unread": unread,
    "fsync-again": fsync_again,
}
