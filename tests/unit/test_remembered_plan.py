"""Plans that were worked out: how often, and what of them is held."""

from collections.abc import Iterator, Mapping

import pytest

from greenchannel.portal import remembered_plan
from greenchannel.portal.plan import Planned, Stage
from greenchannel.portal.remembered_plan import Earlier


class Remembered(dict[str, bytes]):
    def recall(self, keys: object) -> Mapping[str, bytes]:
        assert isinstance(keys, Iterator | tuple | list)
        return {one: self[one] for one in keys if one in self}

    def keep(self, key: str, value: bytes) -> None:
        self[key] = value


def made(count: int, memory: Remembered) -> list[str]:
    """Plans so many incidents and then makes all that they came to; the names of those that were worked out."""
    worked_out: list[str] = []

    def work_out(name: str) -> Iterator[Planned]:
        worked_out.append(name)
        yield Planned(Stage.PAGE, (name,), name, lambda: (name.encode(),))

    names = [f"incident {number}" for number in range(count)]
    known = Earlier(memory, {}, names)
    works = {one: (lambda name=one: work_out(name)) for one in names}
    planned = [step for one in names for step in known.plan(one, "inputs", works[one])]
    assert [step.make() for step in planned] == [(one.encode(),) for one in names]
    return worked_out


def test_what_is_planned_and_made_by_one_process_is_worked_out_once() -> None:
    assert made(100, Remembered()) == [f"incident {number}" for number in range(100)]


def test_no_more_is_held_than_fits_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_plan, "_HELD", 10)
    assert len(made(100, Remembered())) == 100 + 90


def test_what_is_remembered_is_worked_out_when_it_is_made() -> None:
    memory = Remembered()
    made(20, memory)
    assert len(made(20, memory)) == 20
