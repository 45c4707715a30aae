"""What was measured, carried over to sizes that were not: every figure here is reckoned in proportion, and says so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from results import megabytes, seconds, table

_SIZES = ((100, 1_000), (100, 10_000), (100, 100_000), (300, 100_000))
_DAYS = 3_650  # the newsrooms are of ten years
_POLLS = 24 * 60  # once a minute
_PAGE = 1_000_000  # bytes of a list: more is a burden on a telephone
_CACHE, _RUNNER = 10e9, 16_000.0  # bytes and MB that the runners of GitHub give
_WINDOW_DAYS, _AT_LEAST = 30, 100  # what a city's own feed holds
_JOBS = (
    "newsrooms x releases", "job minutes, all cold", "minutes of a job", "peak MB of a job", "s of a publication",
    "files of a site", "GB of it",
)  # fmt: skip
_MERGES = (
    "newsrooms x releases", "GB of ledgers", "first merge, minutes", "peak MB of a merge", "new a day",
    "s of merging a new one", "of all new ones, hours a day", "polls a day", "MB of them", "MB of a month's page",
    "MB of newest entries", "hours that the feed holds",
)  # fmt: skip
_LIMITS = ("what reaches a limit", "measured", "at releases", "limit", "reached at releases")
_BUILT = (
    "one newsroom, releases", "cold build, s", "processor s", "peak MB", "build again elsewhere, s",
    "publish one there, s", "files of the site", "MB",
)  # fmt: skip
_NOTES = """\
The first table is measured: whole processes on this machine, one run each. Merges and builds are those measured last,
which need not have been together. *Elsewhere* is another folder with a fresh copy of desk and record, beside which a
cache kept `site/` and `.greenchannel/`. The second table is reckoned: in proportion to releases and newsrooms, from
the tables above and the nearest size that was built. A job's minutes are those of its build, without setting up the
runner. Its memory, and the seconds of a publication elsewhere, grow per release by what the largest newsroom needed
more than the smallest. *Polls* ask every city for its checkpoint once a minute, with nothing new. The memory of a
merge grows with the longest record alone: what a merge with nothing new needs, and as many times what the records
added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A newsroom built once: cold; again on another machine that has what a cache kept; one release more there."""

    releases: int
    seconds: float  # cold, as the next two
    processor: float
    megabytes: float
    again: float  # seconds
    more: float  # seconds
    bytes: int  # of the site
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Bytes, unless the name says otherwise; `releases` are those of each newsroom. `poll_…` is with nothing new."""

    newsrooms: int
    releases: int
    ledgers: int
    first_seconds: float
    first_megabytes: float
    poll_bytes: int
    poll_seconds: float
    poll_megabytes: float
    change_seconds: float  # of a merge in which every city has something new
    month: int
    months: int
    newest: int
    keep: int
    entries: int  # of the feed
    index: int  # feeds/index.json of a city
    addresses: int  # in the sitemap of a city: a number


def reckoned(measured: Measured, builds: Sequence[Build]) -> tuple[str, list[str]]:
    """Notes and lines of a section."""
    built = [
        (f"{one.releases:,}", seconds(one.seconds), seconds(one.processor), megabytes(one.megabytes),
         seconds(one.again), seconds(one.more), f"{one.files:,}", f"{one.bytes / 1e6:,.0f}")
        for one in builds
    ]  # fmt: skip
    jobs = [_job(builds, newsrooms, releases) for newsrooms, releases in _SIZES]
    merges = [_merge(measured, newsrooms, releases) for newsrooms, releases in _SIZES]
    limits = list(_limits(measured, builds))
    tables = (table(_BUILT, built), table(_JOBS, jobs), table(_MERGES, merges), table(_LIMITS, limits))
    return _NOTES, [line for one in tables for line in (*one, "")][:-1]


