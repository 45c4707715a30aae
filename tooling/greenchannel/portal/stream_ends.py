"""The ends of streams, as long as their current documents and new archives ask for: what news are told in.

What streams get by a line of a release follows from that release's own lines, so that few of a long record are read.
"""

from collections.abc import Iterable, Mapping

from greenchannel.portal import window
from greenchannel.portal.almanac import Almanac, is_kept_whole
from greenchannel.portal.streams import Ends, Stream, Version, follow
from greenchannel.record.glance import Glance, Lines

_AT_FIRST = 128  # versions of a stream that are read before it is asked whether these are enough


class StreamEnds:
    def __init__(self, events: Lines, state: Glance, almanac: Almanac) -> None:
        self._events, self._places, self._almanac = events, state.index.lines, almanac
        self._told: dict[str, dict[tuple[int, str], list[Version]]] = {}  # by release, then by place and stream
        self._releases: dict[int, str] = {}  # by the place of a line

    def of(self, grown: Mapping[str, int]) -> Ends | None:
        """None where the almanac's places do not reach back that far."""
        found = {key: self._end(key, before) for key, before in sorted(grown.items())}
        streams = {key: one for key, one in found.items() if one is not None}
        return Ends(streams, grown) if len(streams) == len(found) else None

    def _end(self, key: str, before: int) -> Stream | None:
        tail = self._almanac.streams[key]
        wanted = len(tail.places) if is_kept_whole(key) else _AT_FIRST  # Its title is asked of all of it.
        while True:
            # Whole lines of the ledger: one may have brought several versions.
            places = sorted({*tail.places[-wanted:]}) if wanted < len(tail.places) else sorted({*tail.places})
            log = [version for place in places for version in self._versions(place, key)]
            stream = Stream(key, log, tail.entries, tail.versions - len(log))
            if stream.left_out <= before // window.ARCHIVE * window.ARCHIVE and window.is_seen(stream):
                return stream
            if wanted >= len(tail.places):
                return None
            wanted *= 2

    def _versions(self, place: int, key: str) -> Iterable[Version]:
        if (release := self._releases.get(place)) is None:
            release = self._releases[place] = self._events[place - 1]["id"]
        if (known := self._told.get(release)) is None:
            known = self._told[release] = self._read(release)
        return known[place, key]

    def _read(self, release: str) -> dict[tuple[int, str], list[Version]]:
        found, known = dict[tuple[int, str], list[Version]](), None
        for place in self._places[release]:
            known, news = follow(known, self._events[place], place + 1)
            for one in news:
                found.setdefault((place + 1, one.key), []).append(one.version)
        return found
