"""``mkdocs.yml`` as the newsroom's settings: the site's own keys and ``extra: greenchannel:``.

Nothing is invented: a footer entry that is not set is not shown.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from greenchannel.desk.addresses import is_web_address
from greenchannel.desk.columns import read_columns
from greenchannel.desk.frontmatter import Mapping, Node, read_yaml
from greenchannel.desk.furniture import FooterEntry, code_of, read_footer
from greenchannel.desk.metadata import IndexNumbers, read_index_numbers, read_labels
from greenchannel.desk.places import SITE, Place, read_places
from greenchannel.desk.schema import read_fields
from greenchannel.domain.diagnostic import SETTINGS_FILE
from greenchannel.domain.errors import SettingsError
from greenchannel.domain.policy import DEFAULT

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_SWITCH = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_KNOWN = frozenset(
    (
        "organisation",
        "language",
        "utc_offset",
        "tag",
        "email",
        "site_id_code",
        "footer",
        "columns",
        "policy",
        "advisory",
        "targets",
        "websub",
        "heartbeat",
        "precompress",
        "metadata",
        "index_number",
        "editor",
        "english_name",
        "english_organisation",
    )
)


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
    nav: tuple[tuple[str, str], ...]  # title and address, below the root, of the hand-written pages that nav names
    footer: tuple[FooterEntry, ...]
    columns: MappingOf[str, timedelta | None]  # how long a column may go without anything new
    policy: str  # the id of the policy that decides
    advisory: tuple[str, ...]  # ids of policies shown beside it, never deciding

    targets: tuple[Place, ...]  # every place where site/ is put
    websub: tuple[str, ...]  # hubs that are told when a feed changed
    heartbeat: bool  # whether there is a test stream
    precompress: bool  # whether each text file has compressed variants beside it
    metadata: tuple[str, ...]  # labels of a release's table, in its order
    index_number: IndexNumbers | None
    editor: str  # 责任编辑, as the public is to read it; empty where it is not shown
    english_name: str  # of the site, empty where it has none
    english_organisation: str

    def site_name(self, language: str) -> str:
        return self.english_name if language == "en" and self.english_name else self.name

    def organisation_name(self, language: str) -> str:
        return self.english_organisation if language == "en" and self.english_organisation else self.organisation

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
        return self.home / SITE


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
    fields, _ = read_fields(source.front, {})  # Labels of the footer stay as they are written.
    ours: MappingOf[str, Any] = (fields.get("extra") or {}).get("greenchannel") or {}
    if unknown := sorted(set(ours) - _KNOWN):
        raise SettingsError("{path}: unknown under extra.greenchannel: {keys}", path=path, keys=", ".join(unknown))
    missing = [key for key in ("site_name", "site_url") if not fields.get(key)]
    missing += [f"extra.greenchannel.{key}" for key in ("organisation", "tag", "email") if not ours.get(key)]
    if missing:
        raise SettingsError("{path}: missing: {keys}", path=path, keys=", ".join(missing))
    if not is_web_address(fields["site_url"]):
        raise SettingsError(
            "{path}: site_url must be an address such as https://news.shili.example/, not {value}",
            path=path,
            value=fields["site_url"],
        )
    footer = read_footer(_below(source.front, "extra", "greenchannel", "footer"), ours.get("site_id_code") or "", path)
    return Settings(
        home=home,
        name=_line(fields["site_name"]),
        url=fields["site_url"].rstrip("/") + "/",
        organisation=_line(ours["organisation"]),
        language=ours.get("language", "zh"),
        zone=_zone(str(ours.get("utc_offset", "+08:00")), path),
        tag=ours["tag"],
        email=ours["email"],
        nav=tuple(_nav(fields.get("nav"))),
        site_id_code=code_of(footer),
        footer=footer,
        columns=read_columns(_below(source.front, "extra", "greenchannel", "columns"), path),
        policy=str(ours.get("policy") or DEFAULT),
        advisory=_names(ours.get("advisory"), path),
        websub=_hubs(ours.get("websub"), path),
        heartbeat=_switch(ours.get("heartbeat"), path, "heartbeat"),
        precompress=_switch(ours.get("precompress"), path, "precompress"),
        metadata=read_labels(ours.get("metadata"), path),
        index_number=read_index_numbers(ours.get("index_number"), path),
        editor=str(ours.get("editor") or ""),
        english_name=_line(ours.get("english_name") or ""),
        english_organisation=_line(ours.get("english_organisation") or ""),
        targets=read_places(ours.get("targets") or {SITE: {"directory": SITE}}, path),
    )


def _nav(value: Any) -> Iterator[tuple[str, str]]:  # Any: what YAML holds
    """MkDocs' `nav`, its sections laid flat; an entry without a title is left to MkDocs."""
    for entry in value if isinstance(value, list) else ():
        for title, page in entry.items() if isinstance(entry, dict) else ():
            if isinstance(page, list):
                yield from _nav(page)
            elif str(page).endswith(".md"):
                stem = str(page).removesuffix(".md")
                yield str(title), "" if stem == "index" else f"{stem.removesuffix('/index')}/"


def _below(node: Node, *keys: str) -> Node | None:
    """As it is written: labels of a footer must not be taken for keys of documents."""
    for name in keys:
        entries = node.entries if isinstance(node, Mapping) else ()
        found = next((value for key, value in entries if key.text == name), None)
        if found is None:
            return None
        node = found
    return node


def _line(value: Any) -> str:  # Any: what YAML holds
    """A name stands on one line, however it was folded."""
    return " ".join(str(value).split())


def _hubs(value: Any, path: Path) -> tuple[str, ...]:  # Any: what YAML holds
    """Plain http is for a hub of one's own network only, which the keeper of the settings has to know."""
    hubs = value if isinstance(value, list) else [value] if value else []
    for one in hubs:
        if not is_web_address(one):
            raise SettingsError(
                "{path}: websub must be a list of addresses such as https://hub.shili.example/", path=path
            )
    return tuple(hubs)


def _switch(value: Any, path: Path, key: str) -> bool:  # Any: what YAML holds
    """Off when it is not set."""
    if value not in (None, "", *_SWITCH):
        raise SettingsError("{path}: {key} must be true or false", path=path, key=key)
    return bool(value) and _SWITCH[value]


def _names(value: Any, path: Path) -> tuple[str, ...]:  # Any: what YAML holds
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise SettingsError("{path}: advisory must be a list of policy ids", path=path)
    return tuple(value or ())


def _zone(text: str, path: Path) -> timezone:
    found = _OFFSET.fullmatch(text)
    if not found:
        raise SettingsError("{path}: utc_offset must look like +08:00, not {text}", path=path, text=text)
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(offset if found[1] == "+" else -offset)
