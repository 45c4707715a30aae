"""W77: what a screen reader needs of every page (GB/T 37668-2019; WCAG 2.2, level A)."""

import re
from collections.abc import Iterator

from greenchannel.domain.message import message
from greenchannel.inspection.labels import EVERY
from greenchannel.inspection.rule import Finding, Rule, Site
from greenchannel.portal.page_reading import Page

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _alt(page: Page, _site: Site) -> Iterator[Finding]:
    """A picture without words.

    What: an img element has no alt attribute. An empty one is right for what only decorates.
    Why: who does not see the picture is read its file's name instead.
    Fix: write what the picture says: ![现场救援](现场.jpg) in the text, alt="…" in a template.
    """
    for one in page.pictures:
        hint = message('write what the picture says in alt, or alt="" where it only decorates')
        yield Finding(message("the picture {url} has no alt", url=one.url), hint, one.line)


def _heading(page: Page, _site: Site) -> Iterator[Finding]:
    """A page without one heading of the first level.

    What: a page has no h1, more than one, or an empty one.
    Why: it is what a screen reader reads first, and by which people know where they are.
    Fix: let the title be the only h1; headings in a text start with ##.
    """
    count = len(page.headings)
    if count != 1:
        hint = message("let the title be the only h1; headings in a text start with ##")
        yield Finding(message("{count} headings of the first level", count=count), hint)
    elif not page.headings[0]:
        yield Finding(message("the heading of the first level is empty"), message("give the page a title"))


def _language(page: Page, _site: Site) -> Iterator[Finding]:
    """A page that does not say its language.

    What: the html element has no lang, or one that is no language.
    Why: a screen reader would read it with the wrong voice.
    Fix: write lang="zh-CN" (or the page's own language) in the template; in content/pages, lang: en as front matter.
    """
    if not _LANGUAGE.fullmatch(page.language):
        hint = message('write lang="zh-CN", or the page\'s own language, on the html element')
        yield Finding(message("lang is {value}", value=page.language or "-"), hint)


def _title(page: Page, _site: Site) -> Iterator[Finding]:
    """A page without a title.

    What: there is no title element, or an empty one.
    Why: tabs, bookmarks and search results show it.
    Fix: write it in the page's template.
    """
    if not page.title:
        yield Finding(message("the title is missing or empty"), message("write <title> in the page's template"))


_ON_EVERY, _ACCESS = message("every page"), message("accessibility")
RULES: tuple[Rule, ...] = (
    Rule("W771", _ON_EVERY, _ACCESS, message("every picture has an alt attribute"), EVERY, _alt),
    Rule("W772", _ON_EVERY, _ACCESS, message("one heading of the first level"), EVERY, _heading),
    Rule("W773", _ON_EVERY, _ACCESS, message("the language is told"), EVERY, _language),
    Rule("W774", _ON_EVERY, _ACCESS, message("there is a title"), EVERY, _title),
)
