"""An expert who takes consent back is named in no byte of the site any more, and every address is still there."""

import gzip
import shutil
from datetime import timedelta
from pathlib import Path

import brotli
import pytest

from conftest import REPOSITORY, Clock, read_files
from greenchannel import office
from greenchannel.building import build
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.handwritten import STATE

FACT, VIEW = "2026/shili/fact-1", "2026/shili/interpretation-1"
NAME = "王五"
TEXT = f"""---
title: 为什么会积水
type: interpretation
incident: 2026/shili
department: emergency_office
summary: 专家解读积水原因。
author: zhang-san
expert: wang-wu
basis: {FACT}
---
短时强降雨。
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Settings:
    """With compressed variants, a fact and an expert's view of it."""
    home = tmp_path / "office"
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    (home / "content/pages").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    text = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    (home / "mkdocs.yml").write_text(f"{text.rstrip()}\n    precompress: true\n", "utf-8")
    settings, clock = read_settings(home), Clock("2026-11-20T08:50:00+08:00")
    (settings.content / f"incidents/{VIEW}.md").write_text(TEXT, "utf-8")
    for one in (FACT, VIEW):
        office.approve(settings, one, "li-si", clock)
        clock.now += timedelta(minutes=5)
        (decision,) = office.publish(settings, (one,), clock)
        assert decision.refused == ()
    build(settings, clock)
    return settings


def naming(site: dict[str, bytes]) -> set[str]:
    """The files that have the expert's name, compressed ones included."""
    plain = {"br": brotli.decompress, "gz": gzip.decompress}
    read = {path: plain.get(path.rpartition(".")[2], bytes)(data) for path, data in site.items()}
    return {path for path, data in read.items() if NAME.encode() in data or ascii(NAME)[1:-1].encode() in data}


def test_consent_taken_back_takes_the_name_from_every_byte_of_the_site(newsroom: Settings) -> None:
    before = read_files(newsroom.site)
    assert {"experts/index.html", "experts/wang-wu/index.html.br", f"releases/{VIEW}/index.json"} < naming(before)
    registry = newsroom.content / "registry/experts.yml"
    registry.write_text(registry.read_text("utf-8").replace("public: yes", "public: no"), "utf-8")
    build(newsroom, Clock("2026-11-20T10:00:00+08:00"))
    after = read_files(newsroom.site)
    assert naming(after) == set()
    assert before.keys() <= after.keys()
    page = after["experts/wang-wu/index.html"].decode()
    assert "<title>专家_" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "该专家未列入专家库。" in page
    assert VIEW not in page
    assert "/experts/" not in after["index.html"].decode() + after["sitemap/index.html"].decode()
    shutil.rmtree(newsroom.site)
    shutil.rmtree(newsroom.home / STATE)
    build(newsroom, Clock("2026-11-20T10:00:00+08:00"))
    assert read_files(newsroom.site) == after
