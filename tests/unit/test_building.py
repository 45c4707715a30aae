"""What a build may keep, and what it must make again."""

from greenchannel import handwritten
from greenchannel.desk.settings import Settings
from greenchannel.making import portal_frame


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
