"""Real servers on loopback, started by a test and ended with it: sshd, web servers, a store behind a bad line."""

import contextlib
import getpass
import http.client
import logging
import os
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from conftest import REPOSITORY, missing, program
from greenchannel.desk.places import RsyncPlace, StorePlace

_GATE = '''"""Stands between sshd and rsync, does what `fault` says to the bytes that come in, and notes it in `log`."""
import os, select, signal, subprocess, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
kind, _, number = (folder / "fault").read_text().partition(" ")
log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
if kind == "missing":
    os.write(log, b"fired\\n")
    os.execve("/bin/sh", ["sh", "-c", "exec rsync"], {"PATH": str(folder / "nowhere")})
command = ["sh", "-c", "exec " + os.environ["SSH_ORIGINAL_COMMAND"]]
child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
limit, skip = map(int, number.split()) if kind == "cut" else (None, 0)
if skip > (folder / "log").read_bytes().count(b"\\n"):
    limit = None
seen = 0
if kind == "hold":
    os.write(log, b"held\\n")
while kind == "hold" and (folder / "fault").exists():
    time.sleep(0.05)
while child.poll() is None:
    if not select.select([0], [], [], 0.02)[0]:
        continue
    if not (data := os.read(0, 65536)):
        break
    if limit is not None and seen + len(data) >= limit:
        os.write(child.stdin.fileno(), data[: limit - seen])
        os.write(log, b"fired\\n")
        os.killpg(child.pid, signal.SIGKILL)
        sys.exit(1)
    os.write(child.stdin.fileno(), data)
    seen += len(data)
child.stdin.close()
os.write(log, b"%d\\n" % seen)
sys.exit(child.wait())
'''


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody answers at port {port}")


