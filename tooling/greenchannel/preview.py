"""The live preview: the record plus the desk's drafts as a site in memory, served to this machine only.

A draft becomes a virtual event behind the ledger, so that every page, list and feed of it is the one that publishing
would make. Nothing is written to site/ or releases/; only MkDocs uses its scratch folder, as in every build.

A page is planned and made when somebody asks for it, since a long archive takes long. What was just written and what
somebody looks at is made with each save, so that what is wrong with it is told at once. What the system told of is
looked at first, and everything else behind it, since systems lose events; then come the pages of the other drafts and
the check of the whole desk. Nobody waits for these to see his page: who saves again has them put off, though
not in the middle of a page or of a look, and not for ever.

An observer sets a flag, one loop rebuilds, the server's threads read a snapshot that is swapped whole. Pages are made
one at a time.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from greenchannel.delivery.cleaned import Cleaned
from greenchannel.delivery.heartbeat import shown_beats
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.proven import looking_once, text_reader
from greenchannel.desk.checking import check_each, in_order
from greenchannel.desk.document import Newsroom
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.diagnostic import Diagnostic, Severity
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message
from greenchannel.handwritten import mkdocs_pages
from greenchannel.noticing import Notice
from greenchannel.office import Clock
from greenchannel.opening import Desk, open_desk
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.maker import maker
from greenchannel.portal.pages import frame_of
from greenchannel.portal.site import plan_by_parts
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Artifact
from greenchannel.previewed import Artifacts, InTurns, Kept
from greenchannel.record.events import State, chain, fold
from greenchannel.record.gate import Candidate, candidate, is_text_public, publication
from greenchannel.serving import Server, Snapshot, Translate, told
from greenchannel.submitting import prepared
from greenchannel.translation import problem_text

_HOME = "index.html"
_MOST_PUT_OFF = 10  # saves
_LONGEST_PAUSE = 1.0  # seconds


class Preview:
    """Bound when made, so that its address is known; `run` serves until `stop` or Ctrl-C, then closes everything."""

    def __init__(
        self,
        home: Path,
        port: int,
        clock: Clock,
        translate: Translate,
        report: Callable[[Snapshot], None],
    ) -> None:
        self.snapshot = Snapshot()
        self._home, self._clock, self._report = home, clock, report
        self._pages: tuple[Artifact, ...] = ()
        self._cleaned: Cleaned | None = None  # Kept, so that what takes long is not tried again with each save.
        self._known = KnownFolders()  # Likewise: what did not change is not read again.
        self._checked = _Checked()
        self._problems: tuple[str, ...] = ()  # of the pages that are shown
        self._put_off = 0  # how often in a row not everything was looked at and checked
        self._pause = 0.0  # seconds that nobody writes for before that is done: as long as it took, if that is short
        self._looks = ExitStack()  # at the record's files: each stays what it was until everything is looked at again
        self._notice = Notice(home)
        self._translate = translate
        self._server = Server(port, lambda: self.snapshot, translate)
        self.url = self._server.url

    def stop(self) -> None:
        self._notice.stop()

    def run(self) -> None:
        memory = Memory(self._home, maker(), reads_only=True)
        with memory, Renderer() as renderer, self._server, self._looks, ExitStack() as closing:
            closing.callback((shared := InTurns(renderer, memory)).close)
            kept = Kept(shared)
            closing.enter_context(self._notice.watching())
            thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
            news = frozenset[Path]()
            while not self._notice.is_stopped:
                # Watched before it is read: a change in between starts another rebuild.
                self._notice.refresh()
                for _ in self._rebuild(kept, news):
                    if thread.ident is None:
                        thread.start()
                        closing.callback(thread.join)
                        closing.callback(self._server.shutdown)
                self._notice.changed.wait()
                news = self._notice.settle()

    def _rebuild(self, kept: Kept, news: Collection[Path]) -> Iterator[None]:
        """Gives way when there is something new to be seen: the pages, then what is wrong with the desk.

        `news` are the paths that the system told of; without any, everything is looked at before the first page.
        """
        good = self.snapshot
        try:
            settings = read_settings(self._home)
            self._cleaned = self._cleaned or Cleaned(settings)
            first = shown = None
            if news:
                first = self._look(settings, news)
                shown, good = self._show(first, kept), self.snapshot
                yield
            if self._is_put_off(self._pause):
                return
            began = time.monotonic()
            look = self._look(settings, None)
            if first is None or shown is None or not look.is_same(first):
                shown = self._show(look, kept)
                yield
            for path in (*_pages(look.found), *kept.asked):
                if self._is_put_off():
                    return
                shown.make((path,))
            good = self.snapshot
            if (checked := self._check(look)) is None:
                return
            self._tell(checked)
            self._put_off, self._pause = 0, min(_LONGEST_PAUSE, time.monotonic() - began)
        except Exception as error:  # noqa: BLE001  # Shown; the last good pages stay, and the next save mends it.
            self.snapshot = replace(good, version=_version(), problems=(told(error, self._translate),))
        self._report(self.snapshot)
        yield

    def _is_put_off(self, pause: float = 0) -> bool:
        """Somebody goes on writing, now or in the `pause`: what nobody waits for can wait, but not for ever."""
        is_busy = self._put_off < _MOST_PUT_OFF and self._notice.changed.wait(pause)
        self._put_off += is_busy
        return is_busy

    def _look(self, settings: Settings, changed: Collection[Path] | None) -> "_Look":
        """At what `changed`, and the rest is as it was seen last; None for everything."""
        if changed is None:
            self._looks.close()
            self._looks.enter_context(looking_once(settings.releases))
        now = self._clock().astimezone(settings.zone)
        desk = open_desk(settings, now, cleaned=self._cleaned, known=self._known, changed=changed)
        return _Look(settings, desk, drafts(desk.newsroom, desk.record.state, desk.cleaned))

    def _show(self, look: "_Look", kept: Kept) -> Artifacts:
        settings, desk = look.settings, look.desk
        self._problems = ()
        try:
            self._pages = mkdocs_pages(settings, frame_of(settings, desk.newsroom.registry, desk.record.state))
        except GreenchannelError as error:
            self._problems = (problem_text(error, self._translate),)
        theme = kept.theme(settings.templates)
        artifacts = Artifacts(self._pages, plan_by_parts(_site(look, kept), theme), kept)
        artifacts.make((*_pages(one for one in look.found if kept.is_new(one, theme)), *kept.asked[-1:]))
        kept.shown = theme, {one.release.id: one.frozen for one in look.found}
        snapshot = Snapshot(version=_version(), root=settings.root, artifacts=artifacts)
        self.snapshot = _with(snapshot, self._problems, self._checked)
        return artifacts

    def _tell(self, checked: "_Checked") -> None:
        """Pages are told to come again where they would say something else."""
        version = self.snapshot.version if checked.says == self._checked.says else _version()
        self.snapshot = replace(_with(self.snapshot, self._problems, checked), version=version)
        self._checked = checked

    def _check(self, look: "_Look") -> "_Checked | None":
        """None where it was put off: who saves in the middle of it waits for one document and not for an archive."""
        desk, found = look.desk, list[Diagnostic]()
        for some in check_each(desk.context):
            if self._is_put_off():
                return None
            found += (one for one in some if one.severity is Severity.ERROR)
        return _Checked(
            errors=in_order(found),
            unfit=tuple(one.in_language(self._translate) for one in _unfit(desk, look.found)),
            texts={one.path: one.source.text for one in desk.newsroom.documents},
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """The desk as somebody saw it, with what of it would be published."""

    settings: Settings
    desk: Desk
    found: tuple[Candidate, ...]

    def is_same(self, other: "_Look") -> bool:
        newsroom, record = self.desk.newsroom, self.desk.record
        then = other.desk
        return newsroom == then.newsroom and record.state.head == then.record.state.head


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What the check of the desk found, with the texts that it read."""

    errors: tuple[Diagnostic, ...] = ()
    unfit: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def says(self) -> object:
        return self.errors, self.unfit


