"""The desk around a few releases: their incidents' folders are read, of all other files it is known whose they are.

An archive of ten years lies on the desk, too; who approves one text need not read it. What another file can have to do
with that text is told by four words of it, which are remembered for as long as the file is the same: its id, and the
incident and the release that it speaks of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timezone
from pathlib import Path

from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.folders import folders_of_incidents
from greenchannel.desk.frontmatter import NOT_READ
from greenchannel.desk.newsroom import read_folder, read_tables
from greenchannel.desk.remembered_folders import RememberedFolders
from greenchannel.desk.seen import is_settled
from greenchannel.domain.incident import Incident
from greenchannel.domain.release import Interpretation
from greenchannel.domain.remembering import Remembering

_Outline = tuple[str, str, str, bool]  # its id, that of its incident, that of what it explains; is it understood?


def read_around(
    content: Path, zone: timezone, releases: Iterable[str], paths: Iterable[str], memory: Remembering
) -> Newsroom:
    """As `read_newsroom`, but that documents of unrelated folders are outlines: without text, value and faults.

    Read is what has to do with the `releases`, which are ids, and with the files at the `paths` below content/.
    """
    tables = read_tables(content, zone)
    folders = _Folders(content, zone, memory)
    named = {one.rpartition("/")[0] for one in paths}
    within = (outline[0] for one in named for outline in folders.outlines.get(one, {}).values())
    related = folders.around(frozenset((*releases, *within))) | named
    documents = [*tables.documents]
    for path, outlines in folders.outlines.items():
        if path in related:
            documents += folders.read(path)
        else:
            documents += [_outlined(path, name, outline) for name, outline in outlines.items()]
    return replace(tables, documents=tuple(sorted(documents, key=lambda one: one.path)))


def _outlined(folder: str, name: str, outline: _Outline) -> Document:
    identifier, _, _, is_sound = outline
    return Document(path=f"{folder}/{name}", source=NOT_READ, identifier=identifier, is_outline=is_sound)


class _Folders:
    """`outlines` are those of the files of each folder, by its path below content/."""

    def __init__(self, content: Path, zone: timezone, memory: Remembering) -> None:
        self._content, self._zone = content, zone
        self._read: dict[str, list[Document]] = {}
        self._settled: dict[str, bool] = {}  # of those that were read
        folders = folders_of_incidents(content)
        known = RememberedFolders(memory, "outline", folders)
        self.outlines: dict[str, Mapping[str, _Outline]] = {}
        for path, files in folders.items():
            earlier = known.together.get(path) or known.apart.get(path)
            if earlier is not None and "incident.md" in files:
                self.outlines[path] = {one: tuple(of) for one, of in earlier.items()}
                continue
            self.outlines[path] = {one.path.rpartition("/")[2]: _outline(one) for one in self.read(path)}
            self._settled[path] = all(is_settled(f"{content}/{path}/{one}", look) for one, look in files.items())
            if self._settled[path]:
                known.keep(path, self.outlines[path])
        known.gather((path, of) for path, of in self.outlines.items() if self._settled.get(path, True))

    def read(self, path: str) -> list[Document]:
        if path not in self._read:
            self._read[path] = read_folder(self._content, self._content / path, self._zone)
        return self._read[path]

    def around(self, identifiers: frozenset[str]) -> frozenset[str]:
        """The folders of these, of their incidents with all that is theirs, and of what they explain."""
        folders, speaking = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        incidents, explained = dict[str, str](), dict[str, str]()
        for path, outlines in self.outlines.items():
            for identifier, incident, basis, _ in outlines.values():
                folders[identifier].add(path)
                speaking[incident].add(path)
                incidents[identifier], explained[identifier] = incident, basis
        found: set[str] = set()
        for one in identifiers:
            found |= folders[one] | speaking[one] | folders[explained.get(one, "")]
            if named := incidents.get(one):
                found |= folders[named] | speaking[named]
        return frozenset(found)


def _outline(document: Document) -> _Outline:
    value = document.value
    if value is None or isinstance(value, Incident):
        return document.identifier, "", "", value is not None
    return document.identifier, value.incident, value.basis if isinstance(value, Interpretation) else "", True
