"""Several processes make what one would make, in the same order; where one of them ends early, nothing is lost."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from greenchannel.cli.output import progress
from greenchannel.delivery import workers
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.workers import Made, Workers, make_here, meanwhile
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.plan import Planned, Stage

HERE = os.getpid()
MANY = 1_000
PHRASE = Phrase("尚未公布的安排", "incidents/2026/shili/fact-2.md")
# Threads of the test runner; what they hold is not asked for by these workers.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def nothing(_path: str, _data: bytes) -> tuple[Leak, ...]:
    return ()


def by_number(number: int) -> tuple[bytes, ...]:
    return (str(number).encode() * 100, b"x" * number)


def by_whom(_number: int) -> tuple[bytes, ...]:
    return (str(os.getpid()).encode(),)


def steps(make: Callable[[int], tuple[bytes, ...]], count: int = MANY) -> list[Planned]:
    """Pages, lists and feeds."""
    stages = (Stage.PAGE, Stage.LIST, Stage.FEED)
    return [
        Planned(stages[3 * one // count], (f"{one}/a", f"{one}/b"), str(one), partial(make, one))
        for one in range(count)
    ]


def made(planned: list[Planned], count: int = 2) -> list[Made]:
    return list(Workers(lambda: None, count).make(planned, nothing))


@pytest.fixture(autouse=True)
def _no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    fork, forked = os.fork, list[int]()

    def counted() -> int:
        if process := fork():
            forked.append(process)
        return process

    monkeypatch.setattr(os, "fork", counted)
    yield
    for one in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(one, os.WNOHANG)


@pytest.mark.parametrize("count", [2, 3])
def test_workers_make_what_one_process_makes_in_the_same_order(count: int) -> None:
    assert made(steps(by_number), count) == list(make_here(steps(by_number), nothing))


def test_every_worker_has_its_share() -> None:
    found = [int(one.files[0]) for one in made([step._replace(paths=step.paths[:1]) for step in steps(by_whom)])]
    shares = {one: found.count(one) for one in set(found)}
    assert len(shares) == 2
    assert HERE not in shares
    assert min(shares.values()) > MANY // 4


def test_a_few_files_are_made_here() -> None:
    found = {int(one.files[0]) for one in made([step._replace(paths=step.paths[:1]) for step in steps(by_whom, 100)])}
    assert found == {HERE}


def test_what_a_killed_worker_did_not_make_is_made_here() -> None:
    def killed(number: int) -> tuple[bytes, ...]:
        if number == 300 and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return by_number(number) if number != 300 else (str(os.getpid()).encode(), b"")

    found = made(steps(killed))
    assert found[300].files[0] == str(HERE).encode()
    assert [one.files for place, one in enumerate(found) if place != 300] == [
        by_number(one) for one in range(MANY) if one != 300
    ]


def test_a_fault_is_told_as_without_workers() -> None:
    def faulty(number: int) -> tuple[bytes, ...]:
        if number == 700:
            raise GreenchannelError("{path}: gone", path=str(os.getpid()))
        return by_number(number)

    with pytest.raises(GreenchannelError, match=f"^{HERE}: gone"):
        made(steps(faulty))


def test_what_is_found_in_a_file_is_told_with_it() -> None:
    def found(path: str, _data: bytes) -> tuple[Leak, ...]:
        return (Leak(path, PHRASE, "plain"),) if path == "500/b" else ()

    leaks = [one.leaks for one in Workers(lambda: None, 2).make(steps(by_number), found)]
    assert leaks[500] == (Leak("500/b", PHRASE, "plain"),)
    assert sum(map(len, leaks)) == 1


def test_who_stops_in_the_middle_leaves_no_worker() -> None:
    making = Workers(lambda: None, 2).make(steps(by_number), nothing)
    next(making)
    making.close()


def test_a_terminal_with_progress_leaves_room_for_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    before = threading.active_count()
    with progress(str) as show:
        show("site", 1, 2)
        assert threading.active_count() == before


def test_without_room_for_a_process_everything_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", full)
    assert [one.files for one in made(steps(by_number))] == list(map(by_number, range(MANY)))


def test_a_worker_puts_away_what_it_worked_out(tmp_path: Path) -> None:
    def let_go() -> None:
        if os.getpid() != HERE:
            time.sleep(0.2)
            (tmp_path / str(os.getpid())).touch()

    assert len(list(Workers(let_go, 2).make(steps(by_number), nothing))) == MANY
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_shared_is_let_go_before_and_by_each_worker() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    def let_go() -> None:
        if os.getpid() == HERE:
            os.write(writing, b"here,")

    def told(number: int) -> tuple[bytes, ...]:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(reading)  # Nothing that was open is a worker's, locks least of all.
        return by_number(number)

    assert [one.files for one in Workers(let_go, 2).make(steps(told), nothing)] == list(map(by_number, range(MANY)))
    assert os.read(reading, 100) == b"here,"
    os.close(reading)
    os.close(writing)


@pytest.fixture
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever threads the test runner has."""
    monkeypatch.setattr(workers, "_usable", lambda: 2)


@pytest.mark.usefixtures("_two_processors")
def test_beside_a_block_another_process_works(tmp_path: Path) -> None:
    let_go = list[int]()
    with meanwhile(lambda: (tmp_path / "left").write_text(str(os.getpid())), lambda: let_go.append(os.getpid())):
        (tmp_path / "done").write_text(str(os.getpid()))
    done, left = ((tmp_path / one).read_text() for one in ("done", "left"))
    assert (done, left != done, let_go) == (str(HERE), True, [HERE])


def touch(path: Path) -> None:
    path.touch()


@pytest.mark.usefixtures("_two_processors")
def test_it_lets_go_of_what_it_shared_when_it_is_done(tmp_path: Path) -> None:
    with meanwhile(lambda: None, lambda: touch(tmp_path / str(os.getpid()))):
        pass
    assert len([*tmp_path.iterdir()]) == 2


@pytest.mark.usefixtures("_two_processors")
def test_one_that_fails_beside_it_does_not_matter(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        touch(tmp_path / "began")
        raise OSError(28, "no space left")

    with meanwhile(fail, lambda: None):
        pass
    assert ((tmp_path / "began").exists(), capfd.readouterr().err) == (True, "")


@pytest.mark.usefixtures("_two_processors")
def test_where_nobody_waits_for_processes_it_is_waited_for_no_longer(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with meanwhile(lambda: touch(tmp_path / "left"), lambda: None):
            pass
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert (tmp_path / "left").exists()


@pytest.mark.usefixtures("_two_processors")
def test_a_block_that_raises_ends_the_other(tmp_path: Path) -> None:
    def work() -> None:
        time.sleep(60)
        (tmp_path / "left").touch()

    began = time.monotonic()
    with pytest.raises(GreenchannelError), meanwhile(work, lambda: None):
        raise GreenchannelError("stopped")
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("_two_processors")
def test_without_room_for_another_process_the_block_is_done_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(os, "fork", refused)
    with meanwhile(lambda: pytest.fail("worked"), lambda: None):
        done = True
    assert done


def test_where_a_copy_may_not_be_made_nobody_works_beside_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    other = threading.Thread(target=time.sleep, args=(1,))
    other.start()
    with meanwhile(lambda: None, lambda: None):
        done = True
    other.join()
    assert done
