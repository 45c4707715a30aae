"""Cleaned attachments, each cleaned once: a memory below `.greenchannel/attachments/` that may be deleted.

An entry is named after the digest of the file it was made of and of the programs that cleaned it, and begins with the
digest of what it holds: one that somebody touched, or that a crash cut short, is not believed and is made again.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

from greenchannel.delivery.writing import write_file
from greenchannel.desk import attachments as desk
from greenchannel.desk.cleaning import clean, cleaner
from greenchannel.desk.kinds import Unfit
from greenchannel.desk.settings import Settings
from greenchannel.domain.attachment import Attachment
from greenchannel.domain.message import Message, message
from greenchannel.record.canonical import sha256

MEMORY = ".greenchannel/attachments"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can go out of a release's list, and of each other one why not and what to do."""

    attachments: tuple[Attachment, ...] = ()
    unfit: tuple[Message, ...] = ()


class Cleaned:
    """What could not be cleaned is remembered by this object alone: a limit may have been met
    only because the machine was busy.
    """  # noqa: D205

    def __init__(self, settings: Settings) -> None:
        self._content, self._memory = settings.content, settings.home / MEMORY
        self._unfit: dict[tuple[str, str], Unfit] = {}

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
            cleaned = self._unfit.get((key, name)) or clean(kind, source, name)
            if isinstance(cleaned, Unfit):
                self._unfit[key, name] = cleaned
                return cleaned
            data = cleaned
            write_file(self._memory / key, sha256(data).encode() + b"\n" + data)
        return Attachment(name=name, sha256=sha256(data), size=len(data), kind=kind, data=data)

    def _recall(self, key: str) -> bytes | None:
        try:
            digest, _, data = (self._memory / key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return data if digest == sha256(data).encode() else None


def _said(unfit: Unfit) -> Message:
    return message("{reason}: {hint}", reason=unfit.reason, hint=unfit.hint)
