"""One place of readers and what it gets in a run: sent from a copy of ``site/``, read back, receipted.

Only the place itself is locked while it is sent to. ``site/`` is locked for the moment in which its files are kept
(links, not bytes), so that a place which does not answer holds up no other, no newer release and no withdrawal.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from greenchannel.continuity import is_beginning, lacks_news
from greenchannel.delivery.delivering import Delivered, deliver, due_at
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.receipts import files_owed, receipts
from greenchannel.delivery.record import PUBLIC, add
from greenchannel.delivery.superseding import forget_but_superseded, retire
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.targets.directory import DirectoryTarget
from greenchannel.delivery.targets.rsync import RsyncTarget
from greenchannel.delivery.targets.s3 import S3Target
from greenchannel.delivery.writing import LockedOutError, forget_tree, keep_files, locked
from greenchannel.desk.places import DirectoryPlace, Place, RsyncPlace, StorePlace, spot
from greenchannel.handwritten import STATE
from greenchannel.making import Making
from greenchannel.portal.plan import fingerprint
from greenchannel.portal.variants import plain_of
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.record.verification import LEDGER

PATIENCE_SECONDS = 300
COPY = f"{PUBLIC}/{LEDGER}"


class Sending:
    """`sent` are the paths that changed there, `seen` the receipts that were added."""

    def __init__(self, making: Making, place: Place) -> None:
        self.name = place.name
        self.sent: dict[str, None] = {}
        self.seen: list[Mapping[str, Any]] = []  # Any: JSON
        self._making, self._target = making, _target(place)
        # The parts share no file, so that a long index keeps no release waiting.
        part = f"-{making.part}" if making.part else ""
        # A name that now means another place, or is reached in another way, knows nothing of what stands there.
        self._whole = f"{place.name}-{fingerprint(place)[:12]}"
        self._key = self._whole + part
        # One sender at a time, under whatever name and by whatever way.
        self._spot = fingerprint(spot(place))[:12] + part
        self._clean = making.clean  # Once in a run is enough.

    def lacks_news(self) -> bool:
        """Whether the pages of something that the record tells, receipts apart, have not come through there yet.

        Of this the journal of the place's pages is believed, whichever part this is the sending of.
        """
        settings = self._making.settings
        journal = Journal(settings.home / STATE / f"{self._whole}.journal.jsonl")
        return lacks_news(settings, str(journal.entries.get(COPY, {}).get("sha256")))

    def send(self) -> None:
        """Raises TargetError or OSError; what had arrived by then is noted, and the next run goes on from there."""
        making, settings = self._making, self._making.settings
        folder = settings.home / STATE / "outbox" / self._spot
        kept = folder / "files"
        with self._alone(folder):
            journal = Journal(settings.home / STATE / f"{self._key}.journal.jsonl")
            with locked(settings.home / STATE):
                delivered, state = self._wanted(making.fresh()), making.state
                self._refuse_older(journal)
                if self._clean:
                    forget_but_superseded(journal, delivered.files)
                owed = [one for one in files_owed(state, self.name) if one in delivered.files]
                keep_files(settings.site, dict.fromkeys((*due_at(delivered, journal), *owed)), kept)
            now = int(making.clock().timestamp())
            sent = deliver(delivered, kept, self._target, journal, making.progress, compare_all=self._clean, now=now)
            retire(self._target, journal, delivered.files, sent)
            self._clean = False
            self.sent |= dict.fromkeys(sent)
            there = self._read_back(kept, [one for one in owed if _is_whole(kept / one, delivered.files[one])])
            forget_tree(kept)
            if making.is_clear:
                self.seen += add(settings.releases, self._receipts(there), making.clock)

    def _wanted(self, delivered: Delivered) -> Delivered:
        """Nothing in a store chooses between a file and its compressed variants; whoever stands before it may pack."""
        if isinstance(self._target, S3Target):
            plain = {path: digest for path, digest in delivered.files.items() if plain_of(path) == path}
            return replace(delivered, files=plain)
        return delivered

    def _refuse_older(self, journal: Journal) -> None:
        """A clean build believes no journal, but for this: that the place got that ledger is not forgotten."""
        told = journal.entries.get(COPY, {}).get("sha256")
        ledger = (self._making.settings.site / COPY).read_bytes() if told else b""
        if told and not self._making.takes_older and not is_beginning(told, ledger):
            raise TargetError(
                "{target}: the record that stands there tells more than releases/ does; nothing was sent. Restore "
                "releases/ from its newest backup. If the public is to lose it: greenchannel build --older-record",
                target=self.name,
            )

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        waiting = partial(self._making.progress, self.name, 0, 0)
        try:
            with locked(folder, outlives=True, waiting=waiting, patience=PATIENCE_SECONDS):
                yield
        except LockedOutError as error:
            raise TargetError(
                "{target}: another run has been sending there for {seconds} seconds; given up",
                target=self.name,
                seconds=PATIENCE_SECONDS,
            ) from error

    def _read_back(self, kept: Path, paths: list[str]) -> frozenset[str]:
        return frozenset(paths) - frozenset(self._target.differing(kept, paths) if paths else ())

    def _receipts(self, there: frozenset[str]) -> Callable[[State], Iterator[Mapping[str, Any]]]:
        return lambda state: receipts(state, (self.name,), lambda _target, paths: there.issuperset(paths))


def _is_whole(path: Path, expected: str) -> bool:
    return sha256(path.read_bytes()) == expected


def _target(place: Place) -> Target:
    match place:
        case DirectoryPlace(name=name, folder=folder):
            return DirectoryTarget(name, folder)
        case RsyncPlace():
            return RsyncTarget(place)
        case StorePlace():
            return S3Target(place)
        case _:
            assert_never(place)
