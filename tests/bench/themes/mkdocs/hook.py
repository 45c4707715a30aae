"""Lists by department and by type, home and a feed, which MkDocs does not have."""

from collections import defaultdict
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

_neighbours: dict[str, dict[str, Any]] = {}  # of an address; Any: pages, MkDocs has no types for hooks
_pages: list[Any] = []
_environment: list[Any] = []


def on_env(env: Any, files: Any, **_: Any) -> None:
    """All pages have been read by now, and none is written."""
    pages = sorted((one.page for one in files.documentation_pages()), key=lambda one: one.meta["date"], reverse=True)
    for following, page, previous in zip([None, *pages], pages, [*pages[1:], None], strict=False):
        _neighbours[page.url] = {"next": following, "previous": previous}
    _pages[:] = pages
    _environment[:] = [env]


def on_page_context(context: dict[str, Any], page: Any, **_: Any) -> dict[str, Any]:
    return {**context, **_neighbours[page.url]}


def on_post_build(config: Any) -> None:
    (env,) = _environment
    site = Path(config.site_dir)

    def write(template: str, path: str, **context: Any) -> None:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        shared = {"config": config, "description": config.site_name, "address": path.removesuffix("index.html")}
        (site / path).write_text(env.get_template(template).render(**shared, **context), "utf-8")

    write("list.html", "index.html", title=config.site_name, pages=_pages[:20])
    write("feed.xml", "feed.xml", pages=_pages[:50], rfc822=format_datetime)
    for name in ("departments", "types"):
        lists = defaultdict(list)
        for page in _pages:
            lists[page.meta[name]].append(page)
        for value, members in lists.items():
            link = partial(_link, f"/{name}/{value}/")
            last = -(-len(members) // 20)
            for number in range(1, last + 1):
                shown = members[20 * number - 20 : 20 * number]
                path = f"{link(number)[1:]}index.html"
                write("list.html", path, title=value, pages=shown, number=number, last=last, link=link)


def _link(base: str, number: int) -> str:
    return base if number == 1 else f"{base}page/{number}/"
