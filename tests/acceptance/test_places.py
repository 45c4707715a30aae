"""Places where the site is put: receipts for each, and one that is down stops none and is caught up with."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import STORE_ENVIRONMENT, Clock, Run, read_files, until
from greenchannel.desk.settings import Settings
from greenchannel.handwritten import STATE
from servers import SshServer, Store, free_port

MIRROR = "      mirror: {directory: ../mirror}\n"
WITHDRAWN = "2026/chengbei-tingshui/fact-1"


pytestmark = pytest.mark.standing


def configure(office: Settings, *lines: str) -> None:
    path = office.home / "mkdocs.yml"
    text = path.read_text("utf-8").replace("    footer:\n", "    targets:\n" + "".join(lines) + "    footer:\n")
    path.write_text(text, "utf-8")


def seen_at(office: Settings, target: str) -> int:
    lines = (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()
    return sum(one["event"] == "visible" and one["target"] == target for one in map(json.loads, lines))


def public_revisions(office: Settings) -> int:
    events = [json.loads(one) for one in (office.releases / "ledger.jsonl").read_text("utf-8").splitlines()]
    withdrawn = {one["id"] for one in events if one["event"] == "withdrawn"}
    return sum(one["event"] in {"published", "corrected"} and one["id"] not in withdrawn for one in events)


def test_a_mirror_gets_the_site_and_a_receipt_for_every_revision(office_home: Settings, run: Run) -> None:
    configure(office_home, "      site: {directory: site}\n", "      mirror: {directory: ../www}\n")
    (office_home.home.parent / "www").mkdir()
    code, _, _ = run("build")
    assert code == 0
    assert seen_at(office_home, "mirror") == public_revisions(office_home)
    assert read_files(office_home.home.parent / "www") == read_files(office_home.site)


def test_a_second_build_sends_nothing(office_home: Settings, run: Run) -> None:
    configure(office_home, "      mirror: {directory: ../www}\n")
    (office_home.home.parent / "www").mkdir()
    run("build")
    code, shown, _ = run("build", "--format", "json")
    result = json.loads(shown)
    assert (code, result["made"], result["sent"]) == (0, 0, {"mirror": 0})


def test_a_place_that_is_down_is_told_of_and_stops_no_other(office_home: Settings, run: Run) -> None:
    configure(office_home, "      gone: {directory: ../gone}\n", "      mirror: {directory: ../www}\n")
    (office_home.home.parent / "www").mkdir()
    code, _, errors = run("build")
    assert (code, "gone" in errors, seen_at(office_home, "gone")) == (1, True, 0)
    assert seen_at(office_home, "mirror") == public_revisions(office_home)


def test_a_place_inside_the_newsroom_is_refused(office_home: Settings, run: Run) -> None:
    configure(office_home, "      mirror: {directory: content/pages}\n")
    code, _, errors = run("build")
    assert (code, "newsroom itself" in errors) == (2, True)


def test_a_clean_build_names_what_nothing_makes_and_mends_the_rest(office_home: Settings, run: Run) -> None:
    run("build")
    (office_home.site / "stray.html").write_text("old")
    (office_home.site / "index.html").write_text("harmed")
    code, shown, _ = run("build", "--clean", "--format", "json")
    result = json.loads(shown)
    assert (code, result["written"], result["orphans"]) == (0, ["index.html"], ["stray.html"])


@pytest.fixture
def www(tmp_path: Path) -> Path:
    (tmp_path / "www").mkdir()
    return tmp_path / "www"


def rsync_line(server: SshServer, www: Path, **changed: int) -> str:
    place = replace(server.place("web", www), **changed)  # type: ignore[arg-type]  # Only the port is changed.
    return (
        f"      web: {{rsync: '{place.host}:{www}', port: {place.port}, identity: {place.identity}, "
        f"known_hosts: {place.known_hosts}}}\n"
    )


def store_line(store: Store) -> str:
    place = store.place("store")
    return f"      store: {{s3: {place.bucket}/www, endpoint: '{place.endpoint}', region: {place.region}}}\n"


def greenchannel(office: Settings, *arguments: str) -> subprocess.Popen[str]:
    command = (sys.executable, "-m", "greenchannel", "--home", str(office.home), "--lang", "en", *arguments)
    environment = {**os.environ, **STORE_ENVIRONMENT}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    "down", ["mirror", *(pytest.param(one, marks=pytest.mark.torture) for one in ("web", "store"))]
)
def test_one_of_three_that_is_down_stops_no_other_and_gets_all_with_the_next_build(
    down: str, office_home: Settings, sshd: SshServer, store: Store, www: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    lines = {
        "mirror": "      mirror: {directory: ../mirror}\n",
        "web": rsync_line(sshd, www),
        "store": store_line(store),
    }
    port = free_port()
    if down == "web":
        lines["web"] = rsync_line(sshd, www, port=port)
    if down != "mirror":
        mirror.mkdir()
    store.line.fault = lambda _method, _path: "403" if down == "store" else ""
    configure(office_home, *lines.values())

    failing = greenchannel(office_home, "build", "--format", "json")
    shown, errors = failing.communicate()
    assert (failing.returncode, list(json.loads(shown)["failed"])) == (1, [down]), errors
    seen = {name: seen_at(office_home, name) for name in lines}
    assert seen == {name: 0 if name == down else public_revisions(office_home) for name in lines}

    mirror.mkdir(exist_ok=True)
    store.line.reset()
    path = office_home.home / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace(f"port: {port},", f"port: {sshd.port},"), "utf-8")
    mending = greenchannel(office_home, "build", "--format", "json")
    shown, errors = mending.communicate()
    assert (mending.returncode, json.loads(shown)["failed"]) == (0, {}), errors
    assert seen_at(office_home, down) == public_revisions(office_home)
    assert read_files(mirror) == read_files(www) == store.files() == read_files(office_home.site)


def test_a_fresh_checkout_sends_nothing_that_stands_there_already(
    office_home: Settings, run: Run, sshd: SshServer, www: Path
) -> None:
    configure(office_home, rsync_line(sshd, www))
    run("build")
    times = {one: one.stat().st_mtime_ns for one in www.rglob("*.html")}
    for journal in (office_home.home / STATE).glob("web-*"):
        journal.unlink()
    assert json.loads(run("build", "--format", "json")[1])["sent"] == {"web": 0}
    assert {one: one.stat().st_mtime_ns for one in www.rglob("*.html")} == times


@pytest.mark.torture
@pytest.mark.parametrize("kind", ["directory", "rsync"])
def test_a_correction_from_a_fresh_checkout_gets_a_later_time_though_the_record_has_none(
    kind: str, office_home: Settings, run: Run, clock: Clock, request: pytest.FixtureRequest, www: Path
) -> None:
    lines = {"directory": "      web: {directory: ../www}\n"}
    if kind == "rsync":
        lines["rsync"] = rsync_line(request.getfixturevalue("sshd"), www)
    configure(office_home, lines[kind])
    run("build")
    before = (www / "about/index.html").stat()
    shutil.rmtree(office_home.site)
    shutil.rmtree(office_home.home / STATE)
    page = office_home.content / "pages/about.md"
    page.write_text(page.read_text("utf-8").replace("公开", "公布"), "utf-8")
    clock.now += timedelta(minutes=1)
    assert run("build")[0] == 0
    after = (www / "about/index.html").stat()
    assert (after.st_size, after.st_mtime > before.st_mtime) == (before.st_size, True)
    assert "公布" in (www / "about/index.html").read_text("utf-8")


def test_a_name_that_means_another_place_now_starts_from_nothing(
    office_home: Settings, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    configure(office_home, "      web: {directory: ../old}\n")
    run("build")
    path = office_home.home / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace("../old", "../new"), "utf-8")
    run("build")
    assert read_files(tmp_path / "new") == read_files(office_home.site)


@pytest.mark.torture
def test_a_build_that_was_killed_keeps_the_next_one_waiting_while_its_rsync_still_sends(
    office_home: Settings, sshd: SshServer, www: Path
) -> None:
    configure(office_home, rsync_line(sshd, www))
    with sshd.fault("hold") as log, greenchannel(office_home, "build") as killed:
        while not log():
            assert killed.poll() is None
            time.sleep(0.05)
        killed.kill()
        killed.wait()
        (place,) = (office_home.home / STATE / "outbox").iterdir()
        assert (log(), is_locked(place)) == (["held"], True)
    while is_locked(place):
        time.sleep(0.05)
    done = greenchannel(office_home, "build")
    done.communicate()
    assert (done.returncode, read_files(www)) == (0, read_files(office_home.site))


def test_a_place_that_does_not_answer_holds_up_neither_the_record_nor_the_site(
    office_home: Settings, sshd: SshServer, www: Path
) -> None:
    configure(office_home, "      site: {directory: site}\n", MIRROR, rsync_line(sshd, www))
    (www.parent / "mirror").mkdir()
    with sshd.fault("hold") as log:
        sending = greenchannel(office_home, "build")
        until(log)
        until(lambda: seen_at(office_home, "mirror") == public_revisions(office_home))
        withdrawing = greenchannel(office_home, "withdraw", WITHDRAWN, "--by", "lu-wanqing", "--reason", "数据有误。")
        page = office_home.site / f"releases/{WITHDRAWN}/index.html"
        until(lambda: "数据有误。" in page.read_text("utf-8"))
        assert sending.poll() is None
    told, errors = withdrawing.communicate()
    sending.communicate()
    assert (withdrawing.returncode, sending.returncode) == (0, 0), errors
    assert (told, errors) == (
        f"withdrawn {WITHDRAWN}\n",
        "web: another run is sending there; waiting until it has ended\n",
    )
    assert read_files(www) == read_files(office_home.site) == read_files(www.parent / "mirror")


def test_a_place_where_another_run_sends_for_too_long_is_given_up(
    office_home: Settings, run: Run, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(office_home, "      web: {directory: ../www}\n")
    run("build")
    monkeypatch.setattr("greenchannel.sending.PATIENCE_SECONDS", 0.3)
    (place,) = (office_home.home / STATE / "outbox").iterdir()
    descriptor = os.open(place, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    release = threading.Timer(30, os.close, (descriptor,))  # Whoever waits for ever waits no longer than this.
    release.start()
    code, _, errors = run("build")
    assert release.is_alive()
    release.cancel()
    os.close(descriptor)
    assert (code, "web: another run has been sending there for" in errors) == (1, True)
    assert (run("build")[0], read_files(www)) == (0, read_files(office_home.site))


def test_a_pipe_at_a_place_is_told_of_and_keeps_nobody_waiting(office_home: Settings, www: Path) -> None:
    configure(office_home, "      web: {directory: ../www}\n")
    os.mkfifo(www / "index.html")
    building = greenchannel(office_home, "build")
    try:
        _, errors = building.communicate(timeout=60)
    finally:
        building.kill()
    said = f"{www / 'index.html'}: what stands there is no file; remove it"
    assert (building.returncode, said in errors) == (1, True)


def is_locked(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@pytest.mark.torture
def test_a_place_that_fails_when_it_is_asked_for_receipts_is_told_and_stops_no_other(
    office_home: Settings, run: Run, store: Store, www: Path
) -> None:
    configure(office_home, store_line(store), "      mirror: {directory: ../www}\n")
    asked = Counter[str]()

    def again(method: str, path: str) -> str:
        asked[f"{method} {path}"] += 1
        return "403" if method == "GET" and "/releases/" in path and asked[f"GET {path}"] > 1 else ""

    store.line.fault = again
    code, _, errors = run("build")
    assert (code, "store: " in errors, store.line.fired > 0) == (1, True, True)
    assert (seen_at(office_home, "store"), seen_at(office_home, "mirror")) == (0, public_revisions(office_home))
    assert read_files(www) == read_files(office_home.site)


def test_a_site_that_was_lost_is_made_again_from_the_record_alone(office_home: Settings, run: Run) -> None:
    run("build")
    before = read_files(office_home.site)
    shutil.rmtree(office_home.site)
    shutil.rmtree(office_home.home / STATE)
    shutil.rmtree(office_home.content / "incidents")
    assert run("build", "--clean")[0] == 0
    assert read_files(office_home.site) == before
