"""What was read of the folder ``content/``, as values: a document with its faults, and all of the newsroom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from greenchannel.desk.frontmatter import Fault, FaultKind, Source
from greenchannel.desk.kinds import Unfit
from greenchannel.desk.schema import Spans
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Registry
from greenchannel.domain.release import Release
from greenchannel.domain.translation import Translation


@dataclass(frozen=True, slots=True)
class Ignore:
    """A warning that an officer takes upon himself, and why."""

    code: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of the desk. `path` is relative to content/; `value` is None where it could not be understood."""

    path: str
    source: Source
    identifier: str = ""  # of an incident or a release, as far as a broken file lets it be known
    value: Incident | Release | None = None
    original: str = ""  # of a translation: the path of the file that it translates
    translation: Translation | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    spans: Spans = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    unfit: Mapping[str, Unfit] = field(default_factory=dict)  # which of its attachments cannot go out, by name, and why
    neighbours: tuple[str, ...] = ()  # names of the files beside it; a name that is no regular file ends with @

    @property
    def text(self) -> Incident | Release | Translation | None:
        """What readers will read of it."""
        return self.value or self.translation

    @property
    def is_vanished(self) -> bool:
        """It stands for a public text whose file is not there."""
        return any(one.kind is FaultKind.VANISHED for one in self.faults)

    def span(self, path: str) -> Span:
        return self.spans.get(path) or self.spans.get(f"key:{path}") or Span()


@dataclass(frozen=True, kw_only=True)
class Newsroom:
    """Of a long desk perhaps a part: `elsewhere` are then the ids of all files there are, as far as they are known."""

    documents: tuple[Document, ...]
    registry: Registry
    policies: Mapping[str, Policy] = field(default_factory=dict)  # the newsroom's own, by id
    elsewhere: frozenset[str] = frozenset()

    @cached_property
    def incidents(self) -> dict[str, Incident]:
        return {one.value.id: one.value for one in self.documents if isinstance(one.value, Incident)}

    @cached_property
    def releases(self) -> dict[str, Release]:
        return {
            one.value.id: one.value
            for one in self.documents
            if one.value is not None and not isinstance(one.value, Incident)
        }

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Of all that has a file, sound or not."""
        return self.elsewhere.union(one.identifier for one in self.documents if not one.is_vanished)

    def document_of(self, identifier: str) -> Document | None:
        return self._by_id.get(identifier)

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        """Of two files with one id the first one."""
        return {one.value.id: one for one in reversed(self.documents) if one.value is not None}
