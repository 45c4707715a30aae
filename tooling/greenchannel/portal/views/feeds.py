"""What a feed and its entries show, whatever the format."""

from msgspec import Struct


class FeedAttachment(Struct, frozen=True, kw_only=True):
    """A file of an entry, at the address that never changes what it holds."""

    name: str
    url: str
    media_type: str
    size: int  # bytes
    sha256: str


class FeedEntry(Struct, frozen=True, kw_only=True):
    """An entry of a feed, as every format shows it. Times are RFC 3339 with offset; texts are plain.

    `notes` stand before the text as paragraphs. `body` is the SHA-256 of the frozen text that comes in full, empty for
    a notice and for what is withdrawn; `sha256` and `text_url` are of the revision that the entry speaks of.
    """

    id: str
    url: str
    title: str
    summary: str
    notes: tuple[str, ...]
    more: str  # what the link below a notice is called; empty where the text itself follows
    body: str
    tags: tuple[str, ...]
    published: str
    updated: str
    kind: str
    item: str  # the id of the release's own entry
    item_url: str
    sequence: int  # of the ledger's line that it is made of
    status: str  # current, corrected or withdrawn
    revision: int
    type: str
    department: str
    department_name: str
    incident: str
    incident_title: str
    text_url: str
    sha256: str
    contact: str
    attachments: tuple[FeedAttachment, ...] = ()
    withdrawn: str = ""  # the notice of its withdrawal, empty while it is in force


class FeedView(Struct, frozen=True, kw_only=True):
    """A document of a stream: `path` and its neighbours have no extension (feeds/all); entries come newest first."""

    id: str
    path: str
    title: str
    description: str
    home: str
    base: str  # absolute address of the site's root, slash at its end
    organisation: str
    email: str
    rights: str
    licence: str  # the address where they are explained
    namespace: str  # of our own elements
    updated: str
    hubs: tuple[str, ...] = ()
    current: str = ""  # of an archive: the current document of its stream
    previous: str = ""  # the archive before this document

    @property
    def voice(self) -> tuple[str, ...]:
        """What each entry repeats."""
        return self.organisation, self.email, self.rights, self.licence, self.namespace