def _job(builds: Sequence[Build], newsrooms: int, releases: int) -> tuple[str, ...]:
    near = min(builds, key=lambda one: abs(one.releases - releases))
    as_many = releases / near.releases
    minutes = near.seconds * as_many / 60
    return (
        f"{newsrooms:,} x {releases:,}",
        f"{newsrooms * minutes:,.0f}",
        f"{minutes:,.1f}",
        f"{_grown(builds, lambda one: one.megabytes, releases):,.0f}",
        f"{_grown(builds, lambda one: one.more, releases):,.0f}",
        f"{near.files * as_many:,.0f}",
        f"{near.bytes * as_many / 1e9:,.2f}",
    )


def _merge(measured: Measured, newsrooms: int, releases: int) -> tuple[str, ...]:
    """What a new line of a city costs grows with the city's record, which is read and verified whole each time."""
    cities, longer = newsrooms / measured.newsrooms, releases / measured.releases
    a_day = newsrooms * releases / _DAYS
    change = (measured.change_seconds - measured.poll_seconds) / measured.newsrooms * longer
    window = max(1.0, releases / _DAYS * _WINDOW_DAYS / _AT_LEAST)  # so many times the entries that a city has at least
    return (
        f"{newsrooms:,} x {releases:,}",
        f"{measured.ledgers * cities * longer / 1e9:,.2f}",
        f"{measured.first_seconds * cities * longer / 60:,.1f}",
        f"{measured.poll_megabytes + (measured.first_megabytes - measured.poll_megabytes) * longer:,.0f}",
        f"{a_day:,.0f}",
        f"{change:,.2f}",
        f"{a_day * change / 3600:,.2f}",
        f"{newsrooms * _POLLS:,}",
        f"{measured.poll_bytes * cities * _POLLS / 1e6:,.0f}",
        f"{measured.month * cities * longer / 1e6:,.2f}",
        f"{measured.newest * cities * window / 1e6:,.0f}",
        f"{measured.entries / a_day * 24:,.1f}",
    )


def _limits(measured: Measured, builds: Sequence[Build]) -> Iterator[tuple[str, ...]]:
    """Of one newsroom; the page of a month is that of as many newsrooms as were measured."""
    from greenchannel.doctor import LEDGER_LIMIT  # noqa: PLC0415  # Large: who measures imports nothing that is.
    from greenchannel.fetching import LIMIT  # noqa: PLC0415

    most = max(builds, key=lambda one: one.releases)
    of_city, ledger = measured.releases, measured.ledgers / measured.newsrooms
    found: tuple[tuple[str, float, int, float], ...] = (
        ("bytes of the page of a month of the province", measured.month, of_city, _PAGE),
        ("addresses in `sitemap.xml` (sitemaps.org)", measured.addresses, of_city, 50_000),
        ("bytes of `feeds/index.json` (`feeds doctor`)", measured.index, of_city, LIMIT),
        ("bytes of the ledger (`feeds doctor`, the merge)", ledger, of_city, LEDGER_LIMIT),
        ("bytes of the site (the cache of a CI system)", most.bytes, most.releases, _CACHE),
    )
    for name, value, releases, limit in found:
        reached = f"{releases * limit / value:,.0f}"
        yield name, f"{value:,.0f}", f"{releases:,}", f"{limit:,.0f}", reached
    reached = f"{most.releases + (_RUNNER - most.megabytes) / _of_one(builds, lambda one: one.megabytes):,.0f}"
    measured_at = f"{most.releases:,}"
    yield "MB of a cold build (a runner)", f"{most.megabytes:,.0f}", measured_at, f"{_RUNNER:,.0f}", reached


def _grown(builds: Sequence[Build], of: Callable[[Build], float], releases: int) -> float:
    """What the smallest needed, and for each further release what the largest needed more."""
    least = min(builds, key=lambda one: one.releases)
    return of(least) + _of_one(builds, of) * (releases - least.releases)


def _of_one(builds: Sequence[Build], of: Callable[[Build], float]) -> float:
    """What a release adds."""
    least, most = min(builds, key=lambda one: one.releases), max(builds, key=lambda one: one.releases)
    if least is most:
        return of(most) / most.releases
    return (of(most) - of(least)) / (most.releases - least.releases)
