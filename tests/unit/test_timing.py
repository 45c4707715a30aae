"""A duty is met at its very last second and late one second after; without a clock nothing is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REGULATION
from greenchannel.domain.incident import Incident
from greenchannel.domain.timing import (
    Appearance,
    Late,
    Met,
    Obligation,
    Overdue,
    Pending,
    Standing,
    Undetermined,
    obligations,
    standing,
)
from greenchannel.domain.vocabulary import Category, Clock, Doubt, Duty, IncidentClass, ReleaseType

START = datetime.fromisoformat("2026-11-20T08:10:00+08:00")
HOURS = {Duty.FACT: 1, Duty.CONFERENCE: 24, Duty.RESPONSE: 48}
SECOND = timedelta(seconds=1)
LONG_AFTER = timedelta(days=400)


def incident(duty: Duty, *, claimed: datetime | None = START, detected: datetime | None = None) -> Incident:
    serious = IncidentClass.SERIOUS if duty is Duty.FACT else IncidentClass.ORDINARY
    return Incident(
        id="2026/shili",
        title="示例",
        category=Category.EMERGENCY,
        incident_class=serious,
        casualties=duty is Duty.CONFERENCE,
        detected_at=detected,
        claimed_at=claimed,
        lead="emergency_office",
    )


def owed(about: Incident, duty: Duty, *shown: Appearance) -> Obligation:
    (found,) = (one for one in obligations(about, REGULATION, shown) if one.duty is duty)
    return found


def shown(duty: Duty, at: datetime) -> Appearance:
    held = at if duty is Duty.CONFERENCE else None
    seen = START if duty is Duty.CONFERENCE else at  # The notice of a conference is early; it must not count.
    kind = ReleaseType(duty.value)
    return Appearance(release="2026/shili/1", type=kind, published_at=seen, visible_at=seen, held_at=held)


def stands(duty: Duty, at: datetime, about: Incident | None = None) -> Standing:
    return standing(owed(about or incident(duty), duty), (shown(duty, at),), START + LONG_AFTER)


@pytest.mark.parametrize("duty", HOURS)
@pytest.mark.parametrize(
    ("off", "expected"), [(-1, Met), (0, Met), (1, Late)], ids=["a second early", "at the time", "a second late"]
)
def test_the_interval_is_closed_for_a_release(duty: Duty, off: int, expected: type[Standing]) -> None:
    at = START + timedelta(hours=HOURS[duty], seconds=off)
    assert type(stands(duty, at)) is expected


@pytest.mark.parametrize("duty", HOURS)
@pytest.mark.parametrize(
    ("off", "expected"),
    [(-1, Pending(SECOND)), (0, Pending(timedelta(0))), (1, Overdue(SECOND))],
    ids=["a second early", "at the time", "a second late"],
)
def test_the_interval_is_closed_for_what_is_missing(duty: Duty, off: int, expected: Standing) -> None:
    now = START + timedelta(hours=HOURS[duty], seconds=off)
    assert standing(owed(incident(duty), duty), (), now) == expected


def test_the_lateness_is_counted_from_the_due_time() -> None:
    at = START + timedelta(hours=1, seconds=1)
    assert stands(Duty.FACT, at) == Late("2026/shili/1", at, SECOND, None)


@pytest.mark.parametrize("duty", HOURS)
def test_what_is_on_the_record_and_nowhere_visible_meets_nothing(duty: Duty) -> None:
    recorded = replace(shown(duty, START), visible_at=None)
    assert standing(owed(incident(duty), duty, recorded), (recorded,), START + SECOND) == Pending(
        timedelta(hours=HOURS[duty]) - SECOND
    )


def test_what_nobody_can_read_starts_no_clock_of_the_next_release() -> None:
    recorded = replace(shown(Duty.FACT, START), visible_at=None)
    owing = obligations(incident(Duty.FACT), REGULATION, (recorded,))
    assert Duty.UPDATE not in {one.duty for one in owing}


def test_a_notice_of_a_conference_meets_nothing() -> None:
    notice = Appearance(release="2026/shili/1", type=ReleaseType.CONFERENCE, published_at=START, visible_at=START)
    found = standing(owed(incident(Duty.CONFERENCE), Duty.CONFERENCE), (notice,), START + SECOND)
    assert isinstance(found, Pending)


def test_a_conference_yet_to_be_held_meets_nothing() -> None:
    later = shown(Duty.CONFERENCE, START + timedelta(hours=2))
    found = standing(owed(incident(Duty.CONFERENCE), Duty.CONFERENCE), (later,), START + timedelta(hours=1))
    assert isinstance(found, Pending)


def test_the_earliest_of_two_counts() -> None:
    late, early = (shown(Duty.FACT, START + timedelta(minutes=one)) for one in (90, 30))
    found = standing(owed(incident(Duty.FACT), Duty.FACT), (late, early), START + LONG_AFTER)
    assert isinstance(found, Met)


@pytest.mark.parametrize("duty", HOURS)
def test_detection_stands_in_for_a_missing_claim(duty: Duty) -> None:
    found = owed(incident(duty, claimed=None, detected=START), duty)
    assert (found.clock, found.stood_in_for, found.due_at) == (
        Clock.DETECTED,
        Clock.CLAIMED,
        START + timedelta(hours=HOURS[duty]),
    )


def test_a_claim_goes_before_detection() -> None:
    found = owed(incident(Duty.FACT, detected=START - timedelta(hours=1)), Duty.FACT)
    assert (found.clock, found.stood_in_for) == (Clock.CLAIMED, None)


@pytest.mark.parametrize("duty", HOURS)
def test_without_a_clock_nothing_is_determined(duty: Duty) -> None:
    about = incident(duty, claimed=None)
    assert stands(duty, START, about) == Undetermined(Doubt.CLOCK_MISSING)


@pytest.mark.parametrize("offset", [-11, -5, 0, 5.5, 14])
@pytest.mark.parametrize(("off", "expected"), [(0, Met), (1, Late)])
def test_another_offset_is_the_same_moment(offset: float, off: int, expected: type[Standing]) -> None:
    at = (START + timedelta(hours=1, seconds=off)).astimezone(timezone(timedelta(hours=offset)))
    assert type(stands(Duty.FACT, at)) is expected


@pytest.mark.parametrize(
    ("duty", "start", "due"),
    [
        (Duty.FACT, "2026-12-31T23:30:00+08:00", "2027-01-01T00:30:00+08:00"),
        (Duty.RESPONSE, "2026-12-30T12:00:00+08:00", "2027-01-01T12:00:00+08:00"),
        (Duty.CONFERENCE, "2028-02-28T12:00:00+08:00", "2028-02-29T12:00:00+08:00"),
        (Duty.RESPONSE, "2028-02-28T12:00:00+08:00", "2028-03-01T12:00:00+08:00"),
        (Duty.RESPONSE, "2027-02-28T12:00:00+08:00", "2027-03-02T12:00:00+08:00"),
    ],
)
def test_time_runs_over_the_end_of_a_year_and_a_leap_day(duty: Duty, start: str, due: str) -> None:
    about = incident(duty, claimed=datetime.fromisoformat(start))
    assert owed(about, duty).due_at == datetime.fromisoformat(due)


def test_an_update_is_owed_only_after_a_release() -> None:
    assert Duty.UPDATE not in {one.duty for one in obligations(incident(Duty.FACT), REGULATION, ())}


def oracle(start: int, hours: int, at: int | None, now: int) -> tuple[str, int]:
    """In whole seconds since 1970: what stands, and by how much."""
    last = start + 3600 * hours
    seen, reference = (at is not None and at <= now), now
    if seen:
        reference = at or 0
    names = {(True, True): "Met", (True, False): "Late", (False, True): "Pending", (False, False): "Overdue"}
    return names[seen, reference <= last], abs(last - reference)


moments = st.integers(min_value=1_700_000_000, max_value=1_700_500_000)
offsets = st.integers(min_value=-14 * 60, max_value=14 * 60).map(lambda one: timezone(timedelta(minutes=one)))


@given(duty=st.sampled_from(sorted(HOURS)), start=moments, at=st.none() | moments, now=moments, zone=offsets)
def test_it_agrees_with_seconds_counted_by_hand(
    duty: Duty, start: int, at: int | None, now: int, zone: timezone
) -> None:
    about = incident(duty, claimed=datetime.fromtimestamp(start, UTC))
    seen = () if at is None else (shown(duty, datetime.fromtimestamp(at, zone)),)
    found = standing(owed(about, duty), seen, datetime.fromtimestamp(now, zone))
    match found:
        case Met(margin=by) | Late(late=by) | Pending(left=by) | Overdue(late=by):
            assert (type(found).__name__, by.total_seconds()) == oracle(start, HOURS[duty], at, now)
        case Undetermined():
            pytest.fail("a clock was given")
