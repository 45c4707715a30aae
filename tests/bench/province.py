"""What a province costs: a hundred newsrooms behind a web server, merged from their records.

``make bench-province`` prints the tables and writes them to RESULTS-province.md. ``NEWSROOMS=100 RELEASES=1000``
chooses others (0 none), ``COLD="1000 10000"`` the newsrooms of which builds are measured, for what a job costs. Nothing
here asserts a time; everything asserts what came of a merge. Requests and bytes are those of the server's log.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import ours
from measuring import Sample, aside, medians, sample, tidied
from provincial.cities import APPROVER, copied, greenchannel, made, publish_on_record
from provincial.reckoning import Build, Measured, reckoned
from provincial.served import Log, Traffic, served
from results import RESULTS_PROVINCE, megabytes, own_version, seconds, table, write_section
from sizes import BUILD, DRAFTS

BENCH = Path(__file__).parent
WORK = BUILD / "province/work"
# Of the last province and of the last builds, for what is reckoned from both.
MEASURED, BUILDS = BUILD / "province/measured.json", BUILD / "province/builds.json"
CACHED = ("site", ".greenchannel")
BUILT = "c001"  # the city that shows its whole site
HEAD = ("merge", "s", "processor s", "peak MB", "requests", "of them 304", "texts", "bytes sent", "runs")
NOTES = """\
{count} newsrooms of {releases:,} releases each, behind one nginx on the same machine. Medians of whole processes, with
the peak of the largest one; requests and bytes (with headers) are those of one run, from the server's log. *First*:
nothing is known of any city. *One city*, *every city*: it has published one release with `approve` and `publish` since
the merge before."""


@dataclass(frozen=True, slots=True)
class Province:
    homes: dict[str, Path]
    www: Path
    roll: Path
    log: Log

    @property
    def keep(self) -> Path:
        return WORK / "keep"

    @property
    def site(self) -> Path:
        return WORK / "site"

    def merge(self) -> tuple[Sample, Traffic]:
        self.log.since()
        arguments = (BENCH / "merge.py", self.roll, self.keep, self.site, WORK / "report.json")
        expected = {self.site / "feeds/all.json": "}", self.site / "cities.json": "]"}
        return sample([sys.executable, *arguments], WORK, expected), self.log.since()

    def report(self) -> dict[str, dict[str, int]]:
        report: dict[str, dict[str, int]] = json.loads((WORK / "report.json").read_bytes())
        return report

    def show(self, *rest: str | Path) -> None:
        subprocess.run([sys.executable, BENCH / "show_cities.py", WORK / "homes", self.www, *rest], check=True)

    def items(self) -> list[dict[str, object]]:
        feed: dict[str, list[dict[str, object]]] = json.loads((self.site / "feeds/all.json").read_bytes())
        return feed["items"]


Step = tuple[str, Sample, Traffic, dict[str, int]]


def steps(province: Province, releases: int) -> Iterator[Step]:
    """In this order, each after the one before."""
    yield _measured(province, "first", lambda _: aside(province.keep, province.site))
    expect(_rows(province.site) == len(province.homes) * releases, "each release stands in its month")
    yield _measured(province, "nothing new", lambda _: None)
    yield _measured(province, "one city published one", lambda number: _publish_built(province, number), repeats=3)
    for city, home in province.homes.items():
        if city != BUILT:
            publish_on_record(home, DRAFTS[3])
    _publish_built(province, 3)
    province.show()
    yield _measured(province, "every city published one", lambda _: None, repeats=1)
    new = {str(one["id"]) for one in province.items() if str(one["id"]).endswith(DRAFTS[3])}
    expect(len(new) == len(province.homes), "the release of each city is in the feed")
    first = next(iter(province.homes))
    greenchannel(province.homes[first], "withdraw", DRAFTS[3], "--by", APPROVER, "--reason", "所述地点有误。")
    yield _measured(province, "one city withdrew one", lambda _: None, repeats=1)
    expect(any("已撤回" in str(one["title"]) for one in province.items()), "the withdrawal is in the feed")


def _measured(province: Province, name: str, prepare: Callable[[int], object], repeats: int | None = None) -> Step:
    traffic: list[Traffic] = []

    def once(number: int) -> Sample:
        prepare(number)
        found, counted = province.merge()
        traffic.append(counted)
        return found

    found = medians(once, repeats or 3)
    print(f"{name}: {seconds(found.seconds)} s, {traffic[-1]}", flush=True)
    return name, found, traffic[-1], province.report()["written"]


def _publish_built(province: Province, number: int) -> None:
    """By the commands of an officer; the site has it when they end."""
    ours.publish_draft(province.homes[BUILT], number)


def expect(is_so: bool, what: str) -> None:  # noqa: FBT001  # It reads as a sentence.
    if not is_so:
        raise SystemExit(f"not as expected: {what}")


def _rows(site: Path) -> int:
    return sum(path.read_text("utf-8").count("<li data-id") for path in site.glob("archive/*/*/index.html"))


def _bytes(folder: Path, pattern: str = "**/*") -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())


def cold_builds(sizes: Sequence[int]) -> list[Build]:
    found = []
    for size in sizes:
        home = ours.copied(size, "province-cold")
        cold = ours.cold(home, size)
        other = _elsewhere(home)
        aside(home)
        again = sample(ours.greenchannel("build"), other, {})
        more = ours.publish_draft(other, 0)
        print(f"a newsroom of {size:,}, built: {cold}, on another machine: {again}, {more}", flush=True)
        one = Build(
            releases=size,
            seconds=cold.seconds or 0,
            processor=cold.processor or 0,
            megabytes=cold.megabytes or 0,
            again=again.seconds or 0,
            more=more.seconds or 0,
            bytes=_bytes(other / "site"),
            files=_files(other / "site"),
        )
        found.append(one)
        aside(other)
    return found


def _elsewhere(home: Path) -> Path:
    """The newsroom on another machine: desk and record from a fresh checkout, what a cache kept beside them."""
    other = home.with_name(f"{home.name}-elsewhere")
    aside(other)
    shutil.copytree(home, other, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(*CACHED))
    for name in CACHED:
        shutil.copytree(home / name, other / name)
    return other


def _files(folder: Path) -> int:
    return sum(1 for one in folder.rglob("*") if one.is_file())


def prepared(count: int, releases: int) -> dict[str, Path]:
    """Copies to work with, one of them with its site."""
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "www").mkdir(parents=True)
    homes = {city: copied(home, WORK / "homes" / city) for city, home in made(count, releases).items()}
    greenchannel(homes[BUILT], "build")
    (WORK / "www" / BUILT).symlink_to(homes[BUILT] / "site")
    return homes


def main() -> None:
    count, releases = int(os.environ.get("NEWSROOMS", "100")), int(os.environ.get("RELEASES", "1000"))
    cold = [int(one) for one in os.environ.get("COLD", "1000 10000").split()]
    with tidied():
        if count:
            _merges(count, releases)
        if cold:
            BUILDS.write_text(json.dumps([asdict(one) for one in cold_builds(cold)]))
        if MEASURED.exists() and BUILDS.exists():
            measured = Measured(**json.loads(MEASURED.read_bytes()))
            builds = [Build(**one) for one in json.loads(BUILDS.read_bytes())]
            write_section("Reckoned", own_version(), *reckoned(measured, builds), RESULTS_PROVINCE)


def _merges(count: int, releases: int) -> None:
    homes = prepared(count, releases)
    with served(WORK / "www", WORK / "nginx") as (origin, log):
        province = Province(homes, WORK / "www", WORK / "roll.json", log)
        province.show(origin, province.roll)
        found = list(steps(province, releases))
    rows = [
        (name, seconds(one.seconds), seconds(one.processor), megabytes(one.megabytes), f"{of.requests:,}",
         f"{of.unchanged:,}", f"{of.texts:,}", f"{of.sent:,}", str(one.runs))
        for name, one, of, _ in found
    ]  # fmt: skip
    written = [(name, f"{len(files):,}", f"{sum(files.values()):,}") for name, _, _, files in found]
    measured = _sizes(province, count, releases, found)
    lines = [*table(HEAD, rows), "", "What each merge wrote.", "",
             *table(("merge", "files", "bytes"), written), "", "What there is at the end.", "",
             *table(("what", "number"), _standing(province, measured))]  # fmt: skip
    notes = NOTES.format(count=count, releases=releases)
    write_section(f"{count} newsrooms of {releases:,} releases", own_version(), notes, lines, RESULTS_PROVINCE)
    MEASURED.write_text(json.dumps(asdict(measured)))


def _sizes(province: Province, count: int, releases: int, found: Sequence[Step]) -> Measured:
    by_name = {name: (one, of) for name, one, of, _ in found}
    first, polled = by_name["first"], by_name["nothing new"]
    months = [path.stat().st_size for path in province.site.glob("archive/*/*/index.html")]
    return Measured(
        newsrooms=count,
        releases=releases,
        ledgers=_bytes(province.keep, "*/ledger.jsonl"),
        first_seconds=first[0].seconds or 0,
        first_megabytes=first[0].megabytes or 0,
        poll_bytes=polled[1].sent,
        poll_seconds=polled[0].seconds or 0,
        poll_megabytes=polled[0].megabytes or 0,
        change_seconds=by_name["every city published one"][0].seconds or 0,
        month=int(statistics.median(months)),
        months=len(months),
        newest=_bytes(province.keep, "*/newest.json"),
        keep=_bytes(province.keep),
        entries=len(province.items()),
        index=(province.www / BUILT / "feeds/index.json").stat().st_size,
        addresses=(province.www / BUILT / "sitemap.xml").read_text("utf-8").count("<url>"),
    )


def _standing(province: Province, measured: Measured) -> list[tuple[str, str]]:
    site, feeds = province.site, province.site / "feeds"
    return [
        ("entries of the feed", f"{len(province.items()):,}"),
        *((f"bytes of `feeds/{one.name}`", f"{one.stat().st_size:,}") for one in sorted(feeds.iterdir())),
        ("pages of months", f"{measured.months:,}"),
        ("bytes of the middle one", f"{measured.month:,}"),
        ("bytes of the largest one", f"{max(one.stat().st_size for one in site.glob('archive/*/*/*.html')):,}"),
        ("bytes of the site of the province", f"{_bytes(site):,}"),
        ("bytes of all ledgers", f"{measured.ledgers:,}"),
        ("bytes that the province keeps, ledgers included", f"{measured.keep:,}"),
        (f"bytes of the site of one city ({BUILT})", f"{_bytes(province.www / BUILT):,}"),
        ("files of it", f"{_files(province.homes[BUILT] / 'site'):,}"),
        ("bytes of its `feeds/index.json`", f"{(province.www / BUILT / 'feeds/index.json').stat().st_size:,}"),
    ]


if __name__ == "__main__":
    main()
