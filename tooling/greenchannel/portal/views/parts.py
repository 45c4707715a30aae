"""What stands on many pages: links, times, rows, cards, a page's frame and the site's.

Times come as display text (`2026-11-20 08:55`, the newsroom's offset) and as RFC 3339.
"""

from msgspec import Struct


class Link(Struct, frozen=True):
    text: str
    url: str


class Time(Struct, frozen=True):
    text: str
    iso: str


class Row(Struct, frozen=True):
    """A row of a metadata table; `url` empty where it is no link. `pieces` are the value again, where parts lead on."""

    label: str
    value: str
    url: str = ""
    pieces: tuple[Link, ...] = ()


class OtherLanguage(Struct, frozen=True):
    """Where a page leads whom it does not speak to; `is_same` says that the same page is there, not only a home page.

    `tag` is the language's (RFC 5646), `text` its own name.
    """

    text: str
    tag: str
    url: str
    is_same: bool


class Card(Struct, frozen=True, kw_only=True):
    """A release in a list. `status` is empty, 更正, 撤回 or 草稿."""

    title: str
    url: str
    type: str
    type_label: str
    department: Link
    incident: Link
    published: Time
    summary: str
    status: str = ""


class AttachmentView(Struct, frozen=True, kw_only=True):
    """A file beside the release; `kind` and `size` as people read them."""

    name: str
    url: str
    kind: str
    size: str
    sha256: str


class FeedLink(Struct, frozen=True, kw_only=True):
    title: str
    rss: str
    atom: str
    json: str


class DutyView(Struct, frozen=True, kw_only=True):
    """One duty in a citizen's words: when the city learned (`clock`), by when it owed an answer, when it gave it, under
    which rule, and how it stood (`state`: met, late, open, unknown).
    """  # noqa: D205

    duty: str
    due: Time
    clock: str
    answered: Time | None
    basis: str
    force: str
    outcome: str
    state: str


class Frame(Struct, frozen=True, kw_only=True):
    """What every page has: `url` is the page's own address from the root, `crumbs` lead to it from the home page."""

    title: str
    description: str
    url: str
    crumbs: tuple[Link, ...]
    feeds: tuple[FeedLink, ...] = ()
    column_type: str = "回应关切"  # of the vocabulary of government sites, which is Chinese in every language
    is_indexed: bool = True  # False: the address is kept, and search engines are asked to forget the page


class FooterRow(Struct, frozen=True, kw_only=True):
    """`key` names a piece that government sites owe, such as icp; it is empty for what a city adds.

    `url` and `image` may be empty. A value that is nothing but a link is called as its label.
    """

    key: str
    label: str
    value: str
    url: str = ""
    image: str = ""


class SiteFrame(Struct, frozen=True, kw_only=True):
    """What the theme knows of the newsroom: the global `portal` of every template, MkDocs' own pages included.

    `root` is the path of the site's address with a slash at its end; every URL in a view already starts with it.
    `footer` holds only what the configuration sets.
    """

    name: str
    organisation: str
    url: str
    root: str
    home: str  # of this language
    subscribe: str
    other: OtherLanguage | None  # the home page of the other language, where there is one
    menu: tuple[Link, ...]
    footer: tuple[FooterRow, ...]
    about: tuple[Link, ...]  # what readers look for at the end of a page
    feeds: tuple[FeedLink, ...]
    site_id_code: str = ""
    domain: str = ""
    corrections: str = ""  # how mistakes are dealt with, where a page says it
    archive: str = ""  # everything by month, once something was released
    english: "SiteFrame | None" = None  # of the Chinese frame: the one of English pages, where there are any
