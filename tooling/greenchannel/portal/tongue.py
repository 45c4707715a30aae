"""Chinese words on a page in another language, marked for what reads pages aloud: ``<span lang="zh-CN">…</span>``.

A reason, a department's duty, a title without a translation stand on such pages as they were written. They are found
by their characters, so that no template can forget one. Only text is touched: no attribute, no title of the page, and
nothing within an element that says its language itself.

A text in which no word in Latin letters stands by itself is Chinese from end to end, with its figures and brackets. In
any other, what stands beside a Chinese character without a blank goes with it.

Links of such a page that lead to a page in Chinese say so (``hreflang``). They are found by their addresses.
"""

import re

_TAG = re.compile(r"(<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)", re.DOTALL)
_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"\slang=\"zh", re.IGNORECASE)
_CHINESE = re.compile("[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")
_LATIN = re.compile("[A-Za-z]")
_REFERENCE = re.compile("&#?[A-Za-z0-9]+;")
# A choice may hold no element, but it may say its language.
_OPTION = re.compile("<option(?! lang)([^>]*>)([^<]*)")
_VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_WITHOUT_MARKUP = frozenset(("title", "script", "style", "textarea"))


def marked(page: str) -> str:
    """`page` is HTML as our templates write it: each element has its end tag, unless it may have none."""
    inside: list[str] = []  # elements within, and with, one that must not or need not be marked
    parts = []
    for piece in _TAG.split(_OPTION.sub(_marked_option, page)):
        if piece.startswith("<"):
            inside = _entered(inside, piece)
            parts.append(piece)
        else:
            parts.append(piece if inside else _marked_text(piece))
    return "".join(parts)


def led(page: str, root: str, english: tuple[str, ...]) -> str:
    """`english` are the beginnings of the addresses that are not Chinese; an address of a page ends with a slash."""
    others = "|".join(map(re.escape, english))
    chinese = rf'<a (?![^>]*\bhreflang=)[^>]*?href="(?!{others}){re.escape(root)}(?!/)(?:[^"#?]*/)?(?:#[^"]*)?"'
    return re.sub(chinese, r'\g<0> hreflang="zh-CN"', page)


def _marked_option(found: re.Match[str]) -> str:
    return f'<option lang="zh-CN"{found[1]}{found[2]}' if _CHINESE.search(found[2]) else found[0]


def _marked_text(text: str) -> str:
    parts, end = list[str](), 0
    for start, stop in _passages(text):
        chinese = text[start:stop].rstrip(":,")
        if chinese.endswith(")") and chinese.count("(") < chinese.count(")"):
            chinese = chinese.removesuffix(")")
        parts += (text[end:start], f'<span lang="zh-CN">{chinese}</span>')
        end = start + len(chinese)
    return "".join((*parts, text[end:]))


def _passages(text: str) -> list[tuple[int, int]]:
    """Where Chinese begins and ends: between its words stand figures at most."""
    found, has_latin, goes_on = list[tuple[int, int]](), False, False
    words = [*re.finditer(r"\S+", text)]
    for word in words:
        if _CHINESE.search(word[0]):
            start = found.pop()[0] if goes_on else word.start()
            found.append((start, word.end()))
            goes_on = True
        elif _LATIN.search(_REFERENCE.sub("", word[0])):
            has_latin, goes_on = True, False
    return [(words[0].start(), words[-1].end())] if found and not has_latin else found


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
