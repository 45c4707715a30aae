"""A line that breaks, a disk that is full, a store that stumbles: nothing half, nothing lost, and words to act on."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import program
from greenchannel.delivery.delivering import Delivered, deliver, make_site
from greenchannel.delivery.journal import Journal
from greenchannel.delivery.targets import Target, TargetError
from greenchannel.delivery.targets.rsync import RsyncTarget
from greenchannel.delivery.targets.s3 import S3Target
from greenchannel.portal.plan import Stage, given
from servers import SshServer, Store, free_port

PAGES = 6


def edition(folder: Path, number: int) -> Delivered:
    """Each edition has more pages and changes the old ones; the list and the feed name them all, a line each."""
    names = [f"pages/{one}.html" for one in range(PAGES * number)]
    steps = [given(Stage.PAGE, name, (f"edition {number} of {name}\n" * 400).encode()) for name in names]
    named = "".join(f"{name}\n" for name in names).encode()
    steps += [given(Stage.LIST, "index.html", named), given(Stage.FEED, "feeds/all.rss", named)]
    return make_site(steps, folder / "site", Journal(folder / "site.jsonl"), 1_700_000_000 + number, _silent)


def _silent(_where: str, _done: int, _due: int) -> None:
    pass


def served(folder: Path) -> dict[str, bytes]:
    """What a web server shows: files whose name begins with a dot are parts that have not arrived."""
    found = (one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}


def send(folder: Path, done: Delivered, target: Target) -> None:
    deliver(done, folder / "site", target, Journal(folder / "target.jsonl"), _silent, compare_all=False)


def torn(stands: dict[str, bytes], *editions: dict[str, bytes]) -> list[str]:
    return [path for path, data in stands.items() if data not in [one.get(path) for one in editions]]


def dangling(stands: dict[str, bytes]) -> list[str]:
    lists = [stands[one].decode().splitlines() for one in ("index.html", "feeds/all.rss") if one in stands]
    return [name for names in lists for name in names if name not in stands]


@pytest.fixture
def second(tmp_path: Path) -> tuple[Delivered, dict[str, bytes]]:
    """The first edition stands at www; the second is to be sent. With the first one's files."""
    first = edition(tmp_path, 1)
    shutil.copytree(tmp_path / "site", tmp_path / "www")
    Journal(tmp_path / "target.jsonl").note({path: {"sha256": digest} for path, digest in first.files.items()})
    before = served(tmp_path / "www")
    return edition(tmp_path, 2), before


# New pages, changed pages, list, feed: each is sent and then read back.
@pytest.mark.parametrize(("call", "received"), [(0, 1), (0, 400), (1, 100), (2, 600), (4, 300), (6, 300)])
def test_rsync_killed_in_the_middle_leaves_nothing_half_and_the_next_run_completes(
    call: int, received: int, sshd: SshServer, tmp_path: Path, second: tuple[Delivered, dict[str, bytes]]
) -> None:
    done, before = second
    target = RsyncTarget(sshd.place("www", tmp_path / "www"))
    with sshd.fault(f"cut {received} {call}") as log, pytest.raises(TargetError):
        send(tmp_path, done, target)
    assert [one == "fired" for one in log()] == [False] * call + [True]
    stands, whole = served(tmp_path / "www"), served(tmp_path / "site")
    assert (torn(stands, before, whole), dangling(stands)) == ([], [])
    send(tmp_path, done, target)
    assert served(tmp_path / "www") == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "www").mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(tmp_path / "www")], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip(f"mounting is not permitted here: {mount.stderr.decode()}")
    yield tmp_path / "www"
    subprocess.run(["umount", str(tmp_path / "www")], check=True)


def test_a_full_disk_is_told_and_the_next_run_completes(sshd: SshServer, tmp_path: Path, small_disk: Path) -> None:
    done, target = edition(tmp_path, 2), RsyncTarget(sshd.place("www", small_disk))
    with pytest.raises(TargetError, match="disk is full"):
        send(tmp_path, done, target)
    assert torn(served(small_disk), served(tmp_path / "site")) == []
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    send(tmp_path, done, target)
    assert served(small_disk) == served(tmp_path / "site")


def test_what_the_far_side_makes_of_a_link_in_the_site_is_not_left_to_chance(sshd: SshServer, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.html").symlink_to("/etc/hostname")
    with pytest.raises(TargetError, match="link"):
        RsyncTarget(sshd.place("www", tmp_path / "www")).put(tmp_path / "site", ["a.html"])


def told_by_rsync(target: RsyncTarget, tmp_path: Path) -> str:
    (tmp_path / "www").mkdir(exist_ok=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.html").write_bytes(b"a")
    with pytest.raises(TargetError) as caught:
        target.put(tmp_path / "site", ["a.html"])
    assert not (tmp_path / "www/a.html").exists()
    return str(caught.value)


def test_an_unknown_host_key_stops_everything(sshd: SshServer, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").touch()
    place = replace(sshd.place("www", tmp_path / "www"), known_hosts=str(tmp_path / "known_hosts"))
    assert "host key is not known here" in told_by_rsync(RsyncTarget(place), tmp_path)


def test_a_key_that_the_server_does_not_know_is_told(sshd: SshServer, tmp_path: Path) -> None:
    keygen = program("openssh-client", "ssh-keygen")
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "another")], check=True)
    place = replace(sshd.place("www", tmp_path / "www"), identity=str(tmp_path / "another"))
    assert "does not let us in" in told_by_rsync(RsyncTarget(place), tmp_path)


def test_a_server_without_rsync_is_told(sshd: SshServer, tmp_path: Path) -> None:
    with sshd.fault("missing") as log:
        told = told_by_rsync(RsyncTarget(sshd.place("www", tmp_path / "www")), tmp_path)
    assert ("not installed there" in told, log()) == (True, ["fired"])


