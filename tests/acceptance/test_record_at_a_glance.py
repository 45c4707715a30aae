"""A record that went on by a few lines is recalled as a whole, with what was remembered of its beginning."""

import pytest

from conftest import BUILT_AT, Clock
from greenchannel import office
from greenchannel.building import build
from greenchannel.delivery import proven
from greenchannel.delivery import record as on_disk
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import Record, read_record, recall_record
from greenchannel.desk.settings import Settings
from greenchannel.portal.maker import maker
from greenchannel.record.glance import Glance, index_of

pytestmark = pytest.mark.standing

FACTS = ("2026/chengbei-tingshui/fact-1", "2026/qingnianlu-huozai/fact-1")


@pytest.fixture
def newsroom(office_home: Settings) -> Settings:
    """All of its site stands."""
    assert build(office_home, Clock(BUILT_AT)).is_whole
    return office_home


def withdrawn(newsroom: Settings, release: str) -> None:
    office.withdraw(newsroom, release, "数据有误。", "lu-wanqing", Clock(BUILT_AT))


def recalled(newsroom: Settings) -> tuple[Record | None, bytes]:
    """By another process; and the index that is remembered."""
    on_disk._GLANCED.clear()  # noqa: SLF001
    proven._KNOWN.clear()  # noqa: SLF001
    with Memory(newsroom.home, maker()) as memory:
        return recall_record(newsroom.releases, memory), memory.recall(("glance",))["glance"]


def test_what_was_added_to_is_recalled_though_no_index_was_written_for_it(newsroom: Settings) -> None:
    _, before = recalled(newsroom)
    for release in FACTS:
        withdrawn(newsroom, release)
        record, index = recalled(newsroom)
        assert record is not None
        assert isinstance(record.state, Glance)
        whole = read_record(newsroom.releases)
        assert (index, (*record.events,)) == (before, whole.events)
        assert record.state.index == index_of(whole.events)
        assert dict(record.state.releases) == dict(whole.state.releases)


def test_of_a_record_that_is_none_of_both_nothing_is_recalled(newsroom: Settings) -> None:
    for release in FACTS:
        ledger = (newsroom.releases / "ledger.jsonl").read_bytes()
        withdrawn(newsroom, release)
    (newsroom.releases / "ledger.jsonl").write_bytes(ledger)
    assert recalled(newsroom)[0] is None
