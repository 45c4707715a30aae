"""What was measured, carried over to sizes that were not: every figure here is reckoned in proportion, and says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from measuring import Sample
from results import megabytes, seconds, table

_SIZES = ((100, 1_000), (100, 10_000), (100, 100_000), (300, 100_000))
_DAYS = 3_650  # the newsrooms are of ten years
_POLLS = 24 * 60  # once a minute
_HEAD = (
    "newsrooms x releases", "job minutes, all cold", "peak MB of a job", "first merge: GB of ledgers", "minutes",
    "polls a day", "MB of polls a day", "new releases a day", "MB of a month's page", "MB of newest entries",
    "GB of the site of a city",
)  # fmt: skip
_BUILT = (
    "one newsroom, releases", "cold build, s", "processor s", "peak MB", "build again elsewhere, s",
    "publish one there, s", "files of the site", "MB",
)  # fmt: skip
_NOTES = """\
The first table is measured: whole processes on this machine, one run each. *Elsewhere* is another folder with a fresh
copy of desk and record, beside which a cache kept `site/` and `.greenchannel/`. The second table is reckoned: in
proportion to releases and newsrooms, from the tables above and the nearest size that was built. A job's minutes are
those of its build, without setting up the runner. Its memory grows per release by what the largest build needed more
than the smallest. *Polls* ask every city for its checkpoint once a minute, with nothing new."""


@dataclass(frozen=True, slots=True)
class Build:
    """A newsroom built once: cold; again on another machine that has what a cache kept; one release more there."""

    releases: int
    cold: Sample
    again: Sample
    more: Sample
    bytes: int  # of the site
    files: int

    @property
    def seconds(self) -> float:
        return self.cold.seconds or 0

    @property
    def megabytes(self) -> float:
        return self.cold.megabytes or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Bytes but for `newsrooms`, `releases` (of each), `months` (pages) and seconds; `poll_…` is with nothing new."""

    newsrooms: int
    releases: int
    ledgers: int
    first_seconds: float
    poll_bytes: int
    poll_seconds: float
    month: int
    months: int
    newest: int
    keep: int


def reckoned(measured: Measured, builds: Sequence[Build]) -> tuple[str, list[str]]:
    """Notes and lines of a section."""
    built = [
        (f"{one.releases:,}", seconds(one.cold.seconds), seconds(one.cold.processor), megabytes(one.cold.megabytes),
         seconds(one.again.seconds), seconds(one.more.seconds), f"{one.files:,}", f"{one.bytes / 1e6:,.0f}")
        for one in builds
    ]  # fmt: skip
    rows = [_row(measured, builds, newsrooms, releases) for newsrooms, releases in _SIZES]
    return _NOTES, [*table(_BUILT, built), "", *table(_HEAD, rows)]


def _row(measured: Measured, builds: Sequence[Build], newsrooms: int, releases: int) -> tuple[str, ...]:
    of_all = newsrooms * releases / (measured.newsrooms * measured.releases)
    cities = newsrooms / measured.newsrooms
    near = min(builds, key=lambda one: abs(one.releases - releases))
    minutes = newsrooms * near.seconds * releases / near.releases / 60
    return (
        f"{newsrooms:,} x {releases:,}",
        f"{minutes:,.0f}",
        f"{_memory(builds, releases):,.0f}",
        f"{measured.ledgers * of_all / 1e9:,.2f}",
        f"{measured.first_seconds * of_all / 60:,.1f}",
        f"{newsrooms * _POLLS:,}",
        f"{measured.poll_bytes * cities * _POLLS / 1e6:,.0f}",
        f"{newsrooms * releases / _DAYS:,.0f}",
        f"{measured.month * of_all / 1e6:,.2f}",
        f"{measured.newest * cities * max(1.0, releases / _DAYS * 30 / 100) / 1e6:,.0f}",
        f"{near.bytes * releases / near.releases / 1e9:,.1f}",
    )


def _memory(builds: Sequence[Build], releases: int) -> float:
    least, most = min(builds, key=lambda one: one.releases), max(builds, key=lambda one: one.releases)
    if least is most:
        return most.megabytes * max(1.0, releases / most.releases)
    more = (most.megabytes - least.megabytes) / (most.releases - least.releases)
    return least.megabytes + more * (releases - least.releases)
