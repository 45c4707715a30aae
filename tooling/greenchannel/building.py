"""The site on disk: our artifacts from the record, and the hand-written pages that MkDocs renders.

MkDocs empties its output folder when it starts, so it builds into a scratch folder whose files become artifacts like
all others, and only when something it reads has changed.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from greenchannel.delivery.record import Record, add, frozen_reader, read_record
from greenchannel.delivery.writing import locked, write_file, write_tree
from greenchannel.desk.newsroom import Newsroom, read_newsroom
from greenchannel.desk.policies import select
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import Policy
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.pages import site_frame
from greenchannel.portal.site import Artifact, Site, artifacts, public_ledger, read_theme
from greenchannel.portal.views import SiteFrame
from greenchannel.record.events import State

TARGET = "site"
STATE = ".greenchannel"  # what may be made again; safe to delete


def portal_frame(settings: Settings) -> SiteFrame:
    """What MkDocs' own pages need of the newsroom; it does not depend on the record."""
    newsroom = read_newsroom(settings.content, settings.zone)
    return site_frame(Catalogue(settings, newsroom.registry, _policy(settings, newsroom), State()))


def _policy(settings: Settings, newsroom: Newsroom) -> Policy:
    return select(settings.policy, (), newsroom.policies).deciding


def record_artifacts(settings: Settings, record: Record) -> tuple[Artifact, ...]:
    """Everything but MkDocs' pages, in the order in which it may be written."""
    read = frozen_reader(settings.releases)

    def read_frozen(path: str) -> bytes:
        data = read(path)
        if data is None:
            raise GreenchannelError(f"releases/{path}: the frozen text is missing")
        return data

    newsroom = read_newsroom(settings.content, settings.zone)
    with Renderer() as renderer:
        site = Site(
            settings=settings,
            registry=newsroom.registry,
            policy=_policy(settings, newsroom),
            state=record.state,
            read_frozen=read_frozen,
            render=renderer.render,
        )
        return (*artifacts(site, read_theme(settings.templates)), public_ledger(record.events))


def build(settings: Settings, clock: Callable[[], datetime], *, clean: bool = False) -> tuple[str, ...]:
    """Writes what changed, reads the releases back and records the receipts; the paths that changed.

    Everything from the record is rendered and compared each time; `clean` has MkDocs render its pages anew, too.
    """
    with locked(settings.home / STATE):
        if clean:
            (settings.home / STATE / "pages.sha256").unlink(missing_ok=True)
        pages = mkdocs_pages(settings)
        changed = write_tree(settings.site, (*pages, *record_artifacts(settings, read_record(settings.releases))))
        if add(settings.releases, lambda state: _receipts(settings, state), clock):
            # The receipts are part of the public ledger; they change no page but the duty table of an incident.
            again = record_artifacts(settings, read_record(settings.releases))
            changed = (*changed, *write_tree(settings.site, again))
    return tuple(dict.fromkeys(changed))


def _receipts(settings: Settings, state: State) -> list[dict[str, object]]:
    """A revision is visible when its frozen text, read back from the site, is the one in the ledger."""
    missing: list[dict[str, object]] = []
    for one in state.releases.values():
        if one.current.number in one.visible or one.withdrawal:
            continue
        back = settings.site / "releases" / one.id / f"r{one.current.number}.md"
        page = settings.site / "releases" / one.id / "index.html"
        if page.is_file() and back.is_file() and hashlib.sha256(back.read_bytes()).hexdigest() == one.current.sha256:
            missing.append({"event": "visible", "id": one.id, "revision": one.current.number, "target": TARGET})
    return missing


def mkdocs_pages(settings: Settings) -> tuple[Artifact, ...]:
    state = settings.home / STATE
    scratch, stamp = state / "pages", state / "pages.sha256"
    with locked(scratch):
        digest = _inputs_digest(settings)
        if not stamp.is_file() or stamp.read_text() != digest or not any(scratch.iterdir()):
            stamp.unlink(missing_ok=True)  # A failed run leaves a folder that no stamp may vouch for.
            _run_mkdocs(settings.home / "mkdocs.yml", scratch)
            write_file(stamp, digest.encode())
        return tuple(
            (path.relative_to(scratch).as_posix(), path.read_bytes())
            for path in sorted(scratch.rglob("*.html"))
            if path.name != "404.html"
        )


def _inputs_digest(settings: Settings) -> str:
    total = hashlib.sha256()
    roots = (settings.content / "pages", settings.templates)
    files = [settings.home / "mkdocs.yml", *(one for root in roots for one in sorted(root.rglob("*")) if one.is_file())]
    for path in files:
        total.update(f"{path.relative_to(settings.home)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _run_mkdocs(config_file: Path, scratch: Path) -> None:
    # MkDocs costs 0.2 s to import and is needed only when a hand-written page changed.
    from mkdocs.commands.build import build as build_pages  # noqa: PLC0415
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.exceptions import MkDocsException  # noqa: PLC0415

    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(str(config_file), site_dir=str(scratch), strict=True)
        ours = config.plugins["greenchannel"]
        setattr(ours, "with_record", False)  # noqa: B010  # The plugin imports this module, not the reverse.
        build_pages(config)
    except MkDocsException as error:
        raise GreenchannelError(f"content/pages: {error}") from error
