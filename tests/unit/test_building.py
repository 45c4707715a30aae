"""What a build may keep, and what it must make again."""

import pytest

from conftest import Clock
from greenchannel import handwritten
from greenchannel.building import build
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.sourcing import portal_frame


def test_pages_whose_scratch_folder_was_deleted_are_made_again(office_home: Settings) -> None:
    before = handwritten.mkdocs_pages(office_home, portal_frame(office_home))
    scratch = office_home.home / handwritten.STATE / "pages"
    scratch.rename(scratch.with_name("elsewhere"))
    assert "handbook/index.html" in dict(before)
    assert handwritten.mkdocs_pages(office_home, portal_frame(office_home)) == before


def test_a_page_of_mkdocs_that_a_power_cut_emptied_is_made_again(office_home: Settings) -> None:
    made = handwritten.mkdocs_pages(office_home, portal_frame(office_home))
    page = office_home.home / handwritten.STATE / "pages/about/index.html"
    page.write_bytes(b"")
    assert (handwritten.mkdocs_pages(office_home, portal_frame(office_home)), page.stat().st_size > 0) == (made, True)


def test_a_stamp_that_is_no_text_any_more_vouches_for_nothing(office_home: Settings) -> None:
    made = handwritten.mkdocs_pages(office_home, portal_frame(office_home))
    (office_home.home / handwritten.STATE / "pages.sha256").write_bytes(b"\xff" * 64)
    assert handwritten.mkdocs_pages(office_home, portal_frame(office_home)) == made


def test_a_page_at_an_address_of_the_portal_is_refused_by_its_name(office_home: Settings) -> None:
    (office_home.content / "pages/search.md").write_text("# 搜索\n\n本页由人编写。\n", "utf-8")
    with pytest.raises(GreenchannelError, match="a page of its own at /search/"):
        build(office_home, Clock("2026-11-24T10:00:00+08:00"))


def test_a_name_that_was_folded_stands_on_one_line(office_home: Settings) -> None:
    settings = office_home.home / "mkdocs.yml"
    folded = "site_name: >\n  示例市\n  政务舆情回应\n"
    settings.write_text(settings.read_text("utf-8").replace("site_name: 示例市政务舆情回应\n", folded), "utf-8")
    assert read_settings(office_home.home).name == "示例市 政务舆情回应"
