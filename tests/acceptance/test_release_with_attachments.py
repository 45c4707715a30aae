"""An officer's release with a picture: approved, published, corrected, withdrawn, and what goes wrong on the way."""

import io
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import feedparser
import pytest
from PIL import Image

import files
from conftest import Clock, Run
from greenchannel.desk.settings import Settings
from greenchannel.preview import Preview
from greenchannel.serving import Snapshot, answer

INCIDENT = "2026/shewai-yanchu"
RELEASE = f"{INCIDENT}/fact-3"
BODY = "见下图与[示意图](plan.pdf#page=2)。\n\n![现场情况](现场.jpg)\n"
FRONT = """title: 关于演出场地调整的情况通报
type: fact
incident: 2026/shewai-yanchu
department: foreign_affairs
summary: 演出场地调整。
author: miao-qinghe
"""
OTHER = files.photo((90, 90)).transpose(Image.Transpose.ROTATE_90)


pytestmark = pytest.mark.standing


def folder(office: Settings) -> Path:
    return office.content / "incidents" / INCIDENT


def write(office: Settings, extra: str = "", body: str = BODY, attached: str = "[现场.jpg, plan.pdf]") -> None:
    text = f"---\n{FRONT}attachments: {attached}\n{extra}---\n\n{body}"
    (folder(office) / "fact-3.md").write_text(text, "utf-8")


def ledger(office: Settings) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()]


def attachments(office: Settings) -> dict[str, dict[str, Any]]:
    event = [one for one in ledger(office) if one["id"] == RELEASE and "attachments" in one][-1]
    return {one["name"]: one for one in event["attachments"]}


def all_bytes(root: Path) -> dict[str, bytes]:
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in root.rglob("*") if one.is_file()}


def page(office: Settings) -> str:
    return (office.site / f"releases/{RELEASE}/index.html").read_text("utf-8")


@pytest.fixture
def written(office_home: Settings) -> Settings:
    (folder(office_home) / "现场.jpg").write_bytes(files.jpeg(6))
    (folder(office_home) / "plan.pdf").write_bytes(files.pdf())
    write(office_home)
    return office_home


@pytest.fixture
def approved(written: Settings, run: Run) -> Settings:
    code, _, err = run("approve", RELEASE, "--by", "lu-wanqing")
    assert code == 0, err
    return written


@pytest.fixture
def published(approved: Settings, run: Run, clock: Clock) -> Settings:
    clock.now = clock.now.replace(hour=11)
    code, out, _ = run("publish", RELEASE)
    assert code == 0, out
    return approved


@pytest.fixture
def corrected(published: Settings, run: Run, clock: Clock) -> Settings:
    (folder(published) / "现场.jpg").write_bytes(files.jpeg(image=OTHER))
    write(published, "changes:\n  - kind: correction\n    note: 更换图片。\n")
    clock.now = clock.now.replace(hour=12)
    run("approve", RELEASE, "--by", "lu-wanqing")
    code, out, _ = run("publish", RELEASE)
    assert code == 0, out
    return published


@pytest.mark.usefixtures("written")
def test_a_release_with_a_picture_and_a_document_has_no_errors(run: Run) -> None:
    assert run("check")[0] == 0


def test_the_record_holds_the_cleaned_bytes_under_their_digest(published: Settings) -> None:
    for one in attachments(published).values():
        data = (published.releases / one["path"]).read_bytes()
        assert (sha256(data).hexdigest(), len(data)) == (one["sha256"], one["size"])


def test_the_frozen_text_vouches_for_the_bytes(published: Settings) -> None:
    frozen = (published.releases / f"{RELEASE}.r1.md").read_text("utf-8")
    line = next(one for one in frozen.splitlines() if one.startswith("attachments: "))
    facts = [{key: value for key, value in one.items() if key != "path"} for one in attachments(published).values()]
    assert json.loads(line.removeprefix("attachments: ")) == facts


def test_no_mark_of_a_maker_is_in_the_record_or_on_the_site(published: Settings) -> None:
    marks = [files.AUTHOR, files.PLACE, files.COMMENT, files.XMP, files.BEHIND, files.EARLIER, files.NOTE]
    assert all(one.encode() in files.jpeg() + files.pdf() for one in marks)
    public = {**all_bytes(published.releases), **all_bytes(published.site)}
    found = [
        path
        for path, data in public.items()
        if any(one.encode() in (files.everything_in(data) if path.endswith(".pdf") else data) for one in marks)
    ]
    assert found == []


