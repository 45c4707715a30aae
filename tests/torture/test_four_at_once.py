"""Four publishers release dozens of texts each, at once, on one newsroom: nothing is lost and nothing is doubled."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import scenes
from conftest import REPOSITORY
from greenchannel.desk.settings import Settings, read_settings
from points import scratch
from scenes import FACT, HOME, Scene

PUBLISHERS = 4
INCIDENTS = 8


@pytest.fixture
def folder() -> Iterator[Path]:
    place = scratch()
    yield place
    shutil.rmtree(place)


def crowd(root: Path, count: int) -> Settings:
    """A newsroom with so many facts to release, spread over incidents that all publishers share."""
    scenes.set_up(Scene((), ()), root)
    desk = root / HOME / "content/incidents"
    incident = (desk / "2026/shili/incident.md").read_text("utf-8")
    fact = (desk / f"{FACT}.md").read_text("utf-8")
    shutil.rmtree(desk / "2026/shili")
    for number in range(count):
        name = f"2026/shili-{number % INCIDENTS}"
        (desk / name).mkdir(parents=True, exist_ok=True)
        (desk / name / "incident.md").write_text(incident, "utf-8")
        (desk / name / f"fact-{number}.md").write_text(fact.replace("2026/shili", name), "utf-8")
    return read_settings(root / HOME)


def release_all(settings: Settings, *options: str) -> list[tuple[int, str]]:
    """Exit code and answer of each publisher; they begin together."""
    publishers = [
        subprocess.Popen(
            [sys.executable, "tests/publisher.py", str(settings.home), f"{part}/{PUBLISHERS}", *options],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for part in range(PUBLISHERS)
    ]
    for one in publishers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in publishers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = [one.communicate()[0] for one in publishers]
    return [(one.returncode, answer) for one, answer in zip(publishers, answers, strict=True)]


def events(settings: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in (settings.releases / "ledger.jsonl").read_text("utf-8").splitlines()]


def problems(settings: Settings) -> list[str]:
    tree = scenes.read_tree(settings.home.parent)
    return list(scenes.record_faults(tree, tree[scenes.LEDGER]))


@pytest.mark.parametrize("each", [30, pytest.param(100, marks=pytest.mark.torture)])
def test_all_of_all(folder: Path, each: int) -> None:
    settings = crowd(folder, PUBLISHERS * each)
    assert release_all(settings) == [(0, f"{each}\n")] * PUBLISHERS
    assert problems(settings) == []
    seen = Counter((one["event"], one["id"]) for one in events(settings))
    share = {one: number % PUBLISHERS for number, one in enumerate(identifiers(settings))}
    assert seen == Counter({(event, one): 1 for one in share for event in ("published", "visible")})
    assert len(share) == PUBLISHERS * each
    tree = scenes.read_tree(folder)
    site = scenes.below(tree, scenes.SITE)
    pages = {path: data for path, data in site.items() if not path.startswith("search/index/")}
    assert scenes.differing(pages, scenes.clean_site(folder, tree[scenes.LEDGER])) == []
    # They were at it together: no publisher's lines stand in one block.
    order = [share[str(one["id"])] for one in events(settings) if one["event"] == "published"]
    assert sum(one != other for one, other in pairwise(order)) > 4 * PUBLISHERS


def identifiers(settings: Settings) -> list[str]:
    desk = settings.content / "incidents"
    return sorted(path.relative_to(desk).with_suffix("").as_posix() for path in desk.rglob("fact-*.md"))


def test_without_the_lock_the_record_would_be_damaged(folder: Path) -> None:
    settings = crowd(folder, 4 * 10)
    answers = release_all(settings, "unlocked")
    assert any(code for code, _ in answers) or problems(settings) != []
