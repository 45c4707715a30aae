"""What a rule is: a code, how bad it is, and a plain function whose docstring is its manual."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.vanished import Published, lookalikes
from greenchannel.domain.diagnostic import Edit, Respelling, Severity, Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import Message
from greenchannel.domain.policy import Policy
from greenchannel.domain.release import Release
from greenchannel.domain.timing import Appearance


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides its document. The rest is looked up once.

    `appearances` is by incident id; `published` by the id of every public release and incident; `lookalikes` by the
    path of a file that may be one of them renamed, and `renamed` are their ids. `language` is the newsroom's.
    `named_bodies` are the departments that the record names.
    """

    newsroom: Newsroom
    policy: Policy
    now: datetime
    appearances: Mapping[str, tuple[Appearance, ...]]
    published: Mapping[str, Published] = field(default_factory=dict)
    language: str = "en"
    is_record_whole: bool = True
    named_bodies: frozenset[str] = frozenset()
    incidents: Mapping[str, Incident] = field(init=False, repr=False, compare=False)
    releases: Mapping[str, tuple[Release, ...]] = field(init=False, repr=False, compare=False)
    by_id: Mapping[str, tuple[Document, ...]] = field(init=False, repr=False, compare=False)
    by_path: Mapping[str, Document] = field(init=False, repr=False, compare=False)
    lookalikes: Mapping[str, tuple[Published, ...]] = field(init=False, repr=False, compare=False)
    renamed: frozenset[str] = field(init=False, repr=False, compare=False)
    ill_translated: frozenset[str] = field(init=False, repr=False, compare=False)  # paths of originals
    broken_incidents: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        releases: dict[str, tuple[Release, ...]] = {}
        by_id: dict[str, tuple[Document, ...]] = {}
        for document in self.newsroom.documents:
            if document.is_outline:
                by_id[document.identifier] = (*by_id.get(document.identifier, ()), document)
            if (value := document.value) is None:
                continue
            by_id[value.id] = (*by_id.get(value.id, ()), document)
            if not isinstance(value, Incident):
                releases[value.incident] = (*releases.get(value.incident, ()), value)
        object.__setattr__(self, "incidents", self.newsroom.incidents)
        object.__setattr__(self, "releases", releases)
        object.__setattr__(self, "by_id", by_id)
        object.__setattr__(self, "by_path", {one.path: one for one in self.newsroom.documents})
        faulty = [one for one in self.newsroom.documents if one.faults]
        object.__setattr__(self, "ill_translated", frozenset(one.original for one in faulty))
        broken = (one.identifier for one in faulty if one.path.endswith("/incident.md"))
        object.__setattr__(self, "broken_incidents", frozenset(broken))
        found = lookalikes(self.newsroom, self.published)
        object.__setattr__(self, "lookalikes", found)
        object.__setattr__(self, "renamed", frozenset(one.id for same in found.values() for one in same))

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
        return document.path in self.ill_translated

    def is_broken_incident(self, identifier: str) -> bool:
        """The same of an incident, wherever its folder was moved to."""
        return identifier in self.broken_incidents


@dataclass(frozen=True, slots=True)
class Finding:
    span: Span
    message: Message
    hint: Message
    edit: Edit | Respelling | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    severity: Severity
    check: Callable[[Document, Context], Iterator[Finding]]
    asks_record: bool = False  # What is public: such a rule waits while the record cannot be read.
