"""A disk that refuses, runs full or takes a part, at any call, once or from then on: no command claims too much."""

from collections.abc import Mapping

import pytest
from plays import Job, Played, play_all, play_every_point

from scenes import SCENES

# The record's own calls all fail and every 200th of the others; make torture plays every fault at every call.
SUITE = ("correction", "countersign")  # make torture plays all scenes, and the wrong writers
JOBS: Mapping[str, Job] = {scene: ("fail", scene, "0/1", "200") for scene in SUITE}
WRONG: Mapping[Job, str] = {
    ("fail", "second", "0/1", "40", "unread"): "it ended well, and not everything is there",
    ("fail", "second", "0/1", "40", "fsync-again"): "tried again on a descriptor on which it had failed",
    ("fail", "correction", "0/1", "20", "in-place"): "torn",
}


@pytest.fixture(scope="module")
def played() -> Mapping[Job, Played]:
    return play_all(list(JOBS.values()))


def test_every_planned_fault_was_fired(played: Mapping[Job, Played]) -> None:
    planned = sum(played[job].planned for job in JOBS.values())
    assert planned == sum(played[job].fired for job in JOBS.values()) > 0


@pytest.mark.parametrize("scene", SUITE)
def test_no_fault_is_taken_for_success_and_the_command_completes_afterwards(
    played: Mapping[Job, Played], scene: str
) -> None:
    assert played[JOBS[scene]].faults == []


def test_nothing_is_got_over_but_writes_that_took_a_part(played: Mapping[Job, Played]) -> None:
    went_on = [row["point"] for job in JOBS.values() for row in played[job].rows if row["code"] == 0]
    assert went_on
    assert [one for one in went_on if not one.endswith((": short", ": short, then short"))] == []


@pytest.mark.torture
@pytest.mark.parametrize("job", WRONG, ids=lambda job: job[-1])
def test_a_writer_that_is_wrong_on_purpose_is_caught(job: Job) -> None:
    assert any(WRONG[job] in one for _, found in play_all([job])[job].faults for one in found)


@pytest.mark.torture
@pytest.mark.parametrize("scene", SCENES)
def test_every_fault_at_every_call(scene: str) -> None:
    for share in play_every_point("fail", scene):
        assert (share.fired, share.faults) == (share.planned, [])
