"""The files of a preview, each planned and made when somebody asks for it, and what one save keeps for the next."""

import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from greenchannel.delivery.memory import Memory
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.plan import Planned
from greenchannel.portal.sanitising import Links
from greenchannel.portal.theme import Artifact, Theme, read_theme
from greenchannel.record.gate import Candidate

Render = Callable[[str, Links], str]
_LOOKED_AT = 8  # pages that are made anew with each save


class InTurns:
    """The renderer and what a build left, for the rebuilding and the server's threads: pages are made one at a time.

    Once the preview has ended none is made any more, or a request that is late would start the renderer again.
    """

    def __init__(self, renderer: Renderer, memory: Memory) -> None:
        self._renderer, self._memory = renderer, memory
        self._lock, self._is_over = threading.RLock(), False

    def close(self) -> None:
        with self._lock:
            self._is_over = True

    def render(self, text: str, links: Links = ()) -> str:
        with self.turn():
            return self._renderer.render(text, links)

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        with self.turn():
            return self._memory.recall(keys)

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._lock:
            if self._is_over:
                raise ConnectionAbortedError(errno.ECONNABORTED, os.strerror(errno.ECONNABORTED))
            yield


class Kept:
    """What the last rebuilds planned and made, so that the next one works out what changed; and what a build left.

    `asked` are the paths that somebody looked at, the newest last.
    """

    def __init__(self, shared: InTurns) -> None:
        # A body is rendered again only when it changed; refusals are not remembered.
        self.render: Render = lru_cache(maxsize=4096)(shared.render)
        self._recall, self.turn = shared.recall, shared.turn
        self._values: dict[str, bytes] = {}
        self.made: dict[tuple[str, ...], tuple[str, tuple[bytes, ...]]] = {}
        self.at_hand = AtHand()
        self._theme: Theme | None = None
        self.asked: tuple[str, ...] = ()
        self.shown: tuple[Theme | None, Mapping[str, Mapping[str, bytes]]] = None, {}  # the drafts: what they freeze to

    def is_new(self, draft: Candidate, theme: Theme) -> bool:
        """Or was not made with this theme yet. All drafts say that they came out now: the others can wait."""
        then, texts = self.shown
        return theme is not then or texts.get(draft.release.id) != draft.frozen

    def recall(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        known, others = dict[str, bytes](), list[str]()
        for one in keys:
            if (value := self._values.get(one)) is None:
                others.append(one)
            else:
                known[one] = value
        return known | dict(self._recall(others))

    def keep(self, key: str, value: bytes) -> None:
        self._values[key] = value

    def theme(self, folder: Path) -> Theme:
        """The same one while nothing in the folder changed: its templates are translated already."""
        theme = read_theme(folder)
        if self._theme is None or self._theme.digest != theme.digest:
            self._theme = theme
        return self._theme


class Artifacts(Mapping[str, bytes]):
    """The files of one snapshot, each planned and made when it is asked for. Raises what the making raises."""

    def __init__(self, pages: Iterable[Artifact], planned: Iterator[Planned], kept: Kept) -> None:
        self._pages, self._kept = dict(pages), kept
        self._planned, self._steps = planned, dict[str, Planned]()
        self._fault: Exception | None = None  # that ended the planning

    def __getitem__(self, path: str) -> bytes:
        if path.endswith(".html") and path in self:
            self._kept.asked = (*(one for one in self._kept.asked if one != path), path)[-_LOOKED_AT:]
        return self._made(path)

    def __contains__(self, path: object) -> bool:
        return path in self._pages or self._step(path) is not None

    def __iter__(self) -> Iterator[str]:
        self._step(None)
        return iter(self._pages | self._steps)

    def __len__(self) -> int:
        self._step(None)
        return len(self._pages | self._steps)

    def make(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path in self:
                self._made(path)

    def _made(self, path: str) -> bytes:
        if path in self._pages:
            return self._pages[path]
        with self._kept.turn():
            if (step := self._step(path)) is None:
                raise KeyError(path)
            mark, files = self._kept.made.get(step.paths, ("", ()))
            if mark != step.fingerprint:
                files = step.make()
                self._kept.made[step.paths] = step.fingerprint, files
            return files[step.paths.index(path)]

    def _step(self, path: object) -> Planned | None:
        """No more is planned than it takes to find it; for what there is not, everything."""
        with self._kept.turn():
            while path not in self._steps and (step := self._next()):
                self._steps |= dict.fromkeys(step.paths, step)
            return self._steps.get(path) if isinstance(path, str) else None

    def _next(self) -> Planned | None:
        if self._fault is not None:
            raise self._fault
        try:
            return next(self._planned, None)
        except Exception as fault:
            self._fault = fault
            raise
