"""What may stand in the files of ``registry/``: departments, people, experts, the routing table and policies."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from greenchannel.desk.schema import Date, Schema, Text, YesNo, term
from greenchannel.domain.vocabulary import Category, Clock, Duty, Force, IncidentClass, Theme

_WITHIN = re.compile(r"PT(?:(\d{1,5})H)?(?:(\d{1,5})M)?|P(\d{1,3})D|(\d{1,5})(分钟|小时|日)")
_LONGEST = timedelta(days=366)
_OTHERS = {"others", "其他"}


class DepartmentSchema(Schema):
    id: Text
    name: Text
    english: str = ""
    duty: str = ""
    phone: str = ""
    valid_from: Date | None = None
    valid_to: Date | None = None
    successor: str | None = None


class PersonSchema(Schema):
    id: Text
    name: Text
    department: Text
    post: Text
    approves: YesNo = False
    spokesperson: YesNo = False


class ExpertSchema(Schema):
    id: Text
    name: Text
    field: Text
    affiliation: Text
    english: str = ""
    english_affiliation: str = ""
    title: str = ""
    public: YesNo = False


class DepartmentsFile(Schema):
    departments: tuple[DepartmentSchema, ...]


class PeopleFile(Schema):
    people: tuple[PersonSchema, ...]


class ExpertsFile(Schema):
    experts: tuple[ExpertSchema, ...]


class RoutingFile(Schema):
    lead: dict[Annotated[Category, term(Category)], str]
    themes: dict[Annotated[Theme, term(Theme)], str] = Field(default_factory=dict)
    cc: tuple[str, ...] = ()


def _parse_within(value: object) -> timedelta:
    """ISO 8601 (``PT1H``, ``PT30M``, ``P7D``) or Chinese (``1小时``); more than nothing, at most a year."""
    found = _WITHIN.fullmatch(str(value).strip())
    if found is not None:
        hours, minutes, days, number, unit = found.groups()
        chinese = {"分钟": "minutes", "小时": "hours", "日": "days"}
        span = timedelta(hours=int(hours or 0), minutes=int(minutes or 0), days=int(days or 0))
        span += timedelta(**{chinese[unit]: int(number)}) if unit else timedelta(0)
        if timedelta(0) < span <= _LONGEST:
            return span
    raise PydanticCustomError("bad_choice", "{choices}", {"choices": "PT1H, PT30M, P7D, 1小时, 30分钟, 7日; <= 366日"})


def _parse_others(value: object) -> object:
    """None stands for every other concern; a list of conditions is left to the schema."""
    return None if isinstance(value, str) and value.strip() in _OTHERS else value


class ConditionSchema(Schema):
    classes: tuple[Annotated[IncidentClass, term(IncidentClass)], ...] | None = Field(default=None, alias="class")
    categories: tuple[Annotated[Category, term(Category)], ...] | None = Field(default=None, alias="category")
    casualties: YesNo | None = None
    wide_impact: YesNo | None = None


class PolicyRuleSchema(Schema):
    id: Text
    duty: Annotated[Duty, term(Duty)]
    applies: Annotated[tuple[ConditionSchema, ...] | None, BeforeValidator(_parse_others)]
    within: Annotated[timedelta, BeforeValidator(_parse_within)]
    clocks: Annotated[tuple[Annotated[Clock, term(Clock)], ...], Field(alias="clock", min_length=1)]
    clock_stated: YesNo = True
    force: Annotated[Force, term(Force)]
    series: YesNo = False
    basis: Text


class PolicySchema(Schema):
    id: Text
    title: Text
    jurisdiction: Text
    instrument: Text
    number: str = ""
    issued: Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")] = ""
    url: str = ""
    effective_from: Date | None = None
    effective_until: Date | None = None
    verified: YesNo
    note: str = ""
    rules: Annotated[tuple[PolicyRuleSchema, ...], Field(min_length=1)]
