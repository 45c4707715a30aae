"""Addresses in a text that leaves its page: whoever reads it elsewhere must get to the same places."""

import re
from html import escape

from lxml import html

_TO_PARSE = re.compile(r"href|src|&#|<!", re.IGNORECASE)


def absolute(body: str, page: str) -> str:
    """Resolve against the page, so that a footnote's `#fn:1` leads there and `/…` to the root of the host.

    An address that cannot be parsed stays as it is: a broken link must not take the whole document with it. Most texts
    have no address at all and are not parsed: that is the dearest part of an entry.
    """
    if not _TO_PARSE.search(body):
        return body
    root = html.fragment_fromstring(body, create_parent="div")
    root.make_links_absolute(page, handle_failures="ignore")
    inner = "".join(html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "", quote=False) + inner
