"""What search costs at 1,000 and 10,000 releases: the index, its bytes for a first query, and what is missed.

``make bench`` prints it; nothing here asserts a time. Half of each body are sentences of the sample newsroom with other
numbers, half are words of the dictionary by Zipf's law, about 1,000 characters in all. Bytes are those of an
uncompressed answer: engine, entry, heads, pieces, names and the releases that are read for ten results.
"""

import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Page, sync_playwright
from pypinyin.phrases_dict import phrases_dict

from conftest import CHINA, REPOSITORY
from greenchannel.portal.postings import fold
from greenchannel.portal.search_index import plan_index

START = datetime(2020, 1, 1, tzinfo=CHINA)
QUERIES, FIRST_QUERIES = 1500, 60
LENGTHS = (2, 8)
_GLUE = "的了在和与对为由将已并等各按从经于及"
_ENGINE = REPOSITORY / "templates/assets/search-index.js"
_SEARCH = """async query => {
  const { Index, readTerms } = await import("/search-index.js");
  globalThis.index ??= new Index("/search/index/");
  const start = performance.now();
  const found = await index.search(readTerms(query), {});
  const spent = performance.now() - start;
  return [spent, await Promise.all(found.map(one => one.segment.name(one.number)))];
}"""
_FIRST = """async query => {
  const { Index, readTerms, fold } = await import("/search-index.js");
  const [index, terms] = [new Index("/search/index/"), readTerms(query)];
  const rest = await index.search(terms, {});
  for (let hits = 0, read = 0; hits < 10 && read < 30 && rest.length; ) {
    const batch = rest.splice(0, 10 - hits);
    read += batch.length;
    const found = await Promise.all(batch.map(async one => {
      const twin = await (await fetch(`/releases/${await one.segment.name(one.number)}/index.json`)).json();
      const page = new DOMParser().parseFromString(twin.text.html, "text/html");
      const texts = [fold(twin.title).text, fold(page.body.textContent).text];
      return terms.every(term => texts.some(text => text.includes(term)));
    }));
    hits += found.filter(Boolean).length;
  }
}"""
Release = Mapping[str, Any]  # an event of the ledger, and `body`


def releases(count: int) -> Iterator[Release]:
    chance = random.Random(7)  # noqa: S311  # Not for secrets: the same releases each time.
    words = sorted(one for one in phrases_dict if re.fullmatch("[一-鿿]{2,4}", one))
    chance.shuffle(words)
    weights = [1 / (rank + 8) for rank in range(len(words))]
    pool = chance.choices(words, weights, k=400_000)
    sentences = tuple(_sentences())

    def sentence() -> str:
        if chance.random() < 1 / 2:
            return re.sub(r"\d+", lambda found: str(chance.randint(1, 10 ** len(found[0]))), chance.choice(sentences))
        marks = ("", "", "", "，", str(chance.randint(1, 2000)), *_GLUE[:3])
        return "".join(word + chance.choice(marks) for word in chance.sample(pool, chance.randint(4, 9))) + "。"

    for number in range(count):
        body, goal = "", max(200, chance.gauss(950, 300))
        while len(body) < goal:
            body += sentence() + ("\n\n" if chance.random() < 1 / 4 else "")
        title = f"关于{''.join(chance.sample(pool, 2))}{chance.choice(('的情况通报', '的续报', '的回应', '专家解读'))}"
        yield {
            "event": "published",
            "id": f"2026/{number:05}-shili/fact-1",
            "at": (START + timedelta(hours=4 * number)).isoformat(),
            "title": title,
            "type": chance.choice(("fact", "conference", "response", "interpretation")),
            "department": f"department_{chance.randrange(20)}",
            "sha256": sha256(body.encode()).hexdigest(),
            "body": body,
        }


def _sentences() -> Iterator[str]:
    for path in sorted((REPOSITORY / "content/incidents").rglob("*.md")):
        body = re.sub(r"[#|>*\-`\[\]()]", " ", path.read_text("utf-8").split("---\n", 2)[2])
        yield from (one.strip() for one in re.split(r"(?<=[。；])|\n", body) if len(one.strip()) > LENGTHS[1])


