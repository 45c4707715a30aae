"""Which newsrooms are measured, and where they are kept.

Nothing large is imported here or in what measures: a process starts with the peak of memory of the one that started it.
"""

import os
import subprocess
import sys
from pathlib import Path

FORMAT = 2  # of newsrooms.py: another one makes another newsroom
DRAFTS = tuple(f"2026/jinri-{number}/fact-1" for number in range(1, 13))

BUILD = Path(__file__).parents[2] / "build/bench"


def sizes() -> list[int]:
    """Numbers of public releases, from ``SIZES="1000 10000 100000"``."""
    return [int(one) for one in os.environ.get("SIZES", "1000 10000").split()]


def newsroom(size: int) -> Path:
    """The newsroom of that size, made once; nobody changes it."""
    home = BUILD / f"{size}-{FORMAT}"
    if not home.exists():
        print(f"making a newsroom of {size:,} releases", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name("newsrooms.py"), str(size), home], check=True)
    return home
