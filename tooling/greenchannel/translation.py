"""Messages in the language of whoever reads them: gettext catalogues below locale/, English in the code."""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


@cache
def translator(language: str) -> Callable[[str], str]:
    """A language without a catalogue reads the English of the code."""
    return gettext.translation("greenchannel", LOCALE, languages=[language], fallback=True).gettext
