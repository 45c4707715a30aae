"""A command is killed at any call that changes a file: nothing is torn, lost or doubled, and it can be finished."""

from collections.abc import Mapping

import pytest
from plays import Job, Played, play_all, play_every_point

from scenes import SCENES

# The record's own points are all played and every 160th of the others; make torture plays every one, before the
# call, after it and in the middle of it: some thousands.
SUITE = ("first", "second", "correction", "withdrawal")  # make torture plays all scenes
JOBS: Mapping[str, Job] = {scene: ("kill", scene, "0/1", "160") for scene in SUITE}
WRONG: Mapping[Job, str] = {
    ("kill", "correction", "0/1", "60", "in-place"): "torn",
    ("kill", "first", "0/1", "60", "lists-first"): "is not there",
    ("kill", "correction", "0/1", "1000", "rewritten-ledger"): "ledger: lines are lost",
}


@pytest.fixture(scope="module")
def played() -> Mapping[Job, Played]:
    return play_all([*JOBS.values(), *WRONG])


def test_every_planned_point_was_fired_and_they_are_many(played: Mapping[Job, Played]) -> None:
    planned = sum(played[job].planned for job in JOBS.values())
    assert planned == sum(played[job].fired for job in JOBS.values())
    assert planned >= 90


@pytest.mark.parametrize("scene", SUITE)
def test_a_kill_tears_loses_and_doubles_nothing(played: Mapping[Job, Played], scene: str) -> None:
    assert played[JOBS[scene]].faults == []


@pytest.mark.parametrize("scene", SUITE)
def test_a_line_of_the_ledger_was_torn_and_mended(played: Mapping[Job, Played], scene: str) -> None:
    assert any(row["torn"] for row in played[JOBS[scene]].rows)


@pytest.mark.parametrize("job", WRONG, ids=lambda job: job[-1])
def test_a_writer_that_is_wrong_on_purpose_is_caught(played: Mapping[Job, Played], job: Job) -> None:
    assert any(WRONG[job] in one for _, found in played[job].faults for one in found)


@pytest.mark.torture
@pytest.mark.parametrize("scene", SCENES)
def test_every_point_of_all(scene: str) -> None:
    shares = play_every_point("kill", scene)
    for share in shares:
        assert (share.fired, share.faults) == (share.planned, [])
    assert sum(share.planned for share in shares) > 500
