"""The portal's own words in a page's language: gettext with the Chinese texts of templates and code as they stand.

Who writes a theme reads and writes Chinese; a language without a catalogue shows what the Chinese says. Words of the
code are marked by `say("…")`, those of the templates by `_('…')`; names of terms (回应, 更正) need no mark.
"""

import gettext
import re
from functools import cache
from pathlib import Path

import jinja2

LOCALE = Path(__file__).parent.parent / "locale"
DOMAIN = "portal"
CHINESE, ENGLISH = "zh", "en"


_SAID = re.compile(r"\{\{ _\('([^'\\%{}]+)'\) \}\}")


@cache
def words(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=True)


def phrase(language: str, text: str, /, **values: object) -> str:
    """The text in that language, with the values in their places: ``%(number)s``."""
    found = words(language).gettext(text) if text else ""  # The empty key is the catalogue's own head.
    return found % values if values else found


def catalogue_bytes(language: str) -> bytes:
    """The compiled words, of which every page of the language is made."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    return path.read_bytes() if path.is_file() else b""


def speak(environment: jinja2.Environment, language: str) -> None:
    """`_('…')` in the templates of this environment, which must not have compiled any yet."""
    environment.add_extension("jinja2.ext.i18n")
    # Mypy does not know what the extension adds.
    environment.install_gettext_translations(words(language), newstyle=True)  # type: ignore[attr-defined]


def spoken(template: str, language: str) -> str:
    """The same template with the phrases said in it that no value is put into: each page would ask for them again.

    A quarter of the time that it takes to make a page went into that.
    """

    def said(found: re.Match[str]) -> str:
        text = phrase(language, found[1])
        return found[0] if re.search("[%{}]", text) else text  # What may mean something to the template is left to it.

    return _SAID.sub(said, template)
