"""What a province keeps of its cities, below one folder: the only state of a merge.

`<city>/ledger.jsonl` and `<city>/known.json` are evidence: who loses them can no longer tell a record that was taken
back. The second is written last and says how many bytes of the first count, so that a merge that was killed between
the two leaves what stood before. All else (entries, months, texts) is worked out of them again or fetched again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from msgspec import convert, to_builtins

from greenchannel.delivery.writing import forget_file, write_file, write_files
from greenchannel.portal.views.feeds import FeedEntry
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import Checkpoint
from greenchannel.record.events import read_events
from greenchannel.record.verification import LEDGER, Event
from provincial.showing import Row
from provincial.taking import Known

_KNOWN, _NEWEST, _MONTHS, _TEXTS, _MERGED, _PROBLEMS = (
    "known.json", "newest.json", "months", "texts", "merged.json", "problems.json",
)  # fmt: skip
_TOGETHER = 64  # files


class Keep:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def known(self, city: str) -> Known:
        value = self._read(f"{city}/{_KNOWN}")
        if value is None:
            return Known()
        return Known(Checkpoint(value["at"], value["entries"], value["sha256"]), value["etag"], value["size"])

    def ledger(self, city: str) -> bytes:
        with (self.folder / city / LEDGER).open("rb") as file:
            return file.read(self.known(city).size)

    def events(self, city: str) -> tuple[Event, ...]:
        return read_events(self.ledger(city))

    def keep(self, city: str, known: Known, ledger: bytes) -> None:
        write_file(self.folder / city / LEDGER, ledger)
        self.note(city, known)

    def note(self, city: str, known: Known) -> None:
        of = known.checkpoint
        self._write(
            f"{city}/{_KNOWN}",
            {"at": of.at, "entries": of.entries, "sha256": of.sha256, "etag": known.etag, "size": known.size},
        )

    def newest(self, city: str) -> tuple[FeedEntry, ...]:
        return convert(self._read(f"{city}/{_NEWEST}") or (), tuple[FeedEntry, ...])

    def keep_newest(self, city: str, entries: Sequence[FeedEntry]) -> None:
        self._write(f"{city}/{_NEWEST}", to_builtins(entries))

    def month(self, city: str, month: str) -> tuple[Row, ...]:
        return tuple(Row(**one) for one in self._read(f"{city}/{_MONTHS}/{month}.json") or ())

    def keep_months(self, city: str, months: Mapping[str, Sequence[Row]]) -> None:
        folder = self.folder / city / _MONTHS
        files = [(folder / f"{name}.json", _json([asdict(one) for one in rows])) for name, rows in months.items()]
        for some in batched(files):
            write_files(some)

    def months(self) -> tuple[str, ...]:
        """In which any city released anything."""
        return tuple(sorted({one.stem for one in self.folder.glob(f"*/{_MONTHS}/*.json")}))

    def text(self, digest: str) -> bytes | None:
        """None for one that is not kept, or is damaged."""
        with suppress(FileNotFoundError):
            data = (self.folder / _TEXTS / f"{digest}.md").read_bytes()
            return data if sha256(data) == digest else None
        return None

    def keep_text(self, digest: str, data: bytes) -> None:
        write_file(self.folder / _TEXTS / f"{digest}.md", data)

    def keep_no_texts_but(self, digests: Iterable[str]) -> None:
        wanted = {f"{one}.md" for one in digests}
        for path in (self.folder / _TEXTS).glob("*.md"):
            if path.name not in wanted:
                forget_file(path)

    @property
    def merged(self) -> Mapping[str, int]:
        """How many lines of each city are in what readers have; written when all of it is."""
        return self._read(_MERGED) or {}

    def keep_merged(self, lines: Mapping[str, int]) -> None:
        self._write(_MERGED, lines)

    @property
    def problems(self) -> Mapping[str, Mapping[str, str]]:
        """By city: what is wrong, and since which merge."""
        return self._read(_PROBLEMS) or {}

    def keep_problems(self, problems: Mapping[str, Mapping[str, str]]) -> None:
        self._write(_PROBLEMS, problems)

    def _read(self, path: str) -> Any:  # Any: JSON, which only `_write` wrote
        try:
            return json.loads((self.folder / path).read_bytes())
        except FileNotFoundError:
            return None

    def _write(self, path: str, value: object) -> None:
        write_file(self.folder / path, _json(value))


def batched(files: Sequence[tuple[Path, bytes]]) -> Iterator[Sequence[tuple[Path, bytes]]]:
    """As many as may be open at once."""
    for start in range(0, len(files), _TOGETHER):
        yield files[start : start + _TOGETHER]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode()
