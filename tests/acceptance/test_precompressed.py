"""A newsroom with `precompress: true`: variants follow each change, reach folders and no store, and go with the key."""

import gzip
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from mkdocs.commands.build import build as bare_build
from mkdocs.config import load_config

from conftest import REPOSITORY, Clock, read_files
from greenchannel import cli, office
from greenchannel.building import build
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.portal.variants import is_variant, plain_of, variants_of
from greenchannel.sourcing import compare_site
from servers import Store, configured_nginx, free_port

FACT = "2026/shili/fact-1"
PAGE = f"releases/{FACT}/index.html"
KEY = "    precompress: true\n"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-20T08:50:00+08:00")


def newsroom(home: Path, more: str) -> Settings:
    shutil.copytree(REPOSITORY / "tests/rules/base", home / "content")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    (home / "content/pages").mkdir()
    (home / "content/pages/about.md").write_text("# 关于\n\n本站发布示例市的回应。\n", "utf-8")
    text = (REPOSITORY / "tests/golden/small/mkdocs.yml").read_text("utf-8")
    (home / "mkdocs.yml").write_text(f"{text.rstrip()}\n{KEY}{more}", "utf-8")
    return read_settings(home)


def publish(settings: Settings, clock: Clock) -> None:
    office.approve(settings, FACT, "li-si", clock)
    (decision,) = office.publish(settings, (FACT,), clock)
    assert decision.refused == ()


def correct(settings: Settings) -> None:
    path = settings.content / f"incidents/{FACT}.md"
    note = "changes:\n  - kind: correction\n    note: 水深由20厘米更正为30厘米。\n---\n"
    text = path.read_text("utf-8").replace("约20厘米", "约30厘米").replace("---\n积水", f"{note}积水")
    path.write_text(text, "utf-8")


def assert_true(files: Mapping[str, bytes]) -> None:
    """Each text file has both variants, and each variant unpacks to its plain file."""
    plain = {path for path in files if plain_of(path) == path}
    assert set(files) == plain | {one for path in plain for one in variants_of(path)}
    assert [one for one in files.keys() - plain if not is_variant(one, files[one], files[plain_of(one)])] == []
    assert len(files) > 2.5 * len(plain)


def test_variants_follow_publication_correction_and_withdrawal_and_go_with_the_key(
    tmp_path: Path, clock: Clock, store: Store
) -> None:
    place, www, folder = store.place("store"), tmp_path / "www", "www: {directory: ../www}"
    www.mkdir()
    settings = newsroom(tmp_path / "office", f"    targets: {{{folder}}}\n")
    publish(settings, clock)
    correct(settings)
    publish(settings, clock)
    assert build(settings, clock).failed == {}
    assert "约30厘米" in gzip.decompress((www / f"{PAGE}.gz").read_bytes()).decode()
    office.withdraw(settings, FACT, "数据有误，核实后重新发布。", "li-si", clock)
    assert build(settings, clock).failed == {}
    for shown in (read_files(settings.site), read_files(www)):
        assert_true(shown)
        page = gzip.decompress(shown[f"{PAGE}.gz"]).decode()
        assert ("数据有误" in page, "正在抽排" in page) == (True, False)
    assert compare_site(settings, settings.site) == ()

    mkdocs = settings.home / "mkdocs.yml"
    text = mkdocs.read_text("utf-8")
    bucket = f"store: {{s3: {place.bucket}/www, endpoint: '{place.endpoint}', region: {place.region}}}"
    mkdocs.write_text(text.replace(folder, f"{folder}, {bucket}"), "utf-8")
    assert build(read_settings(settings.home), clock).failed == {}
    assert [one for one in store.files() if plain_of(one) != one] == []

    mkdocs.write_text(text.replace(KEY, ""), "utf-8")
    assert build(read_settings(settings.home), clock).failed == {}
    for shown in (read_files(settings.site), read_files(www)):
        assert [one for one in shown if plain_of(one) != one] == []
        assert PAGE in shown


def test_a_bare_mkdocs_build_gives_the_variants_too(tmp_path: Path, clock: Clock) -> None:
    settings = newsroom(tmp_path / "office", "")
    publish(settings, clock)
    build(settings, clock)
    expected = read_files(settings.site)
    assert_true(expected)
    bare_build(load_config(str(settings.home / "mkdocs.yml"), site_dir=str(tmp_path / "bare")))
    found = read_files(tmp_path / "bare")
    assert [path for path in sorted(expected) if found.get(path) != expected[path]] == []


def test_the_channel_on_the_configured_nginx_is_in_order(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    settings = newsroom(tmp_path / "office", "")
    mkdocs = settings.home / "mkdocs.yml"
    text = mkdocs.read_text("utf-8").replace("https://news.shili.example/", f"http://127.0.0.1:{port}/")
    mkdocs.write_text(text, "utf-8")
    settings = read_settings(settings.home)
    publish(settings, clock)
    build(settings, clock)
    monkeypatch.setattr("servers.free_port", lambda: port)
    (tmp_path / "nginx").mkdir()
    with configured_nginx(tmp_path / "nginx", settings.site):
        code = cli.main(["--lang", "en", "feeds", "doctor", f"http://127.0.0.1:{port}/", "--deep"])
    assert (code, "0 fault(s), 0 warning(s)" in capsys.readouterr().out) == (0, True)
