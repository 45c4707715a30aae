"""A file of the desk is read without following a link, and known by content and name together."""

import io
import os
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import files
from greenchannel.desk.attachments import look, read, unfit_names
from greenchannel.desk.kinds import Unfit, kind_of
from greenchannel.domain.attachment import Kind, is_name, is_reserved

FOLDER = PurePosixPath("incidents/2026/shili")
SPECIAL = "the attachment plan.png is not a plain file in this folder"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "content" / FOLDER).mkdir(parents=True)
    return tmp_path / "content"


def reason(found: object) -> str:
    assert isinstance(found, Unfit)
    return str(found.reason)


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("secret.txt", "secret")
    return written.getvalue()


def known(name: str, data: bytes) -> Kind | Unfit:
    return kind_of(name, data[:4096], data[-66_000:])


def test_a_plain_file_is_read_with_its_kind(content: Path) -> None:
    (content / FOLDER / "plan.png").write_bytes(files.png())
    assert read(content, FOLDER, "plan.png") == (Kind.PNG, files.png())


def test_a_look_says_what_reading_says(content: Path) -> None:
    (content / FOLDER / "plan.png").write_bytes(files.jpeg())
    assert look(content / FOLDER, "plan.png") == read(content, FOLDER, "plan.png")


def test_a_missing_file_is_told(content: Path) -> None:
    assert reason(read(content, FOLDER, "plan.png")) == "the attachment plan.png is not in this folder"


def test_a_link_is_not_followed(content: Path) -> None:
    outside = content.parent / "outside.png"
    outside.write_bytes(files.png())
    (content / FOLDER / "plan.png").symlink_to(outside)
    assert reason(read(content, FOLDER, "plan.png")) == SPECIAL


def test_a_linked_folder_is_not_entered(content: Path) -> None:
    elsewhere = content.parent / "elsewhere"
    (content / FOLDER).rename(elsewhere)
    (elsewhere / "plan.png").write_bytes(files.png())
    (content / FOLDER).symlink_to(elsewhere)
    assert reason(read(content, FOLDER, "plan.png")) == SPECIAL


def test_a_folder_is_no_attachment(content: Path) -> None:
    (content / FOLDER / "plan.png").mkdir()
    assert reason(read(content, FOLDER, "plan.png")) == SPECIAL


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(content: Path) -> None:
    os.mkfifo(content / FOLDER / "plan.png")
    assert reason(read(content, FOLDER, "plan.png")) == SPECIAL


def test_a_device_is_not_read(content: Path) -> None:
    try:
        os.mknod(content / FOLDER / "plan.png", 0o20644, os.makedev(1, 5))  # The endless zeros of /dev/zero.
    except PermissionError:
        pytest.skip("only the superuser makes devices")
    assert reason(read(content, FOLDER, "plan.png")) == SPECIAL


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_over_the_limit_is_refused(content: Path, more: int) -> None:
    with (content / FOLDER / "plan.png").open("wb") as file:
        file.write(files.png())
        file.truncate(20_000_000 + more)
    found = [isinstance(one, Unfit) for one in (look(content / FOLDER, "plan.png"), read(content, FOLDER, "plan.png"))]
    assert found == [bool(more), bool(more)]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.jpg", files.jpeg(), Kind.JPEG),
        ("a.JPEG", files.jpeg(), Kind.JPEG),
        ("a.png", files.png(), Kind.PNG),
        ("a.webp", files.webp(), Kind.WEBP),
        ("a.pdf", files.pdf(), Kind.PDF),
    ],
)
def test_content_and_name_agree(name: str, data: bytes, expected: Kind) -> None:
    assert known(name, data) is expected


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.png", files.jpeg(), "a.png does not end with .jpg, but that is what it is"),
        ("a", files.pdf(), "a does not end with .pdf, but that is what it is"),
        ("a.jpg", b"", "a.jpg is empty"),
        ("a.jpg", b"\0" * 5000, "a.jpg is of a kind that is not known"),
        ("a.jpg", "只是文字".encode() * 500, "a.jpg is a text or a table"),
        ("a.jpg", b"MZ\x90\xff", "a.jpg is of a kind that is not known"),
        ("a.pdf", b"<?xml version='1.0'?><svg xmlns='x'/>", "a.pdf is an SVG drawing, which can hold programs"),
        ("a.pdf", archive(), "a.pdf is an archive: nobody sees what is in it"),
        ("a.jpg", b"\0\0\0\x18ftypheic", "a.jpg is a HEIC or AVIF picture, which many readers cannot open"),
        (
            "a.mov",
            b"\0\0\0\x18ftypqt  ",
            "a.mov is a film or a sound recording, which cannot be cleaned of hidden data",
        ),
        (
            "a.pdf",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "a.pdf is an office document: such files keep names, comments and earlier wordings",
        ),
        (
            "a.docx",
            archive(),
            "a.docx is an office document: such files keep names, comments and earlier wordings",
        ),
    ],
)
def test_another_kind_is_named(name: str, data: bytes, said: str) -> None:
    assert reason(known(name, data)) == said


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", files.jpeg() + archive()),
        ("a.png", files.png() + archive() + b"and more"),
        ("a.pdf", files.pdf() + archive()),
        ("a.jpg", files.jpeg()[:20] + files.plain_pdf()),
        ("a.pdf", b"%PDF-1.7\n<script>alert(1)</script>"),
        ("a.jpg", b"\xff\xd8\xff\xe0<?php system('id') ?>"),
        ("a.webp", files.webp()[:40] + b"<html >"),
    ],
)
def test_a_file_of_two_kinds_is_refused(name: str, data: bytes) -> None:
    assert reason(known(name, data)) == f"{name} is two kinds of file at once"


@pytest.mark.parametrize("name", ["a.jpg", "现场-1.png", "㐀〇𠮷_2.pdf", "A.B.webp", "字" * 60 + ".pdf"])
def test_a_name_that_an_address_is_made_of(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".a.jpg", "a b.jpg", "a/b.jpg", "a\\b.jpg", "é.jpg", "a\n.jpg", "（一）.jpg", "%41.jpg", "a?.jpg", "字" * 80,
     "a" * 81, "\ud800.jpg", "a\u202egpj.exe"],
)  # fmt: skip
def test_a_name_that_no_address_is_made_of(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    "name", ["index.html", "INDEX.html", "index.json", "ninjs.json", "r1", "r12.md", f"{'0a' * 32}.jpg"]
)
def test_a_name_that_the_site_itself_uses_is_refused(name: str) -> None:
    assert is_reserved(name)
    assert name in unfit_names([name])


def test_names_that_differ_in_capitals_only_are_refused() -> None:
    assert list(unfit_names(["map.pdf", "plan.pdf", "Map.pdf"])) == ["Map.pdf"]


def test_a_long_list_is_decided_quickly_and_each_name_once() -> None:
    assert len(unfit_names([f"{number}.pdf" for number in range(20_000)])) == 20_000 - 20
