"""The site for Pelican: no neighbours of its own, so that a signal gives them to the articles."""

from typing import Any

from pelican import signals

SITENAME = AUTHOR = "示例市政务舆情回应"
SITEURL = "https://news.shili.example"
PATH = "content"
OUTPUT_PATH = "site"
THEME = "theme"
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh"
ARTICLE_URL = "releases/{slug}/"
ARTICLE_SAVE_AS = "releases/{slug}/index.html"
SLUGIFY_SOURCE = "basename"
TAG_URL, CATEGORY_URL = "departments/{slug}/", "types/{slug}/"
TAG_SAVE_AS, CATEGORY_SAVE_AS = "departments/{slug}/index.html", "types/{slug}/index.html"
AUTHOR_SAVE_AS = ""
DIRECT_TEMPLATES = ["index"]
PAGINATED_TEMPLATES = {"tag": 20, "category": 20}
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
FEED_ALL_RSS = "feed.xml"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 50
MARKDOWN: dict[str, dict[str, dict[str, str]]] = {
    "extension_configs": {"markdown.extensions.tables": {}, "markdown.extensions.meta": {}}
}
CACHE_CONTENT = LOAD_CONTENT_CACHE = True
CACHE_PATH = "cache"


class Neighbours:
    """A plugin."""

    @staticmethod
    def register() -> None:
        signals.article_generator_finalized.connect(_connect)


def _connect(generator: Any) -> None:  # Any: Pelican's own
    pages = generator.articles
    for following, page, previous in zip([None, *pages], pages, [*pages[1:], None], strict=False):
        page.next, page.previous = following, previous


PLUGINS = [Neighbours]
