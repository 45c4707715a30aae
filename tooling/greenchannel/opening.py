"""The desk at one moment, as a value: what is written, under which policies, what is public, and what is wrong.

Whoever decides anything opens it once, with the time at which it is asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from greenchannel.continuity import older_record
from greenchannel.delivery.cleaned import Cleaned
from greenchannel.delivery.glanced import Record
from greenchannel.delivery.proven import frozen_reader
from greenchannel.delivery.record import LedgerDamagedError, read_at_a_glance, read_sound_part
from greenchannel.delivery.writing import write_file
from greenchannel.desk.checking import check
from greenchannel.desk.document import Document, Newsroom
from greenchannel.desk.fixing import apply_edits
from greenchannel.desk.frontmatter import Fault, FaultKind, read_yaml
from greenchannel.desk.furniture import EXAMPLES, unset
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.newsroom import read_identifier, read_newsroom
from greenchannel.desk.outline import read_around, read_what_changed
from greenchannel.desk.policies import Selection, select
from greenchannel.desk.rules.rule import Context
from greenchannel.desk.schema import read_fields
from greenchannel.desk.settings import Settings
from greenchannel.desk.vanished import Published, with_vanished
from greenchannel.domain.diagnostic import SETTINGS_FILE, Diagnostic, Severity, Span
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.release import Release
from greenchannel.domain.remembering import Remembering
from greenchannel.record.events import State
from greenchannel.record.freeze import thaw
from greenchannel.record.gate import lacks_note
from greenchannel.record.outlived import (
    altered_translations,
    is_original_public,
    missing_translations,
    outlived_translations,
)


@dataclass(frozen=True)
class Desk:
    """What is written and what is public, as of one moment. `only` is what was asked about."""

    newsroom: Newsroom
    policies: Selection
    record: Record
    context: Context
    only: frozenset[str] | None  # the paths of the documents that `diagnostics` are asked of; None for all
    cleaned: Cleaned
    damaged: GreenchannelError | None = None  # The record: then it is known in part only.

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return check(self.context, self.only)

    def errors_of(self, identifiers: Iterable[str]) -> int:
        """Only the files of one release count, translations included: a broken neighbour stops no urgent release."""
        documents = [self.newsroom.document_of(one) for one in identifiers]
        paths = {one.path for one in documents if one}
        paths |= {one.path for one in self.newsroom.documents if one.original in paths}
        return sum(one.severity is Severity.ERROR for one in check(self.context, frozenset(paths)))


def open_desk(
    settings: Settings,
    now: datetime,
    only: frozenset[str] | None = None,
    *,
    cleaned: Cleaned | None = None,
    looks_only: bool = False,
    about: Collection[str] = (),
    memory: Remembering | None = None,
    known: KnownFolders | None = None,
    changed: Collection[Path] | None = None,
) -> Desk:
    """With a `memory`, no more is read than has to do with the releases `about` or the files `only`, if it is these.

    `cleaned` and `known` are given by who looks again and again: what took too long once is not tried with each look,
    and what was read once is read again only when it changed. With the paths that `changed` no other
    folder of an incident is looked at that is known; with a `memory`, too, no more is in the desk than has to do with
    what changed and the releases `about`, if nothing but files of incidents did.

    Raises LedgerDamagedError where the record does not verify, but for who `looks_only`. Who reads but a part is told
    of damaged lines alone; the gate asks for the frozen files, too.
    """
    content, zone, paths = settings.content, settings.zone, only or frozenset()
    is_of_few = bool(about or paths) and all(one.startswith("incidents/") for one in paths)
    folders = None if known is None or changed is None else known.told_of(content, changed)
    if memory is not None and known is not None and folders is not None:
        newsroom = read_what_changed(content, zone, about, folders, known)
        record, found = read_at_a_glance(settings.releases, memory)
    elif memory is not None and known is None and is_of_few:
        # First, since a copy of this process may not be done with looking at a long desk.
        record, found = read_at_a_glance(settings.releases, memory)
        newsroom = read_around(content, zone, about, paths, memory)
    else:
        newsroom = read_newsroom(content, zone, known, changed)
        record, found = read_sound_part(settings.releases)
    policies = select(settings.policy, settings.advisory, newsroom.policies)
    if policies.unknown or unset(settings.footer):
        newsroom = replace(newsroom, documents=(*newsroom.documents, _settings_document(settings, policies)))
    if found and not looks_only:
        raise found
    # Whatever changes the record asks this by itself.
    damaged = found or (_older(settings) if looks_only else None)
    published = _Public(settings, newsroom, record.state)
    newsroom = replace(newsroom, documents=with_vanished(newsroom, published))
    appearances = record.state.appearances(settings.zone)
    context = Context(
        newsroom,
        policies.deciding,
        now,
        appearances,
        published,
        settings.language,
        is_record_whole=not damaged,
        named_bodies=record.state.named.bodies,
    )
    return Desk(newsroom, policies, record, context, only, cleaned or Cleaned(settings), damaged)


def _older(settings: Settings) -> GreenchannelError | None:
    try:
        return older_record(settings)
    except LedgerDamagedError as error:  # It reads the whole record, of which a part may have been sound.
        return error


class _Public(Mapping[str, Published]):
    """What the record has, each worked out when it is asked for: most of an archive never is.

    The text only of what vanished from the desk, to find it again under another name.
    """

    def __init__(self, settings: Settings, newsroom: Newsroom, state: State) -> None:
        self._read, self._newsroom, self._state = frozen_reader(settings.releases), newsroom, state
        self._known: dict[str, Published] = {}

    def __getitem__(self, identifier: str) -> Published:
        if identifier not in self._known:
            found = self._of(identifier)
            if identifier not in self._newsroom.identifiers:
                found = replace(found, body=self._body(identifier))
            self._known[identifier] = found
        return self._known[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._state.incidents, *self._state.releases))

    def __len__(self) -> int:
        return len(self._state.incidents) + len(self._state.releases)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._state.releases or identifier in self._state.incidents

    def _of(self, identifier: str) -> Published:
        if release := self._state.releases.get(identifier):
            facts = release.current.event
            is_withdrawn = release.withdrawal is not None
            found = Published(id=identifier, kind=facts["type"], title=facts["title"], withdrawn=is_withdrawn)
            return _as_on_desk(found, self._newsroom.releases.get(identifier), self._state)
        public, on_desk = self._state.incidents[identifier], self._newsroom.incidents.get(identifier)
        return Published(
            id=identifier,
            kind="incident",
            title=public["title"],
            outlived=outlived_translations(on_desk, self._state) if on_desk else (),
            missing=missing_translations(on_desk, self._state) if on_desk else (),
        )

    def _body(self, identifier: str) -> str:
        """Empty where the frozen text is lost or damaged: whoever adds to the record or verifies it says so."""
        try:
            return thaw(self._read(self._path(identifier)) or b"").body
        except ValueError:
            return ""

    def _path(self, identifier: str) -> str:
        if release := self._state.releases.get(identifier):
            return release.current.path
        return str(self._state.incidents[identifier]["path"])


def _as_on_desk(one: Published, release: Release | None, state: State) -> Published:
    if release is None:
        return one
    is_unnoted = lacks_note(release, state)
    is_original = is_unnoted and is_original_public(release, state)
    return replace(
        one,
        lacks_note=is_unnoted and not is_original,
        unnoted=altered_translations(release, state) if is_original else (),
        outlived=outlived_translations(release, state),
        missing=missing_translations(release, state),
    )


def _settings_document(settings: Settings, policies: Selection) -> Document:
    """mkdocs.yml is no file of the desk; it stands among them only to be told what it names wrongly or lacks."""
    source = read_yaml((settings.home / SETTINGS_FILE).read_bytes())
    _, spans = read_fields(source.front) if source.front else ({}, {})
    where = "extra.greenchannel"
    faults = [
        Fault(
            FaultKind.UNKNOWN_POLICY,
            spans.get(f"{where}.policy" if one == settings.policy else f"{where}.advisory", Span()),
            one,
            nearest,
        )
        for one, nearest in policies.unknown
    ]
    if lacking := unset(settings.footer):
        span = spans.get(f"key:{where}.footer") or spans.get("key:extra.greenchannel", Span())
        labels, examples = ", ".join(one.zh for one in lacking), "; ".join(EXAMPLES[one] for one in lacking)
        faults.append(Fault(FaultKind.UNSET_FURNITURE, span, labels, examples))
    return Document(path=SETTINGS_FILE, source=source, spans=spans, faults=tuple(faults))


def fix_desk(settings: Settings, desk: Desk) -> tuple[str, ...]:
    """Applies the safe repairs that the diagnostics carry; the paths that changed."""
    mended = []
    for document in (one for one in desk.newsroom.documents if not one.is_vanished):
        edits = [one.edit for one in desk.diagnostics if one.path == document.path and one.edit]
        if edits and write_file(settings.content / document.path, apply_edits(document, edits).encode()):
            mended.append(document.path)
    return tuple(mended)


def release_id(settings: Settings, named: str) -> str:
    """An officer may type the id or the path of the file, which may have been renamed since it got its id."""
    path = Path(named)
    if path.suffix != ".md":
        return named.strip("/")
    root = settings.content / "incidents"
    for base in (Path.cwd(), settings.home):
        if (base / path).is_relative_to(root):
            if (base / path).is_file():
                return read_identifier(settings.content, (base / path).relative_to(settings.content).as_posix())
            return (base / path).relative_to(root).with_suffix("").as_posix()
    return path.with_suffix("").as_posix()
