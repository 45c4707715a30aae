"""What may stand in a file: the keys in both spellings, the values in both spellings, and their types.

`read_fields` turns a mapping node into plain values with canonical English keys and the place of each; `parse` puts
them through pydantic and turns its errors into faults at those places.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from greenchannel.desk.frontmatter import Fault, FaultKind, Mapping, Node, Scalar, Sequence
from greenchannel.desk.plain_words import of_pydantic
from greenchannel.domain.diagnostic import Span
from greenchannel.domain.moment import Day, Moment
from greenchannel.domain.vocabulary import Category, IncidentClass, Term, Theme

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
    "理由": "reason", "死亡人数": "deaths", "重伤人数": "serious_injuries", "直接经济损失": "direct_loss",
    "曾定等级": "earlier_classes", "至": "until", "终报": "final", "承诺时限": "result_due", "适用范围": "jurisdiction",
    "文件": "instrument", "文号": "number", "印发日期": "issued", "网址": "url", "施行日期": "effective_from",
    "失效日期": "effective_until", "已核对": "verified", "规则": "rules", "职责": "duty", "适用": "applies",
    "时限": "within", "起算": "clock", "原文载明起算": "clock_stated", "力度": "force", "连续": "series",
    "启用日期": "valid_from", "停用日期": "valid_to", "继任部门": "successor", "成文日期": "formed_on",
    "关键词": "keywords", "已核实": "confirmed", "正在核实": "checking", "直播": "live", "平台": "platform",
    "采访报名": "accreditation", "联系人": "contact", "电话": "phone", "无障碍服务": "hearing_access", "传言": "claim",
    "传言出处": "claim_source", "传言发现时间": "claim_seen_at",
}  # fmt: skip
# Words that mean something else in a release: the number of a document, and the source that is shown.
RELEASE_KEYS: MappingOf[str, str] = {**CHINESE_KEYS, "文号": "document_number", "来源": "content_source"}
# The Chinese spelling of each canonical name.
CHINESE_NAMES: MappingOf[str, str] = {
    english: chinese for spelled in (RELEASE_KEYS, CHINESE_KEYS) for chinese, english in spelled.items()
}
_YES = {"true", "yes", "是"}
_NO = {"false", "no", "否"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOSS = re.compile(r"(\d{1,15}(?:\.\d{1,8})?)(元|万元|亿元)?")
_UNITS = {"": 1, "元": 1, "万元": 10_000, "亿元": 100_000_000}


def _loosely(word: str) -> str:
    """Capitals, hyphens, blanks and wide letters aside: two words that are equal so are the same word."""
    return re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", word).casefold().strip())


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


def _parse_moment(value: object, info: ValidationInfo[timezone]) -> Moment:
    """A time known to the day only is written as a date; it is read with the newsroom's offset."""
    if not _DATE.fullmatch(text := str(value).strip()):
        return _parse_time(value)
    try:
        return Day(date.fromisoformat(text), info.context)
    except ValueError:
        raise PydanticCustomError("bad_time", "malformed") from None


def _parse_date(value: object) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise PydanticCustomError("bad_choice", "{choices}", {"choices": "2026-11-20"}) from None


def read_loss(text: str) -> int | None:
    """Yuan; 万元 and 亿元 are understood, so that nobody counts noughts at night. None for what is no amount."""
    found = _LOSS.fullmatch(text.replace(",", "").strip())
    return int(Decimal(found[1]) * _UNITS[found[2] or ""]) if found else None


def _parse_loss(value: object) -> int:
    if (amount := read_loss(str(value))) is None:
        raise PydanticCustomError("bad_choice", "{choices}", {"choices": "50000000, 5000万元, 1.2亿元"})
    return amount


