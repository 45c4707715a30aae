"""A JPEG stream without what it says about itself: segments dropped, not one pixel touched.

Application segments and comments go, with the bytes behind the end of the picture. Two stay in their bare form, since
decoders choose the colours by them: JFIF without its thumbnail, and Adobe's mark of the colour transform. Of JPEG 2000,
which is made of boxes, those go that hold XML, addresses or whatever a program likes.
"""

import re

_MARKER = re.compile(b"\xff+([^\x00\xff\xd0-\xd7])")  # In the picture's data: stuffed zeros and restarts are none.
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_LENGTH = 2  # bytes that say how long a segment is, themselves included
_JFIF_BYTES, _ADOBE_BYTES = 14, 12
_BOX_HEAD = 8
_TELLING = frozenset((b"xml ", b"uuid", b"uinf", b"asoc"))
_JFIF, _ADOBE = 0xE0, 0xEE


def without_segments(data: bytes) -> bytes:
    """Raises ValueError where the segments do not follow each other as they must."""
    if not data.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG stream")
    kept, position = [b"\xff\xd8"], 2
    while position < len(data):
        found = _MARKER.match(data, position)
        if found is None:
            raise ValueError("no marker where one must be")
        marker, start = found[1][0], found.end()
        if marker == _END:
            kept.append(b"\xff\xd9")
            break
        length = int.from_bytes(data[start : start + _LENGTH], "big")
        payload = data[start + _LENGTH : start + length]
        if length < _LENGTH or len(payload) != length - _LENGTH:
            raise ValueError("a segment is cut off")
        position = start + length
        if (bare := _bare(marker, payload)) is not None:
            kept.append(bytes((0xFF, marker)) + (len(bare) + _LENGTH).to_bytes(2, "big") + bare)
        if marker == _SCAN:
            behind = _MARKER.search(data, position)
            end = behind.start() if behind else len(data)
            kept.append(data[position:end])
            position = end
    return b"".join(kept)


def _bare(marker: int, payload: bytes) -> bytes | None:
    """What stays of a segment; None where nothing does."""
    if marker == _JFIF and payload.startswith(b"JFIF\0") and len(payload) >= _JFIF_BYTES:
        return payload[: _JFIF_BYTES - 2] + b"\0\0"  # No pixels of a thumbnail.
    if marker == _ADOBE and payload.startswith(b"Adobe") and len(payload) >= _ADOBE_BYTES:
        return payload[:_ADOBE_BYTES]
    return None if marker in _APPLICATION or marker == _COMMENT else payload


def without_boxes(data: bytes) -> bytes:
    """A bare JPEG 2000 stream has no boxes and stays. Raises ValueError where a box is cut off."""
    if data[4:8] != b"jP  ":
        return data
    kept, position = [], 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16], "big")
        length = length or len(data) - position
        if length < _BOX_HEAD or position + length > len(data):
            raise ValueError("a box is cut off")
        if data[position + 4 : position + 8] not in _TELLING:
            kept.append(data[position : position + length])
        position += length
    return b"".join(kept)
