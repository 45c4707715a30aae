"""Messages in the language of whoever reads them: gettext catalogues below locale/, English in the code."""

import errno
import gettext
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.message import Message, message

LOCALE = Path(__file__).parent / "locale"


@cache
def translator(language: str) -> Callable[[str], str]:
    """A language without a catalogue reads the English of the code."""
    return gettext.translation("greenchannel", LOCALE, languages=[language], fallback=True).gettext


# What an officer can do something about; anything else keeps the system's words.
_SYSTEM: Mapping[int, Message] = {
    errno.ENOSPC: message("the disk is full"),
    errno.EDQUOT: message("the quota of the disk is used up"),
    errno.EROFS: message("the disk can only be read"),
    errno.EACCES: message("not allowed to read or write it"),
    errno.EPERM: message("not allowed to read or write it"),
    errno.EIO: message("the disk does not answer properly (input/output error)"),
    errno.ENOENT: message("not found"),
    errno.EEXIST: message("exists already; it was not overwritten"),
    errno.ENOTDIR: message("a file stands where a folder is expected"),
    errno.EISDIR: message("a folder stands where a file is expected"),
    errno.ENAMETOOLONG: message("the name is too long"),
    errno.EADDRINUSE: message("the port is in use; choose another with --port"),
}


def problem_text(error: GreenchannelError | OSError, translate: Callable[[str], str]) -> str:
    """What went wrong outside, for people: never a traceback."""
    if isinstance(error, GreenchannelError):
        return error.in_language(translate)
    known = _SYSTEM.get(error.errno or 0)
    words = known.in_language(translate) if known else os.strerror(error.errno) if error.errno else str(error)
    return f"{error.filename}: {words}" if error.filename else words
