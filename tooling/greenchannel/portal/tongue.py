"""Chinese words on a page in another language, marked for what reads pages aloud: ``<span lang="zh-CN">…</span>``.

A reason, a department's duty, a title without a translation stand on such pages as they were written. They are found
by their characters, so that no template can forget one. Only text is touched: no attribute, no title of the page, and
nothing within an element that says its language itself.
"""

import re

_TAG = re.compile(r"(<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)", re.DOTALL)
_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"\slang=\"zh", re.IGNORECASE)
_HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
# From a Chinese character to the last one behind which no Latin letter and no reference came, with its brackets.
_CHINESE = re.compile(rf"[《（“【]*[{_HAN}](?:[^A-Za-z&]*[{_HAN}])?[》）”】。！？；：，、]*")
# A choice may hold no element, but it may say its language.
_OPTION = re.compile(rf"<option(?! lang)([^>]*>[^<]*[{_HAN}])")
_VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_WITHOUT_MARKUP = frozenset(("title", "script", "style", "textarea"))


def marked(page: str) -> str:
    """`page` is HTML as our templates write it: each element has its end tag, unless it may have none."""
    inside: list[str] = []  # elements within, and with, one that must not or need not be marked
    parts = []
    for piece in _TAG.split(_OPTION.sub(r'<option lang="zh-CN"\g<1>', page)):
        if piece.startswith("<"):
            inside = _entered(inside, piece)
            parts.append(piece)
        else:
            parts.append(piece if inside else _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', piece))
    return "".join(parts)


def _entered(inside: list[str], tag: str) -> list[str]:
    found = _NAME.match(tag)
    if found is None:
        return inside
    is_end, name = bool(found[1]), found[2].lower()
    if is_end:
        return inside[:-1] if inside and inside[-1] == name else inside
    if name in _VOID or not (inside or name in _WITHOUT_MARKUP or _LANGUAGE.search(tag)):
        return inside
    return [*inside, name]
