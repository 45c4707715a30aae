"""What the other tests look at after a fault: each check sees the harm that it is there for."""

from collections.abc import Callable, Iterator

import pytest

import scenes
from points import Stage, staged
from scenes import FACT, LEDGER, SCENES, SITE, Tree

PAGE = f"www/releases/{FACT}/index.html"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(SCENES["correction"]) as ready:
        yield ready


def without(*paths: str) -> Callable[[Tree], Tree]:
    return lambda tree: {path: data for path, data in tree.items() if path not in paths}


def put(path: str, change: Callable[[bytes], bytes]) -> Callable[[Tree], Tree]:
    return lambda tree: {**tree, path: change(tree.get(path, b""))}


def test_what_an_undisturbed_run_leaves_has_no_fault(stage: Stage) -> None:
    tree = stage.truth.after
    assert [*stage.truth.faults(tree), *scenes.final_faults(tree, stage.truth, stage.clean)] == []


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (put(PAGE, lambda data: data[: len(data) // 2]), f"{PAGE}: torn"),
        (put(PAGE, lambda _: b""), f"{PAGE}: torn"),
        (put("www/strange.html", lambda _: b"x"), "www/strange.html: torn"),
        (without(f"{SITE}releases/{FACT}/index.html"), f"{SITE}feeds/all.atom: releases/{FACT}/ is not there"),
        (without(f"www/releases/{FACT}/r2.md"), "and the record says it is"),
        (put(LEDGER, lambda data: b"".join(data.splitlines(keepends=True)[:-3])), "ledger: lines are lost"),
        (put(LEDGER, lambda data: data + data.splitlines(keepends=True)[-1]), "ledger:5: "),
        (put(f"office/releases/{FACT}.r1.md", lambda data: data + b" "), "ledger:1: "),
    ],
)
def test_harm_at_an_instant_is_seen(stage: Stage, harm: Callable[[Tree], Tree], found: str) -> None:
    seen = list(stage.truth.faults(harm(stage.truth.after)))
    assert any(found in one for one in seen), seen


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (put(LEDGER, lambda data: b"".join(data.splitlines(keepends=True)[:-1])), "was cut off"),
        (without(f"{SITE}sitemap.xml"), f"{SITE}sitemap.xml: not as a clean build makes it"),
        (put("www/feeds/.all.atom.greenchannel-new", lambda _: b"x"), "left over"),
        (without(PAGE), f"{PAGE}: not as a clean build makes it"),
    ],
)
def test_harm_in_the_end_is_seen(stage: Stage, harm: Callable[[Tree], Tree], found: str) -> None:
    seen = list(scenes.final_faults(harm(stage.truth.after), stage.truth, stage.clean))
    assert any(found in one for one in seen), seen
