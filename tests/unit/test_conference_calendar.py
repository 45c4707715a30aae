"""A conference as a calendar entry: one id for ever, a higher sequence with each change, cancelled when withdrawn."""

from datetime import UTC, datetime

from icalendar import Calendar, Component

from conftest import CHINA, REGULATION, REPOSITORY
from greenchannel.desk.settings import read_settings
from greenchannel.domain.registry import Registry
from greenchannel.domain.release import Accreditation, Conference, Live, Speaker
from greenchannel.portal.calendar_file import Entry
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.conference_calendar import calendar_entry, calendar_of, has_calendar, is_conference
from greenchannel.record.events import fold
from greenchannel.record.freeze import freeze_release, thaw
from ledgers import Ledger

OFFICE = read_settings(REPOSITORY / "tests/golden/small")
CONFERENCE = Conference(
    id="2026/shili/conference-1",
    title="示例新闻发布会",
    incident="2026/shili",
    department="housing",
    summary="摘要。",
    author="author",
    body="正文。",
    starts_at=datetime(2026, 11, 20, 17, tzinfo=CHINA),
    venue="新闻发布厅，一号楼；东门",
    speakers=(Speaker("谭景行", "副主任"),),
    media_contact="0999-8123415",
    live=(Live("客户端", "https://live.shili.example/1"),),
    accreditation=Accreditation(contact="窦欣澜", phone="0999-8123415"),
)
ENTRY = Entry(
    uid="tag:news.shili.example,2026:2026/shili/conference-1",
    stamp=datetime(2026, 11, 20, 12, 30, 4, tzinfo=CHINA),
    start=CONFERENCE.starts_at,
    summary=CONFERENCE.title,
    description=CONFERENCE.summary,
    url="https://news.shili.example/releases/2026/shili/conference-1/",
    status="CONFIRMED",
    sequence=1,
)


def event(data: bytes) -> Component:
    (one,) = Calendar.from_ical(data).walk("VEVENT")
    return one


def test_a_calendar_reads_all_that_a_reporter_needs() -> None:
    one = event(calendar_of(ENTRY, thaw(freeze_release(CONFERENCE, 1))))
    names = ("UID", "SUMMARY", "LOCATION", "CONTACT", "URL", "STATUS", "SEQUENCE")
    assert {name: str(one[name]) for name in names} == {
        "UID": ENTRY.uid,
        "SUMMARY": "示例新闻发布会",
        "LOCATION": "新闻发布厅，一号楼；东门",
        "CONTACT": "0999-8123415",
        "URL": ENTRY.url,
        "STATUS": "CONFIRMED",
        "SEQUENCE": "1",
    }
    assert one.decoded("dtstart") == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert one.decoded("dtstamp") == datetime(2026, 11, 20, 4, 30, 4, tzinfo=UTC)
    assert str(one["DESCRIPTION"]).split("\n") == [
        "摘要。",
        "谭景行（副主任）",
        "客户端：https://live.shili.example/1",
        "采访报名：窦欣澜 0999-8123415",
    ]


def test_the_same_release_gives_the_same_bytes_and_what_is_withdrawn_keeps_only_its_notice() -> None:
    frozen = thaw(freeze_release(CONFERENCE, 1))
    assert calendar_of(ENTRY, frozen) == calendar_of(ENTRY, frozen)
    bare = event(calendar_of(ENTRY, None))
    assert [name for name in ("LOCATION", "CONTACT") if name in bare] == []


def test_a_conference_that_became_something_else_is_cancelled_in_every_calendar_until_it_is_one_again() -> None:
    ledger = Ledger()
    found = []
    for kind in ("conference", "fact", "conference"):
        ledger.publish(CONFERENCE.id)
        more = {"starts_at": "2026-11-20T17:00:00+08:00"} if kind == "conference" else {}
        ledger.events[-1] = {**ledger.events[-1], "type": kind, **more}
        catalogue = Catalogue(OFFICE, Registry(), REGULATION, fold(ledger.events))
        (release,) = catalogue.releases
        one = calendar_entry(catalogue, release)
        assert has_calendar(release)
        assert is_conference(release) is (kind == "conference")
        assert (one.uid, one.start) == (f"tag:{OFFICE.tag}:{CONFERENCE.id}", CONFERENCE.starts_at)
        found.append((one.sequence, one.status, one.description))
    assert found == [
        (1, "CONFIRMED", "摘要1。"),
        (2, "CANCELLED", "该信息已改为其他类型，不再作为新闻发布会发布。"),
        (3, "CONFIRMED", "摘要3。"),
    ]
