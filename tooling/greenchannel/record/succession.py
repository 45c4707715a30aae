"""May this event follow what the record says so far? What the fold and the pages could not make sense of may not.

A sound chain of digests proves that a line was not changed since; it does not prove that the tool wrote it. Keys that
are not named here may be there: a later version may say more.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from greenchannel.domain.attachment import Kind, is_name, is_reserved
from greenchannel.domain.message import Message, message
from greenchannel.domain.moment import read_moment
from greenchannel.domain.vocabulary import Category, ChangeKind, IncidentClass, Language, ReleaseType, Verdict
from greenchannel.record.events import PublicRelease

Check = Callable[[Any], bool]  # Any: JSON

FILE = re.compile(r"(?:[a-z0-9-]{1,100}/){1,4}[a-z0-9-]{1,100}(?:\.[a-z0-9-]{1,20}){1,4}")
_ID = re.compile(r"(?:[a-z0-9-]{1,100}/){1,4}[a-z0-9-]{1,100}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return type(value) is int and value > 0


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(*members: str | None) -> Check:
    allowed = frozenset(members)
    return lambda value: (value is None or isinstance(value, str)) and value in allowed


def _is_moment(value: Any) -> bool:
    try:
        read_moment(value, UTC)
    except (ValueError, TypeError):
        return False
    return True


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (ValueError, TypeError):
        return False


def _list_of(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return lambda value: (
        isinstance(value, list)
        and all(isinstance(one, dict) and _wrong_key(one, required, optional or {}) is None for one in value)
    )


_CHANGE = {"kind": _one_of(*ChangeKind), "note": _is_text}
_EARLIER = {"class": _one_of(*IncidentClass), "until": _is_time}
_ATTACHMENT = {
    "name": lambda value: isinstance(value, str) and is_name(value) and not is_reserved(value),
    "path": _matches(FILE),
    "sha256": _matches(_DIGEST),
    "size": _is_number,
    "media_type": _one_of(*Kind),
}
_TRANSLATION: Mapping[str, Check] = {
    "language": _one_of(*Language),
    "title": _is_text,
    "path": _matches(FILE),
    "sha256": _matches(_DIGEST),
}
_INCIDENT: Mapping[str, Check] = {
    "id": _matches(_ID),
    "revision": _is_number,
    "sha256": _matches(_DIGEST),
    "path": _matches(FILE),
    "title": _is_text,
    "category": _one_of(*Category),
    "class": _one_of(*IncidentClass, None),
    "casualties": _is_flag,
    "wide_impact": _is_flag,
    "lead": _is_text,
}
_INCIDENT_MORE: Mapping[str, Check] = {
    **dict.fromkeys(("occurred_at", "detected_at", "claimed_at", "closed_at"), _is_moment),
    "earlier_classes": _list_of(_EARLIER),
    "translations": _list_of(_TRANSLATION),
}
_PUBLICATION: Mapping[str, Check] = {
    "id": _matches(_ID),
    "revision": _is_number,
    "type": _one_of(*ReleaseType),
    "title": _is_text,
    "summary": _is_text,
    "department": _is_text,
    "changes": _list_of(_CHANGE),
    "sha256": _matches(_DIGEST),
    "path": _matches(FILE),
    "approval": _matches(_DIGEST),
    "incident": lambda value: isinstance(value, dict) and _wrong_key(value, _INCIDENT, _INCIDENT_MORE) is None,
}
_STAND: Mapping[str, Check] = dict.fromkeys(("confirmed", "checking"), _is_texts)
_PUBLICATION_MORE: Mapping[str, Check] = {
    **dict.fromkeys(("final", "on_duty"), _is_flag),
    **dict.fromkeys(("late_reason", "expert", "basis", "venue"), _is_text),
    **dict.fromkeys(("release_at", "starts_at"), _is_time),
    **dict.fromkeys(("held_at", "result_due"), _is_moment),
    "verdict": _one_of(*Verdict),
    "attachments": _list_of(_ATTACHMENT),
    "translations": _list_of({**_TRANSLATION, "summary": _is_text}, _STAND),
    **_STAND,
}
_WITHDRAWAL = {"id": _matches(_ID), "department": _is_text, "reason": _is_text}
_SIGNED_WITHDRAWAL = {**_WITHDRAWAL, "revision": _is_number, "withdrawal": _matches(_DIGEST)}
_KEYS: Mapping[str, Mapping[str, Check]] = {
    "published": _PUBLICATION,
    "corrected": _PUBLICATION,
    "withdrawn": _WITHDRAWAL,
    "countersigned": {"id": _matches(_ID), "revision": _is_number, "approval": _matches(_DIGEST)},
    "visible": {"id": _matches(_ID), "revision": _is_number, "target": _is_text},
}


def objection(
    event: Mapping[str, Any], releases: Mapping[str, PublicRelease], incidents: Mapping[str, Mapping[str, Any]]
) -> Message | None:
    """Why it may not follow, None if it may. `releases` and `incidents` are the fold of everything before it."""
    kind = event.get("event")
    if not isinstance(kind, str) or kind not in _KEYS:
        return message("the event {event} is unknown", event=kind)
    is_publication = kind in ("published", "corrected")
    required = _SIGNED_WITHDRAWAL if kind == "withdrawn" and "withdrawal" in event else _KEYS[kind]
    if key := _wrong_key(event, required, _PUBLICATION_MORE if is_publication else {}):
        return message("{key} is missing or malformed", key=key)
    known = releases.get(event["id"])
    if is_publication:
        return _out_of_sequence(event, known, incidents.get(event["incident"]["id"]))
    if known is None:
        return message("{release} was never published", release=event["id"])
    if kind == "withdrawn":
        return _unfit_withdrawal(event, known)
    if event["revision"] > len(known.revisions):
        return message("{release} has no revision {revision}", release=known.id, revision=event["revision"])
    return None


def _unfit_withdrawal(event: Mapping[str, Any], known: PublicRelease) -> Message | None:
    if known.withdrawal:
        return message("{release} was withdrawn before", release=known.id)
    # Older lines do not say who withdrew, and of which revision.
    if "withdrawal" in event and event["revision"] != known.current.number:
        return message(
            "{release} stands in revision {current}, not {revision}",
            release=known.id,
            current=known.current.number,
            revision=event["revision"],
        )
    return None


def _out_of_sequence(
    event: Mapping[str, Any], known: PublicRelease | None, public: Mapping[str, Any] | None
) -> Message | None:
    due = len(known.revisions) + 1 if known else 1
    if event["revision"] != due or (event["event"] == "corrected") != bool(known):
        return message("{release} cannot get revision {revision} here", release=event["id"], revision=event["revision"])
    incident = event["incident"]
    if public is None:
        follows = incident["revision"] == 1
    elif incident["revision"] == public["revision"]:
        follows = incident["sha256"] == public["sha256"] and incident["path"] == public["path"]
    else:
        follows = incident["revision"] == public["revision"] + 1
    if not follows:
        return message(
            "{incident} cannot get revision {revision} here", incident=incident["id"], revision=incident["revision"]
        )
    return None


def _wrong_key(value: Mapping[str, Any], required: Mapping[str, Check], optional: Mapping[str, Check]) -> str | None:
    for key, check in required.items():
        if key not in value or not check(value[key]):
            return key
    for key, check in optional.items():
        if key in value and not check(value[key]):
            return key
    return None
