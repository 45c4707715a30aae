"""What a process knows of the desk that is told of changes: of each incident's folder the documents, and how it looks.

Who looks again and again reads what changed, and finds by names what has to do with that: he goes through no archive.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timezone
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from greenchannel.desk.document import Document
from greenchannel.desk.folders import Folder, Folders, Look, Shelf, files_of, folders_in, incident_years, is_meant
from greenchannel.desk.seen import is_old, look_of
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
    """By their paths below content/. What was read of a doubtful one may be another thing by now, or was never read.

    Which folders there are is asked of the system each time: that takes a question for each year.
    """

    def __init__(self) -> None:
        self._years: dict[str, dict[str, KnownFolder]] = {}
        self._there: dict[str, tuple[Look, frozenset[str]]] = {}  # by year: how it looked, and its folders then
        self._doubtful: set[str] = set()
        self._shelves: dict[str, Shelf] = {}
        # The folders with a file that has an id, and those with one that is of an incident.
        self._owners: _Named = {}
        self._members: _Named = {}
        self._is_whole = False

    def of(self, folder: str) -> KnownFolder | None:
        """None of a doubtful one, too."""
        return None if folder in self._doubtful else self._years.get(_year_of(folder), {}).get(folder)

    def learn(self, folder: str, found: KnownFolder, *, is_settled: bool) -> None:
        """`is_settled`: its next change will be seen by its look."""
        self._forget(folder)
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

    def reading_all(self, content: Path) -> Sequence[str]:
        """The folders that are to be read, in order.

        Until `all_read`, what is known may be the desk of before in one part and that of now in another.
        """
        self._is_whole = False
        self._there.clear()
        self._look(content)
        return [folder for year in sorted(self._there) for folder in sorted(self._there[year][1])]

    def all_read(self) -> None:
        self._is_whole = True

    def told_of(self, content: Path, changed: Iterable[Path]) -> frozenset[str] | None:
        """The folders in which something happened where no more than these paths `changed`.

        None where something else than files of incidents did, or not all of the desk was read before.
        """
        if not self._is_whole:
            return None
        places = [one.relative_to(content).parts if one.is_relative_to(content) else () for one in changed]
        if any(len(one) < _DEPTH or one[0] != _ROOT for one in places):
            return None
        return frozenset("/".join(one[:_DEPTH]) for one in places)

    def to_read(self, content: Path, folders: Iterable[str]) -> Sequence[str]:
        """Of these and all that are doubtful, those that are there."""
        self.doubt(folders)
        self._look(content)
        return sorted(self._doubtful)

    def naming(self, identifiers: frozenset[str]) -> Iterator[tuple[str, Outline]]:
        """The files that have one of these ids or are of one of these incidents, and some others beside them.

        Each with its folder.
        """
        named = (of.get(one, ()) for of in (self._owners, self._members) for one in identifiers)
        for folder in {*chain.from_iterable(named)}:
            yield from ((folder, outline_of(one)) for one in self._years[_year_of(folder)][folder].documents)

    @property
    def identifiers(self) -> frozenset[str]:
        """Of all files, as far as they can be known."""
        return frozenset(self._owners)

    def lying(self, content: Path) -> Folders | None:
        """As `folders_of_incidents`, of folders that are not doubtful as they are known.

        None where not all of the desk was read before.
        """
        if not self._is_whole:
            return None
        self._look(content)
        doubtful = dict[str, set[str]]()
        for one in self._doubtful:
            doubtful.setdefault(_year_of(one), set()).add(one)
        years = (year for year, (_, folders) in sorted(self._there.items()) if folders)
        return Folders({one: self._shelf(content, one, doubtful.get(one, set())) for one in years})

    def _look(self, content: Path) -> None:
        """Doubts the folders that are new, and forgets those that are gone. A year that looks the same has the same."""
        years = incident_years(content)
        for year in {*self._there, *self._years}.difference(years):
            self._there.pop(year, None)
            self._settle(year, frozenset())
        for year in years:
            path = f"{content}/{year}"
            look = look_of(os.lstat(path))  # Before it is listed: what comes meanwhile makes it look different.
            if year not in self._there or self._there[year][0] != look:
                there = frozenset(f"{year}/{one}" for one in folders_in(path))
                self._there[year] = look if is_old(look) else None, there
                self._settle(year, there)
        # A path that was told of may be that of something else than a folder.
        self._doubtful &= {one for one in self._doubtful if one in self._there.get(_year_of(one), (None, ()))[1]}

    def _settle(self, year: str, there: frozenset[str]) -> None:
        known = self._years.get(year, {})
        for gone in known.keys() - there:
            self._forget(gone)
        self.doubt(there - known.keys())

    def _shelf(self, content: Path, year: str, doubtful: Collection[str]) -> Shelf:
        """A doubtful folder is looked at now."""
        if not doubtful and (known := self._shelves.get(year)) is not None:
            return known
        folders = self._years.get(year, {})
        found = {
            one: files_of(f"{content}/{one}") if one in doubtful else _files(folders[one])
            for one in sorted({*folders, *doubtful})
        }
        shelf = Shelf(lambda: found)
        if not doubtful:
            self._shelves[year] = shelf
        return shelf

    def _forget(self, folder: str) -> None:
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
