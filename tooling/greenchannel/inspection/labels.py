"""W71: the labels in the head of a page (国办发〔2017〕47号, annex 网页设计规范)."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from greenchannel.domain.message import message
from greenchannel.inspection.rule import Finding, Kind, Result, Rule, Site
from greenchannel.portal.page_reading import Page

_SITE = ("SiteName", "SiteDomain", "SiteIDCode")
_COLUMN = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
_ARTICLE = ("ArticleTitle", "PubDate", "ContentSource")
COLUMN_TYPES = (
    "首页", "概况信息", "机构职能", "负责人信息", "工作动态", "政策文件", "信息公开指南", "信息公开目录",
    "信息公开年报", "依申请公开", "数据发布", "数据开放", "政策解读", "回应关切", "办事服务", "咨询投诉", "征集调查",
    "在线访谈",
)  # fmt: skip
_CODE = re.compile(r"bm\d{8}|\d{10}|\d{12}", re.ASCII)
_MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d", re.ASCII)
_LOWER = {one.lower(): one for one in (*_SITE, *_COLUMN, *_ARTICLE)}
EVERY, COLUMNS, CONTENT = frozenset(Kind), frozenset({Kind.HOME, Kind.COLUMN}), frozenset({Kind.CONTENT})


def _missing(page: Page, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        if not page.label(name):
            hint = (
                message("set site_id_code in mkdocs.yml under extra.greenchannel, as the registry gave it")
                if name == "SiteIDCode"
                else message('write <meta name="{name}" content="…"> in the head of this page\'s template', name=name)
            )
            yield Finding(message("{name} is missing or empty", name=name), hint)


def _site_labels(page: Page, _site: Site) -> Iterator[Finding]:
    """A page without the labels of its site.

    What: SiteName, SiteDomain or SiteIDCode is missing or empty in the head of a page.
    Why: inspectors and crawlers tell by them whose page it is; all three are required on every page.
    Fix: set site_id_code in mkdocs.yml; name and domain come from site_name and site_url.
    """
    return _missing(page, _SITE)


def _site_domain(page: Page, site: Site) -> Iterator[Finding]:
    """A label that names another domain than the site's.

    What: SiteDomain is not the host of the site's address.
    Why: a page that names another domain is counted for another site.
    Fix: correct site_url in mkdocs.yml, then run greenchannel build --clean.
    """
    said, host = page.label("SiteDomain"), site.url.split("/")[2].partition(":")[0]
    if said and said.lower().partition(":")[0] != host.lower():
        hint = message("correct site_url in mkdocs.yml, then run greenchannel build --clean")
        yield Finding(message("SiteDomain is {value}, the site's address {host}", value=said, host=host), hint)


def _code_form(page: Page, _site: Site) -> Iterator[Finding]:
    """A site code of an unusual form.

    What: SiteIDCode is neither ten digits (or bm and eight) nor twelve digits.
    Why: every code that was seen has one of these forms; another is most likely a slip of the pen.
    Fix: compare site_id_code in mkdocs.yml with the registration.
    """
    code = page.label("SiteIDCode")
    if code and not _CODE.fullmatch(code):
        hint = message("compare site_id_code in mkdocs.yml with the registration")
        yield Finding(message("SiteIDCode {value} has an unusual form", value=code), hint)


def _column_labels(page: Page, _site: Site) -> Iterator[Finding]:
    """A column without its labels.

    What: ColumnName, ColumnDescription, ColumnKeywords or ColumnType is missing or empty on a page that is no item.
    Why: all four are required on column pages.
    Fix: write them in the head of the page's template.
    """
    return _missing(page, _COLUMN)


def _column_type(page: Page, _site: Site) -> Iterator[Finding]:
    """A column of a type that the rule does not know.

    What: ColumnType is none of the words of the annex, such as 首页, 工作动态, 政策文件, 政策解读, 回应关切.
    Why: inspectors sort columns by exactly these words.
    Fix: choose the nearest of them.
    """
    said = page.label("ColumnType")
    if said and said not in COLUMN_TYPES:
        hint = message("choose one of {choices}", choices="、".join(COLUMN_TYPES))
        yield Finding(message("ColumnType {value} is not in the list", value=said), hint)


def _article_labels(page: Page, _site: Site) -> Iterator[Finding]:
    """An item without its labels.

    What: ArticleTitle, PubDate or ContentSource is missing or empty on the page of an item.
    Why: all three are required; crawlers read title, time and source from them.
    Fix: write them in the head of the page's template.
    """
    return _missing(page, _ARTICLE)


def _pub_date(page: Page, _site: Site) -> Iterator[Finding]:
    """A publication time that is not written as YYYY-MM-DD HH:MM.

    What: PubDate has another form, or is no time that exists.
    Why: the form is laid down; a time that cannot be read counts as none, and the item as not updated.
    Fix: write it with ASCII hyphens, one blank and no seconds, as 2026-11-20 08:55.
    """
    said = page.label("PubDate")
    if said and not (_MINUTE.fullmatch(said) and _is_time(said)):
        hint = message("write it as YYYY-MM-DD HH:MM, such as 2026-11-20 08:55")
        yield Finding(message("PubDate {value} is no such time", value=said), hint)


def _spelling(page: Page, _site: Site) -> Iterator[Finding]:
    """A label in another spelling, or twice.

    What: a label's name differs from the annex in its capitals, or it stands on a page twice.
    Why: programs look for exactly these names, and take either of two.
    Fix: write the name as the annex does, once.
    """
    for name, count in Counter(one for one, _ in page.labels).items():
        right = _LOWER.get(name.lower())
        hint = message("write {name}, once", name=right)
        if right and name != right:
            yield Finding(message("the label is spelled {name}", name=name), hint)
        elif right and count > 1:
            yield Finding(message("{name} is there {count} times", name=name, count=count), hint)


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_LABELS = message("labels")
_ON_EVERY, _ON_COLUMNS, _ON_ITEMS = message("every page"), message("column pages"), message("pages of items")
RULES: tuple[Rule, ...] = (
    Rule("W711", _ON_EVERY, _LABELS, message("SiteName, SiteDomain and SiteIDCode are there"), EVERY, _site_labels),
    Rule("W712", _ON_EVERY, _LABELS, message("SiteDomain is the site's own"), EVERY, _site_domain),
    Rule(
        "W713",
        _ON_EVERY,
        _LABELS,
        message("SiteIDCode has ten or twelve digits, or bm and eight"),
        EVERY,
        _code_form,
        Result.WARNING,
    ),
    Rule(
        "W714",
        _ON_COLUMNS,
        _LABELS,
        message("ColumnName, ColumnDescription, ColumnKeywords and ColumnType are there"),
        COLUMNS,
        _column_labels,
    ),
    Rule("W715", _ON_EVERY, _LABELS, message("ColumnType is a word of the list"), EVERY, _column_type),
    Rule(
        "W716",
        _ON_ITEMS,
        _LABELS,
        message("ArticleTitle, PubDate and ContentSource are there"),
        CONTENT,
        _article_labels,
    ),
    Rule("W717", _ON_ITEMS, _LABELS, message("PubDate is written as YYYY-MM-DD HH:MM"), CONTENT, _pub_date),
    Rule("W718", _ON_EVERY, _LABELS, message("labels are spelled as in the annex, each once"), EVERY, _spelling),
)
