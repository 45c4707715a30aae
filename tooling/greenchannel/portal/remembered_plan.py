"""A plan that was worked out before: what there is and what it was made of, without the work.

What it takes to make a file of it is worked out when a file is missing, and must come to the same plan.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.plan import Planned, Stage


@dataclass(frozen=True, slots=True)
class Earlier:
    """Plans by their names; of each the newest is kept, with the digest of all that it was worked out from."""

    memory: Remembering | None
    known: Mapping[str, bytes]

    def plan(self, name: str, inputs: str, work_out: Callable[[], Iterable[Planned]]) -> Iterator[Planned]:
        """What `work_out` comes to. `inputs` is the digest of all that it looks at."""
        head = inputs.encode() + b"\n"
        known = self.known.get(name, b"")
        if known.startswith(head):
            whole = lru_cache(maxsize=1)(lambda: tuple(work_out()))
            for place, (stage, paths, mark) in enumerate(json.loads(known[len(head) :])):
                yield Planned(Stage(stage), tuple(paths), mark, partial(_make, whole, place, mark))
            return
        plan = tuple(work_out())
        if self.memory:
            told = json.dumps([(one.stage, one.paths, one.fingerprint) for one in plan])
            self.memory.keep(name, head + told.encode())
        yield from plan


def earlier(memory: Remembering | None, names: Iterable[str]) -> Earlier:
    return Earlier(memory, memory.recall(names) if memory else {})


def _make(whole: Callable[[], tuple[Planned, ...]], place: int, mark: str) -> tuple[bytes, ...]:
    planned = whole()[place]
    if planned.fingerprint != mark:
        raise GreenchannelError(
            "{path}: its plan is not the one that was remembered; run greenchannel build --clean", path=planned.paths[0]
        )
    return planned.make()
