"""What a file tells of its makers is in no byte of what comes out; what it shows is the same; others are refused."""

import io
import struct
import warnings
import zlib
from typing import Literal

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat

import files
from greenchannel.desk.cleaning import clean
from greenchannel.desk.cleaning.documents import clean_document
from greenchannel.desk.cleaning.fault import Fault, UncleanError
from greenchannel.desk.cleaning.jpeg import without_boxes, without_segments
from greenchannel.desk.cleaning.pictures import clean_picture
from greenchannel.desk.kinds import Unfit
from greenchannel.domain.attachment import Kind

GPS = b"GPS\0"
MARKED = {Kind.JPEG: files.jpeg(), Kind.PNG: files.png(), Kind.WEBP: files.webp()}
MARKS = {
    Kind.JPEG: (files.AUTHOR, files.PLACE, files.COMMENT, files.XMP, files.BEHIND),
    Kind.PNG: (files.AUTHOR, files.PLACE, files.XMP, files.BEHIND),
    Kind.WEBP: (files.AUTHOR, files.PLACE, files.XMP),
    Kind.PDF: (
        *(files.AUTHOR, files.PLACE, files.COMMENT, files.XMP, files.BEHIND, files.EARLIER, files.EMBEDDED),
        *(files.NOTE, files.SCRIPT, files.FORM, files.PIECE),
    ),
}
PICTURES = pytest.mark.parametrize("kind", MARKED)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def fault_of(kind: Kind, data: bytes) -> Fault:
    with pytest.raises(UncleanError) as caught:
        clean_document(data) if kind is Kind.PDF else clean_picture(kind, data)
    return caught.value.fault


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


@pytest.mark.parametrize(("kind", "mark"), [(kind, mark) for kind in MARKED for mark in MARKS[kind]])
def test_a_mark_in_a_picture_is_in_no_byte_of_what_comes_out(kind: Kind, mark: str) -> None:
    assert mark.encode() in MARKED[kind]
    assert mark.encode() not in clean_picture(kind, MARKED[kind])


@PICTURES
def test_a_picture_comes_out_without_anything_but_its_pixels(kind: Kind) -> None:
    assert opened(MARKED[kind]).getexif().get_ifd(0x8825)
    image = opened(clean_picture(kind, MARKED[kind]))
    told = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background", "duration"}
    assert (told - {"timestamp"}, dict(image.getexif())) == (set(), {})


@PICTURES
def test_a_picture_shows_what_it_showed(kind: Kind) -> None:
    assert difference(opened(clean_picture(kind, MARKED[kind])), files.photo()) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_orientation_says(orientation: int) -> None:
    laid = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = files.photo().transpose(laid[orientation]) if orientation in laid else files.photo()
    assert difference(opened(clean_picture(Kind.JPEG, files.jpeg(orientation, image=image))), files.photo()) < 4


