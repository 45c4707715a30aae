"""``extra: greenchannel: footer:`` as what stands in the footer of every page.

The pieces that every government site owes (国办发〔2017〕47号, annex) have keys of their own, in both spellings; what
a city adds stands behind them, in its order. A value is a text, an address, or a mapping of `text` (文字), `url`
(网址) and `image` (图片). Nothing is invented: what is not set is not shown, and `unset` names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from greenchannel.desk import frontmatter
from greenchannel.desk.addresses import is_site_path, is_web_address
from greenchannel.desk.frontmatter import Node, Scalar
from greenchannel.domain.errors import SettingsError
from greenchannel.domain.vocabulary import Term


class Piece(Term):
    """In the order in which they are shown."""

    IDENTIFICATION = "identification", "党政机关标识"
    ERROR_REPORT = "error_report", "我为政府网站找错"
    SITE_ID_CODE = "site_id_code", "网站标识码"
    SPONSOR = "sponsor", "主办单位"
    CONTACT = "contact", "联系方式"
    ICP = "icp", "ICP备案号"
    PUBLIC_SECURITY = "public_security", "公安机关备案"
    SITE_MAP = "site_map", "站点地图"


# A label of these is shown as it is written: who writes 联系电话 gives no address.
_ALSO = {
    "政府网站找错": Piece.ERROR_REPORT,
    "网站找错": Piece.ERROR_REPORT,
    "政府网站标识码": Piece.SITE_ID_CODE,
    "网站主办单位": Piece.SPONSOR,
    "主办": Piece.SPONSOR,
    "联系电话": Piece.CONTACT,
    "ICP备案": Piece.ICP,
    "ICP备案编号": Piece.ICP,
    "公安备案": Piece.PUBLIC_SECURITY,
    "公安机关备案号": Piece.PUBLIC_SECURITY,
    "公安机关备案标识": Piece.PUBLIC_SECURITY,
    "网站地图": Piece.SITE_MAP,
}
_PIECES: Mapping[str, Piece] = {**{name: one for one in Piece for name in (one.value, one.zh)}, **_ALSO}
_FIELDS = {"text": "text", "文字": "text", "url": "url", "网址": "url", "image": "image", "图片": "image"}
_LINKS = (Piece.IDENTIFICATION, Piece.ERROR_REPORT, Piece.SITE_MAP)
# The form in which registered sites link to their number; the number is the city's own.
_SECURITY_NUMBER = re.compile(r"公网安备\s*(\d{14})\s*号")
_SECURITY_URL = "http://www.beian.gov.cn/portal/registerSystemInfo?recordcode={number}"
EXAMPLES: Mapping[Piece, str] = {
    Piece.IDENTIFICATION: "党政机关标识: {url: https://…, image: /assets/….png}",
    Piece.ERROR_REPORT: "我为政府网站找错: https://…",
    Piece.SITE_ID_CODE: '网站标识码: "…"',
    Piece.SPONSOR: "主办单位: …",
    Piece.CONTACT: "联系方式: …",
    Piece.ICP: "ICP备案号: {text: …, url: https://…}",
    Piece.PUBLIC_SECURITY: "公安机关备案: …公网安备 …号",
    Piece.SITE_MAP: "站点地图: /…/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterEntry:
    """`piece` is None for what a city adds. `url` and `image` may be empty; a `/` at their start is the site's root."""

    piece: Piece | None
    label: str
    text: str
    url: str = ""
    image: str = ""


def read_footer(node: Node | None, site_id_code: str, path: Path) -> tuple[FooterEntry, ...]:
    """The site's code may stand in the footer or as a setting of its own; two codes are refused."""
    if node is not None and not isinstance(node, frontmatter.Mapping):
        if isinstance(node, Scalar) and node.is_null:
            return _ordered((), site_id_code, path)
        raise SettingsError("{path}: footer must name what stands there, a line each", path=path)
    read = (_entry(key.text, value, path) for key, value in (node.entries if node else ()) if not _is_null(value))
    return _ordered(tuple(read), site_id_code, path)


def unset(footer: tuple[FooterEntry, ...]) -> tuple[Piece, ...]:
    there = {one.piece for one in footer}
    return tuple(one for one in Piece if one not in there)


def code_of(footer: tuple[FooterEntry, ...]) -> str:
    return next((one.text for one in footer if one.piece is Piece.SITE_ID_CODE), "")


def _ordered(entries: tuple[FooterEntry, ...], code: str, path: Path) -> tuple[FooterEntry, ...]:
    known: dict[Piece, FooterEntry] = {}
    if code:
        label = Piece.SITE_ID_CODE.zh
        known[Piece.SITE_ID_CODE] = FooterEntry(piece=Piece.SITE_ID_CODE, label=label, text=code)
    for one in entries:
        if one.piece is None:
            continue
        is_the_setting = one.piece is Piece.SITE_ID_CODE and one.text == code
        if one.piece in known and not is_the_setting:
            raise SettingsError("{path}: {label} is set twice", path=path, label=one.piece.zh)
        known[one.piece] = one
    return (*(known[one] for one in Piece if one in known), *(one for one in entries if one.piece is None))


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and (node.is_null or not node.text.strip())


def _entry(name: str, node: Node, path: Path) -> FooterEntry:
    piece = _PIECES.get(name.strip())
    label = name if piece is None or name in _ALSO else piece.zh
    fields = _fields(name, node, path)
    text = fields.get("text", "")
    # What is nothing but a link may be written as its address alone.
    if isinstance(node, Scalar) and piece in _LINKS and (is_web_address(text) or is_site_path(text)):
        fields = {"url": text}
    for key in ("url", "image"):
        if (value := fields.get(key)) is not None and not _may_be(key, value):
            problem = "{path}: footer: {label}: {value} is no address such as https://… or /…"
            raise SettingsError(problem, path=path, label=name, value=value)
    url = fields.get("url", "")
    if piece is Piece.PUBLIC_SECURITY and not url and (found := _SECURITY_NUMBER.search(text)):
        url = _SECURITY_URL.format(number=found[1])
    text, image = fields.get("text", label), fields.get("image", "")
    return FooterEntry(piece=piece, label=label, text=text, url=url, image=image)


def _may_be(key: str, value: str) -> bool:
    """A picture of another host would tell that host who reads the site."""
    return is_site_path(value) or (key == "url" and (is_web_address(value) or value.startswith(("mailto:", "tel:"))))


def _fields(name: str, node: Node, path: Path) -> dict[str, str]:
    if isinstance(node, Scalar):
        return {"text": node.text.strip()}
    if isinstance(node, frontmatter.Mapping):
        found = {_FIELDS.get(key.text): value for key, value in node.entries if not _is_null(value)}
        if None not in found and all(isinstance(one, Scalar) for one in found.values()):
            return {str(key): one.text.strip() for key, one in found.items() if isinstance(one, Scalar)}
    raise SettingsError("{path}: footer: {label}: write a text, or text, url and image", path=path, label=name)
