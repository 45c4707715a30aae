"""The entries of all streams, each prepared once for whatever documents hold it: most stand in six streams.

A process that plans again finds those of before, so that of a new release no more than its own is prepared.
"""

from collections.abc import Callable
from functools import lru_cache

from greenchannel.portal.entries import Voice, entry_of
from greenchannel.portal.items import Prepared
from greenchannel.portal.streams import Version

_AT_HAND = 1_024  # entries: more than the newest documents of all streams of a release hold together


class Entries:
    """`html` gives the clean HTML of a frozen text by its digest, the same for whoever asks in the same voice."""

    def __init__(self) -> None:
        self.html: Callable[[str], str] = str
        self.of = lru_cache(maxsize=_AT_HAND)(self._prepared)

    def _prepared(self, voice: Voice, version: Version) -> Prepared:
        return Prepared(entry_of(voice, version), self._newest_html)

    def _newest_html(self, digest: str) -> str:
        """An entry that stays must not keep all that its first plan was made of."""
        return self.html(digest)
