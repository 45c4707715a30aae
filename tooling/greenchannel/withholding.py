"""Guards what goes out: no file leaves that holds a phrase which the desk withholds and no public source has.

The desk is read here to be compared with, and for nothing else: the portal never sees it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from greenchannel.delivery.leaks import PINYIN, Leak, Phrase, Scanner
from greenchannel.delivery.proven import frozen_reader
from greenchannel.desk.folders import folders_of_incidents
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.pinyin import propose_slug
from greenchannel.desk.settings import Settings
from greenchannel.desk.withheld import KnownWithheld, Withheld, read_withheld
from greenchannel.domain import vocabulary
from greenchannel.domain.diagnostic import SETTINGS_FILE
from greenchannel.domain.remembering import Remembering
from greenchannel.portal.bodies import as_released
from greenchannel.record.events import State
from greenchannel.record.verification import LEDGER

_SHORTEST_PINYIN = 12
_FIRST = 24  # texts that are read before longer files are
_PACKAGE = Path(__file__).parent
_PRIVATE = "people.yml"
Event = Mapping[str, Any]  # Any: JSON
Text = TypeVar("Text", str, bytes)


class Guard:
    """Says of a file's bytes what in them is withheld. The desk is read with the first file that is made.

    `events` are the record's lines and `state` is what they add up to; `pending` is what they have and releases/ has
    not yet: path -> bytes. `known` is the desk as a process knows it that is told of changes, `kept` what another guard
    of it found there.
    """

    def __init__(
        self,
        settings: Settings,
        events: Sequence[Event],
        state: State,
        pending: Mapping[str, bytes],
        memory: Remembering | None = None,
        known: KnownFolders | None = None,
        kept: KnownWithheld | None = None,
    ) -> None:
        self._settings, self._pending, self._memory = settings, pending, memory
        self._events, self._state = events, state
        self._known, self._kept = known, kept
        self._public = _PublicWords(settings, events, pending)

    def __call__(self, path: str, data: bytes) -> tuple[Leak, ...]:
        return tuple(one for one in self._scanner.find(path, data) if not self._public.has(one))

    @cached_property
    def _scanner(self) -> Scanner:
        content = self._settings.content
        record = _Record(self._events, self._state.head)
        lying = self._known.lying(content) if self._known is not None else None
        folders = folders_of_incidents(content) if lying is None else lying
        withheld = read_withheld(
            content, self._public_text, self._public_digest, self._memory, folders, self._kept, record
        )
        return Scanner(one for found in withheld for one in self._to_find(found))

    def _public_text(self, identifier: str, language: str) -> str | None:
        """Raises RecordDamagedError: what was taken for public by mistake would be remembered so."""
        facts = self._facts(identifier, language)
        if (path := facts.get("path")) is None:
            return None
        data = self._pending.get(path) or frozen_reader(self._settings.releases)(path) or b""
        return as_released(path, data, facts["sha256"]).decode()

    def _public_digest(self, identifier: str, language: str) -> str | None:
        return self._facts(identifier, language).get("sha256")

    def _facts(self, identifier: str, language: str) -> Mapping[str, Any]:
        release, incident = self._state.releases.get(identifier), self._state.incidents.get(identifier)
        event = release.current.event if release else incident or {}
        if not language:
            return event
        return next((one for one in event.get("translations", ()) if one["language"] == language), {})

    def _to_find(self, found: Withheld) -> Iterator[Phrase]:
        if found.piece:
            yield Phrase(Path(found.path).name, found.path, piece=found.piece)
        for title in found.titles:
            slug = self._slug(title)
            yield Phrase(title, found.path, slug if len(slug) >= _SHORTEST_PINYIN else "")
        yield from (Phrase(one, found.path) for one in found.phrases)
        yield from (Phrase(one, found.path, is_whole=True) for one in found.short_titles)
        if found.id:  # Part of an address: ended, so that fact-1 is not found in fact-10.
            yield from (Phrase(found.id + end, found.path) for end in '/."')

    def _slug(self, title: str) -> str:
        """The table of sounds takes longer to load than most publications take."""
        known = self._memory.recall((name := f"pinyin {title}",)).get(name) if self._memory else None
        if known is not None:
            return known.decode()
        slug = propose_slug(title)
        if self._memory:
            self._memory.keep(name, slug.encode())
        return slug


class _Record:
    """A beginning of a ledger is known by how many lines it has and the SHA-256 of the last of them."""

    def __init__(self, events: Sequence[Event], head: str) -> None:
        self._events, self._head = events, head
        self.mark = f"{len(events)} {head}"
        self.since = lru_cache(self._since)

    def _since(self, mark: str) -> frozenset[str] | None:
        lines, _, head = mark.partition(" ")
        if (count := int(lines)) > len(self._events):
            return None
        behind = self._events[count:]
        if head != (str(behind[0]["prev"]) if behind else self._head):
            return None
        return frozenset(one["id"] for event in behind for one in (event, event.get("incident", event)))


class _PublicWords:
    """Everything that pages are made of. Read only when a phrase was found, which is rare."""

    def __init__(self, settings: Settings, events: Sequence[Event], pending: Mapping[str, bytes]) -> None:
        self._settings, self._events, self._pending = settings, events, pending
        self._read: list[str] = []
        self._told: dict[str | bytes, bool] = {}  # what is public is so for as long as the guard stands
        self._rest = self._sources()

    def has(self, leak: Leak) -> bool:
        """Pinyin is public where another title of the same sound is; a piece, with any public file that has it."""
        phrase = leak.phrase
        if phrase.piece:
            return self._has(phrase.piece, self._finds_piece)
        is_sound = leak.spelling.endswith(PINYIN)
        return self._has(phrase.text, self._finds) or (is_sound and self._has(phrase.pinyin, self._finds))

    def _has(self, one: Text, finds: Callable[[Text], bool]) -> bool:
        if one not in self._told:
            self._told[one] = finds(one)
        return self._told[one]

    def _finds_piece(self, piece: bytes) -> bool:
        roots = (self._settings.releases, self._settings.content / "pages", self._settings.templates)
        files = (one for root in roots for one in root.rglob("*") if one.is_file())
        known = chain(self._pending.values(), (one.read_bytes() for one in files))
        return any(piece in one for one in known)

    def _finds(self, word: str) -> bool:
        """A phrase that drafts and public texts share stands in a recent one: no more is read than it takes."""
        if any(word in text for text in self._read):
            return True
        for text in self._rest:
            self._read.append(text := text.replace('\\"', '"'))
            if word in text:
                return True
        return False

    def _sources(self) -> Iterator[str]:
        settings, frozen = self._settings, _newest_first(self._settings.releases, self._events)
        yield from (data.decode() for path, data in self._pending.items() if path.endswith(".md"))
        yield " ".join(f"{one.value} {one.zh}" for kind in vars(vocabulary).values() for one in _members(kind))
        for path in chain(
            islice(frozen, _FIRST),
            (settings.home / SETTINGS_FILE, settings.releases / LEDGER),
            _found(settings.content / "pages", "*.md"),
            (one for one in _found(settings.content / "registry", "*.yml") if one.name != _PRIVATE),
            _found(settings.templates, "*.html"),
            _found(_PACKAGE / "locale", "portal.po"),
            _found(_PACKAGE / "portal", "*.py"),
            _found(_PACKAGE / "policies", "*.yml"),
            frozen,
        ):
            if path.is_file():
                yield path.read_text("utf-8", errors="replace")


def _newest_first(releases: Path, events: Sequence[Event]) -> Iterator[Path]:
    """The frozen texts, beginning with those that were released or corrected last."""
    told = set[str]()
    for event in (one for one in reversed(events) if "incident" in one):
        for facts in (event, event["incident"]):
            for path in (one["path"] for one in (facts, *facts.get("translations", ()))):
                if path not in told:
                    told.add(path)
                    yield releases / path


def _found(folder: Path, pattern: str) -> Iterator[Path]:
    """Looked up whole: who stops in the middle of the files must not keep a folder open."""
    yield from sorted(folder.rglob(pattern))


def _members(kind: object) -> Iterator[vocabulary.Term]:
    if isinstance(kind, type) and issubclass(kind, vocabulary.Term):
        yield from kind
