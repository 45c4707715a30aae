"""The portal's own words in a page's language: gettext with the Chinese texts of templates and code as they stand.

Who writes a theme reads and writes Chinese; a language without a catalogue shows what the Chinese says. Words of the
code are marked by `say("…")`, those of the templates by `_('…')`; names of terms (回应, 更正) need no mark.
"""

import gettext
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import nodes

LOCALE = Path(__file__).parent.parent / "locale"
DOMAIN = "portal"
CHINESE, ENGLISH = "zh", "en"


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


def say_phrases(template: nodes.Template, language: str) -> None:
    """Puts the phrases into a template that it shows without a value: each page would ask for them again.

    A quarter of the time that it takes to make a page went into that. Where the template means something else by ``_``
    it is left as it is.
    """
    if any(_binds(one) for one in template.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport))):
        return
    for output in template.find_all(nodes.Output):
        output.nodes = [_said(one, language) for one in output.nodes]


def _binds(node: nodes.Node) -> bool:
    """Whether a template gives ``_`` another meaning there."""
    match node:
        case nodes.Name(name="_", ctx="store" | "param") | nodes.Macro(name="_") | nodes.Import(target="_"):
            return True
        case nodes.FromImport(names=names):
            return "_" in (one if isinstance(one, str) else one[1] for one in names)
        case _:
            return False


def _said(node: nodes.Expr, language: str) -> nodes.Expr:
    match node:
        case nodes.Call(
            node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], kwargs=[], dyn_args=None, dyn_kwargs=None
        ) if "%" not in (said := phrase(language, text)):
            return nodes.TemplateData(said, lineno=node.lineno)
        case _:
            return node
