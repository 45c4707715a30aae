"""What was worked out before and can be worked out again, by names; of each name the newest is kept.

A value tells what it was made of, or its name does.

One SQLite file below `.greenchannel/`, which may be deleted at any time. Nothing in it is believed without its
digest, so a damaged value is no value; a file that is no database any more is put aside for a new one. Where the disk
is full or can only be read, nothing is remembered and the work is done each time. What other programs worked out is
forgotten when these ones begin: `maker` stands for the programs.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from greenchannel.delivery.batches import batches
from greenchannel.delivery.writing import forget_file
from greenchannel.record.canonical import sha256

FILE = ".greenchannel/memory.sqlite"
_UNUSABLE = (sqlite3.Error, UnicodeDecodeError)  # The latter where SQLite quotes what it cannot understand.
_WAIT_SECONDS = 1.0  # for another process that writes; after that nothing is remembered
_SAVED_EVERY = 500  # values: so few are lost with a killed run, and so few stand in memory
_WRITE_VERSION, _HEAD, _VERSIONS = 18, 19, {b"\1", b"\2"}  # bytes of the file: SQLite's format, section 1.3
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
                    known |= {wanted[key]: value for key, value in _proven(_rows(database, "*", some), wanted)}
        except _UNUSABLE as error:
            self._forget(error)
        return known

    def keep(self, key: str, value: bytes) -> None:
        self._new[_spelled(key)] = value
        if len(self._new) >= _SAVED_EVERY:
            self.save()

    def save(self) -> None:
        if self._reads_only or not self._new:
            return
        if not self._saved():
            self.has_lost = True
        self._new = {}

    def _saved(self, *, is_again: bool = False) -> bool:
        try:
            if database := self._opened():
                rows = [(key, _proof(key, value), value) for key, value in self._new.items()]
                with database:
                    database.executemany("insert or replace into remembered values (?, ?, ?)", rows)
                for some in batches(self._new, _AT_ONCE):
                    if len({*_rows(database, "key", some)}) < len(some):  # An index that is out of order loses them.
                        raise sqlite3.DatabaseError
        except _UNUSABLE as error:
            return not is_again and self._forget(error) and self._saved(is_again=True)
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
                    database.execute("begin immediate")
                    if _maker(database) != self._maker:  # Else another process was quicker.
                        database.execute("delete from maker")
                        database.execute("insert into maker values (?)", (self._maker,))
                        database.execute("drop table remembered")  # That of an earlier version may have another form.
                        database.execute(f"create table {_REMEMBERED}")
            stack.pop_all()
        return database

    def _forget(self, error: Exception) -> bool:
        """It is busy, damaged, or there is no room: this run goes on without; a damaged one makes room for a new one.

        Whether it did.
        """
        if self._database is not None:
            with suppress(*_UNUSABLE):
                self._database.close()
            self._database = None
        is_damaged = _is_said_to_be_read_only if _code(error) == sqlite3.SQLITE_READONLY else _is_damaged
        if self._reads_only or _is_busy(error) or not is_damaged(self._path):
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


def _rows(database: sqlite3.Connection, columns: str, keys: Sequence[str]) -> list[Any]:  # Any: as SQLite has it
    places = ",".join("?" * len(keys))
    return database.execute(f"select {columns} from remembered where key in ({places})", keys).fetchall()  # noqa: S608  # Marks.


def _proven(rows: Iterable[Any], wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:  # Any: as above
    """Raises DatabaseError where the answer is to something else: then no later value finds its place, either."""
    for key, proof, value in rows:
        if key not in wanted:
            raise sqlite3.DatabaseError
        if _is_proven(key, value, proof):
            yield key, value


def _is_proven(key: object, value: object, proof: object) -> bool:
    """A bit that fell over may make any of them of another kind."""
    return isinstance(key, str) and isinstance(value, bytes) and _proof(key, value) == proof


def _tables(database: sqlite3.Connection) -> list[tuple[bytes | None]]:
    """As SQLite has them written down, in bytes: they may be no text any more."""
    database.text_factory = bytes
    return database.execute("select sql from sqlite_master").fetchall()


def _is_busy(error: Exception) -> bool:
    """Somebody else uses it, so it is none of ours to put away, whatever its form."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: Exception) -> int:
    """SQLite's; Python's own errors have none."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF


def _is_said_to_be_read_only(path: Path) -> bool:
    """By its own head, and not by the disk."""
    with suppress(OSError), path.open("rb") as file:
        return file.read(_HEAD)[_WRITE_VERSION:] not in _VERSIONS
    return False


def _is_damaged(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as database:
            # A quick_check leaves the index out.
            if database.execute("pragma integrity_check(1)").fetchall() != [("ok",)]:
                return True
            # A letter of a column's name that fell over is a name, too, though none that can be read.
            with closing(sqlite3.connect(":memory:")) as sound:
                sound.executescript(_SCHEMA)
                return _tables(database) != _tables(sound)
    except sqlite3.OperationalError as error:  # A format that nobody knows; the others are of the disk or of a moment.
        return _code(error) == sqlite3.SQLITE_ERROR
    except _UNUSABLE:
        return True
