"""A city's record as a province shows it: the entries of its newest days, and a row of a month for each release.

Both are made by the functions that make the city's own feeds, with the city's own voice: an entry here has the id,
the address and the words that it has there. A correction or a withdrawal is an entry of its own there, and so it is
here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from greenchannel.portal import window
from greenchannel.portal.entries import entry_of
from greenchannel.portal.streams import ALL, Kind, Version, read_streams
from greenchannel.portal.views.feeds import FeedEntry
from greenchannel.record.verification import Event
from provincial.roll import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A release in the list of its month; `title` says that it was corrected or withdrawn, `status` so for machines."""

    city: str
    id: str
    url: str
    title: str
    published: str  # RFC 3339
    department: str
    status: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`months` has those in which something was released, whole; `newest` is what the city's own feed holds."""

    newest: tuple[FeedEntry, ...]
    months: Mapping[str, tuple[Row, ...]]


def shown(city: City, events: Sequence[Event], since: int) -> Shown:
    """`months` are those of releases that a line behind number `since` is about; the others are as they were."""
    stream = read_streams(events)[ALL]
    newest = tuple(entry_of(city.voice, one) for one in window.current(stream))
    items = {one.entry: one for one in stream.log if one.kind is Kind.ITEM}  # The last version of each.
    touched = {_month(city, one) for one in stream.log if one.place > since and one.kind is Kind.ITEM}
    months: dict[str, list[Row]] = {one: [] for one in sorted(touched)}
    for version in items.values():
        if (month := _month(city, version)) in months:
            months[month].append(_row(city, version))
    return Shown(newest, {month: tuple(rows) for month, rows in months.items()})


def newest_first(rows: Sequence[Row]) -> list[Row]:
    """By time; of one second, by city and id, so that every merge has the same order."""
    ordered = sorted(rows, key=lambda one: (one.city, one.id))
    return sorted(ordered, key=lambda one: datetime.fromisoformat(one.published), reverse=True)


def _month(city: City, version: Version) -> str:
    """As the city counts. The first publication never changes, so a release stays in its month."""
    return f"{version.published.astimezone(city.voice.zone):%Y-%m}"


def _row(city: City, version: Version) -> Row:
    entry = entry_of(city.voice, version)
    return Row(
        city=city.id,
        id=entry.id,
        url=entry.url,
        title=entry.title,
        published=entry.published,
        department=entry.department_name,
        status=entry.status,
    )
