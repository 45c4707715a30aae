"""索引号: whatever comes later, a release keeps its number; no two have the same."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CHINA, REPOSITORY
from greenchannel.desk.metadata import LABELS, Form, IndexNumbers, read_index_numbers, read_labels
from greenchannel.desk.settings import read_settings
from greenchannel.domain.errors import SettingsError
from greenchannel.portal.index_number import index_numbers
from greenchannel.record.events import PublicRelease, Revision, State
from small import FACT, Book, corrected

YEARLY, MONTHLY = IndexNumbers("SLSHQ0001", Form.YEARLY), IndexNumbers("SLSHQ0001", Form.MONTHLY)
TIMES = st.lists(
    st.integers(1_735_689_600, 1_798_761_600).map(lambda second: datetime.fromtimestamp(second, UTC)), max_size=12
)  # 2025 and 2026


def state(times: list[datetime], *, draft: bool = False) -> State:
    """Releases that were first published then, in the order of the ledger."""
    event = {"draft": True} if draft else {}
    releases = {f"2026/x/fact-{number}": at for number, at in enumerate(times)}
    return State({name: PublicRelease(name, (Revision(1, at, "", "", event),)) for name, at in releases.items()})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_numbers_are_counted_by_the_local_year() -> None:
    times = [at("2025-12-31T15:59+00:00"), at("2025-12-31T16:00+00:00"), at("2026-11-20T09:00+08:00")]
    assert [*index_numbers(YEARLY, state(times), CHINA).values()] == [
        "SLSHQ0001/2025-00001",
        "SLSHQ0001/2026-00001",
        "SLSHQ0001/2026-00002",
    ]


def test_numbers_are_counted_by_the_month_where_the_form_says_so() -> None:
    times = [at("2026-10-31T09:00+08:00"), at("2026-11-01T09:00+08:00"), at("2026-11-02T09:00+08:00")]
    assert [*index_numbers(MONTHLY, state(times), CHINA).values()] == [
        "SLSHQ0001/202610-00001",
        "SLSHQ0001/202611-00001",
        "SLSHQ0001/202611-00002",
    ]


def test_nothing_is_invented_without_a_code_and_a_draft_has_no_number() -> None:
    times = [at("2026-11-20T09:00+08:00")]
    assert index_numbers(None, state(times), CHINA) == {}
    assert index_numbers(YEARLY, state(times, draft=True), CHINA) == {}


@given(TIMES, TIMES, st.sampled_from([YEARLY, MONTHLY]), st.sampled_from([CHINA, timezone(timedelta(hours=-11))]))
def test_what_is_released_later_changes_no_number(
    before: list[datetime], after: list[datetime], form: IndexNumbers, zone: timezone
) -> None:
    then, now = index_numbers(form, state(before), zone), index_numbers(form, state(before + after), zone)
    assert then.items() <= now.items()
    assert len(set(now.values())) == len(before + after)


def test_a_correction_and_a_withdrawal_change_no_number() -> None:
    book = Book()
    book.release(FACT)
    first = index_numbers(YEARLY, book.state, CHINA)
    book.release(corrected(FACT))
    book.withdraw(FACT.id)
    book.release(corrected(FACT, 2))
    assert index_numbers(YEARLY, book.state, CHINA) == first == {FACT.id: "SLSHQ0001/2026-00001"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (["索引号", "发文机构"], "metadata: unknown label 发文机构; did you mean 发布机构?"),
        (["Publisher"], f"metadata: unknown label Publisher; did you mean {', '.join(LABELS)}?"),
        (["文号", "文号"], "metadata: 文号 stands there twice"),
        ("索引号", "metadata must be a list of labels such as 索引号"),
    ],
)
def test_a_label_that_nobody_knows_is_told_with_the_one_that_was_meant(value: object, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_labels(value, Path("mkdocs.yml"))
    assert str(error.value) == f"mkdocs.yml: {said}"


@pytest.mark.parametrize(
    "value",
    [
        "SLSHQ0001",
        {},
        {"code": "SLSHQ000"},
        {"code": "SLSHQ000-1"},
        {"code": "slshq0001"},
        {"code": "SLSHQ0001", "form": "weekly"},
        {"code": "SLSHQ0001", "forms": "yearly"},
    ],
)
def test_an_index_number_that_no_one_could_read_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="index_number must be like"):
        read_index_numbers(value, Path("mkdocs.yml"))


def test_the_settings_say_what_is_shown(tmp_path: Path) -> None:
    text = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    ours = ("metadata: [文号, 索引号]", "index_number: {code: 91330000MA27ABCD0E}", "editor: 编辑部")
    lines = "".join(f"    {one}\n" for one in ours)
    (tmp_path / "mkdocs.yml").write_text(text + lines, "utf-8")
    settings = read_settings(tmp_path)
    assert settings.metadata == ("文号", "索引号")
    assert settings.index_number == IndexNumbers("91330000MA27ABCD0E", Form.YEARLY)
    assert settings.editor == "编辑部"
