"""Nothing of what is withheld goes out: not by construction, not by a fault in the construction."""

import base64
import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Clock, Run
from greenchannel import building
from greenchannel.building import build
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.portal.plan import Planned, Stage, given
from greenchannel.portal.site import Site, Theme, plan

EMBARGOED = "2026/shewai-yanchu/fact-2"
TITLE = "示例市2027年国际友城交流活动安排"
CANARY = "金丝雀{key}不得外泄"


def files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def leaking(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """A fault in the portal: it makes one more list, out of what it should never have seen."""

    def faulty(site: Site, theme: Theme) -> Iterator[Planned]:
        yield from plan(site, theme)
        yield given(Stage.LIST, "lists/latest.html", data)

    monkeypatch.setattr(building, "plan", faulty)


@pytest.mark.parametrize(
    "data",
    [TITLE.encode(), gzip.compress(TITLE.encode()), base64.b64encode(TITLE.encode()), f"{EMBARGOED}/".encode()],
    ids=["plain", "gzip", "base64", "address"],
)
def test_a_file_that_leaks_is_not_written(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    leaking(monkeypatch, data)
    code, _, errors = run("build")
    assert (code, (office_home.site / "lists").exists()) == (1, False)
    assert "site/lists/latest.html: not written" in errors
    assert f"content/incidents/{EMBARGOED}.md" in errors


@pytest.mark.parametrize("encode", [bytes, base64.b64encode], ids=["bytes", "base64"])
def test_a_file_with_the_bytes_of_a_withheld_picture_is_not_written(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, encode: Callable[[bytes], bytes]
) -> None:
    picture = bytes(range(256)) * 8
    (office_home.content / "incidents" / EMBARGOED).with_name("xianchang.jpg").write_bytes(picture)
    leaking(monkeypatch, encode(b"before" + picture + b"behind"))
    code, _, errors = run("build")
    assert (code, (office_home.site / "lists").exists()) == (1, False)
    assert "xianchang.jpg" in errors


def test_a_public_picture_is_no_leak(office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (public,) = office_home.releases.rglob("attachments/*.jpg")
    shutil.copy(public, (office_home.content / "incidents" / EMBARGOED).with_name("xianchang.jpg"))
    leaking(monkeypatch, public.read_bytes())
    assert run("build")[0] == 0


def test_a_leak_elsewhere_holds_up_no_other_file(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking(monkeypatch, TITLE.encode())
    run("build")
    assert (office_home.site / "index.html").is_file()


def test_words_that_are_public_elsewhere_are_no_leak(
    office_home: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = office_home.content / "incidents" / f"{EMBARGOED}.md"
    known = "青年路中段一处两层沿街商铺发生火灾"
    assert any(known in one.read_text("utf-8") for one in office_home.releases.rglob("*.md"))
    draft.write_text(draft.read_text("utf-8") + f"\n{known}\n", "utf-8")
    leaking(monkeypatch, known.encode())
    assert run("build")[0] == 0


def test_the_site_is_the_same_with_and_without_a_hundred_withheld_releases(
    office_home: Settings, tmp_path: Path, clock: Clock
) -> None:
    other = tmp_path / "other"
    shutil.copytree(office_home.home, other)
    text = (office_home.content / f"incidents/{EMBARGOED}.md").read_text("utf-8")
    for number in range(100):
        folder = other / f"content/incidents/2026/mimi-{number % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"fact-{number}.md").write_text(text.replace(TITLE, f"{TITLE}之{number}"), "utf-8")
    for settings in (office_home, read_settings(other)):
        assert build(settings, clock).is_whole
    assert files(other / "site") == files(office_home.site)


def test_no_field_of_a_withheld_release_reaches_any_file(office_home: Settings, clock: Clock) -> None:
    draft = office_home.content / "incidents" / f"{EMBARGOED}.md"
    head, _, body = draft.read_text("utf-8").partition("\n---\n")
    keys = ("迟发原因", "媒体联系", "标题", "摘要")
    lines = [one for one in head.split("\n") if not one.startswith(keys)]
    marked = [f"{key}: {CANARY.format(key=key)}" for key in keys]
    draft.write_text("\n".join([*lines, *marked, "---", body, CANARY.format(key="正文"), ""]), "utf-8")
    build(office_home, clock)
    escaped = [one.encode() for mark in ("金丝雀", "不得外泄") for one in (mark, json.dumps(mark)[1:-1])]
    shown = files(office_home.site)
    assert len(shown) > 100
    assert [path for path, data in shown.items() if any(one in data for one in escaped)] == []
