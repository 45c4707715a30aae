"""What is wrong with a served green channel, by the documents that were fetched from it. Nothing is fetched here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from greenchannel.domain.message import Message, message
from greenchannel.fetching import Answer
from greenchannel.portal.feed_reading import Entry, Feed
from greenchannel.portal.window import ARCHIVE

MEDIA_TYPES: Mapping[str, tuple[str, ...]] = {
    ".rss": ("application/rss+xml", "application/xml", "text/xml"),
    ".atom": ("application/atom+xml", "application/xml", "text/xml"),
    ".json": ("application/feed+json", "application/json"),
}
JSON, XML = MEDIA_TYPES[".json"], ("application/xml", "text/xml")
_FRESH_SECONDS = 300  # what a cache may keep a current document
_OK, _UNCHANGED = 200, 304


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen` is what the server gave, `hint` what to do about it; nothing is to be done about what is in order."""

    check: str
    verdict: Verdict
    url: str
    seen: Message
    hint: Message | None = None


def sound(check: str, url: str, seen: Message) -> Finding:
    return Finding(check, Verdict.OK, url, seen)


def warning(check: str, url: str, seen: Message, hint: Message) -> Finding:
    return Finding(check, Verdict.WARNING, url, seen, hint)


def fault(check: str, url: str, seen: Message, hint: Message) -> Finding:
    return Finding(check, Verdict.FAULT, url, seen, hint)


BUILD = message("run greenchannel build --clean, and send the site anew")
_MOVED = message("serve it at the site_url of mkdocs.yml, or correct site_url")
ANEW = message("the document was changed or not made by this tool: run greenchannel build --clean")
_SERVER = message("look at the web server's log and configuration")
RECORD = message("do not trust this copy: compare it with one that you kept, and ask the press desk")


def of_answer(check: str, answer: Answer, types: Sequence[str] = (), limit: int = 0) -> Iterator[Finding]:
    """Is it there, of its type, and no larger than it may be? `types` may be any where none is given."""
    if answer.redirected:
        seen = message("it redirects to {url}", url=answer.redirected[-1])
        yield warning(check, answer.url, seen, message("name the new address in the feeds"))
    if answer.problem:
        yield fault(check, answer.url, answer.problem, _SERVER)
    elif answer.status != _OK:
        seen = message("HTTP {status}", status=answer.status)
        yield fault(check, answer.url, seen, BUILD)
    elif types and answer.media_type not in types:
        seen = message("Content-Type: {type}", type=answer.media_type or "-")
        yield fault("content-type", answer.url, seen, message("serve it as {type}", type=types[0]))
    if limit and len(answer.body) > limit and not answer.problem:
        seen = message("{count} bytes", count=len(answer.body))
        hint = message("consumers refuse more than {limit} bytes: run greenchannel build --clean", limit=limit)
        yield fault("size", answer.url, seen, hint)


def of_feed(url: str, feed: Feed) -> Iterator[Finding]:
    """A current document by itself: its address, ids, times, order, hubs."""
    if feed.self_link != url:
        seen = message("it calls itself {url}", url=feed.self_link or "-")
        yield fault("self", url, seen, _MOVED)
    yield from _of_ids(url, feed)
    yield from _of_times(url, feed.entries)
    for hub in feed.hubs:
        if not _is_address(hub):
            yield fault("hub", url, message("hub {hub}", hub=hub), message("correct websub in mkdocs.yml"))


def _of_ids(url: str, feed: Feed) -> Iterator[Finding]:
    known: set[str] = set()
    for one in feed.entries:
        if not one.id:
            yield fault("ids", url, message("an entry without an id"), ANEW)
        elif one.id in known:
            yield fault("ids", url, message("{id} is there twice", id=one.id), ANEW)
        known.add(one.id)


