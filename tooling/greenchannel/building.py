"""The site on disk and at every place: made from the record, looked through, delivered, read back, receipted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, assert_never

from greenchannel.delivery.comparing import Difference, differences
from greenchannel.delivery.delivering import Delivered, Progress, deliver, make_site, orphans
from greenchannel.delivery.heartbeat import shown_beats
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.leaks import Leak
from greenchannel.delivery.receipts import files_owed, receipts
from greenchannel.delivery.record import Record, add, frozen_reader, read_record
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.targets.directory import DirectoryTarget
from greenchannel.delivery.targets.rsync import RsyncTarget
from greenchannel.delivery.targets.s3 import S3Target
from greenchannel.delivery.writing import locked
from greenchannel.desk.newsroom import Newsroom, read_newsroom
from greenchannel.desk.places import SITE, DirectoryPlace, Place, RsyncPlace, StorePlace
from greenchannel.desk.policies import select
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import Policy
from greenchannel.handwritten import STATE, forget_pages, mkdocs_pages
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.pages import site_frame
from greenchannel.portal.plan import Stage, fingerprint, given
from greenchannel.portal.site import Artifact, Site, artifacts, plan, read_theme
from greenchannel.portal.views import SiteFrame
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State, fold
from greenchannel.withholding import Guard


def portal_frame(settings: Settings) -> SiteFrame:
    """What MkDocs' own pages need of the newsroom; it does not depend on the record."""
    newsroom = read_newsroom(settings.content, settings.zone)
    return site_frame(Catalogue(settings, newsroom.registry, _policy(settings, newsroom), State()))


def _policy(settings: Settings, newsroom: Newsroom) -> Policy:
    return select(settings.policy, (), newsroom.policies).deciding


@contextmanager
def _site(settings: Settings, record: Record) -> Iterator[Site]:
    """The renderer's process ends with the block."""
    read = frozen_reader(settings.releases)

    def read_frozen(path: str) -> bytes:
        data = read(path)
        if data is None:
            raise GreenchannelError("releases/{path}: the frozen text is missing", path=path)
        return data

    newsroom = read_newsroom(settings.content, settings.zone)
    with Renderer() as renderer:
        yield Site(
            settings=settings,
            registry=newsroom.registry,
            policy=_policy(settings, newsroom),
            state=record.state,
            events=record.events,
            read_frozen=read_frozen,
            render=renderer.render,
            maker=_maker(),
            heartbeats=shown_beats(settings),
        )


def record_artifacts(settings: Settings, record: Record) -> tuple[Artifact, ...]:
    """Everything but MkDocs' pages, in the order in which it may be written."""
    with _site(settings, record) as site:
        return tuple(artifacts(site, read_theme(settings.templates)))


