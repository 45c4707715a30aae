"""A file is cleaned once; a memory that was touched or deleted is made again, to the same bytes."""

import os
from pathlib import Path, PurePosixPath

import pytest

import files
from conftest import copy_newsroom
from greenchannel.delivery.cleaned import MEMORY, Cleaned
from greenchannel.desk.settings import Settings

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


def test_one_that_cannot_go_out_does_not_hide_the_others(settings: Settings) -> None:
    found = Cleaned(settings).prepare(FOLDER, ("plan.png", "../../../registry/people.yml", "lost.png", "a b.png"))
    assert ([one.name for one in found.attachments], len(found.unfit)) == (["plan.png"], 3)
