"""A newsroom that speaks English, too: its English pages are as they were looked at, and lead to the Chinese ones.

After a change that is meant: pytest tests/acceptance/test_english_site.py --update-golden, and read the difference.
"""

import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from conftest import REPOSITORY, Clock, Run
from greenchannel import office
from greenchannel.building import build
from greenchannel.delivery.writing import write_tree
from greenchannel.desk.settings import Settings, read_settings
from looked_at import files, release, without_digests

SMALL, GOLDEN = REPOSITORY / "tests/golden/small", REPOSITORY / "tests/golden/english"
FACT, SECOND = "2026/shili/fact-1", "2026/shili/fact-2"
# What a page in English is made of, and of the Chinese ones those that say a word of it.
SHOWN = re.compile(r"en/.*|releases/2026/shili/(fact-1/)?index\.(html|json)|.*\.en\.md|sitemap\.xml")
ENGLISH = "---\ntitle: Water on the example road\nsummary: It is {depth} deep.\n---\nThe water is {depth} deep.\n"
INCIDENT = "---\ntitle: Water on the road\n---\nThe example road stood under water after rain.\n"
Element = Any  # What xpath gives is of many types.
HAN = re.compile("[㐀-鿿]")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fact in both languages, corrected in both; another in Chinese alone, withdrawn."""
    home = tmp_path_factory.mktemp("english") / "office"
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    settings_file = (SMALL / "mkdocs.yml").read_text("utf-8")
    names = "  greenchannel:\n    english_name: Shili News\n    english_organisation: Shili Municipal Government\n"
    (home / "mkdocs.yml").write_text(settings_file.replace("  greenchannel:\n", names), "utf-8")
    (home / "content/pages").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    settings, clock = read_settings(home), Clock("2026-11-20T08:50:00+08:00")
    first = home / f"content/incidents/{FACT}.md"
    text = first.read_text("utf-8")
    first.with_name("fact-1.en.md").write_text(ENGLISH.format(depth="20 cm"), "utf-8")
    first.with_name("incident.en.md").write_text(INCIDENT, "utf-8")
    release(settings, clock, FACT)
    first.with_name("fact-2.md").write_text(text.replace("情况通报", "续报").replace("正在抽排", "已经抽排"), "utf-8")
    release(settings, clock, SECOND)
    note = "changes:\n  - kind: correction\n    note: 水深由20厘米更正为30厘米。\n---\n"
    first.write_text(text.replace("约20厘米", "约30厘米").replace("---\n积水", f"{note}积水"), "utf-8")
    first.with_name("fact-1.en.md").write_text(ENGLISH.format(depth="30 cm"), "utf-8")
    release(settings, clock, FACT)
    clock.now = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
    office.withdraw(settings, SECOND, "数据有误，核实后重新发布。", "li-si", clock)
    build(settings, clock)
    return home / "site"


def pages(site: Path) -> dict[str, Element]:
    """By their addresses."""
    found = (one for one in files(site).items() if one[0].endswith("index.html"))
    return {f"/{path.removesuffix('index.html')}": html.fromstring(data) for path, data in found}


def alternates(page: Element) -> dict[str, str]:
    found = page.xpath("//link[@rel='alternate'][@hreflang]")
    return {one.get("hreflang"): one.get("href").removeprefix("https://news.shili.example") for one in found}


def test_every_byte_in_english_is_the_one_that_was_looked_at(site: Path, request: pytest.FixtureRequest) -> None:
    shown = {path: without_digests(data) for path, data in files(site).items() if SHOWN.fullmatch(path)}
    if request.config.getoption("--update-golden"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        write_tree(GOLDEN, shown.items())
    expected = files(GOLDEN)
    assert expected
    assert [path for path in sorted(shown | expected) if shown.get(path) != expected.get(path)] == []


def test_each_page_and_its_twin_lead_to_each_other_and_the_others_to_a_home_page(site: Path) -> None:
    made = pages(site)
    for address, page in made.items():
        found, is_english = alternates(page), address.startswith("/en/")
        (switch,) = page.xpath("//header//a[@hreflang][@lang]")
        if found:
            assert alternates(made[found["en"]]) == alternates(made[found["zh-CN"]]) == found
            assert found["x-default"] == found["zh-CN"]
            assert found["en" if is_english else "zh-CN"] == address
            assert switch.get("href") == found["zh-CN" if is_english else "en"]
        else:
            assert not is_english
            assert switch.get("href") == "/en/"
    assert {address for address in made if address.startswith("/en/releases/")} == {
        "/en/releases/2026/shili/",
        "/en/releases/2026/shili/fact-1/",
    }


def test_pages_say_their_language_and_mark_what_is_in_another(site: Path) -> None:
    for address, page in pages(site).items():
        is_english = address.startswith("/en/")
        assert page.get("lang") == ("en" if is_english else "zh-CN")
        unmarked = [
            text
            for text in page.xpath("//body//text()[not(ancestor::*[starts-with(@lang, 'zh')])]")
            if is_english and HAN.search(text)
        ]
        assert unmarked == []


def test_a_list_in_english_names_what_is_in_chinese_alone_and_says_so(site: Path) -> None:
    page: Element = html.fromstring((site / "en/types/fact/index.html").read_bytes())
    links = {one.get("href"): one.text_content() for one in page.xpath("//h2/a | //h3/a")}
    assert links == {
        "/releases/2026/shili/fact-2/": "关于示例路段积水的续报 (in Chinese)",
        "/en/releases/2026/shili/fact-1/": "Water on the example road",
    }


def test_links_of_english_pages_lead_somewhere(site: Path) -> None:
    made = set(files(site))
    for page in ("en/index.html", "en/sitemap/index.html", "en/releases/2026/shili/index.html", "en/404.html"):
        shown: Element = html.fromstring((site / page).read_bytes())
        links = {one.get("href") for one in shown.xpath("//main//a | //nav//a")}
        local = {one.removeprefix("/").partition("#")[0] for one in links if one.startswith("/")}
        missing = {one for one in local if one not in made and f"{one}index.html" not in made}
        assert missing <= {"subscribe/en/"}  # Hand-written, and not in this small newsroom.


def test_links_of_english_pages_to_chinese_ones_say_so_and_the_footer_leads_to_the_english_map(site: Path) -> None:
    made = pages(site)
    for page in (one for address, one in made.items() if address.startswith("/en/")):
        links = {one.get("href").partition("#")[0]: one.get("hreflang") for one in page.xpath("//a[@href]")}
        ours = {url: said for url, said in links.items() if url.startswith("/") and url.endswith("/")}
        chinese = {url for url in ours if not url.startswith("/en/")} - {"/subscribe/en/"}
        assert {url for url, said in ours.items() if said == "zh-CN"} == chinese
        assert "/en/sitemap/" in {one.get("href") for one in page.xpath("//footer//a")}


def test_an_error_page_prints_no_address(site: Path) -> None:
    shown = [(site / path).read_text("utf-8") for path in ("404.html", "en/404.html")]
    assert not any("/404/" in one or 'class="printed"' in one for one in shown)


def test_the_twin_has_the_english_text_and_the_record_its_bytes(site: Path) -> None:
    twin = json.loads((site / f"releases/{FACT}/index.json").read_bytes())
    (told,) = twin["translations"]
    assert (told["title"], told["summary"]) == ("Water on the example road", "It is 30 cm deep.")
    assert told["text"]["html"] == "<p>The water is 30 cm deep.</p>"
    frozen = (site / told["text"]["markdown_url"].removeprefix(told["text"]["markdown_url"].split("releases/")[0]))
    assert frozen.read_text("utf-8").endswith("---\n\nThe water is 30 cm deep.\n")
    assert (site / f"releases/{FACT}/r1.en.md").is_file()


def test_a_newsroom_without_english_texts_has_no_english_pages() -> None:
    assert not any(path.startswith("site/en/") for path in files(SMALL))


def test_an_english_text_is_begun_checked_and_held_to_its_approval(run: Run, office_home: Settings) -> None:
    named, folder = "2026/shewai-yanchu/fact-2", office_home.content / "incidents/2026/shewai-yanchu"
    assert run("approve", named, "--by", "shen-yiheng")[0] == 0
    code, out, _ = run("new", "english", f"content/incidents/{named}.md")
    assert (code, out.splitlines()[0]) == (0, f"content/incidents/{named}.en.md")
    assert run("new", "english", named)[0] == 2  # It is there.
    code, out, _ = run("check")
    assert code == 1
    assert "fact-2.en.md:2:1: S010 the key 标题 is missing" in out
    (folder / "fact-2.en.md").write_text("---\ntitle: Plans\nsummary: Six events.\n---\nSix events.\n", "utf-8")
    assert run("check")[0] == 0
    code, out, _ = run("publish", named, "--dry-run")
    assert code == 1
    assert "the text changed after shen-yiheng approved it: approve it again" in out


def test_an_edited_english_text_of_the_record_is_found(run: Run, office_home: Settings) -> None:
    path = "2026/shewai-yanchu/fact-1.r1.en.md"
    frozen = office_home.releases / path
    frozen.write_bytes(frozen.read_bytes().replace(b"8 November", b"9 November"))
    code, out, _ = run("verify")
    assert code == 1
    assert f"{path}: the translation is not the one that was released" in out


def test_a_public_english_text_is_not_lost_or_changed_untold(run: Run, office_home: Settings) -> None:
    named, folder = "2026/shewai-yanchu/fact-1", office_home.content / "incidents/2026/shewai-yanchu"
    english, text = folder / "fact-1.en.md", (folder / "fact-1.md").read_text("utf-8")
    written = english.read_text("utf-8")

    def found() -> list[str]:
        shown = json.loads(run("check", "--format", "json")[1])
        return [f"{one['path'].rpartition('/')[2]} {one['code']}" for one in shown if one["severity"] == "error"]

    english.write_text(written.replace("8 November", "9 November"), "utf-8")
    assert found() == ["fact-1.en.md S024"]
    english.unlink()
    assert found() == ["fact-1.md S029"]
    noted = text.replace("changes: []", "changes:\n- {kind: update, note: 补充退票数量。}")
    (folder / "fact-1.md").write_text(noted.replace("316张", "320张"), "utf-8")
    assert found() == ["fact-1.md S029"]
    run("approve", named, "--by", "shen-yiheng")
    code, out, _ = run("publish", named)
    assert (code, "G601" in out) == (1, True)
