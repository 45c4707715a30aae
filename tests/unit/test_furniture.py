"""The footer as mkdocs.yml sets it: the pieces that every government site owes, and what a city adds."""

from pathlib import Path

import pytest

from conftest import Run
from greenchannel.desk.furniture import Piece, unset
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.errors import SettingsError
from greenchannel.portal.views.parts import FooterRow
from greenchannel.sourcing import portal_frame

START = (
    "site_name: 示例\nsite_url: https://shili.example/press/\nextra:\n  greenchannel:\n    organisation: 示例市\n"
    "    tag: shili.example,2026\n    email: press@shili.example\n"
)


def settings(folder: Path, *lines: str) -> Settings:
    (folder / "mkdocs.yml").write_text(START + "".join(f"    {one}\n" for one in lines), "utf-8")
    return read_settings(folder)


def rows(folder: Path, *lines: str) -> tuple[FooterRow, ...]:
    """Without the site map that the portal adds by itself."""
    footer = portal_frame(settings(folder, "footer:", *(f"  {one}" for one in lines))).footer
    return tuple(one for one in footer if one.url != "/press/sitemap/")


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("主办单位: 示例市人民政府", FooterRow(key="sponsor", label="主办单位", value="示例市人民政府")),
        ("sponsor: 示例市人民政府", FooterRow(key="sponsor", label="主办单位", value="示例市人民政府")),
        ("联系电话: 0999-8123456", FooterRow(key="contact", label="联系电话", value="0999-8123456")),
        ("站点地图: /map/", FooterRow(key="site_map", label="站点地图", value="站点地图", url="/press/map/")),
        (
            "我为政府网站找错: https://z.shili.example/?a=1",
            FooterRow(
                key="error_report",
                label="我为政府网站找错",
                value="我为政府网站找错",
                url="https://z.shili.example/?a=1",
            ),
        ),
        (
            "党政机关标识: {网址: 'https://b.shili.example/', 图片: /assets/dz.png, 文字: 党政机关}",
            FooterRow(
                key="identification",
                label="党政机关标识",
                value="党政机关",
                url="https://b.shili.example/",
                image="/press/assets/dz.png",
            ),
        ),
        (
            "公安机关备案: 示公网安备 99990002000001号",
            FooterRow(
                key="public_security",
                label="公安机关备案",
                value="示公网安备 99990002000001号",
                url="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=99990002000001",
            ),
        ),
        (
            "公安备案: {text: 示公网安备 99990002000001号, url: 'https://beian.shili.example/'}",
            FooterRow(
                key="public_security",
                label="公安备案",
                value="示公网安备 99990002000001号",
                url="https://beian.shili.example/",
            ),
        ),
        ("部门: 新闻办", FooterRow(key="", label="部门", value="新闻办")),
        (
            "邮箱: {text: 写信, url: 'mailto:press@shili.example'}",
            FooterRow(key="", label="邮箱", value="写信", url="mailto:press@shili.example"),
        ),
        ("通信地址: https://shili.example/", FooterRow(key="", label="通信地址", value="https://shili.example/")),
    ],
)
def test_an_entry_is_shown_as_it_is_written(tmp_path: Path, line: str, row: FooterRow) -> None:
    assert rows(tmp_path, line) == (row,)


def test_the_pieces_come_in_the_order_of_the_rule_and_what_the_city_adds_behind_them(tmp_path: Path) -> None:
    found = rows(
        tmp_path, "值班: 24 小时", "站点地图: /map/", "邮编: '999000'", "ICP备案号: 示ICP备1号", "主办单位: 某办"
    )
    assert [one.label for one in found] == ["主办单位", "ICP备案号", "站点地图", "值班", "邮编"]


@pytest.mark.parametrize("lines", [(), ("footer:",), ("footer: {主办单位: }",), ("footer: {值班: 24 小时}",)])
def test_what_is_not_set_is_neither_shown_nor_guessed_but_named(tmp_path: Path, lines: tuple[str, ...]) -> None:
    read = settings(tmp_path, *lines)
    assert unset(read.footer) == tuple(one for one in Piece if one is not Piece.SITE_MAP)
    assert [one.key for one in portal_frame(read).footer if one.key] == ["site_map"]


@pytest.mark.parametrize(
    "lines", [('site_id_code: "9999000001"',), ("footer:", '  网站标识码: "9999000001"'),
              ('site_id_code: "9999000001"', "footer: {site_id_code: '9999000001'}")],
)  # fmt: skip
def test_the_code_of_the_site_may_stand_in_either_place(tmp_path: Path, lines: tuple[str, ...]) -> None:
    frame = portal_frame(settings(tmp_path, *lines))
    assert frame.site_id_code == "9999000001"
    assert frame.footer[0] == FooterRow(key="site_id_code", label="网站标识码", value="9999000001")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (('site_id_code: "9999000001"', "footer: {网站标识码: '9999000002'}"), "网站标识码 is set twice"),
        (("footer: {主办单位: 甲, sponsor: 甲}",), "主办单位 is set twice"),
        (("footer: [主办单位]",), "footer must name what stands there"),
        (("footer: 主办单位",), "footer must name what stands there"),
        (("footer: {主办单位: [甲]}",), "主办单位: write a text, or text, url and image"),
        (("footer: {主办单位: {名称: 甲}}",), "主办单位: write a text, or text, url and image"),
        (("footer: {主办单位: {text: [甲]}}",), "主办单位: write a text, or text, url and image"),
        (("footer: {ICP备案号: {url: 'javascript:alert(1)'}}",), "is no address"),
        (("footer: {ICP备案号: {url: //other.example/}}",), "is no address"),
        (("footer: {党政机关标识: {image: 'https://other.example/a.png'}}",), "is no address"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(tmp_path: Path, lines: tuple[str, ...], problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, *lines)
    assert problem in str(refused.value)


def test_check_says_once_what_the_footer_lacks_and_how_to_write_it(run: Run, office_home: Settings) -> None:
    settings_file = office_home.home / "mkdocs.yml"
    lines = [
        one for one in settings_file.read_text("utf-8").splitlines() if "找错" not in one and "标识码" not in one
    ]
    settings_file.write_text("\n".join(lines) + "\n", "utf-8")
    number = 1 + lines.index("    footer:")
    code, out, _ = run("check")
    assert code == 0
    assert out.splitlines() == [
        f"mkdocs.yml:{number}:5: W701 the footer lacks 我为政府网站找错, 网站标识码",
        f"{number} |     footer:",
        f"{' ' * len(str(number))} |     ^^^^^^",
        '  = write in mkdocs.yml under extra.greenchannel.footer: 我为政府网站找错: https://…; 网站标识码: "…"',
        "",
        "47 files checked: 0 error(s), 1 warning(s)",
    ]


def test_with_a_whole_footer_check_says_nothing(run: Run) -> None:
    assert "W701" not in run("check")[1]
