"""The picture that stands beside a shared link (Open Graph): the newsroom's name and what kind of page it is.

One picture serves all pages of a kind. The title stands beside it in every program that shows such a card, so a picture
for each release would say it twice, and cost more than the release's page and all its feeds.

The bytes depend on the words, the colour and the programs that draw alone: the font comes with us, no system font is
asked for. A theme that has `assets/cards/<name>.png` shows its own.
"""

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.plan import Planned, Stage, fingerprint, given
from greenchannel.portal.views.parts import SiteFrame

if TYPE_CHECKING:
    from PIL import ImageFont

SIZE = (1200, 630)  # pixels; what large cards are made for
SITE = "site"  # of a page that is no release
_MARGIN = 96
_FONT = Path(__file__).parent / "fonts" / "noto-sans-sc-700.woff2"
_BAND = re.compile(r"--band:\s*(#[0-9a-fA-F]{6})\b")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COLOUR = "#0b5d49"  # where no style sheet of the theme names one
_SHADES = 16  # between colour and white: enough for smooth edges, and a third of the bytes


def share_cards(frame: SiteFrame, assets: tuple[tuple[str, bytes], ...], maker: str) -> Iterator[Planned]:
    """`cards/<name>.png`: one for each type of release, and one for all other pages."""
    known = dict(assets)
    colour = _colour(known.get(f"assets/{name}", b"") for name in ("city.css", "portal.css"))
    for name, label in ((SITE, ""), *((kind.value, kind.zh) for kind in ReleaseType)):
        path, drawn = f"cards/{name}.png", (frame.name, frame.organisation, label, frame.domain, colour)
        if own := known.get(f"assets/{path}"):
            yield given(Stage.PAGE, path, own)
        else:
            yield Planned(Stage.PAGE, (path,), fingerprint(maker, drawn), partial(_made, *drawn))


def _colour(styles: Iterable[bytes]) -> str:
    """Of the theme's header, so that card and page belong together: the first style sheet that names it."""
    rules = (_COMMENT.sub("", one.decode("utf-8", "replace")) for one in styles)
    return next((found[1] for one in rules if (found := _BAND.search(one))), _COLOUR)


def _made(name: str, organisation: str, label: str, domain: str, colour: str) -> tuple[bytes, ...]:
    return (draw(name, organisation, label, domain, colour),)


def draw(name: str, organisation: str, label: str, domain: str, colour: str) -> bytes:
    """White words on the colour: the kind, the newsroom, who runs it and where it stands. A PNG."""
    # A release waits for what is loaded, and draws no card.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    picture = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(picture)
    if label:
        pen.text((_MARGIN, 96), label, font=_fitting(label, 56), fill=255)
        pen.rectangle((_MARGIN, 184, _MARGIN + 120, 190), fill=255)
    pen.text((_MARGIN, 250), name, font=_fitting(name, 92), fill=255)
    pen.text((_MARGIN, 400), organisation, font=_fitting(organisation, 44), fill=220)
    pen.text((_MARGIN, 500), domain, font=_fitting(domain, 36), fill=200)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    steps = [round(255 * step / (_SHADES - 1)) for step in range(_SHADES)]
    indexed = picture.point([round(value * (_SHADES - 1) / 255) for value in range(256)])
    indexed.putpalette([part + (255 - part) * step // 255 for step in steps for part in (red, green, blue)])
    out = io.BytesIO()
    indexed.save(out, "PNG", optimize=True)
    return out.getvalue()


def _fitting(text: str, size: int) -> "ImageFont.FreeTypeFont":
    """The font at the size, or as much smaller as a long text needs."""
    room = SIZE[0] - 2 * _MARGIN
    length = _font(size).getlength(text)
    return _font(size if length <= room else max(12, int(size * room / length)))


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.truetype(_FONT, size)
