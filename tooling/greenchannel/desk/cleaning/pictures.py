"""A picture as its pixels alone, encoded anew by Pillow.

The rules, in order: one picture of at most 50 million pixels, whole and not moving (a phone's JPEG may hold further
ones behind it, for depth or brightness: they go); turned as its orientation says; colours converted to sRGB where a
profile says how they are meant; 8 bits a channel. Where a picture is wholly transparent its colours are made black,
since programs leave there what somebody erased; of a palette only the colours in use stay. Nothing else of the file is
passed on: no EXIF, XMP, comment, profile, thumbnail or bytes behind the end.
"""

import io
import warnings

from PIL import Image, ImageCms, ImageFile

from greenchannel.desk.cleaning.fault import MAX_PIXELS, Fault, UncleanError
from greenchannel.domain.attachment import Kind

_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
_ORIENTATION = 0x0112
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITY = 90
_START = 4096  # bytes in which a WebP says how it is packed
_LARGE = 16_000_000  # pixels; packing a PNG of more at the usual effort takes too long


def clean_picture(kind: Kind, data: bytes) -> bytes:
    image, turn, profile, is_lossless = _decode(kind, data)
    if turn is not None:
        image = image.transpose(turn)
    image = _in_srgb(image, profile)
    if image.mode == "RGBA":
        image = _without_erased(image)
    elif image.mode == "P":
        image = image.remap_palette([index for index, count in enumerate(image.histogram()) if count])
    image.info.clear()
    return _encode(kind, image, is_lossless=is_lossless)


def _decode(kind: Kind, data: bytes) -> tuple[Image.Image, Image.Transpose | None, bytes, bool]:
    """The pixels, how to turn them, what their colours mean, and whether none may be lost."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # Our own limit stands in _refuse, before anything is decoded.
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
            _refuse(kind, image)
            image.load()
            turn, profile = _TURNED.get(_orientation(image)), image.info.get("icc_profile") or b""
            return _eight_bits(image), turn, profile, b"VP8L" in data[:_START]
    except (UncleanError, MemoryError):
        raise
    except Exception as error:  # What a decoder says of hostile bytes is of many types, and means one thing.
        raise UncleanError(Fault.DAMAGED) from error


def _refuse(kind: Kind, image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise UncleanError(Fault.PIXELS)
    if kind is not Kind.JPEG and getattr(image, "n_frames", 1) > 1:
        raise UncleanError(Fault.MOVING)


def _orientation(image: Image.Image) -> int:
    """A picture whose EXIF cannot be read stays as it lies."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # The same.
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    """In a mode that all steps know: 1, L, P (opaque), RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"1", "L", "P", "RGB", "RGBA", "CMYK"}:
        return image.copy()
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    if profile:
        image = image.convert("RGB") if image.mode == "P" else image
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode=target)
        except (ImageCms.PyCMSError, OSError, ValueError):
            found = None  # A profile that is broken, or for other colours than these, says nothing.
        if found is not None:
            return found
    return image.convert("RGB") if image.mode == "CMYK" else image


def _without_erased(image: Image.Image) -> Image.Image:
    opaque = image.getchannel("A").point(lambda value: 255 if value else 0)
    blank = Image.new("RGBA", image.size)
    blank.paste(image, mask=opaque)
    return blank


def _encode(kind: Kind, image: Image.Image, *, is_lossless: bool) -> bytes:
    encoded = io.BytesIO()
    match kind:
        case Kind.JPEG:
            image.save(encoded, "JPEG", quality=_QUALITY, optimize=True)
        case Kind.PNG:
            is_large = image.width * image.height > _LARGE
            image.save(encoded, "PNG", compress_level=1 if is_large else 6)
        case _ if is_lossless:
            image.save(encoded, "WEBP", lossless=True, quality=0, method=0)
        case _:
            image.save(encoded, "WEBP", quality=_QUALITY, method=2)
    return encoded.getvalue()
