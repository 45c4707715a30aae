"""A snapshot of the preview over HTTP, to this machine only: bytes from memory, no path reaches the disk."""

import contextlib
import html
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from greenchannel.domain.diagnostic import Diagnostic
from greenchannel.domain.errors import GreenchannelError
from greenchannel.translation import problem_text

Translate = Callable[[str], str]
ADDRESS = "127.0.0.1"
_HOSTS = {"localhost", ADDRESS}
_TYPES = {
    ".atom": "application/atom+xml",
    ".jsonl": "application/x-ndjson",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".rss": "application/rss+xml",
    ".webp": "image/webp",  # Python 3.11 does not know it.
    ".xml": "application/xml",
}
_SCRIPT = b"""const seen = document.querySelector('meta[name="preview-version"]').content;
setInterval(async () => {
  try {
    const answer = await fetch("/-/version", {cache: "no-store"});
    if (answer.ok && (await answer.text()) !== seen) location.reload();
  } catch { /* The preview has ended; the page stays as it is. */ }
}, 500);
"""
# Pages forbid styles that stand within them, so the preview's own are a file, too.
_STYLE = b""".preview-bar { position: fixed; inset: auto 0 0 0; z-index: 9999; padding: .6em 1em; background: #9b1c1c;
  color: #fff; font: 16px sans-serif; text-align: center }
.preview-faults li { white-space: pre-wrap }
"""
_STYLE_LINK = '<link rel="stylesheet" href="/-/preview.css">'
_BAR = _STYLE_LINK + '<a class="preview-bar" href="/-/diagnostics">{text}</a>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One rebuild. `problems` kept something from being built; `errors` are the desk's, with their files' texts."""

    version: str = "0"
    root: str = "/"
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    errors: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def faults(self) -> int:
        return len(self.errors) + len(self.problems)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a request. `type` is the media type; `location` is set where it stands elsewhere."""

    status: HTTPStatus
    type: str
    data: bytes
    location: str = ""


class Server(ThreadingHTTPServer):
    """Bound when made. `current` is asked once for each request, so that an answer is from one snapshot."""

    daemon_threads = True

    def __init__(self, port: int, current: Callable[[], Snapshot], translate: Translate) -> None:
        self.current, self.translate = current, translate
        super().__init__((ADDRESS, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if _is_local(self.headers.get("Host", "")):
            reply = answer(self.server.current(), unquote(urlsplit(self.path).path), self.server.translate)
        else:
            reply = Reply(HTTPStatus.FORBIDDEN, "text/plain", b"Only as localhost or 127.0.0.1.\n")
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.type}; charset=utf-8" if _is_text(reply.type) else reply.type)
        self.send_header("Content-Length", str(len(reply.data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Robots-Tag", "none")  # Should a preview ever be led outside: drafts are for no crawler.
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        if self.command != "HEAD":
            with contextlib.suppress(ConnectionError):  # A browser that went on to another page.
                self.wfile.write(reply.data)

    do_HEAD = do_GET  # noqa: N815  # http.server calls by name.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The terminal is for diagnostics.
        pass


def _is_local(host: str) -> bool:
    """A foreign name that resolves to this machine (DNS rebinding) must not let a web page read drafts."""
    try:
        return urlsplit(f"//{host}").hostname in _HOSTS
    except ValueError:
        return False


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind.endswith(("xml", "json"))


def told(error: Exception, translate: Translate) -> str:
    """What kept a page from being made; a template may raise anything."""
    if isinstance(error, (GreenchannelError, OSError)):
        return problem_text(error, translate)
    return f"{type(error).__name__}: {error}"


def answer(snapshot: Snapshot, path: str, translate: Translate) -> Reply:
    """Only what is in the snapshot can be asked for: no path reaches the disk."""
    try:
        return _answer(snapshot, path, translate)
    except Exception as error:  # noqa: BLE001  # A template with an error, say: it is shown, and the next save mends it.
        failed = replace(snapshot, problems=(*snapshot.problems, told(error, translate)))
        return _html(failed, _diagnostics(failed, translate), HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _answer(snapshot: Snapshot, path: str, translate: Translate) -> Reply:
    match path:
        case "/-/version":
            return Reply(HTTPStatus.OK, "text/plain", snapshot.version.encode())
        case "/-/preview.js":
            return Reply(HTTPStatus.OK, "text/javascript", _SCRIPT)
        case "/-/preview.css":
            return Reply(HTTPStatus.OK, "text/css", _STYLE)
        case "/-/diagnostics":
            return _html(snapshot, _diagnostics(snapshot, translate), HTTPStatus.OK, "")
    if not path.startswith(snapshot.root):
        return Reply(HTTPStatus.FOUND, "text/plain", b"", quote(snapshot.root))
    name = path.removeprefix(snapshot.root)
    name = f"{name}index.html" if name.endswith("/") or not name else name
    bar = translate("{count} error(s) on the desk").format(count=snapshot.faults) if snapshot.faults else ""
    if name not in snapshot.artifacts:
        if f"{name}/index.html" in snapshot.artifacts:
            return Reply(HTTPStatus.FOUND, "text/plain", b"", quote(f"{path}/"))
        missing = snapshot.artifacts.get("404.html") or _diagnostics(snapshot, translate)
        return _html(snapshot, missing, HTTPStatus.NOT_FOUND, bar)
    data = snapshot.artifacts[name]  # Not `get`: a KeyError is a fault of the making.
    if name.endswith(".html"):
        return _html(snapshot, data, HTTPStatus.OK, bar)
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Reply(HTTPStatus.OK, kind, data)


def _html(snapshot: Snapshot, data: bytes, status: HTTPStatus, bar: str) -> Reply:
    """The script compares with the version of the very page it stands in, so that no change slips in between."""
    extra = _BAR.format(text=html.escape(bar)) if bar else ""
    extra += f'<meta name="preview-version" content="{snapshot.version}"><script src="/-/preview.js" defer></script>'
    head, end, tail = data.rpartition(b"</body>")
    whole = head + extra.encode() + end + tail if end else data + extra.encode()
    return Reply(status, "text/html", whole)


def _diagnostics(snapshot: Snapshot, translate: Translate) -> bytes:
    lines = list(snapshot.problems)
    for one in snapshot.errors:
        place = f"{one.file}:{one.span.line}:{one.span.column}"
        lines.append(f"{place} {one.code} {one.message.in_language(translate)}\n{one.hint.in_language(translate)}")
    title = html.escape(translate("{count} error(s) on the desk").format(count=snapshot.faults))
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>{_STYLE_LINK}</head>'
    back = f'<p><a href="{html.escape(snapshot.root)}">←</a></p>'
    return f'{head}<body><h1>{title}</h1><ul class="preview-faults">{items}</ul>{back}</body></html>'.encode()
