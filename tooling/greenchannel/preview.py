"""The live preview: the record plus the desk's drafts as a site in memory, served to this machine only.

A draft becomes a virtual event behind the ledger, so that every page, list and feed of it is the one that publishing
would make. Nothing is written to site/ or releases/; only MkDocs uses its scratch folder, as in every build.

An observer sets a flag, one loop rebuilds, the server's threads read a snapshot that is swapped whole: nobody locks.
"""

import html
import mimetypes
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from greenchannel.building import mkdocs_pages
from greenchannel.delivery.record import frozen_reader
from greenchannel.desk.newsroom import Newsroom
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.diagnostic import Diagnostic, Severity
from greenchannel.domain.errors import GreenchannelError
from greenchannel.office import Desk, open_desk
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.site import Artifact, Site, artifacts, public_ledger, read_theme
from greenchannel.record.events import State, chain, fold
from greenchannel.record.gate import Candidate, candidate, is_unchanged, publication

ADDRESS = "127.0.0.1"
_HOSTS = {"localhost", ADDRESS}
_ROOTS = ("content", "templates", "releases")
_QUIET_SECONDS = 0.2  # An editor's save is several events.
_READING = {"opened", "closed_no_write"}  # Our own reading must not start the next rebuild.
_TYPES = {
    ".atom": "application/atom+xml",
    ".jsonl": "application/x-ndjson",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".rss": "application/rss+xml",
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
_BAR = (
    '<a href="/-/diagnostics" style="position:fixed;inset:auto 0 0 0;z-index:9999;padding:.6em 1em;background:#9b1c1c;'
    'color:#fff;font:16px sans-serif;text-align:center">{text}</a>'
)


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
    status: HTTPStatus
    type: str
    data: bytes
    location: str = ""


class Preview:
    """Bound when made, so that its address is known; `run` serves until `stop` or Ctrl-C, then closes everything."""

    def __init__(
        self,
        home: Path,
        port: int,
        clock: Callable[[], datetime],
        translate: Callable[[str], str],
        report: Callable[[Snapshot], None],
    ) -> None:
        self.snapshot = Snapshot()
        self._home, self._clock, self.translate, self._report = home, clock, translate, report
        self._pages: tuple[Artifact, ...] = ()
        self._changed, self._stopped = threading.Event(), threading.Event()
        self._server = _Server(port, self)

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self._server.server_address[1]}/"

    def stop(self) -> None:
        self._stopped.set()
        self._changed.set()

    def run(self) -> None:
        with self._server, Renderer() as renderer, ExitStack() as closing:
            # A body is rendered again only when it changed; refusals are not remembered.
            render = lru_cache(maxsize=4096)(renderer.render)
            observer = Observer()
            observer.start()
            closing.callback(observer.join)
            closing.callback(observer.stop)
            thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
            while not self._stopped.is_set():
                # Watched before it is read: a change in between starts another rebuild.
                self._watch(observer.schedule)
                self._rebuild(render)
                if thread.ident is None:
                    thread.start()
                    closing.callback(thread.join)
                    closing.callback(self._server.shutdown)
                self._wait()

    def _wait(self) -> None:
        self._changed.wait()
        self._changed.clear()
        while not self._stopped.is_set() and self._changed.wait(_QUIET_SECONDS):
            self._changed.clear()

    def _watch(self, schedule: Callable[..., object]) -> None:
        """Scheduling twice is scheduling once, so a folder that appears later (releases/) is found, too."""
        handler = self._handler = getattr(self, "_handler", None) or _Flag(self._home, self._changed)
        schedule(handler, str(self._home), recursive=False)
        for root in (self._home / one for one in _ROOTS):
            if root.is_dir():
                schedule(handler, str(root), recursive=True)

    def _rebuild(self, render: Callable[[str], str]) -> None:
        version = str(time.time_ns())  # A restarted preview must not repeat what an open page has seen.
        try:
            self.snapshot = self._build(render, version)
        except Exception as error:  # noqa: BLE001  # Shown; the last good pages stay, and the next save mends it.
            name = "" if isinstance(error, GreenchannelError) else f"{type(error).__name__}: "
            self.snapshot = replace(self.snapshot, version=version, problems=(f"{name}{error}",))
        self._report(self.snapshot)

    def _build(self, render: Callable[[str], str], version: str) -> Snapshot:
        settings = read_settings(self._home)
        now, problems = self._clock().astimezone(settings.zone), []
        desk = open_desk(settings, now)
        try:
            self._pages = mkdocs_pages(settings)
        except GreenchannelError as error:
            problems.append(str(error))
        return Snapshot(
            version=version,
            root=settings.root,
            artifacts=dict((*self._pages, *_site(settings, desk, render, now))),
            errors=tuple(one for one in desk.diagnostics if one.severity is Severity.ERROR),
            texts={one.path: one.source.text for one in desk.newsroom.documents},
            problems=tuple(problems),
        )