def compare_site(settings: Settings, folder: Path) -> tuple[Difference, ...]:
    """A site against everything made anew from the record, MkDocs' pages included; no build runs meanwhile."""
    if not folder.is_dir():
        raise GreenchannelError("{path}: no site here; run greenchannel build", path=folder)
    with locked(settings.home / STATE), _site(settings, read_record(settings.releases)) as site:
        made = chain(mkdocs_pages(settings), artifacts(site, read_theme(settings.templates)))
        return differences(made, folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did. `failed` maps a target to what it said; its files come with the next run."""

    planned: int
    made: int
    written: tuple[str, ...]
    sent: Mapping[str, int]
    failed: Mapping[str, TargetError | OSError]
    leaks: tuple[Leak, ...] = ()  # what was found in files that were therefore not written
    arrived: tuple[str, ...] = ()  # what changed where readers read it, be it at one place only
    orphans: tuple[str, ...] = ()  # looked for by a clean build only

    @property
    def is_whole(self) -> bool:
        return not self.failed and not self.leaks

    @property
    def has_changed(self) -> bool:
        """Did it put anything anywhere? Without it, what an earlier run began had come through."""
        return bool(self.written or any(self.sent.values()))


def build(
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    clean: bool = False,
    progress: Progress = lambda _where, _done, _due: None,
) -> Built:
    """Makes what changed, puts it at every target, reads it back and records the receipts.

    `clean` believes no journal: everything is made anew and compared, here and at every target.
    """
    with locked(settings.home / STATE):
        if clean:
            forget_pages(settings)
        run = _Run(settings, clock, clean=clean, progress=progress)
        run.deliver()
        run.read_back()
        if run.is_clear and add(settings.releases, run.receipts, clock):
            # The receipts are part of the public ledger and of the duty tables; they bring no others.
            run.deliver()
        built = run.built()
        return replace(built, orphans=run.orphans()) if clean else built


class _Run:
    """One build: what it made and where it came through. A target that failed is not tried a second time."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime], *, clean: bool, progress: Progress) -> None:
        self._settings, self._clock, self._progress = settings, clock, progress
        self._clean = clean
        places = [one for one in settings.targets if one.name != SITE]
        self._targets = [_target(one) for one in places]
        # A name that now means another place knows nothing of what stands there.
        files = {SITE: SITE} | {one.name: f"{one.name}-{fingerprint(one)[:12]}" for one in places}
        self._journals = {
            name: Journal(settings.home / STATE / f"{file}.journal.jsonl", forget=clean) for name, file in files.items()
        }
        self._pages = [given(Stage.LIST, path, data) for path, data in mkdocs_pages(settings)]
        self._delivered, self._state = Delivered({}, 0, (), {}), State()
        self._seen: dict[str, frozenset[str]] = {}
        self._made, self._written = 0, list[str]()
        self._sent = {one.name: 0 for one in self._targets}
        self._failed: dict[str, TargetError | OSError] = {}
        self._leaks: dict[Leak, None] = {}
        self._arrived: dict[str, None] = {}
        self._is_place = any(one.name == SITE for one in settings.targets)  # where readers read it from site/ itself

    def deliver(self) -> None:
        settings, record = self._settings, read_record(self._settings.releases)
        changed_at = int(record.state.last_at.timestamp()) if record.state.last_at else None
        guard = Guard(settings, record.state)
        with _site(settings, record) as site:
            steps = (*self._pages, *plan(site, read_theme(settings.templates)))
            done = make_site(steps, settings.site, self._journals[SITE], changed_at, self._progress, guard)
        self._delivered, self._state = done, record.state
        self._leaks |= dict.fromkeys(done.leaks)
        self._made += done.made
        self._written += done.written
        if self._is_place:
            self._arrived |= dict.fromkeys(done.written)
        self._at_all(self._send)
        self._clean = False  # Once in a build is enough.

    def read_back(self) -> None:
        """Asks every target for what is owed a receipt, before the record is locked: a slow line must not hold it."""
        if self._is_place:
            self._seen[SITE] = frozenset(filter(self._is_made, files_owed(self._state, SITE)))
        self._at_all(self._look)

    def _at_all(self, work: Callable[[Target], None]) -> None:
        """At once, so that a place that does not answer keeps none of the others waiting."""
        rest = [one for one in self._targets if one.name not in self._failed]
        if len(rest) == 1:
            self._try(lambda: work(rest[0]), rest[0])
        elif rest:
            with ThreadPoolExecutor(len(rest)) as pool:
                for target, done in [(one, pool.submit(work, one)) for one in rest]:
                    self._try(done.result, target)

    def _try(self, work: Callable[[], None], target: Target) -> None:
        try:
            work()
        except (TargetError, OSError) as error:
            self._failed[target.name] = error

    def _send(self, target: Target) -> None:
        journal = self._journals[target.name]
        sent = deliver(
            self._delivered,
            self._settings.site,
            target,
            journal,
            self._progress,
            compare_all=self._clean,
            now=int(self._clock().timestamp()),
        )
        self._sent[target.name] += len(sent)
        self._arrived |= dict.fromkeys(sent)

    def _look(self, target: Target) -> None:
        paths = tuple(filter(self._is_made, files_owed(self._state, target.name)))
        differing = target.differing(self._settings.site, paths) if paths else ()
        self._seen[target.name] = frozenset(paths) - frozenset(differing)

    def _is_made(self, path: str) -> bool:
        expected = self._delivered.files.get(path)
        return expected is not None and sha256((self._settings.site / path).read_bytes()) == expected

    def receipts(self, state: State) -> Iterator[Mapping[str, object]]:
        reached = [one.name for one in self._settings.targets if one.name in self._seen]
        return receipts(state, reached, lambda target, paths: self._seen[target].issuperset(paths))

    @property
    def is_clear(self) -> bool:
        """A receipt says that what lists a text came through, too."""
        return not self._leaks

    def orphans(self) -> tuple[str, ...]:
        return orphans(self._delivered, self._settings.site)

    def built(self) -> Built:
        return Built(
            planned=len(self._delivered.files),
            made=self._made,
            written=tuple(dict.fromkeys(self._written)),
            sent=self._sent,
            failed=self._failed,
            leaks=tuple(self._leaks),
            arrived=tuple(self._arrived),
        )


@dataclass(frozen=True, slots=True)
class Touched:
    """A file of the site that a publication would add or change."""

    path: str
    stage: Stage
    is_new: bool


def outlook(settings: Settings, events: Sequence[Mapping[str, Any]]) -> tuple[Touched, ...]:
    """What of the site would be new or changed if these events were in the record; nothing is made or written."""
    with _site(settings, read_record(settings.releases)) as site:
        theme = read_theme(settings.templates)
        then = replace(site, state=fold(events, site.state), events=(*site.events, *events))
        now = {path: one.fingerprint for one in plan(site, theme) for path in one.paths}
        return tuple(
            Touched(path, one.stage, path not in now)
            for one in sorted(plan(then, theme), key=lambda planned: planned.stage)
            for path in one.paths
            if now.get(path) != one.fingerprint
        )


def _target(place: Place) -> Target:
    match place:
        case DirectoryPlace(name=name, folder=folder):
            return DirectoryTarget(name, folder)
        case RsyncPlace():
            return RsyncTarget(place)
        case StorePlace():
            return S3Target(place)
        case _:
            assert_never(place)


def _maker() -> str:
    """The programs that make pages: our own text and the versions of what they use. A new one makes all anew."""
    ours = sorted((Path(__file__).parent / "portal").glob("*.py"))
    libraries = ("feedgen", "jinja2", "lxml", "markdown", "nh3")
    return fingerprint(*(one.read_bytes() for one in ours), *(version(one) for one in libraries))
