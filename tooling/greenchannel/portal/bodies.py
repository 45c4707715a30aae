"""The texts of the record as pages and feeds want them: proven, rendered once, compared with those before them."""

import html
from collections.abc import Callable, Mapping
from functools import lru_cache

from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.addresses import public_path
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.comparison import Comparison, compare
from greenchannel.portal.confinement import UnrenderableError
from greenchannel.portal.sanitising import Links
from greenchannel.portal.views.incidents import IncidentView
from greenchannel.portal.views.page import PageView
from greenchannel.portal.views.releases import ReleaseView, RevisionPageView
from greenchannel.record.attachments import attachment_path, attachments_of
from greenchannel.record.canonical import sha256
from greenchannel.record.freeze import Frozen, Value, thaw
from greenchannel.record.translations import original_path

_AT_HAND = 2_048  # rendered bodies


class RecordDamagedError(GreenchannelError):
    """A frozen text is not the one that was released; nothing is built from it."""


def as_released(path: str, data: bytes, digest: str) -> bytes:
    """The bytes of a frozen text, if they are those that were released. Raises RecordDamagedError."""
    if sha256(data) != digest:
        raise RecordDamagedError("releases/{path}: not what was released; run greenchannel verify", path=path)
    return data


class Bodies:
    """What was released, compared with its digest; a body is rendered once, when a page or feed is made of it.

    `refuse` is told the digest of one that took too long.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        read_frozen: Callable[[str], bytes],
        render: Callable[[str, Links], str],
        refuse: Callable[[str], None] = lambda _digest: None,
    ) -> None:
        self._settings, self._read_frozen, self._render_body = catalogue.settings, read_frozen, render
        self._refuse = refuse
        self._paths: dict[str, str] = {}
        self._unseen = iter(catalogue.files())
        self.html = lru_cache(maxsize=_AT_HAND)(self._rendered)

    def _path(self, digest: str) -> str:
        """No more of the record is looked through than it takes: most that is made is new."""
        if digest not in self._paths:
            for path, found in self._unseen:
                self._paths.setdefault(found, path)
                if found == digest:
                    break
        return self._paths[digest]

    def released(self, digest: str) -> bytes:
        path = self._path(digest)
        return as_released(path, self._read_frozen(path), digest)

    def _rendered(self, digest: str) -> str:
        frozen = thaw(self.released(digest))
        try:
            return self._render_body(frozen.body, self._links(self._original(frozen, digest)))
        except UnrenderableError:
            # A body that takes too long still reaches its readers, as plain text; it never delays the others.
            self._refuse(digest)
            return f"<pre>{html.escape(frozen.body)}</pre>"

    def fields(self, view: ReleaseView) -> Mapping[str, Value]:
        """Of the text that the page shows; a translation has those of its original, and its own words of the claim."""
        if view.withdrawn:
            return {}
        frozen = thaw(self.released(view.body))
        fields = self._original(frozen, view.body).fields
        return {key: frozen.fields.get(key, value) if key == "claim" else value for key, value in fields.items()}

    def _original(self, frozen: Frozen, digest: str) -> Frozen:
        is_translation = "language" in frozen.fields
        return thaw(self._read_frozen(original_path(self._path(digest)))) if is_translation else frozen

    def compared(self, view: PageView) -> dict[str, object]:
        """Texts beside those before them; the page's fingerprint has all digests and names."""
        match view:
            case RevisionPageView():
                return {"comparison": self._compare(view.before, view.body, view.names) if view.before else None}
            case IncidentView():
                pairs = {(one.before, one.after) for entry in view.timeline for one in entry.corrections}
                return {"comparisons": {pair: self._compare(*pair, view.names) for pair in sorted(pairs)}}
            case _:
                return {}

    def _compare(self, before: str, after: str, names: tuple[tuple[str, str], ...]) -> Comparison:
        old, new = (thaw(self.released(digest)) for digest in (before, after))
        return compare(old, new, dict(names), self._settings.zone)

    def _links(self, frozen: Frozen) -> Links:
        """An attachment that a body names leads to the file of that very revision."""
        base, incident = self._settings.root, str(frozen.fields.get("incident"))
        return tuple(
            (one.name, base + public_path(attachment_path(incident, one))) for one in attachments_of(frozen.fields)
        )
