"""W72: what stands at the foot of every page (国办发〔2017〕47号)."""

import re
from collections.abc import Iterator, Mapping
from re import Pattern

from greenchannel.desk.furniture import EXAMPLES, FooterEntry, Piece
from greenchannel.domain.message import message
from greenchannel.inspection.labels import EVERY
from greenchannel.inspection.rule import Finding, Rule, Site
from greenchannel.portal.page_reading import Footer, Page

# What the footers of government sites say, whoever made the page; one of our own is also known by what is configured.
_WORDS: Mapping[Piece, Pattern[str]] = {
    Piece.IDENTIFICATION: re.compile("党政机关|政府机关"),
    Piece.ERROR_REPORT: re.compile("网站找错"),
    Piece.SITE_ID_CODE: re.compile("标识码"),
    Piece.SPONSOR: re.compile("主办"),
    Piece.CONTACT: re.compile("联系|电话"),
    Piece.ICP: re.compile("ICP备"),
    Piece.PUBLIC_SECURITY: re.compile("公网安备|公安机关备案"),
    Piece.SITE_MAP: re.compile("站点地图|网站地图"),
}


def _furniture(page: Page, site: Site) -> Iterator[Finding]:
    """A footer that lacks what it must have.

    What: a page has no footer, or its footer lacks 党政机关标识, 我为政府网站找错, 网站标识码, 主办单位, 联系方式,
    ICP备案号, 公安机关备案 or 站点地图.
    Why: each of them is asked for on every page.
    Fix: set what is missing under extra.greenchannel.footer in mkdocs.yml, then run greenchannel build.
    """
    if page.footer is None:
        hint = message("put what the site owes its readers into <footer> in this page's template")
        yield Finding(message("there is no footer"), hint)
        return
    configured = {one.piece: one for one in site.footer}
    for piece in Piece:
        if not _is_there(page.footer, piece, configured.get(piece)):
            seen = message("the footer lacks {labels}", labels=piece.zh)
            hint = message("write in mkdocs.yml under extra.greenchannel.footer: {example}", example=EXAMPLES[piece])
            if piece in configured:
                hint = message("mkdocs.yml sets it: run greenchannel build --clean, or look at the theme's footer")
            yield Finding(seen, hint)


def _is_there(footer: Footer, piece: Piece, configured: FooterEntry | None) -> bool:
    if _WORDS[piece].search(footer.words):
        return True
    return configured is not None and (
        configured.text in footer.words or any(configured.url and one.endswith(configured.url) for one in footer.urls)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "W721",
        message("every page"),
        message("footer"),
        message("the eight pieces that a government site owes are there"),
        EVERY,
        _furniture,
    ),
)
