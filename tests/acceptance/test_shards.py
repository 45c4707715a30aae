"""`shard.sh`: a hundred newsrooms on a few runners, each on one of them, and none waits for another's fault."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import REPOSITORY

SCRIPT = REPOSITORY / "tooling/pipelines/shard.sh"
NAMES = tuple(f"c{number:03}" for number in range(1, 9))
SHARDS = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository for each newsroom, and the list of them; c004 has none."""
    where = tmp_path_factory.mktemp("shards")
    settings = ("-c", "user.name=office", "-c", "user.email=office@shili.example", "-c", "init.defaultBranch=main")
    for name in NAMES:
        if name != "c004":
            (where / "repositories" / name).mkdir(parents=True)
            (where / "repositories" / name / "mkdocs.yml").write_text(f"site_name: {name}\n", "utf-8")
            for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "desk")):
                subprocess.run(["git", *settings, *command], cwd=where / "repositories" / name, check=True)
    lines = [f"{name} file://{where}/repositories/{name}\n" for name in NAMES]
    (where / "newsrooms.txt").write_text("".join(lines), "utf-8")
    return where


def run(folder: Path, shard: int, shards: int = SHARDS) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SHARD": str(shard), "SHARDS": str(shards)}
    command = [str(SCRIPT), "newsrooms.txt", "sh", "-c", "cat mkdocs.yml; cat >> built; echo x >> built"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_each_newsroom_is_built_in_one_shard(folder: Path) -> None:
    said = "".join(run(folder, shard).stdout for shard in range(1, SHARDS + 1))
    assert sorted(line for line in said.splitlines() if line.startswith("site_name")) == [
        f"site_name: {name}" for name in NAMES if name != "c004"
    ]


def test_a_newsroom_that_fails_keeps_no_other_one_back(folder: Path) -> None:
    found = run(folder, 1, 1)
    assert (found.returncode, found.stdout.count("site_name")) == (1, len(NAMES) - 1)


def test_what_was_built_before_is_there_the_next_time(folder: Path) -> None:
    for _ in range(2):
        run(folder, 1, 1)
    assert len((folder / "newsrooms/c001/built").read_text("utf-8").splitlines()) >= 2


def test_a_shard_that_does_not_exist_is_refused(folder: Path) -> None:
    assert run(folder, 4).returncode == 2
