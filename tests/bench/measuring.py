"""Whole processes: how long each took, when readers had what it made, and the memory of the largest one."""

import itertools
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sizes import BUILD

Expected = Mapping[Path, str]  # files that a process must leave behind, and a text that each must hold
_ASIDE = BUILD / "aside"
_QUIET_SECONDS, _QUIET_TICKS, _QUIET_BYTES = 2.0, 4, 1000
_LOOK_SECONDS = 0.01
_PATIENCE_SECONDS = 1800.0
_names = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run, or the medians of several with the largest peak.

    `seconds` from start to end; `out` from start (of a watching process: from the file being saved) until all that was
    expected lay on disk; `processor` seconds of it and its children; `megabytes` resident of the largest process.
    """

    seconds: float | None = None
    out: float | None = None
    processor: float | None = None
    megabytes: float | None = None
    runs: int = 1


def sample(command: Sequence[str | Path], home: Path, expected: Expected, codes: Sequence[int] = (0,)) -> Sample:
    """Runs a command in `home`; what it should have made must be there."""
    os.sync()  # What is still to be written of earlier runs would be written during this one.
    with tempfile.TemporaryFile() as said:
        since, start = time.time(), time.perf_counter()
        process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        out = _until_out(process.pid, expected, since) if expected else None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            said.seek(0)
            raise SystemExit(f"{command}: exit code {process.returncode}\n{said.read().decode()[-3000:]}")
    if missing := [path for path, text in expected.items() if not holds(path, text)]:
        raise SystemExit(f"{command}: not as expected: {', '.join(map(str, missing))}")
    return Sample(
        seconds=seconds,
        out=None if not expected else (out or _changed(expected)) - since,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
    )


def medians(measure: Callable[[int], Sample], repeats: int | None = None) -> Sample:
    """Five runs; three of what takes ten seconds, one of what takes a minute. `measure` is told which run it is."""
    found = [measure(0)]
    first = found[0].seconds or 0
    repeats = repeats or (5 if first < 10 else 3 if first < 60 else 1)
    return middle([*found, *(measure(number) for number in range(1, repeats))])


def middle(found: Sequence[Sample]) -> Sample:
    def median(of: Callable[[Sample], float | None]) -> float | None:
        known = [value for one in found if (value := of(one)) is not None]
        return statistics.median(known) if known else None

    return Sample(
        seconds=median(lambda one: one.seconds),
        out=median(lambda one: one.out),
        processor=median(lambda one: one.processor),
        megabytes=max((one.megabytes for one in found if one.megabytes is not None), default=None),
        runs=len(found),
    )


def watched(
    command: Sequence[str | Path], home: Path, save: Callable[[int], tuple[Path, Expected]], repeats: int
) -> Sample:
    """A process that watches, idle each time before a file is saved. `save` says which, and what must come of it."""
    found = []
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        try:
            for number in range(repeats):
                _wait_until_idle(process.pid)
                saved, expected = save(number)
                _wait(lambda wanted=expected: all(holds(*one) for one in wanted.items()), command)  # type: ignore[misc]
                found.append(Sample(out=_changed(expected) - saved.stat().st_ctime))
            _wait_until_idle(process.pid)
        finally:
            process.terminate()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
    return middle([*found[:-1], Sample(out=found[-1].out, megabytes=usage.ru_maxrss / 1024)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The addresses below a server's root where a text that was just saved must be read."""

    page: str
    feed: str
    text: str


def previewed(
    command: Sequence[str | Path], home: Path, port: int, save: Callable[[int], Saved], repeats: int
) -> tuple[Sample, Sample]:
    """A process that serves what is being written, idle each time before a file is saved.

    Until its page is served, and until the feed is, too; the page is looked at all the time, as by somebody who writes.
    """
    pages, feeds = list[Sample](), list[Sample]()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        try:
            for number in range(repeats):
                _wait(lambda: bool(served(port, "/")), command)
                _wait_until_idle(process.pid, keeps_children=True)
                saved, since = save(number), time.perf_counter()
                _wait(lambda one=saved: one.text in served(port, one.page), command)  # type: ignore[misc]
                pages.append(Sample(out=time.perf_counter() - since))
                _wait(lambda one=saved: one.text in served(port, one.feed), command)  # type: ignore[misc]
                feeds.append(Sample(out=time.perf_counter() - since))
        finally:
            process.terminate()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
    peak = Sample(out=pages[-1].out, megabytes=usage.ru_maxrss / 1024)
    return middle([*pages[:-1], peak]), middle(feeds)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def served(port: int, path: str) -> str:
    """What a server of this machine answers; by hand, since every process inherits the memory of a library for it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    except ConnectionError:
        return ""
    head, _, body = answer.partition(b"\r\n\r\n")
    return body.decode("utf-8", "replace") if b" 200 " in head.partition(b"\r\n")[0] else ""


def holds(path: Path, text: str) -> bool:
    try:
        return text in path.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):  # not there, or half written
        return False


def aside(*paths: Path) -> None:
    """Out of the way, and deleted at the end: a disk that still frees blocks is several times slower."""
    _ASIDE.mkdir(parents=True, exist_ok=True)
    for path in paths:
        if path.exists():
            path.rename(_ASIDE / f"{os.getpid()}-{next(_names)}")


@contextmanager
def tidied() -> Iterator[None]:
    """What was moved aside is deleted at the end."""
    try:
        yield
    finally:
        shutil.rmtree(_ASIDE, ignore_errors=True)


def _changed(paths: Expected) -> float:
    """When the last of them got its content or its name."""
    return max(path.stat().st_ctime for path in paths)


def _until_out(pid: int, expected: Expected, since: float) -> float | None:
    """When all was there first: a page is written once more with its receipt. None where the process ended before."""
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if all(holds(*one) for one in expected.items()) and (at := _changed(expected)) > since:
            return at
        time.sleep(_LOOK_SECONDS)
    return None


def _wait(is_done: Callable[[], bool], command: Sequence[str | Path]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_done():
        if time.monotonic() > until:
            raise SystemExit(f"{command}: nothing came within {_PATIENCE_SECONDS:.0f} s")
        time.sleep(_LOOK_SECONDS)


def _wait_until_idle(pid: int, *, keeps_children: bool = False) -> None:
    """It has no child, and hardly uses the processor or writes: that much costs looking at the clock. Linux tells."""
    before = _work(pid)
    while True:
        time.sleep(_QUIET_SECONDS)
        now = _work(pid)
        if (keeps_children or not now[0]) and now[1] - before[1] <= _QUIET_TICKS and now[2] - before[2] <= _QUIET_BYTES:
            return
        before = now


def _work(pid: int) -> tuple[str, int, int]:
    """Its children, and since it began: hundredths of a second of the processor, bytes written."""
    children = ""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # It has just ended.
            children += (thread / "children").read_text()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    counts = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return children, sum(map(int, fields[11:13])), int(counts["wchar"])
