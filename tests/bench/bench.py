"""How long an officer waits: whole processes on generated newsrooms, in medians, with the peak of memory.

``make bench`` prints the table and writes it to RESULTS.md; nothing here asserts a time, but everything asserts what
came of a command. ``SIZES="1000 10000 100000"`` chooses the newsrooms, which are made once and kept in build/bench.
Stopped by Ctrl-C, it writes down what it has measured.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from measuring import Sample, aside, medians, sample, tidied
from ours import cold, copied, greenchannel, preview_draft, publish, publish_draft, watch_drafts
from results import megabytes, own_version, seconds, table, write_section
from sizes import DRAFTS, sizes

AT = "2026-11-24T10:00+08:00"  # The newest incidents are open then.
HEAD = ("what", "s", "pages and feed out, s", "processor s", "peak MB", "runs")
NOTES = """\
Medians of whole processes, with the peak of the largest process. *Pages and feed out*: from the start until the page
and `feeds/all.json` are on disk; the search index comes after them. `precompress` (variants for web servers) is off;
ten incidents are open. Of several runs the first may remember something for the others: the first `check` of one file
where nothing was checked before reads all of the desk."""
STOPPED = " Stopped before all was measured: what is missing below was not."


def measures(home: Path, size: int) -> Iterator[tuple[str, Callable[[], Sample]]]:
    """In this order: what comes later needs the site, or changes the newsroom."""
    newest = _published(home)[-1]
    one = f"content/incidents/{newest}.md"
    yield "`--help`", lambda: medians(lambda _: sample(greenchannel("--help"), home, {}))
    asked = {
        "`check` of one file": ("check", one, "--at", AT),
        "`check`": ("check", "--at", AT),
        "`due`": ("due", "--at", AT),
        "`verify`": ("verify",),
    }

    def asking(name: str) -> Sample:
        return medians(lambda _: sample(greenchannel(*asked[name]), home, {}, (0, 1)))

    for name in asked:
        yield f"{name}, nothing built yet", partial(asking, name)
    yield "`build`, all anew, with the search index", lambda: medians(lambda _: cold(home, size))
    yield "`build`, nothing to do", lambda: medians(lambda _: sample(greenchannel("build"), home, {}))
    for name in asked:
        yield f"{name}, with what a build remembers", partial(asking, name)
    yield "the search index alone, all anew", lambda: medians(lambda _: _index(home))
    yield "`publish` of one release", lambda: medians(partial(publish_draft, home), 5)
    yield "`publish` of one correction", lambda: medians(partial(_correct, home))
    yield "`watch`: approval saved to page and feed out", lambda: watch_drafts(home, 5, 5)
    preview = cache(partial(preview_draft, home, 5))
    yield "`serve`: draft saved to its page served", lambda: preview()[0]
    yield "`serve`: draft saved to page and feed served", lambda: preview()[1]
    yield "`build` after a change of the theme", lambda: medians(partial(_retheme, home, newest))


def _index(home: Path) -> Sample:
    """As the unattended channel makes it: with what is left of the processor."""
    entry = home / "site/search/index/entry.json"
    aside(entry.parent, home / ".greenchannel/search", home / ".greenchannel/search.journal.jsonl")
    return sample([sys.executable, "-m", "greenchannel.cli.index_process", home], home, {entry: "}"})


def _correct(home: Path, number: int) -> Sample:
    release = _published(home)[-2 - number]
    note = f"人数更正为{number}7人。"  # Of many releases a month the feed has summaries, and the note.
    path = home / f"content/incidents/{release}.md"
    old = path.read_text("utf-8")
    entry = f"changes:\n  - kind: correction\n    note: {note}"
    path.write_text(old.replace("changes: []", entry) + f"\n经复核，现场人员为{number}7人。\n", "utf-8")
    return publish(home, release, note)


def _retheme(home: Path, release: str, number: int) -> Sample:
    comment = f"<!-- {number} -->"
    with (home / "templates/base.html").open("a", encoding="utf-8") as template:
        template.write(f"{comment}\n")
    pages = (home / "site/index.html", home / f"site/releases/{release}/index.html")
    return sample(greenchannel("build"), home, dict.fromkeys(pages, comment))


def _published(home: Path) -> Sequence[str]:
    """The newest of the generated releases, oldest first, whatever was published since."""
    with (home / "releases/ledger.jsonl").open(encoding="utf-8") as ledger:
        events = map(json.loads, ledger)
        first = (one["id"] for one in events if one["event"] == "published" and one["revision"] == 1)
        return deque((one for one in first if one not in DRAFTS), maxlen=12)


def main() -> None:
    with tidied():
        for size in sizes():
            home, rows, note = copied(size, "work"), list[tuple[str, ...]](), f"{NOTES}{STOPPED}"
            try:
                for name, measure in measures(home, size):
                    found = measure()
                    times = map(seconds, (found.seconds, found.out, found.processor))
                    rows.append((name, *times, megabytes(found.megabytes), str(found.runs)))
                    print("  ".join(rows[-1]), flush=True)
                note = NOTES
            finally:  # An hour of measuring is not lost to whoever stops it, or to what failed.
                write_section(f"{size:,} releases", own_version(), note, table(HEAD, rows))
            aside(home)


if __name__ == "__main__":
    main()
