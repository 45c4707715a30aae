"""The pipelines that offices copy: their own steps, run against a real repository that can be pushed to."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import REPOSITORY, copy_newsroom

PIPELINES = REPOSITORY / "tooling/pipelines"


def gitlab() -> tuple[str, ...]:
    jobs: dict[str, Any] = yaml.safe_load((PIPELINES / "gitlab-ci.yml").read_text("utf-8"))
    steps: list[str] = []
    for job in ("check", "publish"):
        for one in jobs[job]["script"]:
            steps += one if isinstance(one, list) else [one]
    return tuple(steps)


def gitea() -> tuple[str, ...]:
    jobs: dict[str, Any] = yaml.safe_load((PIPELINES / "gitea-actions.yml").read_text("utf-8"))
    return tuple(one["run"] for one in jobs["jobs"]["newsroom"]["steps"] if "run" in one)


def git(*arguments: str, cwd: Path) -> str:
    settings = ("-c", "user.name=office", "-c", "user.email=office@shili.example", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *settings, *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the runner has checked out: a newsroom with one approved release that is not public yet."""
    settings = copy_newsroom(tmp_path / "desk")
    shutil.copytree(PIPELINES, settings.home / "tooling/pipelines")
    shutil.copy(REPOSITORY / ".gitignore", settings.home)
    author = settings.content / "incidents/2026/qingnianlu-huozai/fact-1.md"
    new = author.with_name("fact-8.md")
    text = author.read_text("utf-8").replace("title: ", "title: 补充：", 1)
    new.write_text("\n".join(line for line in text.split("\n") if not line.startswith("id:")), "utf-8")
    greenchannel(settings.home, "approve", "2026/qingnianlu-huozai/fact-8", "--by", "tan-jingxing")
    git("init", "-q", cwd=settings.home)
    git("add", "-A", cwd=settings.home)
    git("commit", "-q", "-m", "desk", cwd=settings.home)
    git("clone", "-q", "--bare", str(settings.home), str(tmp_path / "remote.git"), cwd=tmp_path)
    git("clone", "-q", str(tmp_path / "remote.git"), str(tmp_path / "run"), cwd=tmp_path)
    return tmp_path / "run"


def greenchannel(home: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "greenchannel", *arguments], cwd=home, check=True, capture_output=True)


def environment(folder: Path, remote: str) -> dict[str, str]:
    """What a runner has, and the code of this checkout."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(REPOSITORY / "tooling"),
        "PUSH_URL": str(folder / remote),
        "CI_DEFAULT_BRANCH": "main",
    }


def published(
    checkout: Path, variables: dict[str, str], *, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    script = str(checkout / "tooling/pipelines/publish.sh")
    return subprocess.run(
        [script, "main"], cwd=folder or checkout, env=variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("steps", [gitlab, gitea])
def test_a_push_to_main_publishes_and_pushes_the_record_back(steps: Any, checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv").symlink_to(Path(sys.prefix))  # In place of the first steps, which install.
    variables = environment(tmp_path, "remote.git")
    ran = [one for one in "\n".join(steps()).split("\n") if "pip install" not in one and "-m venv" not in one]
    assert "tooling/pipelines/publish.sh" in "\n".join(ran)
    script = "\n".join(ran)
    done = subprocess.run(
        ["sh", "-ec", script], cwd=checkout, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pushed = git("show", "main:releases/ledger.jsonl", cwd=tmp_path / "remote.git")
    subjects = git("log", "--format=%s", "main", cwd=tmp_path / "remote.git").splitlines()
    assert subjects == ["Receipts [skip ci]", "Record of publication [skip ci]", "desk"]
    assert '"id":"2026/qingnianlu-huozai/fact-8"' in pushed.splitlines()[-1]
    assert (checkout / "site/releases/2026/qingnianlu-huozai/fact-8/index.html").is_file()


@pytest.fixture
def runner(checkout: Path, tmp_path: Path) -> dict[str, str]:
    (checkout / ".venv").symlink_to(Path(sys.prefix))
    return environment(tmp_path, "remote.git")


def test_nothing_is_shown_that_the_record_in_the_repository_lacks(checkout: Path, runner: dict[str, str]) -> None:
    done = published(checkout, {**runner, "PUSH_URL": str(checkout.with_name("gone.git"))})
    ledger = (checkout / "releases/ledger.jsonl").read_text("utf-8")
    assert (done.returncode, "fact-8" in ledger, (checkout / "site").exists()) == (2, True, False)


def test_what_was_pushed_to_the_desk_meanwhile_does_not_stop_the_record(
    checkout: Path, runner: dict[str, str], tmp_path: Path
) -> None:
    git("clone", "-q", str(tmp_path / "remote.git"), str(tmp_path / "officer"), cwd=tmp_path)
    (tmp_path / "officer/content/pages/about.md").write_text("# 关于\n", "utf-8")
    git("commit", "-q", "-a", "-m", "about", cwd=tmp_path / "officer")
    git("push", "-q", "origin", "main", cwd=tmp_path / "officer")
    done = published(checkout, runner)
    subjects = git("log", "--format=%s", "main", cwd=tmp_path / "remote.git").splitlines()
    assert (done.returncode, subjects[1:]) == (0, ["Record of publication [skip ci]", "about", "desk"]), done.stderr


def test_a_refused_release_fails_the_run_and_holds_up_no_other(
    checkout: Path, runner: dict[str, str], tmp_path: Path
) -> None:
    """One of two approved texts was edited after its approval."""
    first = checkout / "content/incidents/2026/qingnianlu-huozai/fact-8.md"
    second = first.with_name("fact-9.md")
    second.write_text(first.read_text("utf-8").replace("补充：", "再补充："), "utf-8")
    greenchannel(checkout, "approve", "2026/qingnianlu-huozai/fact-9", "--by", "tan-jingxing")
    second.write_text(second.read_text("utf-8") + "\n改动。\n", "utf-8")
    done = published(checkout, runner)
    pushed = git("show", "main:releases/ledger.jsonl", cwd=tmp_path / "remote.git")
    assert (done.returncode, "G603" in done.stdout, "fact-8" in pushed, "fact-9" in pushed) == (1, True, True, False)


def test_a_damaged_record_ends_the_run_before_anything_is_pushed(
    checkout: Path, runner: dict[str, str], tmp_path: Path
) -> None:
    with (checkout / "releases/ledger.jsonl").open("ab") as tail:
        tail.write(b'{"approval":"')
    done = published(checkout, runner)
    subjects = git("log", "--format=%s", "main", cwd=tmp_path / "remote.git").splitlines()
    assert (done.returncode, subjects, (checkout / "site").exists()) == (2, ["desk"], False)


def test_without_an_address_to_push_to_nothing_is_recorded(checkout: Path, runner: dict[str, str]) -> None:
    before = (checkout / "releases/ledger.jsonl").read_bytes()
    done = published(checkout, {**runner, "PUSH_URL": ""})
    assert (done.returncode, done.stderr, (checkout / "releases/ledger.jsonl").read_bytes()) == (
        2,
        "publish.sh: PUSH_URL is not set: an address that may push to main\n",
        before,
    )


def test_in_a_folder_that_is_no_newsroom_the_run_fails(checkout: Path, runner: dict[str, str]) -> None:
    folder = checkout / "tooling"
    done = published(checkout, runner, folder=folder)
    assert (done.returncode, done.stderr) == (
        2,
        f"publish.sh: {folder} is no newsroom: mkdocs.yml and content/ are missing\n",
    )
