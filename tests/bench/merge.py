"""``merge.py ROLL KEEP SITE [REPORT]`` merges the cities of a roll into a site, and says in JSON what it did.

It ends with 1 where a city was refused: the others are merged all the same.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from greenchannel.doctor import LEDGER_LIMIT
from greenchannel.fetching import Answer, Fetcher
from provincial.keeping import Keep
from provincial.merging import merge
from provincial.roll import read_roll

SECONDS = 20.0  # for one answer: a long record over a slow line takes that long once


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roll", type=Path)
    parser.add_argument("keep", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("report", type=Path, nargs="?", default=Path("/dev/stdout"))
    asked = parser.parse_args()
    fetcher = Fetcher(request_seconds=SECONDS)

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        return fetcher.fetch(url, headers, limit=LEDGER_LIMIT)

    merged = merge(read_roll(asked.roll.read_bytes()), Keep(asked.keep), asked.site, ask, datetime.now(UTC))
    asked.report.write_text(json.dumps(asdict(merged), ensure_ascii=False) + "\n", "utf-8")
    return int(bool(merged.refused))


if __name__ == "__main__":
    sys.exit(main())
