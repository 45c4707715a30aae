"""What the system tells of a file without opening it: enough to know that it is still the one that was read.

Inode, size, time of change of the content and of the file; no program sets the last one at will.
"""

import os
import stat
import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any

# Any: a tuple of these numbers
SEEN: Callable[[os.stat_result], Any] = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
_SETTLED_SECONDS = 2  # A file that is younger may change once more within one tick of the system's clock.


def seen(path: str) -> list[int] | None:
    """None where no regular file is; links are not followed."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return look_of(found)


def look_of(found: os.stat_result) -> list[int]:
    return [*SEEN(found)]


def is_settled(path: str, before: list[int] | None, clock: Callable[[], float] = time.time) -> bool:
    """Whether what was read of a file since it looked like `before` will be known by that again.

    `clock` (Unix time, seconds) is the system's, which stamped the file; the newsroom's own may be set or scripted.
    """
    return seen(path) == before and (before is None or is_old(before, clock))


def is_old(look: list[int], clock: Callable[[], float] = time.time) -> bool:
    """Whether the next change will make another look of it; of a folder, what comes into it or goes."""
    return look[-1] < (clock() - _SETTLED_SECONDS) * 1e9
