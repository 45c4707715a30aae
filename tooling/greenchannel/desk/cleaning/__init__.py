"""Attachments without what nobody should learn from them: the maker's name, the place, earlier wordings.

A file is cleaned in a child process with limits, so that a hostile one can neither hold up nor bring down a release:
at most 1 GB of memory, 10 s of work and 20 s by the clock, no files written. The same bytes in give the same bytes out.
The child's answer is a line, `ok` or the reason why not, and then the cleaned bytes.
"""

import os
import signal
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from greenchannel.desk.cleaning.fault import Fault, unfit
from greenchannel.desk.kinds import Unfit
from greenchannel.domain.attachment import Kind
from greenchannel.domain.errors import GreenchannelError

LIMIT_SECONDS = 20.0  # Of the clock, for a file whose work is small but whose machine is busy.
READY = b"ready\n"
_ENDED_BY = {-signal.SIGXCPU: Fault.TIME, -signal.SIGKILL: Fault.MEMORY}  # The second: by a system short of memory.
_SOURCE_ROOT = Path(__file__).resolve().parents[3]


def clean(kind: Kind, data: bytes, name: str, *, limit_seconds: float = LIMIT_SECONDS) -> bytes | Unfit:
    """Raises GreenchannelError where the child does not even start: that is not the file's fault."""
    paths = [str(_SOURCE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(  # noqa: S603  # Our own module; the file comes by standard input.
            [sys.executable, "-P", "-m", "greenchannel.desk.cleaning", kind.value],
            input=data,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            timeout=limit_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return unfit(Fault.TIME, name)
    if not done.stdout.startswith(READY):
        problem = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise GreenchannelError("the program that cleans attachments did not start: {problem}", problem=problem)
    answer, _, cleaned = done.stdout.removeprefix(READY).partition(b"\n")
    if answer == b"ok" and done.returncode == 0:
        return cleaned
    fault = next((one for one in Fault if one.value.encode() == answer), None)
    return unfit(fault or _ENDED_BY.get(done.returncode, Fault.FAILED), name)


@cache
def cleaner() -> str:
    """The programs that clean, by their text and their versions: results of others are not believed."""
    ours = sorted(Path(__file__).parent.glob("*.py"))
    texts = b"".join(one.read_bytes() for one in ours)
    return sha256(texts + "".join(f"{one} {version(one)}\n" for one in ("pikepdf", "pillow")).encode()).hexdigest()
