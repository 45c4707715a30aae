"""The newest entries of all cities as one feed, in RSS, Atom and JSON Feed.

An entry is what the city's own feed has for it: each city's share is rendered by the code of its own feed under its own
name, and only put into another order here. What the formats have for a feed that is put together of others says where
it came from: `source` in RSS and Atom (RFC 4287, 4.2.11), `authors` in JSON Feed. So who wrote an entry, who must be
named and which id it has is not touched.

There is no archive. A city's own feed has one, and the sequence numbers in `cities.json` tell a reader who was away
which cities to ask for it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from lxml import etree

from greenchannel.portal import window
from greenchannel.portal.entries import Voice
from greenchannel.portal.feed_extensions import ATOM, TOMBSTONES
from greenchannel.portal.feeds import render_feed
from greenchannel.portal.items import Item, Prepared, clean, escaped, prepare
from greenchannel.portal.views.feeds import FeedEntry, FeedView
from provincial.roll import City

PATH = "feeds/all"
FULL = 100  # entries that may come with their text: each costs a request, once
_HEAD, _SOURCE = 6_000, 900  # bytes around the entries, and those that say where one came from


@dataclass(frozen=True, slots=True)
class Of:
    """An entry and the city that it is of."""

    city: City
    entry: FeedEntry


Chosen = tuple[City, Item]


def newest(entries: Sequence[Of]) -> list[Of]:
    """By the time of change; of one second, by city and then as the city's ledger has them: there is one order only."""
    ordered = sorted(entries, key=lambda one: (one.city.id, -one.entry.sequence, one.entry.id))
    return sorted(ordered, key=lambda one: datetime.fromisoformat(one.entry.updated), reverse=True)


def chosen(entries: Sequence[Of], html: Callable[[FeedEntry], str | None]) -> list[Chosen]:
    """Of `entries`, newest first, as many as fit into half of a document as summaries; the other half is for texts.

    `html` is an entry's text, None where it cannot be had: it comes as a summary then.
    """
    room = window.LIMIT - _HEAD
    fitting = list(_fitting(entries, html, room // 2))

    def full(rank: int) -> int:
        of, one, weight = fitting[rank]
        has_text = not of.entry.body or html(of.entry) is not None
        return weight + (one.full_weight - one.summary_weight if has_text else room)

    in_full = window.in_full([weight for _, _, weight in fitting], full, room)
    return [
        (of.city, one.full if rank in in_full else one.summary) for rank, (of, one, _) in enumerate(fitting)
    ]


def documents(province: Voice, items: Sequence[Chosen]) -> tuple[bytes, bytes, bytes]:
    """RSS, Atom and JSON Feed."""
    updated = items[0][1].entry.updated
    whole = _Put(render_feed(_view(province, updated), ()))
    by_city = sorted(range(len(items)), key=lambda rank: (items[rank][0].id, rank))
    parts: dict[int, _Entry] = {}
    for _, group in groupby(by_city, key=lambda rank: items[rank][0].id):
        ranks = list(group)
        city = items[ranks[0]][0]
        shares = [items[rank][1] for rank in ranks]
        view = _view(city.voice, shares[0].entry.updated)
        parts |= zip(ranks, _entries(city.voice, view, render_feed(view, shares)), strict=True)
    for rank in range(len(items)):
        whole.add(parts[rank])
    return whole.documents()


@dataclass(frozen=True, slots=True)
class _Entry:
    """The same entry in each format, with what Atom says of a withdrawn one beside it. Any: lxml's elements, JSON."""

    rss: Any
    atom: Any
    gone: Any
    json: dict[str, Any]


def _entries(voice: Voice, view: FeedView, rendered: Sequence[bytes]) -> Iterator[_Entry]:
    rss, atom, feed = etree.fromstring(rendered[0]), etree.fromstring(rendered[1]), json.loads(rendered[2])
    gone = {one.get("ref"): one for one in atom.iterfind(f"{{{TOMBSTONES}}}deleted-entry")}
    entries = zip(rss.iter("item"), atom.iterfind(f"{{{ATOM}}}entry"), feed["items"], strict=True)
    for in_rss, in_atom, item in [*entries]:
        etree.SubElement(in_rss, "source", url=f"{voice.url}{PATH}.rss").text = clean(voice.name)
        source = etree.SubElement(in_atom, f"{{{ATOM}}}source")
        for name, text in (("id", view.id), ("title", clean(voice.name)), ("updated", view.updated)):
            etree.SubElement(source, f"{{{ATOM}}}{name}").text = text
        etree.SubElement(source, f"{{{ATOM}}}link", rel="self", href=f"{voice.url}{PATH}.atom")
        yield _Entry(in_rss, in_atom, gone.get(item["id"]), {**item, "authors": feed["authors"]})


class _Put:
    """The documents of the province, which get one entry after the other."""

    def __init__(self, empty: Sequence[bytes]) -> None:
        self._rss, self._atom = etree.fromstring(empty[0]), etree.fromstring(empty[1])
        self._json = json.loads(empty[2])

    def add(self, one: _Entry) -> None:
        self._rss[0].append(one.rss)  # The one child of `rss` is its channel.
        self._atom.append(one.atom)
        if one.gone is not None:
            self._atom.append(one.gone)
        self._json["items"].append(one.json)

    def documents(self) -> tuple[bytes, bytes, bytes]:
        rss, atom = (
            etree.tostring(one, encoding="UTF-8", xml_declaration=True) + b"\n" for one in (self._rss, self._atom)
        )
        return rss, atom, (json.dumps(self._json, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _text(html: Callable[[FeedEntry], str | None], entry: FeedEntry, _digest: str) -> str:
    return html(entry) or ""


def _view(voice: Voice, updated: str) -> FeedView:
    return FeedView(
        id=f"tag:{voice.tag}:{PATH}",
        path=PATH,
        title=voice.name,
        description=f"{voice.organisation}：{voice.name}",
        home="",
        base=voice.url,
        organisation=voice.organisation,
        email=voice.email,
        rights=voice.rights,
        licence=voice.licence,
        namespace=voice.namespace,
        updated=updated,
    )


def _repeated(voice: Voice) -> str:
    """What each entry says of its city."""
    return voice.organisation + voice.rights + voice.email + voice.licence + voice.name


def _fitting(
    entries: Iterable[Of], html: Callable[[FeedEntry], str | None], room: int
) -> Iterator[tuple[Of, Prepared, int]]:
    """With the bytes of each as a summary. All cities together have a hundred times as many: they are not looked at."""
    for of in entries:
        one = prepare(of.entry, partial(_text, html, of.entry))
        weight = one.summary_weight + _SOURCE + 2 * escaped(_repeated(of.city.voice))
        room -= weight
        if room < 0:
            return
        yield of, one, weight