def profile(space: Literal["LAB", "sRGB"] = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()


def test_colours_are_converted_from_what_the_profile_meant() -> None:
    swapped = profile().replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    red, blue = Image.new("RGB", (9, 9), (200, 30, 30)), Image.new("RGB", (9, 9), (30, 30, 200))
    assert difference(opened(clean_picture(Kind.PNG, encoded(red, "PNG", icc_profile=swapped))), blue) < 3


@pytest.mark.parametrize("useless", [profile("LAB"), b"no profile"])
def test_a_profile_that_is_broken_or_for_other_colours_says_nothing(useless: bytes) -> None:
    cleaned = clean_picture(Kind.PNG, encoded(files.photo(), "PNG", icc_profile=useless))
    assert difference(opened(cleaned), files.photo()) == 0


def test_transparency_survives_the_conversion_of_colours() -> None:
    image = files.photo().convert("RGBA")
    image.putalpha(100)
    cleaned = clean_picture(Kind.PNG, encoded(image, "PNG", icc_profile=profile()))
    assert opened(cleaned).getchannel("A").getextrema() == (100, 100)


def test_a_picture_in_printing_colours_becomes_one_for_screens() -> None:
    image = opened(clean_picture(Kind.JPEG, encoded(files.photo().convert("CMYK"), "JPEG", quality=95)))
    assert (image.mode, difference(image, files.photo().convert("CMYK").convert("RGB")) < 6) == ("RGB", True)


def test_sixteen_bits_become_eight_with_their_brightness() -> None:
    deep = Image.new("I;16", (2, 1))
    deep.putpixel((0, 0), 256 * 40)
    deep.putpixel((1, 0), 256 * 200)
    image = opened(clean_picture(Kind.PNG, encoded(deep, "PNG")))
    assert [image.getpixel((x, 0)) for x in (0, 1)] == [40, 200]


@pytest.mark.parametrize(("kind", "form"), [(Kind.PNG, "PNG"), (Kind.WEBP, "WEBP")])
def test_what_was_erased_to_transparency_is_gone(kind: Kind, form: str) -> None:
    image = files.photo().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    source = encoded(image, form, lossless=True, exact=True)
    assert opened(source).getpixel((5, 5)) == (200, 30, 30, 0)
    assert opened(clean_picture(kind, source)).getpixel((5, 5)) == (0, 0, 0, 0)


def test_a_colour_of_the_palette_that_no_pixel_has_is_gone() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([9, 9, 9, 1, 2, 3, *b"HIDDEN"])
    source = encoded(image, "PNG")
    cleaned = clean_picture(Kind.PNG, source)
    assert b"HIDDEN" in source
    assert b"HIDDEN" not in cleaned
    assert opened(cleaned).convert("RGB").getpixel((0, 0)) == (1, 2, 3)


def test_a_lossless_picture_stays_without_loss() -> None:
    cleaned = clean_picture(Kind.WEBP, encoded(files.photo(), "WEBP", lossless=True))
    assert difference(opened(cleaned), files.photo()) == 0


def test_the_first_picture_of_a_phones_file_is_taken() -> None:
    source = encoded(files.photo(), "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80))])
    assert opened(source).format == "MPO"
    assert difference(opened(clean_picture(Kind.JPEG, source)), files.photo()) < 4


@pytest.mark.parametrize(("kind", "form"), [(Kind.PNG, "PNG"), (Kind.WEBP, "WEBP")])
def test_a_moving_picture_is_refused(kind: Kind, form: str) -> None:
    assert fault_of(kind, files.moving(form)) is Fault.MOVING


@PICTURES
@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_picture_that_was_cut_off_is_refused(kind: Kind, part: float) -> None:
    whole = encoded(files.photo((400, 300)), kind.name, quality=95)
    assert fault_of(kind, whole[: int(len(whole) * part)]) is Fault.DAMAGED


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert fault_of(Kind.PNG, files.bomb()) is Fault.PIXELS


@pytest.mark.parametrize("mark", MARKS[Kind.PDF])
def test_a_mark_in_a_document_is_in_no_byte_of_what_comes_out(mark: str) -> None:
    assert mark.encode() in files.pdf()
    assert mark.encode() not in files.everything_in(clean_document(files.pdf()))


def test_a_document_keeps_its_pages_their_words_and_their_links() -> None:
    with pikepdf.open(io.BytesIO(clean_document(files.pdf()))) as pdf:
        assert [
            b"Page 1" in pdf.pages[0].Contents[0].read_bytes(),
            b"Page 2" in pdf.pages[1].Contents.read_bytes(),
        ] == [
            True,
            True,
        ]
        (link,) = pdf.pages[0].Annots
        assert str(link.A.URI) == "https://example.gov.cn/"


def test_a_picture_in_a_document_keeps_every_pixel() -> None:
    with pikepdf.open(io.BytesIO(clean_document(files.pdf()))) as pdf:
        inside = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert difference(opened(inside), opened(files.jpeg())) == 0


def test_a_picture_packed_twice_in_a_document_is_cleaned_too() -> None:
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        packed = pdf.make_stream(zlib.compress(files.jpeg()), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        packed.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Im0=packed)
        pdf.pages[0].Contents = pdf.make_stream(b"q /Im0 Do Q")
        written = io.BytesIO()
        pdf.save(written)
    with pikepdf.open(io.BytesIO(clean_document(written.getvalue()))) as pdf:
        inside = pdf.pages[0].Resources.XObject.Im0
        assert (inside.Filter, difference(opened(inside.read_raw_bytes()), opened(files.jpeg()))) == (
            pikepdf.Name.DCTDecode,
            0,
        )
        assert files.AUTHOR.encode() not in inside.read_raw_bytes()


def test_a_picture_that_no_page_shows_is_gone() -> None:
    with pikepdf.open(io.BytesIO(files.pdf())) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"BT /F1 24 Tf (Page 1) Tj ET")
        written = io.BytesIO()
        pdf.save(written, fix_metadata_version=False)
    with pikepdf.open(io.BytesIO(clean_document(written.getvalue()))) as pdf:
        assert list(pdf.pages[0].Resources.get("/XObject", pikepdf.Dictionary()).keys()) == []


def noted(place: str) -> bytes:
    """A mark where some program leaves one, in a document that may be released."""
    mark = pikepdf.String(files.NOTE)
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        page, group = pdf.pages[0].obj, pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=mark))
        match place:
            case "a layer's name":
                pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([group]), D=pikepdf.Dictionary())
                page.Resources.Properties = pikepdf.Dictionary(MC0=group)
            case "where a map lies":
                page.VP = pikepdf.Array(
                    [pikepdf.Dictionary(Name=mark, Measure=pikepdf.Dictionary(Subtype=pikepdf.Name.GEO))]
                )
            case "a property of the structure":
                owned = pikepdf.Dictionary(O=pikepdf.Name.UserProperties, P=pikepdf.Array([pikepdf.Dictionary(V=mark)]))
                element = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.P, A=owned)
                pdf.Root.StructTreeRoot = pikepdf.Dictionary(K=pdf.make_indirect(element))
            case "a program to start":
                launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=mark)
                item = pdf.make_indirect(pikepdf.Dictionary(Title=pikepdf.String("1"), A=launch))
                pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=item, Last=item, Count=1))
            case "a form's own notes":
                form = pdf.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, PieceInfo=mark)
                page.Resources.XObject = pikepdf.Dictionary(Fm0=form)
                page.Contents = pdf.make_stream(b"/Fm0 Do")
            case "the names of scripts":
                pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([mark, mark])))
        written = io.BytesIO()
        pdf.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()


