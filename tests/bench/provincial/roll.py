"""The roll of a province: which cities there are, what each is called, and where its record is read.

A ledger says what was released; it does not say how the city is called, or its departments. A city hands that over
when it joins, and again when a department is renamed. The roll is also what entries are made with: ids from the
authority that stands in it, addresses from `url`. So no record can speak for another city, whatever is in it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any

from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.portal.entries import Voice, voice_of


@dataclass(frozen=True, slots=True)
class City:
    """`origin` is where its files are read, slash at its end: its site, or the store that a CDN stands before."""

    id: str
    origin: str
    voice: Voice


@dataclass(frozen=True, slots=True)
class Roll:
    """`province` speaks in what is merged; `cities` are sorted by id, which breaks ties of time."""

    province: Voice
    cities: tuple[City, ...]


def read_roll(data: bytes) -> Roll:
    """Raises ValueError or KeyError for what is no roll, or one that names a city twice."""
    value = json.loads(data)
    cities = [City(one["id"], one["origin"], _voice(one)) for one in value["cities"]]
    if len({one.id for one in cities}) != len(cities) or len({one.voice.tag for one in cities}) != len(cities):
        raise ValueError("two cities of one id or of one authority")
    return Roll(_voice(value["province"]), tuple(sorted(cities, key=lambda one: one.id)))


def write_roll(province: Mapping[str, Any], cities: Sequence[Mapping[str, Any]]) -> bytes:
    return (json.dumps({"province": province, "cities": cities}, ensure_ascii=False, indent=1) + "\n").encode()


def joining(identifier: str, origin: str, settings: Settings) -> Mapping[str, Any]:
    """What a city hands over."""
    voice = voice_of(settings, read_newsroom(settings.content, settings.zone).registry)
    offset = voice.zone.utcoffset(None)
    return {
        "id": identifier,
        "origin": origin,
        "name": voice.name,
        "organisation": voice.organisation,
        "email": voice.email,
        "url": voice.url,
        "tag": voice.tag,
        "offset_minutes": int(offset.total_seconds()) // 60,
        "departments": [list(one) for one in voice.departments],
    }


def _voice(value: Mapping[str, Any]) -> Voice:
    return Voice(
        name=value["name"],
        organisation=value["organisation"],
        email=value["email"],
        url=value["url"],
        tag=value["tag"],
        zone=timezone(timedelta(minutes=value["offset_minutes"])),
        hubs=(),
        departments=tuple((known, name, phone) for known, name, phone in value.get("departments", ())),
    )
