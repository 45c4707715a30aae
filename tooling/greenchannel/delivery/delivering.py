"""The plan -> ``site/`` -> every target: only what changed, in an order in which nothing names what is not there.

``site/`` is made first and is the source of all targets. Killed anywhere, the next run goes on: what had arrived is in
the journal, the rest is made or sent again. Each file that was written is read back and compared before the run calls
it delivered. A target that fails is told of and left; the next run gives it what it missed.

What goes out together may arrive in any order, so a batch never holds what another of its files waits for: new pages,
changed pages, lists, feeds. What is new is asked of each target: one that missed a run lacks what others have.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from greenchannel.delivery.batches import batches
from greenchannel.delivery.comparing import is_superseded
from greenchannel.delivery.journal import Ahead, Journal
from greenchannel.delivery.leaks import Guard, Leak
from greenchannel.delivery.superseding import is_any_known
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.workers import Made, Making, make_here
from greenchannel.delivery.writing import date_file, remove_file, write_files
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.plan import Planned, Stage, in_order, refuse_outside
from greenchannel.portal.variants import plain_of, variants_of
from greenchannel.record.canonical import sha256

_VARIANTS = "*.br, *.gz"  # in a journal: there may be variants, which is no path of any file
_BATCH = 200  # files between two notes in the journal
_OPEN, _BYTES = 64, 8_000_000  # files and their bytes that are written together
# Any: a tuple of these numbers
LOOK: Callable[[os.stat_result], Any] = attrgetter("st_size", "st_mtime_ns")
Looks = dict[str, list[int] | None]  # by path: what the system told of the file in this run
# Where to (site or a target's name), files done, files to do; none to do: it waits for another run that is there.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is in ``site/`` now. `written` holds the paths whose bytes changed, in the order in which they did."""

    files: Mapping[str, str]  # path -> SHA-256, in the order of delivery
    made: int
    written: tuple[str, ...]
    stages: Mapping[str, Stage]
    leaks: tuple[Leak, ...] = ()  # in files that were therefore not written


def make_site(
    plan: Iterable[Planned],
    site: Path,
    journal: Journal | Ahead,
    changed_at: int | None,
    progress: Progress,
    guard: Guard = lambda _path, _data: (),
    looks: Looks | None = None,
    making: Callable[[Sequence[Planned], Guard], Making] = make_here,
) -> Delivered:
    """Makes what the journal does not vouch for. `changed_at`: the time a changed file gets, in seconds (Unix time).

    One that goes `Ahead` is believed, and no file is looked at: whoever does that makes the rest sure behind it.

    A file in which `guard` finds what must not be read yet is not written; the others are, but for lists and feeds that
    would name a page which is therefore missing. A file of `looks` is not looked at again; what is found is put there.
    Raises OSError where the disk refuses, GreenchannelError where what was read back is not what was written.
    """
    looks = {} if looks is None else looks
    steps = in_order(plan, lambda one: _is_known(one, journal))
    paths = [path for one in steps for path in one.paths]
    if isinstance(journal, Journal):
        _settle_variants(paths, journal, lambda surplus: _remove(site, surplus))
    due = [one for one in steps if not _stands(f"{site}/", one, journal, looks)]
    refuse_outside(due)
    written: list[str] = []
    leaks: list[Leak] = []
    done = 0
    with closing(making(due, guard)) as made:
        turns = groupby(due, key=lambda one: (one.stage, not _is_known(one, journal)))
        for is_new, batch in ((is_new, batch) for (_, is_new), turn in turns for batch in batches(turn, _BATCH)):
            if _is_gap(site, leaks, batch[0].stage):
                break
            notes: dict[str, Mapping[str, Any]] = {}  # Any: JSON
            for some in _together(batch, made):
                files = [(path, data) for step, one in some for path, data in zip(step.paths, one.files, strict=True)]
                leaks += (found := [leak for _, one in some for leak in one.leaks])
                free = tuple(_without(files, found))
                # Nobody reads what is new before something names it. What changes does so in its order, each by itself:
                # a power cut must not leave the new page beside the old variant of it.
                for wave in (free,) if is_new else ((one,) for one in free):
                    changed = write_files(((site / path, data) for path, data in wave), changed_at=changed_at)
                    written += [one.relative_to(site).as_posix() for one in changed]
                marks = {path: step.fingerprint for step, _ in some for path in step.paths}
                for path, data in free:
                    if (site / path).read_bytes() != data:
                        raise GreenchannelError("{path}: read back, it is not what was written", path=site / path)
                    looks[path] = look(f"{site}/{path}")
                    notes[path] = {"made_of": marks[path], "sha256": sha256(data), "stat": looks[path]}
            journal.note(notes)
            done += len(batch)
            progress("site", done, len(due))
        else:
            next(made, None)  # There is none, but who made them may come to an end.
    journal.compact()
    held = {one.path for one in leaks}
    kept = [path for path in paths if "sha256" in journal.entries.get(path, ()) and plain_of(path) not in held]
    return Delivered(
        files={path: journal.entries[path]["sha256"] for path in kept},
        made=sum(len(one.paths) for one in due),
        written=tuple(written),
        stages={path: one.stage for one in steps for path in one.paths},
        leaks=tuple(leaks),
    )


