"""Pages of revisions are planned from the record alone; their texts are read when they are made."""

import re

import pytest

from conftest import REGULATION, REPOSITORY
from greenchannel.delivery.record import read_record
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.settings import Settings
from greenchannel.portal.bodies import RecordDamagedError
from greenchannel.portal.plan import Planned
from greenchannel.portal.site import plan
from greenchannel.portal.source import Site
from greenchannel.portal.theme import read_theme
from greenchannel.record.events import fold, write_events

PAGE = "releases/2026/qingnianlu-huozai/fact-2/r2/index.html"
FIRST = PAGE.replace("r2", "r1")


def planned(office: Settings, *, until: int | None = None, texts: bytes | None = None) -> dict[str, Planned]:
    """The plan of the sample's record, or of its beginning. Without `texts` nothing can be read."""

    def read(path: str) -> bytes:
        if texts is None:
            pytest.fail(f"{path} was read")
        return texts

    record = read_record(office.releases)
    site = Site(
        settings=office,
        registry=read_newsroom(office.content, office.zone).registry,
        policy=REGULATION,
        state=fold(record.events[:until]),
        events=record.events[:until],
        ledger=write_events(record.events[:until]),
        read_frozen=read,
        render=lambda text, _links: text,
    )
    return {path: one for one in plan(site, read_theme(REPOSITORY / "templates")) for path in one.paths}


def test_planning_reads_no_text(office_home: Settings) -> None:
    assert PAGE in planned(office_home)


def test_a_text_that_is_not_the_one_that_was_released_is_not_compared(office_home: Settings) -> None:
    with pytest.raises(RecordDamagedError, match=re.escape("fact-2.r2.md")):
        planned(office_home, texts=b"---\n---\n")[PAGE].make()


def test_later_releases_leave_the_pages_of_a_revision_as_they_are(office_home: Settings) -> None:
    events = read_record(office_home.releases).events
    corrected = next(
        number for number, one in enumerate(events, 1) if one["event"] == "corrected" and one["id"].endswith("/fact-2")
    )
    assert any(one["event"] == "published" for one in events[corrected:])
    then, now = planned(office_home, until=corrected), planned(office_home)
    assert [then[one].fingerprint == now[one].fingerprint for one in (PAGE, FIRST)] == [True, True]


def test_the_page_of_a_revision_follows_nothing_that_is_not_there(office_home: Settings) -> None:
    paths = list(planned(office_home))
    assert paths.index(PAGE) < paths.index("releases/2026/qingnianlu-huozai/fact-2/index.html")


def test_the_checkpoint_goes_behind_the_ledger_that_it_vouches_for(office_home: Settings) -> None:
    """A place takes the files of one stage in any order."""
    found = planned(office_home)
    assert found["record/checkpoint.json"].stage > found["record/ledger.jsonl"].stage
