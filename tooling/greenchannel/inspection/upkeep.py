"""W75 and W76: columns that are empty or stale, and pages that are heavy."""

import re
from collections.abc import Iterator
from datetime import timedelta

from greenchannel.domain.message import message
from greenchannel.inspection.dates import lists_anything, newest_listed
from greenchannel.inspection.labels import COLUMNS, CONTENT
from greenchannel.inspection.rule import Finding, Inside, Rule, Site, is_list
from greenchannel.portal.page_reading import Page

_CLOSED = re.compile(r"(?:^|/)(?:releases/.*|\d{4}/(?:\d\d/)?)index\.html$")
BUDGET = 60_000  # bytes, compressed: what a phone with a weak signal loads in three seconds


def _blank(page: Page, site: Site) -> Iterator[Finding]:
    """A column without content.

    What: a page that only lists releases (by type, category, month) lists none, or a column or a section of the home
    page has nothing but its heading.
    Why: a column with no content must not be there; five of them fail a site.
    Fix: release something, take the column away, or join it with another.
    """
    if "noindex" in page.label("robots") and not is_list(page):
        return  # An address that is kept, in no menu: no column that anybody is led to.
    hint = message("release something, take the column away, or join it with another")
    if not page.has_content or (is_list(page) and not lists_anything(page, site)):
        yield Finding(message("the column {name} is blank", name=page.label("ColumnName") or page.path), hint)
    elif is_list(page):
        for heading in page.blank:
            yield Finding(message("the section {name} is blank", name=heading), hint)


def _stale(page: Page, site: Site) -> Iterator[Finding]:
    """A column in which nothing new has come for too long.

    What: the newest release on a column's page is older than the column may go without one: two weeks for the home page
    and for news, six months for notices and policy documents, or as set under columns in mkdocs.yml.
    Why: a home page without anything new for two weeks fails a site; so do five stale columns.
    Fix: release what is due; set another age under extra.greenchannel.columns where the rule allows one.
    """
    name, age = _age(page, site)
    newest = newest_listed(page, site) if age else None
    if age and newest and site.now - newest > age:
        seen = message(
            "the column {name}: nothing new since {time}, {days} days; it may go {limit} days",
            name=name,
            time=f"{newest.astimezone(site.zone):%Y-%m-%d %H:%M}",
            days=(site.now - newest).days,
            limit=age.days,
        )
        hint = message("release what is due, or set another age under extra.greenchannel.columns in mkdocs.yml")
        yield Finding(seen, hint)


def _age(page: Page, site: Site) -> tuple[str, timedelta | None]:
    """An address counts before a name, and a name before a type. A past month or one incident grows no older."""
    if _CLOSED.search(page.path):
        return "", None
    address = page.path.removesuffix("index.html").strip("/")
    for one in (address, page.label("ColumnName"), page.label("ColumnType")):
        if one and one in site.ages:
            return page.label("ColumnName") or one, site.ages[one]
    return "", None


def _weight(page: Page, site: Site) -> Iterator[Finding]:
    """A page that is too heavy.

    What: a release's page with its styles, scripts and pictures has more than 60,000 bytes, compressed. Pictures that
    load late (loading="lazy") do not count.
    Why: a page should be there within three seconds, on a phone, in an emergency, when everybody looks.
    Fix: make pictures smaller or let them load late; take out what the page does not need.
    """
    weight = _weight_of(page, site)
    if weight > BUDGET:
        seen = message("{count} bytes, allowed are {limit}", count=weight, limit=BUDGET)
        yield Finding(seen, message("make pictures smaller or let them load late"))
    else:
        yield Finding(message("the heaviest has {count} bytes: {path}", count=weight, path=page.path), None, 0, weight)


def _weight_of(page: Page, site: Site) -> int:
    parts = {page.path: None}
    for one in page.addresses:
        if one.is_fetched and not one.is_late:
            try:
                place = site.locate(page, one.url)
            except ValueError:
                continue  # W741 tells of it.
            if isinstance(place, Inside):
                parts[place.path] = None
    return sum(site.packed_size_of(one) or 0 for one in parts)


_ON_COLUMNS = message("column pages")
_UPKEEP, _ITEMS = message("upkeep"), message("pages of items")
RULES: tuple[Rule, ...] = (
    Rule("W751", _ON_COLUMNS, _UPKEEP, message("no column is blank"), COLUMNS, _blank),
    Rule("W752", _ON_COLUMNS, _UPKEEP, message("no column is stale"), COLUMNS, _stale),
    Rule("W761", _ITEMS, message("load time"), message("at most 60,000 bytes, compressed"), CONTENT, _weight),
)
