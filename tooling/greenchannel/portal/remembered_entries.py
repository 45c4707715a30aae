"""An entry as it was prepared and written, for later processes: most of what a feed tells is what it told before."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from greenchannel.portal.items import Item, Prepared
from greenchannel.portal.views.feeds import FeedAttachment, FeedEntry

_SLOTS = 4_096  # lines of the ledger: what is remembered does not grow with it


def slot(place: int, kind: str, number: int) -> str:
    """The name under which the newest of a few entries is remembered, by where they are told; `place` is a line."""
    return f"entry {place % _SLOTS} {kind} {number}"


def write_entry(mark: str, entry: Prepared) -> bytes:
    """`mark` stands for all that it is made of. Of each length that was asked for, what was made."""
    known = vars(entry)
    summary = [entry.summary_weight, entry.summary.entry, _made(entry.summary)] if "summary" in known else None
    full = [entry.full_weight, entry.full.content, _made(entry.full)] if "full" in known else None
    return orjson.dumps([mark, entry.entry, summary, full])


def read_entry(mark: str, data: bytes, html: Callable[[str], str]) -> Prepared | None:
    """None where another entry was remembered there."""
    found, told, summary, full = orjson.loads(data)
    if found != mark:
        return None
    entry = Prepared(_entry(told), html)
    if summary:
        entry.summary_weight, told, made = summary
        entry.summary = Item(_entry(told), None, _read_made(made))
    if full:
        entry.full_weight, content, made = full
        entry.full = Item(entry.entry, content, _read_made(made))
    entry.told = entry.written
    return entry


def _made(item: Item) -> list[tuple[tuple[str, ...], str]]:
    return [(voice, written.decode()) for voice, written in item.made.items()]


def _read_made(made: list[tuple[list[str], str]]) -> dict[tuple[str, ...], bytes]:
    return {tuple(voice): written.encode() for voice, written in made}


def _entry(told: Mapping[str, Any]) -> FeedEntry:  # Any: JSON
    values: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in told.items()}
    values["attachments"] = tuple(FeedAttachment(**one) for one in told["attachments"])
    return FeedEntry(**values)
