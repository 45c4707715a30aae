"""Bodies come and go; whoever looks for the one that answers always gets an answer."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from greenchannel.domain.registry import Department, Registry

IDS = "abcde"
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    departments = [
        Department(
            id=one,
            name=one,
            valid_from=draw(DAYS),
            valid_to=draw(DAYS),
            successor=draw(st.none() | st.sampled_from(f"{IDS}x")),
        )
        for one in IDS
    ]
    return Registry(departments={one.id: one for one in departments})


@given(registries(), st.sampled_from(IDS), st.dates(date(2019, 1, 1), date(2031, 1, 1)))
def test_a_body_is_found_for_any_day_whatever_the_successors(registry: Registry, body: str, day: date) -> None:
    assert registry.body_on(body, day) in {*IDS, "x"}


@given(registries(), st.sampled_from(IDS))
def test_a_circle_leads_back_to_where_it_began(registry: Registry, body: str) -> None:
    circle = registry.successor_circle(body)
    assert circle == () or circle[0] == circle[-1] == body


def test_the_successor_of_the_successor_answers_in_the_end() -> None:
    registry = Registry(
        departments={
            "a": Department(id="a", name="a", valid_to=date(2020, 12, 31), successor="b"),
            "b": Department(id="b", name="b", valid_to=date(2025, 12, 31), successor="c"),
            "c": Department(id="c", name="c"),
        }
    )
    days = (date(2020, 12, 31), date(2021, 1, 1), date(2026, 1, 1))
    assert [registry.body_on("a", day) for day in days] == ["a", "b", "c"]
