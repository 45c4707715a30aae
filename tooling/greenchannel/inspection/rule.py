"""What a rule of the inspection is, and what it may know besides the page that it looks at."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from greenchannel.desk.furniture import FooterEntry
from greenchannel.domain.message import Message
from greenchannel.portal.page_reading import Page

_RELEASE = re.compile(r"(?:[a-z]{2}/)?releases/(\d{4}/[a-z0-9-]+/[a-z0-9-]+)/(r\d+/)?index\.html")
_LIST = re.compile(r"(?:[a-z]{2}/)?(?:index\.html|(?:types|categories|archive)/.+/index\.html)")
_HOME = re.compile(r"(?:[a-z]{2}/)?index\.html")
_ARTICLE = ("ArticleTitle", "PubDate", "ContentSource")


class Kind(StrEnum):
    """Of a page, as the labels of government sites know them; OTHER is what nobody looks up, such as 404.html."""

    HOME = "home"
    COLUMN = "column"
    CONTENT = "content"
    OTHER = "other"


class Result(StrEnum):
    PASS = "pass"  # noqa: S105  # No password.
    FAIL = "fail"
    WARNING = "warning"
    LISTED = "listed"  # Told as evidence; nobody judges it.
    NOTHING = "nothing"  # There was no page to ask.


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An address of another site."""

    url: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A file of this site, by its path from the root, and the fragment behind it."""

    path: str
    fragment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`published` has the minutes of each release's revisions, first one first; None where there is no record.

    The three functions answer by a path from the site's root; where there is no such file, with None.
    """

    url: str  # with a slash at its end
    now: datetime
    zone: tzinfo
    footer: tuple[FooterEntry, ...]
    ages: Mapping[str, timedelta | None]
    published: Mapping[str, tuple[str, ...]] | None
    size_of: Callable[[str], int | None]
    packed_size_of: Callable[[str], int | None]
    ids_of: Callable[[str], frozenset[str] | None]

    def locate(self, page: Page, url: str) -> Inside | Elsewhere | None:
        """None for what is no place: mailto:, data: and the like. Raises ValueError for what is no address."""
        is_anywhere = url.startswith(("/", "http://", "https://"))  # The same place from every page.
        return _located(self.url, "" if is_anywhere else page.path, url)

    def standing(self, place: Inside) -> str | None:
        """The path of the file that a server gives for it. A folder's name without its slash is redirected to it."""
        return next((one for one in (place.path, f"{place.path}/index.html") if self.size_of(one) is not None), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """`hint` says how to mend it. What is no fault but a measure has an `amount`; the largest is told."""

    seen: Message
    hint: Message | None
    line: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: 检查对象, 指标, 评分细则; `result` is what a finding makes of the row."""

    code: str
    subject: Message
    indicator: Message
    criterion: Message
    kinds: frozenset[Kind]
    check: Callable[[Page, Site], Iterator[Finding]]
    result: Result = Result.FAIL


@lru_cache(65_536)
def _located(site: str, page: str, url: str) -> Inside | Elsewhere | None:
    whole = urlsplit(urljoin(site + page, url))
    if whole.scheme not in ("http", "https"):
        return None
    ours = urlsplit(site)
    path = unquote(whole.path) or "/"
    if whole.netloc.lower() != ours.netloc.lower() or not (path + "/").startswith(ours.path):
        return Elsewhere(whole._replace(fragment="").geturl())
    inner = path[len(ours.path) :]
    inner = f"{inner}index.html" if not inner or inner.endswith("/") else inner
    return Inside(normpath(inner), unquote(whole.fragment))


def kind_of(page: Page) -> Kind:
    if page.path.rpartition("/")[2] == "404.html":
        return Kind.OTHER
    if _HOME.fullmatch(page.path):
        return Kind.HOME
    named = _RELEASE.fullmatch(page.path)
    is_release = named is not None and not named[2]
    return Kind.CONTENT if is_release or any(one in _ARTICLE for one, _ in page.labels) else Kind.COLUMN


def release_of(path: str) -> tuple[str, bool] | None:
    """The id of the release that a page shows, and whether it shows one of its revisions only."""
    found = _RELEASE.fullmatch(path)
    return (found[1], found[2] is not None) if found else None


def is_list(page: Page) -> bool:
    """Whether a page is there only to list releases. One of a department tells its duty and telephone, too."""
    return _LIST.fullmatch(page.path) is not None
