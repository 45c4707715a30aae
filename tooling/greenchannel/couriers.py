"""One thread for each place of readers: it serves what was made last, again and again until it came through.

A place that does not answer keeps its own courier waiting and nobody else.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from greenchannel.desk.places import Place
from greenchannel.making import Making
from greenchannel.sending import Sending

Outcome = Callable[[Sending, Making, Exception | None], None]


class Courier:
    """`told` hears of every attempt, from the courier's own thread. What failed is tried again after a while."""

    def __init__(self, place: Place, told: Outcome, again_seconds: float) -> None:
        self.place = place
        self._told, self._again_seconds = told, again_seconds
        self._changed = threading.Condition()
        self._order: Making | None = None
        self._is_stopped = False
        # A place that hangs must not keep the process from ending; what had arrived is noted.
        self._thread = threading.Thread(target=self._run, name=f"courier {place.name}", daemon=True)
        self._thread.start()

    def give(self, making: Making) -> None:
        """A newer order takes the place of one that waits."""
        with self._changed:
            self._order = making
            self._changed.notify()

    def stop(self) -> None:
        """What is being sent is finished; `join` waits for it."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def join(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _run(self) -> None:
        failed: Making | None = None
        while order := self._next(failed):
            sending = Sending(order, self.place)
            error: Exception | None = None
            try:
                sending.send()
            except Exception as found:  # noqa: BLE001  # It is told, and tried again; a dead courier would tell nobody.
                error = found
            failed = order if error else None
            with suppress(Exception):  # What cannot be told must not end it either.
                self._told(sending, order, error)

    def _next(self, failed: Making | None) -> Making | None:
        """The newest order; what failed, when its time has come and none is newer; None: it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._order or self._is_stopped, self._again_seconds if failed else None)
            order, self._order = self._order or failed, None
            return None if self._is_stopped else order


@dataclass(slots=True)
class Couriers:
    """Those of the places in the settings; a place that was changed there gets a new one, and the old one goes."""

    told: Outcome
    again_seconds: float
    serving: dict[Place, Courier] = field(default_factory=dict)
    leaving: list[Courier] = field(default_factory=list)

    def give(self, making: Making, places: list[Place]) -> None:
        for gone in [one for one in self.serving if one not in places]:
            self.leaving.append(self.serving.pop(gone))
            self.leaving[-1].stop()
        for one in places:
            if one not in self.serving:
                self.serving[one] = Courier(one, self.told, self.again_seconds)
            self.serving[one].give(making)

    def stop(self, seconds: float) -> list[str]:
        """The names of the places that were still being sent to when the time was over."""
        every = [*self.leaving, *self.serving.values()]
        for one in every:
            one.stop()
        until = time.monotonic() + seconds
        return [one.place.name for one in every if not one.join(until - time.monotonic())]
