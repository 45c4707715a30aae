"""A compressed variant says what its plain file says, or is not there: whatever was killed, switched on or off."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, example
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import read_files
from fakes import MemoryTarget
from greenchannel.announcing import is_topic
from greenchannel.delivery import delivering
from greenchannel.delivery.comparing import Kind, differences
from greenchannel.delivery.delivering import deliver, make_site
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.leaks import Leak, Phrase
from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.writing import write_file
from greenchannel.portal.plan import Planned, Stage, given
from greenchannel.portal.variants import compress, is_variant, plain_of, variants_of, with_variants

PATHS = ("index.html", "feeds/all.rss", "releases/2026/a/picture.jpg")
Texts = dict[str, str]


class KilledError(Exception):
    pass


def silent(_where: str, _done: int, _due: int) -> None:
    pass


def plan_of(texts: Texts, *, is_on: bool) -> Sequence[Planned]:
    plain = [given(Stage.PAGE, path, text.encode()) for path, text in texts.items()]
    return tuple(with_variants(plain)) if is_on else plain


def untrue(files: dict[str, bytes]) -> list[str]:
    """Variants that are not those of the plain file beside them."""
    variants = [path for path in files if plain_of(path) != path]
    return [path for path in variants if not is_variant(path, files[path], files.get(plain_of(path), b""))]


def older(now: dict[str, bytes], before: dict[str, bytes]) -> list[str]:
    """Variants that say something else than a plain file which is new."""
    return [path for path in untrue(now) if now.get(plain_of(path)) != before.get(plain_of(path))]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


def test_text_has_two_variants_and_a_picture_none() -> None:
    assert variants_of("a/index.html") == ("a/index.html.br", "a/index.html.gz")
    assert variants_of("a/picture.jpg") == variants_of("index.html.gz") == variants_of("html") == ()
    assert [plain_of(one) for one in ("a/index.html.br", "a.css.gz", "a.jpg.gz", "b.html")] == [
        "a/index.html",
        "a.css",
        "a.jpg.gz",
        "b.html",
    ]


@for_all(st.binary())
def test_a_variant_unpacks_to_the_plain_file_and_is_the_same_every_time(data: bytes) -> None:
    files = tuple(compress("index.html", data))
    assert [path for path, _ in files] == ["index.html.br", "index.html.gz", "index.html"]
    assert all(is_variant(path, packed, data) for path, packed in files[:2])
    assert files == tuple(compress("index.html", data))


@pytest.mark.parametrize("path", ["index.html.br", "index.html.gz"])
@pytest.mark.parametrize("packed", [b"", b"<html>", dict(compress("index.html", b"long" * 99))["index.html.gz"][:-9]])
def test_what_does_not_unpack_is_no_variant(path: str, packed: bytes) -> None:
    assert not is_variant(path, packed, b"long" * 99)


def test_no_time_stands_in_a_variant() -> None:
    assert dict(compress("index.html", b"text"))["index.html.gz"][4:8] == bytes(4)


def test_nobody_is_told_of_a_variant_of_a_feed() -> None:
    assert [one for one, _ in compress("feeds/all.rss", b"") if is_topic(one)] == ["feeds/all.rss"]


EDITIONS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["one", "two", "three"]), min_size=1),
        st.booleans(),  # whether variants are made
        st.none() | st.integers(0, 6),  # after so many files the run is killed
        st.booleans(),  # whether the place can be reached
        st.booleans(),  # whether the journals are lost before
    ),
    min_size=1,
    max_size=5,
)


# A page that is not made while variants are switched off, and is made again later.
_PAUSE: list[tuple[Texts, bool, int | None, bool, bool]] = [
    ({"index.html": "one", "feeds/all.rss": "one"}, True, None, True, False),
    ({"index.html": "two"}, False, 0, True, False),
    ({"index.html": "two", "feeds/all.rss": "two"}, False, 1, False, False),
]
# Killed between a variant and its plain file; then switched off.
_KILLED: list[tuple[Texts, bool, int | None, bool, bool]] = [
    ({"index.html": "one"}, True, None, True, False),
    ({"index.html": "two"}, True, 1, False, False),
    ({"index.html": "three"}, False, None, True, False),
]


@hypothesis_settings(max_examples=20, phases=(Phase.explicit, Phase.generate))  # To shrink it takes minutes.
@example(_PAUSE, Random(0))  # noqa: S311  # It shuffles files.
@example(_KILLED, Random(0))  # noqa: S311  # The same.
@for_all(EDITIONS, st.randoms())
def test_no_variant_is_ever_older_than_its_plain_file(
    scratch: Path, history: list[tuple[Texts, bool, int | None, bool, bool]], chance: Random
) -> None:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    site, target = folder / "site", MemoryTarget(shuffle=chance.shuffle)
    texts: Texts = {}
    for edition, is_on, killed_after, is_up, are_lost in history:
        # Of a page that vanished, nothing tells any more but the journal.
        texts = {**texts, **edition} if are_lost else edition
        if are_lost:
            for one in folder.glob("*.jsonl"):
                one.unlink()
        before = read_files(site)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(delivering, "write_files", killing(killed_after))
                make_site(plan_of(texts, is_on=is_on), site, Journal(folder / "site.jsonl"), None, silent)
        except KilledError:
            # What was written is a variant and not yet its plain file, never the other way round.
            assert older(read_files(site), before) == []
        done = make_site(plan_of(texts, is_on=is_on), site, Journal(folder / "site.jsonl"), None, silent)
        target.breaks_at = None if is_up else len(target.order) + 3
        there = dict(target.files)
        try:
            deliver(done, site, target, Journal(folder / "memory.jsonl"), silent, compare_all=False)
        except TargetError:
            assert older(target.files, there) == []
            target.breaks_at = None
            deliver(done, site, target, Journal(folder / "memory.jsonl"), silent, compare_all=False)
        for place in (read_files(site), target.files):
            assert untrue(place) == []
            expected = {each for one in texts for each in (*(variants_of(one) if is_on else ()), one)}
            assert {path for path in place if plain_of(path) in texts} == expected


def killing(after: int | None) -> object:
    left = after

    def write(files: Iterable[tuple[Path, bytes]], *, changed_at: int | None = None) -> tuple[Path, ...]:
        nonlocal left
        changed = []
        for path, data in files:
            if left is not None:
                if not left:
                    raise KilledError
                left -= 1
            changed += [path] if write_file(path, data, changed_at=changed_at) else []
        return tuple(changed)

    return write


def test_whatever_a_place_does_with_an_order_a_variant_stands_before_its_plain_file(tmp_path: Path) -> None:
    target = MemoryTarget(shuffle=list.reverse)
    for text in ("one", "two"):
        target.order.clear()
        steps = plan_of({"index.html": text, "feeds/all.rss": text}, is_on=True)
        done = make_site(steps, tmp_path / "site", Journal(tmp_path / "site.jsonl"), None, silent)
        deliver(done, tmp_path / "site", target, Journal(tmp_path / "memory.jsonl"), silent, compare_all=False)
        assert [plain_of(one) == one for one in target.order] == [False] * 4 + [True] * 2


def test_the_guard_reads_plain_bytes_once_and_holds_back_the_variants_with_them(tmp_path: Path) -> None:
    seen: list[str] = []

    def guard(path: str, data: bytes) -> tuple[Leak, ...]:
        seen.append(path)
        return (Leak(path, Phrase("leak", "desk"), "plain"),) if data == b"leak" else ()

    texts = {"index.html": "leak", "feeds/all.rss": "fine"}
    journal = Journal(tmp_path / "site.jsonl")
    done = make_site(plan_of(texts, is_on=True), tmp_path / "site", journal, None, silent, guard)
    written = ["feeds/all.rss", "feeds/all.rss.br", "feeds/all.rss.gz"]
    assert (seen, sorted(read_files(tmp_path / "site")), sorted(done.files)) == (list(texts), written, written)


def test_an_old_variant_is_found_and_one_that_another_program_packed_is_not(tmp_path: Path) -> None:
    texts = {"index.html": "new", "about/index.html": "about"}
    make_site(plan_of(texts, is_on=True), tmp_path / "site", Journal(tmp_path / "site.jsonl"), None, silent)
    (tmp_path / "site/index.html.gz").write_bytes(dict(compress("index.html", b"old"))["index.html.gz"])
    about = tmp_path / "site/about/index.html.gz"
    about.write_bytes(about.read_bytes()[:9] + b"\xff" + about.read_bytes()[10:])  # Another system's mark in its head.
    (tmp_path / "site/about/index.html.br").unlink()
    expected = [(path, text.encode()) for path, text in texts.items()]
    found = [(one.path, one.kind) for one in differences(expected, tmp_path / "site", has_variants=True)]
    assert found == [("about/index.html.br", Kind.MISSING), ("index.html.gz", Kind.DIFFERENT)]
    assert len(differences(expected, tmp_path / "site")) == 3  # Without the setting none belongs there.
