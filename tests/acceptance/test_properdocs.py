"""The way out of MkDocs is open: the drop-in fork builds the same site from the same mkdocs.yml."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def _tree(engine: str, target: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", engine, "build", "-q", "--strict", "-d", str(target)]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    return {one.relative_to(target).as_posix(): one.read_bytes() for one in target.rglob("*") if one.is_file()}


@pytest.mark.torture
def test_properdocs_builds_the_same_bytes_as_mkdocs(tmp_path: Path) -> None:
    ours = _tree("properdocs", tmp_path / "properdocs")
    assert "releases/2026/qingnianlu-huozai/index.html" in ours
    assert ours == _tree("mkdocs", tmp_path / "mkdocs")
