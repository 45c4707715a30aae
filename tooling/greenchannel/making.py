"""``site/`` from the record: what of it is to be made, in which order, and what readers then can see."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from greenchannel.continuity import refuse_older_record
from greenchannel.delivery.delivering import Delivered, Looks, Progress, make_site, orphans, there
from greenchannel.delivery.glanced import Record, recall_record
from greenchannel.delivery.journal import Ahead, Journal
from greenchannel.delivery.leaks import Leak
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.proven import forget_proven, keep_proven
from greenchannel.delivery.receipts import files_owed, receipts
from greenchannel.delivery.record import add, read_record
from greenchannel.delivery.unchanged import SeenAhead, nobody
from greenchannel.delivery.workers import Workers, meanwhile
from greenchannel.delivery.writing import locked
from greenchannel.desk.folders import look_again
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings
from greenchannel.handwritten import PAGES, STATE, forget_pages, mkdocs_pages
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.maker import maker
from greenchannel.portal.news_plan import NewsPlan, plan_news, read_news
from greenchannel.portal.pages import frame_of
from greenchannel.portal.plan import Planned, Stage, given, refuse_two_at_one_address
from greenchannel.portal.search_index import ENTRY
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.portal.variants import packed, plain_of, with_variants
from greenchannel.record.canonical import sha256
from greenchannel.record.events import State
from greenchannel.resident import Resident
from greenchannel.sourcing import site_of, theme_of
from greenchannel.whole import Sources, Whole
from greenchannel.withholding import Guard

_MANY = 1_000  # lines of a record, behind which a copy of this process saves more than it takes


class Making:
    """``site/`` as one run makes it. Of two runs, one makes at a time; what the other made meanwhile is seen.

    `seen` are the receipts that it added: where readers read ``site/`` itself, a text counts as visible once it stands
    there, whatever becomes of the other places. `part` is empty for all of the site but the search index. The
    `renderer` may have begun already.
    """

    part = ""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        clean: bool = False,
        older_record: bool = False,
        progress: Progress = lambda _where, _done, _due: None,
        resident: Resident | None = None,
        renderer: Renderer | None = None,
        seen_ahead: SeenAhead = nobody,
    ) -> None:
        self.settings, self.clock, self.clean, self.progress = settings, clock, clean, progress
        self.takes_older = older_record
        self.delivered, self.state = Delivered({}, 0, (), {}), State()
        self.made, self.written = 0, dict[str, None]()
        self.leaks: dict[Leak, None] = {}
        self.seen: list[Mapping[str, Any]] = []  # Any: JSON
        self.is_place = any(one.name == SITE for one in settings.targets)
        self._journal: Journal | None = None
        self._mark: object = None  # the journal's, behind what this run noted last
        self._memory = Memory(settings.home, maker())
        self._renderer = renderer or Renderer()
        self._workers = Workers(self._let_go, put_away=self._memory.close)
        self._resident = resident or Resident()
        self._whole = Whole(settings, self.part, self._memory, self._resident, seen_ahead)
        self._known = resident.desk if resident else None
        self._looks: Looks = {}
        self._pages: tuple[Planned, ...] = ()  # written by hand, as they were planned last
        self._guard: tuple[object, Guard] | None = None  # and the last line that made anything public when it was made

    def make(self) -> None:
        """Makes what changed and records what readers can see of it. Raises OSError where the disk refuses."""
        with locked(self.settings.home / STATE, waiting=self._look_again), self._at_work():
            if self.clean and self._journal is None:
                forget_pages(self.settings)
                forget_proven(self.settings.releases)
            if not self.takes_older:
                refuse_older_record(self.settings)
            self._guard = None
            glanced = self._at_a_glance()
            if is_news := self.is_place and glanced is not None and self._make_news(glanced):
                self._add_receipts()
            if is_news or glanced is None or not self._is_unchanged(glanced):
                self._make(*(sources := self._sources()))
                # The receipts are part of the public ledger and of the duty tables; they bring no others.
                if self._add_receipts():
                    self._make(*(sources := self._sources()))
                if self.is_clear:
                    self._whole.note(sources, clean=self.clean)
                    if not is_news:  # Behind news the next who publishes would wait for it.
                        self._keep_unchanged(sources)
            self._mark = self._journal and self._journal.mark

    def fresh(self) -> Delivered:
        """What stands in ``site/`` now, made again if another run has been at it. The caller holds its lock."""
        if self._journal is None or self._journal.is_stale or self._journal.mark != self._mark:
            self._guard = self._known = None  # The desk may have been written on since.
            look_again(self.settings.content)
            with self._at_work():
                self._make(*self._sources())
            self._mark = self._journal and self._journal.mark
        return self.delivered

    @property
    def is_clear(self) -> bool:
        """A receipt says that what lists a text came through, too."""
        return not self.leaks

    def orphans(self) -> tuple[str, ...]:
        return tuple(one for one in orphans(self.delivered, self.settings.site) if plain_of(one) != ENTRY)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """What the making and its receipts share: renderer and workers, and the looks of a moment ago."""
        with self._memory, self._renderer, self._workers:
            try:
                yield
            finally:
                self._looks = {}

    def _look_again(self) -> None:
        """Another run was at it, or somebody wrote meanwhile."""
        self._whole.look_again()
        self._known = None

    def _let_go(self) -> None:
        self._memory.close()
        self._renderer.close()

    def _at_a_glance(self) -> Sources | None:
        """What the site is made of, where the record is one that was found sound; a clean build believes none."""
        record = None if self.clean else recall_record(self.settings.releases, self._memory)
        return None if record is None else self._sources(record)

    def _make_news(self, sources: Sources) -> bool:
        """Where the record alone has grown since all of the site stood: what came, before everything is looked at.

        Whether it was so. Of an archive, to look at everything takes longer than to make what came: the record is read
        at a glance, and of the journal its last line, which says what stood. Hand-written pages wait: whether they have
        an address of their own is known of all of the plan alone.
        """
        site, theme, journal = sources
        if not self._whole.has_grown(sources) or (almanac := self._whole.take_almanac()) is None:
            return False
        if almanac.lines == len(site.events) or not self._whole.stood(sources, almanac):
            return False
        news = read_news(almanac, site)
        self._resident.almanac = almanac
        if news.is_plain:
            self._renderer.begin()
            self._workers.begin(self._guarding(site))
        if (found := plan_news(site, theme, almanac, news)) is None or self._is_hand_written(found.planned):
            return False
        self._put(site, Ahead(journal, self._standing(found)), found.planned)
        return True

    def _is_hand_written(self, planned: Iterable[Planned]) -> bool:
        """Whether a page of content/pages has one of these addresses: it is refused before anything is written."""
        pages = (path for one in planned for path in one.paths if path.endswith(".html"))
        return any(there(self.settings.home / STATE / PAGES, pages))

    def _standing(self, news: NewsPlan) -> Mapping[str, str]:
        """What the files that stand were made of, where it is known."""
        paths = [path for one in self._with_variants(news.planned) for path in one.paths]
        before = {path: packed(one) if self.settings.precompress else one for path, one in news.before.items()}
        return {path: before.get(plain_of(path), "") for path in there(self.settings.site, paths)}

    def _is_unchanged(self, sources: Sources) -> bool:
        """Whether nothing has changed since all of it stood: then nobody needs to look at more than that."""
        site, _, _ = sources
        if (found := self._whole.unchanged(sources, lambda: self._hand_written(site))) is None:
            return False
        self.delivered, self.state = found, site.state
        return True

    def _keep_unchanged(self, sources: Sources) -> None:
        self._whole.keep_unchanged(sources, self._pages, self.delivered, self._looks)

    def _make(self, site: Site, theme: Theme, journal: Journal) -> None:
        self._whole.drop((site, theme, journal))
        with self._reading_the_desk(site, journal):
            planned = self._planned(site, theme)
        self._put(site, journal, planned)
        keep_proven(self.settings.releases)

    def _reading_the_desk(self, site: Site, journal: Journal) -> AbstractContextManager[None]:
        """Where all is made anew: what the desk withholds is read beside the planning, which takes about as long.

        It is handed over by what is remembered, which a clean build does not believe.
        """
        if self.part or self.clean or journal.entries or len(site.events) < _MANY:
            return nullcontext()
        return meanwhile(partial(self._guarding(site), "", b""), self._let_go)

    def _sources(self, record: Record | None = None) -> Sources:
        """What the site is made of now, and what is known to stand."""
        settings, record = self.settings, record or read_record(self.settings.releases)
        is_first, self._journal = self._journal is None, self._journal or self._resident.journal
        if self._journal is None or self._journal.is_stale:
            self._journal = Journal(settings.home / STATE / f"{self.part or SITE}.journal.jsonl")
        if self.clean and is_first:
            self._journal.forget()
        self._resident.journal = self._journal
        site = site_of(settings, record, {}, self._earlier, self._renderer, self._resident.at_hand)
        return site, theme_of(settings, self._earlier), self._journal

    def _put(self, site: Site, journal: Journal | Ahead, plain: tuple[Planned, ...]) -> None:
        """Into ``site/``, as far as it does not stand there."""
        settings, state = self.settings, site.state
        changed_at = int(state.last_at.timestamp()) if state.last_at else None
        done = make_site(
            self._with_variants(plain),
            settings.site,
            journal,
            changed_at,
            self.progress,
            self._guarding(site),
            self._looks,
            self._workers.make,
        )
        self.delivered, self.state = done, state
        self.leaks |= dict.fromkeys(done.leaks)
        self.made += done.made
        self.written |= dict.fromkeys(done.written)

    def _with_variants(self, plain: tuple[Planned, ...]) -> Iterable[Planned]:
        return with_variants(plain) if self.settings.precompress else plain

    @property
    def _earlier(self) -> Memory | None:
        return None if self.clean else self._memory

    def _guarding(self, site: Site) -> Guard:
        """Of one run; a receipt makes no text public: what the desk withholds is not read again for it."""
        told = next((event for event in reversed(site.events) if "incident" in event), None)
        if self._guard is None or self._guard[0] != told:
            known, kept = self._known, self._resident.withheld
            self._guard = told, Guard(self.settings, site.events, site.state, {}, self._earlier, known, kept)
        return self._guard[1]

    def _planned(self, site: Site, theme: Theme) -> tuple[Planned, ...]:
        """What this part of the site is made of."""
        self._pages, planned = self._hand_written(site), tuple(plan(site, theme))
        refuse_two_at_one_address(planned, self._pages)
        return (*self._pages, *planned)

    def _hand_written(self, site: Site) -> tuple[Planned, ...]:
        """The pages of content/pages, as they are now."""
        frame = frame_of(self.settings, site.registry, site.state)
        return tuple(given(Stage.LIST, path, data) for path, data in mkdocs_pages(self.settings, frame))

    def _add_receipts(self) -> bool:
        """Of what readers can see now; whether there were any. A text that lists could not name gets none."""
        added = add(self.settings.releases, self._receipts, self.clock) if self.is_clear else ()
        self.seen += added
        return bool(added)

    def _receipts(self, state: State) -> Iterator[Mapping[str, object]]:
        if self.is_place:
            there = frozenset(filter(self._is_made, files_owed(state, SITE)))
            yield from receipts(state, (SITE,), lambda _target, paths: there.issuperset(paths))

    def _is_made(self, path: str) -> bool:
        expected = self.delivered.files.get(path)
        try:
            return expected is not None and sha256((self.settings.site / path).read_bytes()) == expected
        except FileNotFoundError:
            return False  # The journal was believed about it. It is made again behind what came.
