"""What on the desk the public has not read: every telling phrase of it, to be looked for in what goes out.

A title too short to be a phrase is looked for where it is the whole of a field. Of a file that is no text, some bytes
of its middle stand for it, be it public or not.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from greenchannel.desk.folders import Folder, Folders, Shelf, are_settled, folders_of_incidents
from greenchannel.desk.frontmatter import MAX_BYTES
from greenchannel.desk.phrases import Typed, is_telling
from greenchannel.desk.remembered_folders import FEW, RememberedFolders
from greenchannel.desk.values import original_of
from greenchannel.domain.remembering import Remembering

_MANY = 500  # releases and incidents of which a record has told since: to learn which ones takes longer each time
_PIECE = 64  # bytes from the middle of a picture or document: enough to know it by


@dataclass(frozen=True, slots=True)
class Withheld:
    """The phrases of one file that are not in its public text. `path` is below content/, `id` becomes an address.

    `short_titles` are no phrases: they tell something only where they are the whole of a field. A file that is no text
    has its `piece` alone.
    """

    path: str
    id: str | None  # None: the address is public already, or the file is a translation and has none of its own
    titles: tuple[str, ...]
    phrases: tuple[str, ...]
    short_titles: tuple[str, ...] = ()
    piece: bytes = b""


PublicText = Callable[[str, str], str | None]


class Ledger(Protocol):
    """The public record: `mark` stands for its lines."""

    mark: str

    def since(self, mark: str) -> frozenset[str] | None:
        """The releases and incidents of which the lines behind those tell; None where it does not begin with them."""


class _Found(NamedTuple):
    """Of a folder: id, language and public digest of each file, and what the public has not read of them."""

    public: list[list[str | None]]
    withheld: list[Withheld]


_Known = tuple[Folder | None, _Found]  # None: it may have changed while it was read


class _Year(NamedTuple):
    """What is withheld of a year's folders, `files`; the ids of all of them, and the `mark` of the record then."""

    files: Shelf
    identifiers: Sequence[str]
    withheld: list[Withheld]
    mark: str


@dataclass(slots=True)
class KnownWithheld:
    """What a process found in folders and years before, each with what the system told of the files then.

    The `texts` are as of the mark of their year.
    """

    years: dict[str, _Year] = field(default_factory=dict)
    texts: dict[str, _Known] = field(default_factory=dict)


def read_withheld(
    content: Path,
    public_text: PublicText,
    public_digest: PublicText = lambda _id, _language: None,
    memory: Remembering | None = None,
    folders: Folders | None = None,
    kept: KnownWithheld | None = None,
    record: Ledger | None = None,
) -> Iterator[Withheld]:
    """`public_text(id, language)` gives the newest frozen text of a release or an incident, None if there is none; the
    language is empty for the text itself. `public_digest` gives its SHA-256: with a `memory`, a file is read again only
    when it or its public text is another one. `folders` are those of `folders_of_incidents`, where they are at hand; of
    those that are `kept`, too, the memory is not asked again. With the `record`, no digest is asked for but those of
    which it has told since.
    """  # noqa: D205
    lying = _without_links(folders_of_incidents(content) if folders is None else folders)
    known = KnownWithheld() if kept is None else kept
    reading = _Reading(content, public_text, public_digest, RememberedFolders(memory, "withheld", lying), known, record)
    known.years = {year: reading.of(year, shelf) for year, shelf in lying.shelves.items()}
    known.texts = {folder: one for folder, one in known.texts.items() if folder in lying}
    return chain.from_iterable(one.withheld for one in known.years.values())


