"""What on the desk the public has not read: every telling phrase of it, to be looked for in what goes out.

A phrase is a piece of a line between punctuation and Markdown's marks, long enough not to stand somewhere by chance.
Front matter is read as YAML, with its comments; where it cannot be, it is taken line by line as it is typed, so that a
file with errors is guarded as well as a sound one. Keys that hold terms, ids and times are passed over, but for the
release's own id and its embargo. A title too short to be a phrase is looked for where it is the whole of a field.
"""

import json
import os
import re
import unicodedata
from collections import abc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from greenchannel.desk.frontmatter import MAX_BYTES, Mapping, Node, Scalar, Sequence, read_document
from greenchannel.desk.newsroom import KnownFolders
from greenchannel.desk.schema import CHINESE_KEYS
from greenchannel.desk.seen import is_settled, seen
from greenchannel.desk.values import original_of
from greenchannel.domain.remembering import Remembering

_TELLING = frozenset(
    (
        *("title", "summary", "note", "venue", "name", "post", "moderator", "media_contact", "late_reason"),
        *("lead_reason", "attachments", "source", "reason"),
        *("document_number", "content_source", "keywords", "confirmed", "checking"),
        *("platform", "contact", "claim", "claim_source"),
    )
)
_PASSED_OVER = frozenset(CHINESE_KEYS.values()) - _TELLING  # A key that nobody knows may hold anything.
_LINE = re.compile(r"^[\s-]*(?:\"?([\w]+)\"?\s*[:：]\s*)?(.*)$")
_ID = ("id", "编号")
_COMMENT = re.compile(r"(?:^|\s)#(.*)$", re.MULTILINE)
# Addresses, and names joined by · or ： are put together by the site itself: no source has them whole. What is withheld
# of an address is its id, which is looked for by itself.
_BETWEEN = re.compile(r"https?://\S+|(?:mailto|tel):\S+|[·：]|[。！？；;|*_`~#>\[\]()（）{}\"“”\n\t]+|\s{2,}")
_DATE_WORDS = re.compile(r"[\d０-９年月日时分秒上下午点号.,:：/+\-\s第条页]*")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_SHORTEST, _SHORTEST_HAN = 12, 6
_SHORTEST_TITLE = 2  # Chinese characters
_PIECE = 64  # bytes from the middle of a picture or document: enough to know it by


@dataclass(frozen=True, slots=True)
class Withheld:
    """The phrases of one file that are not in its public text. `path` is below content/, `id` becomes an address.

    `short_titles` are no phrases: they tell something only where they are the whole of a field.
    """

    path: str
    id: str | None  # None: the address is public already, or the file is a translation and has none of its own
    titles: tuple[str, ...]
    phrases: tuple[str, ...]
    short_titles: tuple[str, ...] = ()


PublicText = Callable[[str, str], str | None]
Look = list[int] | None
Files = abc.Mapping[str, abc.Mapping[str, Look]]  # by folder below content/ and name, what the system told of it


@dataclass(frozen=True, slots=True)
class _Found:
    """Of a file: under which id and in which language the public has it, as which text, and what it has not."""

    id: str
    language: str
    withheld: Withheld | None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWithheld:
    """What a process found in folders before, each with what the system told of its files then."""

    texts: dict[str, tuple[abc.Mapping[str, Look] | None, list[_Found]]] = field(default_factory=dict)
    pieces: dict[str, tuple[abc.Mapping[str, Look], list[tuple[str, bytes]]]] = field(default_factory=dict)


def read_withheld(
    content: Path,
    public_text: PublicText,
    public_digest: PublicText = lambda _id, _language: None,
    memory: Remembering | None = None,
    files: Files | None = None,
    kept: KnownWithheld | None = None,
) -> Iterator[Withheld]:
    """`public_text(id, language)` gives the newest frozen text of a release or an incident, None if there is none; the
    language is empty for the text itself. `public_digest` gives its SHA-256: with a `memory`, a file is read again only
    when it or its public text is another one. `files` are those of `files_of_incidents`, where they are at hand; of
    those that are `kept`, too, the memory is not asked again.
    """  # noqa: D205
    folders = files_of_incidents(content) if files is None else files
    texts = {} if kept is None else kept.texts
    anew = [one for one, names in folders.items() if not _is_kept(texts.get(one), names, public_digest)]
    known = memory.recall(f"withheld {one}" for one in anew) if memory else {}
    for folder in anew:
        names = folders[folder]
        earlier = _Earlier(f"{content}/{folder}", names, known.get(f"withheld {folder}"), public_digest)
        every, is_known = list[_Found](), True
        for name in (one for one in names if one.endswith(".md")):
            if (found := earlier.of(name)) is None:
                is_known, before = False, earlier.seen(name)
                found = _of_file(content, content / folder / name, public_text)
                earlier.keep(name, before, found)
            every.append(found)
        if memory and earlier.news:
            memory.keep(f"withheld {folder}", earlier.news)
        # What was read just now may have been something else when it was looked at: it is kept once it is known again.
        texts[folder] = names if is_known else None, every
    _forget_others(texts, folders)
    yield from (one.withheld for folder in folders for one in texts[folder][1] if one.withheld)


