"""What the subscribe pages print is what the site gives, and their sample programs do what they say.

After a change that is meant: pytest tests/acceptance/test_subscribe_page.py --update-golden, and read the difference.
"""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, Clock, copy_newsroom, program
from greenchannel import office
from greenchannel.building import build
from greenchannel.delivery.record import read_record
from greenchannel.desk.settings import Settings
from greenchannel.record.canonical import sha256
from greenchannel.sourcing import record_artifacts

PAGES = ("content/pages/subscribe.md", "content/pages/subscribe/en.md")
SHOWN = "releases/2026/binjiang-daqiao-yaoyan/response-1"
CORRECTED = "2026/qingnianlu-huozai/fact-3"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
page = pytest.mark.parametrize("page", PAGES)


def blocks(page: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall((REPOSITORY / page).read_text("utf-8")) if kind == language]


def programs(page: str) -> tuple[str, str]:
    """The sample in Python and the one in shell; the page's other shell lines are single commands."""
    (python,) = blocks(page, "python")
    (shell,) = (one for one in blocks(page, "sh") if one.startswith("#!/bin/sh"))
    return python, shell


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    settings = copy_newsroom(tmp_path_factory.mktemp("sample"))
    return dict(record_artifacts(settings, read_record(settings.releases)))


def _examples(made: dict[str, bytes]) -> list[str]:
    """A twin, its ninjs document, and `latest.json` with its first entry only."""
    head, first, *_ = made["latest.json"].decode().splitlines()
    return [
        made[f"{SHOWN}/index.json"].decode(),
        made[f"{SHOWN}/ninjs.json"].decode(),
        f"{head}\n{first.removesuffix(',')}\n]}}\n",
    ]


def _update(page: str, examples: Sequence[str]) -> None:
    path, rest = REPOSITORY / page, iter(examples)

    def anew(found: re.Match[str]) -> str:
        return f"```json\n{next(rest)}```" if found[1] == "json" else found[0]

    path.write_text(BLOCK.sub(anew, path.read_text("utf-8")), "utf-8")


@page
def test_the_printed_examples_are_what_the_build_makes(
    page: str, made: dict[str, bytes], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        _update(page, _examples(made))
    assert blocks(page, "json") == _examples(made)


def documented(page: str, after: str) -> set[str]:
    """The fields in the first column of the table below a heading."""
    part = (REPOSITORY / page).read_text("utf-8").partition(f"\n### {after}")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def fields(schema: dict[str, Any], definitions: dict[str, Any], above: str = "") -> Iterator[str]:
    """Each field that a schema names, with dots; of what stands in several places only its first level."""
    for one in (schema, *schema.get("anyOf", ())):
        inner = definitions[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for name, value in inner.get("properties", {}).items():
            yield f"{above}{name}"
            yield from fields(value, definitions, f"{above}{name}.")
        if "items" in inner:
            yield from fields(inner["items"], definitions, f"{above.removesuffix('.')}[].")


@page
def test_every_field_of_a_twin_is_explained(page: str, made: dict[str, bytes]) -> None:
    schema = json.loads(made["schema/release-1.json"])
    known = set(fields(schema, schema["$defs"]))
    named = documented(page, "index.json")
    of_values = {"current", "withdrawn", "first", "correction", "update", "minor", "captions", "sign_language"}
    # An object is explained by what is in it; that of a department within a withdrawal is the one above.
    explained = named | {one.rpartition(".")[0] for one in named}
    unexplained = {one for one in known - explained if ".department." not in one and "[].withdrawn." not in one}
    assert (unexplained, named - known - of_values) == (set(), set())


@page
@pytest.mark.parametrize(("name", "path"), [("ninjs.json", f"{SHOWN}/ninjs.json"), ("latest.json", "latest.json")])
def test_every_field_of_the_other_documents_is_explained(
    page: str, name: str, path: str, made: dict[str, bytes]
) -> None:
    document = json.loads(made[path])
    known = {one for one in document if one != "entries"}
    known |= {f"entries[].{one}" for entry in document.get("entries", ()) for one in entry}
    assert documented(page, name) - {"edNote"} == known - {"edNote"}


def test_both_pages_print_the_same_programs() -> None:
    assert programs(PAGES[0]) == programs(PAGES[1])


def test_the_sample_programs_are_short() -> None:
    assert [len(one.splitlines()) <= 22 for one in programs(PAGES[0])] == [True, True]


@dataclass
class Served:
    """A built site on loopback, with ETags as a server gives them, and what was answered."""

    settings: Settings
    clock: Clock
    address: str
    answers: list[tuple[str, int]] = field(default_factory=list)

    def correct(self) -> None:
        path = self.settings.content / f"incidents/{CORRECTED}.md"
        text = path.read_text("utf-8")
        changes = "changes:\n  - kind: correction\n    note: 首日排查户数由1438家更正为1483家。\n"
        path.write_text(text.replace("changes: []\n", changes).replace("1438家", "1483家"), "utf-8")
        self._publish()

    def _publish(self) -> None:
        office.approve(self.settings, CORRECTED, "tan-jingxing", self.clock)
        (decision,) = office.publish(self.settings, (CORRECTED,), self.clock)
        assert decision.refused == ()
        build(self.settings, self.clock)


@contextmanager
def serving(site: Path, answers: list[tuple[str, int]]) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(site))

        def do_GET(self) -> None:
            data = (site / self.path.lstrip("/")).read_bytes()
            etag = f'"{sha256(data)}"'
            is_known = self.headers.get("If-None-Match") == etag
            answers.append((self.path, 304 if is_known else 200))
            self.send_response(answers[-1][1])
            self.send_header("ETag", etag)
            if not is_known:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if not is_known:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The signature is Python's.
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def served(office_home: Settings, clock: Clock) -> Iterator[Served]:
    build(office_home, clock)
    answers: list[tuple[str, int]] = []
    with serving(office_home.site, answers) as address:
        yield Served(office_home, clock, address, answers)


def follow(command: Sequence[str], folder: Path) -> list[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def command(language: str, folder: Path, address: str) -> list[str]:
    python, shell = programs(PAGES[0])
    if language == "python":
        (folder / "follow.py").write_text(python, "utf-8")
        return [sys.executable, "follow.py", address]
    program("curl", "curl")
    (folder / "follow.sh").write_text(shell, "utf-8")
    return ["/bin/sh", "follow.sh", address]


@pytest.mark.parametrize(("language", "mark"), [("python", "~ "), ("sh", "r2 ")])
def test_a_sample_program_prints_all_once_then_nothing_then_the_correction(
    language: str, mark: str, served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    argv = command(language, folder, served.address)
    first = follow(argv, folder)
    released = read_record(served.settings.releases).state.releases
    assert all(any(f"/releases/{one}/" in line for line in first) for one in released)
    assert follow(argv, folder) == []
    served.correct()
    changed = [line for line in follow(argv, folder) if line.startswith(mark)]
    assert [f"/releases/{CORRECTED}/" in line for line in changed] == [True]
    assert follow(argv, folder) == []
    assert [status for _, status in served.answers] == [200, 304, 200, 304]


def test_the_shell_program_marks_what_was_withdrawn(served: Served, tmp_path: Path) -> None:
    argv = command("sh", tmp_path, served.address)
    withdrawn = [line for line in follow(argv, tmp_path) if "【撤回】" in line]
    assert ["/2026/binjiang-daqiao-yaoyan/fact-1/" in line for line in withdrawn] == [True]
