"""A PDF as its pages alone, written anew by pikepdf.

The rules, in order: a file that is damaged, protected, signed, a portfolio, filled in, laid over with stamps or has
hidden layers is refused, since what a reader would see of it changes or cannot be known. Of the document's and each
page's own entries those listed here stay. From everything they lead to, the entries that hold what programs note for
themselves, actions that are no links, and layers are taken out; an annotation stays only as a bare link. JPEG streams
lose their own segments. What nothing leads to any more is not written: older revisions, embedded files, forms, scripts,
pictures that no page shows.
"""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from greenchannel.desk.cleaning.annotations import refuse_annotations
from greenchannel.desk.cleaning.fault import Fault, UncleanError
from greenchannel.desk.cleaning.jpeg import without_boxes, without_segments


def _listed(keys: str) -> frozenset[str]:
    return frozenset(f"/{one}" for one in keys.split())


_DOCUMENT = _listed("Type Pages Lang MarkInfo StructTreeRoot Outlines PageLabels Names Dests PageMode PageLayout")
_PAGE = _listed(
    "Type Parent MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit Resources Contents Group Annots "
    "StructParents Tabs"
)
_LINK = _listed("Type Subtype Rect A Dest Border BS C H QuadPoints StructParent")
_NOTES = _listed(
    "Metadata PieceInfo LastModified Thumb AA OpenAction JS JavaScript AF EF Alternates OPI OC VP Measure PtData "
    "LGIDict Private SpiderInfo Ref"
)
_ELSEWHERE = _listed("F FFilter FDecodeParms")  # The path of a file that holds a stream's data.
_FILTERS = _listed(
    "ASCIIHexDecode ASCII85Decode LZWDecode FlateDecode RunLengthDecode CCITTFaxDecode JBIG2Decode DCTDecode JPXDecode"
)
_ACTION = _listed("Type S D URI")
_LAYERS = _listed("OCG OCMD")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_CONTAINERS = (Array, Dictionary, Stream)
_STRIPPED_BY = {"/DCTDecode": without_segments, "/JPXDecode": without_boxes}
_SIGNED = 1  # The first bit of SigFlags.


def clean_document(data: bytes) -> bytes:
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise UncleanError(Fault.ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise UncleanError(Fault.DAMAGED) from error
    with pdf:
        try:
            _refuse(pdf)
            _reduce(pdf)
            _scrub(pdf)
            pdf.remove_unreferenced_resources()
            return _written(pdf)
        except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, IndexError, KeyError, AttributeError) as error:
            raise UncleanError(Fault.DAMAGED) from error  # What should be a dictionary is a number, and so on.


def _refuse(pdf: Pdf) -> None:
    if pdf.is_encrypted:
        raise UncleanError(Fault.ENCRYPTED)
    if not len(pdf.pages):
        raise UncleanError(Fault.DAMAGED)
    if Name.Collection in pdf.Root:
        raise UncleanError(Fault.PORTFOLIO)
    form = pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and int(form.get(Name.SigFlags, 0)) & _SIGNED:
        raise UncleanError(Fault.SIGNED)
    layers = pdf.Root.get(Name.OCProperties)
    if isinstance(layers, Dictionary) and _has_hidden(layers):
        raise UncleanError(Fault.LAYERS)
    refuse_annotations(pdf)


def _has_hidden(layers: Dictionary) -> bool:
    shown = layers.get(Name.D, Dictionary())
    return len(shown.get(Name.OFF, Array())) > 0 or shown.get(Name.BaseState, Name.ON) != Name.ON


def _reduce(pdf: Pdf) -> None:
    """Only what is listed stays of the trailer, the document, its names and its pages."""
    _keep(pdf.trailer, _listed("Root Size Prev"))
    _keep(pdf.Root, _DOCUMENT)
    if isinstance(names := pdf.Root.get(Name.Names), Dictionary):
        _keep(names, _listed("Dests"))
    for page in pdf.pages:
        _keep(page.obj, _PAGE)
        if Name.Annots in page.obj:
            page.obj.Annots = Array([one for one in page.obj.Annots if _is_link(one)])


