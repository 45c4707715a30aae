"""How a release, a time and an address look wherever they stand: on pages, in lists and in feeds."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from urllib.parse import quote

from greenchannel.domain.moment import Day, Moment
from greenchannel.domain.vocabulary import ChangeKind, ReleaseType
from greenchannel.portal.addresses import alias_path
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.views.parts import AttachmentView, Card, FeedLink, Link, Time
from greenchannel.portal.wording import CHINESE, phrase
from greenchannel.record.attachments import attachments_of
from greenchannel.record.events import PublicRelease, Withdrawal


def local(catalogue: Catalogue, moment: datetime) -> datetime:
    return moment.astimezone(catalogue.settings.zone)


def rfc3339(catalogue: Catalogue, moment: datetime) -> str:
    return local(catalogue, moment).isoformat(timespec="seconds")


def shown_time(catalogue: Catalogue, moment: Moment) -> Time:
    return local_time(moment, catalogue.settings.zone)


def local_time(moment: Moment, zone: timezone) -> Time:
    if isinstance(moment, Day):
        return Time(str(moment), str(moment))
    there = moment.astimezone(zone)
    return Time(f"{there:%Y-%m-%d %H:%M}", there.isoformat(timespec="seconds"))


def release_url(catalogue: Catalogue, release: PublicRelease) -> str:
    return catalogue.page_url(release.id)


def incident_url(catalogue: Catalogue, identifier: str) -> str:
    return catalogue.page_url(identifier)


def feed_link(root: str, title: str, path: str) -> FeedLink:
    base = f"{root}feeds/{path}"
    return FeedLink(title=title, rss=f"{base}.rss", atom=f"{base}.atom", json=f"{base}.json")


def status(release: PublicRelease) -> str:
    """By which the theme knows what to show, and in which language to say it."""
    if release.draft:
        return "草稿"
    if release.withdrawal:
        return "撤回"
    changes = release.current.event["changes"]
    return "更正" if any(one["kind"] == ChangeKind.CORRECTION for one in changes) else ""


def notice(catalogue: Catalogue, release: PublicRelease) -> str:
    """Who withdrew it, when and why; empty while it is in force."""
    return withdrawal_notice(catalogue, release.withdrawal) if release.withdrawal else ""


def withdrawal_notice(catalogue: Catalogue, withdrawal: Withdrawal) -> str:
    at = shown_time(catalogue, withdrawal.at).text
    body = catalogue.department_name(withdrawal.department)
    return withdrawal_text(body, at, withdrawal.reason, catalogue.language)


def withdrawal_text(body: str, at: str, reason: str, language: str = CHINESE) -> str:
    say = partial(phrase, language)
    return say("%(body)s于%(at)s撤回本信息。原因：%(reason)s", body=body, at=at, reason=reason)


def attached(catalogue: Catalogue, release: PublicRelease) -> Iterator[AttachmentView]:
    """The files of the current revision, by the addresses that stay the same when a file is replaced."""
    for one in attachments_of(release.current.event):
        yield AttachmentView(
            name=one.name,
            url=quote(catalogue.settings.root + alias_path(release.id, one.name)),
            kind=catalogue.term(one.kind),
            size=size_text(one.size),
            sha256=one.sha256,
        )


def size_text(size: int) -> str:
    """As a reader of a list wants it: 3 KB, 1.2 MB; a kilobyte has 1,000 bytes."""
    return f"{size / 1_000_000:.1f} MB" if size >= 999_500 else f"{max(1, round(size / 1000))} KB"  # noqa: PLR2004


def card_of(catalogue: Catalogue, release: PublicRelease) -> Card:
    if (known := catalogue.cards.get(release.id)) is None:
        known = catalogue.cards[release.id] = _card(catalogue, release)
    return known


def _card(catalogue: Catalogue, release: PublicRelease) -> Card:
    event, root = release.current.event, catalogue.settings.root
    department, told = event["department"], catalogue.translation(release.current.event) or event
    return Card(
        title=catalogue.title(event),
        url=release_url(catalogue, release),
        type=event["type"],
        type_label=catalogue.term(ReleaseType(event["type"])),
        department=Link(catalogue.department_name(department), f"{root}departments/{department}/"),
        incident=Link(catalogue.title(event["incident"]), incident_url(catalogue, event["incident"]["id"])),
        published=shown_time(catalogue, release.first_at),
        summary=notice(catalogue, release) or told["summary"],
        status=status(release),
    )


def duration(catalogue: Catalogue, span: timedelta) -> str:
    say = catalogue.say
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    if not minutes:
        return say("%(count)s秒", count=seconds)
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = (
        (days, say("%(count)s天", count=days)),
        (hours, say("%(count)s小时", count=hours)),
        (rest, say("%(count)s分", count=rest)),
    )
    return ("" if catalogue.language == CHINESE else " ").join(text for count, text in parts if count)
