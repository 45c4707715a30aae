"""Assets under addresses that never change what they hold: style sheets, scripts, pictures of the theme.

Each asset stands twice: by its own name, for what names it from within (a font in a style sheet) or from without, and
by a name with its digest, for pages. A page says with `integrity` which bytes it means, so it must lead to those very
bytes also while a new theme arrives, and from every cache on the way.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from greenchannel.domain.errors import GreenchannelError
from greenchannel.record.canonical import sha256

_FOLDER = "assets"
_DIGITS = 16  # of the SHA-256, in the name; `integrity` has all that a browser compares
_BY_DIGEST = re.compile(rf"{_FOLDER}/(?:.+/)?[^/]+\.([0-9a-f]{{{_DIGITS}}})\.[a-z0-9]+")


class Asset(Struct, frozen=True):
    """`path` is below the site's root; `integrity` is for the attribute of that name (Subresource Integrity)."""

    path: str
    integrity: str


def read_assets(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Of a folder of templates: path -> bytes, by the theme's own names."""
    found = sorted(one for one in (folder / _FOLDER).rglob("*") if one.is_file())
    return tuple((one.relative_to(folder).as_posix(), one.read_bytes()) for one in found)


def stored(assets: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """What the site holds of them: each by its name and by that with its digest."""
    for path, data in assets:
        yield path, data
        yield _by_digest(path, data), data


def addresses(assets: Iterable[tuple[str, bytes]]) -> Callable[[str], Asset]:
    """What templates call: `asset('portal.css')`."""
    known = {path: Asset(_by_digest(path, data), _integrity(data)) for path, data in assets}

    def asset(name: str) -> Asset:
        if found := known.get(f"{_FOLDER}/{name}"):
            return found
        raise GreenchannelError("templates/assets/{name}: a template names it, and it is not there", name=name)

    return asset


def is_named_by_digest(path: str, read: Callable[[], bytes]) -> bool:
    """Whether a file is what its name says: an asset of this theme or of an earlier one, with not a byte changed."""
    found = _BY_DIGEST.fullmatch(path)
    return found is not None and sha256(read()).startswith(found[1])


def _by_digest(path: str, data: bytes) -> str:
    parts = PurePosixPath(path)
    return parts.with_name(f"{parts.stem}.{sha256(data)[:_DIGITS]}{parts.suffix}").as_posix()


def _integrity(data: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(data).digest()).decode()}"
