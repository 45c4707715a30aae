"""The recipe of both READMEs, as printed: stock tools tell a sound copy of the site from any other."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import REPOSITORY, Clock, copy_newsroom, program
from greenchannel.building import build
from greenchannel.delivery.writing import write_tree
from greenchannel.portal.addresses import public_path
from small import FACT, Book

TEXT = "releases/2026/qingnianlu-huozai/fact-1/r1.md"
FIRST = "    chain=$(mktemp)\n"


def recipe(readme: str) -> str:
    lines = (REPOSITORY / readme).read_text("utf-8").splitlines(keepends=True)
    start = lines.index(FIRST)
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("    "))
    return "".join(lines[start:end])


RECIPES = {readme: recipe(readme) for readme in ("README.md", "README.zh-CN.md")}


def lines_of(site: Path) -> list[bytes]:
    return (site / "record/ledger.jsonl").read_bytes().splitlines(keepends=True)


def write(site: Path, lines: list[bytes]) -> None:
    (site / "record/ledger.jsonl").write_bytes(b"".join(lines))


def edit_a_line(site: Path) -> None:
    lines = lines_of(site)
    lines[20] = lines[20].replace(b'"revision":1', b'"revision":2', 1)
    write(site, lines)


def edit_the_last_line(site: Path) -> None:
    lines = lines_of(site)
    lines[-1] = lines[-1].replace(b'"revision":1', b'"revision":2', 1)
    write(site, lines)


def drop_a_line(site: Path) -> None:
    lines = lines_of(site)
    write(site, lines[:20] + lines[21:])


def swap_two_lines(site: Path) -> None:
    lines = lines_of(site)
    write(site, [*lines[:20], lines[21], lines[20], *lines[22:]])


def drop_the_last_line(site: Path) -> None:
    write(site, lines_of(site)[:-1])


def cut_the_last_line(site: Path) -> None:
    lines = lines_of(site)
    write(site, [*lines[:-1], lines[-1][:50]])


def take_the_last_line_break(site: Path) -> None:
    lines = lines_of(site)
    write(site, [*lines[:-1], lines[-1][:-1]])


def put_in_a_nul(site: Path) -> None:
    lines = lines_of(site)
    lines[20] = lines[20].replace(b'"prev"', b'\x00"prev"')
    write(site, lines)


def change_the_checkpoint(site: Path) -> None:
    path = site / "record/checkpoint.json"
    path.write_bytes(path.read_bytes().replace(b'"sha256":"', b'"sha256":"0', 1))


def change_a_text(site: Path) -> None:
    (site / TEXT).write_bytes((site / TEXT).read_bytes() + b" ")


def remove_a_text(site: Path) -> None:
    (site / TEXT).unlink()


DAMAGES = (
    edit_a_line,
    edit_the_last_line,
    drop_a_line,
    swap_two_lines,
    drop_the_last_line,
    cut_the_last_line,
    take_the_last_line_break,
    put_in_a_nul,
    change_the_checkpoint,
    change_a_text,
    remove_a_text,
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = copy_newsroom(tmp_path_factory.mktemp("recipe") / "office")
    build(office, Clock("2026-11-24T10:00:00+08:00"))
    return office.site


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "site"))


def status(script: str, site: Path) -> int:
    for tool in ("split", "sha256sum", "diff", "grep", "sed", "paste"):
        program("coreutils diffutils grep sed", tool)
    return subprocess.run(["sh", "-c", script], cwd=site, capture_output=True, check=False).returncode


@pytest.mark.parametrize("readme", RECIPES)
def test_a_sound_copy_is_accepted(readme: str, site: Path) -> None:
    assert status(RECIPES[readme], site) == 0


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_changed_copy_is_refused(damage: Callable[[Path], None], site: Path) -> None:
    before = {one: one.read_bytes() for one in site.rglob("*") if one.is_file()}
    damage(site)
    assert before != {one: one.read_bytes() for one in site.rglob("*") if one.is_file()}
    assert [status(one, site) for one in RECIPES.values()] == [1, 1]


def site_with_an_attachment(folder: Path) -> Path:
    """What stands on a site of one release with a picture, as far as the recipe looks at it."""
    book, image = Book(), f"2026/shili/attachments/{'a' * 64}.png"
    book.release(FACT, {image: b"image"})
    public = {public_path(path): data for path, data in book.files.items() if path.endswith(".md")}
    record = {"record/ledger.jsonl": book.ledger, "record/checkpoint.json": book.checkpoint or b""}
    write_tree(folder, {**public, **record, f"releases/{image}": b"image"}.items())
    return folder / "releases" / image


def test_an_attachment_is_checked_like_a_text(tmp_path: Path) -> None:
    image = site_with_an_attachment(tmp_path)
    before = [status(one, tmp_path) for one in RECIPES.values()]
    image.write_bytes(b"other")
    assert (before, [status(one, tmp_path) for one in RECIPES.values()]) == ([0, 0], [1, 1])


def test_the_recipe_has_ten_lines() -> None:
    assert [len(one.splitlines()) for one in RECIPES.values()] == [10, 10]
