"""Only what changed is made and sent, in order; a run that was cut short is gone on with; nothing is deleted."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fakes import MemoryTarget
from greenchannel.delivery.delivering import deliver, make_site, orphans
from greenchannel.delivery.journal import Ahead, Journal
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.targets import TargetError
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.plan import Planned, Stage, fingerprint, given, in_order


def silent(_where: str, _done: int, _due: int) -> None:
    pass


def plan_of(texts: dict[str, str]) -> list[Planned]:
    return [given(Stage.PAGE, path, text.encode()) for path, text in texts.items()]


def leaking(path: str, data: bytes) -> tuple[Leak, ...]:
    return (Leak(path, Phrase("leak", "desk"), "plain"),) if data == b"leak" else ()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def test_what_stands_is_not_made_again(tmp_path: Path, journal: Journal) -> None:
    make_site(plan_of({"a": "1", "b": "2"}), tmp_path / "site", journal, None, silent)
    again = make_site(plan_of({"a": "1", "b": "3"}), tmp_path / "site", journal, None, silent)
    assert (again.made, again.written) == (1, ("b",))


def test_the_journal_outlives_the_run(tmp_path: Path, journal: Journal) -> None:
    make_site(plan_of({"a": "1"}), tmp_path / "site", journal, None, silent)
    fresh = Journal(tmp_path / "journal.jsonl")
    assert make_site(plan_of({"a": "1"}), tmp_path / "site", fresh, None, silent).made == 0


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"another"), lambda path: path.touch()])
def test_a_file_that_somebody_touched_is_made_again(tmp_path: Path, journal: Journal, harm: object) -> None:
    make_site(plan_of({"a": "1"}), tmp_path / "site", journal, 1_000_000_000, silent)
    assert callable(harm)
    harm(tmp_path / "site/a")
    make_site(plan_of({"a": "1"}), tmp_path / "site", journal, 1_000_000_000, silent)
    assert (tmp_path / "site/a").read_bytes() == b"1"


def test_a_killed_run_is_gone_on_with(tmp_path: Path, journal: Journal) -> None:
    def killed() -> tuple[bytes, ...]:
        raise KeyboardInterrupt

    steps = [*plan_of({"a": "1"}), Planned(Stage.LIST, ("b",), "2", killed)]
    with pytest.raises(KeyboardInterrupt):
        make_site(steps, tmp_path / "site", journal, None, silent)
    done = make_site(plan_of({"a": "1", "b": "2"}), tmp_path / "site", Journal(journal_path(tmp_path)), None, silent)
    # What had come through its stage is not made again, and what is new goes first.
    assert (done.made, list(done.files), (tmp_path / "site/b").read_bytes()) == (1, ["b", "a"], b"2")


def journal_path(folder: Path) -> Path:
    return folder / "journal.jsonl"


def test_new_pages_come_before_the_pages_and_lists_that_name_them() -> None:
    steps = [given(Stage.LIST, "list", b""), given(Stage.PAGE, "old", b""), given(Stage.PAGE, "new", b"")]
    assert [one.paths[0] for one in in_order(steps, lambda one: one.paths == ("old",))] == ["new", "old", "list"]


@pytest.mark.parametrize("path", ["../pwned", "a/../../pwned", "/etc/pwned"])
def test_nothing_is_written_outside_the_site(path: str, tmp_path: Path, journal: Journal) -> None:
    steps = [given(Stage.PAGE, "page", b"1"), given(Stage.PAGE, path, b"2")]
    with pytest.raises(GreenchannelError, match="leads out of the site"):
        make_site(steps, tmp_path / "site", journal, None, silent)
    assert not (tmp_path / "site").exists()


def test_a_new_page_that_is_held_back_holds_back_what_would_name_it(tmp_path: Path, journal: Journal) -> None:
    steps = [given(Stage.PAGE, "page", b"leak"), given(Stage.PAGE, "other", b"1"), given(Stage.LIST, "list", b"2")]
    done = make_site(steps, tmp_path / "site", journal, None, silent, leaking)
    assert ([one.path for one in done.leaks], done.written, list(done.files)) == (["page"], ("other",), ["other"])


def test_who_believes_the_journal_looks_at_nothing_that_it_vouches_for(tmp_path: Path, journal: Journal) -> None:
    make_site(plan_of({"a": "1", "b": "2"}), tmp_path / "site", journal, None, silent)
    (tmp_path / "site/a").unlink()
    ahead = Ahead(journal, {path: str(one["made_of"]) for path, one in journal.entries.items()})
    believing = make_site(plan_of({"a": "1", "b": "3"}), tmp_path / "site", ahead, None, silent)
    looking = make_site(plan_of({"a": "1", "b": "3"}), tmp_path / "site", journal, None, silent)
    assert (believing.written, looking.written) == (("b",), ("a",))


def test_a_page_that_stands_and_is_held_back_lets_lists_pass(tmp_path: Path, journal: Journal) -> None:
    make_site([given(Stage.PAGE, "page", b"1")], tmp_path / "site", journal, None, silent)
    steps = [given(Stage.PAGE, "page", b"leak"), given(Stage.LIST, "list", b"2")]
    assert make_site(steps, tmp_path / "site", journal, None, silent, leaking).written == ("list",)


def test_a_fingerprint_tells_inputs_apart_that_only_look_alike() -> None:
    assert len({fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("a", "bc", ""), fingerprint("\ud800")}) == 4


def test_a_place_gets_only_what_it_lacks(tmp_path: Path, journal: Journal) -> None:
    target, theirs = MemoryTarget(), Journal(tmp_path / "memory.jsonl")
    for texts in ({"a": "1", "b": "2"}, {"a": "1", "b": "3"}):
        done = make_site(plan_of(texts), tmp_path / "site", journal, None, silent)
        deliver(done, tmp_path / "site", target, theirs, silent, compare_all=False)
    assert target.order == ["a", "b", "b"]


def test_a_place_that_was_down_gets_the_rest_with_the_next_run(tmp_path: Path, journal: Journal) -> None:
    target, theirs = MemoryTarget(breaks_at=1), Journal(tmp_path / "memory.jsonl")
    done = make_site(plan_of({"a": "1", "b": "2"}), tmp_path / "site", journal, None, silent)
    with pytest.raises(TargetError):
        deliver(done, tmp_path / "site", target, theirs, silent, compare_all=False)
    assert target.fired
    target.breaks_at = None
    deliver(done, tmp_path / "site", target, theirs, silent, compare_all=False)
    assert target.files == {"a": b"1", "b": b"2"}


def test_a_comparison_finds_what_the_journal_does_not_know(tmp_path: Path, journal: Journal) -> None:
    target, theirs = MemoryTarget(), Journal(tmp_path / "memory.jsonl")
    done = make_site(plan_of({"a": "1", "b": "2"}), tmp_path / "site", journal, None, silent)
    deliver(done, tmp_path / "site", target, theirs, silent, compare_all=False)
    target.files["a"] = b"overwritten by somebody"
    assert deliver(done, tmp_path / "site", target, theirs, silent, compare_all=True) == ("a",)


def test_a_place_that_nothing_is_known_of_is_asked_first(tmp_path: Path, journal: Journal) -> None:
    target = MemoryTarget(files={"a": b"1", "b": b"old"})
    done = make_site(plan_of({"a": "1", "b": "2", "c": "3"}), tmp_path / "site", journal, None, silent)
    deliver(done, tmp_path / "site", target, Journal(tmp_path / "memory.jsonl"), silent, compare_all=False)
    assert target.order == ["c", "b"]


def test_what_was_read_back_wrong_is_sent_again_by_the_next_run(tmp_path: Path, journal: Journal) -> None:
    target, theirs = Forgetful(), Journal(tmp_path / "memory.jsonl")
    done = make_site(plan_of({"a": "1"}), tmp_path / "site", journal, None, silent)
    with pytest.raises(TargetError, match="read back"):
        deliver(done, tmp_path / "site", target, theirs, silent, compare_all=False)
    assert theirs.entries == {}


class Forgetful(MemoryTarget):
    """Says that it took what it did not take."""

    def put(self, source: Path, paths: Sequence[str]) -> None:
        pass


@hypothesis_settings(max_examples=20, deadline=None)
@for_all(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=3), st.randoms())
def test_no_list_feed_or_changed_page_stands_before_a_new_page(
    scratch: Path, history: list[tuple[int, bool]], chance: Random
) -> None:
    """Each edition has so many pages more, and may not reach the place; all pages change, lists and feeds name them."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    target, pages = MemoryTarget(shuffle=chance.shuffle), 1
    mine, theirs = Journal(folder / "site.jsonl"), Journal(folder / "memory.jsonl")
    for edition, (more, reaches) in enumerate([*history, (1, True)]):
        pages += more
        steps = [given(stage, f"{stage}/{one}", b"%d" % edition) for stage in Stage for one in range(pages)]
        done = make_site(steps, folder / "site", mine, None, silent)
        if reaches:
            known = set(target.files)
            target.order.clear()
            deliver(done, folder / "site", target, theirs, silent, compare_all=chance.random() < 0.2)
            turns = [(path.partition("/")[0], path in known) for path in target.order]
            assert turns == sorted(turns)
            assert len(turns) == len(done.files)


def test_what_nothing_makes_any_more_is_named_and_left(tmp_path: Path, journal: Journal) -> None:
    make_site(plan_of({"a": "1", "b/c": "2"}), tmp_path / "site", journal, None, silent)
    done = make_site(plan_of({"a": "1"}), tmp_path / "site", journal, None, silent)
    assert (orphans(done, tmp_path / "site"), (tmp_path / "site/b/c").is_file()) == (("b/c",), True)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


_TEXTS = st.dictionaries(st.sampled_from(["a", "b", "c/d", "c/e"]), st.sampled_from(["1", "2", "33"]))


@hypothesis_settings(max_examples=60, deadline=None)
@for_all(st.lists(_TEXTS, min_size=1, max_size=5))
def test_step_by_step_gives_what_one_clean_run_gives(scratch: Path, history: list[dict[str, str]]) -> None:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    for texts in history:
        make_site(plan_of(texts), folder / "site", Journal(folder / "journal.jsonl"), 1_700_000_000, silent)
    last = history[-1]
    assert {path: (folder / "site" / path).read_text() for path in last} == last