class _Reading:
    def __init__(
        self,
        content: Path,
        public_text: PublicText,
        public_digest: PublicText,
        remembered: RememberedFolders,
        known: KnownWithheld,
        record: Ledger | None,
    ) -> None:
        self._content, self._public_text, self._public_digest = content, public_text, public_digest
        self._remembered, self._known, self._record = remembered, known, record
        self._mark = record.mark if record else ""

    def of(self, year: str, shelf: Shelf) -> _Year:
        before = self._known.years.get(year)
        if before and before.files == shelf and self._holds_all(before.identifiers, before.mark):
            return before._replace(mark=self._mark)
        told = self._remembered.of(year) if self._record else None
        if told and told.is_same and self._holds_all(told.note[0], told.mark):
            if len(self._news(told.mark) or ()) > _MANY:
                self._remembered.renew(year, self._mark)
            # What is known of these may be older than what has just been remembered.
            for one in [one for one in self._known.texts if one.startswith(f"{year}/")]:
                del self._known.texts[one]
            return _Year(shelf, told.note[0], [_read_held(one) for one in told.note[1]], self._mark)
        return self._look_into(year, shelf, before.mark if before else "")

    def _look_into(self, year: str, shelf: Shelf, mark: str) -> _Year:
        """`mark` is that of the record when this process was here last."""
        known = self._known.texts
        texts: dict[str, _Known] = {
            one: before
            for one, files in shelf.items()
            if (before := known.get(one)) and before[0] == files and self._holds(before[1], mark)
        }
        asked = [one for one in shelf if one not in texts]
        if not texts or len(asked) > FEW:
            told = self._remembered.of(year)
            together = ((one, _read_found(told.values[one])) for one in asked if one in told.values)
            texts |= {one: (shelf[one], found) for one, found in together if self._holds(found, told.mark)}
        missing = [one for one in asked if one not in texts]
        apart = ((one, _read_found(value)) for one, value in self._remembered.apart(missing).items())
        texts |= {one: (shelf[one], found) for one, found in apart if self._holds(found, "")}
        for folder in (one for one in missing if one not in texts):
            texts[folder] = self._read(folder, shelf[folder])
        known |= texts
        found = [texts[one][1] for one in shelf]
        identifiers = [str(one) for of in found for one, _, _ in of.public]
        withheld = [one for of in found for one in of.withheld]
        if any(files is None for files, _ in texts.values()):
            return _Year(Shelf(), identifiers, withheld, self._mark)  # To be looked into again.
        values = ((one, _written(of)) for one, (_, of) in texts.items())
        note = identifiers, [_written_held(one) for one in withheld]
        self._remembered.gather(year, values, note, self._mark, unknown=len(missing))
        return _Year(shelf, identifiers, withheld, self._mark)

    def _news(self, mark: str) -> frozenset[str] | None:
        return self._record.since(mark) if self._record and mark else None

    def _holds_all(self, identifiers: Sequence[str], mark: str) -> bool:
        """Whether nothing was told of these since; None of a record that is not known."""
        news = self._news(mark)
        return news is not None and (not news or news.isdisjoint(identifiers))

    def _holds(self, found: _Found, mark: str) -> bool:
        news = self._news(mark)
        asked = found.public if news is None else [one for one in found.public if one[0] in news]
        return all(digest == self._public_digest(str(one), str(language)) for one, language, digest in asked)

    def _read(self, folder: str, files: Folder) -> _Known:
        """What was read just now may have been something else when it was looked at, or may be read by the next one."""
        found, is_read = _Found([], []), True
        for name in files:
            path = self._content / folder / name
            if name.endswith(".md"):
                data = _read(path, 0, MAX_BYTES)
                identifier, language, held = _of_file(self._content, path, data or b"", self._public_text)
                found.public.append([identifier, language, self._public_digest(identifier, language)])
                found.withheld.extend(held)
            elif (data := _read(path, 2, _PIECE)) and len(data) == _PIECE:
                found.withheld.append(Withheld(f"{folder}/{name}", None, (), (), piece=data))
            is_read &= data is not None
        if not is_read or not are_settled(f"{self._content}/{folder}", files):
            return None, found
        self._remembered.keep(folder, _written(found))
        return files, found


def _without_links(folders: Folders) -> Folders:
    """They are not followed. On a shelf that has a look there is none."""
    return Folders({year: one if one.look else _without_links_on(one) for year, one in folders.shelves.items()})


def _without_links_on(shelf: Shelf) -> Shelf:
    found = {
        folder: Folder((one, look) for one, look in files.items() if look is not None)
        for folder, files in shelf.items()
    }
    return Shelf(lambda: found)


def _read_found(value: list[Any]) -> _Found:  # Any: JSON
    public, held = value
    return _Found(public, [_read_held(one) for one in held])


def _read_held(told: list[Any]) -> Withheld:  # Any: JSON
    path, identifier, titles, phrases, short, piece = told
    return Withheld(path, identifier, tuple(titles), tuple(phrases), tuple(short), bytes.fromhex(piece))


def _written(found: _Found) -> list[object]:
    return [found.public, [_written_held(one) for one in found.withheld]]


def _written_held(one: Withheld) -> tuple[object, ...]:
    return one.path, one.id, one.titles, one.phrases, one.short_titles, one.piece.hex()


def _of_file(
    content: Path, path: Path, data: bytes, public_text: PublicText
) -> tuple[str, str, tuple[Withheld, ...]]:
    """Its id, its language, and what is withheld of it."""
    typed = Typed(data, path.relative_to(content).as_posix())
    if original := original_of(path.name):
        typed.id = Typed(_read(path.with_name(original), 0, MAX_BYTES) or b"", original_of(typed.path)).id
    language = path.suffixes[-2].removeprefix(".") if original else ""
    public = public_text(typed.id, language)
    known = (public or "").replace('\\"', '"')  # A frozen text spells its front matter as JSON.
    phrases = tuple(one for one in dict.fromkeys(typed.phrases) if one not in known)
    titles = [one for one in dict.fromkeys(typed.titles) if one not in known]
    if not (phrases or titles or public is None):
        return typed.id, language, ()
    long, short = (tuple(one for one in titles if is_telling(one) is telling) for telling in (True, False))
    identifier = None if public or original else typed.id
    return typed.id, language, (Withheld(typed.path, identifier, long, phrases, short),)


def _read(path: Path, part: int, count: int) -> bytes | None:
    """From the beginning, or for `part` 2 from the middle; None of a file that is gone or may not be read."""
    try:
        with path.open("rb") as stream:
            stream.seek(os.fstat(stream.fileno()).st_size // part if part else 0)
            return stream.read(count)
    except OSError:
        return None
