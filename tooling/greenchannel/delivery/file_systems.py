"""Making durable in one call all that was written to a file system, rather than file by file.

Where many files are new, the waiting for each is most of what it takes to write them. It is done where the call is
known to wait for the disk and to tell of its faults: Linux from 5.8 on (syncfs(2), "VERSIONS"), on its common file
systems for disks. It also waits for what others wrote there meanwhile, so it is not for a few files.
"""

import ctypes
import os
import re
from functools import cache
from pathlib import Path

_KINDS = ("ext4", "xfs")
_SINCE = (5, 8)
_MOUNTS = Path("/proc/self/mountinfo")  # proc_pid_mountinfo(5): ... major:minor ... - kind ...


@cache
def syncs_at_once(device: int) -> bool:
    """`device` is that of a file (`st_dev`)."""
    return _release() >= _SINCE and _kind(f"{os.major(device)}:{os.minor(device)}") in _KINDS


def syncfs(descriptor: int) -> None:
    """Makes durable all of the file system that an open file lies on. Raises OSError."""
    if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _release() -> tuple[int, int]:
    system = os.uname()
    numbers = re.match(r"(\d+)\.(\d+)", system.release)
    return (int(numbers[1]), int(numbers[2])) if numbers and system.sysname == "Linux" else (0, 0)


def _kind(device: str) -> str:
    try:
        mounts = _MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    fields = (line.split() for line in mounts)
    return next((one[one.index("-") + 1] for one in fields if one[2] == device and "-" in one[:-1]), "")
