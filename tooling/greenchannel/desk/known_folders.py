"""What a process knows of the desk that is told of changes: of each incident's folder the documents, and how it looks.

Who looks again and again reads what changed, and finds by names what has to do with that: he goes through no archive.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timezone
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from greenchannel.desk.document import Document
from greenchannel.desk.folders import Folder, Folders, Look, Shelf, files_of, is_meant
from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Interpretation

Outline = tuple[str, str, str]  # of a file: its id, that of its incident, that of what it explains
_Named = dict[str, tuple[str, ...]]
_ROOT, _DEPTH = "incidents", 3  # incidents/2026/chengbei-tingshui


def outline_of(document: Document) -> Outline:
    value = document.value
    if value is None or isinstance(value, Incident):
        return document.identifier, "", ""
    return document.identifier, value.incident, value.basis if isinstance(value, Interpretation) else ""


class KnownFolder(NamedTuple):
    """What was read, with all that it was read from. A name of no regular file ends with @, and has no look."""

    names: tuple[str, ...]
    looks: list[Look]
    zone: timezone
    documents: Sequence[Document]


class KnownFolders:
    """By their paths below content/. What was read of a doubtful one may be another thing by now."""

    def __init__(self) -> None:
        self._years: dict[str, dict[str, KnownFolder]] = {}
        self._doubtful: set[str] = set()
        self._shelves: dict[str, Shelf] = {}
        # The folders with a file that has an id, and those with one that is of an incident.
        self._owners: _Named = {}
        self._members: _Named = {}
        self._is_whole = False

    def __len__(self) -> int:
        return sum(map(len, self._years.values()))

    def of(self, folder: str) -> KnownFolder | None:
        """None of a doubtful one, too."""
        return None if folder in self._doubtful else self._years.get(_year_of(folder), {}).get(folder)

    def learn(self, folder: str, found: KnownFolder, *, is_settled: bool) -> None:
        """`is_settled`: its next change will be seen by its look."""
        self.forget(folder)
        self._years.setdefault(_year_of(folder), {})[folder] = found
        if not is_settled:
            self._doubtful.add(folder)
        for named, one in self._names(found):
            if folder not in (there := named.get(one, ())):
                named[one] = (*there, folder)

    def doubt(self, folders: Iterable[str]) -> None:
        """Until they are read again."""
        for one in folders:
            self._doubtful.add(one)
            self._shelves.pop(_year_of(one), None)

    def forget(self, folder: str) -> None:
        """It is not there any more."""
        year = _year_of(folder)
        self._shelves.pop(year, None)
        self._doubtful.discard(folder)
        if (before := self._years.get(year, {}).pop(folder, None)) is None:
            return
        for named, one in self._names(before):
            if left := tuple(other for other in named.get(one, ()) if other != folder):
                named[one] = left
            else:
                named.pop(one, None)

    def all_read(self, folders: Collection[str]) -> None:
        """These are all there are."""
        there = frozenset(folders)
        for gone in [one for of in self._years.values() for one in of if one not in there]:
            self.forget(gone)
        self._is_whole = True

    def told_of(self, content: Path, changed: Iterable[Path]) -> frozenset[str] | None:
        """The folders that are to be read again where no more than these paths `changed`.

        None where something else than files of incidents did, or not all of the desk was read before.
        """
        if not self._is_whole:
            return None
        places = [one.relative_to(content).parts if one.is_relative_to(content) else () for one in changed]
        if any(len(one) < _DEPTH or one[0] != _ROOT for one in places):
            return None
        return frozenset("/".join(one[:_DEPTH]) for one in places) | self._doubtful

    def around(self, identifiers: frozenset[str]) -> frozenset[str]:
        """The folders of these, of their incidents with all that is theirs, and of what they explain."""
        owners = {folder for one in identifiers for folder in self._owners.get(one, ())}
        outlines = (outline_of(one) for folder in owners for one in self._years[_year_of(folder)][folder].documents)
        spoken_of = (one for of in outlines if of[0] in identifiers for one in of[1:])
        wanted = identifiers.union(filter(None, spoken_of))
        found = (named.get(one, ()) for named in (self._owners, self._members) for one in wanted)
        return frozenset(chain.from_iterable(found))

    @property
    def identifiers(self) -> frozenset[str]:
        """Of all files, as far as they can be known."""
        return frozenset(self._owners)

    def lying(self, content: Path) -> Folders | None:
        """As `folders_of_incidents`; None where not all of the desk was read before."""
        if not self._is_whole:
            return None
        return Folders({year: self._shelf(content, year) for year, of in sorted(self._years.items()) if of})

    def _shelf(self, content: Path, year: str) -> Shelf:
        """A doubtful folder is looked at now."""
        if (known := self._shelves.get(year)) is not None:
            return known
        found = {
            folder: files_of(f"{content}/{folder}") if folder in self._doubtful else _files(of)
            for folder, of in sorted(self._years[year].items())
        }
        shelf = Shelf(lambda: found)
        if self._doubtful.isdisjoint(found):
            self._shelves[year] = shelf
        return shelf

    def _names(self, found: KnownFolder) -> Iterator[tuple[_Named, str]]:
        for identifier, incident, _ in map(outline_of, found.documents):
            yield self._owners, identifier
            if incident:
                yield self._members, incident


def _year_of(folder: str) -> str:
    return folder.rpartition("/")[0]


def _files(of: KnownFolder) -> Folder:
    looks = zip(of.names, of.looks, strict=True)
    return Folder((one, look) for one, look in looks if look is not None and is_meant(one))
