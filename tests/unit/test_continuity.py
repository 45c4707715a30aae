"""Which copies of the ledger are behind the record in something that readers could miss."""

import json
from hashlib import sha256

from greenchannel.continuity import lacks_news
from greenchannel.desk.settings import Settings

NOTHING = sha256(b"").hexdigest()


def test_a_copy_lacks_news_if_anything_but_receipts_follows_its_last_line(office_home: Settings) -> None:
    lines = (office_home.releases / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    events = [json.loads(one)["event"] for one in lines]
    last = max(number for number, event in enumerate(events, 1) if event != "visible")
    assert last < len(lines)  # The sample record ends with receipts.
    for number in range(1, len(lines) + 1):
        copy = sha256(b"".join(lines[:number])).hexdigest()
        assert lacks_news(office_home, copy) == (number < last)


def test_what_is_no_copy_of_the_record_lacks_all_of_it(office_home: Settings) -> None:
    assert [lacks_news(office_home, one) for one in ("", NOTHING, "0" * 64)] == [True] * 3


def test_nothing_is_lacking_where_nothing_was_released(office_home: Settings) -> None:
    (office_home.releases / "ledger.jsonl").unlink()
    assert [lacks_news(office_home, one) for one in ("", NOTHING)] == [False] * 2
