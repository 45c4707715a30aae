"""A city's record over HTTP: ask for what may be new, and take it only if it continues what was taken before.

1. The checkpoint, if it changed. An answer of 304 ends it: one request, no body.
2. One that vouches for fewer lines than were taken before, or for another line in the same place, is refused.
3. The ledger from the byte where it ended last time. Nobody is believed that this is its continuation: the kept
   beginning and the new end are verified together, by the chain, by what may follow what, and by both checkpoints.
4. Lines behind the one that the checkpoint vouches for wait until it does.

`fetch` asks and decides nothing, so it may run in a thread; `judge` decides and asks nothing. What is refused changes
nothing: the last record that was found sound stays, and the reason is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from greenchannel.fetching import Answer
from greenchannel.record.checkpoint import Checkpoint, read_checkpoint
from greenchannel.record.events import GENESIS
from greenchannel.record.holdings import Holdings
from greenchannel.record.problem import Kind
from greenchannel.record.verification import CHECKPOINT, LEDGER, Event, go_on, recalled
from provincial.roll import City

Ask = Callable[[str, Mapping[str, str]], Answer]
NOTHING = Checkpoint("", 0, GENESIS)
_FAST = timedelta(minutes=5)  # so much may a city's clock be ahead of ours
_OK, _PARTIAL, _UNCHANGED, _BEHIND_THE_END = 200, 206, 304, 416
_FILES = (Kind.FILE_MISSING, Kind.FILE_CHANGED)


@dataclass(frozen=True, slots=True)
class Known:
    """What was taken before: the last sound checkpoint, its ETag, and how many bytes of the ledger it vouches for."""

    checkpoint: Checkpoint = NOTHING
    etag: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """`ledger` is None where the checkpoint owes no new line."""

    checkpoint: Answer
    ledger: Answer | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that continues what was known; `ledger` are its bytes from the first on."""

    known: Known
    ledger: bytes
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """`etag` is the one to ask with next time."""

    etag: str


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


def fetch(city: City, known: Known, ask: Ask) -> Fetched:
    """One request, or two where there is something new."""
    checkpoint = ask(f"{city.origin}record/{CHECKPOINT}", {"If-None-Match": known.etag} if known.etag else {})
    said = read_checkpoint(checkpoint.body) if checkpoint.status == _OK else None
    if said is None or said.entries <= known.checkpoint.entries:
        return Fetched(checkpoint)
    # No If-Range: the ETag of the ledger changed with its new lines. The chain tells whether the bytes fit together.
    behind = {"Range": f"bytes={known.size}-"} if known.size else {}
    return Fetched(checkpoint, ask(f"{city.origin}record/{LEDGER}", behind))


def judge(known: Known, kept: Callable[[], bytes], fetched: Fetched, now: datetime) -> Taken | Unchanged | Refused:
    """`kept` gives the ledger as it was taken before; it is asked for only where there is something to compare."""
    answer, before = fetched.checkpoint, known.checkpoint
    if answer.status == _UNCHANGED:
        return Unchanged(known.etag)
    if reason := _failed(answer, _OK):
        return Refused(f"the checkpoint: {reason}")
    said, etag = read_checkpoint(answer.body), answer.headers.get("etag", "")
    if said is None:
        return Refused("the checkpoint: it is none")
    if said.entries < before.entries:
        return Refused(f"the record was taken back: it vouches for {said.entries} lines, {before.entries} were taken")
    if said.entries == before.entries:
        same = said.sha256 == before.sha256
        return Unchanged(etag) if same else Refused(f"the record was rewritten: line {said.entries} is another one")
    if fetched.ledger is None or (reason := _failed(fetched.ledger, _OK, _PARTIAL)):
        return Refused(f"the ledger: {reason if fetched.ledger else 'not asked for'}")
    beginning = kept() if known.size else b""
    ledger = (beginning if fetched.ledger.status == _PARTIAL else b"") + fetched.ledger.body
    if not ledger.startswith(beginning):
        return Refused("the record was rewritten: its beginning is not the one that was taken before")
    return _verified(known, beginning, _vouched(ledger, said.entries), Known(said, etag), answer.body, now)


def _verified(
    known: Known, beginning: bytes, ledger: bytes, then: Known, checkpoint: bytes, now: datetime
) -> Taken | Refused:
    """The files that lines name are compared when they are fetched, so here nobody has any."""
    found = go_on(
        recalled(beginning) if beginning else None,
        ledger,
        checkpoint,
        Holdings(lambda _: None, approvals=False),
        since=known.checkpoint if beginning else None,
    )
    for one in found.problems:
        if one.kind not in _FILES:
            return Refused(f"{one.place}: {one.problem}")
    if found.state.last_at and found.state.last_at > now + _FAST:
        return Refused(f"its last line is of {found.state.last_at.isoformat()}, which is yet to come")
    return Taken(Known(then.checkpoint, then.etag, len(ledger)), ledger, found.events)


def _vouched(ledger: bytes, entries: int) -> bytes:
    """As many whole lines; all that there is where it has fewer, which the checkpoint then objects to."""
    lines = ledger.split(b"\n", entries)
    return ledger[: len(ledger) - len(lines[entries])] if len(lines) > entries else ledger


def _failed(answer: Answer, *fine: int) -> str:
    if answer.problem:
        return str(answer.problem)
    if answer.status == _BEHIND_THE_END:
        return "it has no line behind those that were taken, and the checkpoint vouches for more"
    return "" if answer.status in fine else f"status {answer.status}"
