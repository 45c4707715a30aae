"""What the site consists of, and which of it must be made anew.

A file is a pure function of a small value: a view, a digest, the theme. The digest of that value, its fingerprint,
decides; no time of change and no tracing of what a page happened to open. Nothing is rendered to learn that nothing
changed.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from greenchannel.domain.errors import GreenchannelError
from greenchannel.record.canonical import sha256


class Stage(IntEnum):
    """The order of delivery: nothing names what is not there yet."""

    ASSET = 0  # style sheets and scripts under the digests by which pages name them
    PAGE = 1  # frozen texts, releases and incidents
    LIST = 2  # columns, directories, the home page
    ARCHIVE = 3  # of feeds
    FEED = 4  # feeds, sitemap, the public ledger, what every page shows of what is going on
    INDEX = 5  # the lists of all feeds, and what vouches for the ledger
    SEARCH = 6  # pieces of the search index, which never change
    SEARCH_ENTRY = 7  # what names them


class Planned(NamedTuple):
    """Files made together of the same inputs; `make` gives their bytes in the order of `paths`.

    A tuple, since there is one for nearly every file of a long archive with each look at it.
    """

    stage: Stage
    paths: tuple[str, ...]
    fingerprint: str
    make: Callable[[], tuple[bytes, ...]]


def refuse_outside(plan: Iterable[Planned]) -> None:
    """Whatever a record says, nothing is written outside the site. Raises GreenchannelError."""
    for path in (path for one in plan for path in one.paths):
        if path.startswith("/") or (".." in path and ".." in path.split("/")):
            raise GreenchannelError("{path}: this address leads out of the site; nothing was made", path=path)


def fingerprint(*inputs: object) -> str:
    """SHA-256 over the `repr` of the inputs: texts, numbers and frozen values of them, nothing with an address."""
    return sha256(repr(inputs).encode("utf-8", "surrogatepass"))


def refuse_two_at_one_address(plan: Iterable[Planned], pages: Iterable[Planned]) -> None:
    """Raises GreenchannelError where a hand-written page has the address of a page of the portal."""
    ours = {path for one in plan for path in one.paths}
    if taken := sorted(path for one in pages for path in one.paths if path in ours):
        raise GreenchannelError(
            "content/pages: the portal has a page of its own at {paths}; give yours another name",
            paths=", ".join(f"/{one.removesuffix('index.html')}" for one in taken),
        )


def given(stage: Stage, path: str, data: bytes) -> Planned:
    """A file that is there already: an asset, a page that MkDocs made."""
    return Planned(stage, (path,), sha256(data), lambda: (data,))


def in_order(plan: Iterable[Planned], is_known: Callable[[Planned], bool]) -> Sequence[Planned]:
    """By stage, and in each what is new before what is changed: a page that gets a link to a new one follows it."""
    return sorted(plan, key=lambda one: (one.stage, is_known(one)))
