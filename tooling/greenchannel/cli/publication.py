"""How a publication looks: what became public, what was so already, what was refused and why, what waits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenchannel.cli.call import Translate
from greenchannel.cli.output import leak_text
from greenchannel.domain.message import Message, message
from greenchannel.portal.addresses import alias_path
from greenchannel.record.approval import COUNTERSIGN_WITHIN
from greenchannel.translation import problem_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenchannel.building import Built
    from greenchannel.delivery.record import Decision
    from greenchannel.outlook import Outlook
    from greenchannel.record.events import State

Event = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """`outlook` is that of a dry run, `built` the build behind the record; without both, the record alone was added to.

    `published` are the lines that were added, or would be; `unchanged` the newest ones of releases whose text on the
    desk is on the record already; `returning` was withdrawn and is approved anew. `before` is the record at the start.
    `is_unfinished` says that the build came to no end: nobody knows what readers see.
    """

    published: "Sequence[Event]"
    unchanged: "Sequence[Event]"
    refused: "Sequence[Decision]"
    waiting: "Sequence[tuple[datetime, str]]"
    returning: "Sequence[str]"
    before: "State"
    state: "State"
    base: str
    outlook: "Outlook | None" = None
    built: "Built | None" = None
    is_unfinished: bool = False

    @property
    def code(self) -> int:
        """1 where something was refused, held back, or is on the record and known to be visible nowhere."""
        held = bool(self.outlook and self.outlook.leaks) or bool(self.built and not self.built.is_whole)
        unseen = self.built and not all(self._visible(one) for one in (*self.published, *self.unchanged))
        return int(bool(self.refused or held or unseen))

    def _visible(self, event: Event) -> Mapping[str, str]:
        return {target: at.isoformat() for target, at in _seen(self.state, event).items()}

    def json(self, translate: Translate) -> dict[str, Any]:
        """A dry run fills `would_publish` and leaves `published` empty: nothing in it can be taken for a fact."""
        value: dict[str, Any] = {
            "published": [] if self.outlook else [{**self._line(one), **self._facts(one)} for one in self.published],
            "unchanged": [{**self._line(one), **self._facts(one)} for one in self.unchanged],
            "refused": [{"release": _name(one), "reasons": list(_reasons(one, translate))} for one in self.refused],
            "waiting": [{"release": release, "release_at": at.isoformat()} for at, release in self.waiting],
            "returning": list(self.returning),
        }
        if self.outlook:
            value |= {"dry_run": True, "would_publish": [self._line(one) for one in self.published]}
            touched = self.outlook.touched
            value["files"] = [
                {"path": one.path, "url": _address(self.base, one.path), "new": one.is_new} for one in touched
            ]
            value["leaks"] = [leak_text(one, translate) for one in self.outlook.leaks]
        if self.built:
            failed = self.built.failed.items()
            value["failed"] = {name: problem_text(error, translate) for name, error in failed}
            value["leaks"] = [leak_text(one, translate) for one in self.built.leaks]
        return value

    def _line(self, event: Event) -> dict[str, Any]:
        attached = [alias_path(event["id"], one["name"]) for one in event.get("attachments", ())]
        return {
            "release": event["id"],
            "revision": event["revision"],
            "url": f"{self.base}releases/{event['id']}/",
            "sha256": event["sha256"],
            "attachments": [self.base + quote(one) for one in attached],
        }

    def _facts(self, event: Event) -> dict[str, Any]:
        due = self._signature_due(event)
        return {
            "seq": event["seq"],
            "at": event["at"],
            "visible": self._visible(event),
            "second_signature_due": due.isoformat() if due else None,
        }

    def _signature_due(self, event: Event) -> datetime | None:
        known = self.state.releases.get(event["id"])
        if not event.get("on_duty") or (known and event["revision"] in known.countersigned):
            return None
        return datetime.fromisoformat(event["at"]) + COUNTERSIGN_WITHIN

    def lines(self, translate: Translate) -> Iterator[str]:
        for one in self.published:
            yield self._words(one, translate).format(**self._line(one))
            yield from (f"  {address}" for address in self._line(one)["attachments"])
            if due := self._signature_due(one):
                command = f"greenchannel countersign {one['id']} --by PERSON"
                text = message("a second signature is owed by {at}: {command}", at=due, command=command)
                yield "  " + text.in_language(translate)
        for one in self.unchanged:
            seen = _seen(self.before, one) or not self.built
            known = translate("public already, as it stands: {url} (r{revision})")
            yield (known if seen else self._words(one, translate)).format(**self._line(one))
        for decision in self.refused:
            yield translate("refused {release}:").format(release=_name(decision))
            yield from (f"  {reason}" for reason in _reasons(decision, translate))
        if not (self.published or self.unchanged or self.refused):
            yield translate("Nothing is approved and due.")
        yield from (text.in_language(translate) for text in self._left())
        if self.outlook:
            yield from touched_lines(self.outlook, self.base, translate)

    def _left(self) -> Iterator[Message]:
        """What is approved and was not due: it waits for its time, or for somebody who names it."""
        for at, release in self.waiting:
            yield message("approved, waits until {at}: {release}", at=at, release=release)
        for release in self.returning:
            yield message(
                "withdrawn and approved anew; it goes out again only when it is named: {command}",
                command=f"greenchannel publish {release}",
            )

    def _words(self, event: Event, translate: Translate) -> str:
        if self.outlook:
            return translate("would publish {url} (r{revision}, SHA-256 {sha256})")
        if self.is_unfinished:
            return translate("on the record: {url} (r{revision}, SHA-256 {sha256}); readers may see it in part")
        if not self.built:
            return translate("recorded {url} (r{revision}, SHA-256 {sha256}); greenchannel build makes it public")
        if self._visible(event):
            return translate("published {url} (r{revision}, SHA-256 {sha256})")
        return translate("on the record, but not read back anywhere yet: {url} (r{revision}, SHA-256 {sha256})")


def _seen(state: "State", event: Event) -> "Mapping[str, datetime]":
    known = state.releases.get(event["id"])
    return known.visible.get(event["revision"], {}) if known else {}


def touched_lines(outlook: "Outlook", base: str, translate: Translate) -> Iterator[str]:
    """Every file that would be new or changed, as the address at which the public would find it."""
    words = {True: translate("new"), False: translate("changed")}
    for one in outlook.touched:
        yield f"  {words[one.is_new]}  {_address(base, one.path)}"
    if outlook.touched:
        feeds = sum(one.path.startswith("feeds/") for one in outlook.touched)
        text = translate("{count} file(s), {feeds} of them feeds; the receipts change the record's copy once more")
        yield text.format(count=len(outlook.touched), feeds=feeds)


def _address(base: str, path: str) -> str:
    """The index of a folder is found at the address of the folder."""
    shown = path.removesuffix("index.html") if path.endswith("/index.html") or path == "index.html" else path
    return base + quote(shown)


def _name(decision: "Decision") -> str:
    return decision.candidate.release.id


def _reasons(decision: "Decision", translate: Translate) -> Iterator[str]:
    return (f"{one.code} {one.reason.in_language(translate)}" for one in decision.refused)
