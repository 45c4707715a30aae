"""A record that went on by a few lines is recalled as a whole, with what was remembered of its beginning."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from conftest import BUILT_AT, Clock
from greenchannel import office
from greenchannel.building import build
from greenchannel.delivery import glanced, proven
from greenchannel.delivery import record as on_disk
from greenchannel.delivery.glanced import Record, keep_glance, recall_record
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings
from greenchannel.making import Making
from greenchannel.portal.maker import maker
from greenchannel.record.glance import Glance, index_of
from greenchannel.resident import Resident

pytestmark = pytest.mark.standing

FIRST, SECOND, THIRD = (f"2026/{one}/fact-1" for one in ("chengbei-tingshui", "qingnianlu-huozai", "taifeng-haixing"))
OLD = "2026/chengbei-tingshui"


@pytest.fixture
def newsroom(office_home: Settings) -> Settings:
    """All of its site stands."""
    assert build(office_home, Clock(BUILT_AT)).is_whole
    return office_home


def withdrawn(newsroom: Settings, release: str) -> None:
    office.withdraw(newsroom, release, "数据有误。", "lu-wanqing", Clock(BUILT_AT))


def recalled(newsroom: Settings) -> tuple[Record | None, bytes]:
    """By another process; and the index that is remembered."""
    glanced._GLANCED.clear()  # noqa: SLF001
    proven._KNOWN.clear()  # noqa: SLF001
    with Memory(newsroom.home, maker()) as memory:
        return recall_record(newsroom.releases, memory), memory.recall(("glance",))["glance"]


def test_what_was_added_to_is_recalled_though_no_index_was_written_for_it(newsroom: Settings) -> None:
    _, before = recalled(newsroom)
    for release in (FIRST, SECOND):
        withdrawn(newsroom, release)
        record, index = recalled(newsroom)
        assert record is not None
        assert isinstance(record.state, Glance)
        whole = read_record(newsroom.releases)
        assert (index, (*record.events,)) == (before, whole.events)
        assert record.state.index == index_of(whole.events)
        assert dict(record.state.releases) == dict(whole.state.releases)


def test_of_a_record_that_is_none_of_both_nothing_is_recalled(newsroom: Settings) -> None:
    for release in (FIRST, SECOND):
        ledger = (newsroom.releases / "ledger.jsonl").read_bytes()
        withdrawn(newsroom, release)
    (newsroom.releases / "ledger.jsonl").write_bytes(ledger)
    assert recalled(newsroom)[0] is None


def test_an_index_of_another_ledger_than_its_mark_says_is_none(newsroom: Settings) -> None:
    _, index = recalled(newsroom)
    with Memory(newsroom.home, maker()) as memory:
        memory.keep("glance", b"0" * len(index[: index.index(b"\n")]) + index[index.index(b"\n") :])
    assert recalled(newsroom)[0] is None


def test_an_index_that_was_written_since_is_gone_on_from(newsroom: Settings) -> None:
    withdrawn(newsroom, FIRST)
    assert build(newsroom, Clock(BUILT_AT)).is_whole
    withdrawn(newsroom, SECOND)
    assert recalled(newsroom)[0] is not None


def test_an_index_that_another_process_writes_meanwhile_is_gone_on_from(newsroom: Settings) -> None:
    withdrawn(newsroom, FIRST)
    before, append = read_record(newsroom.releases), on_disk._append  # noqa: SLF001

    def after_another(releases: Path, events: Sequence[Mapping[str, Any]]) -> None:
        with Memory(newsroom.home, maker()) as memory:
            keep_glance(releases, memory, before.events, before.ledger)
        append(releases, events)

    recalled(newsroom)
    with patch.object(on_disk, "_append", after_another):
        withdrawn(newsroom, SECOND)
    assert recalled(newsroom)[0] is not None


def test_a_process_that_stays_makes_news_first_though_another_one_built_in_between(newsroom: Settings) -> None:
    resident, make_news, first = Resident(), Making._make_news, list[bool]()  # noqa: SLF001

    def told(making: Making, *sources: Any) -> bool:
        first.append(make_news(making, *sources))
        return first[-1]

    def made() -> None:
        with patch.object(Making, "_make_news", told):
            Making(newsroom, Clock(BUILT_AT), resident=resident).make()

    withdrawn(newsroom, FIRST)
    made()
    withdrawn(newsroom, SECOND)
    assert build(newsroom, Clock(BUILT_AT)).is_whole
    made()
    withdrawn(newsroom, THIRD)
    made()
    assert first == [True, False, True]


def test_a_dry_run_of_two_texts_of_an_incident_misses_no_file_of_the_first(newsroom: Settings) -> None:
    folder, names = newsroom.content / f"incidents/{OLD}", ("fact-3", "fact-4")
    text = (folder / "fact-2.md").read_text("utf-8").replace("变更: []", "迟发原因: 通信中断，恢复后即行发布。")
    for name in names:
        (folder / f"{name}.md").write_text(text.replace("标题: ", f"标题: 续报{name[-1]}："), "utf-8")
        office.approve(newsroom, f"{OLD}/{name}", "tan-jingxing", Clock(BUILT_AT))
    recalled(newsroom)
    decisions = office.publish(newsroom, tuple(f"{OLD}/{name}" for name in names), Clock(BUILT_AT), dry_run=True)
    assert [one.refused for one in decisions] == [(), ()]
