"""Greenchannel's commands on a copy of a newsroom, each with what must come of it."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from measuring import Expected, Sample, Saved, aside, free_port, previewed, sample, watched
from sizes import BUILD, DRAFTS, newsroom

APPROVER = "tan-jingxing"


def greenchannel(*arguments: str | Path) -> Sequence[str | Path]:
    return [sys.executable, "-m", "greenchannel", *arguments]


def copied(size: int, name: str) -> Path:
    """A newsroom of that size to work with; it has no site yet."""
    home = BUILD / f"{name}-{size}"
    aside(home)
    shutil.copytree(newsroom(size), home)
    return home


def cold(home: Path, size: int) -> Sample:
    """Everything from the record."""
    aside(home / "site", home / ".greenchannel")
    expected = {home / "site/index.html": "</html>", home / "site/feeds/all.json": "}"}
    found = sample(greenchannel("build"), home, expected)
    have_all(home.glob("site/releases/*/*/*/index.html"), size)
    return found


def have_all(pages: Iterable[Path], size: int) -> None:
    if (count := sum(1 for _ in pages)) != size:
        raise SystemExit(f"{count} pages instead of {size}")


def approve(home: Path, release: str) -> Path:
    """The file that an approval is."""
    sample(greenchannel("approve", release, "--by", APPROVER), home, {})
    return home / f"content/incidents/{release}.approval.json"


def visible(home: Path, release: str, text: str) -> Expected:
    return {home / f"site/releases/{release}/index.html": text, home / "site/feeds/all.json": text}


def publish(home: Path, release: str, text: str) -> Sample:
    """Approved beforehand; `text` is in its page and in the feed afterwards."""
    approve(home, release)
    return sample(greenchannel("publish", release), home, visible(home, release, text))


def publish_draft(home: Path, number: int) -> Sample:
    return publish(home, DRAFTS[number], DRAFTS[number])


def watch_drafts(home: Path, skipped: int, repeats: int) -> Sample:
    """From an approval being on disk until page and feed are."""

    def save(number: int) -> tuple[Path, Expected]:
        release = DRAFTS[skipped + number]
        return approve(home, release), visible(home, release, release)

    return watched(greenchannel("watch"), home, save, repeats)


def preview_draft(home: Path, repeats: int) -> tuple[Sample, Sample]:
    """From a draft being saved until its page is served, and until the feed is."""
    release = DRAFTS[-1]

    def save(number: int) -> Saved:
        text = f"第{number}次改写。"
        with (home / f"content/incidents/{release}.md").open("a", encoding="utf-8") as draft:
            draft.write(f"\n{text}\n")
        return Saved(page=f"/releases/{release}/", feed="/feeds/all.json", text=text)

    port = free_port()
    return previewed(greenchannel("serve", "--port", str(port)), home, port, save, repeats)
