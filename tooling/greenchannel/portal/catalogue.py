"""What has been released, arranged as readers look for it.

Newest first, by incident, type, department, category, expert and month.
Everything comes from the fold of the ledger; no frozen text is opened here.

A catalogue speaks one language. The Chinese pages stand at the root and are whole; in English, below /en/, there are
pages of what ever had an English text, and lists that name the rest by its Chinese title.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Self

from greenchannel.desk.settings import Settings
from greenchannel.domain.attachment import Kind
from greenchannel.domain.incident import EarlierClass, Incident
from greenchannel.domain.moment import Moment, read_moment
from greenchannel.domain.policy import Policy
from greenchannel.domain.registry import Expert, Registry
from greenchannel.domain.vocabulary import Category, IncidentClass, Term
from greenchannel.portal.index_number import index_numbers
from greenchannel.portal.known_incidents import KnownIncidents
from greenchannel.portal.views.parts import Card
from greenchannel.portal.wording import CHINESE, phrase
from greenchannel.record.events import PublicRelease, State

SERIOUS = (IncidentClass.PARTICULARLY_SERIOUS, IncidentClass.SERIOUS)


class Catalogue:
    """`numbers` are the index numbers of the whole record, where `state` is but a part of it.

    `known` are the incidents as a process keeps them; those of a part of a record are others.
    """

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        policy: Policy,
        state: State,
        numbers: Mapping[str, str] | None = None,
        known: KnownIncidents | None = None,
    ) -> None:
        self.settings = settings
        self.registry = registry
        self.policy = policy
        self.state = state
        self.original: Self | None = None  # of one in another language: the Chinese one, of the same record
        self._numbers = numbers
        self.language = CHINESE
        self.translated: frozenset[str] = frozenset()  # the incidents and releases with a page in this language
        self.cards: dict[str, Card] = {}  # those that were asked for: lists show the same ones again and again
        self.known = known or KnownIncidents()
        # The order of the ledger breaks ties, so that two releases of one second keep their places.
        order = {identifier: number for number, identifier in enumerate(state.releases)}
        self.releases = tuple(
            sorted(state.releases.values(), key=lambda one: (one.first_at, order[one.id]), reverse=True)
        )
        self._by_incident = self.grouped(lambda one: one.current.event["incident"]["id"])
        self._explaining = self.grouped(lambda one: one.current.event.get("basis", ""))

    def speaking(self, language: str, translated: frozenset[str]) -> Self:
        """`translated` as of the whole record."""
        other = copy.copy(self)
        other.original = self.original or self
        other.months = self.months  # The same in every language; a copy has what was worked out.
        other.language, other.translated, other.cards = language, translated, {}
        return other

    def in_language(self, language: str) -> Self:
        other = self.speaking(language, frozenset())
        # Whatever ever had a text in this language: an address once given stays.
        events = [one for one in self.state.revised() if "translations" in one or "translations" in one["incident"]]
        texts = {event["id"] for event in events if other.translation(event)}
        incidents = {
            event["incident"]["id"]
            for event in (revision.event for one in texts for revision in self.state.releases[one].revisions)
        } | {event["incident"]["id"] for event in events if other.translation(event["incident"])}
        return self.speaking(language, frozenset(texts | incidents))

    def say(self, text: str, /, **values: object) -> str:
        return phrase(self.language, text, **values)

    def term(self, term: Term | Kind) -> str:
        return phrase(self.language, term.zh)

    @property
    def home(self) -> str:
        """The address of this language's home page."""
        return self.settings.root if self.language == CHINESE else f"{self.settings.root}{self.language}/"

    def page_url(self, identifier: str) -> str:
        """Of a release or an incident; of the Chinese page where there is none in this language."""
        return f"{self.home if self.has_page(identifier) else self.settings.root}releases/{identifier}/"

    def has_page(self, identifier: str) -> bool:
        """Whether a release or an incident has one in this language."""
        return self.language == CHINESE or identifier in self.translated

    def translation(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Of a ledger line, or of the facts of its incident: the text in this language, if it has one."""
        return next((one for one in facts.get("translations", ()) if one["language"] == self.language), None)

    def title(self, facts: Mapping[str, Any]) -> str:
        if found := self.translation(facts):
            return str(found["title"])
        return facts["title"] if self.language == CHINESE else self.say("%(title)s（中文）", title=facts["title"])

    def stand(self, event: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """`confirmed` or `checking` of a ledger line, in Chinese where the translation does not say it."""
        return tuple((self.translation(event) or {}).get(key) or event.get(key, ()))

    @cached_property
    def index_numbers(self) -> Mapping[str, str]:
        """索引号 by the id of the release."""
        if self._numbers is not None:
            return self._numbers
        return index_numbers(self.settings.index_number, self.state, self.settings.zone)

    def grouped(self, key: Callable[[PublicRelease], str]) -> Mapping[str, tuple[PublicRelease, ...]]:
        groups: dict[str, list[PublicRelease]] = {}
        for one in self.releases:
            groups.setdefault(key(one), []).append(one)
        return {name: tuple(groups[name]) for name in sorted(groups)}

    def held(self, key: Callable[[Mapping[str, Any]], str]) -> Mapping[str, tuple[PublicRelease, ...]]:
        """As `grouped`, of a ledger line; a release stands in every group that one of its revisions was in.

        A column that a correction emptied keeps its page: addresses are only ever added to.
        """
        groups: dict[str, list[PublicRelease]] = {}
        for one in self.releases:
            if len(one.revisions) == 1:  # Most: spelt out, since it is asked of all of an archive.
                groups.setdefault(key(one.revisions[0].event), []).append(one)
                continue
            for name in dict.fromkeys(key(revision.event) for revision in one.revisions):
                groups.setdefault(name, []).append(one)
        return {name: tuple(groups[name]) for name in sorted(groups)}

    @cached_property
    def months(self) -> Mapping[str, str]:
        """In which each release was first published, ``2026/11`` by its id."""
        zone = self.settings.zone
        there = ((one.id, one.first_at.astimezone(zone)) for one in self.releases)
        return {identifier: month_of(at) for identifier, at in there}

    def of_incident(self, identifier: str) -> tuple[PublicRelease, ...]:
        return self._by_incident.get(identifier, ())

    def explaining(self, release: str) -> tuple[PublicRelease, ...]:
        """The interpretations of a release, those that are in force."""
        return tuple(one for one in self._explaining.get(release, ()) if one.withdrawal is None)

    @cached_property
    def running(self) -> tuple[str, ...]:
        """Incidents that are not closed and of which something is in force, by their newest release, newest first."""
        found = (
            identifier
            for identifier, members in self._by_incident.items()
            if self.incident(identifier).closed_at is None and any(one.withdrawal is None for one in members)
        )
        return tuple(sorted(found, key=lambda one: self.of_incident(one)[0].first_at, reverse=True))

    @cached_property
    def urgent(self) -> tuple[str, ...]:
        """Those of the running incidents that are serious or particularly serious."""
        return tuple(one for one in self.running if self.incident(one).incident_class in SERIOUS)

    def changed_at(self, identifier: str) -> datetime:
        """When an incident's releases last changed; where all were moved to another incident, when they last did."""
        members = self.of_incident(identifier) or tuple(
            one
            for one in self.releases
            if any(revision.event["incident"]["id"] == identifier for revision in one.revisions)
        )
        return max(one.updated_at for one in members)

    def files(self) -> Iterator[tuple[str, str]]:
        """Path below releases/ and digest of every text and attachment that ever was public, the newest first.

        Incidents' texts and translations are among them; what several revisions have comes with each.
        """
        for event in (revision.event for one in self.releases for revision in reversed(one.revisions)):
            yield from _texts(event).items()
            yield from _texts(event["incident"]).items()
            yield from ((one["path"], one["sha256"]) for one in event.get("attachments", ()))

    def files_of(self, incident: str) -> Iterator[tuple[str, str]]:
        """As `files`, of what stands below one incident's address, in the order of the ids: each file stands once."""
        own = {one.id for one in self.of_incident(incident)}
        texts, files = dict[str, str](), dict[str, str]()
        for one in sorted(self.releases, key=lambda release: release.id):
            for revision in one.revisions:
                event = revision.event
                if one.id in own:
                    texts |= _texts(event)
                if event["incident"]["id"] == incident:
                    texts |= _texts(event["incident"])
                    files |= {of["path"]: of["sha256"] for of in event.get("attachments", ())}
        yield from texts.items()
        yield from sorted(files.items())

    def newest_attachments(self, release: PublicRelease) -> Iterator[tuple[str, str]]:
        """Name and digest: the newest file of each name, also after a revision that has none of that name."""
        listed = (one for revision in release.revisions for one in revision.event.get("attachments", ()))
        yield from sorted({one["name"]: one["sha256"] for one in listed}.items())

    def incident(self, identifier: str) -> Incident:
        """The public facts of an incident, as the rules of timing want them."""
        facts = self.state.incidents[identifier]
        return self.known.incident(identifier, facts, self.settings.zone, partial(self._incident, identifier, facts))

    def _incident(self, identifier: str, facts: Mapping[str, Any]) -> Incident:
        return Incident(
            id=identifier,
            title=facts["title"],
            category=Category(facts["category"]),
            incident_class=IncidentClass(facts["class"]) if facts["class"] else None,
            earlier_classes=tuple(
                EarlierClass(IncidentClass(one["class"]), datetime.fromisoformat(one["until"]))
                for one in facts.get("earlier_classes", ())
            ),
            casualties=facts["casualties"],
            wide_impact=facts["wide_impact"],
            lead=facts["lead"],
            occurred_at=self._moment(facts, "occurred_at"),
            detected_at=self._moment(facts, "detected_at"),
            claimed_at=self._moment(facts, "claimed_at"),
            closed_at=self._moment(facts, "closed_at"),
        )

    def department_name(self, identifier: str) -> str:
        known = self.registry.departments.get(identifier)
        if known is None:
            return identifier
        return known.name if self.language == CHINESE else known.english or known.name

    def expert(self, one: Expert) -> Mapping[str, str]:
        """Name and affiliation."""
        if self.language == CHINESE:
            return {"name": one.name, "affiliation": one.affiliation}
        return {"name": one.english or one.name, "affiliation": one.english_affiliation or one.affiliation}

    @property
    def name(self) -> str:
        """Of the site."""
        return self.settings.site_name(self.language)

    @property
    def organisation(self) -> str:
        return self.settings.organisation_name(self.language)

    def _moment(self, facts: Mapping[str, Any], key: str) -> Moment | None:
        return read_moment(facts[key], self.settings.zone) if facts.get(key) else None


def month_of(there: datetime) -> str:
    """``2026/11``, of a local time."""
    return f"{there.year:04}/{there.month:02}"


def _texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Path and digest of a text of the record and of its translations."""
    return {one["path"]: one["sha256"] for one in (facts, *facts.get("translations", ()))}
