"""Tables, on the terminal and in RESULTS.md, where each section says on which machine, when and of which versions."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
RESULTS_PROVINCE = Path(__file__).with_name("RESULTS-province.md")
_TITLES = {
    RESULTS: "# What was measured\n\nWritten by `make bench` and `make bench-peers`; edits are lost.\n",
    RESULTS_PROVINCE: "# What a province costs\n\nWritten by `make bench-province`; edits are lost.\n",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """As Markdown; the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def megabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def write_section(title: str, versions: str, notes: str, lines: Sequence[str], results: Path = RESULTS) -> None:
    """Prints it, and puts it in the place of the section with this title."""
    text = "\n".join([f"{_machine()}; {versions}.", "", *([notes, ""] if notes else []), *lines, ""])
    print(f"\n{title}\n\n{text}", flush=True)
    old = results.read_text("utf-8") if results.exists() else _TITLES[results]
    head, *parts = old.split("\n## ")
    sections = {one.partition("\n")[0]: one.partition("\n")[2] for one in parts}
    sections[title] = f"\n{text}"
    results.write_text("\n## ".join([head, *(f"{name}\n{body}" for name, body in sections.items())]), "utf-8")


def own_version() -> str:
    """The commit, and whether files differ from it."""
    git = ["git", "-C", str(Path(__file__).parent)]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "../../tooling", "../../templates"], check=False)
    suffix = " and changes" if changed.returncode else ""
    return f"Greenchannel {commit.strip() or '(no commit)'}{suffix}, Python {platform.python_version()}"


def _machine() -> str:
    known = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in known if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    now = datetime.now(UTC)
    load = os.getloadavg()[2]
    return (
        f"{now:%Y-%m-%d %H:%M} UTC on {model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, load of the last quarter of an hour {load:.1f}"
    )