def test_a_port_where_nobody_listens_is_told(sshd: SshServer, tmp_path: Path) -> None:
    port = free_port()
    place = replace(sshd.place("www", tmp_path / "www"), port=port)
    assert f"cannot be reached at port {port}" in told_by_rsync(RsyncTarget(place), tmp_path)


def test_a_server_that_never_answers_is_given_up(sshd: SshServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        place = replace(sshd.place("www", tmp_path / "www"), port=mute.getsockname()[1])
        assert "no answer in time" in told_by_rsync(RsyncTarget(place, seconds=1), tmp_path)


def test_a_machine_without_rsync_says_what_to_install(
    sshd: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = RsyncTarget(sshd.place("www", tmp_path / "www"))
    assert "rsync is not installed here" in told_by_rsync(target, tmp_path)


@pytest.mark.parametrize("fault", ["500", "lost answer"])
def test_a_store_that_stumbles_once_is_asked_again(fault: str, store: Store, tmp_path: Path) -> None:
    done = edition(tmp_path, 1)
    store.line.fault = lambda method, _path: fault if method == "PUT" and store.line.fired < 3 else ""
    send(tmp_path, done, S3Target(store.place("www")))
    assert store.line.fired == 3
    assert store.files() == served(tmp_path / "site")


@pytest.mark.parametrize(
    ("method", "name"), [("PUT", "pages/3"), ("GET", "pages/3"), ("HEAD", "index"), ("PUT", "feeds")]
)
def test_a_store_that_goes_on_stumbling_is_left_to_the_next_run(
    method: str, name: str, store: Store, tmp_path: Path
) -> None:
    done, target = edition(tmp_path, 1), S3Target(store.place("www"))
    store.line.fault = lambda asked, path: "500" if asked == method and name in path and "list-type" not in path else ""
    with pytest.raises(TargetError):
        send(tmp_path, done, target)
    assert store.line.fired > 1
    assert (torn(store.files(), served(tmp_path / "site")), dangling(store.files())) == ([], [])
    store.line.reset()
    send(tmp_path, done, target)
    assert store.files() == served(tmp_path / "site")


def told_by_store(store: Store, tmp_path: Path, target: S3Target | None = None) -> str:
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "site/a.html").write_bytes(b"ours")
    with pytest.raises(TargetError) as caught:
        (target or S3Target(store.place("www"))).put(tmp_path / "site", ["a.html"])
    return str(caught.value)


def test_a_store_that_does_not_answer_is_given_up(store: Store, tmp_path: Path) -> None:
    store.line.fault = lambda _method, _path: "silence"
    assert "does not answer in time" in told_by_store(store, tmp_path, S3Target(store.place("www"), seconds=1))
    assert store.line.fired > 1


@pytest.mark.parametrize("before", [None, b"old"])
def test_what_somebody_else_wrote_at_the_same_moment_is_not_overwritten(
    before: bytes | None, store: Store, tmp_path: Path
) -> None:
    key = {"Bucket": store.bucket, "Key": "www/a.html"}
    if before:
        store.client().put_object(**key, Body=before)

    def meanwhile(method: str, _path: str) -> str:
        if method == "PUT":
            store.line.fired += 1
            store.client().put_object(**key, Body=b"theirs")
        return ""

    store.line.fault = meanwhile
    told = told_by_store(store, tmp_path)
    assert ("somebody else" in told, store.line.fired > 0, store.files()) == (True, True, {"a.html": b"theirs"})


def test_a_bucket_that_is_not_there_is_told(store: Store, tmp_path: Path) -> None:
    target = S3Target(replace(store.place("www"), bucket="no-such-bucket"))
    assert "there is no such bucket" in told_by_store(store, tmp_path, target)


def test_a_store_that_denies_access_is_told(store: Store, tmp_path: Path) -> None:
    store.line.fault = lambda _method, _path: "403"
    assert "access denied" in told_by_store(store, tmp_path)
    assert store.line.fired > 0


def test_missing_credentials_are_told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "no credentials" in told_by_store(store, tmp_path)


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("index.html", "text/html; charset=utf-8", "public, max-age=60"),
        ("feeds/all.rss", "application/rss+xml; charset=utf-8", "public, max-age=60"),
        ("feeds/all.json", "application/feed+json; charset=utf-8", "public, max-age=60"),
        ("feeds/archive/all/1.atom", "application/atom+xml; charset=utf-8", "public, max-age=86400"),
        ("search/index/0123456789abcdef/1f.bin", "application/octet-stream", "public, max-age=86400"),
        ("search/index/entry.json", "application/json; charset=utf-8", "public, max-age=60"),
        ("feeds/index.json", "application/json; charset=utf-8", "public, max-age=60"),
        ("record/ledger.jsonl", "application/x-ndjson; charset=utf-8", "public, max-age=60"),
        ("404.html", "text/html; charset=utf-8", "no-store"),
        ("releases/2026/a/fact-1/r1.md", "text/markdown; charset=utf-8", "public, max-age=31536000, immutable"),
        (f"releases/2026/a/attachments/{'0' * 64}.pdf", "application/pdf", "public, max-age=31536000, immutable"),
        ("releases/2026/a/fact-1/map.png", "image/png", "public, max-age=60"),
    ],
)
def test_a_store_tells_readers_what_a_file_is_and_how_long_it_keeps(
    path: str, kind: str, kept: str, store: Store, tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(b"a")
    S3Target(store.place("www")).put(tmp_path, [path])
    found = store.client().head_object(Bucket=store.bucket, Key=f"www/{path}")
    assert (found["ContentType"], found["CacheControl"]) == (kind, kept)