@pytest.mark.parametrize(
    "place",
    [
        *("a layer's name", "where a map lies", "a property of the structure", "a program to start"),
        *("a form's own notes", "the names of scripts"),
    ],
)
def test_what_a_program_noted_in_a_document_is_gone(place: str) -> None:
    source = noted(place)
    assert files.NOTE.encode() in source
    assert files.NOTE.encode() not in files.everything_in(clean_document(source))


def test_bookmarks_and_the_order_for_screen_readers_stay() -> None:
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        items = [
            pdf.make_indirect(
                pikepdf.Dictionary(Title=pikepdf.String(f"Part {number}"), Dest=pikepdf.Array([page.obj]))
            )
            for number, page in enumerate(pdf.pages, 1)
        ]
        items[0].Next, items[1].Prev = items[1], items[0]
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=items[0], Last=items[1], Count=2))
        element = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Figure, Alt=pikepdf.String("A map"))
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(K=pdf.make_indirect(element))
        written = io.BytesIO()
        pdf.save(written)
    with pikepdf.open(io.BytesIO(clean_document(written.getvalue()))) as pdf:
        assert str(pdf.Root.Outlines.First.Next.Title) == "Part 2"
        assert str(pdf.Root.StructTreeRoot.K.Alt) == "A map"


def changed(change: str) -> bytes:
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        options: dict[str, object] = {}
        group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("draft")))
        match change:
            case "encrypted":
                options["encryption"] = pikepdf.Encryption(owner="x", user="")
            case "password":
                options["encryption"] = pikepdf.Encryption(owner="x", user="y")
            case "signed":
                pdf.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=pikepdf.Array())
            case "portfolio":
                pdf.Root.Collection = pikepdf.Dictionary()
            case "layers":
                off = pikepdf.Dictionary(OFF=pikepdf.Array([group]))
                pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([group]), D=off)
        written = io.BytesIO()
        pdf.save(written, **options)  # type: ignore[arg-type]  # One table for all cases.
    return written.getvalue()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("encrypted", Fault.ENCRYPTED),
        ("password", Fault.ENCRYPTED),
        ("signed", Fault.SIGNED),
        ("portfolio", Fault.PORTFOLIO),
        ("layers", Fault.LAYERS),
    ],
)
def test_a_document_that_readers_would_see_differently_is_refused(change: str, fault: Fault) -> None:
    assert fault_of(Kind.PDF, changed(change)) is fault


