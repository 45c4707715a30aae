"""A copy of the sample newsroom, a clock that is set by hand, and the command line as an officer types it."""

import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, NoReturn, Self
from uuid import uuid4

import hypothesis
import jinja2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from greenchannel import cli
from greenchannel.building import build
from greenchannel.desk.policies import select
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.handwritten import STATE
from greenchannel.indexing import Indexed
from greenchannel.portal import wording

# A shell ignores Ctrl-C for what it starts in the background, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes is for the bench to show: a busy machine must fail no law.
hypothesis.settings.register_profile("greenchannel", deadline=None, max_examples=40)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1_000)
hypothesis.settings.load_profile("greenchannel")

if TYPE_CHECKING:
    from servers import BadLine, SshServer, Store

REPOSITORY = Path(__file__).parents[1]
CHINA = timezone(timedelta(hours=8))
REGULATION = select("regulation", (), {}).deciding
BUILT_AT = "2026-11-24T10:00:00+08:00"
Run = Callable[..., tuple[int, str, str]]
_ROOM = 4 * 1024**3  # bytes; the suite leaves less than one behind, and several may run

STORE_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "press",
    "AWS_SECRET_ACCESS_KEY": "not a secret",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

# The last four keep a browser that cannot reach the internet from trying.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew; read the difference.")


def pytest_configure() -> None:
    """Scratch folders lie in memory where it has room: whatever is synced there is synced at once."""
    memory = Path("/dev/shm")  # noqa: S108  # Every run makes a folder of its own in it.
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None  # It is asked for again.


class Clock:
    """Says what it was last set to."""

    def __init__(self, now: str) -> None:
        self.now = datetime.fromisoformat(now)

    def __call__(self) -> datetime:
        return self.now


def copy_newsroom(home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    for name in ("content", "templates", "releases"):
        shutil.copytree(REPOSITORY / name, home / name)
    # Variants would make every build of every test three times as long; tests/acceptance/test_variants.py has them.
    settings = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    (home / "mkdocs.yml").write_text(re.sub("    precompress: .*\n", "", settings), "utf-8")
    return read_settings(home)


@pytest.fixture(autouse=True, scope="session")
def _templates_are_compiled_once() -> Iterator[None]:
    """Every copy of a newsroom has the same templates; the same text under the same options is the same code.

    In the same words: a template says its phrases itself.
    """
    known: dict[tuple[object, ...], CodeType] = {}
    real = jinja2.Environment.compile
    options = ("autoescape", "trim_blocks", "lstrip_blocks", "keep_trailing_newline", "optimized")

    def compiled(
        self: jinja2.Environment, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        words = getattr(self, "language", ""), wording.phrase
        key = source, name, *words, *self.extensions, *(getattr(self, one) for one in options)
        if key not in known:
            known[key] = real(self, source, name, filename)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compiled)
        yield


def no_index(*_arguments: object, **_named: object) -> Indexed:
    """In place of `build_index`: the search index is made after everything else, and a few tests are about it."""
    return Indexed(made=0, written=0, seconds=0, sent={}, waiting=(), failed={}, leaks=())


@pytest.fixture(autouse=True)
def _index_is_made_where_a_test_is_about_it(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mark `indexed`. Making it takes as long as all pages."""
    if request.node.get_closest_marker("indexed") is None:
        monkeypatch.setattr("greenchannel.indexing.build_index", no_index)


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = copy_newsroom(tmp_path_factory.mktemp("site") / "office")
    assert build(settings, Clock(BUILT_AT)).failed == {}
    return settings


@pytest.fixture
def office_home(request: pytest.FixtureRequest, tmp_path: Path, _site: Settings) -> Settings:
    """A copy of the sample newsroom for which MkDocs has run already; whoever changes its inputs makes it run again.

    With the mark `standing` its site has been built, so that a command makes what it changes.
    """
    settings = copy_newsroom(tmp_path / "office")
    if request.node.get_closest_marker("standing"):
        shutil.copytree(_site.site, settings.site)
        shutil.copytree(_site.home / STATE, settings.home / STATE)
    else:
        shutil.copytree(_site.home / STATE / "pages", settings.home / STATE / "pages")
        shutil.copy(_site.home / STATE / "pages.sha256", settings.home / STATE)
    return settings


@pytest.fixture
def clock() -> Clock:
    """Three days after the last line of the sample record."""
    return Clock(BUILT_AT)


@pytest.fixture
def run(
    office_home: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """`run("check")` is ``greenchannel --home OFFICE --lang en check`` at the time of `clock`."""

    class SetTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock().timestamp(), tz or UTC)

    monkeypatch.setattr(cli, "datetime", SetTime)

    def call(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["--home", str(office_home.home), "--lang", "en", *argv])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The copies that are made of this process; when the test ends, each has ended and was waited for."""
    fork, found = os.fork, list[int]()

    def counted() -> int:
        if process := fork():
            found.append(process)
        return process

    monkeypatch.setattr(os, "fork", counted)
    yield found
    for one in found:
        with pytest.raises(ChildProcessError):
            os.waitpid(one, os.WNOHANG)


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path in it."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def until(condition: Callable[[], object]) -> None:
    """Fails where it does not come true within a minute."""
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within 60 seconds")


def program(package: str, *names: str) -> str:
    """The path of a real program. Where it is missing, its tests say so and are skipped; CI demands it and fails."""
    search = f"{os.environ.get('PATH', '')}:/usr/sbin"
    if path := next((found for name in names if (found := shutil.which(name, path=search))), None):
        return path
    return missing(package, names[0])


def missing(package: str, name: str) -> NoReturn:
    if os.environ.get("GREENCHANNEL_REQUIRE_PROGRAMS"):
        pytest.fail(f"{name} is missing, and GREENCHANNEL_REQUIRE_PROGRAMS demands it")
    pytest.skip(f"{name} is missing: apt-get install {package}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = program("chromium fonts-noto-cjk", "chromium", "chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Of a reader who was never here before and has a phone."""
    found = chromium.new_context(viewport={"width": 360, "height": 800})
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the home page of the sample site."""
    from sample_site import build_sample, served  # noqa: PLC0415  # It takes `copy_newsroom` from here.

    with served(build_sample(tmp_path_factory.mktemp("browser") / "office")) as home:
        yield home


# `servers` takes `program` from here, so it is imported when a test asks for a server.
@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SshServer]":
    from servers import ssh_server  # noqa: PLC0415

    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def _line() -> "Iterator[BadLine]":
    from servers import object_store  # noqa: PLC0415

    with object_store() as line:
        yield line


@pytest.fixture
def store(_line: "BadLine", monkeypatch: pytest.MonkeyPatch) -> "Store":
    """An empty bucket behind a good line, and credentials as a program finds them."""
    from servers import Store  # noqa: PLC0415

    for name, value in STORE_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    _line.reset()
    found = Store(_line, f"bucket-{uuid4().hex}")
    found.client().create_bucket(Bucket=found.bucket, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    return found
