"""HTML that others made -> HTML that may stand in a page or a feed.

1. Allow-list: tags and attributes not named here are removed. No class, no style; an id only on headings and on the
   two ends of a footnote. Links get ``rel="noopener"``.
2. Addresses: a scheme is http, https, mailto or tel, or there is none. An address with a control character anywhere,
   or with a space or an invisible character in or before its scheme, loses its ``href`` or ``src``: browsers skip
   such characters, filters that compare letters don't.
3. Attachments: a relative address that names one becomes its public address. Images wait until they are scrolled to.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from html import unescape
from urllib.parse import unquote

import nh3

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TAGS = HEADINGS | {
    *("a", "blockquote", "br", "code", "div", "em", "hr", "img", "li", "ol", "p", "pre", "strong", "sup", "ul"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # Without it nh3 lets title and lang through everywhere.
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading"},
    "li": {"id"},
    "ol": {"start"},
    "sup": {"id"},
    "td": {"align"},
    "th": {"align"},
    **{heading: {"id"} for heading in HEADINGS},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
Links = tuple[tuple[str, str], ...]  # the name of an attachment, and its public address
ALIGNMENTS = frozenset({"left", "center", "right"})

_SCHEME = re.compile(r"(?P<scheme>[^:/?#]*):")


def sanitised(html: str, links: Links = ()) -> str:
    """Only what a body may have. What was cleaned once stays as it is."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=partial(_filter_attribute, dict(links)),
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        url_schemes=set(SCHEMES),
        link_rel="noopener",
    )


def plain_text(html: str) -> str:
    return " ".join(unescape(nh3.clean(html, tags=set())).split())


def _filter_attribute(links: Mapping[str, str], tag: str, attribute: str, value: str) -> str | None:
    match attribute:
        case "href" | "src":
            value = _attached(value, links)
            is_kept = _is_safe_address(value)
        case "id":
            is_kept = tag in HEADINGS or value.startswith({"li": "fn:", "sup": "fnref"}[tag])
        case "align":
            is_kept = value in ALIGNMENTS
        case _:
            is_kept = True
    return value if is_kept else None


def _attached(address: str, links: Mapping[str, str]) -> str:
    """The public address of an attachment that a relative address names; a place in it is kept."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    public = links.get(unicodedata.normalize("NFC", unquote(path)).removeprefix("./"))
    return address if public is None else public + address[len(path) :]


def _is_safe_address(address: str) -> bool:
    # Cc: control, Cf: invisible (zero width, soft hyphen), Zs/Zl/Zp: spaces with NBSP, U+2028, U+2029.
    if "\\" in address or any(unicodedata.category(character) == "Cc" for character in address):
        return False  # Browsers read a backslash as a slash: /\host leads to another host.
    found = _SCHEME.match(address)
    if found is None:
        return not address or unicodedata.category(address[0]) not in {"Cf", "Zs", "Zl", "Zp"}
    return found["scheme"].lower() in SCHEMES