def laid_over(kind: str, **entries: object) -> bytes:
    """A document with an annotation on its last page."""
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        own = pdf.make_indirect(pikepdf.Dictionary({"/Subtype": pikepdf.Name(f"/{kind}")}))
        for key, value in entries.items():
            own[f"/{key}"] = value
        pdf.pages[1].obj.Annots = pikepdf.Array([own])
        if kind == "Widget":
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([own]))
        written = io.BytesIO()
        pdf.save(written)
    return written.getvalue()


TEXT, BUTTON, SIGNATURE = pikepdf.Name.Tx, pikepdf.Name.Btn, pikepdf.Name.Sig
WORDS, CHOSEN = pikepdf.String("filled in"), pikepdf.Name("/Yes")


@pytest.mark.parametrize("kind", ["Stamp", "FreeText", "Ink", "Highlight", "Square", "FileAttachment", "Redact"])
def test_a_document_with_something_laid_over_a_page_is_refused(kind: str) -> None:
    assert fault_of(Kind.PDF, laid_over(kind)) is Fault.LAID_OVER


@pytest.mark.parametrize(
    "entries",
    [
        {"FT": TEXT, "V": WORDS},
        {"FT": TEXT, "V": WORDS, "F": 4 + 32},
        {"FT": pikepdf.Name.Ch, "V": pikepdf.Array([WORDS])},
        {"Parent": pikepdf.Dictionary(FT=TEXT, V=WORDS)},
        {"FT": BUTTON, "V": CHOSEN},
        {"FT": BUTTON, "V": pikepdf.Name.Off, "AS": CHOSEN},
        {"FT": BUTTON, "MK": pikepdf.Dictionary(I=pikepdf.Dictionary())},
    ],
)
def test_a_form_that_is_filled_in_is_refused(entries: dict[str, object]) -> None:
    assert fault_of(Kind.PDF, laid_over("Widget", **entries)) is Fault.FILLED


def test_a_form_whose_long_answer_is_a_stream_is_refused() -> None:
    with pikepdf.open(io.BytesIO(laid_over("Widget", FT=TEXT))) as pdf:
        pdf.pages[1].Annots[0].V = pdf.make_stream(b"filled in")
        written = io.BytesIO()
        pdf.save(written)
    assert fault_of(Kind.PDF, written.getvalue()) is Fault.FILLED


def test_a_form_whose_pages_the_viewer_makes_is_refused() -> None:
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        pdf.Root.NeedsRendering = True
        written = io.BytesIO()
        pdf.save(written)
    assert fault_of(Kind.PDF, written.getvalue()) is Fault.FILLED


def test_a_signature_that_the_document_does_not_own_up_to_is_seen() -> None:
    assert fault_of(Kind.PDF, laid_over("Widget", FT=SIGNATURE, V=pikepdf.Dictionary())) is Fault.SIGNED


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        ("Stamp", {"F": 2}),
        ("Stamp", {"F": 32}),
        ("Text", {"F": 4}),
        ("Popup", {}),
        ("Widget", {"FT": TEXT}),
        ("Widget", {"FT": TEXT, "V": pikepdf.String(" ")}),
        ("Widget", {"FT": TEXT, "V": WORDS, "F": 2}),
        ("Widget", {"FT": BUTTON, "V": CHOSEN, "AS": pikepdf.Name.Off}),
        ("Widget", {"FT": SIGNATURE}),
    ],
)
def test_what_nobody_sees_and_an_empty_form_go_with_the_rest(kind: str, entries: dict[str, object]) -> None:
    with pikepdf.open(io.BytesIO(clean_document(laid_over(kind, **entries)))) as pdf:
        assert len(pdf.pages[1].Annots) == 0


def test_a_field_that_is_its_own_parent_holds_nobody_up() -> None:
    with pikepdf.open(io.BytesIO(laid_over("Widget"))) as pdf:
        pdf.pages[1].Annots[0].Parent = pdf.pages[1].Annots[0]
        written = io.BytesIO()
        pdf.save(written)
    assert isinstance(clean(Kind.PDF, written.getvalue(), "plan.pdf", limit_seconds=5), bytes)


