"""A layer between this process and the calls of `os` that change files, to stop or to fail any of them.

It stands in the module `os` itself, so that pathlib's calls pass through it as well, and for `syncfs`, which `os` does
not have. It heeds only what lies below one folder. Every call gets a number; `decide` says for each what shall befall
it. What did befall is in `fired`, for a fault that was planned and did not happen proves nothing.
"""

import errno
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from greenchannel.delivery import file_systems

_WRITES = os.O_WRONLY | os.O_RDWR
_Proceed = Callable[[], Any]  # Any: what the call of `os` returns


class Kill(Enum):
    """The process is killed by SIGKILL before the call, after it, or with half of its bytes written."""

    BEFORE = "before"
    HALF = "half"
    AFTER = "after"

    def __str__(self) -> str:
        return f"killed {self.value}"


class Short(Enum):
    """A write takes half of its bytes, at least one; other calls are left alone."""

    HALF = "short"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Fail:
    """The call does nothing and raises OSError. A close closes all the same, as the kernel's does."""

    code: int

    def __str__(self) -> str:
        return errno.errorcode[self.code]


@dataclass(frozen=True, slots=True)
class Call:
    number: int
    name: str
    path: str  # below the folder; of a replace, where it puts the file
    source: str = ""  # of a replace
    truncates: bool = False  # of an open
    offset: int = 0  # of a write, where it begins; of an ftruncate, where it ends
    data: bytes = field(default=b"", repr=False, compare=False)  # of a write


_PLACE = re.compile(r"(?<=/www)-[0-9a-f]{12}|(?<=/outbox/)[0-9a-f]{12}")


def anywhere(path: str) -> str:
    """The same in every copy of a newsroom: a place's journal and outbox are named after where the place is."""
    return _PLACE.sub("", path)


def named(call: Call) -> tuple[int, str, str]:
    return call.number, call.name, anywhere(call.path)


Fault = Kill | Short | Fail | None
Decide = Callable[[Call], Fault]


def nothing(_call: Call) -> None:
    return None


