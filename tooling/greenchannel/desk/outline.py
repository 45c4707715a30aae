"""The desk around a few releases: their incidents' folders are read, of all other files it is known whose they are.

An archive of ten years lies on the desk, too; who approves one text need not read it. What another file can have to do
with that text is told by three words of it, which are remembered for as long as the file is the same: its id, and those
of the incident and of the release that it speaks of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timezone
from itertools import chain
from pathlib import Path

from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.folders import Shelf, are_settled, folders_of_incidents
from greenchannel.desk.known_folders import KnownFolders, Outline, outline_of
from greenchannel.desk.newsroom import INCIDENT, read_folder, read_tables
from greenchannel.desk.remembered_folders import RememberedFolders
from greenchannel.domain.remembering import Remembering

_Outlines = Mapping[str, Outline]  # of the files of a folder, by their names
# The files of all folders that speak of some ids, and some others; each with its folder.
_Naming = Callable[[frozenset[str]], Iterable[tuple[str, Outline]]]


def read_around(
    content: Path, zone: timezone, releases: Iterable[str], paths: Iterable[str], memory: Remembering
) -> Newsroom:
    """As `read_newsroom`, but that of the files of unrelated folders there is no more than their ids, `elsewhere`.

    Read is what has to do with the `releases`, which are ids, and with the files at the `paths` below content/.
    """
    tables = read_tables(content, zone)
    desk = _Desk(content, zone, memory)
    named = {one.rpartition("/")[0] for one in paths} & desk.folders.keys()
    within = (outline[0] for one in named for outline in desk.of(one).values())
    related = _around(frozenset((*releases, *within)), desk.naming) | named
    return _with(tables, map(desk.read, related), desk.identifiers)


def read_what_changed(
    content: Path, zone: timezone, releases: Iterable[str], changed: Iterable[str], known: KnownFolders
) -> Newsroom:
    """As `read_around` of these `releases` and of all that lies in folders that `changed`, or that are not known."""
    changed = known.to_read(content, changed)  # First: what is not read now, whatever the reason, is in doubt.
    tables = read_tables(content, zone)
    read = {one: read_folder(content, one, zone, known) for one in changed}
    within = (one.identifier for documents in read.values() for one in documents)
    for one in _around(frozenset((*releases, *within)), known.naming) - read.keys():
        of = known.of(one)
        read[one] = of.documents if of and of.zone == zone else read_folder(content, one, zone, known)
    return _with(tables, read.values(), known.identifiers)


def _around(identifiers: frozenset[str], naming: _Naming) -> frozenset[str]:
    """The folders of these, of their incidents with all that is theirs, and of what they explain."""
    spoken_of = (one for _, of in naming(identifiers) if of[0] in identifiers for one in of[1:])
    wanted = identifiers.union(filter(None, spoken_of))
    return frozenset(folder for folder, of in naming(wanted) if of[0] in wanted or of[1] in wanted)


def _with(tables: Newsroom, folders: Iterable[Sequence[Document]], identifiers: frozenset[str]) -> Newsroom:
    """`identifiers` are those of all files there are."""
    documents = chain(tables.documents, *folders)
    return replace(tables, documents=tuple(sorted(documents, key=lambda one: one.path)), elsewhere=identifiers)


class _Desk:
    """`identifiers` are those of all files, as far as they can be known."""

    def __init__(self, content: Path, zone: timezone, memory: Remembering) -> None:
        self._content, self._zone = content, zone
        self._read: dict[str, Sequence[Document]] = {}
        self.folders = folders_of_incidents(content)
        self._known = RememberedFolders(memory, "outline", self.folders)
        self._told = dict[str, Mapping[str, _Outlines]]()  # by year, of those that had to be looked into
        found = set[str]()
        for year, shelf in self.folders.shelves.items():
            known = self._known.of(year)
            found.update(known.note if known.is_same else self._look_into(year, shelf))
        self.identifiers = frozenset(found)

    def of(self, folder: str) -> _Outlines:
        return self._of_year(folder.rpartition("/")[0])[folder]

    def read(self, path: str) -> Sequence[Document]:
        if path not in self._read:
            self._read[path] = read_folder(self._content, path, self._zone)
        return self._read[path]

    def naming(self, identifiers: frozenset[str]) -> Iterator[tuple[str, Outline]]:
        """As `_Naming` says."""
        for year in self.folders.shelves:
            if year in self._told or any(map(self._known.of(year).names, identifiers)):
                yield from ((one, of) for one, outlines in self._of_year(year).items() for of in outlines.values())

    def _of_year(self, year: str) -> Mapping[str, _Outlines]:
        return self._told[year] if year in self._told else self._known.of(year).values

    def _look_into(self, year: str, shelf: Shelf) -> Iterable[str]:
        """The ids of a year in which something is not as it was."""
        known = self._known.of(year).values
        apart = self._known.apart(missing := [one for one in shelf if one not in known])
        told, is_known = dict[str, _Outlines](), True
        for path, files in shelf.items():
            if (outlines := known.get(path) or apart.get(path)) is None:
                outlines = {one.path.rpartition("/")[2]: outline_of(one) for one in self.read(path)}
                if outlines.keys() - {INCIDENT} <= files.keys() and are_settled(f"{self._content}/{path}", files):
                    self._known.keep(path, outlines)
                else:
                    is_known = False
            told[path] = outlines
        self._told[year] = told
        identifiers = [of[0] for outlines in told.values() for of in outlines.values()]
        if is_known:
            self._known.gather(year, told.items(), identifiers, unknown=len(missing))
        return identifiers
