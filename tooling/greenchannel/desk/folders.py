"""What lies on the desk, as the system tells of it: each incident's folder with its files.

One command looks once: who asks again within `looking_once` is told what was seen at first.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from greenchannel.desk.newsroom import KnownFolders
from greenchannel.desk.seen import told

Look = list[int] | None  # as `seen`; None: a link, or no regular file
Folder = Mapping[str, Look]  # by name
Folders = Mapping[str, Folder]  # by their paths below content/

_SEEN: dict[Path, dict[str, Folder] | None] = {}  # of this process, by content/; None: not looked at yet


@contextmanager
def looking_once(content: Path) -> Iterator[None]:
    _SEEN[content] = None
    try:
        yield
    finally:
        del _SEEN[content]


def folders_of_incidents(content: Path, known: KnownFolders | None = None) -> Folders:
    """Hidden files are an editor's. A folder that is `known` is not looked at again.

    Strings: of a long archive, paths cost more than looks.
    """
    if known is None and (seen := _SEEN.get(content)) is not None:
        return seen
    folders = {f"{one}": of for one, of in (known or {}).items()}
    found = dict[str, Folder]()
    for year in _names(f"{content}/incidents"):
        for name in _names(f"{content}/incidents/{year}"):
            folder = f"incidents/{year}/{name}"
            if (of := folders.get(f"{content}/{folder}")) is not None:
                looks = zip(of.names, of.looks, strict=True)
                found[folder] = {one: look for one, look in looks if not one.startswith(".") and look is not None}
            else:
                found[folder] = _files(f"{content}/{folder}")
    if known is None and content in _SEEN:
        _SEEN[content] = found
    return found


def _names(folder: str) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as found:
        return sorted(one.name for one in found if one.is_dir(follow_symlinks=False) and not one.name.startswith("."))
    return []


def _files(folder: str) -> Folder:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        found = ((one.name, _look(one)) for one in entries if not one.name.startswith(".") and not one.is_dir())
        return dict(sorted(found))
    return {}


def _look(entry: os.DirEntry[str]) -> Look:
    with suppress(OSError):
        found = entry.stat(follow_symlinks=False)
        return told(found) if stat.S_ISREG(found.st_mode) else None
    return None
