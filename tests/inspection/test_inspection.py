"""Every rule of the inspection accepts a right site and rejects a wrong one, in the words of the .txt beside it.

A case changes the site in base/: a section `-- path --` is the file's new text, `-- path: change --` has lines
`old => new`, `-- path: fill --` says how many bytes it has, and `-- path: delete --` takes the file away.
"""

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from greenchannel.desk.settings import read_settings
from greenchannel.inspecting import inspect_site
from greenchannel.inspection.rule import Result
from greenchannel.inspection.table import ALL_RULES, Table, manuals

HERE = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-20T12:00+08:00")
ACCEPTED = sorted(HERE.glob("*/accept-*.md"))
REJECTED = sorted(HERE.glob("*/reject-*.md"))


def case_name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def inspected(case: Path | None, folder: Path) -> Table:
    home = folder / "office"
    shutil.copytree(HERE / "base", home)
    if case is not None:
        sections = re.split(r"^-- (\S+?)(?:: (\w+))? --\n", case.read_text("utf-8"), flags=re.MULTILINE)
        for path, what, text in zip(sections[1::3], sections[2::3], sections[3::3], strict=True):
            apply(home / path, what or "write", text)
    return inspect_site(home / "site", read_settings(home), NOW, lambda _count: None)


def apply(target: Path, what: str, text: str) -> None:
    if what == "delete":
        target.unlink()
    elif what == "write":
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    elif what == "fill":
        target.write_bytes(b"." * int(text))
    else:
        for line in text.splitlines():
            old, new = line.split(" => ")
            written = target.read_text("utf-8")
            assert old in written
            target.write_text(written.replace(old, new), "utf-8")


def lines(table: Table) -> list[str]:
    told = [(row, one, one.finding) for row in table.rows for one in row.told.values()]
    return [
        f"{row.rule.code} {row.result} {one.path}:{found.line} x{one.files} {found.seen} | {found.hint}"
        for row, one, found in told
    ]


def codes(table: Table) -> set[str]:
    return {row.rule.code for row in table.rows if row.told}


def test_the_base_is_sound(tmp_path: Path) -> None:
    table = inspected(None, tmp_path)
    assert lines(table) == []
    assert {row.result for row in table.rows} == {Result.PASS}
    assert table.pages == 6


@pytest.mark.parametrize("case", ACCEPTED, ids=case_name)
def test_right_is_accepted(case: Path, tmp_path: Path) -> None:
    assert case.parent.name not in codes(inspected(case, tmp_path))


@pytest.mark.parametrize("case", REJECTED, ids=case_name)
def test_wrong_is_rejected(case: Path, tmp_path: Path) -> None:
    table = inspected(case, tmp_path)
    assert case.parent.name in codes(table)
    assert lines(table) == case.with_suffix(".txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("code", [rule.code for rule in ALL_RULES])
def test_every_rule_has_cases_and_a_manual(code: str) -> None:
    assert code in {case.parent.name for case in ACCEPTED}
    assert code in {case.parent.name for case in REJECTED}
    assert re.fullmatch(r".+\n\nWhat: .+\nWhy: .+\nFix: .+", manuals()[code], flags=re.DOTALL)
