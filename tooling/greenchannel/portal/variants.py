"""Compressed variants of a text file, beside it: `index.html.br`, `index.html.gz`. A web server chooses by request.

A server gives a variant unseen, so one that is older than its plain file would hide a correction or show what was
withdrawn. Therefore a variant is made together with its plain file, of the same inputs, and stands before it; every
text file has both, however small, so that none ever has to go while its plain file stays.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import PurePosixPath

import brotli

from greenchannel.portal.plan import Planned, fingerprint

_TEXTS = re.compile(r".+\.(?:atom|css|csv|html|ics|js|json|jsonl|md|mjs|opml|rss|svg|txt|webmanifest|xml|xsl)")
# Measured on the sample: 9 and above cost ten times the time and more for another tenth of the bytes.
_BROTLI_QUALITY = 8
_GZIP_LEVEL = 9


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


_MAKERS: Mapping[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": _gzip}
_SUFFIXES = tuple(_MAKERS)
_READERS: Mapping[str, Callable[[bytes], bytes]] = {".br": brotli.decompress, ".gz": gzip.decompress}
# Other versions may pack the same bytes in another way; what they unpack to is the same.
_PACKERS = fingerprint(version("brotli"), _BROTLI_QUALITY, zlib.ZLIB_RUNTIME_VERSION, _GZIP_LEVEL)


def variants_of(path: str) -> tuple[str, ...]:
    """The paths of the variants that a file has where they are made."""
    return tuple(path + suffix for suffix in _MAKERS) if _TEXTS.fullmatch(path) else ()


def plain_of(path: str) -> str:
    """The file that a path is a variant of; a plain file is its own."""
    if not path.endswith(_SUFFIXES):
        return path
    stem = path.removesuffix(PurePosixPath(path).suffix)
    return stem if path in variants_of(stem) else path


def compress(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The variants of a file and then itself, in the order in which they are written."""
    for variant in variants_of(path):
        yield variant, _MAKERS[PurePosixPath(variant).suffix](data)
    yield path, data


def is_variant(path: str, packed: bytes, plain: bytes) -> bool:
    """Whether what stands at the path of a variant unpacks to the plain file, whoever packed it."""
    try:
        return _READERS[PurePosixPath(path).suffix](packed) == plain
    except (EOFError, OSError, zlib.error, brotli.error):
        return False


def with_variants(plan: Iterable[Planned]) -> Iterator[Planned]:
    for one in plan:
        paths = tuple(each for path in one.paths for each in (*variants_of(path), path))
        yield Planned(one.stage, paths, packed(one.fingerprint), _making(one))


def packed(mark: str) -> str:
    """The fingerprint of a file with its variants, by that of the file."""
    return fingerprint(mark, _PACKERS)


def _making(one: Planned) -> Callable[[], tuple[bytes, ...]]:
    def make() -> tuple[bytes, ...]:
        files = zip(one.paths, one.make(), strict=True)
        return tuple(data for path, plain in files for _, data in compress(path, plain))

    return make
