"""Other site generators beside Greenchannel, on the same texts: a build of everything, and one release more.

``make bench-peers`` installs them into build/bench/peers, prints the table and writes it to RESULTS.md. Each has a page
of each release, lists by department and by type with 20 a page, a home page and a feed of the newest 50; a result
counts when page and feed hold the new release. ``SIZES="1000 10000 100000"`` chooses the newsrooms, and arguments which
generators: ``peers.py Greenchannel Hugo``. Without our own there are no ratios.
"""

import sys
from dataclasses import dataclass
from functools import partial

from measuring import Sample, aside, medians, tidied
from ours import cold, copied, preview_draft, publish_draft, watch_drafts
from peer_sites import ALL, Peer, install
from results import megabytes, own_version, seconds, table, write_section
from sizes import sizes

COLD, MORE = ("all anew, s", "x ours", "processor s"), ("one release more, s", "x ours", "processor s")
HEAD = ("", *COLD, *MORE, "watching, s", "x ours", "preview, s", "x ours", "peak MB", "runs")
OURS = "Greenchannel"
NOTES = """\
Medians of whole processes, with the peak of the largest process over all of them; a ratio above 1 is slower than ours.
*One release more*: a fresh process (Pelican with its cache). *Watching*: from the file being saved until page and feed
are on disk. *Preview*: from the file being saved until page and feed are served from memory, all lists being right.
Ratios are to the second line: `build` and `publish` until pages, lists and feeds are on disk; the first
line waits for the search index, too, which no peer makes. Ours also has pages of incidents, revisions and columns,
machine-readable twins, share cards, attachments, feeds of each department, type and incident, and a record that is
verified, and it waits until the disk has what it wrote; the peers do none of that, except that Nikola has feeds of
departments and types, and an index of everything. Ours has `precompress` off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was measured of one generator."""

    name: str
    cold: Sample
    more: Sample
    watching: Sample
    preview: Sample


def our_lines(size: int) -> tuple[Line, Line]:
    """To the end of the processes, and until readers have it."""
    home = copied(size, "beside-peers")
    whole = Line(
        name="Greenchannel, with the search index",
        cold=medians(lambda _: cold(home, size)),
        more=medians(partial(publish_draft, home), 5),
        watching=watch_drafts(home, 5, 3),
        preview=preview_draft(home, 5)[1],
    )
    aside(home)
    out = Line(
        name="Greenchannel, pages and feeds out",
        cold=_until_out(whole.cold),
        more=_until_out(whole.more),
        watching=whole.watching,
        preview=whole.preview,
    )
    return whole, out


def peer_line(peer: Peer, size: int) -> Line:
    home = peer.home(size)
    line = Line(
        name=peer.version(),
        cold=medians(lambda _: peer.cold(home, size)),
        more=medians(partial(peer.publish, home)),
        watching=peer.watch(home, 5, 3) if peer.watching else Sample(),
        preview=peer.preview(home, 8, 5) if peer.previewing else Sample(),
    )
    aside(home)
    return line


def _until_out(one: Sample) -> Sample:
    return Sample(seconds=one.out, megabytes=one.megabytes, runs=one.runs)


def cells(line: Line, ours: Line | None) -> tuple[str, ...]:
    def with_ratio(value: float | None, base: float | None) -> tuple[str, str]:
        return seconds(value), f"{value / base:.2f}" if value and base else ""

    return (
        line.name,
        *with_ratio(line.cold.seconds, ours.cold.seconds if ours else None),
        seconds(line.cold.processor),
        *with_ratio(line.more.seconds, ours.more.seconds if ours else None),
        seconds(line.more.processor),
        *with_ratio(line.watching.out, ours.watching.out if ours else None),
        *with_ratio(line.preview.out, ours.preview.out if ours else None),
        megabytes(max(one.megabytes or 0 for one in (line.cold, line.more, line.watching, line.preview))),
        ", ".join(str(one.runs) for one in (line.cold, line.more, line.watching, line.preview) if one != Sample()),
    )


def main() -> None:
    install()
    chosen = sys.argv[1:] or [OURS, *(one.name for one in ALL)]
    missing = [one.name for one in ALL if one.program() is None]
    with tidied():
        for size in sizes():
            own = our_lines(size) if OURS in chosen else ()
            ours = own[1] if own else None
            lines = [*own]
            for peer in ALL:
                if peer.name in chosen and peer.name not in missing:
                    lines.append(peer_line(peer, size))
                    print("  ".join(cells(lines[-1], ours)), flush=True)
            rows = [cells(one, ours) for one in lines]
            rows += [(f"{one}: missing", *[""] * (len(HEAD) - 1)) for one in missing]
            versions = ", ".join([own_version(), *(one.name for one in lines[len(own) :])])
            write_section(f"{size:,} releases, beside other generators", versions, NOTES, table(HEAD, rows))


if __name__ == "__main__":
    main()
