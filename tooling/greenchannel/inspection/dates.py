"""W73: times shown, and none that the public record contradicts (国办秘函〔2019〕19号: a forged date is a veto)."""

from collections.abc import Iterator
from datetime import datetime

from greenchannel.domain.message import message
from greenchannel.inspection.labels import COLUMNS, CONTENT
from greenchannel.inspection.rule import Finding, Inside, Rule, Site, release_of
from greenchannel.portal.page_reading import Item, Page


def _time_shown(page: Page, _site: Site) -> Iterator[Finding]:
    """An item that does not show when it was published.

    What: the main part of an item's page shows no time as YYYY-MM-DD HH:MM, or not the one of PubDate.
    Why: an item without a time counts as not updated, and readers cannot tell what is news.
    Fix: show the time of publication in a <time> element beside the title, as 2026-11-20 08:55.
    """
    shown, said = {one.minute for one in page.times if one.minute}, page.label("PubDate")
    hint = message("show the time of publication in <time> beside the title, as 2026-11-20 08:55")
    if not shown:
        yield Finding(message("no time is shown"), hint)
    elif said and said not in shown:
        yield Finding(message("PubDate {value} is not shown on the page", value=said), hint)


def _pub_date_of_record(page: Page, site: Site) -> Iterator[Finding]:
    """An item that is dated otherwise than in the public record.

    What: PubDate is not the minute in which the record says that the release was first published (of a revision's page:
    in which one of its revisions was), or it lies in the future, or there is no record to compare with.
    Why: a forged date fails a site at once. PubDate is the first publication; changes are told as the time of update.
    Fix: run greenchannel build --clean; a date that differs then was written by another hand.
    """
    said, known = page.label("PubDate"), release_of(page.path)
    hint = message("run greenchannel build --clean; a date that differs then was written by another hand")
    if said > f"{site.now.astimezone(site.zone):%Y-%m-%d %H:%M}":
        yield Finding(message("PubDate {value} lies in the future", value=said), hint)
    if known is None or not said:
        return
    identifier, is_revision = known
    if site.published is None:
        build = message("run greenchannel build; greenchannel verify tells what is wrong with the record")
        yield Finding(message("record/ledger.jsonl is missing or cannot be read"), build)
    elif not (minutes := site.published.get(identifier, ())):
        yield Finding(message("the public record does not know this release"), hint)
    elif said not in (minutes if is_revision else minutes[:1]):
        seen = message("PubDate {value}, but the record says {minute}", value=said, minute=minutes[0])
        yield Finding(seen, hint)


def _listed_releases(page: Page, site: Site) -> Iterator[tuple[Item, str]]:
    for item in page.items:
        try:
            place = site.locate(page, item.url)
        except ValueError:
            continue  # W741 tells of it.
        path = place.path if isinstance(place, Inside) else ""
        if (known := release_of(path)) and not known[1]:
            yield item, known[0]


def _listed_time(page: Page, site: Site) -> Iterator[Finding]:
    """A list that names an item without its time.

    What: a list of a column leads to a release and shows no time as YYYY-MM-DD HH:MM beside it.
    Why: an item without a time counts as not updated.
    Fix: show the time of publication in a <time> element beside the title.
    """
    for item, identifier in _listed_releases(page, site):
        if not any(one.minute for one in item.times):
            hint = message("show the time of publication in <time> beside the title, as 2026-11-20 08:55")
            yield Finding(message("{id} is listed without a time", id=identifier), hint, item.line)


def _listed_back_dated(page: Page, site: Site) -> Iterator[Finding]:
    """A list that dates an item back.

    What: every time that a list shows beside a release lies before its first publication in the public record.
    Why: a forged date fails a site at once.
    Fix: run greenchannel build --clean; a date that differs then was written by another hand.
    """
    for item, identifier in _listed_releases(page, site):
        minutes = (site.published or {}).get(identifier, ())
        newest = max((one.minute for one in item.times), default="")
        if minutes and newest and newest < minutes[0]:
            seen = message(
                "{id} is dated {value}; the record says {minute}", id=identifier, value=newest, minute=minutes[0]
            )
            hint = message("run greenchannel build --clean; a date that differs then was written by another hand")
            yield Finding(seen, hint, item.line)


def newest_listed(page: Page, site: Site) -> datetime | None:
    """The newest time beside a release on a page."""
    told = [one.iso for item, _ in _listed_releases(page, site) for one in item.times]
    moments = [found for one in told if (found := _moment(one, site))]
    return max(moments, default=None)


def lists_anything(page: Page, site: Site) -> bool:
    return any(True for _ in _listed_releases(page, site))


def _moment(text: str, site: Site) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=site.zone)


_DATES = message("dates")
_LISTS, _ITEMS = message("lists"), message("pages of items")
RULES: tuple[Rule, ...] = (
    Rule("W731", _ITEMS, _DATES, message("each shows its time of publication"), CONTENT, _time_shown),
    Rule("W732", _ITEMS, _DATES, message("PubDate is that of the public record"), CONTENT, _pub_date_of_record),
    Rule("W733", _LISTS, _DATES, message("each item shows its time"), COLUMNS, _listed_time),
    Rule("W734", _LISTS, _DATES, message("no item is dated before the public record"), COLUMNS, _listed_back_dated),
)