def write_site(told: Sequence[Release], folder: Path) -> None:
    """The index, and of each release what its twin weighs."""
    bodies = {one["sha256"]: one["body"] for one in told}
    start, weights = time.process_time(), list[int]()
    for step in plan_index(told, bodies.__getitem__, CHINA, ""):
        for path, data in zip(step.paths, step.make(), strict=True):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            weights.append(len(data))
    seconds, megabytes = time.process_time() - start, sum(weights) / 1e6
    print(f"{len(told):6} releases: {seconds:.1f} s of processor, {len(weights)} files, {megabytes:.1f} MB")
    for one in told:
        place = folder / f"releases/{one['id']}/index.json"
        place.parent.mkdir(parents=True)
        twin = {**one, "text": {"html": f"<p>{one['body']}</p>"}, "body": "", "others": "x" * 1500}
        place.write_text(json.dumps(twin, ensure_ascii=False), "utf-8")
    shutil.copy(_ENGINE, folder)
    (folder / "index.html").write_text("<!doctype html><title>search</title>", "utf-8")


class _Counted(SimpleHTTPRequestHandler):
    sent = 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server calls by name.
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:  # Any: http.server's files.
        data = source.read()
        _Counted.sent += len(data)
        outputfile.write(data)


def queries(told: Sequence[Release]) -> Iterator[str]:
    """Substrings of titles and bodies, across punctuation, with two Chinese characters or more."""
    chance = random.Random(5)  # noqa: S311  # The same.
    while True:
        one = chance.choice(told)
        text = one["title"] if chance.random() < 1 / 4 else one["body"].replace("\n", "")
        start = chance.randrange(max(1, len(text) - LENGTHS[1]))
        query = text[start : start + chance.randint(*LENGTHS)]
        if len(re.findall("[一-鿿]", query)) > 1 and not re.search(r"[\s“”「」\"]", query):
            yield query


def missed(page: Page, told: Sequence[Release]) -> None:
    texts = {one["id"]: (fold(one["title"]), fold(one["body"])) for one in told}
    wanted = lost = wrong = 0
    times = []
    for _, query in zip(range(QUERIES), queries(told), strict=False):
        folded = fold(query)
        having = {name for name, parts in texts.items() if any(folded in part for part in parts)}
        spent, found = page.evaluate(_SEARCH, query)
        times.append(spent)
        wanted, lost, wrong = wanted + len(having), lost + len(having - {*found}), wrong + len({*found} - having)
    middle, slow = statistics.median(times), sorted(times)[int(0.95 * QUERIES)]
    print(f"       {QUERIES} queries: {wanted} wanted, {lost} missed, {wrong} candidates to be read and dropped")
    print(f"       {middle:.1f} ms a query with what is at hand, 95 % below {slow:.1f} ms")


def first_query(browser: Browser, told: Sequence[Release], address: str) -> None:
    weights = []
    for _, query in zip(range(FIRST_QUERIES), queries(told[::7]), strict=False):
        context = browser.new_context()  # with nothing in its cache
        page = context.new_page()
        page.goto(address)
        before = _Counted.sent
        page.evaluate(_FIRST, query)
        weights.append((_Counted.sent - before) / 1000)
        context.close()
    middle, heavy = statistics.median(weights), sorted(weights)[int(0.95 * FIRST_QUERIES)]
    print(f"       first query: {middle:.0f} KB, 95 % below {heavy:.0f} KB, at most {max(weights):.0f} KB")


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for count in (1_000, 10_000):
            told = list(releases(count))
            with tempfile.TemporaryDirectory() as scratch:
                write_site(told, Path(scratch))
                with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Counted, directory=scratch)) as server:
                    threading.Thread(target=server.serve_forever, daemon=True).start()
                    address = f"http://127.0.0.1:{server.server_address[1]}/"
                    page = browser.new_page()
                    page.goto(address)
                    missed(page, told)
                    page.close()
                    first_query(browser, told, address)
                    server.shutdown()


if __name__ == "__main__":
    main()
