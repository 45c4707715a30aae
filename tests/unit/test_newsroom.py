"""What no text file can hold: bytes, sizes and links; and what the public record changes in a check."""

import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from conftest import CHINA, REGULATION
from greenchannel.desk.checking import check
from greenchannel.desk.frontmatter import MAX_BYTES, MAX_DEPTH, MAX_FRONT, MAX_LINE
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.rules.rule import Context
from greenchannel.domain.release import Fact
from greenchannel.domain.timing import Appearance
from greenchannel.domain.vocabulary import ReleaseType

BASE = Path(__file__).parents[1] / "rules" / "base"
NOW = datetime.fromisoformat("2026-11-20T10:00+08:00")
FOLDER = "incidents/2026/shili"
FACT = (BASE / FOLDER / "fact-1.md").read_bytes()
SERIOUS = (BASE / FOLDER / "incident.md").read_bytes().replace(b"class: ordinary", b"class: serious")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "content"))


def found(content: Path, *shown: Appearance, only: frozenset[str] | None = None) -> list[tuple[str, int, int, str]]:
    context = Context(read_newsroom(content, CHINA), REGULATION, NOW, {"2026/shili": shown})
    return [(one.code, one.span.line, one.span.column, str(one.hint)) for one in check(context, only)]


def codes(content: Path, *shown: Appearance) -> list[str]:
    return [code for code, *_ in found(content, *shown)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (FACT.decode().encode("gb18030"), ("S003", 2, 8, "looks like GBK/GB18030: save the file as UTF-8")),
        (FACT + b"\xff", ("S003", 10, 1, "save the file as UTF-8")),
        (FACT.decode().encode("utf-16"), ("S003", 1, 1)),
    ],
)
def test_bytes_that_are_no_utf8_are_refused(content: Path, raw: bytes, expected: tuple[object, ...]) -> None:
    (content / FOLDER / "fact-1.md").write_bytes(raw)
    assert [one[: len(expected)] for one in found(content)] == [expected]


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + FACT, FACT.replace(b"\n", b"\r\n"), FACT.replace(b"\n", b"\r")])
def test_utf8_with_a_byte_order_mark_is_read(content: Path, raw: bytes) -> None:
    (content / FOLDER / "fact-1.md").write_bytes(raw)
    assert found(content) == []


@pytest.mark.parametrize(
    "raw",
    [
        FACT + b"a\n" * (MAX_BYTES // 2),
        FACT + b"a" * (MAX_LINE + 1),
        FACT.replace(b"author:", b"late_reason: |\n" + b"  a\n" * (MAX_FRONT // 4) + b"author:"),
        FACT.replace(b"author:", b"changes: " + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"\nauthor:"),
    ],
)
def test_what_is_too_large_is_refused(content: Path, raw: bytes) -> None:
    (content / FOLDER / "fact-1.md").write_bytes(raw)
    assert codes(content) == ["S004"]


def test_a_file_at_the_limit_is_read(content: Path) -> None:
    rest = MAX_BYTES - len(FACT)
    (content / FOLDER / "fact-1.md").write_bytes(FACT + b"a\n" * (rest // 2) + b"a" * (rest % 2))
    assert found(content) == []


def test_empty_lines_before_the_text_count(content: Path) -> None:
    (content / FOLDER / "fact-1.md").write_bytes(FACT.replace(b"---\n\xe7", b"---\n\n\n\xe7"))
    document = read_newsroom(content, CHINA).document_of("2026/shili/fact-1")
    assert document is not None
    assert isinstance(document.value, Fact)
    assert document.source.text.split("\n")[document.source.body_line - 1] == document.value.body


def test_a_link_is_no_attachment(content: Path) -> None:
    (content / FOLDER / "table.csv").symlink_to(content / "registry" / "people.yml")
    (content / FOLDER / "fact-1.md").write_bytes(FACT.replace(b"author:", b"attachments: [table.csv]\nauthor:"))
    assert codes(content) == ["L404"]


def test_a_link_is_no_document(content: Path) -> None:
    path = content / FOLDER / "incident.md"
    path.rename(content / "elsewhere.md")
    path.symlink_to(content / "elsewhere.md")
    assert codes(content) == ["S014"]


def test_what_was_released_is_asked_for_no_deadline_and_no_reason(content: Path) -> None:
    (content / FOLDER / "incident.md").write_bytes(SERIOUS)
    assert codes(content) == ["T101", "T105"]
    shown = Appearance(release="2026/shili/fact-1", type=ReleaseType.FACT, published_at=NOW, visible_at=NOW)
    assert codes(content, shown) == []


def test_a_second_release_is_held_against_no_deadline_of_the_first(content: Path) -> None:
    (content / FOLDER / "incident.md").write_bytes(SERIOUS)
    late = FACT.replace(b"author:", b"deadline: 2026-11-20T18:00+08:00\nauthor:")
    (content / FOLDER / "fact-2.md").write_bytes(late)
    shown = Appearance(release="2026/shili/fact-1", type=ReleaseType.FACT, published_at=NOW, visible_at=NOW)
    assert codes(content, shown) == []
    (content / FOLDER / "fact-1.md").write_bytes(late)
    assert codes(content, shown) == ["T102"]


def test_only_the_named_documents_are_checked(content: Path) -> None:
    for name in ("fact-1.md", "fact-2.md"):
        (content / FOLDER / name).write_bytes(FACT.replace(b"zhang-san", b"nobody"))
    assert codes(content) == ["P301", "P301"]
    assert len(found(content, only=frozenset({f"{FOLDER}/fact-2.md"}))) == 1


@pytest.mark.parametrize("body", ["[" * 90_000, "[x](" * 30_000, "[x](y)" * 20_000, "[[x](y)" * 20_000, "`" * 90_000])
def test_hostile_text_is_checked_in_time(content: Path, body: str) -> None:
    lines = "\n".join(body[start : start + MAX_LINE] for start in range(0, len(body), MAX_LINE))
    (content / FOLDER / "fact-1.md").write_bytes(FACT + lines.encode())
    started = time.process_time()
    assert set(codes(content)) <= {"L401"}
    assert time.process_time() - started < 5.0