def test_the_way_out_of_a_stamped_document_is_told() -> None:
    found = clean(Kind.PDF, laid_over("Stamp"), "plan.pdf")
    assert isinstance(found, Unfit)
    assert (str(found.reason), str(found.hint)) == (
        "plan.pdf has stamps, text or marks laid over its pages, and cleaning would take them away",
        "print it to a new PDF, look at the result, and list that instead",
    )


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_document_that_was_cut_off_is_refused(part: float) -> None:
    whole = files.plain_pdf()
    assert fault_of(Kind.PDF, whole[: int(len(whole) * part)]) is Fault.DAMAGED


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"[" * 100_000, b"%PDF-1.7\n1 0 obj<</Kids[1 0 R]>>endobj"]
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    assert fault_of(Kind.PDF, data) is Fault.DAMAGED


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\0\1", b"\xff\xd8\xff\xe0\0\x10JFIF"])
def test_a_stream_whose_segments_are_cut_off_is_not_guessed_at(data: bytes) -> None:
    if data == b"\xff\xd8":
        assert without_segments(data) == data
    else:
        with pytest.raises(ValueError, match=r"no |cut off"):
            without_segments(data)


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}, {"quality": 30}])
def test_a_stripped_stream_decodes_to_the_same_pixels(options: dict[str, object]) -> None:
    source = encoded(files.photo(), "JPEG", comment=files.COMMENT.encode(), exif=files.exif(), **options)
    stripped = without_segments(source + files.BEHIND.encode())
    assert difference(opened(stripped), opened(source)) == 0
    assert b"CANARY" not in stripped


def test_the_colour_transform_of_a_stream_survives() -> None:
    source = encoded(files.photo().convert("CMYK"), "JPEG")
    assert opened(without_segments(source)).tobytes() == opened(source).tobytes()


def test_a_telling_box_goes_and_the_picture_stays() -> None:
    source = encoded(files.photo(), "JPEG2000")
    told = source + struct.pack(">I", 8 + len(files.PACKET)) + b"xml " + files.PACKET
    assert without_boxes(told) == source


@pytest.mark.parametrize("kind", Kind)
def test_the_child_gives_the_same_bytes_each_time(kind: Kind) -> None:
    source = files.pdf() if kind is Kind.PDF else MARKED[kind]
    first = clean(kind, source, "name")
    assert isinstance(first, bytes)
    assert (
        first
        == clean(kind, source, "name")
        == (clean_document(source) if kind is Kind.PDF else clean_picture(kind, source))
    )


def test_a_file_over_the_time_limit_is_refused() -> None:
    found = clean(Kind.PNG, files.png(), "plan.png", limit_seconds=0.001)
    assert isinstance(found, Unfit)
    assert str(found.reason) == "cleaning plan.png takes too long"


def test_a_refusal_of_the_child_names_the_file_and_the_way_out() -> None:
    found = clean(Kind.PNG, files.bomb(), "plan.png")
    assert isinstance(found, Unfit)
    assert (str(found.reason), str(found.hint)) == (
        "plan.png has more than 50 million pixels",
        "save it smaller: fewer pixels, or fewer pages",
    )


def bloated() -> bytes:
    """A document of a few megabytes whose picture unpacks to four thousand."""
    packer = zlib.compressobj()
    piece = packer.compress(b"\0" * 1_000_000)
    first = piece + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    with pikepdf.open(io.BytesIO(files.plain_pdf())) as pdf:
        packed = pdf.make_stream(first + again * 4000, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        packed.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Im0=packed)
        written = io.BytesIO()
        pdf.save(written, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return written.getvalue()


def test_a_file_over_the_memory_limit_is_refused() -> None:
    found = clean(Kind.PDF, bloated(), "plan.pdf")
    assert isinstance(found, Unfit)
    assert str(found.reason) == "cleaning plan.pdf needs too much memory"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from(list(Kind)))
def test_a_damaged_file_is_cleaned_or_refused_and_never_anything_else(data: st.DataObject, kind: Kind) -> None:
    source = bytearray(files.plain_pdf() if kind is Kind.PDF else MARKED[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings(action="ignore"):
        try:
            cleaned = clean_document(bytes(source)) if kind is Kind.PDF else clean_picture(kind, bytes(source))
        except UncleanError:
            return
    assert files.AUTHOR.encode() not in cleaned
