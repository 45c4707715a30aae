"""The entries of all streams, each prepared once for whatever documents hold it: most stand in six streams.

A process that plans again finds those of before, so that of a new release no more than its own is prepared.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from greenchannel.domain.remembering import Remembering
from greenchannel.portal.entries import Voice, entry_of
from greenchannel.portal.items import Prepared, prepare
from greenchannel.portal.remembered_entries import read_entry, slot, write_entry
from greenchannel.portal.streams import Version

_AT_HAND = 512  # entries of half a megabyte; twice as many took a third more memory in a cold build and saved no time
FOR_NEWS = 2_048  # more than the newest documents of all streams of a release hold together


class Entries:
    """`most` are as many as are kept in the process."""

    def __init__(self, most: int = _AT_HAND) -> None:
        self._html: Callable[[str], str] = str
        self._mark: Callable[[Version], str] = str
        self._memory: Remembering | None = None
        self._refused = set[str]()
        self._shown: list[tuple[Version, Prepared]] = []  # of the document
        self._asked = set[str]()  # of the memory, and what it knew of that
        self._recalled: dict[str, bytes] = {}
        self._most = most
        self._kept = lru_cache(maxsize=most)(self._prepared)

    def for_news(self) -> "Entries":
        """These, or others that keep enough."""
        return self if self._most >= FOR_NEWS else Entries(FOR_NEWS)

    def begin(
        self, html: Callable[[str], str], mark: Callable[[Version], str], memory: Remembering | None = None
    ) -> None:
        """A document. `html` gives the clean HTML of a frozen text by its digest, `mark` what stands for all that an
        entry is made of. With a `memory`, what is prepared outlives the process.
        """  # noqa: D205
        self._html, self._mark, self._memory = html, mark, memory

    def refuse(self, digest: str) -> None:
        """A body came as plain text, since it took too long: it is tried again, so no entry keeps it."""
        self._refused.add(digest)

    def of(self, voice: Voice, versions: Sequence[Version]) -> list[Prepared]:
        """The entries of a document."""
        if self._memory:
            names = [name for one in versions if (name := _slot(one)) not in self._asked]
            self._asked.update(names)
            self._recalled = {**self._memory.recall(names)}
        entries = [self._of(voice, one) for one in versions]
        self._shown, self._recalled = [*zip(versions, entries, strict=True)], {}
        return entries

    def _of(self, voice: Voice, version: Version) -> Prepared:
        is_kept = version.text["sha256"] not in self._refused
        return self._kept(voice, version) if is_kept else self._prepared(voice, version)

    def put_away(self) -> None:
        """The document is written; what was written of its entries for the first time is remembered."""
        if self._memory is None:
            return
        for version, entry in self._shown:
            if entry.written > entry.told and version.text["sha256"] not in self._refused:
                self._memory.keep(_slot(version), write_entry(self._mark(version), entry))
                entry.told = entry.written

    def _prepared(self, voice: Voice, version: Version) -> Prepared:
        if (known := self._remembered(version)) is not None:
            return known
        return prepare(entry_of(voice, version), self._newest_html)

    def _remembered(self, version: Version) -> Prepared | None:
        data = self._recalled.get(_slot(version))
        return read_entry(self._mark(version), data, self._newest_html) if data else None

    def _newest_html(self, digest: str) -> str:
        """An entry that stays must not keep all that its first plan was made of."""
        return self._html(digest)


def _slot(version: Version) -> str:
    return slot(version.place, version.kind.value, version.number)
