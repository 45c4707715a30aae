"""The portal's own words and their English ones: what templates and code say, against ``locale/en``'s portal.po.

``python tooling/messages/collecting.py`` brings the catalogue up to date: what nobody says any more leaves it, what is
new comes to its end without words, for a person to write them; then both domains are compiled. A test asks for all.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from greenchannel.desk.metadata import LABELS
from greenchannel.desk.policies import shipped, shipped_ids
from greenchannel.domain import attachment, vocabulary
from greenchannel.portal.wording import DOMAIN, ENGLISH, LOCALE

HOME = Path(__file__).parents[2]
CATALOGUE = LOCALE / ENGLISH / "LC_MESSAGES" / f"{DOMAIN}.po"
CHINESE = LOCALE / "zh" / "LC_MESSAGES" / "greenchannel.po"
# Closed sets whose members are named on pages in English; the others stand on the desk only.
TERMS = (
    *(vocabulary.ReleaseType, vocabulary.Category, vocabulary.IncidentClass, vocabulary.Verdict),
    *(vocabulary.ChangeKind, vocabulary.Duty, vocabulary.Clock, vocabulary.Force, vocabulary.Doubt),
    vocabulary.HearingAccess,
)


def said() -> Iterator[str]:
    """Every text that a page may ask the catalogue for."""
    templates = [("**.html", "jinja2")]
    code = [("**.py", "python")]
    for folder, method in ((HOME / "templates", templates), (HOME / "tooling/greenchannel/portal", code)):
        found = extract_from_dir(folder, method, {"**.html": {"newstyle_gettext": "true"}}, {"_": None, "say": None})
        yield from (text for _, _, text, _, _ in found if isinstance(text, str))
    yield from (member.zh for kind in TERMS for member in kind)
    yield from (kind.zh for kind in attachment.Kind)
    yield from LABELS
    yield from (policy.title for one in shipped_ids() if (policy := shipped(one)))


def written(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=path.stem)


def renew() -> list[str]:
    """Writes the catalogue; the texts that have no English words yet."""
    known = written(CATALOGUE, ENGLISH)
    texts = set(said())
    kept = [one for one in known if one.id in texts]
    fresh = Catalog(ENGLISH, DOMAIN, known.header_comment, fuzzy=False)
    fresh.mime_headers = known.mime_headers
    for one in kept:
        fresh.add(one.id, one.string)
    for text in sorted(texts - {one.id for one in kept}):
        fresh.add(text, "")
    with CATALOGUE.open("wb") as file:
        write_po(file, fresh, omit_header=False, width=0)
    return [str(one.id) for one in fresh if one.id and not one.string]


def compile_all() -> None:
    for path, language in ((CATALOGUE, ENGLISH), (CHINESE, "zh")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, written(path, language))


if __name__ == "__main__":
    for text in renew():
        print(f"no English words yet: {text}")  # noqa: T201  # A script's own report.
    compile_all()
