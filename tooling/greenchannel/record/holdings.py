"""The files that the ledger's lines name: frozen texts, attachments and, in the office, who approved and withdrew."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from greenchannel.domain.message import Message, message
from greenchannel.record.approval import approval_path, countersignature_path
from greenchannel.record.canonical import sha256
from greenchannel.record.problem import Kind, Problem
from greenchannel.record.succession import FILE
from greenchannel.record.withdrawal import withdrawal_path

Reader = Callable[[str], bytes | None]
Digest = Callable[[str], str | None]  # path below releases/ -> SHA-256 of what stands there
Event = Mapping[str, Any]  # Any: JSON

_TEXT = (message("the frozen text is missing"), message("the frozen text is not the one that was released"))
_ATTACHMENT = (message("the attachment is missing"), message("the attachment is not the one that was released"))
_TRANSLATION = (message("the translation is missing"), message("the translation is not the one that was released"))
_APPROVAL = (message("the approval is missing"), message("the approval is not the one that was given"))
_WITHDRAWAL = (
    message("the signed withdrawal is missing"),
    message("the signed withdrawal is not the one that was given"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What lines named: the digest of each file, and the frozen text of each revision of a release."""

    digests: Mapping[str, str | None]
    texts: Mapping[tuple[object, object], object]


class Holdings:
    """Asks for each file once, however many lines name it, and tells each fault at the first line that names it."""

    def __init__(self, digest: Digest, *, approvals: bool) -> None:
        self.problems: list[Problem] = []
        self._digest, self._approvals = digest, approvals
        self._digests: dict[str, str | None] = {}
        self._texts: dict[tuple[object, object], object] = {}  # release and revision -> its frozen text
        self._told: set[tuple[str, str]] = set()

    @property
    def held(self) -> Held:
        return Held(dict(self._digests), dict(self._texts))

    def resume(self, before: Held) -> bool:
        """Goes on behind lines that were checked before, if every file that they named is still what it was."""
        if any(self._digest(path) != digest for path, digest in before.digests.items()):
            return False
        self._digests, self._texts = dict(before.digests), dict(before.texts)
        return True

    def check(self, number: int, event: Event) -> None:
        for path, digest, (missing, changed) in self._named(event):
            if not isinstance(path, str):
                continue  # The line that names it is a bad one, or stands behind a bad one.
            if path not in self._digests:
                if not FILE.fullmatch(path):
                    continue
                self._digests[path] = self._digest(path)
            found = self._digests[path]
            if found != digest and (path, str(digest)) not in self._told:
                self._told.add((path, str(digest)))
                kind, text = (Kind.FILE_MISSING, missing) if found is None else (Kind.FILE_CHANGED, changed)
                self.problems.append(Problem(kind, number, path, text))

    def _named(self, event: Event) -> Iterator[tuple[object, object, tuple[Message, Message]]]:
        path, approval = event.get("path"), event.get("approval")
        place = (str(event.get("id")), str(event.get("revision")))
        if isinstance(path, str):
            self._texts[place] = path
            yield path, event.get("sha256"), _TEXT
            if self._approvals:
                yield approval_path(path), approval, _APPROVAL
        elif self._approvals and approval is not None and place in self._texts:
            yield countersignature_path(str(self._texts[place])), approval, _APPROVAL
        if self._approvals and (signed := event.get("withdrawal")) is not None and place in self._texts:
            yield withdrawal_path(str(self._texts[place])), signed, _WITHDRAWAL
        if isinstance(incident := event.get("incident"), dict):
            yield incident.get("path"), incident.get("sha256"), _TEXT
            yield from _listed(incident.get("translations"), _TRANSLATION)
        yield from _listed(event.get("translations"), _TRANSLATION)
        yield from _listed(event.get("attachments"), _ATTACHMENT)


def digests(read: Reader) -> Digest:
    """Of files that are read whole."""
    return lambda path: None if (data := read(path)) is None else sha256(data)


def _listed(files: object, said: tuple[Message, Message]) -> Iterator[tuple[object, object, tuple[Message, Message]]]:
    for one in files if isinstance(files, list) else ():
        if isinstance(one, dict):
            yield one.get("path"), one.get("sha256"), said
