"""The preview as a browser meets it, over a copy of the sample newsroom."""

import http.client
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import BUILT_AT, Clock, until
from greenchannel.building import build
from greenchannel.delivery.cleaned import Cleaned
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.record import read_record
from greenchannel.desk.checking import check_each
from greenchannel.desk.rules.rule import Context
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.domain.diagnostic import Diagnostic
from greenchannel.domain.errors import GreenchannelError
from greenchannel.noticing import _Handler
from greenchannel.portal import feed_plan, incident_plan, pages, site
from greenchannel.portal.confinement import Renderer
from greenchannel.portal.plan import Planned
from greenchannel.preview import Preview
from greenchannel.previewed import Artifacts, InTurns, Kept
from greenchannel.serving import Snapshot, answer

SAMPLE = Path(__file__).parents[2]
INCIDENT = "incidents/2026/shewai-yanchu"
PAGE = "/releases/2026/shewai-yanchu/fact-9/"


class Browser:
    """`reported` are the snapshots that were told of: what was checked, too."""

    def __init__(self, home: Path, preview: Preview, reported: list[Snapshot]) -> None:
        self.home, self.preview, self.reported = home, preview, reported

    def get(self, path: str, host: str | None = None) -> tuple[int, str]:
        status, body, _ = self.full(path, host)
        return status, body

    def full(self, path: str, host: str | None = None) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection(urlsplit(self.preview.url).netloc, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host} if host else {})
            response = connection.getresponse()
            return response.status, response.read().decode(), dict(response.getheaders())
        finally:
            connection.close()

    def save(self, name: str, change: Callable[[str], str]) -> None:
        """Saves a file of the desk and waits until the preview has seen and checked it."""
        before = len(self.reported)
        path = self.home / "content" / name
        path.write_text(change(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
        self.wait(before + 1)

    def wait(self, count: int) -> None:
        """Until the preview has told so many times that it has made and checked everything."""
        deadline = time.monotonic() + 20
        while len(self.reported) < count:
            assert time.monotonic() < deadline, "the preview did not notice"
            time.sleep(0.05)


def draft(home: Path) -> None:
    folder = home / "content" / INCIDENT
    text = (folder / "fact-1.md").read_text(encoding="utf-8")
    (folder / "fact-9.md").write_text(text, encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("content", "templates", "releases"):
        shutil.copytree(SAMPLE / name, tmp_path / name)
    shutil.copy(SAMPLE / "mkdocs.yml", tmp_path)
    return tmp_path


@contextmanager
def previewed(home: Path) -> Iterator[Browser]:
    draft(home)
    reported = list[Snapshot]()
    preview = Preview(home, 0, Clock(BUILT_AT), lambda text: text, reported.append)
    thread = threading.Thread(target=preview.run)
    thread.start()
    try:
        yield Browser(home, preview, reported)
    finally:
        preview.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture
def browser(home: Path) -> Iterator[Browser]:
    with previewed(home) as found:
        found.wait(1)
        yield found


def test_a_draft_is_served_and_marked(browser: Browser) -> None:
    status, page, headers = browser.full(PAGE)
    assert status == 200
    assert "草稿" in page
    assert '<script src="/-/preview.js" defer></script>' in page
    assert "/-/diagnostics" not in page
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "本页尚未审签发布" in page
    assert "本页尚未审签发布" not in browser.get("/releases/2026/shewai-yanchu/fact-1/")[1]


def test_an_edit_of_a_public_text_is_compared_and_marked_as_a_draft(browser: Browser) -> None:
    browser.save(f"{INCIDENT}/fact-1.md", lambda text: text + "\n刚刚补上的一段。\n")
    status, page = browser.get(f"{PAGE.replace('fact-9', 'fact-1')}r2/")
    assert status == 200
    assert [word in page for word in ("草稿预览", "尚无变更说明", "<ins>")] == [True, True, True]


def test_pages_assets_and_addresses(browser: Browser) -> None:
    assert browser.get("/about/")[0] == 200
    headers = browser.full("/assets/portal.css")[2]
    assert (headers["Content-Type"], headers["X-Robots-Tag"]) == ("text/css; charset=utf-8", "none")
    assert browser.full(PAGE.rstrip("/"))[2]["Location"] == PAGE
    status, page = browser.get("/no/such/page/")
    assert status == 404
    assert "没有找到页面" in page


def test_a_saved_edit_changes_version_and_page(browser: Browser) -> None:
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text + "\n刚刚改过的一句。\n")
    assert "刚刚改过的一句。" in browser.get(PAGE)[1]
    time.sleep(0.6)
    version = browser.get("/-/version")[1]
    time.sleep(0.6)
    assert browser.get("/-/version")[1] == version, "reading must not start a rebuild"


def test_a_broken_file_is_named_and_stops_nothing_else(browser: Browser) -> None:
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text.replace("type: fact", "type: <b>rumour"))
    status, page = browser.get("/-/diagnostics")
    assert status == 200
    assert f"content/{INCIDENT}/fact-9.md:" in page
    assert " S0" in page
    assert "<b>" not in page
    status, page = browser.get("/releases/2026/shewai-yanchu/fact-1/")
    assert status == 200
    assert 'href="/-/diagnostics"' in page


def test_a_broken_template_leaves_the_last_good_pages(browser: Browser) -> None:
    template = browser.home / "templates/release.html"
    good = template.read_text(encoding="utf-8")
    browser.save("../templates/release.html", lambda _: "{% if %}")
    assert "TemplateSyntaxError" in browser.get("/-/diagnostics")[1]
    assert browser.get(PAGE)[0] == 200
    browser.save("../templates/release.html", lambda _: good)
    assert "/-/diagnostics" not in browser.get(PAGE)[1]


def test_what_nobody_looks_at_is_not_made(browser: Browser) -> None:
    """Else it could not be served with a page that cannot be made."""
    address = f"/releases/{INCIDENT.removeprefix('incidents/')}/"
    browser.save("../templates/incident.html", lambda text: text + "{% if %}")
    status, page = browser.get(address)
    assert status == 500
    assert "TemplateSyntaxError" in page
    assert browser.get("/")[0] == 200
    browser.save("../templates/incident.html", lambda text: text.removesuffix("{% if %}"))
    assert browser.get(address)[0] == 200


def test_what_somebody_looks_at_is_made_with_each_save(browser: Browser) -> None:
    """So that what is wrong with it is told at once, and the last good pages stay."""
    address = f"/releases/{INCIDENT.removeprefix('incidents/')}/"
    before = browser.get(address)
    assert before[0] == 200
    browser.save("../templates/incident.html", lambda text: text + "{% if %}")
    assert any("TemplateSyntaxError" in one for one in browser.preview.snapshot.problems)
    status, page = browser.get(address)
    assert status == 200
    assert without_extras(page) == without_extras(before[1])


def without_extras(page: str) -> str:
    """What the preview itself adds stands behind everything else."""
    return page.partition('<meta name="preview-version"')[0].partition('<link rel="stylesheet" href="/-/')[0]


@contextmanager
def checks_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """No check of the desk comes to its end before what is given is called."""
    goes_on, check = threading.Event(), Preview._check  # noqa: SLF001

    def late(*arguments: Any) -> Any:
        assert goes_on.wait(60)
        return check(*arguments)

    monkeypatch.setattr(Preview, "_check", late)
    try:
        yield goes_on.set
    finally:
        goes_on.set()


def test_a_page_is_there_before_the_desk_is_checked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / f"content/{INCIDENT}/broken.md").write_text("---\n类型: 无\n---\n", encoding="utf-8")
    with checks_held(monkeypatch) as held, previewed(home) as browser:
        status, page = browser.get(PAGE)
        held()
        browser.wait(1)
        told = browser.get("/-/diagnostics")[1]
        version = browser.get("/-/version")[1]
    assert (status, "/-/diagnostics" in page, "broken.md" in told, version in page) == (200, False, True, False)


