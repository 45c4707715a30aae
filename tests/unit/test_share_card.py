"""The picture beside a shared link."""

import io
import subprocess
import sys

from PIL import Image

from conftest import REPOSITORY
from greenchannel.desk.settings import Settings
from greenchannel.portal.share_card import SIZE, draw, share_cards
from greenchannel.sourcing import portal_frame

CITY = ("示例市政务舆情回应", "示例市人民政府", "事实发布", "news.shili.example", "#0b5d49")


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_a_card_has_the_size_of_large_cards_and_the_colour_of_the_header() -> None:
    card = picture(draw(*CITY))
    assert (card.size, card.getpixel((1, 1))) == (SIZE, (0x0B, 0x5D, 0x49))


def test_the_same_words_give_the_same_bytes_and_other_words_others() -> None:
    assert draw(*CITY) == draw(*CITY)
    assert len({draw(*CITY[:2], label, *CITY[3:]) for label in ("事实发布", "回应", "")}) == 3


def test_a_long_name_stays_within_the_card() -> None:
    card = picture(draw("示例市经济技术开发区与保税物流园区政务舆情回应和新闻发布平台", *CITY[1:]))
    right = card.crop((SIZE[0] - 60, 0, *SIZE))
    assert right.getcolors() == [(60 * SIZE[1], (0x0B, 0x5D, 0x49))]


def test_the_theme_chooses_colour_and_pictures(office_home: Settings) -> None:
    frame = portal_frame(office_home)
    own = {"assets/city.css": b"/* --band: #654321 */ :root { --band: #123456; }", "assets/cards/site.png": b"own"}
    made = {one.paths[0]: one.make()[0] for one in share_cards(frame, tuple(own.items()), "")}
    assert made["cards/site.png"] == b"own"
    assert picture(made["cards/fact.png"]).getpixel((1, 1)) == (0x12, 0x34, 0x56)


def test_every_page_names_a_card_that_is_there() -> None:
    site, base = REPOSITORY / "tests/golden/small/site", "https://news.shili.example/"
    lines = (line for one in site.rglob("*.html") for line in one.read_text("utf-8").splitlines())
    named = {line.split('content="')[1].split('"')[0] for line in lines if 'property="og:image"' in line}
    assert {one.removeprefix(base) for one in named} >= {"cards/site.png", "cards/fact.png"}
    assert [one for one in named if not (site / one.removeprefix(base)).is_file()] == []


def test_who_draws_no_card_loads_no_library_for_it() -> None:
    code = "import sys, greenchannel.building, greenchannel.office; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
