"""A version of an entry in words: its title, what is said of it, where it leads.

Titles say what an entry is, since many readers show nothing else: 【已更正】 and 【已撤回】 stand before an item that
was corrected or withdrawn, 【更正】 and 【撤回】 before a notice. No two entries of a release have the same title or
address, for readers that tell entries apart by these.
"""

from datetime import datetime, timezone
from urllib.parse import quote

from msgspec import Struct

from greenchannel.desk.settings import Settings
from greenchannel.domain.registry import Registry
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.addresses import public_path
from greenchannel.portal.shown import withdrawal_text
from greenchannel.portal.streams import Kind, Version
from greenchannel.portal.views.feeds import FeedAttachment, FeedEntry


class Voice(Struct, frozen=True, kw_only=True):
    """Who speaks in the feeds: all that an entry is made of beside the ledger and the texts."""

    name: str
    organisation: str
    email: str
    url: str
    tag: str
    zone: timezone
    hubs: tuple[str, ...]
    departments: tuple[tuple[str, str, str], ...]  # id, name and telephone, sorted

    @property
    def rights(self) -> str:
        return f"可免费转载、摘编，须注明来源：{self.organisation}"

    @property
    def licence(self) -> str:
        """Where the rights are explained."""
        return f"{self.url}subscribe/"

    @property
    def namespace(self) -> str:
        """Of our own elements: as lasting as the ids."""
        return f"tag:{self.tag}:ns/1"

    def department(self, identifier: str) -> tuple[str, str]:
        return next(((name, phone) for known, name, phone in self.departments if known == identifier), (identifier, ""))

    def time(self, moment: datetime) -> str:
        """RFC 3339."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def shown(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


def voice_of(settings: Settings, registry: Registry) -> Voice:
    return Voice(
        name=settings.name,
        organisation=settings.organisation,
        email=settings.email,
        url=settings.url,
        tag=settings.tag,
        zone=settings.zone,
        hubs=settings.websub,
        departments=tuple((one.id, one.name, one.phone) for _, one in sorted(registry.departments.items())),
    )


def entry_of(voice: Voice, version: Version) -> FeedEntry:
    text, incident = version.text, version.text["incident"]
    name, phone = voice.department(text["department"])
    shows_text = version.kind in (Kind.ITEM, Kind.REVISION) and version.withdrawn is None
    notice = _withdrawal(voice, version)
    return FeedEntry(
        id=f"tag:{voice.tag}:{version.entry}",
        url=_url(voice, version),
        title=_prefix(version) + text["title"] + _suffix(version),
        summary=notice or _said(version) or text["summary"],
        notes=(notice,) if notice else _notes(voice, version),
        more=_MORE.get(version.kind, ""),
        body=text["sha256"] if shows_text else "",
        tags=(ReleaseType(text["type"]).zh, name, incident["title"], *_mark(version)),
        published=voice.time(version.published),
        updated=voice.time(version.updated),
        kind=version.kind.value,
        item=f"tag:{voice.tag}:{version.release}",
        item_url=f"{voice.url}releases/{version.release}/",
        sequence=(version.withdrawn or text)["seq"],
        status=_status(version),
        revision=text["revision"],
        type=text["type"],
        department=text["department"],
        department_name=name,
        incident=incident["id"],
        incident_title=incident["title"],
        text_url=voice.url + public_path(text["path"]),
        sha256=text["sha256"],
        contact="，".join(one for one in (f"{name} {phone}" if phone else name, voice.email) if one),
        attachments=_attachments(voice, version) if shows_text else (),
        withdrawn=notice if version.kind in (Kind.ITEM, Kind.REVISION) else "",
    )


_MORE = {Kind.CORRECTION: "更正后的全文，与更正前对照", Kind.WITHDRAWAL: "撤回的信息"}


def _url(voice: Voice, version: Version) -> str:
    """A page that is there: the one of a revision is there from the second on."""
    page, revision = f"{voice.url}releases/{version.release}/", version.text["revision"]
    match version.kind:
        case Kind.WITHDRAWAL:
            return f"{page}#withdrawal-{revision}"  # In the list of its revisions.
        case Kind.CORRECTION | Kind.REVISION if revision > 1:
            return f"{page}r{revision}/"
        case _:
            return page


def _prefix(version: Version) -> str:
    match version.kind:
        case Kind.CORRECTION:
            return "【更正】"
        case Kind.WITHDRAWAL:
            return "【撤回】"
        case _ if version.withdrawn:
            return "【已撤回】"
        case Kind.ITEM:
            return "【已更正】" if version.notes else ""
        case Kind.REVISION:
            said = "、".join(dict.fromkeys(one.kind.zh for one in version.notes))
            said = "重新发布" if version.is_return else said
            return f"【{said}】" if said else ""


def _suffix(version: Version) -> str:
    if version.kind is Kind.REVISION:
        return f"（第{version.text['revision']}版）" if version.text["revision"] > 1 else ""
    is_again = version.kind is not Kind.ITEM and version.number > 1
    return f"（第{version.number}次）" if is_again else ""


def _status(version: Version) -> str:
    if version.withdrawn:
        return "withdrawn"
    corrected = version.kind is Kind.CORRECTION or (version.kind is Kind.ITEM and version.notes)
    return "corrected" if corrected else "current"


def _mark(version: Version) -> tuple[str, ...]:
    """What the prefix says, for readers that sort by category."""
    return tuple(one for one in (_prefix(version).strip("【】"),) if one)


def _said(version: Version) -> str:
    """Of a correction: what was wrong and what is right."""
    return "；".join(one.text for one in version.notes) if version.kind is Kind.CORRECTION else ""


def _notes(voice: Voice, version: Version) -> tuple[str, ...]:
    return tuple(f"{one.kind.zh}（{voice.shown(one.at)}）：{one.text}" for one in version.notes)


def _withdrawal(voice: Voice, version: Version) -> str:
    """Who withdrew it, when and why; empty while it is in force."""
    if version.withdrawn is None:
        return ""
    body, _ = voice.department(version.withdrawn["department"])
    at = datetime.fromisoformat(version.withdrawn["at"])
    return withdrawal_text(body, voice.shown(at), version.withdrawn["reason"])


def _attachments(voice: Voice, version: Version) -> tuple[FeedAttachment, ...]:
    return tuple(
        FeedAttachment(
            name=one["name"],
            url=voice.url + quote(public_path(one["path"])),
            media_type=one["media_type"],
            size=one["size"],
            sha256=one["sha256"],
        )
        for one in version.text.get("attachments", ())
    )
