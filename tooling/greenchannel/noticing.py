"""Notices that something in the newsroom's folder changed: a hint, since systems lose events."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from greenchannel.domain.diagnostic import SETTINGS_FILE

_ROOTS = ("content", "templates", "releases")
_READING = {"opened", "closed_no_write"}  # Our own reading must not be taken for a change.
_QUIET_SECONDS = 0.05  # An editor's save is several events.
_MOST_PAUSES = 10  # A folder that never comes to rest must not hold up a release.


class Notice:
    """`changed` is set by whatever somebody saves, and by `stop`. One thread waits for it."""

    def __init__(self, home: Path) -> None:
        self.changed = threading.Event()
        self._stopped = threading.Event()
        self._home = home
        self._handler = _Handler(home, self.changed)
        self._observer = Observer()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """May be called from another thread, or by a signal."""
        self._stopped.set()
        self.changed.set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._observer.start()
        try:
            yield
        finally:
            self._observer.stop()
            self._observer.join()

    def refresh(self) -> None:
        """Scheduling twice is scheduling once, so a folder that appears later (releases/) is found, too."""
        self._observer.schedule(self._handler, str(self._home), recursive=False)
        for root in (self._home / one for one in _ROOTS):
            if root.is_dir():
                self._observer.schedule(self._handler, str(root), recursive=True)

    def settle(self) -> frozenset[Path]:
        """Waits until the changes pause, though not for ever, and forgets them: the paths that the system told of."""
        self.changed.clear()
        for _ in range(_MOST_PAUSES):
            if self.is_stopped or not self.changed.wait(_QUIET_SECONDS):
                break
            self.changed.clear()
        return self._handler.take()


class _Handler(FileSystemEventHandler):
    def __init__(self, home: Path, changed: threading.Event) -> None:
        self._home, self._changed = home, changed
        self._news = set[Path]()
        self._taking = threading.Lock()  # The system's thread tells, another one takes.

    def take(self) -> frozenset[Path]:
        """What there was since the last time."""
        with self._taking:
            news, self._news = self._news, set()
        return frozenset(news)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _READING or (event.is_directory and event.event_type == "modified"):
            return
        paths = [Path(str(one)) for one in (event.src_path, event.dest_path) if one]
        if any(map(self._matters, paths)):
            with self._taking:
                self._news.update(paths)
            self._changed.set()

    def _matters(self, path: Path) -> bool:
        """Not an editor's or our own hidden file; next to mkdocs.yml, only what is read there."""
        return not path.name.startswith(".") and (path.parent != self._home or path.name in {SETTINGS_FILE, *_ROOTS})
