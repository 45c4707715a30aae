"""What may stand in a file: the keys in both spellings, the values in both spellings, and their types.

`read_fields` turns a mapping node into plain values with canonical English keys and the place of each; `parse` puts
them through pydantic and turns its errors into faults at those places.
"""

import difflib
from collections.abc import Mapping as MappingOf
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from greenchannel.desk.frontmatter import Fault, FaultKind, Mapping, Node, Scalar, Sequence
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass, ReleaseType, Term, Theme, Verdict

# The Chinese spelling of every key; the English one is the canonical name.
CHINESE_KEYS: MappingOf[str, str] = {
    "标题": "title", "类别": "category", "主题": "theme", "等级": "class", "造成重大人员伤亡": "casualties",
    "社会影响较大": "wide_impact", "发生时间": "occurred_at", "发现时间": "detected_at", "认领时间": "claimed_at",
    "上报时间": "reported_up_at", "牵头部门": "lead", "牵头理由": "lead_reason", "抄送": "cc", "办结时间": "closed_at",
    "来源": "source", "编号": "id", "类型": "type", "事件": "incident", "部门": "department", "截止时间": "deadline",
    "摘要": "summary", "作者": "author", "发布时间不早于": "release_at", "迟发原因": "late_reason", "变更": "changes",
    "附件": "attachments", "忽略": "ignore", "核查结论": "verdict", "专家": "expert", "依据": "basis",
    "开始时间": "starts_at", "召开时间": "held_at", "地点": "venue", "发布人": "speakers", "主持人": "moderator",
    "媒体联系": "media_contact", "姓名": "name", "职务": "post", "方式": "kind", "说明": "note", "代码": "code",
    "理由": "reason",
}  # fmt: skip
_YES = {"true", "yes", "是"}
_NO = {"false", "no", "否"}


