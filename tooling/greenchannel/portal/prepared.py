"""The entries of all streams, each prepared once for whatever documents hold it: most stand in six streams.

A process that plans again finds those of before, so that of a new release no more than its own is prepared.
"""

from collections.abc import Callable
from functools import lru_cache

from greenchannel.portal.entries import Voice, entry_of
from greenchannel.portal.items import Prepared
from greenchannel.portal.streams import Version

_AT_HAND = 512  # entries of half a megabyte; twice as many took a third more memory in a cold build and saved no time
FOR_NEWS = 1_024  # more than the newest documents of all streams of a release hold together


class Entries:
    """`html` gives the clean HTML of a frozen text by its digest: the plan's whose document is being made.

    `most` are as many as are kept.
    """

    def __init__(self, most: int = _AT_HAND) -> None:
        self.html: Callable[[str], str] = str
        self._refused = set[str]()
        self._kept = lru_cache(maxsize=most)(self._prepared)

    def refuse(self, digest: str) -> None:
        """A body came as plain text, since it took too long: it is tried again, so no entry keeps it."""
        self._refused.add(digest)

    def of(self, voice: Voice, version: Version) -> Prepared:
        is_kept = version.text["sha256"] not in self._refused
        return self._kept(voice, version) if is_kept else self._prepared(voice, version)

    def _prepared(self, voice: Voice, version: Version) -> Prepared:
        return Prepared(entry_of(voice, version), self._newest_html)

    def _newest_html(self, digest: str) -> str:
        """An entry that stays must not keep all that its first plan was made of."""
        return self.html(digest)
