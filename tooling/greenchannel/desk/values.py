"""The fields of one file -> a value of the domain: an incident, a release, or a translation of either.

A translation (译文) is ``fact-1.en.md`` beside ``fact-1.md``, or ``incident.en.md`` beside ``incident.md``. It has a
title, for a release a summary, and a body; everything else is said by the file that it translates.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timezone
from pathlib import PurePosixPath
from typing import Any, Generic, TypeVar

from greenchannel.desk import release_schema, schema
from greenchannel.desk.frontmatter import Fault, FaultKind
from greenchannel.desk.schema import Spans
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.incident import EarlierClass, Figures, Incident
from greenchannel.domain.release import (
    Accreditation,
    Change,
    Conference,
    Fact,
    Interpretation,
    Live,
    Release,
    Response,
    Speaker,
)
from greenchannel.domain.slug import is_incident_id, is_release_id
from greenchannel.domain.translation import Translation
from greenchannel.domain.vocabulary import Language, ReleaseType

Fields = dict[str, Any]  # Any: YAML
ValueT_co = TypeVar("ValueT_co", covariant=True)
_NAME = re.compile(rf"(?P<stem>.+)\.(?P<language>{'|'.join(Language)})\.md")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[ValueT_co]):
    """`value` is None where the file could not be understood."""

    value: ValueT_co | None
    faults: Sequence[Fault] = ()
    ignore: tuple[schema.IgnoreSchema, ...] = ()


def original_of(path: str) -> str:
    """The path of the file that a translation belongs to; empty for what is none."""
    found = _NAME.fullmatch(path)
    return f"{found['stem']}.md" if found else ""


def translation_path(path: PurePosixPath, language: Language) -> PurePosixPath:
    """Where the translation of a file stands."""
    return path.with_suffix(f".{language.value}.md")


def translation_of(path: str, fields: Fields, spans: Spans, body: str, zone: timezone) -> Parsed[Translation]:
    """`path` is one of which `original_of` knows the original."""
    found = _NAME.fullmatch(path)
    is_release = not original_of(path).endswith("/incident.md")
    parsed, faults = schema.parse(
        schema.TranslatedReleaseSchema if is_release else schema.TranslationSchema, fields, spans, zone
    )
    if parsed is None or found is None:
        return Parsed(None, faults)
    translated = Translation(language=Language(found["language"]), title=parsed.title, body=body)
    if isinstance(parsed, schema.TranslatedReleaseSchema):
        translated = replace(
            translated,
            summary=parsed.summary,
            confirmed=parsed.confirmed,
            checking=parsed.checking,
            claim=parsed.claim or "",
        )
    return Parsed(translated, faults, parsed.ignore)


def incident_of(fields: Fields, spans: Spans, from_path: str, body: str, zone: timezone) -> Parsed[Incident]:
    parsed, faults = schema.parse(schema.IncidentSchema, fields, spans, zone)
    identifier = str(fields.get("id", from_path))
    if not is_incident_id(identifier):
        faults.append(Fault(FaultKind.PLACEMENT, spans.get("id", Span()), identifier))
    if parsed is None or not is_incident_id(identifier):
        return Parsed(None, faults)
    figures = Figures(deaths=parsed.deaths, serious_injuries=parsed.serious_injuries, direct_loss=parsed.direct_loss)
    earlier = tuple(EarlierClass(one.incident_class, one.until) for one in parsed.earlier_classes)
    apart = {"ignore", "source", "id", "earlier_classes", "deaths", "serious_injuries", "direct_loss"}
    values = schema.values_of(parsed, apart)
    incident = Incident(id=identifier, body=body, figures=figures, earlier_classes=earlier, **values)
    return Parsed(incident, faults, parsed.ignore)


_SCHEMAS: dict[ReleaseType, type[release_schema.ReleaseSchema]] = {
    ReleaseType.FACT: release_schema.ReleaseSchema,
    ReleaseType.CONFERENCE: release_schema.ConferenceSchema,
    ReleaseType.RESPONSE: release_schema.ResponseSchema,
    ReleaseType.INTERPRETATION: release_schema.InterpretationSchema,
}
_CLASSES: dict[ReleaseType, type[Fact | Conference | Response | Interpretation]] = {
    ReleaseType.FACT: Fact,
    ReleaseType.CONFERENCE: Conference,
    ReleaseType.RESPONSE: Response,
    ReleaseType.INTERPRETATION: Interpretation,
}


def release_of(fields: Fields, spans: Spans, from_path: str, body: str, zone: timezone) -> Parsed[Release]:
    written = str(fields.get("type", ""))
    kind = next((one for one in ReleaseType if written in (one.value, one.zh)), ReleaseType.FACT)
    parsed, faults = schema.parse(_SCHEMAS[kind], fields, spans, zone)
    identifier = str(fields.get("id", from_path))
    if not is_release_id(identifier):
        faults.append(Fault(FaultKind.PLACEMENT, spans.get("id", Span()), identifier))
    if parsed is None or not is_release_id(identifier):
        return Parsed(None, faults)
    values = schema.values_of(parsed, {"ignore", "id", "changes", "type", "speakers", "live", "accreditation"})
    values["changes"] = tuple(Change(one.kind, one.note) for one in parsed.changes)
    if isinstance(parsed, release_schema.ConferenceSchema):
        values["speakers"] = tuple(Speaker(one.name, one.post) for one in parsed.speakers)
        values["live"] = tuple(Live(one.platform, one.url) for one in parsed.live)
        values["accreditation"] = Accreditation(**vars(parsed.accreditation)) if parsed.accreditation else None
    return Parsed(_CLASSES[kind](id=identifier, body=body, **values), faults, parsed.ignore)
