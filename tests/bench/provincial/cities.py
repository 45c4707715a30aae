"""Newsrooms as cities of a province: made once, worked with in a copy, published in, shown to the web.

A city whose site was built shows that. The others show what a merge reads, at the addresses where a site has it:
ledger, checkpoint and frozen texts, in the bytes that a build gives them. All sites built would measure nothing else.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from greenchannel.delivery.writing import write_file
from greenchannel.portal.addresses import public_path
from greenchannel.record.events import read_events
from greenchannel.record.verification import CHECKPOINT, LEDGER
from sizes import BUILD, FORMAT

_BENCH = Path(__file__).parents[1]
APPROVER = "tan-jingxing"


def names(count: int) -> list[str]:
    return [f"c{number:03}" for number in range(1, count + 1)]


def made(count: int, releases: int) -> dict[str, Path]:
    """The newsrooms by city, each with texts of its own; nobody changes them."""
    folder = BUILD / f"province/{releases}-{FORMAT}"
    for number, name in enumerate(names(count), 1):
        if not (folder / name).exists():
            print(f"making {name}, a newsroom of {releases:,} releases", flush=True)
            folder.mkdir(parents=True, exist_ok=True)
            arguments = (_BENCH / "newsrooms.py", str(releases), folder / name, str(number))
            subprocess.run([sys.executable, *arguments], check=True)
    return {name: folder / name for name in names(count)}


def copied(home: Path, to: Path) -> Path:
    """To work with. Only the ledger is ever added to in place; all other files are replaced whole, so links will do."""
    shutil.copytree(home, to, copy_function=os.link)
    ledger = to / "releases" / LEDGER
    data = ledger.read_bytes()
    ledger.unlink()
    ledger.write_bytes(data)
    return to


def show(home: Path, www: Path) -> None:
    """What a merge reads, at its public addresses: texts, then the ledger, then the checkpoint."""
    releases = home / "releases"
    checkpoint, ledger = ((releases / one).read_bytes() for one in (CHECKPOINT, LEDGER))
    for path in _texts(ledger):
        shown = www / public_path(path)
        if not shown.exists():
            shown.parent.mkdir(parents=True, exist_ok=True)
            shown.hardlink_to(releases / path)
    # As a build does it: never with the time that the file had, or a server would call the new one unchanged.
    now = int(time.time())
    write_file(www / "record" / LEDGER, ledger, changed_at=now)
    write_file(www / "record" / CHECKPOINT, checkpoint, changed_at=now)


def greenchannel(home: Path, *arguments: str, codes: Sequence[int] = (0,)) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "greenchannel", *arguments], cwd=home, check=False, capture_output=True, text=True
    )
    if found.returncode not in codes:
        raise SystemExit(f"{home.name}: {arguments}: exit code {found.returncode}\n{found.stdout}{found.stderr}")


def publish_on_record(home: Path, release: str) -> None:
    """Approved and published by the commands of an officer; the site is not made."""
    greenchannel(home, "approve", release, "--by", APPROVER)
    greenchannel(home, "publish", release, "--record-only")


def _texts(ledger: bytes) -> Iterator[str]:
    """The paths of the frozen texts that are public."""
    for event in read_events(ledger):
        for one in (event, event.get("incident", {})):
            yield from (each["path"] for each in (one, *one.get("translations", ())) if "path" in each)
