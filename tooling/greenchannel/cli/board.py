"""How the board looks: lines for people, most urgent first, and JSON for machines."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click

from greenchannel.board import Board, Owed, Signature
from greenchannel.cli.call import Translate
from greenchannel.domain.message import Message, message
from greenchannel.domain.moment import Day, moment_text
from greenchannel.domain.timing import Late, Met, Overdue, Pending, Standing, Undetermined
from greenchannel.domain.vocabulary import Clock, Duty

_MET_BY: dict[Duty, Message] = {
    Duty.FACT: message("the first fact release that the public can see"),
    Duty.CONFERENCE: message("a conference that is held (held_at); its notice does not count"),
    Duty.RESPONSE: message("the first response that the public can see, or a conference that is held"),
    Duty.UPDATE: message("the next release that the public can see"),
}
_SOON = timedelta(hours=1)


def owed_json(one: Owed) -> dict[str, Any]:
    """Times are RFC 3339; durations are whole seconds. `readings` are the strict and the lenient one."""
    obligation = one.obligation
    value: dict[str, Any] = {
        "incident": obligation.incident,
        "title": one.title,
        "duty": obligation.duty.value,
        "policy": obligation.policy,
        "advisory": one.advisory,
        "force": obligation.force.value,
        "basis": obligation.basis,
        "clock": obligation.clock.value if obligation.clock else None,
        "stood_in_for": obligation.stood_in_for.value if obligation.stood_in_for else None,
        "started_at": moment_text(obligation.started) if obligation.started else None,
        "due_at": obligation.due_at.isoformat() if obligation.due_at else None,
        "reclassified_at": obligation.opened_at.isoformat() if obligation.opened_at else None,
        **_standing_json(one.standing),
        "department": one.department,
        "responsible": one.responsible,
        "recorded": one.recorded,
        "next": one.next_command,
    }
    if isinstance(one.standing, Undetermined):
        value["doubt"] = one.standing.doubt.value
        value["readings"] = [
            None if reading is None else _standing_json(reading)
            for reading in (one.standing.strict, one.standing.lenient)
        ]
    return value


def signature_json(one: Signature) -> dict[str, Any]:
    """In the shape of a duty, so that a machine that reads one reads the other."""
    late = {"standing": "overdue", "seconds_late": -_seconds(one.left)}
    return {
        "incident": one.incident,
        "title": one.title,
        "duty": "second_signature",
        "release": one.release,
        "revision": one.revision,
        "policy": "duty_rule",
        "advisory": False,
        "basis": "G609",
        "started_at": one.started_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        **(late if one.is_overdue else {"standing": "pending", "seconds_left": _seconds(one.left)}),
        "department": one.department,
        "responsible": one.responsible,
        "next": one.next_command,
    }


def _standing_json(how: Standing) -> dict[str, Any]:
    name = {"standing": type(how).__name__.lower()}
    match how:
        case Met(margin=margin, by=by, at=at):
            return {**name, "by": by, "at": at.isoformat(), "seconds_margin": _seconds(margin)}
        case Late(late=late, by=by, at=at, reason=reason):
            return {**name, "by": by, "at": at.isoformat(), "seconds_late": _seconds(late), "reason": reason}
        case Overdue(late=late):
            return {**name, "seconds_late": _seconds(late)}
        case Pending(left=left):
            return {**name, "seconds_left": _seconds(left)}
        case Undetermined():
            return name


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def board_lines(
    board: Board, shown: tuple[Owed, ...], signatures: tuple[Signature, ...], translate: Translate
) -> Iterator[str]:
    for wrong, nearest in board.policies.unknown:
        text = translate("mkdocs.yml: unknown policy {policy}; {deciding} decides").format(
            policy=wrong, deciding=board.policies.deciding.id
        )
        yield click.style(text + (f" ({nearest}?)" if nearest else ""), fg="red")
    for path in board.broken:
        text = translate("content/{path}: cannot be understood, so what it owes is not known; run greenchannel check")
        yield click.style(text.format(path=path), fg="red")
    for one in shown:
        yield owed_text(one, translate)
    for signature in signatures:
        yield _signature_text(signature, translate)
    if not shown and not signatures:
        yield translate("Nothing is owed.")


def owed_text(one: Owed, translate: Translate) -> str:
    obligation = one.obligation
    how, colour = standing_text(one.standing, translate)
    if one.advisory:
        how, colour = f"[{translate('advice')} {obligation.policy}] {how}", "blue"
    head = click.style(how, fg=colour, bold=not one.advisory)
    lines = [f"{head}  {one.title} ({obligation.incident})"]
    due = obligation.due_at.isoformat(sep=" ", timespec="minutes") if obligation.due_at else "?"
    lines.append(f"  {obligation.duty.zh} {obligation.duty.value} · {obligation.force.zh} {due}")
    lines.append(f"  {_clock_text(one, translate)}")
    if obligation.opened_at is not None:
        text = translate("owed since the class was raised at {at}; the clock is not restarted")
        lines.append("  " + text.format(at=obligation.opened_at.isoformat(sep=" ", timespec="minutes")))
    lines.append(f"  {translate('basis')}: {obligation.basis} ({obligation.policy})")
    if not one.is_settled:
        lines.append(f"  {translate('met by')}: {_MET_BY[obligation.duty].in_language(translate)}")
    lines.append(f"  {translate('responsible')}: {one.responsible}")
    if one.recorded is not None and not one.is_settled:
        text = translate("{release} is on the record, but not read back anywhere yet: it counts once readers see it")
        lines.append("  " + text.format(release=one.recorded))
    elif one.notice is not None and not one.is_settled:
        text = translate("announced as {release}: once it is held, add held_at and a note, approve and publish")
        lines.append("  " + text.format(release=one.notice))
    if one.next_command:
        lines.append(f"  -> {one.next_command}")
    return "\n".join(lines)


def _signature_text(one: Signature, translate: Translate) -> str:
    how: Standing = Overdue(-one.left) if one.is_overdue else Pending(one.left)
    words, colour = standing_text(how, translate)
    due = one.due_at.isoformat(sep=" ", timespec="minutes")
    lines = (
        f"{click.style(words, fg=colour, bold=True)}  {one.title} ({one.release} r{one.revision})",
        "  " + translate("second signature, owed since one officer released it on duty · {due}").format(due=due),
        f"  {translate('responsible')}: {one.responsible}",
        f"  -> {one.next_command}",
    )
    return "\n".join(lines)


def _clock_text(one: Owed, translate: Translate) -> str:
    obligation = one.obligation
    if obligation.clock is None or obligation.started is None:
        wanted = _name(obligation.stood_in_for)
        return translate("clock: {clock} missing, and nothing stands in for it").format(clock=wanted)
    started = obligation.started
    at = str(started) if isinstance(started, Day) else started.isoformat(sep=" ", timespec="minutes")
    if obligation.stood_in_for is not None:
        text = translate("clock: {missing} missing, {clock} {at} stands in")
        return text.format(missing=_name(obligation.stood_in_for), clock=_name(obligation.clock), at=at)
    return translate("clock: {clock} {at}").format(clock=_name(obligation.clock), at=at)


def _name(clock: Clock | None) -> str:
    return f"{clock.zh} {clock.value}" if clock is not None else "?"


def standing_text(how: Standing, translate: Translate) -> tuple[str, str]:
    """In words, and its colour by urgency."""
    match how:
        case Met(margin=margin):
            return translate("met, {time} to spare").format(time=duration(margin)), "green"
        case Late(late=late, reason=reason):
            excuse = translate(", reason: {reason}").format(reason=reason) if reason else ""
            return translate("met late, by {time}").format(time=duration(late)) + excuse, "yellow"
        case Overdue(late=late):
            return translate("OVERDUE by {time}").format(time=duration(late)), "red"
        case Pending(left=left):
            colour = "yellow" if left <= _SOON else "cyan"
            return translate("{time} left").format(time=duration(left)), colour
        case Undetermined(doubt=doubt, strict=strict, lenient=lenient):
            readings = [
                translate(template).format(how=standing_text(reading, translate)[0])
                for template, reading in (("strictly: {how}", strict), ("leniently: {how}", lenient))
                if reading is not None
            ]
            text = translate("cannot be determined: {doubt}").format(doubt=f"{doubt.zh} ({doubt.value})")
            return "; ".join([text, *readings]), "magenta"


def duration(span: timedelta) -> str:
    days, rest = divmod(int(span.total_seconds()), 86_400)
    hours, rest = divmod(rest, 3600)
    return (f"{days} d " if days else "") + f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
