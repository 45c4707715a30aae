"""The programs that make pages, as a fingerprint: a new version of one makes every page anew."""

import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from greenchannel.portal.plan import fingerprint
from greenchannel.record.canonical import sha256

_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("domain", "desk", "record", "portal")
_LIBRARIES = ("feedgen", "icalendar", "jinja2", "lxml", "markdown", "msgspec", "nh3", "orjson", "pillow")


@cache
def maker() -> str:
    """Our own text in every room that a page is made of, what lies beside it, and the versions of what they use."""
    return fingerprint([sha256(one) for one in _ours()], [version(one) for one in _LIBRARIES])


def _ours() -> Iterator[bytes]:
    for room in _ROOMS:
        for folder, _, names in sorted(os.walk(_PACKAGE / room)):
            for name in sorted(names):
                if not name.endswith(".pyc"):
                    yield Path(folder, name).read_bytes()
