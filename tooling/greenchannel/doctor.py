"""Examines a served green channel as a consumer meets it: fetches, and lets `diagnosis` and `gaps` say what is wrong.

Only what lies below the address that was asked for is fetched, whatever a document names.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from greenchannel import diagnosis, gaps
from greenchannel.diagnosis import JSON, MEDIA_TYPES, XML, Finding, Verdict
from greenchannel.domain.attachment import MAX_BYTES
from greenchannel.domain.message import Message, message
from greenchannel.fetching import LIMIT, Answer, Fetcher
from greenchannel.portal import window
from greenchannel.portal.feed_reading import Feed, locations, read_feed, read_json, read_xml, rfc3339
from greenchannel.portal.streams import ALL, CHANGES
from greenchannel.record.canonical import sha256
from greenchannel.record.verification import Verification, verify

AT_ONCE = 4  # connections
LEDGER_LIMIT = 256_000_000  # bytes: it has a line for each event of all years
_INCIDENTS = 5  # of the newest, unless every one is asked for
_ARCHIVES = 10_000
_NOT_ALLOWED, _NOT_IMPLEMENTED = 405, 501
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`base` is the channel's home page; `own` is the newsroom's ledger, None without a newsroom."""

    base: str
    every: bool = False  # every incident's feed
    deep: bool = False  # attachments read and compared with their SHA-256
    own: bytes | None = None


def examine(asked: Asked, fetcher: Fetcher, tell: Callable[[int], object]) -> tuple[Finding, ...]:
    """`tell` is told how many requests were answered."""
    return tuple(_Examination(asked, fetcher, tell).run())


