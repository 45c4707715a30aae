"""An attachment of a release (附件): which kinds there are, what it may be called, and what is public of it.

A name becomes an address, so it is one path component of letters, digits, Chinese characters and `._-`.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

MAX_BYTES = 20_000_000
MAX_COUNT = 20
MAX_NAME = 80  # characters
MAX_NAME_BYTES = 200  # A file system takes 255 for a name, and a temporary file has a longer one.

_LETTERS = "0-9A-Za-z_〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff-"
_NAME = f"[{_LETTERS}][.{_LETTERS}]*"
# What stands at a release's own address already, or may once stand there; and names of attachments' own making.
_RESERVED = re.compile(r"index\.(html|json)|ninjs\.json|r[0-9]+(\.[a-z]{2})?(\.md)?|[0-9a-f]{64}\..*", re.IGNORECASE)


class Kind(StrEnum):
    """The kinds that can be cleaned. The value is the media type; `extension` is that of the public file."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"

    @property
    def extension(self) -> str:
        return {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.WEBP: "webp", Kind.PDF: "pdf"}[self]

    @property
    def zh(self) -> str:
        return {Kind.JPEG: "JPEG 图片", Kind.PNG: "PNG 图片", Kind.WEBP: "WebP 图片", Kind.PDF: "PDF 文档"}[self]


KIND_OF_EXTENSION = {"jpeg": Kind.JPEG} | {one.extension: one for one in Kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What becomes public of it. `data` is the cleaned file, empty where only the record's facts are at hand."""

    name: str
    sha256: str
    size: int
    kind: Kind
    data: bytes = field(default=b"", repr=False)


def is_name(text: str) -> bool:
    is_short = len(text) <= MAX_NAME and len(text.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES
    return is_short and re.fullmatch(_NAME, text) is not None and unicodedata.is_normalized("NFC", text)


def is_reserved(name: str) -> bool:
    return _RESERVED.fullmatch(name) is not None


def extension_of(name: str) -> str:
    """Without its dot, in small letters; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if stem and dot else ""
