"""The folder ``content/`` as values: every document with its faults, and the registry. Reads files, decides nothing."""

import json
import os
import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, timezone
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel

from greenchannel.desk import registry_schema, schema
from greenchannel.desk.attachments import look, unfit_names
from greenchannel.desk.document import Document, Ignore, Newsroom
from greenchannel.desk.folders import incident_folders
from greenchannel.desk.frontmatter import MAX_BYTES, NOT_READ, Fault, FaultKind, Source, read_document, read_yaml
from greenchannel.desk.kinds import Unfit
from greenchannel.desk.known_folders import KnownFolder, KnownFolders
from greenchannel.desk.policies import read_own_policy
from greenchannel.desk.schema import Spans
from greenchannel.desk.seen import is_settled, seen
from greenchannel.desk.values import Parsed, incident_of, original_of, release_of, translation_of
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Department, Expert, Person, Registry, Routing
from greenchannel.domain.release import Release
from greenchannel.domain.remembering import Remembering

_ID = re.compile(r"^(?:id|编号)[:：][ ]*[\"']?([a-z0-9/-]+)", re.MULTILINE)


def read_tables(content: Path, zone: timezone) -> Newsroom:
    """The registry and the policies; no incident is opened. `zone` as for `read_newsroom`."""
    registry, registry_documents = _read_registry(content, zone)
    policies, policy_documents = _read_policies(content, zone)
    return Newsroom(documents=(*registry_documents, *policy_documents), registry=registry, policies=policies)


INCIDENT = "incident.md"


def read_newsroom(
    content: Path, zone: timezone, known: KnownFolders | None = None, changed: Collection[Path] | None = None
) -> Newsroom:
    """`zone` is the newsroom's offset: with it a date without a time is read.

    Who looks again and again gives what is `known`: a folder that is still the same is not read again. Where the paths
    that `changed` are given, too, other folders are taken to be the same.
    """
    folders = incident_folders(content) if known is None else known.reading_all(content)
    tables = read_tables(content, zone)
    documents = list(tables.documents)
    touched = None if changed is None else {f"{one}" for one in folders_of(changed)}
    for folder in folders:
        is_told = touched is None or f"{content}/{folder}" in touched
        before = None if is_told or known is None else known.of(folder)
        if before and before.zone == zone:
            documents += before.documents
        else:
            documents += read_folder(content, folder, zone, known)
    if known is not None:
        known.all_read()
    ordered = tuple(sorted(documents, key=lambda one: one.path))
    return replace(tables, documents=ordered)


def folders_of(changed: Collection[Path]) -> set[Path]:
    """Those that are read anew where no more than these paths `changed`."""
    return {*changed, *(one.parent for one in changed)}


def read_incidents(content: Path, zone: timezone, memory: Remembering) -> Newsroom:
    """As `read_newsroom`, of the facts of the incidents alone: no release and no translation is opened.

    A sound file that is still the one that was read before is not opened either; then there is no text.
    """
    tables, folders = read_tables(content, zone), list(incident_folders(content))
    known = memory.recall(f"incident {one}" for one in folders)
    found = [_incident(content, one, zone, known.get(f"incident {one}"), memory) for one in folders]
    return replace(tables, documents=tuple(sorted((*tables.documents, *found), key=lambda one: one.path)))


def read_folder(content: Path, folder: str, zone: timezone, known: KnownFolders | None = None) -> Sequence[Document]:
    """The documents of an incident, by its path below content/; `known` as for `read_newsroom`."""
    within = content / folder
    names = tuple(sorted(_marked(one) for one in os.scandir(within)))
    if known is None:
        return _read_folder(content, within, names, zone)
    # All of its files: to read a text is also to look at the attachments that it lists.
    paths = [f"{within}/{name}" for name in names]
    looks = [seen(one) for one in paths]
    before = known.of(folder)
    if before is not None and before[:3] == (names, looks, zone):
        return before.documents
    known.doubt((folder,))
    documents = _read_folder(content, within, names, zone)
    found = KnownFolder(names, looks, zone, documents)
    known.learn(folder, found, is_settled=all(map(is_settled, paths, looks)))
    return documents


def _read_folder(content: Path, folder: Path, names: tuple[str, ...], zone: timezone) -> list[Document]:
    documents = [
        _read_file(content, folder / name, names, zone)
        for name in names
        if name.endswith(".md") and not name.startswith(".")
    ]
    if INCIDENT not in names:
        documents.append(_no_incident(content, folder))
    return [_with_translations(one, documents) for one in documents]


def _incident(content: Path, folder: str, zone: timezone, known: bytes | None, memory: Remembering) -> Document:
    path, from_path = f"{content}/{folder}/{INCIDENT}", folder.removeprefix("incidents/")
    look = seen(path)
    before, fields = json.loads(known) if known else (None, {})
    if look is not None and before == look:
        value = incident_of(fields, {}, from_path, "", zone).value
        name, identifier = f"{folder}/{INCIDENT}", str(fields.get("id", from_path))
        return Document(path=name, source=NOT_READ, identifier=identifier, value=value, fields=fields)
    if look is None and INCIDENT not in map(_marked, os.scandir(content / folder)):
        return _no_incident(content, content / folder)
    document = _read_file(content, Path(path), (), zone)
    if document.value and not document.faults and is_settled(path, look):
        memory.keep(f"incident {folder}", json.dumps((look, document.fields)).encode())
    return document


def _no_incident(content: Path, folder: Path) -> Document:
    """What stands for the file that is missing."""
    path = (folder / INCIDENT).relative_to(content).as_posix()
    fault = Fault(FaultKind.NO_INCIDENT_FILE, Span(), folder.name)
    identifier = folder.relative_to(content / "incidents").as_posix()
    return Document(path=path, source=NOT_READ, identifier=identifier, faults=(fault,))


