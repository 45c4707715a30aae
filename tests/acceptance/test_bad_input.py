"""What officers, editors and crashes do to files: each is told with its place, and nothing is lost or half-written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import REPOSITORY, Run, read_files
from greenchannel.desk.settings import Settings

FOLDER = "incidents/2026/qingnianlu-huozai"
FILE = f"{FOLDER}/fact-1.md"
DUPLICATE = "id: 2026/qingnianlu-huozai/fact-1\ntitle:"
SAMPLE = (REPOSITORY / "releases/ledger.jsonl").read_bytes()
ENTRIES = SAMPLE.count(b"\n")
Damage = Callable[[Path], None]


pytestmark = pytest.mark.standing


def replaced(old: str, new: str, path: str = FILE) -> Damage:
    def damage(content: Path) -> None:
        text = (content / path).read_text("utf-8")
        assert old in text
        (content / path).write_text(text.replace(old, new, 1), "utf-8")

    return damage


def written(path: str, data: bytes) -> Damage:
    def damage(content: Path) -> None:
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_bytes(data)

    return damage


def linked_attachment(content: Path) -> None:
    (content / FOLDER / "plan.png").symlink_to("/etc/hostname")
    replaced("---\n", "---\nattachments: [plan.png]\n")(content)


def without_incident(content: Path) -> None:
    (content / FOLDER / "incident.md").unlink()


def sample_text() -> bytes:
    return (Path(__file__).parents[2] / "content" / FILE).read_bytes()


CASES: dict[str, tuple[Damage, str, str]] = {  # damage, where it is told, code
    "an empty file": (written(FILE, b""), FILE, "S001"),
    "no front matter": (written(FILE, "只有正文。\n".encode()), FILE, "S002"),
    "a colon in a title": (replaced("title: ", "title: Notice: "), FILE, "S006"),
    "GBK bytes": (written(FILE, sample_text().decode().encode("gb18030")), FILE, "S003"),
    "ten megabytes": (written(FILE, sample_text() + b"a" * 10_000_000), FILE, "S004"),
    "a control character": (replaced("title: ", "title: \x07"), FILE, "S005"),
    "a change of writing direction": (replaced("title: ", "title: \u202e"), FILE, "S005"),
    "a folder outside": (replaced("incident: 2026/", "incident: ../2026/"), FILE, "S016"),
    "a name that is no address": (written(f"{FOLDER}/Fact 1.md", sample_text()), f"{FOLDER}/Fact 1.md", "S013"),
    "a linked attachment": (linked_attachment, FILE, "L404"),
    "a deadline without a date": (replaced("deadline: ", "deadline: 48:00 #"), FILE, "S012"),
    "tomorrow's claim": (
        replaced("claimed_at: 2026-11-20", "claimed_at: 2026-11-26", f"{FOLDER}/incident.md"),
        f"{FOLDER}/incident.md",
        "T103",
    ),
    "an unknown department": (replaced("department: ", "department: x"), FILE, "R204"),
    "a folder without its incident": (without_incident, FOLDER, "S014"),
    "two releases with one id": (
        written(f"{FOLDER}/fact-9.md", sample_text().replace(b"title:", DUPLICATE.encode(), 1)),
        f"{FOLDER}/fact-9.md",
        "S015",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_with_its_place_and_hint(name: str, office_home: Settings, run: Run) -> None:
    damage, path, code = CASES[name]
    damage(office_home.content)
    exit_code, out, _ = run("check", "--format", "json")
    found = [one for one in json.loads(out) if one["path"].startswith(f"content/{path}") and one["code"] == code]
    assert exit_code == 1
    assert found
    assert found[0]["line"] >= 1
    assert found[0]["column"] >= 1
    assert found[0]["hint"]


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_costs_neither_record_nor_site(name: str, office_home: Settings, run: Run) -> None:
    run("build")
    before = (read_files(office_home.releases), read_files(office_home.site))
    CASES[name][0](office_home.content)
    run("publish")
    assert (read_files(office_home.releases), read_files(office_home.site)) == before


@pytest.mark.parametrize(
    "change",
    [lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n")],
    ids=["a byte order mark", "Windows line ends"],
)
def test_what_other_editors_add_is_read(change: Callable[[bytes], bytes], office_home: Settings, run: Run) -> None:
    (office_home.content / FILE).write_bytes(change(sample_text()))
    assert run("check")[0] == 0


@pytest.mark.parametrize(
    ("damage", "kind", "line"),
    [
        (lambda ledger: ledger + b'{"approval":"', "torn", ENTRIES + 1),
        (lambda ledger: ledger[:-20], "truncated", ENTRIES),
        (
            lambda ledger: ledger.replace("通报".encode(), "通告".encode(), 1),
            "edited",
            1 + SAMPLE[: SAMPLE.index("通报".encode())].count(b"\n"),
        ),
        (lambda ledger: ledger.replace(b'"seq":3,', b'"seq":4,', 1), "edited", 3),
    ],
    ids=["a torn last line", "a cut last line", "a changed word", "a changed number"],
)
def test_a_damaged_ledger_is_named_at_its_line_and_nothing_is_added(
    damage: Callable[[bytes], bytes], kind: str, line: int, office_home: Settings, run: Run
) -> None:
    ledger = office_home.releases / "ledger.jsonl"
    damaged = damage(ledger.read_bytes())
    ledger.write_bytes(damaged)
    code, out, _ = run("verify", "--format", "json")
    found = [(one["kind"], one["line"]) for one in json.loads(out)["problems"]]
    assert (code, found) == (1, [(kind, line)])
    code, _, err = run("publish")
    assert (code, ledger.read_bytes()) == (2, damaged)
    assert f"ledger.jsonl:{line}: " in err


@pytest.mark.parametrize("command", [("publish",), ("build",), ("verify",)])
def test_who_meets_a_torn_ledger_is_told_the_way_out(command: tuple[str, ...], office_home: Settings, run: Run) -> None:
    with (office_home.releases / "ledger.jsonl").open("ab") as tail:
        tail.write(b'{"approval":"')
    _, out, err = run(*command)
    assert "greenchannel verify --repair" in out + err


@pytest.mark.parametrize(
    "arguments",
    [
        ("withdraw", "2026/taifeng-haixing/fact-1", "--by", "shen-yiheng", "--reason", "a\udcff"),
        ("new", "incident", "a\udcff", "--category", "emergency"),
        ("approve", "2026/taifeng-haixing/fact-1", "--by", "\udcff"),
        ("publish", "2026/taifeng-haixing/fact-1\udcff"),
        ("check", "\udcff"),
    ],
)
def test_an_argument_that_is_no_text_is_refused_and_changes_nothing(
    arguments: tuple[str, ...], office_home: Settings, run: Run
) -> None:
    before = read_files(office_home.home)
    code, _, err = run(*arguments)
    assert (code, "this is not UTF-8; type it anew" in err) == (2, True)
    assert read_files(office_home.home) == before


def test_what_is_installed_beside_has_no_say_in_what_a_field_may_hold(office_home: Settings, tmp_path: Path) -> None:
    """Any package may name a plugin that pydantic loads, to change what it validates."""
    beside = tmp_path / "beside"
    written("beside-1.dist-info/METADATA", b"Metadata-Version: 2.1\nName: beside\nVersion: 1\n")(beside)
    written("beside-1.dist-info/entry_points.txt", b"[pydantic]\nbeside = beside:plugin\n")(beside)
    written("beside.py", b"raise SystemExit(99)\n")(beside)

    def code_of(*arguments: str) -> int:
        path = os.pathsep.join((str(beside), *sys.path))
        command, environment = [sys.executable, *arguments], {"PATH": os.environ["PATH"], "PYTHONPATH": path}
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert code_of("-c", "import pydantic; pydantic.TypeAdapter(int)") == 99
    assert code_of("-m", "greenchannel", "--home", str(office_home.home), "check") == 0
