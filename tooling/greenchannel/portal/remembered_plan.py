"""A plan that was worked out before: what there is and what it was made of, without the work.

What it takes to make a file of it is worked out when a file is missing, and must come to the same plan. What a process
has read or worked out once stays at hand, as far as it says what there is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial

import orjson

from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.plan import Planned, Stage

_AT_HAND = 16  # plans
# Files of more plans, of those that were worked out first: a copy of this process makes them without planning again.
_HELD = 65_536
_STAGES = tuple(Stage)
Told = tuple[Stage, tuple[str, ...], str]  # of a planned file: all but how it is made
WorkOut = Callable[[], Iterable[Planned]]
Plans = dict[str, tuple[str, tuple[Told, ...]]]  # by name: the digest of the inputs, and what they came to


def remembered_marks(memory: Remembering, names: Iterable[str]) -> Mapping[str, str]:
    """The fingerprint of each file, by its path, as these plans had it."""
    known = (_read(data.partition(b"\n")[2]) for data in memory.recall(names).values())
    return {path: mark for told in known for _, paths, mark in told for path in paths}


class Earlier:
    """Plans by their names; of each the newest is kept, with the digest of all that it was worked out from."""

    def __init__(self, memory: Remembering | None, at_hand: Plans, names: Iterable[str]) -> None:
        self._memory, self._at_hand, self._names = memory, at_hand, names
        # Views of a whole archive do not fit into memory: they are worked out once more where they are needed again.
        self._whole: Callable[[WorkOut], tuple[Planned, ...]]
        self._whole = lru_cache(maxsize=_AT_HAND)(lambda work_out: tuple(work_out()))
        self._held: dict[WorkOut, tuple[Planned, ...]] = {}
        self._room = _HELD

    def plan(
        self, name: str, inputs: str, work_out: WorkOut, *, holds: bool = False
    ) -> Iterable[Planned]:
        """What `work_out` comes to. `inputs` is the digest of all that it looks at.

        `holds` says that what it comes to holds no views, so that it may as well stay in memory.
        """
        if self._memory is None:
            return work_out()
        before, told = self._at_hand.get(name, ("", ()))
        if before != inputs:
            head = inputs.encode() + b"\n"
            if (known := self._recalled(name)).startswith(head):
                told = _read(known[len(head) :])
            else:
                planned = self._whole(work_out)
                told = tuple((one.stage, one.paths, one.fingerprint) for one in planned)
                self._memory.keep(name, head + orjson.dumps(told))
                if holds:
                    self._at_hand[name] = inputs, told
                    return planned
                if (room := self._room - len(planned)) >= 0:
                    self._held[work_out], self._room = planned, room
            self._at_hand[name] = inputs, told
        return self._light(told, work_out)

    def _recalled(self, name: str) -> bytes:
        """Also of what is at hand: another process may have come to something newer."""
        if name not in self._at_hand or self._memory is None:
            return self._known.get(name, b"")
        return self._memory.recall((name,)).get(name, b"")

    @cached_property
    def _known(self) -> Mapping[str, bytes]:
        """Of what is not at hand, all at once."""
        return self._memory.recall(one for one in self._names if one not in self._at_hand) if self._memory else {}

    def _light(self, told: Iterable[Told], work_out: WorkOut) -> Iterator[Planned]:
        for place, (stage, paths, mark) in enumerate(told):
            yield Planned(stage, paths, mark, partial(self._make, work_out, place, mark))

    def _make(self, work_out: WorkOut, place: int, mark: str) -> tuple[bytes, ...]:
        planned = (self._held.get(work_out) or self._whole(work_out))[place]
        if planned.fingerprint != mark:
            raise GreenchannelError(
                "{path}: its plan is not the one that was remembered; run greenchannel build --clean",
                path=planned.paths[0],
            )
        return planned.make()


def _read(data: bytes) -> tuple[Told, ...]:
    return tuple((_STAGES[stage], tuple(paths), mark) for stage, paths, mark in orjson.loads(data))
