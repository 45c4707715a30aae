"""The only module that changes files.

A file is replaced whole: temporary file in the same folder, fsync, `os.replace`, fsync of the folder; a new folder is
made sure of in the one above it. For many files at once their file system may be synced in place of each. Each file has
one temporary, locked by who writes it: a second writer waits, and what a killed one left is used by the next. The
ledger is appended to under a lock. Nothing is deleted here but our own temporary files, notes of what can be made
again, and compressed variants that are no longer made. Errors of the system reach the caller; an fsync that failed is
never tried again on the same descriptor, since the second one may call safe what the system has thrown away.
"""

import errno
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from greenchannel.delivery import file_systems

MANY = 24  # files: as many fsyncs as take longer than to sync all of a quiet file system
_TEMPORARY = ".greenchannel-new"
_LOOK_SECONDS = 0.1  # between two looks at a lock that is waited for with patience
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP)
_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP)
_OF_THREAD = threading.local()  # `held`: the locks that a program started by the thread inherits


class LockedOutError(Exception):
    """Somebody else held the lock for longer than we wait."""


def write_file(path: Path, data: bytes, *, changed_at: int | None = None) -> bool:
    """True if the file changed; an equal file keeps its time of change, and so its ETag.

    `changed_at` (Unix time, seconds) becomes its time of change, or one second after the one it had: a server that
    tells versions apart by size and second must never take a correction for the text it corrects.
    """
    return bool(write_files(((path, data),), changed_at=changed_at))


def write_files(files: Iterable[tuple[Path, bytes]], *, changed_at: int | None = None) -> tuple[Path, ...]:
    """Files that do not wait for each other, as by `write_file`: those that changed. All are durable behind the last.

    Each is whole at any moment, and they may appear in any order. Every folder is synced once, for all that came into
    it; where many files are new, their file system is synced instead, before they get their names and behind it. All
    are open at once: some dozens, not hundreds.
    """
    above, folders, waiting = dict[Path, None](), dict[Path, None](), list[tuple[Path, Path]]()
    descriptors = list[int]()
    with ExitStack() as closing:
        try:
            for path, data in files:
                # Also where it is equal: a run that was killed may have put it there and come no further.
                folders[path.parent] = None
                at = changed_at
                try:
                    if path.read_bytes() == data:
                        continue
                    if at is not None:
                        at = max(at, int(path.stat().st_mtime) + 1)
                except FileNotFoundError:
                    above |= dict.fromkeys(_make_folders(path.parent))
                temporary = path.with_name(f".{path.name}{_TEMPORARY}")
                descriptor = _claim(temporary)
                closing.callback(os.close, descriptor)
                waiting.append((temporary, path))
                descriptors.append(descriptor)
                _write_all(descriptor, data)
                if at is not None:
                    os.utime(descriptor, (at, at))
            at_once = _sync_files(descriptors)
            changed = tuple(path for _, path in waiting)
            while waiting:
                waiting[0][0].replace(waiting[0][1])
                del waiting[0]
        except OSError:
            for temporary, _ in waiting:
                temporary.unlink()
            raise
    _sync_folders([*(above | folders)], at_once=at_once)
    return changed


def date_file(path: Path, at: int) -> None:
    """Gives a file a later time of change (Unix time, seconds); never an earlier one."""
    if at > path.stat().st_mtime:
        os.utime(path, (at, at))


def create_file(path: Path, data: bytes) -> None:
    """Raises FileExistsError rather than overwrite what somebody wrote."""
    _make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        _write_all(descriptor, data)
        os.fsync(descriptor)
    except OSError:
        path.unlink()  # Ours, created a moment ago; half of it would only stand in the way of the next try.
        raise
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)


def write_tree(root: Path, files: Iterable[tuple[str, bytes]]) -> tuple[str, ...]:
    """Writes in the order given (pages before the lists and feeds that name them); the paths that changed."""
    return tuple(path for path, data in files if write_file(root / path, data))


