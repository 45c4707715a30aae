"""What mkdocs.yml may name as a place, and what it may not."""

from pathlib import Path

import pytest

from greenchannel.delivery.targets.rsync import ssh
from greenchannel.desk.places import DirectoryPlace, Place, RsyncPlace, StorePlace, read_places
from greenchannel.desk.settings import read_settings
from greenchannel.domain.errors import SettingsError

MKDOCS = Path("/office/mkdocs.yml")


def place(**fields: object) -> Place:
    (found,) = read_places({"web": fields}, MKDOCS)
    return found


def told(value: object) -> str:
    with pytest.raises(SettingsError) as caught:
        read_places(value, MKDOCS)
    return str(caught.value)


def test_a_folder_is_told_from_the_newsrooms_own() -> None:
    assert place(directory="../www") == DirectoryPlace(name="web", folder=Path("/www"))


def test_a_server_has_a_user_a_folder_and_the_files_that_ssh_needs() -> None:
    found = place(
        rsync="press@web.shili.example:/srv/www/", port="2222", identity="~/.ssh/press", known_hosts="registry/hosts"
    )
    assert found == RsyncPlace(
        name="web",
        host="press@web.shili.example",
        folder="/srv/www",
        port=2222,
        identity="~/.ssh/press",
        known_hosts="/office/registry/hosts",
    )


@pytest.mark.parametrize("address", ["web:/srv/www", "press@10.0.0.7:/srv/www", "press@[fd00::7]:/srv/网站"])
def test_a_server_may_be_named_in_every_usual_way(address: str) -> None:
    assert isinstance(place(rsync=address), RsyncPlace)


def test_a_store_has_a_bucket_and_perhaps_a_prefix_an_address_and_a_region() -> None:
    found = place(s3="press-site/www/zh", endpoint="https://oss.shili.example:9000", region="cn-north-1")
    assert found == StorePlace(
        name="web",
        bucket="press-site",
        prefix="www/zh",
        endpoint="https://oss.shili.example:9000",
        region="cn-north-1",
    )


@pytest.mark.parametrize(
    "address",
    [
        "/srv/www",
        "../www",
        "web:srv/www",
        "web::module/www",
        "rsync://web/module",
        "-oProxyCommand=x:/srv/www",
        "press@-web:/srv/www",
        "web:/",
        "web:/srv/../etc",
        "web:/srv/my www",
        "web:/srv/www\nx",
        "web :/srv/www",
        "web:/srv/www;reboot",
        "web:/srv/$(reboot)",
        "",
    ],
)
def test_what_is_no_address_of_a_server_is_refused_with_one_that_is(address: str) -> None:
    assert "write rsync as user@host:/srv/www" in told({"web": {"rsync": address}})


@pytest.mark.parametrize("address", ["s3://bucket", "Bucket", "bucket/../other", "bucket/a b", "b", "-bucket", ""])
def test_what_is_no_bucket_is_refused_with_how_to_write_one(address: str) -> None:
    assert "write s3 as bucket or bucket/prefix" in told({"web": {"s3": address}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("endpoint", "oss.shili.example"),
        ("endpoint", "https://press:secret@oss.shili.example"),
        ("endpoint", "file:///etc"),
        ("endpoint", "https://my_store.shili.example"),
        ("endpoint", "https://对象存储.example"),
        ("endpoint", "https://-oss.example"),
        ("endpoint", "https://oss..example"),
        ("endpoint", "https://oss.example:65536"),
        ("endpoint", "https://[::1"),
        ("endpoint", "https://[:::]"),
        ("region", "cn north"),
        ("region", "-cn"),
        ("region", ""),
    ],
)
def test_where_a_store_is_must_look_like_it(key: str, value: str) -> None:
    assert f"write {key} like" in told({"web": {"s3": "bucket", key: value}})


@pytest.mark.parametrize("port", ["0", "65536", "ssh", "-1", "", "２２"])
def test_a_port_is_a_number(port: str) -> None:
    assert "port must be a number" in told({"web": {"rsync": "web:/srv/www", "port": port}})


@pytest.mark.parametrize("key", ["identity", "known_hosts"])
@pytest.mark.parametrize("value", ["my key", "key%h", "key'", "$HOME/key", "", "~/key\n"])
def test_a_file_for_ssh_holds_nothing_that_ssh_reads_as_something_else(key: str, value: str) -> None:
    assert f"{key} must be the path of a file" in told({"web": {"rsync": "web:/srv/www", key: value}})


@pytest.mark.parametrize(
    "key", ["access_key", "secret_access_key", "aws_access_key_id", "session_token", "password", "credentials", "key"]
)
@pytest.mark.parametrize("kind", [{"s3": "bucket"}, {"rsync": "web:/srv/www"}])
def test_secrets_never_stand_in_the_settings(kind: dict[str, str], key: str) -> None:
    assert f"{key}: secrets never stand in mkdocs.yml" in told({"web": {**kind, key: "AKIA"}})


def test_an_unknown_key_is_told_with_those_there_are() -> None:
    assert "unknown: prot; rsync takes rsync, identity, known_hosts, port" in told(
        {"web": {"rsync": "web:/srv/www", "prot": "22"}}
    )


@pytest.mark.parametrize("value", [{"ftp": "web"}, {}, "web:/srv/www", None, {"rsync": "web:/a", "s3": "bucket"}])
def test_a_place_of_no_kind_or_two_is_told_the_three_there_are(value: object) -> None:
    message = told({"web": value})
    assert [one for one in ("directory:", "rsync:", "s3:") if one not in message] == []


