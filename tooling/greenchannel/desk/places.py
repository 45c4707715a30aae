"""``extra: greenchannel: targets:`` as the places where ``site/`` is put: a folder, a server by rsync, an object store.

Nothing here may turn into an option, a second command or a path out of the place: what does not look like an address
is refused, and the fault says what to write. Secrets are refused, too: mkdocs.yml is read by everybody. No place may
be, hold or lie in a folder of the newsroom's own, by whatever links; and no two names may mean one place.
"""

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from greenchannel.domain.errors import SettingsError

SITE = "site"
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_OURS = ("content", "releases", "templates", "tooling", ".greenchannel", ".git")
_KINDS: Mapping[str, frozenset[str]] = {
    "directory": frozenset(),
    "rsync": frozenset({"port", "identity", "known_hosts"}),
    "s3": frozenset({"endpoint", "region"}),
}
_SECRET = re.compile(r"(?i)secret|token|pass|credential|key")
_FOLDER = r"[\w.@+=,-]+(?:/[\w.@+=,-]+)*"
_SERVER = re.compile(rf"(?P<host>(?:\w[\w.-]*@)?(?:[a-zA-Z0-9][\w.-]*|\[[0-9a-fA-F:.]+\])):(?P<folder>/{_FOLDER})/?")
_KEY_FILE = re.compile(r"[\w~/.@+=,][\w~/.@+=,-]*")
_STORE = re.compile(rf"(?P<bucket>[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])(?:/(?P<prefix>{_FOLDER}))?/?")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"  # boto3 takes no other host, such as one with underscores.
_ENDPOINT = re.compile(
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[(?P<six>[0-9a-fA-F:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?"
)
_REGION = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPlace:
    """A folder of this machine, as it sees it."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RsyncPlace:
    """A folder of another machine. An empty `identity` or `known_hosts` leaves the choice to ssh."""

    name: str
    host: str  # with the user, where one is named
    folder: str
    port: int = 22
    identity: str = ""
    known_hosts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """A bucket that speaks S3. Without an `endpoint` it is Amazon's."""

    name: str
    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""


Place = DirectoryPlace | RsyncPlace | StorePlace


def read_places(value: Any, path: Path) -> tuple[Place, ...]:  # Any: what YAML holds
    """`path` is that of mkdocs.yml. Raises SettingsError at the first place that cannot be used."""
    home = path.parent.absolute()
    if _meets(home / SITE, home, _OURS):
        raise _ours(SITE, home / SITE, path)
    found = tuple(_place(name, one, path) for name, one in value.items()) if isinstance(value, dict) else ()
    if not found:
        raise SettingsError("{path}: targets must name places, such as mirror: {{directory: ../www}}", path=path)
    _refuse_twins(found, path)
    return found


def _refuse_twins(places: Iterable[Place], path: Path) -> None:
    seen: dict[object, str] = {}
    for one in places:
        if (other := seen.setdefault(spot(one), one.name)) != one.name:
            raise SettingsError(
                "{path}: targets: {name} and {other} are the same place; delete one of them",
                path=path,
                name=one.name,
                other=other,
            )


def spot(place: Place) -> object:
    """Equal for two names of one place."""
    match place:
        case DirectoryPlace():
            return os.path.realpath(place.folder)
        case RsyncPlace():
            return place.host.rpartition("@")[2].lower(), place.port, os.path.normpath(place.folder)
        case StorePlace():
            return place.endpoint.lower(), place.bucket, place.prefix
        case _:
            assert_never(place)


def _place(name: str, value: Any, path: Path) -> Place:  # Any: what YAML holds
    kinds = [one for one in _KINDS if isinstance(value, dict) and one in value]
    if not _NAME.fullmatch(name) or len(kinds) != 1:
        raise SettingsError(
            "{path}: targets: {name}: write it as {name}: {{directory: ../www}}, "
            "{name}: {{rsync: user@host:/srv/www}} or {name}: {{s3: bucket/prefix}}; names are of a-z, 0-9 and -",
            path=path,
            name=name,
        )
    (kind,) = kinds
    fields = {key: str(one) if isinstance(one, str) else "" for key, one in value.items()}
    _refuse_keys(kind, fields, name, path)
    if kind == "directory":
        return DirectoryPlace(name=name, folder=_own_folder(fields, name, path))
    if name == SITE:
        raise SettingsError("{path}: targets: {name}: this name is kept for the folder site", path=path, name=name)
    return _rsync(fields, name, path) if kind == "rsync" else _store(fields, name, path)


def _refuse_keys(kind: str, fields: Mapping[str, str], name: str, path: Path) -> None:
    unknown = sorted(set(fields) - _KINDS[kind] - {kind})
    if secret := next((key for key in unknown if _SECRET.search(key)), ""):
        raise SettingsError(
            "{path}: targets: {name}: {key}: secrets never stand in mkdocs.yml; take it out, and use "
            "~/.ssh for rsync, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment for s3",
            path=path,
            name=name,
            key=secret,
        )
    if unknown:
        raise SettingsError(
            "{path}: targets: {name}: unknown: {keys}; {kind} takes {known}",
            path=path,
            name=name,
            keys=", ".join(unknown),
            kind=kind,
            known=", ".join([kind, *sorted(_KINDS[kind])]),
        )


def _own_folder(fields: Mapping[str, str], name: str, path: Path) -> Path:
    """Told from the newsroom's own; it may not lie where people write or where the record is kept."""
    home = path.parent.absolute()
    folder = Path(os.path.normpath(home / fields["directory"]))
    if folder != home / SITE and folder.is_symlink():
        raise SettingsError(
            "{path}: targets: {name}: {folder} is a link; write the folder that it leads to, {leads}",
            path=path,
            name=name,
            folder=folder,
            leads=os.path.realpath(folder),
        )
    if folder != home / SITE and _meets(folder, home, (*_OURS, SITE)):
        raise _ours(name, folder, path)
    if (name == SITE) != (folder == home / SITE):
        raise SettingsError(
            "{path}: targets: {name}: the name site and the folder site go together", path=path, name=name
        )
    return folder


def _meets(folder: Path, home: Path, own: Iterable[str]) -> bool:
    """Whether it is, lies in or holds one of the newsroom's own, wherever links lead."""
    place = Path(os.path.realpath(folder))
    owned = [Path(os.path.realpath(home / one)) for one in own]
    return any(place.is_relative_to(one) or one.is_relative_to(place) for one in owned)


def _ours(name: str, folder: Path, path: Path) -> SettingsError:
    return SettingsError(
        "{path}: targets: {name}: {folder} is where the newsroom itself is kept",
        path=path,
        name=name,
        folder=folder,
    )


def _rsync(fields: Mapping[str, str], name: str, path: Path) -> RsyncPlace:
    found = _SERVER.fullmatch(fields["rsync"])
    if not found or _climbs(found["folder"]):
        raise SettingsError(
            "{path}: targets: {name}: {value}: write rsync as user@host:/srv/www, the folder from the root and "
            "without blanks; for a folder of this machine write directory",
            path=path,
            name=name,
            value=fields["rsync"],
        )
    port = fields.get("port", "22")
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) <= _MAX_PORT:
        raise SettingsError(
            "{path}: targets: {name}: port must be a number from 1 to 65535, not {value}",
            path=path,
            name=name,
            value=port,
        )
    return RsyncPlace(
        name=name,
        host=found["host"],
        folder=found["folder"],
        port=int(port),
        identity=_key_file("identity", fields, name, path),
        known_hosts=_key_file("known_hosts", fields, name, path),
    )


def _key_file(key: str, fields: Mapping[str, str], name: str, path: Path) -> str:
    """Told from the newsroom's folder; ssh itself knows what ~ is. ssh would read blanks and % as something else."""
    if key not in fields:
        return ""
    value = fields[key]
    place = value if value.startswith("~/") else os.path.normpath(path.parent.absolute() / value)
    if not value or not _KEY_FILE.fullmatch(place):
        raise SettingsError(
            "{path}: targets: {name}: {key} must be the path of a file, without blanks or signs such as %, not {value}",
            path=path,
            name=name,
            key=key,
            value=value,
        )
    return place


def _store(fields: Mapping[str, str], name: str, path: Path) -> StorePlace:
    found = _STORE.fullmatch(fields["s3"])
    if not found or _climbs(found["prefix"] or ""):
        raise SettingsError(
            "{path}: targets: {name}: {value}: write s3 as bucket or bucket/prefix, without s3:// and blanks",
            path=path,
            name=name,
            value=fields["s3"],
        )
    for key, is_one, example in (
        ("endpoint", _is_endpoint, "https://s3.example"),
        ("region", _REGION.fullmatch, "cn-north-1"),
    ):
        if key in fields and not is_one(fields[key]):
            raise SettingsError(
                "{path}: targets: {name}: write {key} like {example}, not {value}",
                path=path,
                name=name,
                key=key,
                example=example,
                value=fields[key],
            )
    return StorePlace(
        name=name,
        bucket=found["bucket"],
        prefix=found["prefix"] or "",
        endpoint=fields.get("endpoint", ""),
        region=fields.get("region", ""),
    )


def _is_endpoint(text: str) -> bool:
    found = _ENDPOINT.fullmatch(text)
    if not found or not 0 < int(found["port"] or 1) <= _MAX_PORT:
        return False
    try:
        ipaddress.IPv6Address(found["six"] or "::1")
    except ValueError:
        return False
    return True


def _climbs(folder: str) -> bool:
    return any(part in {".", ".."} for part in folder.split("/"))
