"""A plan that was worked out before: what there is and what it was made of, without the work.

What it takes to make a file of it is worked out when a file is missing, and must come to the same plan.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial

import orjson

from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.plan import Planned, Stage

_AT_HAND = 16  # plans


class Earlier:
    """Plans by their names; of each the newest is kept, with the digest of all that it was worked out from."""

    def __init__(self, memory: Remembering | None, known: Mapping[str, bytes]) -> None:
        self._memory, self._known = memory, known
        # Views of a whole archive do not fit into memory: they are worked out once more where they are needed again.
        self._whole: Callable[[Callable[[], Iterable[Planned]]], tuple[Planned, ...]]
        self._whole = lru_cache(maxsize=_AT_HAND)(lambda work_out: tuple(work_out()))

    def plan(self, name: str, inputs: str, work_out: Callable[[], Iterable[Planned]]) -> Iterator[Planned]:
        """What `work_out` comes to. `inputs` is the digest of all that it looks at."""
        if self._memory is None:
            yield from work_out()
            return
        head = inputs.encode() + b"\n"
        known = self._known.get(name, b"")
        if not known.startswith(head):
            told = json.dumps([(one.stage, one.paths, one.fingerprint) for one in self._whole(work_out)])
            known = head + told.encode()
            self._memory.keep(name, known)
        for place, (stage, paths, mark) in enumerate(orjson.loads(known[len(head) :])):
            yield Planned(Stage(stage), tuple(paths), mark, partial(self._make, work_out, place, mark))

    def _make(self, work_out: Callable[[], Iterable[Planned]], place: int, mark: str) -> tuple[bytes, ...]:
        planned = self._whole(work_out)[place]
        if planned.fingerprint != mark:
            raise GreenchannelError(
                "{path}: its plan is not the one that was remembered; run greenchannel build --clean",
                path=planned.paths[0],
            )
        return planned.make()


def earlier(memory: Remembering | None, names: Iterable[str]) -> Earlier:
    return Earlier(memory, memory.recall(names) if memory else {})
