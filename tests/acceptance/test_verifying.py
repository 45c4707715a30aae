"""`verify` as an officer, an auditor and a newsroom type it."""

import json
import shutil
from pathlib import Path

import pytest

from conftest import REPOSITORY, Run, read_files
from greenchannel.delivery.record import public_reader
from greenchannel.desk.settings import Settings

PAGE = "releases/2026/qingnianlu-huozai/fact-1/index.html"
TEXT = "releases/2026/qingnianlu-huozai/fact-1/r1.md"
ENTRIES = (REPOSITORY / "releases/ledger.jsonl").read_bytes().count(b"\n")
SOUND = f"{ENTRIES} entries, 0 problem(s)\n"
TORN = f"ledger.torn-{ENTRIES + 1}-1"


@pytest.fixture
def built(office_home: Settings, run: Run) -> Settings:
    assert run("build")[0] == 0
    return office_home


def cut_last_line(ledger: Path) -> None:
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:-1]))


def test_a_sound_record_says_so(run: Run) -> None:
    assert run("verify") == (0, SOUND, "")


def test_a_sound_record_says_so_to_machines(run: Run) -> None:
    assert json.loads(run("verify", "--format", "json")[1]) == {
        "ok": True,
        "entries": ENTRIES,
        "problems": [],
        "notes": [],
    }


CUT_OFF = f"""\
ledger.jsonl:{ENTRIES}: the ledger was cut off: checkpoint.json vouches for {ENTRIES} lines
  = nothing repairs this: the lost lines may still stand in site/record/ledger.jsonl, in a backup or with a newsroom \
that kept them; put the whole file back from there
{ENTRIES - 1} entries, 1 problem(s)
"""


def test_a_dropped_last_line_is_told_with_what_to_do(office_home: Settings, run: Run) -> None:
    cut_last_line(office_home.releases / "ledger.jsonl")
    assert run("verify")[:2] == (1, CUT_OFF)


def test_a_ledger_that_is_gone_is_told_as_cut_off(office_home: Settings, run: Run) -> None:
    (office_home.releases / "ledger.jsonl").unlink()
    (found,) = json.loads(run("verify", "--format", "json")[1])["problems"]
    assert (found["kind"], found["line"]) == ("truncated", 1)


def test_a_file_that_no_line_names_is_a_note_and_no_failure(office_home: Settings, run: Run) -> None:
    (office_home.releases / "2026/shili-left.r1.md").write_bytes(b"x")
    assert run("verify")[:2] == (0, f"2026/shili-left.r1.md: no line of the ledger names it\n{SOUND}")


def test_where_there_is_no_record_it_cannot_run(tmp_path: Path, run: Run) -> None:
    code, _, err = run("verify", str(tmp_path))
    assert (code, "no ledger here" in err) == (2, True)


def test_a_torn_tail_is_repaired_when_asked_to(office_home: Settings, run: Run) -> None:
    before = read_files(office_home.releases)
    with (office_home.releases / "ledger.jsonl").open("ab") as ledger:
        ledger.write(b'{"approval":"')
    code, out, _ = run("verify", "--repair")
    assert (code, f"13 bytes behind line {ENTRIES} are cut off; they are kept in releases/{TORN}" in out) == (0, True)
    assert read_files(office_home.releases) == {**before, TORN: b'{"approval":"'}


def test_a_record_from_before_there_were_checkpoints_gets_one(office_home: Settings, run: Run) -> None:
    before = read_files(office_home.releases)
    (office_home.releases / "checkpoint.json").unlink()
    refused = run("publish")
    repaired = json.loads(run("verify", "--repair", "--format", "json")[1])
    assert (refused[0], "greenchannel verify --repair" in refused[2]) == (2, True)
    assert (repaired["ok"], len(repaired["repaired"]), read_files(office_home.releases)) == (True, 1, before)


def test_what_is_beyond_repair_is_left_and_cannot_run(office_home: Settings, run: Run) -> None:
    cut_last_line(office_home.releases / "ledger.jsonl")
    before = read_files(office_home.releases)
    assert (run("verify", "--repair")[0], read_files(office_home.releases)) == (2, before)


@pytest.mark.parametrize("option", ["--repair", "--site"])
def test_a_public_copy_is_neither_repaired_nor_compared(option: str, built: Settings, run: Run) -> None:
    assert run("verify", str(built.site / "record"), option)[0] == 2


def test_a_record_that_went_on_continues_yesterdays_checkpoint(office_home: Settings, run: Run, tmp_path: Path) -> None:
    kept = shutil.copy(office_home.releases / "checkpoint.json", tmp_path / "kept.json")
    run("withdraw", "2026/chengbei-tingshui/fact-2", "--by", "fang-shulan", "--reason", "x")
    assert run("verify", "--since", str(kept)) == (0, f"{ENTRIES + 1} entries, 0 problem(s)\n", "")


