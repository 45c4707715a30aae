"""What the site is made of: the record, the newsroom's tables, the theme, and the renderer's process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

from greenchannel.delivery.comparing import Difference, differences
from greenchannel.delivery.glanced import Record
from greenchannel.delivery.heartbeat import shown_beats
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.proven import text_reader
from greenchannel.delivery.record import read_record
from greenchannel.delivery.remembered import CompiledTemplates, remembering
from greenchannel.delivery.writing import locked
from greenchannel.desk.document import Newsroom
from greenchannel.desk.newsroom import read_tables
from greenchannel.desk.policies import select
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import Policy
from greenchannel.handwritten import STATE, mkdocs_pages
from greenchannel.portal.at_hand import AtHand
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.maker import maker
from greenchannel.portal.pages import frame_of
from greenchannel.portal.search_index import ENTRY
from greenchannel.portal.site import artifacts, search_artifacts
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Artifact, Theme, read_theme
from greenchannel.portal.views.parts import SiteFrame


def portal_frame(settings: Settings) -> SiteFrame:
    """What MkDocs' own pages show of the newsroom and of what it has released."""
    newsroom = read_tables(settings.content, settings.zone)
    return frame_of(settings, newsroom.registry, read_record(settings.releases).state)


def _policy(settings: Settings, newsroom: Newsroom) -> Policy:
    return select(settings.policy, (), newsroom.policies).deciding


def theme_of(settings: Settings, memory: Memory | None) -> Theme:
    if memory is None:
        return read_theme(settings.templates)
    return read_theme(settings.templates, partial(CompiledTemplates, memory))


@contextmanager
def opened_site(
    settings: Settings, record: Record, pending: Mapping[str, bytes], memory: Memory | None = None
) -> Iterator[Site]:
    """The renderer's process ends with the block. `pending` is what the record will have: path -> bytes.

    Without a `memory` everything is worked out anew.
    """
    with Renderer() as renderer:
        yield site_of(settings, record, pending, memory, renderer)


def site_of(
    settings: Settings,
    record: Record,
    pending: Mapping[str, bytes],
    memory: Memory | None,
    renderer: Renderer,
    at_hand: AtHand | None = None,
) -> Site:
    newsroom = read_tables(settings.content, settings.zone)
    return Site(
        settings=settings,
        registry=newsroom.registry,
        policy=_policy(settings, newsroom),
        state=record.state,
        events=record.events,
        ledger=record.ledger,
        read_frozen=text_reader(settings.releases, pending),
        render=remembering(memory, renderer.render) if memory else renderer.render,
        maker=maker(),
        heartbeats=shown_beats(settings),
        memory=memory,
        at_hand=at_hand or AtHand(),
    )


def record_artifacts(settings: Settings, record: Record) -> tuple[Artifact, ...]:
    """Everything but MkDocs' pages, in the order in which it may be written."""
    with opened_site(settings, record, {}) as site:
        return tuple(artifacts(site, read_theme(settings.templates)))


def record_index(settings: Settings, record: Record) -> tuple[Artifact, ...]:
    """The search index, in the order in which it may be written: behind everything else."""
    with opened_site(settings, record, {}) as site:
        return tuple(search_artifacts(site))


def compare_site(settings: Settings, folder: Path) -> tuple[Difference, ...]:
    """A site against everything made anew from the record, MkDocs' pages included; no build runs meanwhile."""
    if not folder.is_dir():
        raise GreenchannelError("{path}: no site here; run greenchannel build", path=folder)
    with locked(settings.home / STATE), opened_site(settings, read_record(settings.releases), {}) as site:
        frame = frame_of(settings, site.registry, site.state)
        # It is made apart from the pages; one that is there must be the record's.
        indexed = search_artifacts(site) if (folder / ENTRY).is_file() else ()
        made = chain(mkdocs_pages(settings, frame), artifacts(site, read_theme(settings.templates)), indexed)
        return differences(made, folder, has_variants=settings.precompress)
