"""Every rule accepts what is right and rejects what is wrong, at the place and in the words of the .txt beside it.

A case is a text with sections `-- path --`, laid over the newsroom in base/.
"""

import re
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from conftest import CHINA
from greenchannel.desk.checking import check, manuals
from greenchannel.desk.newsroom import read_newsroom
from greenchannel.desk.policies import select
from greenchannel.desk.rules import ALL_RULES
from greenchannel.desk.rules.rule import Context
from greenchannel.desk.vanished import Published, with_vanished
from greenchannel.domain.timing import Appearance
from greenchannel.domain.vocabulary import Language, ReleaseType

HERE = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-20T10:00+08:00")
ACCEPTED = sorted(HERE.glob("*/accept-*.md"))
REJECTED = sorted(HERE.glob("*/reject-*.md"))
# Bytes that no text file can hold, and what mkdocs.yml says: the module below tests/ and its tests, reject and accept.
ELSEWHERE = {
    "S003": (
        "unit/test_newsroom.py",
        "test_bytes_that_are_no_utf8_are_refused",
        "test_utf8_with_a_byte_order_mark_is_read",
    ),
    "S004": ("unit/test_newsroom.py", "test_what_is_too_large_is_refused", "test_a_file_at_the_limit_is_read"),
    "T120": (
        "acceptance/test_board.py",
        "test_an_unknown_policy_is_named_with_its_place",
        "test_a_policy_of_the_newsroom_decides_when_it_is_named",
    ),
    "W701": (
        "unit/test_furniture.py",
        "test_check_says_once_what_the_footer_lacks_and_how_to_write_it",
        "test_with_a_whole_footer_check_says_nothing",
    ),
}


def case_name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def diagnostics(case: Path | None, folder: Path) -> list[str]:
    content = folder / "content"
    shutil.copytree(HERE / "base", content)
    shown: dict[str, tuple[Appearance, ...]] = {}
    public: dict[str, Published] = {}
    bodies: frozenset[str] = frozenset()  # that the record names
    deciding = "regulation"
    if case is not None:
        sections = re.split(r"^-- (\S.*) --\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for name, text in zip(sections[1::2], sections[2::2], strict=True):
            if name == "shown":
                shown = appearances(text)
                continue
            if name == "published":
                public = published(text)
                continue
            if name == "bodies":
                bodies = frozenset(text.split())
                continue
            if name == "policy":
                deciding = text.strip()
                continue
            target = content / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    newsroom = read_newsroom(content, CHINA)
    newsroom = replace(newsroom, documents=with_vanished(newsroom, public))
    policy = select(deciding, (), newsroom.policies).deciding
    found = check(Context(newsroom, policy, NOW, shown, public, named_bodies=bodies))
    return [
        f"{one.path}:{one.span.line}:{one.span.column} {one.code} {one.severity} {one.message} | {one.hint}"
        for one in found
    ]


def appearances(text: str) -> dict[str, tuple[Appearance, ...]]:
    """What the record shows, one release a line: id, type, when it was seen, for a conference held_at, or final."""
    found: dict[str, tuple[Appearance, ...]] = {}
    for line in text.splitlines():
        release, kind, at, *rest = line.split()
        one = Appearance(
            release=release,
            type=ReleaseType(kind),
            published_at=datetime.fromisoformat(at),
            visible_at=datetime.fromisoformat(at),
            held_at=next((datetime.fromisoformat(word) for word in rest if word != "final"), None),
            final="final" in rest,
        )
        incident = release.rpartition("/")[0]
        found[incident] = (*found.get(incident, ()), one)
    return found


def published(text: str) -> dict[str, Published]:
    """What the record holds, one a line: id, kind, title, text; then what is said of it, as `Published` calls it."""
    found = {}
    for line in text.splitlines():
        identifier, kind, title, body, *rest = line.split()
        found[identifier] = Published(
            id=identifier,
            kind=kind,
            title=title,
            body=body,
            withdrawn="withdrawn" in rest,
            lacks_note="lacks_note" in rest,
            unnoted=(Language.ENGLISH,) if "unnoted" in rest else (),
            outlived=(Language.ENGLISH,) if "outlived" in rest else (),
            missing=(Language.ENGLISH,) if "missing" in rest else (),
        )
    return found


def codes(lines: list[str]) -> set[str]:
    return {line.split(" ")[1] for line in lines}


def test_the_base_is_sound(tmp_path: Path) -> None:
    assert diagnostics(None, tmp_path) == []


@pytest.mark.parametrize("case", ACCEPTED, ids=case_name)
def test_right_is_accepted(case: Path, tmp_path: Path) -> None:
    assert case.parent.name not in codes(diagnostics(case, tmp_path))


@pytest.mark.parametrize("case", REJECTED, ids=case_name)
def test_wrong_is_rejected(case: Path, tmp_path: Path) -> None:
    found = diagnostics(case, tmp_path)
    assert case.parent.name in codes(found)
    assert found == case.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("code", [rule.code for rule in ALL_RULES])
def test_every_rule_has_cases_and_a_manual(code: str) -> None:
    if code in ELSEWHERE:
        module, *names = ELSEWHERE[code]
        written = (HERE.parent / module).read_text(encoding="utf-8")
        assert all(f"def {name}(" in written for name in names)
    else:
        assert code in {case.parent.name for case in ACCEPTED}
        assert code in {case.parent.name for case in REJECTED}
    manual = manuals()[code]
    assert manual is not None
    assert re.fullmatch(r".+\n\nWhat: .+\nWhy: .+\nFix: .+", manual, flags=re.DOTALL)


def test_codes_are_unique_and_an_unknown_one_has_no_manual() -> None:
    assert len({rule.code for rule in ALL_RULES}) == len(ALL_RULES)
    assert "V999" not in manuals()
