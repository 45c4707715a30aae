"""Several publishers on one newsroom: nothing is lost and nothing is doubled."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from greenchannel.delivery.record import examine

REPOSITORY = Path(__file__).parents[2]
PUBLISHERS = 4
EACH = 3


def _greenchannel(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "greenchannel", "--home", str(home), "--lang", "en", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _copy_newsroom(home: Path) -> None:
    for name in ("content", "templates", "releases"):
        shutil.copytree(REPOSITORY / name, home / name)
    shutil.copy(REPOSITORY / "mkdocs.yml", home)


def test_eight_who_approve_one_text_at_once_all_do(tmp_path: Path) -> None:
    _copy_newsroom(tmp_path)
    folder = tmp_path / "content/incidents/2026/taifeng-haixing"
    shutil.copy(folder / "fact-3.md", folder / "fact-50.md")
    release = "2026/taifeng-haixing/fact-50"

    approvals = [_greenchannel(tmp_path, "approve", release, "--by", "shen-yiheng") for _ in range(8)]
    outputs = [one.communicate()[0] for one in approvals]

    assert [one.returncode for one in approvals] == [0] * 8, outputs
    assert [one.name for one in folder.iterdir() if "greenchannel-new" in one.name] == []
    published = _greenchannel(tmp_path, "publish", release)
    output, _ = published.communicate()
    assert published.returncode == 0, output


@pytest.mark.torture
def test_four_publishers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    _copy_newsroom(tmp_path)
    folder = tmp_path / "content/incidents/2026/taifeng-haixing"
    text = (folder / "fact-3.md").read_text("utf-8")
    names = [f"fact-{number}" for number in range(50, 50 + PUBLISHERS * EACH)]
    for name in names:
        (folder / f"{name}.md").write_text(text, "utf-8")
    releases = [f"2026/taifeng-haixing/{name}" for name in names]
    for release in releases:
        approval = _greenchannel(tmp_path, "approve", release, "--by", "shen-yiheng")
        output, _ = approval.communicate()
        assert approval.returncode == 0, output

    publishers = [
        _greenchannel(tmp_path, "publish", *releases[start : start + EACH]) for start in range(0, len(releases), EACH)
    ]
    outputs = [one.communicate()[0] for one in publishers]

    assert [one.returncode for one in publishers] == [0] * PUBLISHERS, outputs
    ledger = (tmp_path / "releases/ledger.jsonl").read_bytes()
    assert examine(tmp_path / "releases").problems == ()
    events = [json.loads(line) for line in ledger.splitlines()]
    assert sorted(one["id"] for one in events if one["event"] == "published" and one["id"] in releases) == releases
    seen = sorted(one["id"] for one in events if one["event"] == "visible" and one["id"] in releases)
    assert seen == releases