def _parse_time(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        parsed = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise PydanticCustomError("bad_time", "malformed") from None
    if parsed.tzinfo is None:
        raise PydanticCustomError("bad_time", "no offset")
    return parsed


def _parse_yes_no(value: object) -> bool:
    text = str(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise PydanticCustomError("bad_choice", "{choices}", {"choices": "true/是, false/否"})


TermT = TypeVar("TermT", bound=Term)


def _term(kind: type[TermT]) -> BeforeValidator:
    spellings = {spelling: member for member in kind for spelling in (member.value, member.zh)}

    def parse(value: object) -> Term:
        if (found := spellings.get(str(value).strip())) is not None:
            return found
        choices = ", ".join(f"{member.value} ({member.zh})" for member in kind)
        raise PydanticCustomError("bad_choice", "{choices}", {"choices": choices})

    return BeforeValidator(parse)


Time = Annotated[datetime, BeforeValidator(_parse_time)]
YesNo = Annotated[bool, BeforeValidator(_parse_yes_no)]
Text = Annotated[str, Field(min_length=1)]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class IgnoreSchema(_Schema):
    code: Text
    reason: Text


class SourceSchema(_Schema):
    kind: str = ""
    note: str = ""


class IncidentSchema(_Schema):
    id: str | None = None
    title: Text
    category: Annotated[Category, _term(Category)]
    theme: Annotated[Theme, _term(Theme)] | None = None
    incident_class: Annotated[IncidentClass, _term(IncidentClass)] = Field(alias="class")
    casualties: YesNo = False
    wide_impact: YesNo = False
    occurred_at: Time | None = None
    detected_at: Time | None = None
    claimed_at: Time | None = None
    reported_up_at: Time | None = None
    lead: Text
    lead_reason: str | None = None
    cc: tuple[str, ...] = ()
    closed_at: Time | None = None
    source: SourceSchema | None = None  # internal, never released
    ignore: tuple[IgnoreSchema, ...] = ()


class ChangeSchema(_Schema):
    kind: Annotated[ChangeKind, _term(ChangeKind)]
    note: Text


class SpeakerSchema(_Schema):
    name: Text
    post: Text


class ReleaseSchema(_Schema):
    id: str | None = None
    title: Text
    type: Annotated[ReleaseType, _term(ReleaseType)]
    incident: Text
    department: Text
    deadline: Time | None = None
    summary: Text
    author: Text
    release_at: Time | None = None
    late_reason: str | None = None
    changes: tuple[ChangeSchema, ...] = ()
    attachments: tuple[str, ...] = ()
    ignore: tuple[IgnoreSchema, ...] = ()


class ConferenceSchema(ReleaseSchema):
    starts_at: Time
    held_at: Time | None = None
    venue: Text
    speakers: tuple[SpeakerSchema, ...] = ()
    moderator: str | None = None
    media_contact: str | None = None


class ResponseSchema(ReleaseSchema):
    verdict: Annotated[Verdict, _term(Verdict)]


class InterpretationSchema(ReleaseSchema):
    expert: Text
    basis: Text


class DepartmentSchema(_Schema):
    id: Text
    name: Text
    english: str = ""
    duty: str = ""
    phone: str = ""


class PersonSchema(_Schema):
    id: Text
    name: Text
    department: Text
    post: Text
    approves: YesNo = False
    spokesperson: YesNo = False


class ExpertSchema(_Schema):
    id: Text
    name: Text
    field: Text
    affiliation: Text
    title: str = ""
    public: YesNo = False


class DepartmentsFile(_Schema):
    departments: tuple[DepartmentSchema, ...]


class PeopleFile(_Schema):
    people: tuple[PersonSchema, ...]


class ExpertsFile(_Schema):
    experts: tuple[ExpertSchema, ...]


class RoutingFile(_Schema):
    lead: dict[Annotated[Category, _term(Category)], str]
    themes: dict[Annotated[Theme, _term(Theme)], str] = Field(default_factory=dict)
    cc: tuple[str, ...] = ()


SchemaT = TypeVar("SchemaT", bound=BaseModel)
Spans = dict[str, Span]


def read_fields(node: Mapping) -> tuple[dict[str, Any], Spans]:
    """Plain values under canonical keys; spans by dotted path (``changes.0.kind``), key places as ``key:<path>``."""
    spans: Spans = {"": node.span}
    value = _plain(node, "", spans)
    return value if isinstance(value, dict) else {}, spans


def _plain(node: Node, path: str, spans: Spans) -> Any:
    spans.setdefault(path, node.span)
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Sequence):
        return [_plain(item, f"{path}.{index}".lstrip("."), spans) for index, item in enumerate(node.items)]
    result: dict[str, Any] = {}
    for key, value in node.entries:
        name = CHINESE_KEYS.get(key.text, key.text)
        inner = f"{path}.{name}".lstrip(".")
        spans[f"key:{inner}"] = key.span
        plain = _plain(value, inner, spans)
        if plain is not None:  # A key with nothing behind it is absent; the scaffold leaves such keys to fill in.
            result[name] = plain
    return result


def parse(schema: type[SchemaT], fields: dict[str, Any], spans: Spans) -> tuple[SchemaT | None, list[Fault]]:
    try:
        return schema.model_validate(fields), []
    except ValidationError as error:
        return None, [_fault(schema, detail, spans) for detail in error.errors(include_url=False)]


def _fault(schema: type[BaseModel], detail: Any, spans: Spans) -> Fault:  # Any: pydantic's own error dictionary
    path = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    place = spans.get(path) or spans.get(f"key:{path}") or _nearest(path, spans)
    name = path.rpartition(".")[2]
    match detail["type"]:
        case "extra_forbidden":
            known = [field.alias or key for key, field in schema.model_fields.items()]
            close = difflib.get_close_matches(name, [*known, *CHINESE_KEYS], n=1)
            return Fault(FaultKind.UNKNOWN_KEY, spans.get(f"key:{path}", place), name, close[0] if close else "")
        case "missing":
            return Fault(FaultKind.MISSING_KEY, spans.get(f"key:{path}", place), name)
        case "bad_time":
            return Fault(FaultKind.BAD_TIME, place, name, str(detail["msg"]))
        case "bad_choice":
            return Fault(FaultKind.BAD_VALUE, place, name, str(detail["ctx"]["choices"]))
        case _:
            return Fault(FaultKind.BAD_VALUE, place, name, str(detail["msg"]))


def _nearest(path: str, spans: Spans) -> Span:
    while path:
        path = path.rpartition(".")[0]
        if path in spans:
            start = spans[path]
            return Span(start.line, start.column, start.line, start.column + 1)
    return Span()
