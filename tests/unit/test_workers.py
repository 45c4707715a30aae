"""Several processes make what one would make, in the same order; where one of them ends early, nothing is lost."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
MANY, FEW = 1_000, 24
PHRASE = Phrase("尚未公布的安排", "incidents/2026/shili/fact-2.md")
# Threads of the test runner; what they hold is not asked for by these workers.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
    pytest.mark.usefixtures("forked"),
]


def nothing(_path: str, _data: bytes) -> tuple[Leak, ...]:
    return ()


def by_number(number: int) -> tuple[bytes, ...]:
    return (str(number).encode() * 100, b"x" * number)


def by_whom(_number: int) -> tuple[bytes, ...]:
    return (str(os.getpid()).encode(),)


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def spellings(found: list[Made]) -> set[str]:
    return {leak.spelling for one in found for leak in one.leaks}


def steps(make: Callable[[int], tuple[bytes, ...]], count: int = MANY) -> list[Planned]:
    """Pages, lists and feeds."""
    stages = (Stage.PAGE, Stage.LIST, Stage.FEED)
    return [
        Planned(stages[3 * one // count], (f"{one}/a", f"{one}/b"), str(one), partial(make, one))
        for one in range(count)
    ]


def made(planned: list[Planned], count: int = 2) -> list[Made]:
    return list(Workers(lambda: None, count).make(planned, nothing))


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
    found = {int(one.files[0]) for one in made([step._replace(paths=step.paths[:1]) for step in steps(by_whom, FEW)])}
    assert found == {HERE}


def by_another(path: str, _data: bytes) -> tuple[Leak, ...]:
    """It says who looks."""
    return (Leak(path, PHRASE, "another" if os.getpid() != HERE else "we"),)


@contextmanager
def looked_out(
    make: Callable[[int], tuple[bytes, ...]],
    guard: Callable[[str, bytes], tuple[Leak, ...]],
    put_away: Callable[[], None] = lambda: None,
) -> Iterator[Iterator[Made]]:
    """A few files, and somebody else who looks through them."""
    with Workers(lambda: pytest.fail("let go"), 2, put_away) as workers_there:
        workers_there.begin(guard)
        with closing(workers_there.make(steps(make, FEW), guard)) as making:
            yield making


def test_a_few_files_are_looked_through_by_another_process_in_their_order() -> None:
    with looked_out(by_number, by_another) as making:
        found = list(making)
    assert [one.files for one in found] == list(map(by_number, range(FEW)))
    assert [[leak.path for leak in one.leaks] for one in found] == [[f"{one}/a", f"{one}/b"] for one in range(FEW)]
    assert spellings(found) == {"another"}


def test_what_is_made_later_is_looked_through_by_the_same_one_whatever_was_left_of_the_first() -> None:
    def by_path(path: str, _data: bytes) -> tuple[Leak, ...]:
        return (Leak(path, PHRASE, str(os.getpid())),)

    with Workers(lambda: None, 2) as there:
        there.begin(by_path)
        with closing(there.make(steps(by_number, FEW), by_path)) as making:
            first = next(making)
        found = list(there.make(steps(by_number, 3), by_path))
    assert [[leak.path for leak in one.leaks] for one in found] == [[f"{one}/a", f"{one}/b"] for one in range(3)]
    assert spellings(found) == spellings([first])


def test_who_looks_for_something_else_looks_here() -> None:
    with Workers(lambda: None, 2) as there:
        there.begin(nothing)
        assert spellings(list(there.make(steps(by_number, FEW), by_another))) == {"we"}


def test_much_is_made_by_workers_all_the_same() -> None:
    with Workers(lambda: None, 2) as there:
        there.begin(by_another)
        found = list(there.make([step._replace(paths=step.paths[:1]) for step in steps(by_whom)], by_another))
    assert HERE not in {int(one.files[0]) for one in found}
    assert spellings(found) == {"another"}


def test_what_it_has_not_looked_through_yet_keeps_nobody_from_making_the_next(tmp_path: Path) -> None:
    def waits(_path: str, _data: bytes) -> tuple[Leak, ...]:
        until = time.monotonic() + 60
        while len([*tmp_path.iterdir()]) < FEW and time.monotonic() < until:
            time.sleep(0.01)
        return (Leak("", PHRASE, str(len([*tmp_path.iterdir()]))),)

    def tells(number: int) -> tuple[bytes, ...]:
        (tmp_path / str(number)).touch()
        return by_number(number)

    with looked_out(tells, waits) as making:
        assert spellings([next(making)]) == {str(FEW)}


def test_more_than_may_wait_is_not_made_before_it_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_AHEAD", 1)

    def tells(number: int) -> tuple[bytes, ...]:
        (tmp_path / str(number)).touch()
        return by_number(number)

    with looked_out(tells, nothing) as making:
        for number, _ in enumerate(making):
            assert len([*tmp_path.iterdir()]) == number + 1


def test_a_variant_is_not_looked_through() -> None:
    few = [one._replace(paths=(page := f"{one.fingerprint}.html", f"{page}.gz")) for one in steps(by_number, FEW)]
    with Workers(lambda: None, 2) as there:
        there.begin(by_another)
        found = [leak.path for one in there.make(few, by_another) for leak in one.leaks]
    assert found == [f"{number}.html" for number in range(FEW)]


def test_where_who_looks_is_killed_we_look_ourselves() -> None:
    def killed(path: str, data: bytes) -> tuple[Leak, ...]:
        if path == "10/a" and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return by_another(path, data)

    with looked_out(by_number, killed) as making:
        assert [one.leaks[0].spelling for one in making] == ["another"] * 10 + ["we"] * (FEW - 10)


def test_a_fault_of_who_looks_is_told_as_without_another() -> None:
    def faulty(_path: str, _data: bytes) -> tuple[Leak, ...]:
        raise GreenchannelError("{path}: gone", path=str(os.getpid()))

    with looked_out(by_number, faulty) as making, pytest.raises(GreenchannelError, match=f"^{HERE}: gone"):
        list(making)


def test_a_fault_of_a_step_is_told_when_those_before_it_are_made() -> None:
    def faulty(number: int) -> tuple[bytes, ...]:
        if number == 12:
            raise GreenchannelError("{path}: gone", path=str(os.getpid()))
        return by_number(number)

    done = list[Made]()
    with looked_out(faulty, nothing) as making, pytest.raises(GreenchannelError, match=f"^{HERE}: gone"):
        done.extend(making)
    assert [one.files for one in done] == list(map(by_number, range(12)))


def test_who_has_more_to_say_than_a_pipe_holds_is_not_waited_for() -> None:
    def talks(path: str, _data: bytes) -> tuple[Leak, ...]:
        return (Leak(path, PHRASE, "x" * 200_000),)

    with looked_out(by_number, talks) as making:
        next(making)


def test_who_looks_puts_away_what_it_worked_out_and_is_waited_for(tmp_path: Path) -> None:
    reading, writing = os.pipe()

    def put_away() -> None:
        time.sleep(0.2 if os.getpid() != HERE else 0)
        (tmp_path / str(os.getpid())).touch()

    def looks(_path: str, _data: bytes) -> tuple[Leak, ...]:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(reading)  # Nothing that was open is shared with it.
        return ()

    with looked_out(by_number, looks, put_away) as making:
        assert [one.leaks for one in making] == [()] * FEW
    assert len([*tmp_path.iterdir()]) == 2
    os.close(reading)
    os.close(writing)


def test_who_is_stopped_does_not_wait_for_who_still_reads(tmp_path: Path) -> None:
    def reads(_path: str, _data: bytes) -> tuple[Leak, ...]:
        (tmp_path / "began").touch()
        time.sleep(60)
        return ()

    began = time.monotonic()
    def stopped() -> None:
        with Workers(lambda: None, 2) as there:
            there.begin(reads)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("refused", ["a thread", "a pipe", "a process"])
def test_without_room_for_who_looks_we_look_ourselves_and_nothing_is_left(
    refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipes, pipe = list[int](), os.pipe

    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    def no_second_pipe() -> tuple[int, int]:
        if pipes:
            raise OSError(24, "too many open files")
        pipes.extend(found := pipe())
        return found

    def no_process() -> int:
        raise BlockingIOError

    before = open_files()
    with monkeypatch.context() as patch:
        if refused == "a thread":
            patch.setattr(threading.Thread, "start", no_thread)
        elif refused == "a pipe":
            patch.setattr(os, "pipe", no_second_pipe)
        else:
            patch.setattr(os, "fork", no_process)
        with Workers(lambda: None, 2) as there:
            there.begin(by_another)
            assert spellings(list(there.make(steps(by_number, FEW), by_another))) == {"we"}
    assert open_files() == before


def test_ctrl_c_while_a_copy_is_made_is_met_by_us_and_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, waits = os.fork, list[bool]()

    def interrupted() -> int:
        waits.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        signal.raise_signal(signal.SIGINT)  # To this thread: another one of the test runner would not mask it.
        return fork()

    monkeypatch.setattr(os, "fork", interrupted)
    before = open_files()
    with pytest.raises(KeyboardInterrupt), Workers(lambda: None, 2) as there:
        there.begin(by_another)
    assert (waits, open_files()) == ([True], before)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_where_there_is_no_other_processor_we_look_ourselves() -> None:
    with Workers(lambda: None, 1) as there:
        there.begin(by_another)
        assert spellings(list(there.make(steps(by_number, FEW), by_another))) == {"we"}


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
    with Workers(lambda: None, 2) as there:
        there.begin(by_another)
        for count in (FEW, MANY):
            found = list(there.make(steps(by_number, count), by_another))
            assert [one.files for one in found] == list(map(by_number, range(count)))
            assert spellings(found) == {"we"}


def test_without_room_for_a_thread_everything_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    found = list(Workers(lambda: None, 2).make(steps(by_number), by_another))
    assert [one.files for one in found] == list(map(by_number, range(MANY)))
    assert spellings(found) == {"we"}


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
    monkeypatch.setattr(workers, "processors", lambda: 2)


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
