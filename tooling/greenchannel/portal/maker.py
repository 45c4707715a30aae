"""The programs that make pages, as a fingerprint: a new version of one makes every page anew."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

from greenchannel.portal.plan import fingerprint

_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("domain", "desk", "record", "portal")
_LIBRARIES = ("feedgen", "icalendar", "jinja2", "lxml", "markdown", "nh3", "pillow")


@cache
def maker() -> str:
    """Our own text in every room that a page is made of, what lies beside it, and the versions of what they use."""
    ours = (one for room in _ROOMS for one in sorted((_PACKAGE / room).rglob("*")) if one.suffix != ".pyc")
    return fingerprint(
        *(one.read_bytes() for one in ours if one.is_file()), *(version(one) for one in _LIBRARIES)
    )
