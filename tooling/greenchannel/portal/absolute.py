"""Addresses in a text that leaves its page: whoever reads it elsewhere must get to the same places."""

from html import escape

from lxml import html


def absolute(body: str, page: str) -> str:
    """Resolve against the page, so that a footnote's `#fn:1` leads there and `/…` to the root of the host.

    An address that cannot be parsed stays as it is: a broken link must not take the whole document with it.
    """
    root = html.fragment_fromstring(body, create_parent="div")
    root.make_links_absolute(page, handle_failures="ignore")
    inner = "".join(html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "", quote=False) + inner
