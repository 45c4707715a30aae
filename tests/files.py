"""Pictures and documents made for a test, with marks in every place that tells of their makers."""

import io
import struct
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, PngImagePlugin

AUTHOR = "CANARY-author-zhangsan"
PLACE = "CANARY-place-39.9042"
COMMENT = "CANARY-comment"
XMP = "CANARY-xmp"
BEHIND = "CANARY-behind-the-end"
EARLIER = "CANARY-earlier-wording"
EMBEDDED = "CANARY-embedded-file"
NOTE = "CANARY-annotation-author"
SCRIPT = "CANARY-script"
FORM = "CANARY-form-value"
PIECE = "CANARY-piece-info"
PACKET = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{XMP}</a></x:xmpmeta>".encode()


def photo(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Four fields of different colours, so that turning is seen, with smooth slopes in them."""
    image = Image.new("RGB", size)
    width, height = size
    fields = [(200, 30, 30), (30, 160, 60), (40, 60, 200), (220, 200, 60)]
    for index, colour in enumerate(fields):
        x, y = (index % 2) * width // 2, (index // 2) * height // 2
        image.paste(colour, (x, y, x + width // 2, y + height // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """Author, description with the place, GPS and a thumbnail's worth of words."""
    marks = Image.Exif()
    marks[0x0112], marks[0x013B], marks[0x010E] = orientation, AUTHOR, PLACE
    gps = marks.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (39.0, 54.0, 15.0), "E", (116.0, 24.0, 27.0)
    return marks


def jpeg(orientation: int = 1, *, image: Image.Image | None = None) -> bytes:
    encoded = io.BytesIO()
    options = {"exif": exif(orientation), "comment": COMMENT.encode(), "xmp": PACKET, "quality": 95, "subsampling": 0}
    (image or photo()).save(encoded, "JPEG", **options)
    return encoded.getvalue() + BEHIND.encode()


def png(*, image: Image.Image | None = None) -> bytes:
    encoded, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Author", AUTHOR)
    words.add_text("Comment", COMMENT, zip=True)
    words.add_itxt("XML:com.adobe.xmp", PACKET.decode())
    (image or photo()).save(encoded, "PNG", pnginfo=words, exif=exif())
    return encoded.getvalue() + BEHIND.encode()


def webp(*, image: Image.Image | None = None) -> bytes:
    encoded = io.BytesIO()
    (image or photo()).save(encoded, "WEBP", exif=exif(), xmp=PACKET, quality=95)
    return encoded.getvalue()


def moving(form: str) -> bytes:
    encoded = io.BytesIO()
    photo().save(encoded, form, save_all=True, append_images=[photo().transpose(Image.Transpose.ROTATE_180)])
    return encoded.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has 3.6 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def plain_pdf(pages: int = 2) -> bytes:
    written = io.BytesIO()
    with Pdf.new() as pdf:
        for number in range(pages):
            _add_page(pdf, f"Page {number + 1}")
        pdf.save(written)
    return written.getvalue()


def _add_page(pdf: Pdf, text: str) -> Dictionary:
    page = pdf.add_blank_page().obj
    page.Contents = pdf.make_stream(f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode())
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=font))
    return page


def pdf() -> bytes:
    """Two pages with a mark in each place where a program leaves one, and an older revision behind the newer one."""
    written = io.BytesIO()
    with Pdf.new() as document:
        first = _add_page(document, "Page 1")
        _add_page(document, "Page 2")
        first.PieceInfo = Dictionary(Word=Dictionary(Private=String(PIECE)))
        first.Thumb = document.make_stream(PIECE.encode())
        first.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String(SCRIPT)))
        first.Resources.XObject = Dictionary(Im0=_picture(document))
        first.Contents = Array([first.Contents, document.make_stream(b"q 100 0 0 60 72 500 cm /Im0 Do Q")])
        first.Annots = document.make_indirect(Array([_note(document), _link(document), _field(document)]))
        document.Root.AcroForm = Dictionary(Fields=Array([first.Annots[2]]), XFA=String(FORM))
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(SCRIPT))
        document.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=_structure(document, first))
        document.docinfo["/Author"], document.docinfo["/Title"] = AUTHOR, PLACE
        document.Root.Metadata = document.make_stream(PACKET, Type=Name.Metadata, Subtype=Name.XML)
        document.attachments["secret.txt"] = EMBEDDED.encode()
        document.save(
            written,
            fix_metadata_version=False,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return _revised(written.getvalue())


def _picture(document: Pdf) -> pikepdf.Stream:
    stream = document.make_stream(jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=120, Height=80)
    stream.BitsPerComponent, stream.ColorSpace, stream.Filter = 8, Name.DeviceRGB, Name.DCTDecode
    return stream


def _note(document: Pdf) -> Dictionary:
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 20, 20]), T=String(NOTE), Contents=String(NOTE)
    )
    return document.make_indirect(note)


def _link(document: Pdf) -> Dictionary:
    action = Dictionary(
        S=Name.URI, URI=String("https://example.gov.cn/"), Next=Dictionary(S=Name.JavaScript, JS=String(SCRIPT))
    )
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 20, 20]), A=action, Contents=String(NOTE))
    return document.make_indirect(link)


def _field(document: Pdf) -> Dictionary:
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([0, 0, 20, 20]), FT=Name.Tx)
    field.V, field.T, field.F = String(FORM), String(FORM), 2  # Hidden; what is seen filled in is refused.
    return document.make_indirect(field)


def _structure(document: Pdf, page: Dictionary) -> Array:
    """The tree that a screen reader follows; it leads to the note, too."""
    note = Dictionary(Type=Name.OBJR, Obj=page.Annots[0], Pg=page)
    return Array([document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, K=Array([note])))])


def _revised(document: bytes) -> bytes:
    """Appends a revision that replaces an object: the older one stays in the bytes."""
    number = int(document.rpartition(b"/Size ")[2].split()[0])
    start = document.rpartition(b"startxref\n")[2].split()[0].decode()
    root = document.rpartition(b"/Root ")[2].split(b"R")[0].decode().strip()
    old, new = f"{number} 0 obj\n({EARLIER})\nendobj\n", f"{number} 0 obj\n(later)\nendobj\n"
    for text in (old, new):
        at = len(document)
        xref = at + len(text)
        document += f"{text}xref\n{number} 1\n{at:010d} 00000 n \n".encode()
        document += (
            f"trailer\n<< /Size {number + 1} /Root {root} R /Prev {start} >>\nstartxref\n{xref}\n%%EOF\n".encode()
        )
        start = str(xref)
    return document


def everything_in(document: bytes) -> bytes:
    """The bytes of a PDF, and once more with every stream unpacked."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(document)) as opened:
        level = pikepdf.StreamDecodeLevel.generalized
        options = {"compress_streams": False, "stream_decode_level": level, "qdf": True}
        opened.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable, **options)
    return document + written.getvalue()
