"""A release's twin as a news object of IPTC ninjs 3.1, for newsroom systems that read it already.

Source: the schema `ninjs-schema_3.1.json` of iptc/newsinjson. `version` counts revisions and withdrawals together, so
that it grows with whatever becomes of a release; the revision itself is among the `altIds`.
"""

from typing import Any

from greenchannel.portal.twin import Document

_SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
_STATUS = {"current": "usable", "withdrawn": "canceled", "draft": "withheld"}


def ninjs(twin: Document) -> Document:
    """`twin` is a complete one."""
    text, ended = twin["text"], [one for one in twin["revisions"] if one["withdrawn"]]
    newest = twin["revisions"][-1]
    changed_at = (twin["withdrawn"] or newest)["at"]
    document: dict[str, Any] = {  # Any: JSON
        "standard": {"name": "ninjs", "version": "3.1", "schema": _SCHEMA},
        "uri": twin["id"],
        "type": "text",
        "representationType": "full",
        "version": str(twin["revision"] + len(ended)),
        "firstCreated": twin["published"],
        "versionCreated": changed_at,
        "pubStatus": _STATUS[twin["status"]],
        "language": twin["language"],
        "title": twin["title"],
        "by": twin["department"]["name"],
        "headlines": [{"role": "main", "contentType": "text/plain", "value": twin["title"]}],
        "descriptions": [{"role": "summary", "contentType": "text/plain", "value": twin["summary"]}],
        "bodies": [{"role": "main", "contentType": "text/html", "value": text["html"]}] if text["html"] else [],
        "copyrightHolder": twin["licence"]["attribution"],
        "usageTerms": twin["licence"]["terms"],
        "organisations": [_named(twin["department"], "publisher")],
        "infoSources": [_contact(twin["contact"])],
        "subjects": [{"name": twin["incident"]["category_name"], "literal": twin["incident"]["category"]}],
        "genres": [{"name": twin["type_name"], "literal": twin["type"]}],
        "events": [{"id": twin["incident"]["id"], "name": twin["incident"]["title"], "uri": twin["incident"]["url"]}],
        "altIds": [
            {"role": "record", "value": twin["record_id"]},
            {"role": "revision", "value": str(twin["revision"])},
            {"role": "sha256", "value": text["sha256"]},
        ],
        "renditions": [
            {"name": "page", "href": twin["url"], "contentType": "text/html"},
            {"name": "text", "href": text["markdown_url"], "contentType": "text/markdown"},
        ],
        "associations": [_attachment(number, one) for number, one in enumerate(twin["attachments"], 1)],
    }
    if note := twin["summary"] if twin["withdrawn"] else newest["note"]:
        document["edNote"] = note
    return document


def _named(department: Document, role: str) -> Document:
    return {"name": department["name"], "rel": role, "uri": department["url"], "literal": department["id"]}


def _contact(contact: Document) -> Document:
    return {"name": contact["name"], "contactInfo": [{"type": "email", "role": "media", "value": contact["email"]}]}


def _attachment(number: int, one: Document) -> Document:
    rendition = {"name": "original", "href": one["url"], "contentType": one["media_type"], "title": one["name"]}
    return {
        "name": f"attachment-{number}",
        "uri": one["url"],
        "type": "picture" if one["media_type"].startswith("image/") else "component",
        "title": one["name"],
        "altIds": [{"role": "sha256", "value": one["sha256"]}],
        "renditions": [{**rendition, "sizeInBytes": one["size"]}],
    }
