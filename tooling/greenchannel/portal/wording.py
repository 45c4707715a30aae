"""The words of the theme in a page's language: gettext with the Chinese texts of the templates as they stand.

A theme's maker reads and writes Chinese; a language without a catalogue shows what the template says.
"""

import gettext
from functools import cache
from pathlib import Path

import jinja2

LOCALE = Path(__file__).parent.parent / "locale"
DOMAIN = "portal"


@cache
def words(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=True)


def speak(environment: jinja2.Environment, language: str) -> None:
    """`_('…')` in the templates of this environment, which must not have compiled any yet."""
    environment.add_extension("jinja2.ext.i18n")
    # Mypy does not know what the extension adds.
    environment.install_gettext_translations(words(language), newstyle=True)  # type: ignore[attr-defined]
