"""Inspects a built site: reads its pages one after the other, in the order of their paths, and keeps none of them."""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path, PurePosixPath

from greenchannel.desk.columns import DEFAULTS
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message, message
from greenchannel.inspection.rule import Site
from greenchannel.inspection.table import Table
from greenchannel.portal.page_reading import Page, read_ids, read_page

_PACKED = frozenset({".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md", ".csv", ".webmanifest"})
_CHINA = timezone(timedelta(hours=8))
_LARGE = 20_000_000  # bytes: no page of a portal is larger
_STATED, _PACKED_KEPT, _IDS_KEPT = 65_536, 1_024, 256  # files of which something is remembered


def inspect_site(folder: Path, settings: Settings | None, now: datetime, tell: Callable[[int], object]) -> Table:
    """`settings` are those of the newsroom that built it, None for a stranger's. `tell` is told how many pages it read.

    Raises GreenchannelError where there is no site.
    """
    if not (folder / "index.html").is_file():
        raise GreenchannelError("{path}: no site was built here (index.html is missing)", path=folder)
    site, table = _site(folder, settings, now), Table()
    for path in _pages(folder, ""):
        page = _read(folder, path)
        if isinstance(page, Message):
            table.add_unreadable(path, page)
        else:
            table.add(page, site)
        tell(table.pages)
    return table


def _site(folder: Path, settings: Settings | None, now: datetime) -> Site:
    zone = settings.zone if settings else _CHINA
    files = _Files(folder)
    return Site(
        url=settings.url if settings else _own_address(folder),
        now=now,
        zone=zone,
        footer=settings.footer if settings else (),
        ages=settings.columns if settings else DEFAULTS,
        published=_published(folder / "record/ledger.jsonl", zone),
        size_of=lru_cache(_STATED)(files.size_of),
        packed_size_of=lru_cache(_PACKED_KEPT)(files.packed_size_of),
        ids_of=lru_cache(_IDS_KEPT)(files.ids_of),
    )


def _own_address(folder: Path) -> str:
    """As the home page tells it. A name that nobody has stands in: links within the site are relative to it then."""
    page = _read(folder, "index.html")
    said = page.canonical if isinstance(page, Page) else ""
    return f"{said.rstrip('/')}/" if said.startswith(("https://", "http://")) else "https://site.invalid/"


def _pages(folder: Path, below: str) -> Iterator[str]:
    """The pages by their paths, sorted; what a link leads to outside is not the site's."""
    with os.scandir(folder / below) as entries:
        names = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries)
    for name, is_folder in names:
        path = f"{below}{name}"
        if is_folder:
            yield from _pages(folder, f"{path}/")
        elif name.endswith(".html"):
            yield path


def _read(folder: Path, path: str) -> Page | Message:
    file = folder / path
    try:
        if file.stat().st_size > _LARGE:
            return message("more than {limit} bytes", limit=_LARGE)
        return read_page(path, file.read_bytes())
    except OSError as error:  # A link to nothing, or a file that nobody may read: a web server would not send it.
        return message("the file cannot be opened ({problem})", problem=error.strerror)


class _Files:
    """What there is below a folder; a path that leads out of it is answered as one that is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size_of(self, path: str) -> int | None:
        if path.startswith(("/", "..")):
            return None
        try:
            file = self._folder / path
            return file.stat().st_size if file.is_file() else None
        except (OSError, ValueError):  # A name that no file can have.
            return None

    def packed_size_of(self, path: str) -> int | None:
        """As a server sends it: the packed file beside it, else gzip at its usual level."""
        size = self.size_of(path)
        if size is None or PurePosixPath(path).suffix.lower() not in _PACKED:
            return size
        beside = self.size_of(f"{path}.gz")
        return len(zlib.compress((self._folder / path).read_bytes(), 6)) if beside is None else beside

    def ids_of(self, path: str) -> frozenset[str] | None:
        return None if self.size_of(path) is None else read_ids((self._folder / path).read_bytes())


def _published(ledger: Path, zone: tzinfo) -> Mapping[str, tuple[str, ...]] | None:
    """The minutes in which each release's revisions went out. Whether the record is sound is for `verify` to say."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        with ledger.open(encoding="utf-8") as lines:
            for event in map(json.loads, lines):
                if event["event"] in ("published", "corrected"):
                    at = datetime.fromisoformat(event["at"]).astimezone(zone)
                    found[event["id"]] = (*found.get(event["id"], ()), f"{at:%Y-%m-%d %H:%M}")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found