def _forget_others(kept: dict[str, Any], folders: Files) -> None:  # Any: whatever is kept by folder
    for gone in kept.keys() - folders.keys():
        del kept[gone]


def _is_kept(
    before: tuple[abc.Mapping[str, Look] | None, list[_Found]] | None,
    names: abc.Mapping[str, Look],
    public_digest: PublicText,
) -> bool:
    return (
        before is not None
        and _is_same(before[0], names)
        and all(one.digest == public_digest(one.id, one.language) for one in before[1])
    )


def _is_same(before: abc.Mapping[str, Look] | None, names: abc.Mapping[str, Look]) -> bool:
    return before == names and None not in names.values()


def _of_file(content: Path, path: Path, public_text: PublicText) -> _Found:
    typed = _Typed(_read(path, 0, MAX_BYTES), path.relative_to(content).as_posix())
    if original := original_of(path.name):
        typed.id = _Typed(_read(path.with_name(original), 0, MAX_BYTES), original_of(typed.path)).id
    language = path.suffixes[-2].removeprefix(".") if original else ""
    public = public_text(typed.id, language)
    known = (public or "").replace('\\"', '"')  # A frozen text spells its front matter as JSON.
    phrases = tuple(one for one in dict.fromkeys(typed.phrases) if one not in known)
    titles = [one for one in dict.fromkeys(typed.titles) if one not in known]
    if not (phrases or titles or public is None):
        return _Found(typed.id, language, None)
    long, short = (tuple(one for one in titles if _is_telling(one) is telling) for telling in (True, False))
    identifier = None if public or original else typed.id
    return _Found(typed.id, language, Withheld(typed.path, identifier, long, phrases, short))


class _Earlier:
    """What was found in the files of a folder before, as far as they and their public texts are the same."""

    def __init__(
        self, folder: str, looks: abc.Mapping[str, Look], known: bytes | None, public_digest: PublicText
    ) -> None:
        self._folder, self._looks = folder, looks
        self._known: dict[str, list[Any]] = json.loads(known) if known else {}  # Any: JSON
        self._digest = public_digest
        self._is_new = False

    def of(self, name: str) -> _Found | None:
        before, identifier, language, digest, withheld = self._known.get(name, [None] * 5)
        if before is None or before != self.seen(name) or digest != self._digest(identifier, language):
            return None
        if not withheld:
            return _Found(identifier, language, None, digest)
        named, address, titles, phrases, short = withheld
        found = Withheld(named, address, tuple(titles), tuple(phrases), tuple(short))
        return _Found(identifier, language, found, digest)

    def seen(self, name: str) -> list[Look]:
        """Of a file, and of the one that it translates."""
        return [self._looks.get(one) or seen(f"{self._folder}/{one}") for one in _read_of(name)]

    def keep(self, name: str, before: list[Look], found: _Found) -> None:
        """`before` is what the system told of the file before it was read."""
        paths = (f"{self._folder}/{one}" for one in _read_of(name))
        if not all(is_settled(one, then) for one, then in zip(paths, before, strict=True)):
            return
        held = found.withheld
        listed = held and (held.path, held.id, held.titles, held.phrases, held.short_titles)
        digest = self._digest(found.id, found.language)
        self._known[name] = [before, found.id, found.language, digest, listed]
        self._is_new = True

    @property
    def news(self) -> bytes:
        return json.dumps(self._known, ensure_ascii=True).encode() if self._is_new else b""


def _read_of(name: str) -> tuple[str, ...]:
    return (name, original) if (original := original_of(name)) else (name,)


def read_pieces(content: Path, files: Files, kept: KnownWithheld | None = None) -> Iterator[tuple[str, bytes]]:
    """Of each file beside the texts: its path below content/ and some bytes of its middle."""
    known = {} if kept is None else kept.pieces
    _forget_others(known, files)
    for folder, names in files.items():
        before = known.get(folder)
        if before is None or not _is_same(before[0], names):
            before = known[folder] = names, list(_pieces(content, folder, names))
        yield from before[1]


