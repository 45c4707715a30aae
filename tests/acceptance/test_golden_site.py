"""A newsroom of one incident, published, corrected and withdrawn: every byte of its site is as it was looked at.

After a change that is meant: pytest tests/acceptance/test_golden_site.py --update-golden, and read the difference.
"""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from conftest import REPOSITORY, Clock
from greenchannel import office
from greenchannel.building import build
from greenchannel.delivery.writing import write_tree
from greenchannel.desk.settings import read_settings
from looked_at import files, release, without_digests

GOLDEN = REPOSITORY / "tests/golden/small"
FACT, SECOND = "2026/shili/fact-1", "2026/shili/fact-2"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    home = tmp_path / "office"
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    shutil.copy(GOLDEN / "mkdocs.yml", home)
    (home / "content/pages").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    settings, clock = read_settings(home), Clock("2026-11-20T08:50:00+08:00")
    first = home / f"content/incidents/{FACT}.md"
    text = first.read_text("utf-8")
    release(settings, clock, FACT)
    second = first.with_name("fact-2.md")
    second.write_text(text.replace("情况通报", "续报").replace("正在抽排", "已经抽排"), "utf-8")
    release(settings, clock, SECOND)
    changes = "changes:\n  - kind: correction\n    note: 水深由20厘米更正为30厘米。\n---\n"
    first.write_text(text.replace("约20厘米", "约30厘米").replace("---\n积水", f"{changes}积水"), "utf-8")
    release(settings, clock, FACT)
    clock.now = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
    office.withdraw(settings, SECOND, "数据有误，核实后重新发布。", "li-si", clock)
    build(settings, clock)
    return home / "site"


def test_every_byte_of_the_site_is_the_one_that_was_looked_at(site: Path, request: pytest.FixtureRequest) -> None:
    made = {path: data for path, data in files(site).items() if not path.startswith("assets/")}
    shown = {path: without_digests(data) for path, data in made.items()}
    if request.config.getoption("--update-golden"):
        shutil.rmtree(GOLDEN / "site", ignore_errors=True)
        write_tree(GOLDEN / "site", shown.items())
    expected = files(GOLDEN / "site")
    assert expected
    assert [path for path in sorted(shown | expected) if shown.get(path) != expected.get(path)] == []