def deliver(
    delivered: Delivered,
    site: Path,
    target: Target,
    journal: Journal,
    progress: Progress,
    *,
    compare_all: bool,
    now: int | None = None,
) -> tuple[str, ...]:
    """Gives a target what it lacks, in order, and reads it back; the paths of what was sent.

    `compare_all` asks the target about everything rather than trust the journal; without a journal that is done anyway.
    What is found changed then takes the time `now` (Unix time, seconds): a site that was built in an empty folder does
    not know the times under which readers hold what stands there. Raises TargetError or OSError.
    """
    is_known = is_any_known(journal, delivered.files) and not compare_all
    _settle_variants(tuple(delivered.files), journal, target.remove)
    if not is_known:
        new = set(target.missing(site, tuple(delivered.files)))
        changed = set(target.differing(site, tuple(path for path in delivered.files if path not in new)))
        if equal := [path for path in delivered.files if path not in new and path not in changed]:
            journal.note({path: {"sha256": delivered.files[path]} for path in equal})
        if now is not None:
            for path in changed:
                date_file(site / path, now)
    else:
        new = {path for path in delivered.files if path not in journal.entries}
        changed = set(due_at(delivered, journal))
    due = [path for path in delivered.files if path in new or path in changed]
    done = 0
    for batch in (batch for wave in waves(due, delivered.stages, new.__contains__) for batch in batches(wave, _BATCH)):
        target.put(site, batch)
        if wrong := target.differing(site, batch):
            raise TargetError("{path}: read back, it is not what was sent", path=wrong[0])
        journal.note({path: {"sha256": delivered.files[path]} for path in batch})
        done += len(batch)
        progress(target.name, done, len(due))
    journal.compact()
    return tuple(due)


def due_at(delivered: Delivered, journal: Journal) -> tuple[str, ...]:
    """What `deliver` may want to send, as far as is known here; where nothing is known, everything."""
    noted = journal.entries
    return tuple(one for one, digest in delivered.files.items() if noted.get(one, {}).get("sha256") != digest)


def waves(
    paths: Iterable[str], stages: Mapping[str, Stage], is_new: Callable[[str], bool]
) -> Iterator[tuple[str, ...]]:
    """Groups of files of which none names one of a later group: by stage, and in each what is new first.

    A variant is as new as its plain file, since it names the same, and comes before it: none is ever the older one.
    """

    def turn(path: str) -> tuple[Stage, bool, bool]:
        plain = plain_of(path)
        return stages[path], not is_new(plain), plain == path

    for _, wave in groupby(sorted(paths, key=turn), key=turn):
        yield tuple(wave)


def orphans(delivered: Delivered, site: Path) -> tuple[str, ...]:
    """Files of ``site/`` that nothing makes any more: left where they are, since readers may hold their address.

    Assets of an earlier theme are no orphans: pages in readers' hands and caches name them.
    """
    found = sorted(one.relative_to(site).as_posix() for one in site.rglob("*") if one.is_file())
    return tuple(one for one in found if one not in delivered.files and not is_superseded(site, one))


def _without(files: Sequence[tuple[str, bytes]], leaks: Sequence[Leak]) -> Iterator[tuple[str, bytes]]:
    held = {one.path for one in leaks}
    return ((path, data) for path, data in files if plain_of(path) not in held)


def _settle_variants(paths: Sequence[str], journal: Journal, remove: Callable[[Sequence[str]], None]) -> None:
    """Takes away compressed variants where they are no longer made: a server would give them for what they were.

    That there may be some is noted before the first of them is written, so that a run which is killed leaves none.
    Where nothing is known of a place, all that may be there are named; what nothing makes any more is then left.
    """
    if any(plain_of(path) != path for path in paths):
        if _VARIANTS not in journal.entries:
            journal.note({_VARIANTS: {}})
    elif _VARIANTS in journal.entries or not is_any_known(journal, paths):
        noted = (path for path in journal.entries if plain_of(path) != path)  # also of what is not made any more
        surplus = tuple(dict.fromkeys((*noted, *(variant for path in paths for variant in variants_of(path)))))
        remove(surplus)
        journal.drop((*surplus, _VARIANTS))


def _is_known(step: Planned, journal: Journal | Ahead) -> bool:
    return all(plain_of(path) in journal.entries for path in step.paths)


def _together(batch: Sequence[Planned], made: Iterator[Made]) -> Iterator[list[tuple[Planned, Made]]]:
    """With what comes of each, and so many as may be open at once and in memory."""
    some, count, size = list[tuple[Planned, Made]](), 0, 0
    for step, one in zip(batch, made, strict=False):
        some.append((step, one))
        count, size = count + len(one.files), size + sum(map(len, one.files))
        if count >= _OPEN or size >= _BYTES:
            yield some
            some, count, size = [], 0, 0
    if some:
        yield some


def _remove(site: Path, paths: Sequence[str]) -> None:
    for path in paths:
        if (site / path).is_file():
            remove_file(site / path)


def _is_gap(site: Path, leaks: Sequence[Leak], stage: Stage) -> bool:
    return stage > Stage.PAGE and any(not (site / one.path).exists() for one in leaks)


def there(site: Path, paths: Iterable[str]) -> Iterator[str]:
    """Those of the paths at which something is."""
    return (path for path in paths if os.path.lexists(f"{site}/{path}"))  # A Path takes longer than the question.


def _stands(root: str, step: Planned, journal: Journal | Ahead, looks: Looks) -> bool:
    for path in step.paths:
        noted = journal.entries.get(path)
        if noted is None or noted.get("made_of") != step.fingerprint:
            return False
        if isinstance(journal, Ahead):
            continue
        if path not in looks:
            looks[path] = look(root + path)
        if noted.get("stat") != looks[path]:
            return False
    return True


def look(path: str) -> list[int] | None:
    """What the journal has of a file that stands: its LOOK."""
    try:
        found = os.stat(path)  # noqa: PTH116  # Of every file of the site: a Path takes as long as the question.
    except OSError:
        return None
    return [*LOOK(found)]