def test_a_check_that_finds_nothing_new_makes_no_page_load_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path = len(browser.reported), browser.home / f"content/{INCIDENT}/fact-9.md"
    with checks_held(monkeypatch) as held:
        path.write_text(path.read_text("utf-8") + "\n又一段。\n", "utf-8")
        until(lambda: "又一段。" in browser.get(PAGE)[1])
        page = browser.get(PAGE)[1]
        held()
        browser.wait(before + 1)
    assert f'content="{browser.get("/-/version")[1]}"' in page


def test_a_page_is_there_before_everything_else_is_looked_at(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, opened = len(browser.reported), list[object]()
    goes_on, look = threading.Event(), Preview._look  # noqa: SLF001

    def late(preview: Preview, settings: Settings, changed: Collection[Path] | None) -> Any:
        opened.append(changed)
        assert changed is not None or goes_on.wait(60)
        return look(preview, settings, changed)

    monkeypatch.setattr(Preview, "_look", late)
    path = browser.home / f"content/{INCIDENT}/fact-9.md"
    try:
        path.write_text(path.read_text("utf-8") + "\n又一段。\n", "utf-8")
        until(lambda: "又一段。" in browser.get(PAGE)[1])
    finally:
        goes_on.set()
    browser.wait(before + 1)
    assert opened == [frozenset({path}), None]


def test_a_page_that_was_shown_stays_where_the_look_at_everything_else_fails(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Preview._look  # noqa: SLF001

    def failing(preview: Preview, settings: Settings, changed: Collection[Path] | None) -> Any:
        if changed is None:
            raise OSError("the disk does not answer")
        return look(preview, settings, changed)

    monkeypatch.setattr(Preview, "_look", failing)
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text + "\n又一段。\n")
    assert "又一段。" in browser.get(PAGE)[1]
    assert "the disk does not answer" in browser.get("/-/diagnostics")[1]


def test_who_goes_on_writing_does_not_put_off_the_check_for_ever(home: Path) -> None:
    preview = Preview(home, 0, Clock(BUILT_AT), lambda text: text, lambda _: None)
    preview._notice.changed.set()  # noqa: SLF001  # As if something had been saved in each moment.
    put_off = [preview._is_put_off() for _ in range(30)]  # noqa: SLF001
    preview._server.server_close()  # noqa: SLF001
    assert (put_off[0], put_off[-1]) == (True, False)


def test_who_saves_in_the_middle_of_a_check_does_not_wait_for_its_end(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview, settings = Preview(home, 0, Clock(BUILT_AT), lambda text: text, lambda _: None), read_settings(home)
    preview._cleaned, checked = Cleaned(settings), list[object]()  # noqa: SLF001

    def each(context: Context) -> Iterator[tuple[Diagnostic, ...]]:
        for one in check_each(context):
            checked.append(one)
            preview._notice.changed.set()  # noqa: SLF001  # As if something had been saved in this moment.
            yield one

    monkeypatch.setattr("greenchannel.preview.check_each", each)
    found = preview._check(preview._look(settings, None))  # noqa: SLF001
    preview._server.server_close()  # noqa: SLF001
    assert (found, len(checked)) == (None, 1)


def test_who_saves_again_soon_has_the_look_at_everything_put_off(home: Path) -> None:
    preview = Preview(home, 0, Clock(BUILT_AT), lambda text: text, lambda _: None)
    threading.Timer(0.05, preview._notice.changed.set).start()  # noqa: SLF001
    is_put_off = preview._is_put_off(60)  # noqa: SLF001
    preview._server.server_close()  # noqa: SLF001
    assert is_put_off


def test_everything_is_looked_at_after_a_pause_as_long_as_that_took(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    took, put_off, pauses = browser.preview._pause, Preview._is_put_off, list[float]()  # noqa: SLF001

    def told(preview: Preview, pause: float = 0) -> bool:
        pauses.append(pause)
        return put_off(preview, pause)

    monkeypatch.setattr(Preview, "_is_put_off", told)
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text + "\n又一段。\n")
    assert 0 < took <= 1
    assert pauses[0] == took


def test_a_draft_that_nobody_wrote_on_is_made_behind_the_page_that_somebody_waits_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (browser.home / f"content/{INCIDENT}/fact-1.md").read_text("utf-8")
    browser.save(f"{INCIDENT}/fact-8.md", lambda _: text)
    made, make = list[tuple[str, ...]](), Artifacts.make

    def told(artifacts: Artifacts, paths: Iterable[str]) -> None:
        made.append(together := tuple(paths))
        make(artifacts, together)

    monkeypatch.setattr(Artifacts, "make", told)
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text + "\n又一段。\n")
    pages = [f"releases/2026/shewai-yanchu/{one}/index.html" for one in ("fact-9", "fact-8")]
    assert (made[0], (pages[1],) in made[1:]) == ((pages[0],), True)


def test_what_the_system_lost_is_seen_behind_the_next_thing_that_it_tells_of(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters = _Handler._matters  # noqa: SLF001
    monkeypatch.setattr(_Handler, "_matters", lambda self, path: path.name != "fact-9.md" and matters(self, path))
    (browser.home / f"content/{INCIDENT}/fact-9.md").write_text(
        (browser.home / f"content/{INCIDENT}/fact-1.md").read_text("utf-8") + "\n没有人说起的一段。\n", "utf-8"
    )
    assert "没有人说起的一段。" not in browser.get(PAGE)[1]
    browser.save("incidents/2026/laowu-gaizao/response-1.md", lambda text: text + "\n又一段。\n")
    assert "没有人说起的一段。" in browser.get(PAGE)[1]


def test_a_fault_that_looks_like_a_missing_page_is_a_fault() -> None:
    class Faulty(dict[str, bytes]):
        def __getitem__(self, path: str) -> bytes:
            raise KeyError("a name that a template asked for")

    reply = answer(Snapshot(artifacts=Faulty({"index.html": b""})), "/", str)
    assert (reply.status, "a name that a template asked for" in reply.data.decode()) == (500, True)


def test_no_more_is_planned_than_a_page_takes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, plan_feeds = list[str](), feed_plan.plan_feeds

    def counted(*arguments: Any) -> Iterator[Planned]:
        planned.append("feeds")
        return plan_feeds(*arguments)

    monkeypatch.setattr(site, "plan_feeds", counted)
    with previewed(home) as browser:
        assert [browser.get(one)[0] for one in (PAGE, "/about/", "/urgent.css", "/assets/portal.css")] == [200] * 4
        assert planned == []
        assert browser.get("/feeds/all.rss")[0] == 200
        assert planned == ["feeds"]


def test_what_cannot_be_planned_is_told_to_whoever_asks_for_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_catalogue: object) -> Iterator[pages.Page]:
        raise GreenchannelError("no lists today")

    monkeypatch.setattr(pages, "list_pages", broken)
    with previewed(home) as browser:
        answers = [browser.get(one) for one in (PAGE, "/incidents/", "/incidents/")]
    assert [(status, "no lists today" in page) for status, page in answers] == [(200, False), (500, True), (500, True)]


def test_what_a_build_planned_is_not_planned_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = list[str]()
    plan = incident_plan._Below.plan  # noqa: SLF001

    def counted(below: incident_plan._Below) -> Iterator[Planned]:
        planned.append(below._around.incident)  # noqa: SLF001
        return plan(below)

    assert build(read_settings(home), Clock(BUILT_AT)).is_whole
    monkeypatch.setattr(incident_plan._Below, "plan", counted)  # noqa: SLF001
    with previewed(home) as browser:
        assert browser.get(PAGE)[0] == 200
    assert INCIDENT.removeprefix("incidents/") in planned
    state = read_record(home / "releases").state
    assert len(set(planned)) < len(state.incidents)


def test_a_theme_is_kept_until_something_in_its_folder_changes(home: Path) -> None:
    """With its templates, which are translated when a page is made of them."""
    with Renderer() as renderer:
        kept = Kept(InTurns(renderer, Memory(home, "these programs")))
        folder = home / "templates"
        theme = kept.theme(folder)
        assert kept.theme(folder) is theme
        template = folder / "home.html"
        template.write_text(template.read_text("utf-8") + "\n", "utf-8")
        assert kept.theme(folder) is not theme


def test_after_its_end_a_late_request_starts_no_renderer(home: Path) -> None:
    with Renderer() as renderer, Memory(home, "", reads_only=True) as memory:
        shared = InTurns(renderer, memory)
        assert shared.render("城北") == "<p>城北</p>"
        shared.close()
        renderer.close()
        with pytest.raises(ConnectionAbortedError):
            shared.render("城南")
        assert renderer.child_pid is None


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", "[::1"])
def test_a_foreign_host_is_refused(browser: Browser, host: str) -> None:
    assert browser.get(PAGE, host)[0] == 403
    assert browser.get("/-/version", "localhost:8000")[0] == 200


def test_nothing_is_written(browser: Browser) -> None:
    before = files(browser.home / "releases")
    browser.save(f"{INCIDENT}/fact-9.md", lambda text: text + "\n又一句。\n")
    assert files(browser.home / "releases") == before
    assert not (browser.home / "site").exists()