@contextmanager
def _running(command: list[str], port: int, errors: Path) -> Iterator[None]:
    with errors.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(port, process)
            yield
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class SshServer:
    """One account, one key, one command: rsync, through a gate where faults are made."""

    folder: Path
    port: int

    def place(self, name: str, www: Path) -> RsyncPlace:
        return RsyncPlace(
            name=name,
            host=f"{getpass.getuser()}@127.0.0.1",
            folder=str(www),
            port=self.port,
            identity=str(self.folder / "user_key"),
            known_hosts=str(self.folder / "known_hosts"),
        )

    @contextmanager
    def fault(self, what: str) -> Iterator[Callable[[], list[str]]]:
        """`cut N K` kills the far rsync when N bytes of call K have come in, and `count` notes how many do.

        With `missing` there is no rsync; `hold` lets nothing through before the fault is over. Yields what happened.
        """
        log = self.folder / "log"
        log.write_text("")
        (self.folder / "fault").write_text(what)
        try:
            yield lambda: log.read_text().split()
        finally:
            (self.folder / "fault").unlink()


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    sshd, keygen = program("openssh-server", "sshd"), program("openssh-client", "ssh-keygen")
    program("rsync", "rsync")
    port = free_port()
    for name in ("host_key", "user_key"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized_keys").write_bytes((folder / "user_key.pub").read_bytes())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    (folder / "gate.py").write_text(_GATE)
    python, where = shlex.quote(sys.executable), shlex.quote(str(folder))
    (folder / "gate.sh").write_text(
        f"if [ -e {where}/fault ]; then exec {python} {where}/gate.py {where}; fi\n"
        'exec /bin/sh -c "exec $SSH_ORIGINAL_COMMAND"\n'
    )
    settings = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "AuthenticationMethods publickey",
        "PermitRootLogin yes",
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "MaxStartups 100",
        f"ForceCommand /bin/sh {folder}/gate.sh",
    )
    (folder / "sshd_config").write_text("\n".join(settings) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # Where sshd puts its unprivileged half.
    with _running([sshd, "-D", "-e", "-f", str(folder / "sshd_config")], port, folder / "sshd.log"):
        yield SshServer(folder, port)


@contextmanager
def nginx(folder: Path, www: Path, *, port: int = 0, more: str = "", around: str = "") -> Iterator[int]:
    """Serves `www` at the port it yields, with its defaults for what a reader may keep, and logs to access.log.

    `more` are further directives of its server, `around` those that stand around it.
    """
    port = port or free_port()
    places = "".join(f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log {folder}/access.log; {places} types {{ text/html html;"
        f" application/rss+xml rss; application/atom+xml atom; application/json json; text/markdown md; }}"
        f"{around} server {{ listen 127.0.0.1:{port}; root {www}; {more} }} }}\n"
    )
    command = [program("nginx-light", "nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with _running([*command, "-e", str(folder / "error.log")], port, folder / "nginx.log"):
        yield port


def _configured(name: str, folder: Path, www: Path, changes: Mapping[str, str]) -> Path:
    """The configuration that is shipped, for this port and folder; each change must fit."""
    text = (REPOSITORY / "tooling/servers" / name).read_text("utf-8").replace("/srv/www", str(www))
    for old, new in changes.items():
        if old not in text:
            raise RuntimeError(f"{name}: no {old!r}")
        text = text.replace(old, new)
    (folder / name).write_text(text, "utf-8")
    return folder / name


@contextmanager
def configured_nginx(folder: Path, www: Path) -> Iterator[int]:
    """`tooling/servers/nginx.conf`, with the module for Brotli of Debian."""
    port, server = free_port(), program("nginx-light", "nginx")
    module = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
    if not module.is_file():
        missing("libnginx-mod-http-brotli-static", module.name)
    shipped = _configured("nginx.conf", folder, www, {"    listen 80;  #": f"    listen 127.0.0.1:{port};  #"})
    places = "".join(f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "main.conf").write_text(
        f"load_module {module}; daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {places} include {shipped}; }}\n"
    )
    command = [server, "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]
    with _running(command, port, folder / "nginx.log"):
        yield port


@contextmanager
def apache(folder: Path, www: Path) -> Iterator[int]:
    """`tooling/servers/apache.conf`, with the modules that Debian enables and the two that it asks for."""
    port, server = free_port(), program("apache2", "apache2", "httpd")
    shipped = _configured("apache.conf", folder, www, {"\n<VirtualHost *:80>": f"\n<VirtualHost 127.0.0.1:{port}>"})
    modules = ("mpm_event", "authz_core", "dir", "mime", "deflate", "env", "filter", "setenvif", "headers", "rewrite")
    loaded = "".join(f"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so\n" for one in modules)
    account = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    (folder / "apache2.conf").write_text(
        f"{loaded}{account}ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile {folder}/apache.pid\n"
        f"Mutex file:{folder} default\nListen 127.0.0.1:{port}\nServerName localhost\nErrorLog {folder}/error.log\n"
        "TypesConfig /etc/mime.types\nAddLanguage br .br\nAddType application/x-gzip .gz\n"
        f"AddOutputFilterByType DEFLATE text/html text/plain application/json\nInclude {shipped}\n"
    )
    with _running([server, "-X", "-f", str(folder / "apache2.conf")], port, folder / "apache.log"):
        yield port


@contextmanager
def caddy(folder: Path, www: Path) -> Iterator[int]:
    """`tooling/servers/Caddyfile`, without a certificate."""
    port, server = free_port(), program("caddy", "caddy")
    shipped = _configured("Caddyfile", folder, www, {"\nnews.shili.example {": f"\nhttp://127.0.0.1:{port} {{"})
    text = shipped.read_text("utf-8")
    shipped.write_text(f"{{\n\tadmin off\n\tstorage file_system {folder}\n}}\n{text}", "utf-8")
    with _running([server, "run", "--adapter", "caddyfile", "--config", str(shipped)], port, folder / "caddy.log"):
        yield port


@dataclass
class BadLine:
    """Stands before a store. `fault` gets method and path of a request and says what happens to it; `fired` counts."""

    store: int
    fault: Callable[[str, str], str] = lambda _method, _path: ""
    fired: int = 0
    port: int = 0
    requests: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.fault, self.fired, self.requests = (lambda _method, _path: ""), 0, []


@dataclass(frozen=True, slots=True)
class Store:
    """A bucket behind its line; `client` goes round the line and is somebody else."""

    line: BadLine
    bucket: str

    def place(self, name: str) -> StorePlace:
        endpoint = f"http://127.0.0.1:{self.line.port}"
        return StorePlace(name=name, bucket=self.bucket, prefix="www", endpoint=endpoint, region="cn-north-1")

    def client(self) -> Any:  # Any: boto3 has no types.
        from boto3.session import Session  # noqa: PLC0415  # It takes a third of a second to import.

        endpoint = f"http://127.0.0.1:{self.line.store}"
        return Session().client("s3", endpoint_url=endpoint, region_name="cn-north-1")

    def files(self) -> dict[str, bytes]:
        client = self.client()
        listed = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [one["Key"] for page in listed for one in page.get("Contents", ())]
        got = {one: client.get_object(Bucket=self.bucket, Key=one)["Body"].read() for one in keys}
        return {key.removeprefix("www/"): data for key, data in got.items()}


class _Forwarder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: BadLine

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.line.fault(self.command, self.path)
        self.line.requests.append(f"{self.command} {self.path}")
        self.line.fired += bool(fault)
        match fault:
            case "500":
                self._answer(500, [], b"")
            case "403":
                self._answer(403, [], b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
            case "silence":
                time.sleep(2)
                self.close_connection = True
            case "lost answer":
                self._ask(body)
                self._answer(500, [], b"")
            case _:
                self._answer(*self._ask(body))

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.line.store, timeout=20)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), data

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding", "date", "server"}:
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(data)))
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(data)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = _forward  # noqa: N815  # http.server calls by name.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The terminal is for results.
        pass


@contextmanager
def object_store() -> Iterator[BadLine]:
    """moto's server, which keeps what it is given as a store would, behind a line that can be made bad."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  # It takes a second to import.

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # A line for each request hides what a test says.
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    line = BadLine(store.get_host_and_port()[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Forwarder", (_Forwarder,), {"line": line}))
    line.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        store.stop()
