"""A page leads to the very bytes of an asset that it was made with, whatever theme came after it."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from conftest import Clock, read_files
from greenchannel.building import build
from greenchannel.delivery.targets.headers import cache_control
from greenchannel.desk.settings import Settings
from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal.assets import addresses, is_named_by_digest, read_assets
from greenchannel.sourcing import compare_site

_LINK = re.compile(rb'<link rel="stylesheet" href="/([^"]+)" integrity="([^"]+)">')
_INLINE = re.compile(
    rb'<style|<[^>]+ (?:style|on[a-z]+)=|<script(?![^>]* src=| type="application/ld\+json")|(?:href|src)="javascript:'
)
_PORTAL = re.compile(r"assets/portal\.[0-9a-f]{16}\.css")
_SCRIPT = re.compile(rb'<script[^>]* src="/([^"]+)" integrity="([^"]+)"')


def test_every_page_names_its_assets_by_address_and_digest(office_home: Settings, clock: Clock) -> None:
    build(office_home, clock)
    site = read_files(office_home.site)
    pages = [data for path, data in site.items() if path.endswith(".html")]
    assert len(pages) > 50
    assert all(_LINK.search(one) for one in pages)
    assert all(len(re.findall(rb"<script[^>]* src=", one)) == len(_SCRIPT.findall(one)) for one in pages)
    # A policy that forbids what stands within a page is worth nothing where a page needs it.
    assert all(b"default-src 'none'; script-src 'self'; style-src 'self';" in one for one in pages)
    assert [found[0] for one in pages for found in _INLINE.finditer(one)] == []
    named = {found.groups() for one in pages for found in (*_LINK.finditer(one), *_SCRIPT.finditer(one))}
    for address, integrity in named:
        digest = base64.b64encode(hashlib.sha384(site[address.decode()]).digest())
        assert integrity == b"sha384-" + digest
        assert cache_control(address.decode()) == "public, max-age=31536000, immutable"


def test_a_new_theme_leaves_the_assets_of_the_old_one_where_they_are(office_home: Settings, clock: Clock) -> None:
    build(office_home, clock)
    before = read_files(office_home.site)
    (old,) = _PORTAL.findall("\n".join(before))
    style = office_home.templates / "assets/portal.css"
    style.write_bytes(style.read_bytes() + b"/* another colour */\n")
    strange = office_home.site / "assets/portal.0123456789abcdef.css"
    strange.write_text("body { display: none }")
    built = build(office_home, clock, clean=True)
    assert [one.path for one in compare_site(office_home, office_home.site)] == [f"assets/{strange.name}"]
    assert built.orphans == (f"assets/{strange.name}",)
    after = read_files(office_home.site)
    (new,) = set(_PORTAL.findall("\n".join(after))) - {old, f"assets/{strange.name}"}
    assert (after[old], after[new], after["assets/portal.css"]) == (before[old], style.read_bytes(), style.read_bytes())
    # The assets stand before the first page that names them.
    assert set(built.written[:2]) == {new, "assets/portal.css"}
    assert all(old.encode() not in data for path, data in after.items() if path.endswith(".html"))


def test_an_asset_keeps_its_folder_and_its_kind(tmp_path: Path) -> None:
    (tmp_path / "assets/fonts").mkdir(parents=True)
    (tmp_path / "assets/fonts/song.v2.woff2").write_bytes(b"font")
    asset = addresses(read_assets(tmp_path))("fonts/song.v2.woff2")
    digest = hashlib.sha256(b"font").hexdigest()[:16]
    assert asset.path == f"assets/fonts/song.v2.{digest}.woff2"
    assert is_named_by_digest(asset.path, lambda: b"font")
    assert not is_named_by_digest(asset.path, lambda: b"other")
    assert not is_named_by_digest("assets/fonts/song.v2.woff2", lambda: b"font")


def test_a_template_that_names_a_missing_asset_says_which(tmp_path: Path) -> None:
    with pytest.raises(GreenchannelError) as raised:
        addresses(read_assets(tmp_path))("portal.css")
    assert str(raised.value) == "templates/assets/portal.css: a template names it, and it is not there"