def _pieces(content: Path, folder: str, names: abc.Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for name in (one for one in names if not one.endswith((".md", ".json"))):
        if len(piece := _read(content / folder / name, 2, _PIECE)) == _PIECE:
            yield f"{folder}/{name}", piece


def files_of_incidents(content: Path, known: KnownFolders | None = None) -> Files:
    """Links are not followed; hidden files are an editor's. A folder that is `known` is not looked at again.

    Strings: of a long archive, paths cost more than looks.
    """
    folders = {f"{one}": of for one, of in (known or {}).items()}
    found = dict[str, dict[str, Look]]()
    for year in _entries(f"{content}/incidents", os.DirEntry.is_dir):
        for name in _entries(f"{content}/incidents/{year}", os.DirEntry.is_dir):
            folder = f"incidents/{year}/{name}"
            if (of := folders.get(f"{content}/{folder}")) is not None:
                looks = zip(of.names, of.looks, strict=True)
                found[folder] = {one: look for one, look in looks if not one.startswith(".") and look is not None}
            else:
                found[folder] = dict.fromkeys(_entries(f"{content}/{folder}", _is_file))
    return found


def _is_file(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _entries(folder: str, is_meant: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as found:
        return sorted(one.name for one in found if is_meant(one))
    return []


def _read(path: Path, part: int, count: int) -> bytes:
    """From the beginning, or for `part` 2 from the middle; nothing of a file that is gone or may not be read."""
    try:
        with path.open("rb") as stream:
            stream.seek(os.fstat(stream.fileno()).st_size // part if part else 0)
            return stream.read(count)
    except OSError:
        return b""


class _Typed:
    """A file as it is typed, also where no parser can read it."""

    def __init__(self, raw: bytes, path: str) -> None:
        self.path = path
        self.id = path.removeprefix("incidents/").removesuffix(".md").removesuffix("/incident")
        self.titles: list[str] = []
        self.phrases: list[str] = []
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig", errors="replace")).replace("\r\n", "\n")
        lines, body = _split(text)
        if (front := read_document(raw).front) is not None:
            for key, node in front.entries:
                self._read_node(_name(key.text), node)
            self.phrases += (one for found in _COMMENT.finditer("\n".join(lines)) for one in _phrases(found[1]))
        else:
            for line in lines:
                self._read_line(line)
        self.phrases += _phrases(body)

    def _read_node(self, key: str, node: Node) -> None:
        match node:
            case Scalar(text=text):
                self._read_value(key, text.strip())
            case Sequence(items=items):
                for one in items:
                    self._read_node(key, one)
            case Mapping(entries=entries):
                for inner, value in entries:  # All of a source is internal; an id within is not that of the file.
                    self._read_node(key if key == "source" else "" if inner.text in _ID else _name(inner.text), value)

    def _read_line(self, line: str) -> None:
        if found := _LINE.match(line):
            self._read_value(_name(found[1] or ""), found[2].strip().strip("'\""))

    def _read_value(self, key: str, value: str) -> None:
        if key == "id" and value:
            self.id = value
        elif key == "release_at":
            self.phrases += _spelled_times(value)
        elif key == "title":
            self.titles += [value] if _is_telling(value) or _is_short_title(value) else []
            self.phrases += [value] if _is_telling(value) else []
        elif key not in _PASSED_OVER:
            self.phrases += _phrases(value)


def _name(key: str) -> str:
    return CHINESE_KEYS.get(key, key)


def _split(text: str) -> tuple[list[str], str]:
    """Lines of the front matter, and the body; of a file without its end mark everything is body."""
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    return (head.split("\n"), body) if mark and text.startswith("---\n") else ([], text)


def _phrases(text: str) -> Iterator[str]:
    return (one for piece in _BETWEEN.split(text) if _is_telling(one := piece.strip(" \r-+,，、:：")))


def _is_telling(phrase: str) -> bool:
    shortest = _SHORTEST_HAN if _HAN.search(phrase) else _SHORTEST
    return len(phrase) >= shortest and not _DATE_WORDS.fullmatch(phrase)


def _is_short_title(title: str) -> bool:
    return len(_HAN.findall(title)) >= _SHORTEST_TITLE and not _DATE_WORDS.fullmatch(title)


def _spelled_times(value: str) -> list[str]:
    try:
        return sorted({value, datetime.fromisoformat(value).isoformat()})
    except ValueError:
        return []
