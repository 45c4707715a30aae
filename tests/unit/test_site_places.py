"""Where an address of a page leads: into the site, to another one, or to no place at all."""

from datetime import UTC, datetime

import pytest

from greenchannel.inspection.rule import Elsewhere, Inside, Site
from greenchannel.portal.page_reading import Page, read_page

FILES = {"index.html", "types/fact/index.html", "a b.html"}


def site(url: str) -> Site:
    return Site(
        url=url,
        now=datetime(2026, 11, 20, tzinfo=UTC),
        zone=UTC,
        footer=(),
        ages={},
        published=None,
        size_of=lambda path: 1 if path in FILES else None,
        packed_size_of=lambda _path: 1,
        ids_of=lambda _path: None,
    )


def page(path: str) -> Page:
    read = read_page(path, b"<html></html>")
    assert isinstance(read, Page)
    return read


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("", Inside("types/fact/index.html", "")),
        ("#a", Inside("types/fact/index.html", "a")),
        ("?page=2", Inside("types/fact/index.html", "")),
        ("../response/", Inside("types/response/index.html", "")),
        ("../../../../x", Elsewhere("https://news.shili.example/x")),
        ("/press/", Inside("index.html", "")),
        ("/press", Inside("index.html", "")),
        ("/pressroom/", Elsewhere("https://news.shili.example/pressroom/")),
        ("/press/%E9%99%84.pdf#%E9%99%84", Inside("附.pdf", "附")),
        ("/press/%2e%2e/mkdocs.yml", Inside("../mkdocs.yml", "")),
        ("http-rules/", Inside("types/fact/http-rules/index.html", "")),
        ("http://NEWS.shili.example/press/x", Inside("x", "")),
        ("//news.shili.example/press/x", Inside("x", "")),
        ("https://news.shili.example:8443/press/", Elsewhere("https://news.shili.example:8443/press/")),
        ("https://www.shili.example/#a", Elsewhere("https://www.shili.example/")),
        ("mailto:press@shili.example", None),
        ("tel:0999-8123456", None),
        ("data:image/png;base64,AA", None),
        ("javascript:alert(1)", None),
    ],
)
def test_an_address_leads_where_a_browser_would_go(url: str, place: object) -> None:
    assert site("https://news.shili.example/press/").locate(page("types/fact/index.html"), url) == place


def test_the_same_words_lead_elsewhere_from_another_page() -> None:
    ours = site("https://news.shili.example/")
    assert ours.locate(page("a/index.html"), "x") == Inside("a/x", "")
    assert ours.locate(page("b/index.html"), "x") == Inside("b/x", "")


@pytest.mark.parametrize(
    ("path", "standing"),
    [("types/fact", "types/fact/index.html"), ("index.html", "index.html"), ("types", None), ("a b.html", "a b.html")],
)
def test_a_folder_without_its_slash_is_redirected_to_its_page(path: str, standing: str | None) -> None:
    assert site("https://news.shili.example/").standing(Inside(path, "")) == standing
