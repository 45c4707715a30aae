"""The attachments of a release as they lie on the desk: read without following a link, and looked at.

A name must be one that an address can be made of; the file must be a regular one in the incident's own folder. The
folder is entered step by step from content/, no step through a link, and the file is opened by the folder's
descriptor: what somebody puts in its place meanwhile is not followed out of it. A pipe or a device is opened without
waiting for it and refused. Looking reads the first and the last bytes only, so that a check stays quick.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from greenchannel.desk.kinds import HEAD_BYTES, TAIL_BYTES, Unfit, kind_of
from greenchannel.domain.attachment import MAX_BYTES, MAX_COUNT, MAX_NAME, Kind, is_name, is_reserved
from greenchannel.domain.message import message

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def leaves_folder(name: str) -> bool:
    return "/" in name or "\\" in name or ".." in name


def unfit_names(names: Sequence[str]) -> Mapping[str, Unfit]:
    """What is wrong with the list itself, by name: nothing is opened for it."""
    seen: dict[str, str] = {}
    found: dict[str, Unfit] = {}
    for index, name in enumerate(names):
        other = seen.get(name.casefold())
        seen.setdefault(name.casefold(), name)
        if other == name:
            found[name] = Unfit(message("{name} is listed twice", name=name), message("delete one of the entries"))
        elif other is not None:
            reason = message("{name} and {other} differ in small and capital letters only", name=name, other=other)
            found[name] = Unfit(reason, message("rename one of the files, and correct the list"))
        elif index >= MAX_COUNT:
            template = "{name} is one too many: a release has at most {count} attachments"
            reason = message(template, name=name, count=MAX_COUNT)
            found[name] = Unfit(reason, message("join pictures or pages in one PDF, and list that instead"))
        elif is_reserved(name):
            reason = message("the name {name} is taken by a page of the release itself", name=name)
            found[name] = Unfit(reason, message("rename the file, and correct the list"))
        elif not is_name(name):
            found[name] = _bad_name(name)
    return found


def _bad_name(name: str) -> Unfit:
    if unicodedata.normalize("NFC", name) != name and is_name(unicodedata.normalize("NFC", name)):
        return Unfit(
            message("{name} is written with characters put together from parts (not NFC)", name=name),
            message("type the name of the file and the entry anew"),
        )
    return Unfit(
        message("{name} cannot stand in an address", name=name),
        message(
            "rename the file: letters, digits, Chinese characters, dots, hyphens and underscores, "
            "no blanks or brackets, at most {count} characters",
            count=MAX_NAME,
        ),
    )


def look(folder: Path, name: str) -> Kind | Unfit:
    """By its first and last bytes. The folder is one that the desk was read from a moment ago."""
    with _opened(folder, PurePosixPath(), name) as descriptor:
        if isinstance(descriptor, Unfit):
            return descriptor
        size = os.fstat(descriptor).st_size
        if size > MAX_BYTES:
            return _too_large(name)
        return kind_of(name, os.pread(descriptor, HEAD_BYTES, 0), _tail(descriptor, size))


def read(content: Path, folder: PurePosixPath, name: str) -> tuple[Kind, bytes] | Unfit:
    """The whole file and its kind; `folder` is the incident's, relative to content/."""
    with _opened(content, folder, name) as descriptor:
        if isinstance(descriptor, Unfit):
            return descriptor
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return _too_large(name)
    kind = kind_of(name, data[:HEAD_BYTES], data[-TAIL_BYTES:])
    return kind if isinstance(kind, Unfit) else (kind, data)


@contextmanager
def _opened(root: Path, folder: PurePosixPath, name: str) -> Iterator[int | Unfit]:
    """A descriptor of a regular file, or why there is none."""
    opened: list[int] = []
    try:
        opened.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in folder.parts:
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1]))
        opened.append(os.open(name, _FILE, dir_fd=opened[-1]))
    except FileNotFoundError:
        yield _missing(name)
    except OSError:
        yield special(name)  # A link, or one on the way to it; a socket; a file that nobody may read.
    else:
        yield opened[-1] if stat.S_ISREG(os.fstat(opened[-1]).st_mode) else special(name)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _tail(descriptor: int, size: int) -> bytes:
    return os.pread(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))


def _missing(name: str) -> Unfit:
    return Unfit(
        message("the attachment {name} is not in this folder", name=name),
        message("correct the name, or delete the entry"),
    )


def special(name: str) -> Unfit:
    return Unfit(
        message("the attachment {name} is not a plain file in this folder", name=name),
        message("copy the file itself into the folder, and write its bare name"),
    )


def _too_large(name: str) -> Unfit:
    return Unfit(
        message("{name} is larger than {limit} MB", name=name, limit=MAX_BYTES // 1_000_000),
        message("save it smaller: fewer pixels, or fewer pages"),
    )