def _of_times(url: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    for one in entries:
        if one.published is None or one.updated is None:
            yield fault("dates", url, message("{id}: a time without a date or an offset", id=one.id), ANEW)
        elif one.published > one.updated:
            yield fault("dates", url, message("{id}: updated before it was published", id=one.id), ANEW)
    for newer, older in pairwise(entries):
        if newer.updated and older.updated and newer.updated < older.updated:
            yield fault("order", url, message("{id} is newer than the entry above it", id=older.id), ANEW)
            return  # What is behind it is shifted with it.


def of_formats(feeds: Mapping[str, Feed]) -> Iterator[Finding]:
    """By address: do all formats of a stream hold the same entries, and the same of each?"""
    (first, told), *others = feeds.items()
    for url, feed in others:
        if [one.id for one in feed.entries] != [one.id for one in told.entries]:
            seen = message("not the same entries in the same order as {url}", url=first)
            yield fault("same", url, seen, ANEW)
            continue
        for one, other in zip(told.entries, feed.entries, strict=True):
            if _facts(one) != _facts(other) or _differ(one.published, other.published, one.updated, other.updated):
                seen = message("{id} is not as in {url}", id=one.id, url=first)
                yield fault("same", url, seen, ANEW)


def _facts(one: Entry) -> tuple[object, ...]:
    enclosures = tuple((each.url, each.length, each.sha256) for each in one.enclosures)
    return (one.url, one.revision, one.sha256, one.status, enclosures)


def _differ(*times: datetime | None) -> bool:
    """Pairs of times; one that is missing is a fault of its own."""
    pairs = zip(times[::2], times[1::2], strict=True)
    return any(one is not None and other is not None and one != other for one, other in pairs)


def of_polling(answer: Answer, again: Mapping[str, Answer]) -> Iterator[Finding]:
    """`again` are the answers to the same question under a condition, by the header that asked it."""
    url = answer.url
    hint = message("let the web server send ETag and Last-Modified, and answer 304 to whoever has the same already")
    if not again:
        yield fault("conditional", url, message("neither ETag nor Last-Modified"), hint)
    for name, other in again.items():
        is_changed = other.status == _OK and other.body != answer.body  # Published meanwhile.
        if other.status != _UNCHANGED and not is_changed:
            seen = other.problem or message("{header}: HTTP {status} instead of 304", header=name, status=other.status)
            yield fault("conditional", url, seen, hint)
    yield from _of_cache(url, answer.headers.get("cache-control", ""))


def _of_cache(url: str, said: str) -> Iterator[Finding]:
    hint = message("send Cache-Control: max-age=60 for feeds and lists")
    ages = [int(one) for one in re.findall(r"(?:max-age|s-maxage)\s*=\s*\"?([0-9]{1,18})", said.lower())]
    if max(ages, default=0) > _FRESH_SECONDS:
        yield fault("cache", url, message("Cache-Control: {value}", value=said), hint)
    elif not ages and not {"no-cache", "no-store"} & {one.strip() for one in said.lower().split(",")}:
        yield warning("cache", url, message("no Cache-Control: caches keep it as long as they see fit"), hint)


def of_compression(plain: Answer, answer: Answer, unpacked: bytes | None) -> Iterator[Finding]:
    """`unpacked` is None where the answer is no gzip."""
    url, hint = plain.url, message("switch on gzip for feeds in the web server")
    if answer.headers.get("content-encoding", "").lower() != "gzip":
        yield warning("compression", url, message("not compressed"), hint)
    elif unpacked is None or unpacked != plain.body:
        yield fault("compression", url, message("the compressed answer is not the plain one"), _SERVER)
    else:
        seen = message("{count} bytes instead of {plain}", count=len(answer.body), plain=len(plain.body))
        yield sound("compression", url, seen)


def of_archive(answer: Answer, feed: Feed) -> Iterator[Finding]:
    if not feed.is_archive:
        yield fault("archive", answer.url, message("it does not say that it is an archive (fh:archive)"), ANEW)
    if len(feed.entries) > ARCHIVE:
        yield fault("archive", answer.url, message("it has more than {count} entries", count=ARCHIVE), ANEW)
    yield from _of_ids(answer.url, feed)


def of_chain(url: str, chain: Sequence[Feed], listed: Mapping[str, Any]) -> Iterator[Finding]:
    """The current document and its archives, newest first, against what feeds/index.json says of the stream."""
    found, archives = len({one.id for feed in chain for one in feed.entries}), len(chain) - 1
    entries = listed.get("entries")
    if found != entries or archives != listed.get("archives"):
        seen = message(
            "{found} entries in the feed and {archives} archives; feeds/index.json says {entries} in {listed}",
            found=found,
            archives=archives,
            entries=entries,
            listed=listed.get("archives"),
        )
        yield fault("archive", url, seen, BUILD)
    else:
        seen = message("{found} entries and {archives} archives, none is missing", found=found, archives=archives)
        yield sound("archive", url, seen)


def of_strangers(url: str, base: str, strangers: Sequence[str]) -> Iterator[Finding]:
    """Addresses that a document names and that are not below the one that was asked for: nobody follows them."""
    if strangers:
        count, first = len(strangers), strangers[0]
        seen = message("{count} address(es) are not below {base}: {url}", count=count, base=base, url=first)
        yield fault("self", url, seen, _MOVED)


def of_enclosure(answer: Answer, length: int | None, sha256: str | None, due: str) -> Iterator[Finding]:
    """`sha256` is None where the file was not read."""
    yield from of_answer("enclosure", answer)
    if answer.problem or answer.status != _OK:
        return
    said = answer.headers.get("content-length", "")
    if said and said != str(length):
        seen = message("{count} bytes, declared are {length}", count=said, length=length)
        yield fault("enclosure", answer.url, seen, ANEW)
    if sha256 is not None and sha256 != due:
        yield fault("enclosure", answer.url, message("another SHA-256 than declared"), RECORD)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in text
    except ValueError:
        return False
