"""How the portal describes a release: the table of its metadata and its index number, as the newsroom sets them.

The labels are those of published government information (《政府信息公开目录系统实施指引》 and the headers of portals).
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from greenchannel.domain.errors import SettingsError

LABELS = (
    *("索引号", "主题分类", "发布机构", "成文日期", "发布日期", "更新时间"),
    *("文号", "有效性", "来源", "关键词", "责任编辑"),
)
# An organisation code without its hyphen (GB 11714), or a unified social credit code (GB 32100).
_CODE = re.compile(r"[0-9A-Z]{9}|[0-9A-Z]{18}")


class Form(StrEnum):
    """``000014349/2026-00110``, counted by year, or ``11341702000111222F/202610-00005``, by month."""

    YEARLY = "yearly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class IndexNumbers:
    """索引号: `code` is the organisation's own; the serial is minted from the record and never typed."""

    code: str
    form: Form


def read_labels(value: Any, path: Path) -> tuple[str, ...]:  # Any: what YAML holds
    """Which rows there are and in which order; every known one where nothing is set."""
    if value is None:
        return LABELS
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingsError("{path}: metadata must be a list of labels such as 索引号", path=path)
    for one in value:
        if one not in LABELS:
            near = difflib.get_close_matches(one, LABELS, n=1, cutoff=0.4)
            raise SettingsError(
                "{path}: metadata: unknown label {label}; did you mean {names}?",
                path=path,
                label=one,
                names=near[0] if near else ", ".join(LABELS),
            )
    if twice := sorted({one for one in value if value.count(one) > 1}):
        raise SettingsError("{path}: metadata: {label} stands there twice", path=path, label=twice[0])
    return tuple(value)


def read_index_numbers(value: Any, path: Path) -> IndexNumbers | None:  # Any: what YAML holds
    """None where no code is set: nothing is invented."""
    if value is None:
        return None
    given: Mapping[str, Any] = value if isinstance(value, dict) else {}
    code, form = str(given.get("code", "")), str(given.get("form", Form.YEARLY))
    if set(given) - {"code", "form"} or not _CODE.fullmatch(code) or form not in list(Form):
        raise SettingsError(
            "{path}: index_number must be like {example}: 9 or 18 digits and capitals, yearly or monthly",
            path=path,
            example='{code: "000014349", form: yearly}',
        )
    return IndexNumbers(code, Form(form))
