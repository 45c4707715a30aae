"""What is public and has no file on the desk any more: moved away, renamed without its id, or deleted.

An id comes from the first path of the file unless the file says it. So a renamed file without one takes a new id, and
its old one vanishes; that the same title or text stands under both is how the two are found.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.frontmatter import NOT_READ, Fault, FaultKind
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.vocabulary import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A release or an incident as the record has it. `kind` is `incident` or the type of the release.

    `lacks_note` says that the desk has another text of it and no new note of the change; `unnoted` are the languages
    whose translation on the desk is another, without a note, while the text is the same. `outlived` are those whose
    translation stayed as it is while the text changed, `missing` those whose translation has no file any more.
    """

    id: str
    kind: str
    title: str
    body: str = ""
    withdrawn: bool = False
    lacks_note: bool = False
    unnoted: tuple[Language, ...] = ()
    outlived: tuple[Language, ...] = ()
    missing: tuple[Language, ...] = ()


def vanished(newsroom: Newsroom, published: Mapping[str, Published]) -> tuple[Published, ...]:
    """A file that is there but broken has not vanished."""
    return tuple(published[one] for one in sorted({*published} - newsroom.identifiers))


def lookalikes(newsroom: Newsroom, published: Mapping[str, Published]) -> Mapping[str, tuple[Published, ...]]:
    """By the path of a file without id that is not public: what vanished and has its title or its text."""
    known: dict[tuple[str, str], dict[str, Published]] = {}
    for one in vanished(newsroom, published):
        for mark in {one.title, one.body} - {""}:
            known.setdefault((one.kind, mark), {})[one.id] = one
    found = {}
    for document in newsroom.documents:
        value = document.value
        if value is None or value.id in published or "id" in document.fields:
            continue
        kind = "incident" if isinstance(value, Incident) else value.type.value
        same = known.get((kind, value.title), {}) | known.get((kind, value.body), {})
        if same:
            found[document.path] = tuple(same.values())
    return found


def with_vanished(newsroom: Newsroom, published: Mapping[str, Published]) -> tuple[Document, ...]:
    """The documents of the desk, and one without content for each that vanished, so that it can be reported."""
    missing = (
        Document(
            path=f"incidents/{one.id}/incident.md" if one.kind == "incident" else f"incidents/{one.id}.md",
            source=NOT_READ,
            identifier=one.id,
            faults=(Fault(FaultKind.VANISHED, Span(), one.id),),
        )
        for one in vanished(newsroom, published)
        if not one.withdrawn
    )
    return (*missing, *newsroom.documents)
