"""How far what is served lies behind the record, or beside it: feeds, lists and sitemaps against the ledger."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from greenchannel.diagnosis import BUILD, RECORD, Finding, fault, sound
from greenchannel.domain.message import Message, message
from greenchannel.fetching import Answer
from greenchannel.portal.feed_reading import Entry, Feed, rfc3339
from greenchannel.record.events import PublicRelease
from greenchannel.record.problem import Kind
from greenchannel.record.verification import Verification

_NEWS_WINDOW = timedelta(days=2)
_RELEASED = ("published", "corrected", "withdrawn")
_FILES = (Kind.FILE_MISSING, Kind.FILE_CHANGED)


def of_ledger(url: str, found: Verification) -> Iterator[Finding]:
    """The chain alone: the files that it names are checked as pages and enclosures."""
    problems = [one for one in found.problems if one.kind not in _FILES]
    for one in problems:
        seen = message("line {line}: {problem}", line=one.line, problem=one.problem)
        yield fault("record", url, seen, RECORD)
    if not problems:
        yield sound("record", url, message("{count} lines, the chain is whole", count=found.entries))


def of_lists(found: Verification, index: Answer, sequence: object, latest: Answer, lines: object) -> Iterator[Finding]:
    """Do the sequence numbers of feeds/index.json and latest.json stand where the record stands?"""
    released = max((int(one["seq"]) for one in found.events if one["event"] in _RELEASED), default=0)
    for answer, said, due in ((index, sequence, released), (latest, lines, found.entries)):
        if said != due:
            seen = message("sequence {said}, the record has {due}", said=said, due=due)
            yield fault("gap", answer.url, seen, BUILD)


def of_releases(url: str, found: Verification, entries: Iterable[Entry]) -> Iterator[Finding]:
    """`entries` are those of the current document, then of its archives, newest first: the first of an id counts."""
    items: dict[str, Entry] = {}
    for one in entries:
        if one.kind == "item":
            items.setdefault(_record_id(one), one)
    faults = 0
    for identifier, release in found.state.releases.items():
        if (seen := _of_release(items.get(identifier), release)) is not None:
            faults += 1
            yield fault("gap", url, seen, BUILD)
    if not faults:
        yield sound("gap", url, message("{count} releases on the record, all in the feed", count=len(items)))


def _record_id(one: Entry) -> str:
    """An id is ``tag:AUTHORITY,DATE:`` and that of the record."""
    return one.item.rpartition(":")[2]


def _of_release(item: Entry | None, release: PublicRelease) -> Message | None:
    name, current = release.id, release.current
    if item is None:
        return message("{release} is on the record and not in the feed", release=name)
    if item.revision != str(current.number):
        said = item.revision or "-"
        return message("{release}: revision {said}, on the record {due}", release=name, said=said, due=current.number)
    if item.sha256 != current.sha256:
        return message("{release}: another SHA-256 than on the record", release=name)
    if (item.status == "withdrawn") != (release.withdrawal is not None):
        return message("{release}: withdrawn here and not there, feed and record differ", release=name)
    return None


def of_own(url: str, served: bytes, own: bytes) -> Iterator[Finding]:
    """The served record against the newsroom's own; `own` is sound."""
    theirs, ours = served.splitlines(), own.splitlines()
    if theirs == ours:
        yield sound("behind", url, message("the same {count} lines as in releases/", count=len(ours)))
    elif ours[: len(theirs)] == theirs:
        at = re.search(rb'"at":"([^"]*)"', ours[len(theirs)])
        since = rfc3339(at.group(1).decode()) if at else None
        seen = message("{count} line(s) behind releases/ since {at}", count=len(ours) - len(theirs), at=since)
        yield fault("behind", url, seen, message("run greenchannel build, and see which place failed"))
    elif theirs[: len(ours)] == ours:
        seen = message("{count} line(s) more than in releases/", count=len(theirs) - len(ours))
        yield fault("behind", url, seen, message("this releases/ is an old copy: fetch the newest one"))
    else:
        yield fault("behind", url, message("it is not the record in releases/"), RECORD)


def of_latest(url: str, latest: Mapping[str, Any], entries: Iterable[Entry]) -> Iterator[Finding]:
    """What changed last must be among the entries of the feed and its archives, newest first, in the same revision."""
    items: dict[str, str] = {}
    for one in entries:
        if one.kind == "item":
            items.setdefault(one.id, one.revision)
    newest = newest_of(latest)
    if newest and items.get(str(newest.get("id"))) != str(newest.get("revision")):
        seen = message("{id} is not in feeds/all in this revision", id=newest.get("id"))
        yield fault("latest", url, seen, BUILD)
    elif not newest and items:
        yield fault("latest", url, message("it is empty"), BUILD)


def newest_of(latest: Mapping[str, Any]) -> Mapping[str, Any]:
    entries = latest.get("entries")
    first = entries[0] if isinstance(entries, list) and entries else {}
    return first if isinstance(first, dict) else {}


def of_sitemap(url: str, addresses: Sequence[str], feed: Feed) -> Iterator[Finding]:
    newest = next((one for one in feed.entries if one.kind == "item"), None)
    if newest:
        yield from _of_address(url, newest.url, addresses)


def of_news(url: str, addresses: Sequence[str], feed: Feed, updated: datetime | None) -> Iterator[Finding]:
    """What came out within two days before the record's last line stands in the news sitemap."""
    for one in feed.entries:
        is_news = one.kind == "item" and one.status != "withdrawn" and one.published is not None
        if is_news and updated and one.published and one.published >= updated - _NEWS_WINDOW:
            yield from _of_address(url, one.url, addresses)


def _of_address(url: str, page: str, addresses: Sequence[str]) -> Iterator[Finding]:
    if page not in addresses:
        yield fault("sitemap", url, message("{page} is missing", page=page), BUILD)
