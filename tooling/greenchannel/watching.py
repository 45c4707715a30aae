"""The unattended channel: releases what is approved and due, builds and delivers it, and goes on whatever happens.

1. It looks when somebody saves and when an embargo ends, at what the system told of and at what is due; behind a look
   that failed and every RESCAN_SECONDS at everything, since systems lose events.
2. Nothing is early: the gate asks the clock at the moment of release. Nothing is later than the next look, which is at
   most a second after the time; after a sleep of the machine or a restart it catches up, and record and log say how
   late a release was.
3. What is refused or fails is logged once, until it changes, and tried again with the next look. One release cannot
   hold up the others, nor can a place of readers: each has a courier of its own. The search index comes after all,
   by a process of its own; to a place of readers, after the courier has brought the pages there.
4. Stopped, it finishes what it has begun and ends; a place that does not answer gets a minute for it.
5. A log that cannot be written (a closed pipe, a full disk) stops nothing.

Every line of the log is one JSON object with `at` and `event`.
"""

import os
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from greenchannel import office
from greenchannel.announcing import announce
from greenchannel.couriers import Couriers
from greenchannel.delivery.cleaned import Cleaned
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.proven import look_again, looking_once
from greenchannel.delivery.record import Decision
from greenchannel.desk.newsroom import folders_of
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import message
from greenchannel.domain.release import Release
from greenchannel.indexer import Indexer
from greenchannel.making import Making
from greenchannel.noticing import Notice
from greenchannel.office import Clock
from greenchannel.opening import Desk, open_desk
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.maker import maker
from greenchannel.portal.prepared import FOR_NEWS, Entries
from greenchannel.record.heartbeat import HEARTBEAT
from greenchannel.record.verification import CHECKPOINT, LEDGER
from greenchannel.resident import Resident
from greenchannel.sending import Sending
from greenchannel.submitting import KnownSettled, approved, scheduled
from greenchannel.translation import problem_text

RESCAN_SECONDS = 30.0
STOP_SECONDS = 60.0  # What a place did not take by then, the next run gives it.
_SLICE_SECONDS = 1.0  # How often the clock is asked: a machine that slept wakes to a time that has passed.
# Of the record what was added last: a file that it holds and that is another one is found by looking at it.
_RECORD = (f"releases/{LEDGER}", f"releases/{CHECKPOINT}", f"releases/{HEARTBEAT}")
_INPUTS = ("mkdocs.yml", "templates", "content/pages", "content/registry", *_RECORD)
Log = Callable[[Mapping[str, Any]], None]