class _Examination:
    def __init__(self, asked: Asked, fetcher: Fetcher, tell: Callable[[int], object]) -> None:
        self._asked, self._base, self._fetcher, self._tell = asked, asked.base, fetcher, tell
        self._found: list[Finding] = []
        self._answered = 0

    def run(self) -> list[Finding]:
        index, listed = self._json("index", "feeds/index.json")
        if not index.status:
            return self._found  # Nobody is there: it would be told of every address.
        latest, newest = self._json("latest", "latest.json")
        streams = self._streams(index, listed)
        for key in streams:
            self._stream(key)
        self._polling([index, latest, *(self._ask([self._feed_url(ALL, one) for one in MEDIA_TYPES]))])
        self._compression()
        chains = {key: self._chain(key, streams.get(key, {})) for key in (ALL, CHANGES)}
        chain, is_whole = chains[ALL]
        if chain:
            self._pages(chain[0])
            self._enclosures()
            self._maps(chain[0], newest)
        entries = [one for feed in chain for one in feed.entries]
        if is_whole and newest:
            self._add(latest.url, "latest", gaps.of_latest(latest.url, newest, entries))
        if (record := self._record()) is not None:
            said, lines = listed.get("sequence"), newest.get("sequence")
            self._found += gaps.of_lists(record, index, said, latest, lines)
            if is_whole:
                self._found += gaps.of_releases(self._feed_url(ALL, ".atom"), record, entries)
        return self._found

    def _url(self, path: str) -> str:
        return self._base + path

    def _feed_url(self, key: str, extension: str) -> str:
        return self._url(f"feeds/{key}{extension}")

    def _fetch(self, url: str, headers: Mapping[str, str], method: str, limit: int) -> Answer:
        answer = self._fetcher.fetch(url, headers, method=method, limit=limit)
        if method == "HEAD" and answer.status in (_NOT_ALLOWED, _NOT_IMPLEMENTED):
            answer = self._fetcher.fetch(url, headers, limit=limit)
        return answer

    def _ask(
        self, urls: Sequence[str], headers: Mapping[str, str] | None = None, method: str = "GET", limit: int = LIMIT
    ) -> list[Answer]:
        answers = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for one in pool.map(lambda url: self._fetch(url, headers or {}, method, limit), urls):
                answers.append(one)
                self._answered += 1
                self._tell(self._answered)
        return answers

    def _add(self, url: str, check: str, found: Iterable[Finding], seen: Message | None = None) -> None:
        """What was found, or that it is in order."""
        told = list(found)
        self._found += told or [diagnosis.sound(check, url, seen or message("in order"))]

    def _json(self, check: str, path: str) -> tuple[Answer, Mapping[str, Any]]:
        (answer,) = self._ask([self._url(path)])
        found = list(diagnosis.of_answer(check, answer, JSON))
        document = read_json(answer.body) if answer.status == _OK and not answer.problem else {}
        if isinstance(document, Message):
            found.append(_unreadable(answer.url, document))
            document = {}
        self._add(answer.url, check, found)
        return answer, document

    def _streams(self, index: Answer, listed: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """The streams to be read, by their keys, whatever address the index gives them."""
        found, strangers = {}, []
        streams = listed.get("streams")
        for one in streams if isinstance(streams, list) else ():
            address = str(one.get("atom") if isinstance(one, dict) else "")
            key = address.partition("/feeds/")[2].removesuffix(".atom")
            if key and address == self._feed_url(key, ".atom"):
                found[key] = one
            elif key:
                found[key] = one
                strangers.append(address)
        self._found += diagnosis.of_strangers(index.url, self._base, strangers)
        incidents = sorted((one for one in found if one.startswith("incidents/")), key=lambda one: _when(found[one]))
        left = set() if self._asked.every else set(incidents[:-_INCIDENTS])
        return {key: one for key, one in found.items() if key not in left} or {ALL: {}, CHANGES: {}}

    def _stream(self, key: str) -> None:
        feeds, found = {}, []
        answers = self._ask([self._feed_url(key, one) for one in MEDIA_TYPES])
        for (extension, types), answer in zip(MEDIA_TYPES.items(), answers, strict=True):
            feed, told = _read(answer, extension, types)
            found += told
            if feed is not None:
                found += diagnosis.of_feed(answer.url, feed)
                feeds[answer.url] = feed
        if len(feeds) > 1:
            found += diagnosis.of_formats(feeds)
        count = max((len(one.entries) for one in feeds.values()), default=0)
        seen = message("{count} entries, the same in RSS, Atom and JSON", count=count)
        self._add(self._feed_url(key, ".atom"), "feed", found, seen)

    def _polling(self, answers: Iterable[Answer]) -> None:
        for one in answers:
            if one.status == _OK and not one.problem:
                asked = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
                again = {
                    name: self._ask([one.url], {name: one.headers[kept]})[0]
                    for name, kept in asked.items()
                    if one.headers.get(kept)
                }
                self._add(one.url, "conditional", diagnosis.of_polling(one, again), message("304 when nothing changed"))

    def _compression(self) -> None:
        url = self._feed_url(ALL, ".atom")
        plain, packed = self._ask([url])[0], self._ask([url], {"Accept-Encoding": "gzip"})[0]
        if plain.status == packed.status == _OK:
            self._found += diagnosis.of_compression(plain, packed, _unpacked(packed.body))

    def _chain(self, key: str, listed: Mapping[str, Any]) -> tuple[list[Feed], bool]:
        """The current document and its archives, newest first; whether the chain goes to its start."""
        feed, _ = _read(self._ask([self._feed_url(key, ".atom")])[0], ".atom", ())
        chain, known = [feed] if feed else [], set[str]()
        while feed and (address := feed.previous):
            problem = self._unfit(address, known)
            if problem:
                self._found.append(diagnosis.fault("archive", address, problem, diagnosis.ANEW))
                return chain, False
            known.add(address)
            answer = self._ask([address])[0]
            feed, found = _read(answer, ".atom", MEDIA_TYPES[".atom"], "archive")
            found += diagnosis.of_archive(answer, feed) if feed else ()
            self._found += found
            if feed is None or any(one.verdict is Verdict.FAULT for one in found):
                return chain, False
            chain.append(feed)
        if chain and listed:
            self._found += diagnosis.of_chain(self._feed_url(key, ".atom"), chain, listed)
        return chain, bool(chain)

    def _unfit(self, address: str, known: set[str]) -> Message | None:
        if not address.startswith(self._base):
            return message("it is not below {base}", base=self._base)
        if address in known:
            return message("the chain of archives runs in a circle")
        return message("more than {count} archives", count=_ARCHIVES) if len(known) >= _ARCHIVES else None

    def _pages(self, feed: Feed) -> None:
        pages = dict.fromkeys(urldefrag(one.url).url for one in feed.entries)
        twins = [f"{urldefrag(one.url).url}index.json" for one in feed.entries if one.kind == "item"]
        near = [one for one in (*pages, *twins) if one.startswith(self._base)]
        url = self._feed_url(ALL, ".atom")
        found = list(diagnosis.of_strangers(url, self._base, [one for one in pages if not one.startswith(self._base)]))
        for answer in self._ask(near, method="HEAD"):
            found += diagnosis.of_answer("page", answer, JSON if answer.url in twins else ())
        self._add(url, "page", found, message("{count} pages and JSON twins, all there", count=len(near)))

    def _enclosures(self) -> None:
        answers = self._ask([self._feed_url(ALL, one) for one in MEDIA_TYPES])
        feeds = [_read(answer, kind, ())[0] for kind, answer in zip(MEDIA_TYPES, answers, strict=True)]
        named = {each: None for feed in feeds if feed for one in feed.entries for each in one.enclosures}
        near = [one for one in named if one.url.startswith(self._base)]
        strangers = [one.url for one in named if one not in near]
        url = self._feed_url(ALL, ".atom")
        found = list(diagnosis.of_strangers(url, self._base, strangers))
        deep = self._asked.deep
        for one in near:
            (answer,) = self._ask([one.url], method="GET" if deep else "HEAD", limit=MAX_BYTES)
            found += diagnosis.of_enclosure(answer, one.length, sha256(answer.body) if deep else None, one.sha256)
        self._add(url, "enclosure", found, message("{count} attachments, all as declared", count=len(near)))

    def _maps(self, feed: Feed, newest: Mapping[str, Any]) -> None:
        updated = rfc3339(str(newest.get("updated")))
        for path in ("sitemap.xml", "sitemap-news.xml"):
            (answer,) = self._ask([self._url(path)], limit=10 * LIMIT)  # As large as the protocol of sitemaps allows.
            found = list(diagnosis.of_answer("sitemap", answer, XML))
            if answer.status == _OK and not answer.problem:
                root = read_xml(answer.body)
                if isinstance(root, Message):
                    found.append(_unreadable(answer.url, root))
                elif path == "sitemap.xml":
                    found += gaps.of_sitemap(answer.url, locations(root), feed)
                else:
                    found += gaps.of_news(answer.url, locations(root), feed, updated)
            self._add(answer.url, "sitemap", found)

    def _record(self) -> Verification | None:
        """The checkpoint first: a record that grows meanwhile is then ahead of it, which is sound."""
        checkpoint, ledger = (
            self._ask([self._url(f"record/{name}")], limit=LEDGER_LIMIT)[0]
            for name in ("checkpoint.json", "ledger.jsonl")
        )
        found = [one for answer in (checkpoint, ledger) for one in diagnosis.of_answer("record", answer)]
        self._found += found
        if any(one.verdict is Verdict.FAULT for one in found):
            return None
        verified = verify(ledger.body, checkpoint.body, lambda _: None, approvals=False)
        self._found += gaps.of_ledger(ledger.url, verified)
        if self._asked.own is not None:
            self._found += gaps.of_own(ledger.url, ledger.body, self._asked.own)
        return verified if verified.entries == len(verified.events) else None


def _read(
    answer: Answer, extension: str, types: Sequence[str], check: str = "feed"
) -> tuple[Feed | None, list[Finding]]:
    found = list(diagnosis.of_answer(check, answer, types, window.LIMIT))
    if answer.status != _OK or answer.problem:
        return None, found
    feed = read_feed(extension, answer.body)
    if isinstance(feed, Message):
        return None, [*found, _unreadable(answer.url, feed)]
    return feed, found


def _unreadable(url: str, problem: Message) -> Finding:
    return diagnosis.fault("parses", url, problem, diagnosis.ANEW)


def _when(stream: Mapping[str, Any]) -> str:
    return str(stream.get("updated"))


def _unpacked(body: bytes) -> bytes | None:
    """No more than an answer may have: a few bytes can unpack to gigabytes."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, LIMIT)
    except zlib.error:
        return None
