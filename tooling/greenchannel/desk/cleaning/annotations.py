"""What a reader sees laid over the pages of a PDF: cleaning takes annotations away, and so must know of these.

Stamps, text, marks and pictures are laid over a page as annotations, and the words of a form are, too. Whether a
program stored how one looks does not matter, since viewers draw those that lack it. Links stay. A colleague's notes
(Text, and its Popup) are remarks on a document, not part of it. What neither screen nor paper ever shows is nothing.
"""

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from greenchannel.desk.cleaning.fault import Fault, UncleanError

_NO_PART = frozenset({"/Link", "/Text", "/Popup"})
_HIDDEN, _PRINT, _NO_VIEW = 2, 4, 32  # Bits of F.
_MOST_PARENTS = 32


def refuse_annotations(pdf: Pdf) -> None:
    """Raises UncleanError where readers would miss something that the author saw."""
    if pdf.Root.get(Name.NeedsRendering, False):
        raise UncleanError(Fault.FILLED)  # A form of XFA alone: its pages are made by the viewer.
    for page in pdf.pages:
        for one in page.obj.get(Name.Annots, Array()):
            kind = str(one.get(Name.Subtype, "")) if isinstance(one, Dictionary) else ""
            if kind == "/Widget":
                _refuse_field(one)
            elif kind and kind not in _NO_PART and _is_shown(one):
                raise UncleanError(Fault.LAID_OVER)


def _is_shown(annotation: Object) -> bool:
    flags = int(annotation.get(Name.F, 0))
    return not flags & _HIDDEN and bool(flags & _PRINT or not flags & _NO_VIEW)


def _refuse_field(field: Object) -> None:
    kind = str(_inherited(field, Name.FT))
    value = _inherited(field, Name.V)
    if kind == "/Sig" and isinstance(value, Dictionary):
        raise UncleanError(Fault.SIGNED)  # Signed, although SigFlags does not say so.
    if kind == "/Btn":
        is_filled = _is_chosen(field, value) or Name.I in field.get(Name.MK, Dictionary())
    else:
        is_filled = _says(value)
    if is_filled and _is_shown(field):
        raise UncleanError(Fault.FILLED)


def _says(value: Object | None) -> bool:
    match value:
        case None:
            return False
        case Array():
            return any(_says(one) for one in value)
        case Stream():
            return bool(value.read_bytes().strip())
    return bool(str(value).strip())


def _is_chosen(field: Object, value: Object | None) -> bool:
    """A box or a round button; what it looks like now decides, not what its group holds."""
    state = field.get(Name.AS, value)
    return isinstance(state, Name) and state != Name.Off


def _inherited(field: Object, key: Name) -> Object | None:
    return next((one[key] for one in _with_parents(field) if key in one), None)


def _with_parents(field: Object) -> Iterator[Object]:
    one: object = field
    for _ in range(_MOST_PARENTS):
        if not isinstance(one, Dictionary):
            return
        yield one
        one = one.get(Name.Parent)
