"""Names that become addresses: incident ids ``<year>/<slug>`` and release ids ``<year>/<slug>/<name>``.

They are minted once, from the first path of the file, and survive renames.
"""

import re

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
YEAR = re.compile(r"[0-9]{4}")


def is_slug(text: str) -> bool:
    return SLUG.fullmatch(text) is not None


def is_incident_id(text: str) -> bool:
    year, _, slug = text.partition("/")
    return YEAR.fullmatch(year) is not None and is_slug(slug)


def is_release_id(text: str) -> bool:
    incident, _, name = text.rpartition("/")
    return is_incident_id(incident) and is_slug(name)
