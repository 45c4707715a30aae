"""The cities behind one nginx, which counts: requests, and the bytes that went over the line with their headers."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise SystemExit("nginx is not installed: the requests are counted by it (apt-get install nginx-light)")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = _free_port()
    places = "".join(f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ log_format counted '$status $bytes_sent $body_bytes_sent $uri';"
        f" access_log {folder}/access.log counted; {places} types {{ application/json json; text/markdown md; }}"
        f"server {{ listen 127.0.0.1:{port}; root {www}; }} }}\n"
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}/", Log(folder / "access.log")
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"nginx ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nobody answers at port {port}")
