"""The site for Nikola: its own plugins make the pages, lists and feed; those that the others lack are off."""

BLOG_AUTHOR = BLOG_TITLE = BLOG_DESCRIPTION = "示例市政务舆情回应"
BLOG_EMAIL = "press@shili.example"
SITE_URL = "https://news.shili.example/"
DEFAULT_LANG = "zh_cn"
TIMEZONE = "Asia/Shanghai"
POSTS = (("content/releases/*.md", "releases", "post.tmpl"),)
PAGES = ()
NAVIGATION_LINKS = {DEFAULT_LANG: ()}
COMPILERS = {"markdown": (".md",)}
MARKDOWN_EXTENSIONS = ["markdown.extensions.tables"]
METADATA_FORMAT = "YAML"
THEME = "shili"
OUTPUT_FOLDER, CACHE_FOLDER = "site", "cache"
TAG_PATH, CATEGORY_PATH, CATEGORY_PREFIX = "departments", "types", ""
TAG_PAGES_ARE_INDEXES = CATEGORY_PAGES_ARE_INDEXES = True
INDEX_DISPLAY_POST_COUNT = 20
INDEXES_PRETTY_PAGE_URL = ["page", "{number}", "{index_file}"]
RSS_FILENAME_BASE, FEED_LENGTH, FEED_TEASERS, FEED_PLAIN = "feed", 50, False, False
COPY_SOURCES = SHOW_SOURCELINK = False
DISABLED_PLUGINS = [
    *("classify_archive", "classify_authors", "classify_page_index", "classify_sections", "copy_assets", "copy_files"),
    *("create_bundles", "gzip", "redirect", "render_galleries", "render_listings", "robots", "scale_images", "sitemap"),
]
