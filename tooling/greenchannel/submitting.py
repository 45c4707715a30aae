"""What of the desk could go out: releases as the gate wants them, their approvals, and what waits."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

from greenchannel.delivery.cleaned import Cleaned, Prepared
from greenchannel.delivery.record import Submission
from greenchannel.desk.document import Newsroom
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.release import Release
from greenchannel.opening import Desk
from greenchannel.record.approval import read_approval
from greenchannel.record.canonical import sha256
from greenchannel.record.events import PublicRelease, State
from greenchannel.record.gate import Candidate, candidate, is_text_public, is_unchanged

_APPROVAL = ".approval.json"
KnownSettled = dict[str, tuple[Release, PublicRelease]]  # by id: texts as they were found to be public


class UnknownReleaseError(GreenchannelError):
    """No file of the desk, or one that cannot be understood, has that id."""


def find(desk: Desk, named: str) -> Release:
    if (release := desk.newsroom.releases.get(named)) is None:
        raise UnknownReleaseError(
            "{release}: no such release on the desk, or its file has errors; run greenchannel check", release=named
        )
    return release


def scheduled(found: Iterable[Release], now: datetime) -> tuple[tuple[datetime, str], ...]:
    """What of that which is `approved` waits for its time, soonest first: `release_at` and id."""
    waiting = (one for one in found if not is_over(one, now))
    return tuple(sorted((one.release_at, one.id) for one in waiting if one.release_at))


def returning(settings: Settings, desk: Desk) -> tuple[str, ...]:
    """What is withdrawn and was approved anew since: it goes out again only when somebody names it."""
    return tuple(
        one.id
        for one in desk.newsroom.releases.values()
        if (known := desk.record.state.releases.get(one.id))
        and known.withdrawal
        and (approval := _approval(settings, desk.newsroom, one.id))
        and sha256(approval) != known.current.event["approval"]
    )


def is_over(release: Release, now: datetime) -> bool:
    """Whether the embargo is; the gate asks once more, with the clock of the moment at which it decides."""
    return release.release_at is None or release.release_at <= now


def approved(settings: Settings, desk: Desk, known: KnownSettled | None = None) -> list[Release]:
    """Whatever has an approval beside it and is not public as it stands.

    Who asks again and again gives what is `known`: of a text that is the very same, as is what became of it, nothing is
    worked out again.
    """
    settled = {} if known is None else known
    return [
        one
        for one in desk.newsroom.releases.values()
        if one.incident in desk.newsroom.incidents
        and not _is_settled(desk, one, settled)
        and (approval := _approval(settings, desk.newsroom, one.id)) is not None
        and not (one.attachments and _is_whole(desk, one, approval))
    ]


def _is_settled(desk: Desk, release: Release, settled: KnownSettled) -> bool:
    """Public as it stands on the desk, or withdrawn: what was withdrawn returns only when somebody names it.

    No file is opened to ask, so nothing is said of who has attachments.
    """
    known = desk.record.state.releases.get(release.id)
    if known is None or known.withdrawal:
        return known is not None
    if release.attachments:
        return False
    before = settled.get(release.id)
    if before is not None and before[0] is release and before[1] is known:
        return True
    if is_public := is_text_public(release, desk.record.state):
        settled[release.id] = release, known
    return is_public


def _is_whole(desk: Desk, release: Release, approval: bytes) -> bool:
    """Public with its attachments.

    While the approval is the one it went out with, its text alone is compared: an archive's pictures are not all read
    and cleaned again for each publication.
    """
    state = desk.record.state
    known = state.releases.get(release.id)
    if known and sha256(approval) == known.current.event["approval"] and is_text_public(release, state):
        return True
    return is_unchanged(candidate_of(desk.newsroom, release, state, desk.cleaned), state)


def submission(settings: Settings, desk: Desk, release: Release) -> Submission:
    ready = prepared(desk.newsroom, release, desk.cleaned)  # Before the lock: a hostile file must hold up nobody else.
    return Submission(
        make=lambda state: _made(desk.newsroom, release, state, ready),
        approval=_approval(settings, desk.newsroom, release.id),
        errors=desk.errors_of((release.id, release.incident)),
    )


def prepared(newsroom: Newsroom, release: Release, cleaned: Cleaned) -> Prepared:
    """The attachments of a release of the desk, cleaned."""
    document = newsroom.document_of(release.id) if release.attachments else None
    return cleaned.prepare(PurePosixPath(document.path).parent, release.attachments) if document else Prepared()


def candidate_of(newsroom: Newsroom, release: Release, state: State, cleaned: Cleaned) -> Candidate:
    return _made(newsroom, release, state, prepared(newsroom, release, cleaned))


def _made(newsroom: Newsroom, release: Release, state: State, ready: Prepared) -> Candidate:
    if (incident := newsroom.incidents.get(release.incident)) is None:
        raise GreenchannelError(
            "{release}: its incident {incident} is not on the desk, or its file has errors; run greenchannel check",
            release=release.id,
            incident=release.incident,
        )
    return candidate(release, incident, state, ready.attachments, ready.unfit)


def approval_path(settings: Settings, newsroom: Newsroom, identifier: str) -> Path:
    document = newsroom.document_of(identifier)
    if document is None:
        raise UnknownReleaseError("{release}: no such release on the desk", release=identifier)
    return (settings.content / document.path).with_suffix(_APPROVAL)


def _approval(settings: Settings, newsroom: Newsroom, identifier: str) -> bytes | None:
    """The approval beside the file; if the file was renamed, the one in its folder that names the release."""
    own = approval_path(settings, newsroom, identifier)
    document = newsroom.document_of(identifier)
    beside = (one for one in document.neighbours if one.endswith(_APPROVAL)) if document else ()
    for path in (own, *(own.with_name(one) for one in beside if one != own.name)):
        if path.is_file() and (approval := read_approval(path.read_bytes())) and approval.release == identifier:
            return path.read_bytes()
    return None
