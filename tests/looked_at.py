"""Sites whose bytes were looked at once: how they are made and compared."""

import re
from datetime import timedelta
from pathlib import Path

from conftest import Clock
from greenchannel import office
from greenchannel.building import build
from greenchannel.desk.settings import Settings

_ASSET = re.compile(rb'(/assets/[a-z-]+)\.[0-9a-f]{16}(\.[a-z]+" integrity=")sha384-[^"]{64}"')


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}


def release(settings: Settings, clock: Clock, identifier: str) -> None:
    office.approve(settings, identifier, "li-si", clock)
    clock.now += timedelta(minutes=5)
    (decision,) = office.publish(settings, (identifier,), clock)
    assert decision.refused == ()
    build(settings, clock)


def without_digests(data: bytes) -> bytes:
    """A colour that changes in the style sheet is no change of all pages: a test of its own has the digests."""
    return _ASSET.sub(rb'\1.DIGEST\2DIGEST"', data)
