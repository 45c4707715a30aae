"""`feeds doctor` against a real nginx: a sound channel passes, and each fault is told by its name."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import Clock, copy_newsroom
from greenchannel import cli
from greenchannel.building import build
from greenchannel.desk.settings import read_settings
from greenchannel.portal import window
from greenchannel.record.canonical import sha256
from greenchannel.record.checkpoint import Checkpoint, write_checkpoint
from servers import free_port, nginx

TYPES = "types { text/html html; application/rss+xml rss; application/atom+xml atom; application/json json; \
application/xml xml; image/jpeg jpg; }"
CACHE = 'add_header Cache-Control "max-age=60";'
SERVER = f"{TYPES} {CACHE} gzip on; gzip_types *;"
PAGE = "releases/2026/qingnianlu-huozai/fact-3/"
RELEASE = f"tag:news.shili.example,2026:{PAGE.removeprefix('releases/').rstrip('/')}"
BUILD = "run greenchannel build --clean, and send the site anew"
Told = list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Channel:
    home: Path
    site: Path
    port: int
    work: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def edit(self, path: str, old: str, new: str, count: int = 1) -> None:
        text = (self.site / path).read_text("utf-8")
        assert old in text
        (self.site / path).write_text(text.replace(old, new, count), "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Channel:
    """The sample at an address of this machine, with archives of ten entries, so that it has some."""
    home, port = tmp_path_factory.mktemp("doctor") / "office", free_port()
    copy_newsroom(home)
    text = (home / "mkdocs.yml").read_text("utf-8")
    address = f"site_url: http://127.0.0.1:{port}/"
    (home / "mkdocs.yml").write_text(re.sub("^site_url: .*$", address, text, flags=re.MULTILINE), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "ARCHIVE", 10)
        assert build(read_settings(home), Clock("2026-11-24T10:00:00+08:00")).failed == {}
    return Channel(home, home / "site", port, home)


@pytest.fixture
def channel(built: Channel, tmp_path: Path) -> Channel:
    shutil.copytree(built.site, tmp_path / "site")
    (tmp_path / "nginx").mkdir()
    return Channel(built.home, tmp_path / "site", built.port, tmp_path / "nginx")


@pytest.fixture
def examine(channel: Channel, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*argv: str, server: str = SERVER, home: Path | None = None) -> tuple[int, str]:
        with nginx(channel.work, channel.site, port=channel.port, more=server):
            capsys.readouterr()
            code = cli.main(["--home", str(home or channel.home), "--lang", "en", "feeds", "doctor", *argv])
        return code, capsys.readouterr().out

    return call


@pytest.fixture
def told(channel: Channel, examine: Callable[..., tuple[int, str]]) -> Callable[..., tuple[int, Told]]:
    """The exit code, and what is not in order: check, verdict, address, what was seen."""

    def call(*argv: str, server: str = SERVER) -> tuple[int, Told]:
        code, out = examine("--format", "json", *argv, server=server)
        found = [{name: str(value).replace(channel.url, "/") for name, value in one.items()} for one in json.loads(out)]
        keys = ("check", "verdict", "url", "seen")
        return code, [(*(one[key] for key in keys),) for one in found if one["verdict"] != "ok"]  # type: ignore[misc]

    return call


def test_a_sound_channel_passes_every_check(told: Callable[..., tuple[int, Told]]) -> None:
    assert told("--all", "--deep") == (0, [])


def test_text_has_a_line_for_each_check_and_counts(channel: Channel, examine: Callable[..., tuple[int, str]]) -> None:
    (channel.site / "latest.json").unlink()
    code, out = examine()
    lines = out.replace(channel.url, "/").splitlines()
    assert (code, lines[0]) == (1, "ok index /feeds/index.json: in order")
    assert lines[1:3] == ["fault latest /latest.json: HTTP 404", f"  = {BUILD}"]
    assert lines[-1].startswith("2 fault(s), 0 warning(s), ")


def test_with_an_address_no_newsroom_is_needed(
    channel: Channel, tmp_path: Path, examine: Callable[..., tuple[int, str]]
) -> None:
    (tmp_path / "nowhere").mkdir()
    code, out = examine(channel.url.rstrip("/"), home=tmp_path / "nowhere")
    assert (code, "behind" in out) == (0, False)


def test_without_an_address_and_a_newsroom_it_cannot_run(
    tmp_path: Path, examine: Callable[..., tuple[int, str]]
) -> None:
    (tmp_path / "nowhere").mkdir()
    assert examine(home=tmp_path / "nowhere") == (2, "")


def test_an_address_that_is_none_cannot_be_examined(examine: Callable[..., tuple[int, str]]) -> None:
    assert examine("file:///etc/") == (2, "")


def test_nobody_at_the_address_is_one_fault(channel: Channel, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", str(channel.home), "feeds", "doctor", "--format", "json"]) == 1
    assert [(one["check"], one["verdict"]) for one in json.loads(capsys.readouterr().out)] == [("index", "fault")]


def test_a_channel_at_another_address_than_its_own_says_so(
    channel: Channel, examine: Callable[..., tuple[int, str]]
) -> None:
    code, out = examine("--format", "json", f"http://localhost:{channel.port}/")
    assert code == 1
    assert {one["check"] for one in json.loads(out) if one["verdict"] == "fault"} == {"self", "archive"}


def _twice(channel: Channel) -> None:
    path = channel.site / "feeds/all.json"
    feed = json.loads(path.read_text("utf-8"))
    feed["items"].insert(0, feed["items"][0])
    path.write_text(json.dumps(feed), "utf-8")


def _older_record(channel: Channel) -> None:
    lines = (channel.site / "record/ledger.jsonl").read_bytes().splitlines()[:-2]
    (channel.site / "record/ledger.jsonl").write_bytes(b"".join(one + b"\n" for one in lines))
    checkpoint = Checkpoint(str(json.loads(lines[-1])["at"]), len(lines), sha256(lines[-1]))
    (channel.site / "record/checkpoint.json").write_bytes(write_checkpoint(checkpoint))


def _padded(path: str, count: int) -> Callable[[Channel], None]:
    def edit(channel: Channel) -> None:
        with (channel.site / path).open("ab") as file:
            file.write(b" " * count)

    return edit


def _without(path: str) -> Callable[[Channel], None]:
    return lambda channel: (channel.site / path).unlink()


def _edited(path: str, old: str, new: str, count: int = 1) -> Callable[[Channel], None]:
    return lambda channel: channel.edit(path, old, new, count)


def _everywhere(old: str, new: str) -> Callable[[Channel], None]:
    def edit(channel: Channel) -> None:
        for extension in ("rss", "atom", "json"):
            channel.edit(f"feeds/all.{extension}", old, new, -1)

    return edit


def _current(channel: Channel) -> None:
    """The withdrawn release as if it stood."""
    for extension, before, after in (
        ("rss", "<gc:status>", "</gc:status>"),
        ("atom", "<gc:status>", "</gc:status>"),
        ("json", '"status":"', '"'),
    ):
        channel.edit(f"feeds/all.{extension}", f"{before}withdrawn{after}", f"{before}current{after}", -1)


def _dtd(channel: Channel) -> None:
    channel.edit("feeds/all.atom", "<feed ", '<!DOCTYPE feed [<!ENTITY x "y">]><feed ')


PICTURE = (
    "/releases/2026/binjiang-daqiao-yaoyan/attachments/"
    "12cdcf5cc89ce9055f7ea8dbdc28c33378b1d10477ef60808b567eb73eb3d305.jpg"
)
DIGEST = "1b3752d292bdfb33ebf70b19650315807ff577b71c62f3bd86389b2b76021cec"
ATOM, RSS, JSON = "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"
LEDGER = "/record/ledger.jsonl"
CASES: dict[str, tuple[Callable[[Channel], None], Told]] = {
    "an id that is there twice": (
        _twice,
        [
            ("ids", "fault", JSON, f"{RELEASE} is there twice"),
            ("same", "fault", JSON, f"not the same entries in the same order as {RSS}"),
        ],
    ),
    "a page that is missing": (_without(f"{PAGE}index.html"), [("page", "fault", f"/{PAGE}", "HTTP 403")]),
    "a twin that is missing": (
        _without(f"{PAGE}index.json"),
        [("page", "fault", f"/{PAGE}index.json", "HTTP 404")],
    ),
    "an archive that is missing": (
        _without("feeds/archive/all/1.atom"),
        [("archive", "fault", "/feeds/archive/all/1.atom", "HTTP 404")],
    ),
    "an archive that is none": (
        _edited("feeds/archive/all/1.atom", "<fh:archive/>", ""),
        [
            (
                "archive",
                "fault",
                "/feeds/archive/all/1.atom",
                "it does not say that it is an archive (fh:archive)",
            )
        ],
    ),
    "a circle of archives": (
        _edited("feeds/archive/all/2.atom", "archive/all/1.atom", "archive/all/2.atom", -1),
        [("archive", "fault", "/feeds/archive/all/2.atom", "the chain of archives runs in a circle")],
    ),
    "an index that has lost count": (
        _edited("feeds/index.json", '"entries": 28', '"entries": 29'),
        [
            (
                "archive",
                "fault",
                ATOM,
                "28 entries in the feed and 3 archives; feeds/index.json says 29 in 3",
            )
        ],
    ),
    "a wrong length of an enclosure": (
        _everywhere("41781", "41782"),
        [("enclosure", "fault", PICTURE, "41781 bytes, declared are 41782")],
    ),
    "a time without an offset": (
        _edited("feeds/all.rss", "16:00:04 +0800</pubDate>", "16:00:04</pubDate>"),
        [("dates", "fault", RSS, f"{RELEASE}: a time without a date or an offset")],
    ),
    "a time of publication behind the update": (
        _edited(
            "feeds/all.rss", "Sat, 21 Nov 2026 16:00:04 +0800</pubDate>", "Sun, 22 Nov 2026 16:00:04 +0800</pubDate>"
        ),
        [
            ("dates", "fault", RSS, f"{RELEASE}: updated before it was published"),
            ("same", "fault", ATOM, f"{RELEASE} is not as in {RSS}"),
            ("same", "fault", JSON, f"{RELEASE} is not as in {RSS}"),
        ],
    ),
    "another text than on the record": (
        _everywhere(DIGEST, DIGEST[::-1]),
        [("gap", "fault", ATOM, "2026/qingnianlu-huozai/fact-3: another SHA-256 than on the record")],
    ),
    "entries out of order": (
        _everywhere("2026-11-20T19:30:04+08:00", "2026-11-22T19:30:04+08:00"),
        [
            ("order", "fault", one, f"{RELEASE.replace('fact-3', 'conference-1')} is newer than the entry above it")
            for one in (RSS, ATOM, JSON)
        ],
    ),
    "another state than on the record": (
        _current,
        [
            (
                "gap",
                "fault",
                ATOM,
                "2026/binjiang-daqiao-yaoyan/fact-1: withdrawn here and not there, feed and record differ",
            )
        ],
    ),
    "a document that is too large": (_padded("feeds/all.json", 900_000), [("size", "fault", JSON, "964600 bytes")]),
    "an answer without an end": (
        _padded("feeds/urgent.json", 5_000_000),
        [("feed", "fault", "/feeds/urgent.json", "the answer has more than 5000000 bytes")],
    ),
    "a document type": (_dtd, [("parses", "fault", ATOM, "it declares a DTD, which consumers refuse")]),
    "no feed where one should be": (
        _edited("feeds/urgent.rss", "rss", "xml", -1),
        [("parses", "fault", "/feeds/urgent.rss", "this is no RSS feed")],
    ),
    "a hub that has no address": (
        _edited("feeds/all.json", '"feed_url"', '"hubs": [{"type": "WebSub", "url": "hub"}], "feed_url"'),
        [("hub", "fault", JSON, "hub hub")],
    ),
    "a feed that is behind": (
        _edited("latest.json", '"revision": 1', '"revision": 2'),
        [("latest", "fault", "/latest.json", f"{RELEASE} is not in feeds/all in this revision")],
    ),
    "a sitemap that is behind": (
        _edited("sitemap.xml", PAGE, "releases/2026/x/"),
        [("sitemap", "fault", "/sitemap.xml", f"/{PAGE} is missing")],
    ),
    "a news sitemap that is behind": (
        _edited("sitemap-news.xml", PAGE, "releases/2026/x/"),
        [("sitemap", "fault", "/sitemap-news.xml", f"/{PAGE} is missing")],
    ),
    "a record that is behind": (
        _older_record,
        [
            ("behind", "fault", LEDGER, "2 line(s) behind releases/ since 2026-11-21T16:00:04+08:00"),
            ("gap", "fault", "/feeds/index.json", "sequence 60, the record has 58"),
            ("gap", "fault", "/latest.json", "sequence 61, the record has 59"),
        ],
    ),
    "a record that was edited": (
        _edited("record/ledger.jsonl", "fact-3", "fact-4"),
        [
            ("record", "fault", LEDGER, "line 19: this line was edited: line 20 names another digest for it"),
            ("behind", "fault", LEDGER, "it is not the record in releases/"),
        ],
    ),
    "a record that is missing": (
        _without("record/ledger.jsonl"),
        [("record", "fault", LEDGER, "HTTP 404")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_by_its_name_and_nothing_else(
    name: str, channel: Channel, told: Callable[..., tuple[int, Told]]
) -> None:
    edit, expected = CASES[name]
    edit(channel)
    assert told() == (1, expected)


def test_bytes_of_an_attachment_are_read_only_when_asked(
    channel: Channel, told: Callable[..., tuple[int, Told]]
) -> None:
    (path,) = channel.site.glob("releases/2026/binjiang-daqiao-yaoyan/attachments/*.jpg")
    path.write_bytes(b"x" * path.stat().st_size)
    address = f"/{path.relative_to(channel.site).as_posix()}"
    assert told() == (0, [])
    assert told("--deep") == (1, [("enclosure", "fault", address, "another SHA-256 than declared")])


LISTS = ("/feeds/index.json", "/latest.json", RSS, ATOM, JSON)


def test_a_server_without_validators_is_named(told: Callable[..., tuple[int, Told]]) -> None:
    seen = "neither ETag nor Last-Modified"
    found = told(server=f'{SERVER} etag off; if_modified_since off; add_header Last-Modified "";')
    assert found == (1, [("conditional", "fault", one, seen) for one in LISTS])


def test_a_server_that_never_says_not_modified_is_named(told: Callable[..., tuple[int, Told]]) -> None:
    _, found = told(server=f'{SERVER} if_modified_since off; etag off; add_header ETag "\\"1\\"";')
    assert {one[1:3] for one in found} == {("fault", one) for one in LISTS}
    assert {one[3].partition(":")[0] for one in found} == {"If-None-Match", "If-Modified-Since"}


def test_a_cache_that_keeps_feeds_for_a_day_is_named(told: Callable[..., tuple[int, Told]]) -> None:
    found = told(server=SERVER.replace("max-age=60", "max-age=86400"))
    assert found == (1, [("cache", "fault", one, "Cache-Control: max-age=86400") for one in LISTS])


def test_no_cache_control_and_no_compression_are_warnings(told: Callable[..., tuple[int, Told]]) -> None:
    code, found = told(server=TYPES)
    assert (code, {one[1] for one in found}) == (0, {"warning"})
    assert [one[0] for one in found] == ["cache"] * len(LISTS) + ["compression"]


def test_a_wrong_type_is_named(told: Callable[..., tuple[int, Told]]) -> None:
    _, found = told(server=SERVER.replace("application/atom+xml atom;", ""))
    assert {(one[0], one[1], one[3]) for one in found} == {("content-type", "fault", "Content-Type: text/plain")}


def test_a_redirect_is_followed_and_told(channel: Channel, told: Callable[..., tuple[int, Told]]) -> None:
    (channel.site / "latest.json").rename(channel.site / "moved.json")
    found = told(server=f"{SERVER} rewrite ^/latest.json$ {channel.url}moved.json redirect;")
    assert found == (0, [("latest", "warning", "/latest.json", "it redirects to /moved.json")])


def test_redirects_without_an_end_are_a_fault(channel: Channel, told: Callable[..., tuple[int, Told]]) -> None:
    _, found = told(server=f"{SERVER} rewrite ^/sitemap.xml$ {channel.url}sitemap.xml redirect;")
    assert [one[1:] for one in found] == [
        ("warning", "/sitemap.xml", "it redirects to /sitemap.xml"),
        ("fault", "/sitemap.xml", "it redirects again and again"),
    ]
