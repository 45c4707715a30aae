"""A page of a site as an inspector reads it, whoever made it: its labels, words, addresses, lists and times.

Whatever comes is read without scripts and without the network. What is missing is empty; what is no page at all is a
message that says so.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html
from msgspec import Struct

from greenchannel.domain.message import Message, message

_MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FETCHED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}  # of link: what a browser asks for by itself
_SOURCES = {"img": "src", "script": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src",
            "embed": "src", "track": "src", "object": "data"}  # fmt: skip
_AROUND = ("li", "article", "tr")  # what a list calls one of its items
_LISTED = "descendant::a[@href][not(ancestor::nav)][not(ancestor::*[contains(@class, 'prose')])]"
_WORDS = 24  # characters: what says that nothing is there is no content


class Address(Struct, frozen=True):
    """As it is written. `is_fetched` tells what a browser asks for to show the page, at once or, `is_late`, below."""

    url: str
    line: int
    is_fetched: bool = False
    is_late: bool = False


class Shown(Struct, frozen=True):
    """A time that readers see; `minute` is empty where it is not shown as YYYY-MM-DD HH:MM."""

    iso: str
    minute: str


class Item(Struct, frozen=True):
    """An entry of a list that leads somewhere, and the times beside it."""

    url: str
    line: int
    times: tuple[Shown, ...]


class Footer(Struct, frozen=True):
    """`words` are its text with the descriptions of its pictures and links."""

    words: str
    urls: frozenset[str]


class Page(Struct, frozen=True, kw_only=True):
    """`path` is from the site's root. `blank` are the headings of sections behind which there is nothing."""

    path: str
    language: str
    title: str
    canonical: str
    labels: tuple[tuple[str, str], ...]
    addresses: tuple[Address, ...]
    ids: frozenset[str]
    headings: tuple[str, ...]  # of the first level
    pictures: tuple[Address, ...]  # without an alt attribute
    times: tuple[Shown, ...]  # in its main part, outside its text
    items: tuple[Item, ...]
    blank: tuple[str, ...]
    has_content: bool
    footer: Footer | None

    def label(self, name: str) -> str:
        """The first one of this name, in exactly this case; empty where there is none."""
        return next((value for known, value in self.labels if known == name), "")


def read_page(path: str, body: bytes) -> Page | Message:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return message("byte {place} is no UTF-8", place=error.start)
    if not re.search(r"<(?:html|!doctype html)\b", text[:2000], re.IGNORECASE):
        return message("this is no HTML page")
    try:
        # Bytes, with the encoding told: of a text lxml refuses an encoding that the page declares.
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return message("this is no HTML page")
    return _page(path, root)


def read_ids(body: bytes) -> frozenset[str] | None:
    """What a fragment of an address may name in a page; None of what is no page."""
    page = read_page("", body)
    return None if isinstance(page, Message) else page.ids


def _page(path: str, root: Any) -> Page:  # Any: lxml's element
    main = next(root.iter("main"), None)
    main = root.find("body") if main is None else main
    main = root if main is None else main
    return Page(
        path=path,
        language=(root.get("lang") or "").strip(),
        title=_text(root.find("head/title")),
        canonical=next((_said(one, "href") for one in root.iter("link") if "canonical" in _relations(one)), ""),
        labels=tuple((_said(one, "name"), _said(one, "content")) for one in root.iter("meta") if one.get("name")),
        addresses=tuple(_addresses(root)),
        ids=frozenset({*root.xpath("//@id"), *root.xpath("//a/@name")}),
        headings=tuple(_text(one) for one in root.iter("h1")),
        pictures=tuple(
            Address(_said(one, "src"), one.sourceline or 0) for one in root.iter("img") if one.get("alt") is None
        ),
        times=tuple(_times(main)),
        items=tuple(_items(main)),
        blank=tuple(_text(one) for one in main.iter("section") if not _has_content(one) for one in _heading(one)),
        has_content=_has_content(main),
        footer=_footer(root),
    )


def _said(element: Any, name: str) -> str:
    return str(element.get(name) or "").strip()


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _relations(link: Any) -> set[str]:
    return set(_said(link, "rel").lower().split())


def _addresses(root: Any) -> Iterator[Address]:
    for one in root.iter("a", "area", "link", *_SOURCES):
        line = one.sourceline or 0
        if (source := one.get(_SOURCES.get(one.tag, "src"))) is not None:
            yield Address(source.strip(), line, is_fetched=True, is_late=_said(one, "loading").lower() == "lazy")
        for part in _said(one, "srcset").split(","):
            if part.strip():
                yield Address(part.split()[0], line, is_fetched=True, is_late=True)
        if one.tag in ("a", "area", "link") and one.get("href") is not None:
            yield Address(_said(one, "href"), line, is_fetched=one.tag == "link" and bool(_relations(one) & _FETCHED))


def _times(element: Any) -> Iterator[Shown]:
    for one in element.iter("time"):
        if not any("prose" in _said(around, "class").split() for around in one.iterancestors()):
            found = _MINUTE.match(_text(one))
            yield Shown(_said(one, "datetime"), found[0] if found else "")


def _items(main: Any) -> Iterator[Item]:
    known: dict[Any, tuple[Shown, ...]] = {}
    for one in main.xpath(_LISTED):
        around = next((each for each in one.iterancestors() if each.tag in _AROUND), None)
        if around is not None:
            if around not in known:
                known[around] = tuple(_times(around))
            yield Item(_said(one, "href"), one.sourceline or 0, known[around])


def _heading(section: Any) -> list[Any]:
    return list(section.iter(*_HEADINGS))[:1]


def _has_content(element: Any) -> bool:
    """Anything but headings, and a few words that say that nothing is there."""
    inner = "[not(ancestor-or-self::h1 or ancestor-or-self::h2 or ancestor-or-self::h3 or ancestor-or-self::h4)]"
    if element.xpath(f"boolean(.//a[@href]{inner} | .//img | .//dd | .//td | .//form | .//video | .//svg)"):
        return True
    words = "".join(element.xpath(f".//text(){inner.replace('-or-self', '')}"))
    return len("".join(words.split())) >= _WORDS


def _footer(root: Any) -> Footer | None:
    """Of the page, not of a section in it."""
    found = root.xpath("//footer[not(ancestor::main or ancestor::article)] | //*[@role='contentinfo']")
    if not found:
        return None
    words = [_text(found[-1]), *(str(one) for one in found[-1].xpath(".//@alt | .//@title | .//@aria-label"))]
    return Footer(" ".join(words), frozenset(_said(one, "href") for one in found[-1].iter("a")))
