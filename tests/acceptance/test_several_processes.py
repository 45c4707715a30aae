"""A cold build by several processes is stopped and killed: nobody waits for what is left of it, and nothing is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from greenchannel.delivery import memory
from greenchannel.desk.settings import Settings
from greenchannel.sourcing import compare_site

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor: one process makes everything")
SECONDS = 60


def build(home: Path, *under: str) -> subprocess.Popen[bytes]:
    """In a group of its own, as a shell starts it, and `under` another program."""
    command = [*under, sys.executable, "-m", "greenchannel", "--home", str(home), "build"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def copies(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that are copies of it: the workers, and no renderer, which is another program."""
    own = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    return [one for one in group(process.pid) if one != process.pid and _command(one) == own]


def group(leader: int) -> list[int]:
    found = (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit())
    return [one for one in found if _group_of(one) == leader]


def _group_of(process: int) -> int:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return 0


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def at_work(office_home: Settings) -> subprocess.Popen[bytes]:
    """A cold build, some of whose workers go on while the first files stand."""
    process = build(office_home.home)
    until(lambda: copies(process) and any(office_home.site.rglob("*.md")))
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_and_the_next_build_goes_on(
    office_home: Settings, at_work: subprocess.Popen[bytes], how: signal.Signals
) -> None:
    if how is signal.SIGINT:
        os.killpg(at_work.pid, how)
    else:
        at_work.kill()
    code = at_work.wait(SECONDS)
    assert code == (130 if how is signal.SIGINT else -signal.SIGKILL)
    until(lambda: not group(at_work.pid))
    assert build(office_home.home).wait(SECONDS) == 0
    assert compare_site(office_home, office_home.site) == ()


def test_workers_remember_what_one_process_remembers(office_home: Settings, tmp_path: Path) -> None:
    alone = shutil.copytree(office_home.home, tmp_path / "alone")
    assert build(office_home.home).wait(SECONDS) == 0
    assert build(alone, "taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))).wait(SECONDS) == 0
    assert bodies(office_home.home) == bodies(alone) != set()


def bodies(home: Path) -> set[str]:
    """The keys of the rendered texts that a newsroom remembers."""
    with closing(sqlite3.connect(home / memory.FILE)) as database:
        return {key for (key,) in database.execute("select key from remembered where key like 'body %'")}


def test_a_build_does_not_wait_for_the_workers_of_a_killed_one(
    office_home: Settings, at_work: subprocess.Popen[bytes]
) -> None:
    workers = copies(at_work)
    for one in workers:
        os.kill(one, signal.SIGSTOP)
    at_work.kill()
    at_work.wait(SECONDS)
    assert [one for one in group(at_work.pid) if one in workers] == workers
    assert build(office_home.home).wait(SECONDS) == 0
    for one in workers:
        os.kill(one, signal.SIGCONT)
    until(lambda: not group(at_work.pid))
