"""How long a column may go without anything new, as mkdocs.yml says it."""

from datetime import timedelta
from pathlib import Path

import pytest

from greenchannel.desk.columns import DEFAULTS
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import SettingsError

START = (
    "site_name: 示例\nsite_url: https://shili.example/\nextra:\n  greenchannel:\n    organisation: 示例市\n"
    "    tag: shili.example,2026\n    email: press@shili.example\n"
)


def settings(folder: Path, line: str = "") -> Settings:
    (folder / "mkdocs.yml").write_text(f"{START}    {line}\n", "utf-8")
    return read_settings(folder)


@pytest.mark.parametrize("line", ["", "columns:", "columns: {}"])
def test_without_settings_the_ages_of_the_inspection_hold(tmp_path: Path, line: str) -> None:
    assert settings(tmp_path, line).columns == DEFAULTS
    assert DEFAULTS["首页"] == timedelta(days=14)
    assert DEFAULTS["政策文件"] == timedelta(days=183)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("14天", 14), ("3 日", 3), ("2周", 14), ("6个月", 183), ("1 month", 30), ("10 days", 10), ("2 weeks", 14),
        ("P14D", 14), ("P2W", 14), ("P6M", 183), ("无", None), ("none", None),
    ],
)  # fmt: skip
def test_an_age_may_be_written_in_either_language(tmp_path: Path, written: str, days: int | None) -> None:
    found = settings(tmp_path, f"columns: {{/types/fact/: {written}, 主题: 1天}}").columns
    assert found["types/fact"] == (None if days is None else timedelta(days=days))
    assert found["主题"] == timedelta(days=1)
    assert found["首页"] == DEFAULTS["首页"]


@pytest.mark.parametrize("written", ["", "0天", "14", "soon", "-3天", "[14天]", "PT3H"])
def test_what_is_no_age_is_refused_with_what_to_write(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError, match="首页: write an age such as 14天"):
        settings(tmp_path, f"columns: {{首页: {written}}}")


@pytest.mark.parametrize("line", ["columns: [首页]", "columns: 14天"])
def test_columns_must_be_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match="columns must name columns"):
        settings(tmp_path, line)
