"""``mkdocs.yml`` as the newsroom's settings: the site's own keys and ``extra: greenchannel:``.

Nothing is invented: a footer entry that is not set is not shown.
"""

import os
import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from greenchannel.desk.frontmatter import read_yaml
from greenchannel.desk.schema import read_fields
from greenchannel.domain.diagnostic import SETTINGS_FILE
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.policy import DEFAULT

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_TARGET = re.compile(r"[a-z0-9-]{1,40}")
_OURS = ("content", "releases", "templates", "tooling", ".greenchannel", ".git")
_KNOWN = frozenset(
    (
        "organisation",
        "language",
        "utc_offset",
        "tag",
        "email",
        "site_id_code",
        "footer",
        "policy",
        "advisory",
        "targets",
    )
)


class SettingsError(GreenchannelError):
    """mkdocs.yml cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`tag` is the authority and date of the ids (RFC 4151): it never changes, whatever the site's address does."""

    home: Path
    name: str
    url: str
    organisation: str
    language: str
    zone: timezone
    tag: str
    email: str
    site_id_code: str
    footer: tuple[tuple[str, str], ...]
    policy: str  # the id of the policy that decides
    advisory: tuple[str, ...]  # ids of policies shown beside it, never deciding

    targets: tuple[tuple[str, Path], ...]  # name and folder of every place where site/ is put

    @property
    def root(self) -> str:
        return urlsplit(self.url).path or "/"

    @property
    def content(self) -> Path:
        return self.home / "content"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def templates(self) -> Path:
        return self.home / "templates"

    @property
    def site(self) -> Path:
        return self.home / "site"


def read_settings(home: Path) -> Settings:
    """Raises SettingsError where mkdocs.yml is missing or lacks what ids and addresses are made of."""
    path = home / SETTINGS_FILE
    if not path.is_file():
        raise SettingsError(
            "{path}: not found; run greenchannel in a newsroom's folder, or name it with --home", path=path
        )
    source = read_yaml(path.read_bytes())
    if source.front is None:
        fault = source.faults[0]
        raise SettingsError(
            "{path}:{line}:{column}: this is not YAML that can be used ({kind} {detail})",
            path=path,
            line=fault.span.line,
            column=fault.span.column,
            kind=fault.kind.value,
            detail=fault.detail,
        )
    fields, _ = read_fields(source.front)
    ours: MappingOf[str, Any] = (fields.get("extra") or {}).get("greenchannel") or {}
    if unknown := sorted(set(ours) - _KNOWN):
        raise SettingsError("{path}: unknown under extra.greenchannel: {keys}", path=path, keys=", ".join(unknown))
    missing = [key for key in ("site_name", "site_url") if not fields.get(key)]
    missing += [f"extra.greenchannel.{key}" for key in ("organisation", "tag", "email") if not ours.get(key)]
    if missing:
        raise SettingsError("{path}: missing: {keys}", path=path, keys=", ".join(missing))
    return Settings(
        home=home,
        name=fields["site_name"],
        url=fields["site_url"].rstrip("/") + "/",
        organisation=ours["organisation"],
        language=ours.get("language", "zh"),
        zone=_zone(str(ours.get("utc_offset", "+08:00")), path),
        tag=ours["tag"],
        email=ours["email"],
        site_id_code=ours.get("site_id_code", ""),
        footer=tuple((str(label), str(value)) for label, value in (ours.get("footer") or {}).items()),
        policy=str(ours.get("policy") or DEFAULT),
        advisory=_names(ours.get("advisory"), path),
        targets=_targets(ours.get("targets") or {"site": {"directory": "site"}}, path),
    )


def _names(value: Any, path: Path) -> tuple[str, ...]:  # Any: what YAML holds
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise SettingsError("{path}: advisory must be a list of policy ids", path=path)
    return tuple(value or ())


def _targets(value: Any, path: Path) -> tuple[tuple[str, Path], ...]:  # Any: what YAML holds
    """Folders are told from the newsroom's own; none may lie where people write or where the record is kept."""
    home, found = path.parent, []
    for name, place in value.items() if isinstance(value, dict) else ():
        if not _TARGET.fullmatch(name) or not isinstance(place, dict) or list(place) != ["directory"]:
            raise SettingsError(
                "{path}: targets: {name}: write it as {name}: {{directory: ../www}}", path=path, name=name
            )
        folder = Path(os.path.normpath(home / str(place["directory"])))
        if any(folder.is_relative_to(home / one) for one in _OURS) or home.is_relative_to(folder):
            raise SettingsError(
                "{path}: targets: {name}: {folder} is where the newsroom itself is kept",
                path=path,
                name=name,
                folder=folder,
            )
        if (name == "site") != (folder == home / "site"):
            raise SettingsError(
                "{path}: targets: {name}: the name site and the folder site go together", path=path, name=name
            )
        found.append((name, folder))
    if not found:
        raise SettingsError("{path}: targets must name places, such as mirror: {{directory: ../www}}", path=path)
    return tuple(found)


def _zone(text: str, path: Path) -> timezone:
    found = _OFFSET.fullmatch(text)
    if not found:
        raise SettingsError("{path}: utc_offset must look like +08:00, not {text}", path=path, text=text)
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(offset if found[1] == "+" else -offset)
