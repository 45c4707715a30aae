"""Whatever happened, the site that was made step by step is byte for byte the clean one, and no more was made for it.

Releases of each kind, corrections, withdrawals, moves, new names and templates, time that goes by; builds that are
stopped, memories that are lost, damaged or taken back: in any order.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from busy_newsroom import ACTIONS, KINDS, set_up
from sequences import DAMAGES, at_once, counted, play

SEEDS = range(6)  # make torture plays a thousand
REMEMBERED = (
    *("incident", "month", "site", "outline", "body", "template", "withheld", "record"),
    *("almanac", "glance", "punctuality", "unchanged"),
)


@pytest.fixture(scope="module")
def pattern() -> Iterator[Path]:
    with at_once(), tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder) / "pattern")
        yield Path(folder) / "pattern"


def played(pattern: Path, seeds: range) -> tuple[list[str], Counter[str]]:
    """What went wrong, and how often each thing happened."""
    found = Counter[str]()
    with counted(found):
        return [one for seed in seeds for one in play(pattern, pattern.parent / "office", seed, found)], found


@pytest.fixture(scope="module")
def lived(pattern: Path) -> tuple[list[str], Counter[str]]:
    return played(pattern, SEEDS)


def test_the_site_is_the_clean_one_whatever_happened(lived: tuple[list[str], Counter[str]]) -> None:
    assert lived[0] == []


def test_everything_that_can_happen_did(lived: tuple[list[str], Counter[str]]) -> None:
    things = {*ACTIONS, *DAMAGES, *KINDS, "stopped", "failed", "built again", "stayed", "unchanged", "news"}
    assert [one for one in sorted(things) if not lived[1][one]] == []


def test_every_memory_was_made_use_of(lived: tuple[list[str], Counter[str]]) -> None:
    assert [one for one in REMEMBERED if not lived[1][f"recalled {one}"]] == []


@pytest.mark.torture
@pytest.mark.parametrize("hundred", range(1, 11))
def test_the_site_is_the_clean_one_in_a_thousand_lives(pattern: Path, hundred: int) -> None:
    assert played(pattern, range(hundred * 100, hundred * 100 + 100))[0] == []