class Watch:
    """Runs until `notice.stop`. `clock` is the machine's; `log` takes what a line says, but for its `at`."""

    def __init__(
        self,
        home: Path,
        clock: Clock,
        translate: Callable[[str], str],
        log: Log,
        *,
        notice: Notice | None = None,
        rescan_seconds: float = RESCAN_SECONDS,
    ) -> None:
        self.notice = notice or Notice(home)
        self._home, self._clock, self._translate = home, clock, translate
        self._write, self._rescan_seconds = log, rescan_seconds
        self._cleaned: Cleaned | None = None  # Kept, so that what takes long is not tried again with each look.
        self._looks = ExitStack()  # at the record's files: each stays what it was until the system tells of it
        # Likewise: what did not change is not read or worked out again.
        self._resident = Resident(AtHand(entries=Entries(FOR_NEWS)))
        self._waiting: tuple[str, ...] = ()  # approved, by the last look
        self._settled: KnownSettled = {}  # public, by any look before
        self._due: datetime | None = None
        self._built_from: object = None
        self._said: dict[str, object] = {}
        self._telling = threading.RLock()  # Couriers tell, too.
        self._published: set[tuple[str, int]] = set()  # by this process
        self._couriers = Couriers(self._tell_place, rescan_seconds)
        self._indexer = Indexer(home, self._tell_index, rescan_seconds)

    def run(self) -> None:
        self._log("started", home=str(self._home))
        try:
            with self.notice.watching(), self._looks:
                changed, all_seen_at = None, time.monotonic()
                while not self.notice.is_stopped:
                    # Watched before it is read: a change in between is seen by the next look.
                    self._refresh()
                    is_done = self._look(changed)
                    if changed is None:
                        all_seen_at = time.monotonic()
                    told = self._wait(max(0.0, all_seen_at + self._rescan_seconds - time.monotonic()))
                    # Who never pauses must not keep from being seen what the system did not tell of.
                    is_soon = time.monotonic() < all_seen_at + self._rescan_seconds
                    changed = told if is_done and is_soon else None
        finally:
            self._indexer.stop(STOP_SECONDS)
            left = self._couriers.stop(STOP_SECONDS)
        self._log("stopped", **({"left": left} if left else {}))

    def _refresh(self) -> None:
        """A system that cannot watch (its limit of watches is reached) leaves the look every RESCAN_SECONDS."""
        try:
            self.notice.refresh()
        except OSError as error:
            # In the system's words: that no space is left for watches does not mean that the disk is full.
            self._say("notice", "failed", problem=str(error))
        else:
            self._unsay("notice")

    def _wait(self, seconds: float) -> frozenset[Path] | None:
        """Until the next look: the paths that the system told of; None where it is time to look at everything."""
        until = time.monotonic() + seconds
        while not self.notice.is_stopped and time.monotonic() < until:
            if self.notice.changed.wait(min(_SLICE_SECONDS, seconds)):
                return self.notice.settle()
            if self._due and self._clock() >= self._due:
                return frozenset()
        return None

    def _look(self, changed: Collection[Path] | None) -> bool:
        """Of the desk at what `changed`, None for all of it. Whether it came to its end."""
        try:
            settings = read_settings(self._home)
            if changed is None:
                self._looks.close()
                self._looks.enter_context(looking_once(settings.releases))
            else:
                look_again(settings.releases, changed)
            self._release(settings, changed)
        except (GreenchannelError, OSError) as error:
            self._say("channel", "failed", problem=problem_text(error, self._translate))
        except Exception as error:  # noqa: BLE001  # At night a line in the log is worth more than a dead channel.
            self._say("channel", "failed", problem=repr(error), traceback=traceback.format_exc())
        else:
            self._unsay("channel")
            return True
        return False

    def _release(self, settings: Settings, changed: Collection[Path] | None) -> None:
        clock = self._local(settings)
        now = clock()
        desk, waiting, due = self._read(settings, clock, changed)
        self._note_clock(now, desk.record.state.last_at)
        self._note_schedule(scheduled(waiting, now))
        decisions = office.publish_from(settings, desk, due, clock)
        for one in decisions:
            self._tell(settings, one)
        published = {(one.event["id"], one.event["revision"]) for one in decisions if one.event}
        self._published |= published
        stamp = _stamp(self._home)  # Before the build reads: what changes meanwhile asks for another one.
        if published or self._built_from != stamp:
            # What failed is tried again with every look; what stands is left alone until an input changes.
            self._built_from = None
            making = Making(settings, clock, resident=self._resident)
            making.make()
            self._tell_site(making)
            self._couriers.give(making, [one for one in settings.targets if one.name != SITE])
            if making.is_clear:
                self._indexer.ask()
            self._built_from = stamp if making.is_clear else None

    def _read(
        self, settings: Settings, clock: Clock, changed: Collection[Path] | None
    ) -> tuple[Desk, list[Release], list[Release]]:
        """The desk, what is approved, and what of that is due. Nothing is due whose folder was not looked at just now.

        Its text may have been changed by an event that was lost.
        """
        self._cleaned = self._cleaned or Cleaned(settings)
        while True:
            desk = self._open(settings, clock(), self._cleaned, changed)
            waiting = approved(settings, desk, self._settled)
            due = office.due(waiting, clock)
            if changed is None or not (unseen := _folders(settings, desk, due) - folders_of(changed)):
                self._waiting = tuple(one.id for one in waiting)
                return desk, waiting, due
            changed = {*changed, *unseen}

    def _open(self, settings: Settings, now: datetime, cleaned: Cleaned, changed: Collection[Path] | None) -> Desk:
        """Where the system told of files of incidents alone, the desk is what has to do with them and with what waits.

        A change of the record, by this process, too, asks for all of the desk and all of the record.
        """
        known, waiting = self._resident.desk, self._waiting
        with Memory(settings.home, maker()) as memory:
            return open_desk(
                settings, now, cleaned=cleaned, memory=memory, about=waiting, known=known, changed=changed
            )

    def _note_clock(self, now: datetime, last_at: datetime | None) -> None:
        """What waits for its time would wait for ever: said before anything is due."""
        if last_at and now < last_at:
            problem = message("this machine's clock is behind the record ({at}): set it right", at=last_at)
            self._say("clock", "failed", problem=problem.in_language(self._translate))
        else:
            self._unsay("clock")

    def _note_schedule(self, waiting: Sequence[tuple[datetime, str]]) -> None:
        self._due = waiting[0][0] if waiting else None
        known = {f"scheduled {release}" for _, release in waiting}
        for key in [one for one in self._said if one.startswith("scheduled ") and one not in known]:
            del self._said[key]
        for at, release in waiting:
            self._say(f"scheduled {release}", "scheduled", release=release, release_at=at.isoformat())

    def _tell(self, settings: Settings, decision: Decision) -> None:
        release, event = decision.candidate.release, decision.event
        key = f"release {release.id}"
        if event is None:
            reasons = [f"{one.code} {one.reason.in_language(self._translate)}" for one in decision.refused]
            self._say(key, "refused", release=release.id, reasons=reasons)
            return
        self._said.pop(key, None)
        facts: dict[str, Any] = {"release": release.id, "revision": event["revision"], "seq": event["seq"]}
        facts |= {"published_at": event["at"], "url": f"{settings.url}releases/{release.id}/"}
        if release.release_at:
            late = datetime.fromisoformat(event["at"]) - release.release_at
            facts |= {"release_at": release.release_at.isoformat(), "seconds_late": late.total_seconds()}
        self._log("published", **facts)

    def _tell_site(self, making: Making) -> None:
        if making.written:
            self._log("built", written=len(making.written))
        if making.is_clear:
            self._unsay("leaks")
        else:
            leaks = [f"{one.path}: {one.phrase.source} ({one.spelling})" for one in making.leaks]
            self._say("leaks", "failed", leaks=leaks)
        self._tell_visible(making.seen)
        if making.is_place:
            self._announce(making.settings, tuple(making.written))

    def _tell_place(self, sending: Sending, making: Making, error: Exception | None) -> None:
        """From the courier's thread."""
        if sending.sent:
            self._log("sent", target=sending.name, files=len(sending.sent))
        self._tell_visible(sending.seen)
        self._announce(making.settings, tuple(sending.sent))
        if error is None:
            self._unsay(f"target {sending.name}")
            if making.is_clear:
                self._indexer.ask()  # Now this place may have the index of what came through.
        elif isinstance(error, (GreenchannelError, OSError)):
            problem = problem_text(error, self._translate)
            self._say(f"target {sending.name}", "failed", target=sending.name, problem=problem)
        else:
            trace = "".join(traceback.format_exception(error))
            problem = repr(error)
            self._say(f"target {sending.name}", "failed", target=sending.name, problem=problem, traceback=trace)

    def _tell_index(self, told: Mapping[str, Any]) -> None:  # Any: JSON
        """From the indexer's thread."""
        if told["failed"]:
            self._say("search", "failed", search=told["failed"])
            return
        self._unsay("search")
        if told["made"] or told["sent"]:
            self._log("indexed", files=told["made"], sent=told["sent"], seconds=told["seconds"])

    def _tell_visible(self, receipts: Sequence[Mapping[str, Any]]) -> None:
        """Of what this process released: an archive that comes to a new place would be a line for each of its texts."""
        for one in receipts:
            if (one["id"], one["revision"]) in self._published:
                targets = {one["target"]: one["at"]}
                self._log("visible", release=one["id"], revision=one["revision"], targets=targets)

    def _announce(self, settings: Settings, arrived: tuple[str, ...]) -> None:
        """Apart, so that a hub which does not answer never makes the next release wait."""
        if not arrived or not settings.websub:
            return

        def tell() -> None:
            for hub, problem in announce(settings, arrived).items():
                self._log("hub_not_told", hub=hub, problem=problem)

        threading.Thread(target=tell, daemon=True).start()

    def _say(self, key: str, event: str, **facts: Any) -> None:  # Any: what JSON holds
        """Once, until it changes."""
        with self._telling:
            if self._said.get(key) != facts:
                self._said[key] = facts
                self._log(event, **facts)

    def _unsay(self, key: str) -> None:
        with self._telling:
            if self._said.pop(key, None) is not None:
                self._log("recovered", what=key)

    def _log(self, event: str, **facts: Any) -> None:  # Any: what JSON holds
        with self._telling, suppress(OSError):
            self._write({"event": event, **facts})

    def _local(self, settings: Settings) -> Clock:
        return lambda: self._clock().astimezone(settings.zone)


def _folders(settings: Settings, desk: Desk, releases: Iterable[Release]) -> set[Path]:
    """Where these and their incidents lie."""
    documents = (desk.newsroom.document_of(of) for one in releases for of in (one.id, one.incident))
    return {(settings.content / one.path).parent for one in documents if one}


def _stamp(home: Path) -> object:
    """What a build reads, as sizes and times: a difference asks for a build, and the build's own plan decides."""
    found = list[tuple[str, int, int]]()
    folders = []
    for root in (home / one for one in _INPUTS):
        found.append((str(root), *_size_and_time(root)))
        folders.append(str(root))
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for one in entries:
                found.append((one.path, *_size_and_time(one)))
                if one.is_dir(follow_symlinks=False):
                    folders.append(one.path)
    return sorted(found)


def _size_and_time(one: Path | os.DirEntry[str]) -> tuple[int, int]:
    try:
        found = one.stat()
    except OSError:
        return 0, 0  # Gone since it was listed: that is a difference, too.
    return found.st_size, found.st_mtime_ns