def _parse_yes_no(value: object) -> bool:
    text = str(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise PydanticCustomError("bad_choice", "{choices}", {"choices": "true/是, false/否"})


TermT = TypeVar("TermT", bound=Term)


def term(kind: type[TermT]) -> BeforeValidator:
    spellings = {spelling: member for member in kind for spelling in (member.value, member.zh)}
    meant = {_loosely(spelling): spelling for spelling in spellings}

    def parse(value: object) -> Term:
        if (found := spellings.get(str(value).strip())) is not None:
            return found
        choices = ", ".join(f"{member.value} ({member.zh})" for member in kind)
        context = {"choices": choices, "meant": meant.get(_loosely(str(value)), "")}
        raise PydanticCustomError("bad_choice", "{choices}", context)

    return BeforeValidator(parse)


Time = Annotated[datetime, BeforeValidator(_parse_time)]
When = Annotated[Moment, PlainValidator(_parse_moment)]
Date = Annotated[date, BeforeValidator(_parse_date)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Loss = Annotated[int, BeforeValidator(_parse_loss)]
YesNo = Annotated[bool, BeforeValidator(_parse_yes_no)]
Text = Annotated[str, Field(min_length=1)]


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True, defer_build=True)


class IgnoreSchema(Schema):
    code: Text
    reason: Text


class SourceSchema(Schema):
    kind: str = ""
    note: str = ""


class EarlierClassSchema(Schema):
    incident_class: Annotated[IncidentClass, term(IncidentClass)] = Field(alias="class")
    until: Time


class IncidentSchema(Schema):
    id: str | None = None
    title: Text
    category: Annotated[Category, term(Category)]
    theme: Annotated[Theme, term(Theme)] | None = None
    # Absent, the incident is still read, so that the board shows what can be known; rule T114 demands the class.
    incident_class: Annotated[IncidentClass, term(IncidentClass)] | None = Field(default=None, alias="class")
    earlier_classes: tuple[EarlierClassSchema, ...] = ()
    deaths: Count | None = None
    serious_injuries: Count | None = None
    direct_loss: Loss | None = None
    casualties: YesNo = False
    wide_impact: YesNo = False
    occurred_at: When | None = None
    detected_at: When | None = None
    claimed_at: When | None = None
    reported_up_at: When | None = None
    lead: Text
    lead_reason: str | None = None
    cc: tuple[str, ...] = ()
    closed_at: When | None = None
    source: SourceSchema | None = None  # internal, never released
    ignore: tuple[IgnoreSchema, ...] = ()


class TranslationSchema(Schema):
    """Of an incident; what is not said here is said by the file that it translates."""

    title: Text
    ignore: tuple[IgnoreSchema, ...] = ()


class TranslatedReleaseSchema(TranslationSchema):
    summary: Text
    confirmed: tuple[Text, ...] = ()
    checking: tuple[Text, ...] = ()
    claim: Text | None = None


SchemaT = TypeVar("SchemaT", bound=BaseModel)
Spans = dict[str, Span]


def read_fields(node: Mapping, names: MappingOf[str, str] = CHINESE_KEYS) -> tuple[dict[str, Any], Spans]:
    """Plain values under canonical keys; spans by dotted path (``changes.0.kind``), key places as ``key:<path>``.

    `names` are the spellings that stand for another key.
    """
    spans: Spans = {"": node.span}
    value = _plain(node, "", spans, names)
    return value if isinstance(value, dict) else {}, spans


def _plain(node: Node, path: str, spans: Spans, names: MappingOf[str, str]) -> Any:
    spans.setdefault(path, node.span)
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Sequence):
        return [_plain(item, f"{path}.{index}".lstrip("."), spans, names) for index, item in enumerate(node.items)]
    result: dict[str, Any] = {}
    for key, value in node.entries:
        name = names.get(key.text, key.text)
        inner = f"{path}.{name}".lstrip(".")
        spans[f"key:{inner}"] = key.span
        plain = _plain(value, inner, spans, names)
        if plain is not None:  # A key with nothing behind it is absent; the scaffold leaves such keys to fill in.
            result[name] = plain
    return result


def parse(
    schema: type[SchemaT], fields: dict[str, Any], spans: Spans, zone: timezone
) -> tuple[SchemaT | None, list[Fault]]:
    """`zone` is the newsroom's offset, with which a bare date is read."""
    try:
        return schema.model_validate(fields, context=zone), []
    except ValidationError as error:
        return None, [_fault(schema, detail, spans) for detail in error.errors(include_url=False)]


def values_of(parsed: BaseModel, apart: AbstractSet[str]) -> dict[str, Any]:
    """The fields as they are; model_dump would take our own values (a Day) to pieces."""
    return {name: getattr(parsed, name) for name in type(parsed).model_fields if name not in apart}


def _fault(schema: type[BaseModel], detail: Any, spans: Spans) -> Fault:  # Any: pydantic's own error dictionary
    path = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    place = spans.get(path) or spans.get(f"key:{path}") or _nearest(path, spans)
    name = next((str(part) for part in reversed(detail["loc"]) if isinstance(part, str) and part != "[key]"), "")
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_key(_schema_at(schema, detail["loc"][:-1]), name, spans.get(f"key:{path}", place))
        case "missing":
            return Fault(FaultKind.MISSING_KEY, spans.get(f"key:{path}", place), name)
        case "bad_time":
            return Fault(FaultKind.BAD_TIME, place, name, str(detail["msg"]))
        case "bad_choice":
            context = detail["ctx"]
            return Fault(FaultKind.BAD_VALUE, place, name, str(context["choices"]), context.get("meant", ""))
        case _:
            return Fault(FaultKind.BAD_VALUE, place, name, of_pydantic(detail, _entry_keys(schema, detail["loc"])))


def _entry_keys(schema: type[BaseModel], place: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys of an entry, if the value there is one or a list of such."""
    named = [part for part in place if isinstance(part, str)]
    entry = _schema_at(schema, named)
    if entry is _schema_at(schema, named[:-1]):
        return ()
    return tuple(field.alias or name for name, field in entry.model_fields.items())


def _schema_at(schema: type[BaseModel], place: Iterable[object]) -> type[BaseModel]:
    """The schema of the mapping that stands there, such as that of one entry of `changes`."""
    for part in place:
        found = (field for name, field in schema.model_fields.items() if part in (name, field.alias))
        inner = (one for field in found for one in (field.annotation, *get_args(field.annotation)))
        schema = next((one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)), schema)
    return schema


def _unknown_key(schema: type[BaseModel], name: str, place: Span) -> Fault:
    english = {field.alias or key for key, field in schema.model_fields.items()}
    known = [*sorted(english), *(chinese for key, chinese in CHINESE_NAMES.items() if key in english)]
    meant = next((one for one in known if _loosely(one) == _loosely(name)), "")
    close = [meant] if meant else difflib.get_close_matches(name, known, n=1)
    return Fault(FaultKind.UNKNOWN_KEY, place, name, close[0] if close else "", meant)


def _nearest(path: str, spans: Spans) -> Span:
    while path:
        path = path.rpartition(".")[0]
        if path in spans:
            start = spans[path]
            return Span(start.line, start.column, start.line, start.column + 1)
    return Span()