def test_both_addresses_give_the_same_picture(published: Settings) -> None:
    for name, one in attachments(published).items():
        stored = (published.site / "releases" / one["path"]).read_bytes()
        assert (published.site / f"releases/{RELEASE}/{name}").read_bytes() == stored
    assert Image.open(io.BytesIO((published.site / f"releases/{RELEASE}/现场.jpg").read_bytes())).size == (80, 120)


def test_the_page_shows_the_picture_and_lists_the_files(published: Settings) -> None:
    shown, listed = page(published), attachments(published)
    assert f'<img alt="现场情况" src="/releases/{listed["现场.jpg"]["path"]}" loading="lazy">' in shown
    assert f'href="/releases/{listed["plan.pdf"]["path"]}#page=2"' in shown
    assert f'<a href="/releases/{RELEASE}/%E7%8E%B0%E5%9C%BA.jpg">现场.jpg</a> JPEG 图片，' in shown
    assert listed["plan.pdf"]["sha256"] in shown


def test_feeds_lead_to_the_whole_address_of_the_picture(published: Settings) -> None:
    address = f"https://news.shili.example/releases/{attachments(published)['现场.jpg']['path']}"
    entry = next(
        one
        for one in feedparser.parse((published.site / "feeds/all.atom").read_bytes()).entries
        if one.id.endswith(RELEASE)
    )
    assert f'src="{address}"' in entry.content[0].value


def test_the_record_and_a_copy_of_the_site_verify(published: Settings, run: Run) -> None:
    assert [run("verify")[0], run("verify", str(published.site / "record"))[0]] == [0, 0]


@pytest.mark.usefixtures("approved")
def test_a_dry_run_names_the_addresses_that_would_become_public(run: Run) -> None:
    base = f"https://news.shili.example/releases/{RELEASE}/"
    code, out, _ = run("publish", RELEASE, "--dry-run", "--format", "json")
    (found,) = json.loads(out)["would_publish"]
    assert (code, found["attachments"]) == (0, [f"{base}%E7%8E%B0%E5%9C%BA.jpg", f"{base}plan.pdf"])
    assert f"  {base}plan.pdf\n" in run("publish", RELEASE, "--dry-run")[1]


@pytest.mark.usefixtures("published")
def test_nothing_is_left_to_do_after_publication(run: Run) -> None:
    assert run("publish")[:2] == (0, "Nothing is approved and due.\n")


def test_what_is_public_is_not_cleaned_again_by_the_next_publication(published: Settings, run: Run) -> None:
    memory = published.home / ".greenchannel/attachments"
    for one in memory.iterdir():
        one.unlink()
    run("publish")
    assert list(memory.iterdir()) == []


def test_a_correction_keeps_the_old_picture_at_its_address(corrected: Settings) -> None:
    events = [one for one in ledger(corrected) if one["id"] == RELEASE and "attachments" in one]
    first, second = (next(one for one in event["attachments"] if one["name"] == "现场.jpg") for event in events)
    assert first["path"] != second["path"]
    for one in (first, second):
        assert sha256((corrected.site / "releases" / one["path"]).read_bytes()).hexdigest() == one["sha256"]


def test_after_a_correction_the_address_beside_the_release_gives_the_new_picture(corrected: Settings) -> None:
    data = (corrected.site / f"releases/{RELEASE}/现场.jpg").read_bytes()
    assert sha256(data).hexdigest() == attachments(corrected)["现场.jpg"]["sha256"]


def test_a_file_that_a_revision_drops_keeps_its_addresses(published: Settings, run: Run, clock: Clock) -> None:
    before = attachments(published)["plan.pdf"]
    note = "changes:\n  - kind: correction\n    note: 去掉示意图。\n"
    write(published, note, "![现场情况](现场.jpg)\n", "[现场.jpg]")
    clock.now = clock.now.replace(hour=12)
    run("approve", RELEASE, "--by", "lu-wanqing")
    assert run("publish", RELEASE)[0] == 0
    kept = (f"releases/{RELEASE}/plan.pdf", f"releases/{before['path']}")
    assert [sha256((published.site / one).read_bytes()).hexdigest() for one in kept] == [before["sha256"]] * 2
    assert "plan.pdf" not in page(published)


def test_a_clean_build_and_a_grown_site_are_equal(corrected: Settings, run: Run) -> None:
    grown = all_bytes(corrected.site)
    for path in sorted(grown):
        (corrected.site / path).unlink()
    assert run("build", "--clean")[0] == 0
    assert all_bytes(corrected.site) == grown


