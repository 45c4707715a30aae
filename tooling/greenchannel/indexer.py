"""The search index of the unattended channel: made by a process of its own, with what is left of the processor.

It is asked for after each build and keeps nothing waiting: what is asked for meanwhile is made when it has ended. One
that fails is told of and tried again after a while, or when the next build asks.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_SOURCE_ROOT = Path(__file__).resolve().parents[1]
Told = Callable[[Mapping[str, Any]], None]  # Any: JSON. What cli.index_process says of a run; `failed` is empty or not.


class Indexer:
    """`told` hears of every run, from the indexer's own thread."""

    def __init__(self, home: Path, told: Told, again_seconds: float) -> None:
        self._home, self._told, self._again_seconds = home, told, again_seconds
        self._changed = threading.Condition()
        self._is_asked = self._is_stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        with self._changed:
            self._is_asked = True
            self._changed.notify()

    def stop(self, seconds: float) -> None:
        """At once: the old index stands, and the next run goes on."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
            if self._process:
                self._process.terminate()
        self._thread.join(seconds)

    def _run(self) -> None:
        has_failed = False
        while self._is_next(has_failed):
            told = self._index()
            has_failed = bool(told["failed"])
            with suppress(Exception):  # What cannot be told must not end it.
                if not self._is_stopped:
                    self._told(told)

    def _is_next(self, has_failed: bool) -> bool:  # noqa: FBT001  # Its only caller says what it is.
        with self._changed:
            wait = self._again_seconds if has_failed else None
            self._changed.wait_for(lambda: self._is_asked or self._is_stopped, wait)
            self._is_asked = False
            return not self._is_stopped

    def _index(self) -> Mapping[str, Any]:
        try:
            with self._changed:
                if self._is_stopped:
                    return {"failed": {}}
                self._process = self._start()
            said, errors = self._process.communicate()
            told: Mapping[str, Any] = json.loads(said)
        except OSError as error:
            return {"failed": {"search": str(error)}}
        except ValueError:
            return {"failed": {"search": errors.decode(errors="replace").strip()}}
        return told

    def _start(self) -> "subprocess.Popen[bytes]":
        paths = [str(_SOURCE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(  # noqa: S603  # Our own module, and a folder that whoever started us has named.
            [sys.executable, "-P", "-m", "greenchannel.cli.index_process", str(self._home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