@pytest.mark.parametrize(
    ("entries", "kind"), [(ENTRIES, "rewritten"), (ENTRIES + 1, "truncated")], ids=["another line", "more lines"]
)
def test_a_history_that_is_another_one_is_told(
    entries: int, kind: str, office_home: Settings, run: Run, tmp_path: Path
) -> None:
    value = json.loads((office_home.releases / "checkpoint.json").read_bytes())
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps({**value, "entries": entries, "sha256": "0" * 64}), "utf-8")
    code, out, _ = run("verify", "--since", str(kept), "--format", "json")
    assert (code, [one["kind"] for one in json.loads(out)["problems"]]) == (1, [kind])


def test_a_file_that_is_no_checkpoint_cannot_be_compared_with(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text("[]", "utf-8")
    code, _, err = run("verify", "--since", str(tmp_path / "kept.json"))
    assert (code, "this is no checkpoint" in err) == (2, True)


def test_a_site_as_it_was_built_is_what_the_record_gives(built: Settings, run: Run) -> None:
    before = read_files(built.site)
    assert run("verify", "--site") == (0, f"{SOUND}site: 0 file(s) are not as the record has them\n", "")
    assert read_files(built.site) == before


@pytest.mark.parametrize("path", [PAGE, TEXT, "feeds/all.atom", "record/checkpoint.json", "about/index.html"])
def test_a_changed_file_of_the_site_is_told(path: str, built: Settings, run: Run) -> None:
    (built.site / path).write_bytes((built.site / path).read_bytes() + b" ")
    assert run("verify", "--site")[:2] == (
        1,
        f"{SOUND}{path}: it is not what the record gives\nsite: 1 file(s) are not as the record has them\n",
    )


def test_a_site_is_not_compared_with_a_record_that_does_not_verify(built: Settings, run: Run) -> None:
    ledger = built.releases / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-30])
    code, out, _ = run("verify", "--site")
    assert (code, out.splitlines()[-1]) == (1, "site: not compared, since the record itself does not verify")


def test_missing_and_extra_files_of_a_site_are_told_to_machines(built: Settings, run: Run) -> None:
    (built.site / TEXT).unlink()
    (built.site / "notes.html").write_bytes(b"x")
    code, out, _ = run("verify", "--site", "site", "--format", "json")
    shown = json.loads(out)
    assert (code, shown["ok"], shown["problems"]) == (1, False, [])
    assert [(one["kind"], one["path"]) for one in shown["site"]] == [("extra", "notes.html"), ("missing", TEXT)]


def test_the_folder_of_a_target_is_compared_as_well(built: Settings, run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(built.site, tmp_path / "www")
    (copy / PAGE).write_bytes(b"x")
    assert run("verify", "--site", str(copy))[1].startswith(f"{SOUND}{PAGE}: it is not what the record gives\n")


def test_a_site_that_is_not_there_cannot_be_compared(run: Run) -> None:
    code, _, err = run("verify", "--site")
    assert (code, "no site here" in err) == (2, True)


def test_a_copy_of_the_site_proves_itself_from_within(
    built: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.site / "record")
    assert run("verify", ".") == (0, SOUND, "")


def test_a_copy_of_the_site_proves_itself(built: Settings, run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(built.site, tmp_path / "copy")
    assert run("verify", str(copy / "record")) == (0, SOUND, "")


@pytest.mark.parametrize(
    ("path", "kind"), [(TEXT, "file_changed"), ("record/ledger.jsonl", "unreadable"), ("record/checkpoint.json", "")]
)
def test_a_copy_of_the_site_that_was_changed_gives_itself_away(path: str, kind: str, built: Settings, run: Run) -> None:
    (built.site / path).write_bytes((built.site / path).read_bytes() + b"x\n")
    code, out, _ = run("verify", str(built.site / "record"), "--format", "json")
    (found,) = json.loads(out)["problems"]
    assert (code, found["kind"]) == (1, kind or "checkpoint_damaged")


def test_the_public_copy_of_an_attachment_stands_where_the_record_keeps_it(tmp_path: Path) -> None:
    path = f"2026/shili/attachments/{'a' * 64}.jpg"
    public = tmp_path / "releases" / path
    public.parent.mkdir(parents=True)
    public.write_bytes(b"image")
    assert public_reader(tmp_path)(path) == b"image"


@pytest.mark.parametrize("path", ["../secret.r1.md", "record/ledger.jsonl", "2026/x/../attachments/aa.jpg", ""])
def test_a_public_copy_is_read_nowhere_else(path: str, tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "record/ledger.jsonl").write_bytes(b"x")
    assert public_reader(tmp_path)(path) is None
