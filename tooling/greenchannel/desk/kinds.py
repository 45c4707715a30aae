"""What a file is, by its first and last bytes and by the end of its name: one that can be cleaned, or why it cannot.

The rules, in order: the content decides, and the name must agree with it; a file that is two things at once (a picture
that is also an archive, say) is refused, as programs would disagree on what it shows; what nobody knows is refused.
"""

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass

from greenchannel.domain.attachment import KIND_OF_EXTENSION, Kind, extension_of
from greenchannel.domain.message import Message, message

HEAD_BYTES = 4096
TAIL_BYTES = 66_000  # An archive's directory ends within its last 65,557 bytes.


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a file cannot be released, and the way out; both in an officer's words."""

    reason: Message
    hint: Message

    def of(self, name: str) -> "Unfit":
        return Unfit(message(self.reason.template, name=name), self.hint)


_AS_PDF = message("export it as PDF, and list the PDF instead")
_AS_JPEG = message("save it as JPEG or PNG, and list that instead")

OFFICE = Unfit(message("{name} is an office document: such files keep names, comments and earlier wordings"), _AS_PDF)
OFD = Unfit(message("{name} is an OFD document, which cannot be cleaned of hidden data"), _AS_PDF)
VECTOR = Unfit(message("{name} is an SVG drawing, which can hold programs"), _AS_JPEG)
MOVING = Unfit(message("{name} is a GIF picture, a kind that is not released"), _AS_JPEG)
PHONE = Unfit(message("{name} is a HEIC or AVIF picture, which many readers cannot open"), _AS_JPEG)
OTHER_PICTURE = Unfit(message("{name} is a picture of a kind that cannot be cleaned"), _AS_JPEG)
ARCHIVE = Unfit(
    message("{name} is an archive: nobody sees what is in it"),
    message("unpack it, and list the pictures and PDF documents themselves"),
)
FILM = Unfit(
    message("{name} is a film or a sound recording, which cannot be cleaned of hidden data"),
    message("put it on the city's video platform, and link to it with its https:// address"),
)
TEXT = Unfit(
    message("{name} is a text or a table"),
    message("put the content in the text, as a table where it is one"),
)
EMPTY = Unfit(message("{name} is empty"), message("copy the file into the folder again"))
UNKNOWN = Unfit(
    message("{name} is of a kind that is not known"),
    message("export it as PDF, or save it as JPEG or PNG"),
)
TWO_KINDS = Unfit(
    message("{name} is two kinds of file at once"),
    message("open it in a program for pictures or documents, and save or print it anew"),
)


def _all(extensions: str, unfit: Unfit) -> dict[str, Unfit]:
    return dict.fromkeys(extensions.split(), unfit)


_OF_EXTENSION: dict[str, Unfit] = {
    **_all("doc docx dot dotx docm xls xlsx xlsm ppt pptx pptm pps wps wpt et ett dps dpt", OFFICE),
    **_all("odt ods odp rtf pages numbers key eml msg", OFFICE),
    **_all("zip rar 7z gz tgz tar bz2 xz iso jar apk", ARCHIVE),
    **_all("mp4 mov avi mkv wmv flv webm m4v mp3 wav m4a aac amr ogg flac", FILM),
    **_all("txt csv tsv md htm html mht json xml yml yaml log", TEXT),
    **_all("tif tiff bmp ico psd jp2 jxl raw dng", OTHER_PICTURE),
    **_all("heic heif avif", PHONE),
    "ofd": OFD,
    "svg": VECTOR,
    "svgz": VECTOR,
    "gif": MOVING,
}
_MAGIC: tuple[tuple[bytes, Kind | Unfit], ...] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"%PDF-", Kind.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (b"{\\rtf", OFFICE),
    (b"GIF8", MOVING),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ\0", ARCHIVE),
    (b"II*\0", OTHER_PICTURE),
    (b"MM\0*", OTHER_PICTURE),
    (b"BM", OTHER_PICTURE),
    (b"\0\0\0\x0cjP", OTHER_PICTURE),
    (b"ID3", FILM),
    (b"OggS", FILM),
    (b"fLaC", FILM),
    (b"\x1aE\xdf\xa3", FILM),
    (b"FLV", FILM),
)
_PHONE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_DRAWING = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype html|html|script|svg|\?php)[\s>]|<\?php", re.IGNORECASE)
_WITHIN = 1024  # Readers of PDF take a header anywhere in the first 1,024 bytes.


def kind_of(name: str, head: bytes, tail: bytes) -> Kind | Unfit:
    """`head` and `tail` are the first HEAD_BYTES and the last TAIL_BYTES of the file, which may overlap."""
    extension = extension_of(name)
    found, named = _by_content(head, tail), _OF_EXTENSION.get(extension)
    if found is None or (found is ARCHIVE and named is not None):
        found = named or _unknown(head)  # Most office documents are archives inside.
    if isinstance(found, Kind) and _has_second_kind(found, head, tail):
        found = TWO_KINDS
    if isinstance(found, Unfit):
        return found.of(name)
    if KIND_OF_EXTENSION.get(extension) is not found:
        ending = found.extension
        return Unfit(
            message("{name} does not end with .{extension}, but that is what it is", name=name, extension=ending),
            message("rename the file so that it ends with .{extension}, and correct the list", extension=ending),
        )
    return found


def _by_content(head: bytes, tail: bytes) -> Kind | Unfit | None:
    if not head:
        return EMPTY
    if head.startswith(b"RIFF"):
        return Kind.WEBP if head[8:12] == b"WEBP" else FILM
    if head[4:8] == b"ftyp":
        return PHONE if head[8:12] in _PHONE_BRANDS else FILM
    if head.startswith(b"PK\x03\x04"):
        return _packed(head, tail)
    return next((found for magic, found in _MAGIC if head.startswith(magic)), None)


def _packed(head: bytes, tail: bytes) -> Unfit:
    """Office documents and OFD are archives with a table of contents."""
    if b"OFD.xml" in head or b"OFD.xml" in tail:
        return OFD
    if b"[Content_Types].xml" in head or b"[Content_Types].xml" in tail or b"opendocument" in head:
        return OFFICE
    return ARCHIVE


def _unknown(head: bytes) -> Unfit:
    if _DRAWING.search(head):
        return VECTOR
    try:
        getincrementaldecoder("utf-8")().decode(head)  # A character that the end cuts in two is none of its faults.
    except UnicodeDecodeError:
        return UNKNOWN
    return UNKNOWN if b"\0" in head else TEXT


def _has_second_kind(kind: Kind, head: bytes, tail: bytes) -> bool:
    """An archive's directory at the end, a PDF header or a web page near the beginning."""
    start = head[:_WITHIN]
    is_document_too = kind is not Kind.PDF and b"%PDF-" in start
    return is_document_too or _PAGE.search(start) is not None or _has_directory(tail)


def _has_directory(tail: bytes) -> bool:
    """The end of an archive's directory: one disk, and as many entries on it as there are in all."""
    position = tail.rfind(b"PK\x05\x06")
    while position >= 0:
        if tail[position + 4 : position + 8] == b"\0\0\0\0" and (
            tail[position + 8 : position + 10] == tail[position + 10 : position + 12] != b""
        ):
            return True
        position = tail.rfind(b"PK\x05\x06", 0, position)
    return False
