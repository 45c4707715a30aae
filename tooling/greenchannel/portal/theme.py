"""The templates and assets of a newsroom as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from greenchannel.portal import assets
from greenchannel.portal.plan import fingerprint
from greenchannel.portal.wording import CHINESE, ENGLISH, catalogue_bytes, speak

Artifact = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates and assets, read once; `digest` is that of both, since a page names assets by their digests."""

    environments: Mapping[str, jinja2.Environment]  # by language
    assets: tuple[Artifact, ...]
    digest: str


def _environment(
    templates: Mapping[str, str], found: tuple[Artifact, ...], language: str, compiled: jinja2.BytecodeCache | None
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(templates),
        bytecode_cache=compiled,
        auto_reload=False,  # They are values: a template that changed is another theme.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    speak(environment, language)
    environment.globals["asset"] = assets.addresses(found)
    return environment


def read_theme(folder: Path, compiled: jinja2.BytecodeCache | None = None) -> Theme:
    found = assets.read_assets(folder)
    read = {one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*.html"))}
    templates = {path: data.decode() for path, data in read.items()}
    return Theme(
        environments={one: _environment(templates, found, one, compiled) for one in (CHINESE, ENGLISH)},
        assets=found,
        digest=fingerprint(*read.items(), *found, catalogue_bytes(ENGLISH)),
    )
