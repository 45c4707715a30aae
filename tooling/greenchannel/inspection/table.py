"""The table that inspectors fill in, 检查对象 | 指标 | 评分细则 | 检查情况, from one page after the other.

What many pages lack in the same words is one finding with a count. However many there are, no more is kept than a
person could read.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from greenchannel.domain.message import Message, message
from greenchannel.inspection import accessibility, dates, furniture, labels, links, upkeep
from greenchannel.inspection.rule import Finding, Result, Rule, Site, kind_of
from greenchannel.portal.page_reading import Page

_KEPT = 1000  # findings a rule, by their words


def _unreadable(_page: Page, _site: Site) -> Iterator[Finding]:
    """A file that is no page.

    What: a file named .html is no HTML, or its text is no UTF-8.
    Why: browsers would show something else than was written, or nothing, and nothing else can be said about it.
    Fix: run greenchannel build --clean; a file that nobody made is to be deleted.
    """
    return iter(())  # Who reads the file tells of it: there is no page to ask.


READABLE = Rule(
    "W702", message("every page"), message("availability"), message("it is HTML in UTF-8"), labels.EVERY, _unreadable
)
ALL_RULES: tuple[Rule, ...] = (
    READABLE,
    *labels.RULES,
    *furniture.RULES,
    *dates.RULES,
    *links.RULES,
    *upkeep.RULES,
    *accessibility.RULES,
)


def manuals() -> Mapping[str, str]:
    return {one.code: inspect.cleandoc(one.check.__doc__ or "") for one in ALL_RULES}


@dataclass(frozen=True, slots=True)
class Told:
    """What `files` pages have in common; `path` and `line` are of the first one."""

    path: str
    finding: Finding
    files: int = 1


@dataclass(slots=True)
class Row:
    """`more` findings in other words were counted and not kept."""

    rule: Rule
    pages: int = 0
    told: dict[str, Told] = field(default_factory=dict)
    more: int = 0
    measure: Finding | None = None

    @property
    def result(self) -> Result:
        if self.told:
            return self.rule.result
        return Result.PASS if self.pages else Result.NOTHING

    @property
    def evidence(self) -> Message:
        match self.result:
            case Result.NOTHING:
                return message("there is no such page")
            case Result.PASS if self.measure:
                return message("{count} pages; {measure}", count=self.pages, measure=self.measure.seen)
            case Result.PASS:
                return message("{count} pages", count=self.pages)
            case _:
                found = len(self.told) + self.more
                return message("{count} pages; {found} findings", count=self.pages, found=found)


class Table:
    def __init__(self) -> None:
        self.pages = 0
        self._rows = {one.code: Row(one) for one in ALL_RULES}

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows.values())

    @property
    def has_failed(self) -> bool:
        return any(one.result is Result.FAIL for one in self.rows)

    def add(self, page: Page, site: Site) -> None:
        self.pages += 1
        kind = kind_of(page)
        for row in self._rows.values():
            if kind in row.rule.kinds:
                row.pages += 1
                _note(row, page.path, row.rule.check(page, site))

    def add_unreadable(self, path: str, problem: Message) -> None:
        self.pages += 1
        row = self._rows[READABLE.code]
        row.pages += 1
        hint = message("run greenchannel build --clean, or delete it if nobody made it")
        _note(row, path, iter((Finding(problem, hint),)))


def _note(row: Row, path: str, found: Iterator[Finding]) -> None:
    known: set[str] = set()
    for one in found:
        if one.amount:
            row.measure = max(row.measure or one, one, key=lambda each: each.amount)
            continue
        words = str(one.seen)
        if words in row.told and words not in known:
            row.told[words] = replace(row.told[words], files=row.told[words].files + 1)
        elif words not in row.told and len(row.told) < _KEPT:
            row.told[words] = Told(path, one)
        elif words not in row.told:
            row.more += 1
        known.add(words)
