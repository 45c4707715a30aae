"""A conference as a calendar file beside its page: whoever imported it once is moved along by each new revision."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from msgspec.structs import replace

from greenchannel.domain.moment import read_moment
from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.calendar_file import Entry, calendar_file
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import notice
from greenchannel.record.events import PublicRelease, Revision
from greenchannel.record.freeze import Frozen

NAME = "conference.ics"
_PRODUCT = "-//Greenchannel//conference//ZH"


def is_conference(release: PublicRelease) -> bool:
    return _announces(release.current)


def has_calendar(release: PublicRelease) -> bool:
    """Whatever ever was a conference: a reporter's calendar has it, and has to be told that it is none any more."""
    return any(map(_announces, release.revisions))


def _announces(revision: Revision) -> bool:
    return ReleaseType(revision.event["type"]) is ReleaseType.CONFERENCE


def calendar_entry(catalogue: Catalogue, release: PublicRelease) -> Entry:
    """As far as the ledger knows it, which is what the plan fingerprints; of what is cancelled, this is all there is.

    Each revision and each withdrawal is one more change; a calendar takes the entry with the highest sequence.
    """
    settings, event = catalogue.settings, next(filter(_announces, reversed(release.revisions))).event
    status = "CANCELLED" if is_cancelled(release) else "TENTATIVE" if release.draft else "CONFIRMED"
    no_more = "" if is_conference(release) else catalogue.say("该信息已改为其他类型，不再作为新闻发布会发布。")
    return Entry(
        uid=f"tag:{settings.tag}:{release.id}",
        stamp=release.updated_at,
        start=_start(event, settings.zone),
        summary=event["title"],
        description=notice(catalogue, release) or no_more or event["summary"],
        url=f"{settings.url}releases/{release.id}/",
        status=status,
        sequence=release.current.number + len(release.withdrawals),
    )


def is_cancelled(release: PublicRelease) -> bool:
    return release.withdrawal is not None or not is_conference(release)


def _start(event: Mapping[str, Any], zone: timezone) -> datetime:  # Any: JSON
    """When it was held, if that is known to the instant, else when it is to begin."""
    held = read_moment(event["held_at"], zone) if event.get("held_at") else None
    return held if isinstance(held, datetime) else datetime.fromisoformat(event["starts_at"])


def calendar_of(entry: Entry, frozen: Frozen | None) -> bytes:
    """`frozen` adds where it is, who speaks, where to watch and how to register; None for what is cancelled."""
    return calendar_file(_PRODUCT, (entry if frozen is None else _complete(entry, frozen),))


def _complete(entry: Entry, frozen: Frozen) -> Entry:
    fields: Mapping[str, Any] = frozen.fields  # Any: JSON
    lines = [
        entry.description,
        *(f"{one['name']}（{one['post']}）" for one in fields.get("speakers", ())),
        *(f"{one['platform']}：{one['url']}" for one in fields.get("live", ())),
        *_registration(fields.get("accreditation", {})),
    ]
    return replace(
        entry,
        description="\n".join(lines),
        location=fields["venue"],
        contact=fields.get("media_contact", ""),
    )


def _registration(one: Mapping[str, str]) -> list[str]:
    who = " ".join(one[key] for key in ("contact", "phone") if one.get(key))
    return [f"采访报名：{who}"] if who else []
