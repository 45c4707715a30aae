"""The closed sets of the field, each member with its official Chinese name.

The identifiers and names are those of the regulation (Annex 1) and of the Emergency Response Law (2024), article 3.
"""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A member of a closed set: its value is the English spelling, `zh` the Chinese one."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:  # The default is for type checkers: Term("x") looks up.
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member


class Category(Term):
    """Kinds of public concern; each has a lead body (regulation, Annex 1, section 1)."""

    LIVELIHOOD = "livelihood", "民生热点"
    PUBLIC_SENTIMENT = "public_sentiment", "社情民意"
    EXTERNAL_PUBLICITY = "external_publicity", "对外宣传"
    SOCIAL_STABILITY = "social_stability", "社会稳定"
    FOREIGN_RELATED = "foreign_related", "涉外"
    EMERGENCY = "emergency", "应急管理"
    OTHER = "other", "其他"


class Theme(Term):
    """The ten livelihood themes of Annex 1, section 1."""

    EMPLOYMENT = "employment", "就业"
    HOUSING = "housing", "住房"
    EDUCATION = "education", "教育"
    HEALTH = "health", "卫生计生"
    QUALITY = "quality", "质监"
    FOOD_DRUG_SAFETY = "food_drug_safety", "食品药品安全"
    PRICES = "prices", "价格"
    POVERTY_RELIEF = "poverty_relief", "扶贫"
    RESETTLEMENT = "resettlement", "移民搬迁"
    PUBLIC_WORKS = "public_works", "公共基础设施建设"


class IncidentClass(Term):
    PARTICULARLY_SERIOUS = "particularly_serious", "特别重大"
    SERIOUS = "serious", "重大"
    MAJOR = "major", "较大"
    ORDINARY = "ordinary", "一般"
    UNGRADED = "ungraded", "未分级"


class ReleaseType(Term):
    FACT = "fact", "事实发布"
    CONFERENCE = "conference", "新闻发布会"
    RESPONSE = "response", "回应"
    INTERPRETATION = "interpretation", "专家解读"


class Verdict(Term):
    """What the check of a reported matter found (regulation, Annex 1, section 4)."""

    UNTRUE = "untrue", "不属实"
    TRUE = "true", "属实"
    PARTLY_TRUE = "partly_true", "部分属实"
    UNVERIFIED = "unverified", "核查中"


class HearingAccess(Term):
    """Help for people who cannot hear, at a conference and in its live pictures."""

    CAPTIONS = "captions", "字幕"
    SIGN_LANGUAGE = "sign_language", "手语"


class ChangeKind(Term):
    CORRECTION = "correction", "更正"
    UPDATE = "update", "更新"
    MINOR = "minor", "细微修改"


class Duty(Term):
    FACT = "fact", "发布事实类信息"
    CONFERENCE = "conference", "召开新闻发布会"
    RESPONSE = "response", "作出回应"
    UPDATE = "update", "持续发布"


class Clock(Term):
    OCCURRED = "occurred_at", "发生时间"
    DETECTED = "detected_at", "发现时间"
    CLAIMED = "claimed_at", "认领时间"
    REPORTED_UP = "reported_up_at", "上报时间"
    PUBLISHED = "published", "上次发布时间"


class Force(Term):
    PRINCIPLE = "principle", "原则上"
    AT_LATEST = "at_latest", "最迟"
    ADVICE = "advice", "建议"


class Language(Term):
    """Those into which a text may be translated."""

    ENGLISH = "en", "英文"


class Doubt(Term):
    """Why a standing cannot be determined."""

    CLASS_MISSING = "class_missing", "事件等级未填写"
    CLOCK_MISSING = "clock_missing", "起算时间未填写"
    DAY_ONLY = "day_only", "时间只精确到日"
