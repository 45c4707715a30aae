"""What may stand in the file of a release, by its type."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from greenchannel.desk.addresses import is_web_address
from greenchannel.desk.schema import Date, IgnoreSchema, Schema, Text, Time, When, YesNo, term
from greenchannel.domain.vocabulary import ChangeKind, HearingAccess, ReleaseType, Verdict


def _parse_address(value: object) -> str:
    if not is_web_address(text := str(value).strip()):
        raise PydanticCustomError("bad_choice", "{choices}", {"choices": "https://live.shili.example/"})
    return text


Address = Annotated[str, BeforeValidator(_parse_address)]


class ChangeSchema(Schema):
    kind: Annotated[ChangeKind, term(ChangeKind)]
    note: Text


class SpeakerSchema(Schema):
    name: Text
    post: Text


class LiveSchema(Schema):
    platform: Text
    url: Address


class AccreditationSchema(Schema):
    contact: Text
    phone: str | None = None
    deadline: Time | None = None
    note: str | None = None


class ReleaseSchema(Schema):
    id: str | None = None
    title: Text
    type: Annotated[ReleaseType, term(ReleaseType)]
    incident: Text
    department: Text
    deadline: Time | None = None
    summary: Text
    author: Text
    release_at: Time | None = None
    late_reason: str | None = None
    changes: tuple[ChangeSchema, ...] = ()
    attachments: tuple[str, ...] = ()
    final: YesNo = False
    document_number: str | None = None
    formed_on: Date | None = None
    keywords: tuple[Text, ...] = ()
    content_source: str | None = None
    confirmed: tuple[Text, ...] = ()
    checking: tuple[Text, ...] = ()
    ignore: tuple[IgnoreSchema, ...] = ()


class ConferenceSchema(ReleaseSchema):
    starts_at: Time
    held_at: When | None = None
    venue: Text
    speakers: tuple[SpeakerSchema, ...] = ()
    moderator: str | None = None
    media_contact: str | None = None
    live: tuple[LiveSchema, ...] = ()
    accreditation: AccreditationSchema | None = None
    hearing_access: tuple[Annotated[HearingAccess, term(HearingAccess)], ...] = ()


class ResponseSchema(ReleaseSchema):
    verdict: Annotated[Verdict, term(Verdict)]
    result_due: When | None = None
    claim: str | None = None
    claim_source: str | None = None
    claim_seen_at: When | None = None


class InterpretationSchema(ReleaseSchema):
    expert: Text
    basis: Text
