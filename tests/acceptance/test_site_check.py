"""`site-check` as an officer runs it: the table of the inspection, in words, in JSON and in exit codes."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from conftest import REPOSITORY, Run
from greenchannel import cli

BASE = REPOSITORY / "tests/inspection/base"
AT = ("--at", "2026-11-20T12:00+08:00")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "press")
    return tmp_path / "press"


def told(capsys: pytest.CaptureFixture[str], home: Path, *argv: str, language: str = "en") -> tuple[int, str, str]:
    code = cli.main(["--home", str(home), "--lang", language, "site-check", *AT, *argv])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_sound_site_passes_every_row(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, home)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "code | object | indicator | criterion | result | evidence"
    assert lines[1] == "W702 | every page | availability | it is HTML in UTF-8 | passed | 6 pages"
    assert lines[-1] == "6 pages: 0 rules failed, 0 with warnings, 26 passed"
    assert len(lines) == 28
    weight = next(one for one in lines if one.startswith("W761"))
    # To the byte it is the business of the machine's zlib.
    assert re.search(r"1 pages; the heaviest has [67]\d\d bytes: releases/2026/shili/fact-1/index.html$", weight)


def test_what_failed_is_named_with_its_file_and_how_to_mend_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = home / "site/about/index.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", '</h1>\n<a href="/gone/">旧</a>'), "utf-8")
    shutil.copytree(home / "site/about", home / "site/help")
    code, out, _ = told(capsys, home, language="zh")
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "编号 | 检查对象 | 指标 | 评分细则 | 结果 | 检查情况"
    first = lines.index("W741 | 每个页面 | 链接 | 站内链接和引用的文件都存在 | 不合格 | 7 页，发现 1 项")
    assert lines[first + 1 : first + 3] == [
        "  about/index.html:18: gone/index.html 不存在（另有 1 页相同）",
        "    = 改正链接，或发布它所指的内容",
    ]
    assert lines[-1] == "共 7 页：不合格 1 项，提醒 0 项，合格 25 项"


def test_a_warning_fails_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for page in (home / "site").rglob("*.html"):
        page.write_text(page.read_text("utf-8").replace("9999000001", "99990000"), "utf-8")
    code, out, _ = told(capsys, home)
    assert code == 0
    assert "ten or twelve digits, or bm and eight | warning | 6 pages; 1 findings\n" in out
    assert out.endswith("6 pages: 0 rules failed, 1 with warnings, 25 passed\n")


def test_the_json_has_every_finding(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = "".join(f'<a href="/gone-{number}/">{number}</a>' for number in range(12))
    page = home / "site/about/index.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", f"</h1>{links}"), "utf-8")
    code, out, _ = told(capsys, home, "--format", "json")
    found = json.loads(out)
    assert (code, found["ok"], found["pages"], found["at"]) == (1, False, 6, "2026-11-20T12:00:00+08:00")
    assert found["site"] == str(home / "site")
    (row,) = [one for one in found["rows"] if one["code"] == "W741"]
    assert len(row.pop("findings")) == 12
    assert row == {
        "code": "W741",
        "object": "every page",
        "indicator": "links",
        "criterion": "every address of the site leads to a file",
        "result": "fail",
        "evidence": "6 pages; 12 findings",
        "more": 0,
    }
    assert "  and 2 more; --format json lists them\n" in told(capsys, home)[1]


def test_thousands_of_different_faults_are_counted_and_not_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = "".join(f'<a href="/gone-{number}/">{number}</a>' for number in range(1_500))
    page = home / "site/about/index.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", f"</h1>{links}"), "utf-8")
    (row,) = [one for one in json.loads(told(capsys, home, "--format", "json")[1])["rows"] if one["code"] == "W741"]
    assert (len(row["findings"]), row["more"], row["evidence"]) == (1_000, 500, "6 pages; 1500 findings")


def test_a_site_needs_no_newsroom(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    page = home / "site/index.html"
    head = '<link rel="canonical" href="https://news.shili.example/">'
    page.write_text(page.read_text("utf-8").replace("<title>", f"{head}<title>"), "utf-8")
    code, out, _ = told(capsys, tmp_path / "elsewhere", str(home / "site"))
    assert (code, out.splitlines()[-1]) == (0, "6 pages: 0 rules failed, 0 with warnings, 26 passed")


def test_without_a_site_it_cannot_run(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(home / "site")
    code, out, err = told(capsys, home)
    assert (code, out) == (2, "")
    assert err == f"greenchannel: {home}/site: no site was built here (index.html is missing)\n"
    assert told(capsys, tmp_path)[0] == 2  # Neither a folder named nor a newsroom.


def test_a_page_that_is_no_utf8_is_told_and_the_others_are_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = home / "site/about/index.html"
    page.write_bytes(page.read_text("utf-8").encode("gbk"))
    code, out, _ = told(capsys, home)
    assert code == 1
    assert "  about/index.html: byte 73 is no UTF-8\n" in out
    assert out.endswith("6 pages: 1 rules failed, 0 with warnings, 25 passed\n")
    assert "W774 | every page | accessibility | there is a title | passed | 5 pages\n" in out


def test_a_page_that_cannot_be_opened_holds_up_no_other(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "site/gone.html").symlink_to("nowhere.html")
    (home / "site/huge.html").write_bytes(b"")
    os.truncate(home / "site/huge.html", 20_000_001)
    code, out, _ = told(capsys, home)
    assert code == 1
    assert "  gone.html: the file cannot be opened (No such file or directory)\n" in out
    assert "  huge.html: more than 20000000 bytes\n" in out
    assert out.endswith("8 pages: 1 rules failed, 0 with warnings, 25 passed\n")


def test_an_address_cannot_lead_out_of_the_site(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = home / "site/about/index.html"
    links = '<a href="/%2e%2e/mkdocs.yml">1</a><a href="/a%00b">2</a>'
    page.write_text(page.read_text("utf-8").replace("</h1>", f"</h1>{links}"), "utf-8")
    code, out, _ = told(capsys, home)
    assert code == 1
    assert "about/index.html:17: ../mkdocs.yml does not exist\n" in out
    assert "about/index.html:17: a?b does not exist\n" in out


def test_what_a_page_says_cannot_steer_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = home / "site/about/index.html"
    page.write_text(page.read_text("utf-8").replace("概况信息", "\x1b]0;x\x07" + "长" * 500), "utf-8")
    code, out, _ = told(capsys, home)
    assert code == 1
    assert "\x1b" not in out
    assert max(len(one) for one in out.splitlines()) < 350


@pytest.mark.standing
def test_the_sample_newsroom_passes_every_row(run: Run) -> None:
    code, out, _ = run("site-check")
    assert [one for one in out.splitlines() if "| failed |" in one or "| warning |" in one] == []
    assert code == 0


def test_explain_knows_its_codes(run: Run) -> None:
    assert run("explain", "w752")[1].startswith("A column in which nothing new has come for too long.\n\nWhat: ")
