"""The hand-written pages of content/pages, rendered by MkDocs.

MkDocs empties its output folder when it starts, so it builds into a scratch folder whose files become artifacts like
all others, and only when something it reads has changed.
"""

import hashlib
import logging
from importlib.metadata import version
from pathlib import Path

from greenchannel.delivery.writing import forget_file, locked, write_file
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.maker import maker
from greenchannel.portal.plan import fingerprint
from greenchannel.portal.theme import Artifact
from greenchannel.portal.views.parts import SiteFrame
from greenchannel.portal.wording import ENGLISH, catalogue_bytes

STATE = ".greenchannel"  # what may be made again; safe to delete
PAGES = "pages"  # below it: what MkDocs made


def forget_pages(settings: Settings) -> None:
    """The next call makes them anew."""
    forget_file(_stamp(settings))


def mkdocs_pages(settings: Settings, frame: SiteFrame) -> tuple[Artifact, ...]:
    """`frame` is what stands around each of them."""
    scratch, stamp = settings.home / STATE / PAGES, _stamp(settings)
    with locked(scratch):
        inputs, pages = fingerprint(_inputs_digest(settings), frame, *_programs()), read_pages(scratch)
        # The stamp names the pages, too: MkDocs does not sync them, and a power cut may leave empty ones.
        if not stamp.is_file() or stamp.read_bytes() != fingerprint(inputs, pages).encode():
            forget_file(stamp)  # A failed run leaves a folder that no stamp may vouch for.
            _run_mkdocs(settings.home / "mkdocs.yml", scratch, frame)
            pages = read_pages(scratch)
            write_file(stamp, fingerprint(inputs, pages).encode())
        return pages


def _stamp(settings: Settings) -> Path:
    return settings.home / STATE / "pages.sha256"


def read_pages(scratch: Path) -> tuple[Artifact, ...]:
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


def _programs() -> tuple[object, ...]:
    """What makes them beside their texts: our words and templates' helpers, the plugin, MkDocs."""
    plugin = Path(__file__).with_name("mkdocs_plugin.py").read_bytes()
    return maker(), plugin, catalogue_bytes(ENGLISH), version("mkdocs")


def _run_mkdocs(config_file: Path, scratch: Path, frame: SiteFrame) -> None:
    # MkDocs costs 0.2 s to import and is needed only when a hand-written page changed.
    from mkdocs.commands.build import build as build_pages  # noqa: PLC0415
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.exceptions import MkDocsException  # noqa: PLC0415

    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(str(config_file), site_dir=str(scratch), strict=True)
        ours = config.plugins["greenchannel"]
        setattr(ours, "frame", frame)  # noqa: B010  # The plugin imports this module, not the reverse.
        build_pages(config)
    except MkDocsException as error:
        raise GreenchannelError("content/pages: {error}", error=error) from error