def _with_translations(document: Document, beside: list[Document]) -> Document:
    found = tuple(one.translation for one in beside if one.original == document.path and one.translation)
    if document.value is None or not found:
        return document
    return replace(document, value=replace(document.value, translations=found))


def _marked(entry: os.DirEntry[str]) -> str:
    return entry.name if entry.is_file(follow_symlinks=False) else f"{entry.name}@"


def _read_bytes(path: Path) -> bytes:
    """Opened without following a link; at most one byte more than the limit, which is enough to refuse it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        return stream.read(MAX_BYTES + 1)


def read_identifier(content: Path, relative: str) -> str:
    """The id of the file at that path below content/, as far as it can be known; of a translation, its original's."""
    original = content / (original_of(relative) or relative)
    return _read_file(content, original if original.is_file() else content / relative, (), UTC).identifier


def _read_file(content: Path, path: Path, neighbours: tuple[str, ...], zone: timezone) -> Document:
    relative = path.relative_to(content).as_posix()
    source = read_document(_read_bytes(path))
    if original := original_of(relative):
        return _read_translation(relative, original, source, neighbours, zone)
    from_path = str(PurePosixPath(relative).relative_to("incidents").with_suffix("")).removesuffix("/incident")
    if source.front is None:
        written = _ID.search(source.text)
        identifier = written[1] if written else from_path
        return Document(
            path=relative, source=source, identifier=identifier, faults=source.faults, neighbours=neighbours
        )
    is_incident = path.name == INCIDENT
    fields, spans = schema.read_fields(source.front, schema.CHINESE_KEYS if is_incident else schema.RELEASE_KEYS)
    read = incident_of if is_incident else release_of
    parsed = read(fields, spans, from_path, source.body, zone)
    value = parsed.value
    return Document(
        path=relative,
        source=source,
        identifier=str(fields.get("id", from_path)),
        value=value,
        fields=fields,
        spans=spans,
        faults=(*source.faults, *parsed.faults),
        ignores=_ignores(parsed, spans),
        unfit=_unfit(value, path.parent, neighbours) if value and not isinstance(value, Incident) else {},
        neighbours=neighbours,
    )


def _read_translation(
    path: str, original: str, source: Source, neighbours: tuple[str, ...], zone: timezone
) -> Document:
    document = Document(
        path=path,
        source=source,
        identifier=path.removeprefix("incidents/").removesuffix(".md"),
        original=original,
        faults=source.faults,
        neighbours=neighbours,
    )
    if source.front is None:
        return document
    fields, spans = schema.read_fields(source.front, schema.RELEASE_KEYS)
    parsed = translation_of(path, fields, spans, source.body, zone)
    ignores, faults = _ignores(parsed, spans), (*source.faults, *parsed.faults)
    return replace(document, fields=fields, spans=spans, translation=parsed.value, faults=faults, ignores=ignores)


def _unfit(release: Release, folder: Path, neighbours: tuple[str, ...]) -> dict[str, Unfit]:
    found = dict(unfit_names(release.attachments))
    for name in release.attachments:
        if name in neighbours and name not in found and isinstance(looked := look(folder, name), Unfit):
            found[name] = looked
    return found


def _ignores(parsed: Parsed[object], spans: Spans) -> tuple[Ignore, ...]:
    return tuple(
        Ignore(one.code, one.reason, spans.get(f"ignore.{index}.code", Span()))
        for index, one in enumerate(parsed.ignore)
    )


def _read_registry(content: Path, zone: timezone) -> tuple[Registry, list[Document]]:
    files: dict[str, type[BaseModel]] = {
        "departments": registry_schema.DepartmentsFile,
        "people": registry_schema.PeopleFile,
        "experts": registry_schema.ExpertsFile,
        "routing": registry_schema.RoutingFile,
    }
    parsed: dict[str, Any] = {}
    documents = []
    for name, model in files.items():
        path = content / "registry" / f"{name}.yml"
        is_file = path.is_file() and not path.is_symlink()
        source = read_yaml(_read_bytes(path) if is_file else b"")
        fields, spans = schema.read_fields(source.front) if source.front else ({}, {})
        value, faults = schema.parse(model, fields, spans, zone) if source.front else (None, [])
        parsed[name] = value
        documents.append(
            Document(
                path=path.relative_to(content).as_posix(),
                source=source,
                fields=fields,
                spans=spans,
                faults=(*source.faults, *faults),
            )
        )
    return _registry(parsed), documents


def _read_policies(content: Path, zone: timezone) -> tuple[dict[str, Policy], list[Document]]:
    folder = content / "registry" / "policies"
    policies, documents = {}, []
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else ():
        source = read_yaml(_read_bytes(path) if path.is_file() and not path.is_symlink() else b"")
        policy, faults, spans = read_own_policy(source, path.stem, zone)
        if policy is not None:
            policies[policy.id] = policy
        relative = path.relative_to(content).as_posix()
        documents.append(Document(path=relative, source=source, spans=spans, faults=(*source.faults, *faults)))
    return policies, documents


def _registry(parsed: dict[str, Any]) -> Registry:
    departments, people, experts, routing = (parsed[one] for one in ("departments", "people", "experts", "routing"))
    return Registry(
        departments={one.id: Department(**one.model_dump()) for one in departments.departments} if departments else {},
        people={one.id: Person(**one.model_dump()) for one in people.people} if people else {},
        experts={one.id: Expert(**one.model_dump()) for one in experts.experts} if experts else {},
        routing=Routing(lead=routing.lead, themes=routing.themes, cc=routing.cc) if routing else Routing(),
    )
