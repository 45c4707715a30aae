"""What feedgen cannot say, as extensions of it, for RSS and Atom alike.

Of a document: that it is an archive and which one comes before (RFC 5005, section 4), who tells of its changes
(WebSub), what is withdrawn (`at:deleted-entry`, RFC 6721), who may reuse it (Dublin Core). Of an entry: every
attachment, the first of them as RSS's one enclosure, pictures as Media RSS, the licence, and our own elements.

feedgen is untyped, hence `Any`. In Atom it writes elements without a namespace of their own, so ours there are like it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from greenchannel.portal.items import Item
from greenchannel.portal.views.feeds import FeedAttachment, FeedView

NAME = "greenchannel"
ATOM, DUBLIN_CORE = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
HISTORY, TOMBSTONES = "http://purl.org/syndication/history/1.0", "http://purl.org/atompub/tombstones/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
_BEHIND_DESCRIPTION = 3  # title, link and description come first in a channel


class FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen ships no types.
    """`feed` and `items` are set before anything is written; `links` are pairs of rel and address."""

    feed: FeedView
    items: tuple[Item, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def extend_ns(self) -> dict[str, str]:
        spaces = {"dc": DUBLIN_CORE, "fh": HISTORY, "gc": self.feed.namespace, "media": MEDIA}
        return spaces | ({"at": TOMBSTONES} if any(one.entry.withdrawn for one in self.items) else {})

    def extend_atom(self, feed: Any) -> Any:
        for rel, address in self.links:
            etree.SubElement(feed, "link", rel=rel, href=address)
        if self.feed.current:
            etree.SubElement(feed, f"{{{HISTORY}}}archive")
        for one in self.items:
            if one.entry.withdrawn:
                gone = etree.SubElement(
                    feed, f"{{{TOMBSTONES}}}deleted-entry", ref=one.entry.id, when=one.entry.updated
                )
                etree.SubElement(gone, f"{{{TOMBSTONES}}}comment").text = one.entry.withdrawn
        return feed

    def extend_rss(self, rss: Any) -> Any:
        channel = rss.find("channel")
        for place, (rel, address) in enumerate(self.links):
            link = channel.makeelement(f"{{{ATOM}}}link", rel=rel, href=address)
            channel.insert(_BEHIND_DESCRIPTION + place, link)
        if self.feed.current:
            etree.SubElement(channel, f"{{{HISTORY}}}archive")
        etree.SubElement(channel, f"{{{DUBLIN_CORE}}}rights").text = self.feed.rights
        return rss


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types.
    item: Item
    feed: FeedView

    def extend_atom(self, entry: Any) -> Any:
        def link(rel: str, address: str, **more: str) -> None:
            etree.SubElement(entry, "link", {"rel": rel, "href": address, **more})

        etree.SubElement(entry, "rights").text = self.feed.rights
        for one in self.item.entry.attachments:
            link("enclosure", one.url, type=one.media_type, length=str(one.size), title=one.name)
        self._common(entry, link)
        return entry

    def extend_rss(self, item: Any) -> Any:
        def link(rel: str, address: str, **more: str) -> None:
            etree.SubElement(item, f"{{{ATOM}}}link", {"rel": rel, "href": address, **more})

        first, rest = self.item.entry.attachments[:1], self.item.entry.attachments[1:]
        for one in first:
            etree.SubElement(item, "enclosure", url=one.url, type=one.media_type, length=str(one.size))
        for one in rest:
            link("enclosure", one.url, type=one.media_type, length=str(one.size), title=one.name)
        etree.SubElement(item, f"{{{ATOM}}}updated").text = self.item.entry.updated
        etree.SubElement(item, f"{{{DUBLIN_CORE}}}rights").text = self.feed.rights
        self._common(item, link)
        return item

    def _common(self, parent: Any, link: Callable[..., None]) -> None:
        entry = self.item.entry
        link("license", self.feed.licence)
        if entry.url != entry.item_url:
            link("related", entry.item_url)
        etree.SubElement(parent, f"{{{DUBLIN_CORE}}}publisher").text = entry.department_name
        for one in entry.attachments:
            if one.media_type.startswith("image/"):
                self._picture(parent, one)
        for name, text in self._fields():
            etree.SubElement(parent, f"{{{self.feed.namespace}}}{name}").text = text
        for one in entry.attachments:
            element = f"{{{self.feed.namespace}}}attachment"
            facts = {"href": one.url, "type": one.media_type, "length": str(one.size), "sha256": one.sha256}
            etree.SubElement(parent, element, facts).text = one.name

    def _picture(self, parent: Any, one: FeedAttachment) -> None:
        facts = {"url": one.url, "type": one.media_type, "fileSize": str(one.size), "medium": "image"}
        picture = etree.SubElement(parent, f"{{{MEDIA}}}content", facts)
        etree.SubElement(picture, f"{{{MEDIA}}}title").text = one.name

    def _fields(self) -> Iterator[tuple[str, str]]:
        entry = self.item.entry
        yield "sequence", str(entry.sequence)
        yield "kind", entry.kind
        yield "item", entry.item
        yield "status", entry.status
        yield "revision", str(entry.revision)
        yield "type", entry.type
        yield "department", entry.department
        yield "incident", entry.incident
        yield "incidentTitle", entry.incident_title
        yield "text", entry.text_url
        yield "sha256", entry.sha256
        yield "contact", entry.contact
        yield "complete", str(self.item.content is not None).lower()