def test_a_picture_changed_after_approval_is_refused(approved: Settings, run: Run) -> None:
    (folder(approved) / "现场.jpg").write_bytes(files.jpeg(image=OTHER))
    code, out, _ = run("publish", RELEASE)
    assert (code, "G603" in out) == (1, True)


def test_a_mark_changed_after_approval_changes_nothing_that_is_released(approved: Settings, run: Run) -> None:
    data = files.jpeg(6)
    (folder(approved) / "现场.jpg").write_bytes(data.replace(files.AUTHOR.encode(), b"x" * len(files.AUTHOR)))
    assert run("publish", RELEASE)[0] == 0


def swapped_for_a_link(path: Path) -> None:
    outside = path.parents[4] / "outside.jpg"
    outside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(outside)


def swapped_for_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def swapped_for_a_bomb(path: Path) -> None:
    path.write_bytes(files.jpeg(image=Image.new("L", (9000, 9000))))


def cut_off(path: Path) -> None:
    path.write_bytes(files.jpeg()[:900])


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [swapped_for_a_link, swapped_for_a_pipe, swapped_for_a_bomb, cut_off, removed])
def test_what_cannot_be_cleaned_is_refused_and_leaves_no_byte(
    approved: Settings, run: Run, damage: Callable[[Path], None]
) -> None:
    before = all_bytes(approved.releases)
    damage(folder(approved) / "现场.jpg")
    code, out, _ = run("publish", RELEASE)
    assert (code, "G610" in out, "现场.jpg" in out, all_bytes(approved.releases)) == (1, True, True, before)


def test_what_cannot_be_cleaned_cannot_be_approved(written: Settings, run: Run) -> None:
    cut_off(folder(written) / "现场.jpg")
    code, _, err = run("approve", RELEASE, "--by", "lu-wanqing")
    assert (code, "现场.jpg is damaged or incomplete: copy it from its source again" in err) == (2, True)


def test_an_ignored_rule_does_not_open_the_gate(written: Settings, run: Run) -> None:
    (folder(written) / "表.csv").write_text("a,b\n", "utf-8")
    write(written, "ignore:\n  - code: L405\n    reason: 试一试\n", "正文。\n", "[表.csv]")
    assert run("check")[0] == 0
    code, _, err = run("approve", RELEASE, "--by", "lu-wanqing")
    assert (code, "表.csv is a text or a table" in err) == (2, True)


def test_a_picture_that_waits_is_in_no_byte_of_the_site(approved: Settings, run: Run) -> None:
    code, _, _ = run("build")
    data = all_bytes(approved.site)
    cleaned = [one.read_bytes().partition(b"\n")[2] for one in (approved.home / ".greenchannel/attachments").iterdir()]
    assert (code, len(cleaned)) == (0, 2)
    marks = [*cleaned, *(sha256(one).hexdigest().encode() for one in cleaned)]
    assert [path for path, one in data.items() if any(mark in one for mark in marks)] == []


def test_a_withdrawn_release_keeps_its_files_and_lists_them_no_more(published: Settings, run: Run) -> None:
    before = attachments(published)["现场.jpg"]
    run("withdraw", RELEASE, "--by", "lu-wanqing", "--reason", "图片有误。")
    assert (published.site / "releases" / before["path"]).is_file()
    assert (published.site / f"releases/{RELEASE}/现场.jpg").is_file()
    assert "附件" not in page(published)


def test_the_preview_shows_the_attachments_of_a_draft(written: Settings, clock: Clock) -> None:
    shown = dict[str, bytes]()

    def look(snapshot: Snapshot) -> None:
        shown.update({name: snapshot.artifacts[f"releases/{RELEASE}/{name}"] for name in ("现场.jpg", "index.html")})
        preview.stop()

    preview = Preview(written.home, 0, clock, lambda text: text, look)
    preview.run()
    assert Image.open(io.BytesIO(shown["现场.jpg"])).size == (80, 120)
    assert "现场.jpg</a> JPEG 图片" in shown["index.html"].decode()
    assert preview.snapshot.problems == ()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.webp", "image/webp"), ("a.pdf", "application/pdf")],
)
def test_the_preview_names_the_kind_of_a_file(name: str, media_type: str) -> None:
    assert answer(Snapshot(artifacts={name: b"data"}), f"/{name}", str).type == media_type


def test_the_preview_says_what_only_the_cleaning_finds(written: Settings, clock: Clock) -> None:
    cut_off(folder(written) / "现场.jpg")
    preview = Preview(written.home, 0, clock, lambda text: text, lambda _: preview.stop())
    preview.run()
    assert [one.partition(":")[0] for one in preview.snapshot.problems] == ["现场.jpg is damaged or incomplete"]
