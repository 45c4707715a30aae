"""What was worked out before and can be worked out again, by names; of each name the newest is kept.

A value tells what it was made of, or its name does.

One SQLite file below `.greenchannel/`, which may be deleted at any time. Nothing in it is believed without its
digest, so a damaged value is no value; a file that is no database any more is put aside for a new one. Where the disk
is full or can only be read, nothing is remembered and the work is done each time. What other programs worked out is
forgotten when these ones begin: `maker` stands for the programs.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from greenchannel.delivery.batches import batches
from greenchannel.delivery.writing import forget_file
from greenchannel.record.canonical import sha256

FILE = ".greenchannel/memory.sqlite"
_UNUSABLE = (sqlite3.Error, UnicodeDecodeError)  # The latter where SQLite quotes what it cannot understand.
_WAIT_SECONDS = 1.0  # for another process that writes; after that nothing is remembered
_SAVED_EVERY = 500  # values: so few are lost with a killed run, and so few stand in memory
_AT_ONCE = 500  # keys of one question; SQLite takes 999 of old
# With an index of its own, since values are large: in one tree with them, the way to each key leads by other values.
_REMEMBERED = "remembered (key text primary key, proof text not null, value blob not null)"
_SCHEMA = f"""
create table if not exists maker (name text primary key);
create table if not exists {_REMEMBERED};
"""


class Memory:
    """Of one newsroom, for one run, which may also but read. What is kept is written in time and when the run ends.

    `has_lost` says that some of it could not be written: what is remembered is not all as of one moment.
    """

    def __init__(self, home: Path, maker: str, *, reads_only: bool = False) -> None:
        self._path, self._maker, self._reads_only = home / FILE, maker, reads_only
        self._new: dict[str, bytes] = {}
        self.has_lost = False
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Until it is asked again: no connection outlives a fork."""
        self.save()
        if self._database is not None:
            self._database.close()
            self._database = None

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """Those that are known."""
        wanted = {_spelled(one): one for one in keys}
        known = {one: self._new[key] for key, one in wanted.items() if key in self._new}
        try:
            if database := self._opened():
                for some in batches(wanted, _AT_ONCE):
                    places = ",".join("?" * len(some))
                    rows = database.execute(f"select * from remembered where key in ({places})", some)  # noqa: S608  # Marks.
                    known |= {wanted[key]: value for key, proof, value in rows if _is_proven(key, value, proof)}
        except _UNUSABLE:
            self._forget()
        return known

    def keep(self, key: str, value: bytes) -> None:
        self._new[_spelled(key)] = value
        if len(self._new) >= _SAVED_EVERY:
            self.save()

    def save(self) -> None:
        if self._reads_only or not self._new:
            return
        if not self._saved() and not (self._forget() and self._saved()):
            self.has_lost = True
        self._new = {}

    def _saved(self) -> bool:
        try:
            if database := self._opened():
                rows = [(key, _proof(key, value), value) for key, value in self._new.items()]
                with database:
                    database.executemany("insert or replace into remembered values (?, ?, ?)", rows)
        except _UNUSABLE:
            return False
        return True

    def _opened(self) -> sqlite3.Connection | None:
        if self._database is None and self._path.parent.is_dir():
            self._database = self._connect_to_read() if self._reads_only else self._connect()
        return self._database

    def _connect_to_read(self) -> sqlite3.Connection | None:
        """Leaves no file behind, so it sees what another process writes meanwhile in part at most; the proofs tell."""
        with ExitStack() as stack:
            database = sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            stack.callback(database.close)
            if _maker(database) != self._maker:
                return None
            stack.pop_all()
        return database

    def _connect(self) -> sqlite3.Connection:
        with ExitStack() as stack:
            database = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
            stack.callback(database.close)
            # A power cut may lose or tear it; the digests tell.
            database.executescript(f"pragma journal_mode = wal; pragma synchronous = off; {_SCHEMA}")
            if _maker(database) != self._maker:
                with database:
                    database.execute("delete from maker")
                    database.execute("insert into maker values (?)", (self._maker,))
                    database.execute("drop table remembered")  # That of an earlier version may have another form.
                    database.execute(f"create table {_REMEMBERED}")
            stack.pop_all()
        return database

    def _forget(self) -> bool:
        """It is busy, damaged, or there is no room: this run goes on without; a damaged one makes room for a new one.

        Whether it did.
        """
        if self._database is not None:
            with suppress(*_UNUSABLE):
                self._database.close()
            self._database = None
        if self._reads_only or not _is_damaged(self._path):
            return False
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                forget_file(self._path.with_name(self._path.name + suffix))
        return True


def _spelled(key: str) -> str:
    """A file's name that is not in UTF-8 has halves of character pairs, which SQLite does not take."""
    return key.encode(errors="backslashreplace").decode()


def _maker(database: sqlite3.Connection) -> object:
    return next((name for (name,) in database.execute("select name from maker").fetchall()), None)


def _proof(key: str, value: bytes) -> str:
    return sha256(key.encode() + b"\n" + value)


def _is_proven(key: object, value: object, proof: object) -> bool:
    """A bit that fell over may make any of them of another kind."""
    return isinstance(key, str) and isinstance(value, bytes) and _proof(key, value) == proof


def _tables(database: sqlite3.Connection) -> list[tuple[bytes | None]]:
    """As SQLite has them written down, in bytes: they may be no text any more."""
    database.text_factory = bytes
    return database.execute("select sql from sqlite_master").fetchall()


def _is_damaged(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as database:
            if database.execute("pragma quick_check(1)").fetchall() != [("ok",)]:
                return True
            # A letter of a column's name that fell over is a name, too, though none that can be read.
            with closing(sqlite3.connect(":memory:")) as sound:
                sound.executescript(_SCHEMA)
                return _tables(database) != _tables(sound)
    except sqlite3.OperationalError:
        return False
    except _UNUSABLE:
        return True
