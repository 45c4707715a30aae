"""A title as it sounds, for an address. Apart from the scaffolds, since its table takes longer to load than a check."""

import re


def propose_slug(title: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # 0.2 s, and most commands meet no title that is new.

    words = re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(title)).lower())
    return "-".join(words)[:60].strip("-") or "shijian"
