"""The templates and assets of a newsroom as a value."""

from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from msgspec import Struct

from greenchannel.portal import assets
from greenchannel.portal.plan import fingerprint
from greenchannel.portal.wording import CHINESE, ENGLISH, catalogue_bytes, say_phrases, speak

Artifact = tuple[str, bytes]


class Theme(Struct, frozen=True, kw_only=True):
    """Templates and assets, read once; `digest` is that of both, since a page names assets by their digests."""

    environments: Mapping[str, jinja2.Environment]  # by language
    assets: tuple[Artifact, ...]
    digest: str


class _Environment(jinja2.Environment):
    """Templates that say what they say in one language."""

    language = CHINESE

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Before it is compiled: no extension of jinja2 is shown a template as a whole."""
        tree = super()._parse(source, name, filename)
        say_phrases(tree, self.language)
        return tree

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """In one mapping, since each macro looks names up in it; none comes in later."""
        return {**self.globals, **(d or {})}


def _environment(
    templates: Mapping[str, str], found: tuple[Artifact, ...], language: str, compiled: jinja2.BytecodeCache | None
) -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.DictLoader(templates),
        bytecode_cache=compiled,
        auto_reload=False,  # They are values: a template that changed is another theme.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.language = language
    speak(environment, language)
    environment.globals["asset"] = assets.addresses(found)
    return environment


def read_theme(folder: Path, compiled: Callable[[str], jinja2.BytecodeCache | None] = lambda _language: None) -> Theme:
    """`compiled` gives what is known of the templates of a language as Python's byte code."""
    found = assets.read_assets(folder)
    read = {one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*.html"))}
    templates = {path: data.decode() for path, data in read.items()}
    return Theme(
        environments={one: _environment(templates, found, one, compiled(one)) for one in (CHINESE, ENGLISH)},
        assets=found,
        digest=fingerprint(*read.items(), *found, catalogue_bytes(ENGLISH)),
    )
