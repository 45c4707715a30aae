"""The cities behind one nginx, which counts: requests, and the bytes that went over the line with their headers."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers import nginx

_LINE = re.compile(r"(?P<status>\d{3}) (?P<sent>\d+) (?P<body>\d+) (?P<path>\S+)")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of a while; `sent` are bytes with headers, `body` without."""

    requests: int
    unchanged: int
    sent: int
    body: int
    checkpoints: int
    ledgers: int
    texts: int


class Log:
    """What was asked since the last time that we looked. The server writes a line when it has answered."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0

    def since(self) -> Traffic:
        with self._path.open("rb") as file:
            file.seek(self._read)
            text = file.read().decode()
            self._read = file.tell()
        found = [line for one in text.splitlines() if (line := _LINE.fullmatch(one))]
        return Traffic(
            requests=len(found),
            unchanged=sum(one["status"] == "304" for one in found),
            sent=sum(int(one["sent"]) for one in found),
            body=sum(int(one["body"]) for one in found),
            checkpoints=sum(one["path"].endswith("checkpoint.json") for one in found),
            ledgers=sum(one["path"].endswith("ledger.jsonl") for one in found),
            texts=sum(one["path"].endswith(".md") for one in found),
        )


@contextmanager
def served(www: Path, folder: Path) -> Iterator[tuple[str, Log]]:
    """The address of `www` on this machine, slash at its end, and the log."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log = folder / "counted.log"
    counted = "log_format counted '$status $bytes_sent $body_bytes_sent $uri';"
    with nginx(folder, www, around=counted, more=f"access_log {log} counted;") as port:
        yield f"http://127.0.0.1:{port}/", Log(log)