def _with(snapshot: Snapshot, problems: Sequence[str], checked: _Checked) -> Snapshot:
    return replace(snapshot, problems=(*problems, *checked.unfit), errors=checked.errors, texts=checked.texts)


def _version() -> str:
    """A restarted preview must not repeat what an open page has seen."""
    return str(time.time_ns())


def _pages(found: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(f"releases/{one.release.id}/{_HOME}" for one in found)


def _site(look: _Look, kept: Kept) -> Site:
    settings, desk = look.settings, look.desk
    texts = {path: data for one in look.found for path, data in one.frozen.items()}
    public = desk.record.state
    bodies = [{**publication(one, ""), "draft": True} for one in look.found]
    now = desk.context.now
    virtual = chain(public, bodies, max(now, public.last_at or now))
    return Site(
        settings=settings,
        registry=desk.newsroom.registry,
        policy=desk.policies.deciding,
        state=fold(virtual, public),
        events=desk.record.events,
        ledger=desk.record.ledger,
        drafts=virtual,
        read_frozen=text_reader(settings.releases, texts),
        render=kept.render,
        maker=maker(),
        heartbeats=shown_beats(settings),
        memory=kept,
        at_hand=kept.at_hand,
    )


def drafts(newsroom: Newsroom, state: State, cleaned: Cleaned) -> tuple[Candidate, ...]:
    """What on the desk differs from the public text. What was withdrawn is no draft: its notice is what stands.

    A new file under the name of a public one is seen with the next change of the text, which must have its note anyway.
    """
    withdrawn = {one.id for one in state.releases.values() if one.withdrawal}
    incidents = newsroom.incidents
    return tuple(
        candidate(one, incidents[one.incident], state, ready.attachments, ready.unfit)
        for one in newsroom.releases.values()
        if one.incident in incidents and one.id not in withdrawn and not is_text_public(one, state)
        for ready in (prepared(newsroom, one, cleaned),)
    )


def _unfit(desk: Desk, found: Sequence[Candidate]) -> Iterator[Message]:
    """What only the cleaning finds; what the check finds stands among the errors already."""
    for one in found:
        if one.unfit and not desk.errors_of((one.release.id,)):
            yield from one.unfit
