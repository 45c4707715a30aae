"""Places where the site is put: receipts for each, and one that is down stops none."""

import json
from pathlib import Path

from conftest import Run
from greenchannel.desk.settings import Settings


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
    assert tree(office_home.home.parent / "www") == tree(office_home.site)


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


def tree(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