@pytest.mark.parametrize("folder", ["content/pages", "releases", "..", ".", "", ".git/www"])
def test_a_folder_where_the_newsroom_is_kept_is_refused(folder: str) -> None:
    assert "newsroom itself" in told({"web": {"directory": folder}})


@pytest.mark.parametrize("folder", ["site/www", "content", "releases/2026", "templates", ".greenchannel/www", ""])
def test_a_folder_that_is_the_newsrooms_own_by_a_link_on_the_way_is_refused(tmp_path: Path, folder: str) -> None:
    home = tmp_path / "office"
    (home / folder).mkdir(parents=True)
    (tmp_path / "way").symlink_to(home.parent)
    with pytest.raises(SettingsError, match="newsroom itself"):
        read_places({"web": {"directory": f"../way/office/{folder}"}}, home / "mkdocs.yml")


def test_a_folder_above_one_that_a_link_makes_the_newsrooms_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "disk/content").mkdir(parents=True)
    (tmp_path / "office/content").symlink_to(tmp_path / "disk/content")
    with pytest.raises(SettingsError, match="newsroom itself"):
        read_places({"web": {"directory": "../disk"}}, tmp_path / "office/mkdocs.yml")


def test_a_site_that_is_a_link_to_what_people_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "site").symlink_to("content")
    with pytest.raises(SettingsError, match="newsroom itself"):
        read_places({"web": {"s3": "bucket"}}, tmp_path / "mkdocs.yml")


def test_a_link_is_refused_with_the_folder_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "www").symlink_to("disk")
    with pytest.raises(SettingsError) as caught:
        read_places({"web": {"directory": "../www"}}, tmp_path / "office/mkdocs.yml")
    assert str(caught.value).endswith(f"www is a link; write the folder that it leads to, {tmp_path / 'disk'}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"directory": "../www"}, {"directory": "../x/../www/"}),
        ({"rsync": "press@web.shili.example:/srv/www"}, {"rsync": "root@WEB.shili.example:/srv/www/"}),
        ({"s3": "bucket/www"}, {"s3": "bucket/www/"}),
    ],
)
def test_two_names_of_one_place_are_refused(one: dict[str, str], other: dict[str, str]) -> None:
    assert "targets: second and first are the same place" in told({"first": one, "second": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"directory": "../www"}, {"directory": "../www2"}),
        ({"rsync": "web:/srv/www"}, {"rsync": "web:/srv/www", "port": "2222"}),
        ({"rsync": "web:/srv/www"}, {"directory": "/srv/www"}),
        ({"s3": "bucket/www"}, {"s3": "bucket"}),
        ({"s3": "bucket"}, {"s3": "bucket", "endpoint": "https://s3.shili.example"}),
    ],
)
def test_places_that_are_like_one_another_are_two(one: dict[str, str], other: dict[str, str]) -> None:
    assert len(read_places({"first": one, "second": other}, MKDOCS)) == 2


@pytest.mark.parametrize("value", [{"directory": "../www"}, {"rsync": "web:/srv/www"}, {"s3": "bucket"}])
def test_the_name_site_is_that_of_the_folder_site(value: dict[str, str]) -> None:
    assert "site" in told({"site": value})


@pytest.mark.parametrize("value", [[], "web", {}])
def test_targets_that_name_no_place_are_refused(value: object) -> None:
    assert "must name places" in told(value)


def test_no_part_of_the_ssh_command_holds_a_blank_that_rsync_would_split_at() -> None:
    found = place(rsync="press@web:/srv/www", identity="~/.ssh/press", known_hosts="hosts")
    assert isinstance(found, RsyncPlace)
    assert [one for one in ssh(found, 60) if " " in one] == []


def test_places_are_read_from_the_file_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: 示例\nsite_url: https://shili.example/\nextra:\n  greenchannel:\n    organisation: 示例市\n"
        "    tag: shili.example,2026\n    email: press@shili.example\n    targets:\n"
        '      web: {rsync: "press@web.shili.example:/srv/www", port: 22}\n      store: {s3: bucket/www}\n',
        "utf-8",
    )
    assert [type(one) for one in read_settings(tmp_path).targets] == [RsyncPlace, StorePlace]


@pytest.mark.parametrize(
    "hub", ["https://[::1", "https://hub.example:http/", "https://hub.example/a b", "hub.example", "ftp://hub.example/"]
)
def test_a_hub_that_has_no_address_is_told_how_to_write_one(tmp_path: Path, hub: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: 示例\nsite_url: https://shili.example/\nextra:\n  greenchannel:\n    organisation: 示例市\n"
        f'    tag: shili.example,2026\n    email: press@shili.example\n    websub: ["{hub}"]\n',
        "utf-8",
    )
    with pytest.raises(SettingsError, match="websub must be a list of addresses"):
        read_settings(tmp_path)


@pytest.mark.parametrize("url", ["https://[::1/", "news.shili.example"])
def test_a_site_without_an_address_is_told_how_to_write_one(tmp_path: Path, url: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(
        f'site_name: 示例\nsite_url: "{url}"\nextra:\n  greenchannel:\n    organisation: 示例市\n'
        "    tag: shili.example,2026\n    email: press@shili.example\n",
        "utf-8",
    )
    with pytest.raises(SettingsError, match="site_url must be an address"):
        read_settings(tmp_path)
