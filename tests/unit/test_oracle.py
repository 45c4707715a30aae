"""The clock against an oracle that was written differently: random incidents, random records, random nows."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REGULATION
from greenchannel.domain.incident import Incident
from greenchannel.domain.timing import Appearance, Late, Met, Overdue, Pending, Standing, obligations, standing
from greenchannel.domain.vocabulary import Category, Force, IncidentClass, ReleaseType
from oracle import Facts, verdicts

BASE = 1_795_000_000  # in November 2026
# Seconds around the limits are as likely as any other.
SECONDS = st.one_of(
    st.integers(0, 200_000),
    st.builds(lambda hours, off: hours * 3600 + off, st.sampled_from([0, 1, 24, 48]), st.integers(-2, 2)),
).map(lambda second: BASE + second)
RELEASES = st.tuples(st.sampled_from([one.value for one in ReleaseType]), SECONDS, st.none() | SECONDS)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    return Facts(
        level=draw(st.sampled_from([one.value for one in IncidentClass])),
        casualties=draw(st.booleans()),
        wide=draw(st.booleans()),
        detected=draw(st.none() | SECONDS),
        claimed=draw(st.none() | SECONDS),
        releases=tuple(draw(st.lists(RELEASES, max_size=4))),
        now=draw(SECONDS),
    )


def at(second: int | None, offset: int) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, timezone(timedelta(minutes=offset)))


def told(how: Standing) -> tuple[str, int | None]:
    match how:
        case Met(margin=span):
            return "met", int(span.total_seconds())
        case Late(late=span):
            return "late", int(span.total_seconds())
        case Pending(left=span):
            return "pending", int(span.total_seconds())
        case Overdue(late=span):
            return "overdue", int(span.total_seconds())
        case _:
            return "undetermined", None


@settings(max_examples=500, deadline=None)
@given(facts(), st.lists(st.integers(-12 * 60, 14 * 60), min_size=3, max_size=3))
def test_the_clock_says_what_the_oracle_says_whatever_the_offsets(known: Facts, offsets: list[int]) -> None:
    incident = Incident(
        id="2026/shili",
        title="示例",
        category=Category.OTHER,
        lead="gov_office",
        incident_class=IncidentClass(known.level),
        casualties=known.casualties,
        wide_impact=known.wide,
        detected_at=at(known.detected, offsets[0]),
        claimed_at=at(known.claimed, offsets[1]),
    )
    shown = tuple(
        Appearance(
            release=f"2026/shili/{number}",
            type=ReleaseType(kind),
            published_at=datetime.fromtimestamp(seen, UTC),
            visible_at=datetime.fromtimestamp(seen, UTC),
            held_at=at(held, offsets[2]) if kind == "conference" else None,
        )
        for number, (kind, seen, held) in enumerate(known.releases)
    )
    now = datetime.fromtimestamp(known.now, UTC)
    found = {
        one.duty.value: told(standing(one, shown, now))
        for one in obligations(incident, REGULATION, shown)
        if one.force is not Force.ADVICE
    }
    assert found == verdicts(known)