def _is_link(annotation: object) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Link


def _keep(entries: Object, listed: frozenset[str]) -> None:
    _drop(entries, frozenset(one for one in entries.keys() if one not in listed))  # noqa: SIM118  # pikepdf's, not a dict.


def _drop(entries: Object, unwanted: frozenset[str]) -> None:
    for key in unwanted.intersection(entries.keys()):
        del entries[key]


def _scrub(pdf: Pdf) -> None:
    """Everything that the document leads to, each once; `todo` instead of recursion, as files nest at will."""
    seen: set[tuple[int, int]] = set()
    todo: list[Object] = [pdf.Root]
    while todo:
        one = todo.pop()
        if one.is_indirect:
            if one.objgen in seen:
                continue
            seen.add(one.objgen)
        if isinstance(one, Array):
            todo += [value for value in one if isinstance(value, _CONTAINERS)]
            continue
        entries = one.stream_dict if isinstance(one, Stream) else one
        _take_out(entries)
        if isinstance(one, Stream):
            _drop(entries, _ELSEWHERE)
            _strip_picture(pdf, one)
        todo += [value for value in entries.as_dict().values() if isinstance(value, _CONTAINERS)]


def _take_out(entries: Object) -> None:
    if entries.get(Name.Type) == Name.Annot or (Name.Rect in entries and Name.Subtype in entries):
        _keep(entries, _LINK if _is_link(entries) else frozenset())
    elif entries.get(Name.O) == Name.UserProperties:
        _keep(entries, frozenset())
    elif _is_action(entries) and _leads(entries):
        _keep(entries, _ACTION)
    for key, value in entries.as_dict().items():
        is_dead = key == "/A" and _is_action(value) and not _leads(value)
        is_aside = key == "/Obj" and not _is_link(value)  # The structure leads to notes and form fields, too.
        if key in _NOTES or is_dead or is_aside or _is_layer(value):
            del entries[key]


def _is_layer(value: object) -> bool:
    return isinstance(value, Dictionary) and value.get(Name.Type) in _LAYERS


def _is_action(value: object) -> bool:
    return isinstance(value, Dictionary) and isinstance(value.get(Name.S), Name)


def _leads(action: Object) -> bool:
    """To a place in the document, or to a web, mail or telephone address."""
    kind = str(action.S)
    address = str(action.get(Name.URI, "")).lower()
    return kind == "/GoTo" or (kind == "/URI" and address.startswith(_SCHEMES))


def _strip_picture(pdf: Pdf, stream: Object) -> None:
    """A JPEG within other packing is unpacked first; the last filter alone stays."""
    given = stream.get(Name.Filter)
    filters = [given] if isinstance(given, Name) else list(given or ())
    if not _FILTERS.issuperset(str(one) for one in filters):
        raise UncleanError(Fault.DAMAGED)  # Nobody can say what is in it.
    strip = _STRIPPED_BY.get(str(filters[-1])) if filters else None
    if strip is None:
        return
    options = stream.get(Name.DecodeParms)
    each = list(options) if isinstance(options, Array) else [options] * len(filters)
    data = stream.read_raw_bytes()
    if len(filters) > 1:
        packed = Stream(pdf, data, Filter=Array(filters[:-1]))
        if any(isinstance(one, Dictionary) for one in each[:-1]):
            packed.DecodeParms = Array([one if isinstance(one, Dictionary) else None for one in each[:-1]])
        data = packed.read_bytes()
    last = each[-1] if isinstance(each[-1], Dictionary) else None
    stream.write(strip(data), filter=Name(str(filters[-1])), decode_parms=last)


def _written(pdf: Pdf) -> bytes:
    written = io.BytesIO()
    pdf.save(
        written,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    with pikepdf.open(io.BytesIO(written.getvalue()), attempt_recovery=False) as again:
        if len(again.pages) != len(pdf.pages):
            raise UncleanError(Fault.DAMAGED)
    return written.getvalue()
