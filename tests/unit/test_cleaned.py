"""A file is cleaned once; a memory that was touched or deleted is made again, to the same bytes."""

import os
from pathlib import Path, PurePosixPath

import pytest

import files
from conftest import copy_newsroom
from greenchannel.delivery.cleaned import FORGET_SECONDS, MEMORY, Cleaned
from greenchannel.desk.cleaning.fault import Fault, unfit
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError

FOLDER = PurePosixPath("incidents/2026/shewai-yanchu")
NAMES = ("plan.png",)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = copy_newsroom(tmp_path)
    (made.content / FOLDER / "plan.png").write_bytes(files.png())
    return made


def entries(settings: Settings) -> list[Path]:
    folder = settings.home / MEMORY
    return sorted(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else []


def cleaned(settings: Settings) -> bytes:
    (attachment,) = Cleaned(settings).prepare(FOLDER, NAMES).attachments
    return attachment.data


def test_what_was_cleaned_once_is_not_cleaned_again(settings: Settings) -> None:
    first = cleaned(settings)
    (entry,) = entries(settings)
    os.utime(entry, (1, 1))
    assert (cleaned(settings), entry.stat().st_mtime) == (first, 1)


@pytest.mark.parametrize("damage", [b"", b"x", b"\n", b"0" * 64 + b"\nforeign"])
def test_an_entry_that_was_touched_is_not_believed(settings: Settings, damage: bytes) -> None:
    first = cleaned(settings)
    (entry,) = entries(settings)
    good = entry.read_bytes()
    entry.write_bytes(damage)
    assert (cleaned(settings), entry.read_bytes()) == (first, good)


def test_an_entry_that_lost_its_end_is_not_believed(settings: Settings) -> None:
    first = cleaned(settings)
    (entry,) = entries(settings)
    entry.write_bytes(entry.read_bytes()[:-1])
    assert cleaned(settings) == first


def test_another_file_is_another_entry(settings: Settings) -> None:
    cleaned(settings)
    (settings.content / FOLDER / "plan.png").write_bytes(files.png(image=files.photo((60, 60))))
    cleaned(settings)
    assert len(entries(settings)) == 2


def test_what_cannot_be_cleaned_is_not_remembered_on_disk(settings: Settings) -> None:
    (settings.content / FOLDER / "plan.png").write_bytes(files.bomb())
    found = Cleaned(settings).prepare(FOLDER, NAMES)
    assert (found.attachments, entries(settings)) == ((), [])
    assert [str(one) for one in found.unfit] == [
        "plan.png has more than 50 million pixels: save it smaller: fewer pixels, or fewer pages"
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [(GreenchannelError("it did not start"), "it did not start"), (OSError(12, "Cannot allocate memory"), "memory")],
)
def test_a_cleaner_that_does_not_start_stops_this_file_alone_and_for_now(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def failing(_kind: object, _source: bytes, _name: str) -> bytes:
        raise error

    keeper = Cleaned(settings)
    with monkeypatch.context() as broken:
        broken.setattr("greenchannel.delivery.cleaned.clean", failing)
        (found,) = keeper.prepare(FOLDER, NAMES).unfit
    assert said in str(found)
    assert "try again in a minute" in str(found)
    assert len(keeper.prepare(FOLDER, NAMES).attachments) == 1


def test_a_memory_that_cannot_be_written_costs_nothing_but_time(settings: Settings) -> None:
    (settings.home / MEMORY).parent.mkdir(exist_ok=True)
    (settings.home / MEMORY).write_bytes(b"in the way")
    assert cleaned(settings) != b""


def test_what_was_too_slow_once_is_tried_again_after_ten_minutes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    keeper = Cleaned(settings, lambda: now)
    with monkeypatch.context() as busy:
        busy.setattr("greenchannel.delivery.cleaned.clean", lambda _kind, _source, name: unfit(Fault.TIME, name))
        keeper.prepare(FOLDER, NAMES)
    now += FORGET_SECONDS - 1
    assert len(keeper.prepare(FOLDER, NAMES).attachments) == 0
    now += 1
    assert len(keeper.prepare(FOLDER, NAMES).attachments) == 1


def test_one_that_cannot_go_out_does_not_hide_the_others(settings: Settings) -> None:
    found = Cleaned(settings).prepare(FOLDER, ("plan.png", "../../../registry/people.yml", "lost.png", "a b.png"))
    assert ([one.name for one in found.attachments], len(found.unfit)) == (["plan.png"], 3)
