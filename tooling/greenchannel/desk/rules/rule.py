"""What a rule is: a code, how bad it is, and a plain function whose docstring is its manual."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.vanished import Published, lookalikes
from greenchannel.domain.diagnostic import Edit, Respelling, Severity, Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import Message
from greenchannel.domain.policy import Policy
from greenchannel.domain.release import Release
from greenchannel.domain.timing import Appearance


@dataclass(frozen=True)
class Context:
    """What a rule may know besides its document. The rest is looked up once, when a rule asks for it.

    `appearances` is by incident id; `published` by the id of every public release and incident. `language` is the
    newsroom's. `named_bodies` are the departments that the record names.
    """

    newsroom: Newsroom
    policy: Policy
    now: datetime
    appearances: Mapping[str, tuple[Appearance, ...]]
    published: Mapping[str, Published] = field(default_factory=dict)
    language: str = "en"
    is_record_whole: bool = True
    named_bodies: frozenset[str] = frozenset()

    @property
    def incidents(self) -> Mapping[str, Incident]:
        return self.newsroom.incidents

    @cached_property
    def releases(self) -> Mapping[str, tuple[Release, ...]]:
        """By the id of their incident."""
        found: dict[str, list[Release]] = {}
        for one in (document.value for document in self.newsroom.documents):
            if isinstance(one, Release):
                found.setdefault(one.incident, []).append(one)
        return {incident: tuple(members) for incident, members in found.items()}

    @cached_property
    def by_id(self) -> Mapping[str, tuple[Document, ...]]:
        found: dict[str, list[Document]] = {}
        for document in self.newsroom.documents:
            if document.value is not None:
                found.setdefault(document.value.id, []).append(document)
        return {identifier: tuple(documents) for identifier, documents in found.items()}

    @cached_property
    def by_path(self) -> Mapping[str, Document]:
        return {one.path: one for one in self.newsroom.documents}

    @cached_property
    def lookalikes(self) -> Mapping[str, tuple[Published, ...]]:
        """By the path of a file that may be something published under another name."""
        return lookalikes(self.newsroom, self.published)

    @cached_property
    def renamed(self) -> frozenset[str]:
        """The ids of what `lookalikes` found."""
        return frozenset(one.id for same in self.lookalikes.values() for one in same)

    @cached_property
    def _faulty(self) -> tuple[Document, ...]:
        return tuple(one for one in self.newsroom.documents if one.faults)

    @cached_property
    def _ill_translated(self) -> frozenset[str]:
        """The paths of originals."""
        return frozenset(one.original for one in self._faulty)

    @cached_property
    def _broken_incidents(self) -> frozenset[str]:
        return frozenset(one.identifier for one in self._faulty if one.path.endswith("/incident.md"))

    def could_read(self, path: str) -> bool:
        """Whether a file is there and sound: what it lacks is held against others only then."""
        document = self.by_path.get(path)
        return document is not None and not document.faults

    def is_broken(self, path: str) -> bool:
        """Whether a file is known but could not be understood; its own faults are reported, not those of others."""
        document = self.by_path.get(path)
        return document is not None and bool(document.faults)

    def has_broken_translation(self, document: Document) -> bool:
        """Then it is not known what the text is with its translations."""
        return document.path in self._ill_translated

    def is_broken_incident(self, identifier: str) -> bool:
        """The same of an incident, wherever its folder was moved to."""
        return identifier in self._broken_incidents


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in one document, how to mend it, and the edit that does so where it is beyond doubt."""

    span: Span
    message: Message
    hint: Message
    edit: Edit | Respelling | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong, and the function that finds every place of it in a document."""

    code: str
    severity: Severity
    check: Callable[[Document, Context], Iterator[Finding]]
    asks_record: bool = False  # What is public: such a rule waits while the record cannot be read.