def _site(settings: Settings, desk: Desk, render: Callable[[str], str], now: datetime) -> tuple[Artifact, ...]:
    found = drafts(desk.newsroom, desk.record.state)
    texts = {one.path: one.text for one in found} | {one.incident_path: one.incident_text for one in found}
    read = frozen_reader(settings.releases)

    def read_frozen(path: str) -> bytes:
        if (data := texts.get(path) or read(path)) is None:
            raise GreenchannelError(f"releases/{path}: the frozen text is missing")
        return data

    public = desk.record.state
    bodies = [{**publication(one, ""), "draft": True} for one in found]
    state = fold(chain(public, bodies, max(now, public.last_at or now)), public)
    site = Site(
        settings=settings,
        registry=desk.newsroom.registry,
        state=state,
        read_frozen=read_frozen,
        render=render,
        now=now,
    )
    return (*artifacts(site, read_theme(settings.templates)), public_ledger(desk.record.events))


def drafts(newsroom: Newsroom, state: State) -> tuple[Candidate, ...]:
    """What on the desk differs from the public text. What was withdrawn is no draft: its notice is what stands."""
    withdrawn = {one.id for one in state.releases.values() if one.withdrawal}
    incidents = newsroom.incidents
    found = [
        candidate(one, incidents[one.incident], state)
        for one in newsroom.releases.values()
        if one.incident in incidents and one.id not in withdrawn
    ]
    return tuple(one for one in found if not is_unchanged(one, state))


class _Flag(FileSystemEventHandler):
    def __init__(self, home: Path, changed: threading.Event) -> None:
        self._home, self._changed = home, changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _READING or (event.is_directory and event.event_type == "modified"):
            return
        if any(self._matters(Path(str(one))) for one in (event.src_path, event.dest_path) if one):
            self._changed.set()

    def _matters(self, path: Path) -> bool:
        """Not an editor's or our own hidden file; next to mkdocs.yml, only what is read there."""
        return not path.name.startswith(".") and (path.parent != self._home or path.name in {"mkdocs.yml", *_ROOTS})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, preview: Preview) -> None:
        self.preview = preview
        super().__init__((ADDRESS, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        preview = self.server.preview
        if _is_local(self.headers.get("Host", "")):
            reply = answer(preview.snapshot, unquote(urlsplit(self.path).path), preview.translate)
        else:
            reply = Reply(HTTPStatus.FORBIDDEN, "text/plain", b"Only as localhost or 127.0.0.1.\n")
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.type}; charset=utf-8" if _is_text(reply.type) else reply.type)
        self.send_header("Content-Length", str(len(reply.data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        if self.command != "HEAD":
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


def answer(snapshot: Snapshot, path: str, translate: Callable[[str], str]) -> Reply:
    """Only what is in the snapshot can be asked for: no path reaches the disk."""
    match path:
        case "/-/version":
            return Reply(HTTPStatus.OK, "text/plain", snapshot.version.encode())
        case "/-/preview.js":
            return Reply(HTTPStatus.OK, "text/javascript", _SCRIPT)
        case "/-/diagnostics":
            return _html(snapshot, _diagnostics(snapshot, translate), HTTPStatus.OK, "")
    if not path.startswith(snapshot.root):
        return Reply(HTTPStatus.FOUND, "text/plain", b"", quote(snapshot.root))
    name = path.removeprefix(snapshot.root)
    if f"{name}/index.html" in snapshot.artifacts:
        return Reply(HTTPStatus.FOUND, "text/plain", b"", quote(f"{path}/"))
    name = f"{name}index.html" if name.endswith("/") or not name else name
    bar = translate("{count} error(s) on the desk").format(count=snapshot.faults) if snapshot.faults else ""
    data = snapshot.artifacts.get(name)
    if data is None:
        missing = snapshot.artifacts.get("404.html") or _diagnostics(snapshot, translate)
        return _html(snapshot, missing, HTTPStatus.NOT_FOUND, bar)
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


def _diagnostics(snapshot: Snapshot, translate: Callable[[str], str]) -> bytes:
    lines = list(snapshot.problems)
    for one in snapshot.errors:
        place = f"content/{one.path}:{one.span.line}:{one.span.column}"
        lines.append(f"{place} {one.code} {one.message.in_language(translate)} {one.hint.in_language(translate)}")
    title = html.escape(translate("{count} error(s) on the desk").format(count=snapshot.faults))
    items = "".join(f'<li style="white-space:pre-wrap">{html.escape(line)}</li>' for line in lines)
    page = f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    return f'{page}<body><h1>{title}</h1><ul>{items}</ul><p><a href="{html.escape(snapshot.root)}">←</a></p></body></html>'.encode()
