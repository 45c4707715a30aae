"""Cleaned attachments, each cleaned once: a memory below `.greenchannel/attachments/` that may be deleted.

An entry is named after the digest of the file it was made of and of the programs that cleaned it, and begins with the
digest of what it holds: one that somebody touched, or that a crash cut short, is not believed and is made again. Where
the disk is full or can only be read, nothing is remembered, and the file goes out all the same.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from greenchannel.delivery.writing import write_file
from greenchannel.desk import attachments as desk
from greenchannel.desk.cleaning import clean, cleaner
from greenchannel.desk.kinds import Unfit
from greenchannel.desk.settings import Settings
from greenchannel.domain.attachment import Attachment, Kind
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message, message
from greenchannel.record.canonical import sha256

MEMORY = ".greenchannel/attachments"
FORGET_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can go out of a release's list, and of each other one why not and what to do."""

    attachments: tuple[Attachment, ...] = ()
    unfit: tuple[Message, ...] = ()


class Cleaned:
    """What could not be cleaned is remembered by this object alone, and for ten minutes: a limit may have been met only
    because the machine was busy. `clock` tells seconds.
    """  # noqa: D205

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._content, self._memory, self._clock = settings.content, settings.home / MEMORY, clock
        self._unfit: dict[tuple[str, str], tuple[float, Unfit]] = {}

    def prepare(self, folder: PurePosixPath, names: tuple[str, ...]) -> Prepared:
        """`folder` is the incident's, relative to content/."""
        wrong = desk.unfit_names(names)
        each = [wrong.get(name) or self._one(folder, name) for name in names]
        return Prepared(
            attachments=tuple(one for one in each if isinstance(one, Attachment)),
            unfit=tuple(_said(one) for one in each if isinstance(one, Unfit)),
        )

    def _one(self, folder: PurePosixPath, name: str) -> Attachment | Unfit:
        if desk.leaves_folder(name):
            return desk.special(name)
        found = desk.read(self._content, folder, name)
        if isinstance(found, Unfit):
            return found
        kind, source = found
        key = sha256(f"{kind.value} {sha256(source)} {cleaner()}".encode())
        data = self._recall(key)
        if data is None:
            cleaned = self._known_unfit(key, name) or self._clean(kind, source, key, name)
            if isinstance(cleaned, Unfit):
                return cleaned
            data = cleaned
            with suppress(OSError):  # It is only a memory: the file is cleaned again with the next look.
                write_file(self._memory / key, sha256(data).encode() + b"\n" + data)
        return Attachment(name=name, sha256=sha256(data), size=len(data), kind=kind, data=data)

    def _known_unfit(self, key: str, name: str) -> Unfit | None:
        since, found = self._unfit.get((key, name), (0.0, None))
        return found if self._clock() - since < FORGET_SECONDS else None

    def _clean(self, kind: Kind, source: bytes, key: str, name: str) -> bytes | Unfit:
        """A child that does not start is not the file's fault, and no reason to hold up what has no attachment."""
        try:
            cleaned = clean(kind, source, name)
        except GreenchannelError as error:
            return _not_now(name, error.message)
        except OSError as error:
            return _not_now(name, str(error))
        if isinstance(cleaned, Unfit):
            self._unfit[key, name] = self._clock(), cleaned
        return cleaned

    def _recall(self, key: str) -> bytes | None:
        try:
            digest, _, data = (self._memory / key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return data if digest == sha256(data).encode() else None


def _not_now(name: str, problem: object) -> Unfit:
    return Unfit(
        message("{name} could not be cleaned now ({problem})", name=name, problem=problem),
        message(
            "try again in a minute; if it stays so, let whoever keeps this machine look after its memory, its "
            "processes and the installation (make site)"
        ),
    )


def _said(unfit: Unfit) -> Message:
    return message("{reason}: {hint}", reason=unfit.reason, hint=unfit.hint)
