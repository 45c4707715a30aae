"""What feeds cost: a document of fifty entries, and one release more in a short and in a long record.

``make bench`` prints it; nothing here asserts a time.
"""

import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from greenchannel.portal import streams
from greenchannel.portal.feed_plan import plan_feeds
from ledgers import VOICE, Event, Ledger

REPEATS = 5
TEXT = "<p>积水深度约20厘米，影响车辆通行，暂无人员伤亡。</p>" * 8


def events(count: int) -> list[Event]:
    """Four releases a day, each of an incident of its own."""
    ledger = Ledger()
    for number in range(count):
        ledger.publish(f"2026/x{number}/fact-1")
        ledger.wait(hours=6)
    return ledger.events


def planned(ledger: list[Event]) -> dict[str, tuple[str, Callable[[], object]]]:
    return {one.paths[0]: (one.fingerprint, one.make) for one in plan_feeds(VOICE, ledger, lambda _: TEXT, "maker")}


def median(measured: Callable[[], float]) -> float:
    return statistics.median(measured() for _ in range(REPEATS)) * 1_000


def of_fifty() -> float:
    make = planned(events(50))["feeds/all.rss"][1]
    start = time.perf_counter()
    make()
    return time.perf_counter() - start


def one_more(count: int) -> tuple[float, ...]:
    """Milliseconds to read the ledger as streams, to plan everything, to make what changed, and the lists among it."""
    ledger = events(count)
    known = {path: mark for path, (mark, _) in planned(ledger[:-1]).items()}
    found: list[tuple[float, ...]] = []
    for _ in range(REPEATS):
        times = [time.perf_counter()]
        streams.read_streams(ledger)
        times.append(time.perf_counter())
        plan = planned(ledger)
        times.append(time.perf_counter())
        for path, (mark, make) in plan.items():
            if known.get(path) != mark:
                make()
        times.append(time.perf_counter())
        plan["feeds/index.json"][1]()
        times.append(time.perf_counter())
        found.append(tuple(after - before for before, after in pairwise(times)))
    return tuple(statistics.median(one) * 1_000 for one in zip(*found, strict=True))


def main() -> None:
    print(f"{median(of_fifty):7.0f} ms  a document of 50 entries as RSS, Atom and JSON Feed")
    for count in (1_010, 20_010):  # None of them completes an archive.
        read, whole, made, lists = one_more(count)
        print(f"{made:7.0f} ms  one release more than {count - 1}: what changed, {lists:.0f} ms of it the lists")
        print(f"{whole:7.0f} ms  beside it, planning all feeds; {read:.0f} ms of it reading the ledger as streams")


if __name__ == "__main__":
    main()