class Layer:
    """`with Layer(folder, decide) as layer:` the calls that change what is in `folder` pass through `decide`."""

    def __init__(self, folder: Path, decide: Decide = nothing) -> None:
        self.calls: list[Call] = []
        self.fired: list[Call] = []
        self.retried: list[Call] = []  # fsyncs after one that failed, with no new descriptor between
        self._folder = f"{folder.resolve()}/"
        self._decide = decide
        self._suspect: set[str] = set()
        self._real: dict[str, Any] = {}  # Any: functions of os

    def __enter__(self) -> Self:
        stand_ins = {
            "open": self._open,
            "write": self._write,
            "close": self._close,
            "mkdir": self._on_path("mkdir"),
            "unlink": self._on_path("unlink"),
            "remove": self._on_path("unlink"),
            "rmdir": self._on_path("rmdir"),
            "truncate": self._on_path("truncate"),
            "replace": self._on_pair("replace"),
            "rename": self._on_pair("rename"),
            "link": self._on_pair("link"),
            "symlink": self._on_pair("symlink"),
            "fsync": self._on_descriptor("fsync"),
            "fdatasync": self._on_descriptor("fdatasync"),
            "ftruncate": self._on_descriptor("ftruncate"),
            "utime": self._on_descriptor("utime"),
        }
        self._real = {name: getattr(os, name) for name in stand_ins}
        for name, stand_in in stand_ins.items():
            setattr(os, name, stand_in)
        self._real["syncfs"] = file_systems.syncfs
        file_systems.syncfs = self._on_descriptor("syncfs")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        file_systems.syncfs = self._real.pop("syncfs")
        for name, real in self._real.items():
            setattr(os, name, real)

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        def proceed() -> int:
            descriptor: int = self._real["open"](path, flags, mode, dir_fd=dir_fd)
            return descriptor

        place = self._below(path) if dir_fd is None else None
        if place is None:
            return proceed()
        self._suspect.discard(place)
        if not flags & _WRITES:
            return proceed()
        call = Call(self._next, "open", place, truncates=bool(flags & os.O_TRUNC))
        descriptor: int = self._step(call, proceed)
        return descriptor

    def _write(self, descriptor: int, data: Any) -> int:
        def proceed() -> int:
            done: int = self._real["write"](descriptor, data)
            return done

        def halfway() -> int:
            done: int = self._real["write"](descriptor, data[: max(1, len(data) // 2)])
            return done

        if (place := self._of(descriptor)) is None:
            return proceed()
        start = os.lseek(descriptor, 0, os.SEEK_CUR)
        written: int = self._step(Call(self._next, "write", place, offset=start, data=bytes(data)), proceed, halfway)
        return written

    def _close(self, descriptor: int) -> None:
        place = self._of(descriptor)
        if place is None:
            self._real["close"](descriptor)
        else:
            self._step(Call(self._next, "close", place), lambda: self._real["close"](descriptor))

    def _on_path(self, name: str) -> Callable[..., Any]:
        def stand_in(path: Any, *arguments: Any, **options: Any) -> Any:
            def proceed() -> Any:
                return self._real[name](path, *arguments, **options)

            place = self._below(path) if not options.get("dir_fd") else None
            return self._step(Call(self._next, name, place), proceed) if place is not None else proceed()

        return stand_in

    def _on_pair(self, name: str) -> Callable[..., Any]:
        def stand_in(source: Any, target: Any, **options: Any) -> Any:
            def proceed() -> Any:
                return self._real[name](source, target, **options)

            if (place := self._below(target)) is None:
                return proceed()
            return self._step(Call(self._next, name, place, source=self._below(source) or ""), proceed)

        return stand_in

    def _on_descriptor(self, name: str) -> Callable[..., Any]:
        def stand_in(on: Any, *arguments: Any, **options: Any) -> Any:
            def proceed() -> Any:
                return self._real[name](on, *arguments, **options)

            place = self._of(on) if isinstance(on, int) else self._below(on)
            if place is None:
                return proceed()
            end = int(arguments[0]) if name == "ftruncate" else 0
            return self._step(Call(self._next, name, place, offset=end), proceed)

        return stand_in

    @property
    def _next(self) -> int:
        return len(self.calls) + 1

    def _step(self, call: Call, proceed: _Proceed, halfway: _Proceed | None = None) -> Any:
        self.calls.append(call)
        if call.name in ("fsync", "syncfs") and call.path in self._suspect:
            self.retried.append(call)
        match fault := self._decide(call):
            case None:
                return proceed()
            case Short():
                return self._shorten(call, proceed, halfway)
            case Fail():
                return self._fail(call, fault, proceed)
        return _kill(fault, proceed, halfway)

    def _shorten(self, call: Call, proceed: _Proceed, halfway: _Proceed | None) -> Any:
        if halfway is None:
            return proceed()
        self.fired.append(call)
        return halfway()

    def _fail(self, call: Call, fault: Fail, proceed: _Proceed) -> Any:
        self.fired.append(call)
        if call.name == "close":
            proceed()
        if call.name in ("fsync", "syncfs"):
            self._suspect.add(call.path)
        raise OSError(fault.code, os.strerror(fault.code), f"{self._folder}{call.path}")

    def _below(self, path: Any) -> str | None:
        whole = str(Path(os.fsdecode(path)).absolute())
        return whole.removeprefix(self._folder) if whole.startswith(self._folder) else None

    def _of(self, descriptor: int) -> str | None:
        try:
            return self._below(Path(f"/proc/self/fd/{descriptor}").readlink())
        except OSError:
            return None


def _kill(when: Kill, proceed: _Proceed, halfway: _Proceed | None) -> None:
    if when is Kill.AFTER:
        proceed()
    if when is Kill.HALF and halfway is not None:
        halfway()
    os.kill(os.getpid(), signal.SIGKILL)