@contextmanager
def locked(
    folder: Path,
    *,
    outlives: bool = False,
    waiting: Callable[[], None] = lambda: None,
    patience: float | None = None,
) -> Iterator[None]:
    """One writer of a folder at a time, be it a process or a thread. The kernel frees it when its holder dies.

    `outlives`: a program that this thread starts to send with inherits the lock (`outliving`), so that nobody overtakes
    it where we are killed. `waiting` is called once where somebody else holds it; after `patience` seconds of it, if
    that is given, LockedOutError is raised.
    """
    _make_folder(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    held = outliving()
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            _lock_within(descriptor, patience)
        if outlives:
            _OF_THREAD.held = (*held, descriptor)
        yield
    finally:
        _OF_THREAD.held = held
        # By hand: a program that inherited it may live on, which is to keep others waiting only where we were killed.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _lock_within(descriptor: int, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_SECONDS)
        else:
            return
    raise LockedOutError


def outliving() -> tuple[int, ...]:
    """The descriptors of the locks that a program started by this thread must inherit: its own, never another's."""
    held: tuple[int, ...] = getattr(_OF_THREAD, "held", ())
    return held


def append(path: Path, data: bytes) -> None:
    """Whole or, if the system stops us, not at all: what was written of it is taken back."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        except BaseException:  # Ctrl-C, too.
            os.ftruncate(descriptor, end)
            raise
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)


def cut(path: Path, end: int) -> None:
    """Takes away what stands behind `end`; whoever calls this has kept a copy of it."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget_file(path: Path) -> None:
    """For what can be made again. Not durable: whoever finds it after a power cut compares it before believing it."""
    path.unlink(missing_ok=True)


def remove_file(path: Path) -> None:
    """For good: a power cut does not bring it back."""
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def empty_folders(paths: Iterable[str], note: bytes) -> Iterator[tuple[Path, Path]]:
    """A scratch folder with the folders of these paths and no file, and a file beside it; both end with the block."""
    with TemporaryDirectory(prefix="greenchannel-") as scratch:
        root, beside = Path(scratch) / "folders", Path(scratch) / "note"
        for path in ("", *paths):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(exist_ok=True)
        beside.write_bytes(note)
        yield root, beside


def keep_files(source: Path, paths: Iterable[str], folder: Path) -> None:
    """The files as they are now, for somebody who takes his time with them; whatever stood in `folder` goes.

    They are links, since bytes are never changed in place here but replaced whole; copies where the system cannot link.
    A link that is dated (`date_file`) dates the original, too. Not durable.
    """
    forget_tree(folder)
    for path in paths:
        _make_scratch((folder / path).parent)
        try:
            os.link(source / path, folder / path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            shutil.copy2(source / path, folder / path)


def _make_scratch(folder: Path) -> None:
    if not folder.is_dir():
        _make_scratch(folder.parent)
        folder.mkdir()


def forget_tree(folder: Path) -> None:
    """For what can be made again, as `forget_file`."""
    if folder.exists():
        shutil.rmtree(folder)


def _claim(temporary: Path) -> int:
    """The temporary file, empty and ours alone until its descriptor is closed; no link is followed."""
    while True:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            _lock(descriptor)
            if _names(temporary, descriptor):
                if os.fstat(descriptor).st_size:  # A killed run left it.
                    os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # While we waited, its writer put it in its place.


def _lock(descriptor: int) -> None:
    """A mounted place may know no locks; there the build's own lock is the only one."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _names(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    """A folder that the one above does not durably name takes all that is synced in it with it."""
    for one in _make_folders(folder):
        _sync_folder(one)


def _make_folders(folder: Path) -> Iterator[Path]:
    """Makes what is missing; the folders that are to be synced for it, from above."""
    if not folder.is_dir():
        yield from _make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        yield folder.parent


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_files(descriptors: Sequence[int]) -> bool:
    """Whether they were so many that all of their file system was synced."""
    devices = {os.fstat(one).st_dev for one in descriptors} if len(descriptors) >= MANY else set[int]()
    if len(devices) == 1 and file_systems.syncs_at_once(*devices):
        file_systems.syncfs(descriptors[0])
        return True
    for one in descriptors:
        os.fsync(one)
    return False


def _sync_folders(folders: Sequence[Path], *, at_once: bool) -> None:
    """`at_once`: they lie on one file system, which is synced as a whole."""
    for one in folders[-1:] if at_once else folders:
        _sync_folder(one, at_once=at_once)


def _sync_folder(folder: Path, *, at_once: bool = False) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        (file_systems.syncfs if at_once else os.fsync)(descriptor)
    finally:
        os.close(descriptor)
