"""The record as it was found sound before, and what came since: who looks again need not read everything again.

1. The beginning of the ledger that was verified is known by its length and its SHA-256, which is taken of the bytes
   with each look.
2. A file that a line names is known by its digest and by what the system tells of it (`seen`): it is read again when
   any of that differs.

`greenchannel verify` never trusts this, nor does `build --clean`. What is known is kept by who makes the site, in
`.greenchannel/`; whoever deletes it makes the next look a long one.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from greenchannel.delivery.journal import Journal
from greenchannel.desk.seen import is_settled, look_of, seen
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.maker import maker
from greenchannel.record.canonical import sha256
from greenchannel.record.holdings import Holdings, Reader
from greenchannel.record.verification import CHECKPOINT, LEDGER, Sound, Verification, go_on, recalled

_FILE = ".greenchannel/proven.journal.jsonl"
_DIGESTED = b"", hashlib.sha256()  # a ledger, and what was worked out of its bytes
_KNOWN: dict[Path, "_Proven"] = {}  # of this process, by the folder of the record


def frozen_reader(releases: Path) -> Reader:
    def read(path: str) -> bytes | None:
        return (releases / path).read_bytes() if _seen(releases, path) else None

    return read


def text_reader(releases: Path, pending: Mapping[str, bytes]) -> Callable[[str], bytes]:
    """Of frozen texts that must be there: those of the record, and the `pending` ones that it has not yet, by path."""
    read = frozen_reader(releases)

    def read_text(path: str) -> bytes:
        data = pending.get(path) or read(path)
        if data is None:
            raise GreenchannelError("releases/{path}: the frozen text is missing", path=path)
        return data

    return read_text


def ends(folder: Path) -> tuple[bytes | None, bytes]:
    """Checkpoint and ledger, in the order in which they are to be read."""
    return _bytes(folder / CHECKPOINT), _of(folder).ledger()


def digest_of(ledger: bytes) -> str:
    """SHA-256. Of one that begins as the last one of this process did, what is behind that is read alone."""
    global _DIGESTED  # noqa: PLW0603  # A process works on one record.
    before, digest = _DIGESTED
    if not ledger.startswith(before):
        before, digest = b"", hashlib.sha256()
    digest = digest.copy()
    digest.update(memoryview(ledger)[len(before) :])
    _DIGESTED = ledger, digest
    return digest.hexdigest()


def examine_on(releases: Path) -> Verification:
    """As `record.examine`, of the record of a newsroom, going on from what is known."""
    return _of(releases).examine()


@contextmanager
def looking_once(releases: Path) -> Iterator[None]:
    """A file that was looked at stays what it was until the block ends, or until somebody has to `look_again`."""
    with _of(releases).looking_once():
        yield


def look_again(releases: Path, told: Collection[Path]) -> None:
    """While `looking_once` holds: at the files that the system told of, and at those below a folder, when asked for."""
    _of(releases).look_again({one.relative_to(releases).as_posix() for one in told if one.is_relative_to(releases)})


def keep_proven(releases: Path) -> None:
    """For later processes. Whoever calls this holds the lock of `.greenchannel/`. On a full disk nothing is kept."""
    with suppress(OSError):
        _of(releases).keep()


def seen_in_record(releases: Path) -> Mapping[str, Sequence[int]] | None:
    """What the system told of each file that the lines name, when it was found to be the record's, by path.

    None where that is not known of all: one that is too young may change once more and look the same.
    """
    return _of(releases).seen_files()


def forget_proven(releases: Path) -> None:
    """The next look reads everything."""
    _of(releases).forget()


def _of(releases: Path) -> "_Proven":
    return _KNOWN.setdefault(releases.resolve(), _Proven(releases.resolve()))


class _Proven:
    def __init__(self, releases: Path) -> None:
        self._releases = releases
        self._sound: Sound | None = None
        self._digest = ""  # of the bytes that are sound
        self._files: dict[str, tuple[list[int], str]] = {}
        self._new: set[str] = set()  # of the files: not kept yet
        self._journal: Journal | None = None
        self._looks: dict[str, str] | None = None  # while no file is looked at twice: the digest of each
        self._ledger: tuple[list[int], bytes] = ([], b"")  # as it was read while that holds, and how it looked

    @contextmanager
    def looking_once(self) -> Iterator[None]:
        self._looks = {}
        try:
            yield
        finally:
            self._looks, self._ledger = None, ([], b"")

    def ledger(self) -> bytes:
        """Read again where it looks different, and always where files are looked at more than once."""
        path = self._releases / LEDGER
        if self._looks is None or not path.exists():
            return _bytes(path) or b""
        look = look_of(path.stat())  # Before it is read: what comes meanwhile makes it look different.
        if look != self._ledger[0]:
            self._ledger = look, path.read_bytes()
        return self._ledger[1]

    def look_again(self, told: Collection[str]) -> None:
        if self._looks and told:
            below = tuple("" if one == "." else f"{one}/" for one in told)
            # Of a copy: a courier may look at something meanwhile.
            looks = dict(self._looks).items()
            self._looks = {path: one for path, one in looks if path not in told and not path.startswith(below)}

    def examine(self) -> Verification:
        checkpoint, ledger = ends(self._releases)
        self._recall(ledger)
        before = self._sound_part(ledger)
        found = go_on(before, ledger, checkpoint, Holdings(self._digest_of, approvals=True))
        if not found.problems and found.entries and not found.tail:
            is_known = before is not None and before.size == len(ledger)
            digest = self._digest if is_known else sha256(ledger)
            self._sound, self._digest = Sound(len(ledger), found.events, found.state, found.held), digest
        return found

    def keep(self) -> None:
        if self._journal is None or self._journal.is_stale:
            self._journal = Journal(self._path)
        notes: dict[str, Mapping[str, Any]] = {}  # Any: JSON
        for path in sorted(self._new):
            notes[path] = dict(zip(("seen", "sha256"), self._files[path], strict=True))
        if self._sound:
            whole = {"size": self._sound.size, "sha256": self._digest, "maker": maker()}
            if self._journal.entries.get(LEDGER) != whole:
                notes[LEDGER] = whole
        if notes:
            self._journal.note(notes)
            self._journal.compact()
        self._new.clear()

    def seen_files(self) -> Mapping[str, Sequence[int]] | None:
        if self._sound is None or self._sound.held is None:
            return None
        named = self._sound.held.digests
        if any(path not in self._files or self._files[path][1] != digest for path, digest in named.items()):
            return None
        return {path: self._files[path][0] for path in named}

    def forget(self) -> None:
        self._sound, self._digest, self._files, self._new = None, "", {}, set()
        self._looks = None if self._looks is None else {}
        self._journal = Journal(self._path)
        self._journal.forget()

    @property
    def _path(self) -> Path:
        return self._releases.parent / _FILE

    def _recall(self, ledger: bytes) -> None:
        """What an earlier process kept, once."""
        if self._journal is not None or self._sound is not None:
            return
        self._journal = Journal(self._path)
        entries = dict(self._journal.entries)
        whole = entries.pop(LEDGER, {})
        with suppress(KeyError, TypeError):
            self._files = {path: (one["seen"], one["sha256"]) for path, one in entries.items()} | self._files
            beginning = ledger[: whole.get("size", 0)]
            if beginning and whole["maker"] == maker() and whole["sha256"] == sha256(beginning):
                self._sound, self._digest = recalled(beginning), whole["sha256"]

    def _sound_part(self, ledger: bytes) -> Sound | None:
        if self._sound and sha256(ledger[: self._sound.size]) == self._digest:
            return self._sound
        return None

    def _digest_of(self, path: str) -> str | None:
        if (looks := self._looks) is None:
            return self._look(path)
        # One that was missing may have been written since, by this run.
        if (digest := looks.get(path) or self._look(path)) is not None:
            looks[path] = digest
        return digest

    def _look(self, path: str) -> str | None:
        now = _seen(self._releases, path)
        if now is None:
            return None
        known = self._files.get(path)
        if known is None or known[0] != now:
            digest = sha256((self._releases / path).read_bytes())
            if not is_settled(f"{self._releases}/{path}", now):
                return digest
            known = self._files[path] = (now, digest)
            self._new.add(path)
        return known[1]


def _seen(releases: Path, path: str) -> list[int] | None:
    """As `seen`, of a file that is surely the record's."""
    return None if ".." in path.split("/") else seen(f"{releases}/{path}")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
