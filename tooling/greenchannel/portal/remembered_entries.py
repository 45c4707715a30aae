"""An entry as it was prepared and written, for later processes: most of what a feed tells is what it told before."""

from collections.abc import Callable

from msgspec import Struct, msgpack

from greenchannel.portal.items import Item, Prepared
from greenchannel.portal.views.feeds import FeedEntry

_SLOTS = 4_096  # lines of the ledger: what is remembered does not grow with it
_Made = tuple[tuple[tuple[str, ...], bytes], ...]


class _Told(Struct, array_like=True):
    """`mark` stands for all that it is made of; None is a length that was not asked for."""

    mark: str
    entry: FeedEntry
    summary: tuple[int, FeedEntry, _Made] | None
    full: tuple[int, str | None, _Made] | None


def slot(place: int, kind: str, number: int) -> str:
    """The name under which the newest of a few entries is remembered, by where they are told; `place` is a line."""
    return f"entry {place % _SLOTS} {kind} {number}"


def write_entry(mark: str, entry: Prepared) -> bytes:
    """Of each length that was asked for, what was made."""
    known, summary, full = vars(entry), None, None
    if "summary" in known:
        summary = entry.summary_weight, entry.summary.entry, tuple(entry.summary.made.items())
    if "full" in known:
        full = entry.full_weight, entry.full.content, tuple(entry.full.made.items())
    return msgpack.encode(_Told(mark, entry.entry, summary, full))


def read_entry(mark: str, data: bytes, html: Callable[[str], str]) -> Prepared | None:
    """None where another entry was remembered there."""
    told = msgpack.decode(data, type=_Told)
    if told.mark != mark:
        return None
    entry = Prepared(told.entry, html)
    if told.summary:
        entry.summary_weight, short, made = told.summary
        entry.summary = Item(short, None, dict(made))
    if told.full:
        entry.full_weight, content, made = told.full
        entry.full = Item(entry.entry, content, dict(made))
    entry.told = entry.written
    return entry
