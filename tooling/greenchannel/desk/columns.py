"""``extra: greenchannel: columns:`` as how long a column may go without anything new.

The defaults are those of the inspection (国办秘函〔2019〕19号): two weeks for the home page and for news, six months
for notices and policy documents. A key is the address of a column from the site's root (types/fact), its ColumnName or
its ColumnType; an address counts before a name, and a name before a type.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from greenchannel.desk import frontmatter
from greenchannel.desk.frontmatter import Node, Scalar
from greenchannel.domain.errors import SettingsError

_WEEKS, _MONTHS = timedelta(days=14), timedelta(days=183)
DEFAULTS: Mapping[str, timedelta | None] = {
    "首页": _WEEKS,
    "工作动态": _WEEKS,
    "动态": _WEEKS,
    "要闻": _WEEKS,
    "通知公告": _MONTHS,
    "政策文件": _MONTHS,
}
_AGE = re.compile(r"(\d{1,3}) ?(天|日|周|个月|days?|weeks?|months?)|P(\d{1,3})([DWM])")
_DAYS: Mapping[str, float] = {
    "天": 1,
    "日": 1,
    "d": 1,
    "D": 1,
    "周": 7,
    "w": 7,
    "W": 7,
    "个": 30.5,
    "m": 30.5,
    "M": 30.5,
}
_NEVER = ("none", "无", "不限")


def read_columns(node: Node | None, path: Path) -> Mapping[str, timedelta | None]:
    """None stands for a column that never grows stale."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return DEFAULTS
    if not isinstance(node, frontmatter.Mapping):
        raise SettingsError("{path}: columns must name columns and their ages, such as 首页: 14天", path=path)
    return {**DEFAULTS, **{key.text.strip("/"): _age(key.text, one, path) for key, one in node.entries}}


def _age(name: str, node: Node, path: Path) -> timedelta | None:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if text in _NEVER:
        return None
    found = _AGE.fullmatch(text)
    days = round(int(found[1] or found[3]) * _DAYS[(found[2] or found[4])[0]]) if found else 0
    if not days:
        problem = "{path}: columns: {name}: write an age such as 14天, 2周, 6个月 or P14D, or 无 for none"
        raise SettingsError(problem, path=path, name=name)
    return timedelta(days=days)
