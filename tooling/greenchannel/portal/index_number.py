"""索引号: minted from the record, in the order of first publication, and the same for ever.

Nothing that comes later changes one: a correction, a withdrawal, a new release stand behind it in the ledger.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone

from greenchannel.desk.metadata import Form, IndexNumbers
from greenchannel.record.events import State


def index_numbers(form: IndexNumbers | None, state: State, zone: timezone) -> Mapping[str, str]:
    """By the id of the release. A draft has none, and without a code of the organisation nothing has."""
    numbers: dict[str, str] = {}
    counted = Counter[datetime]()
    if form is None:
        return numbers
    for release in state.releases.values():  # in the order of the ledger
        if release.revisions[0].event.get("draft"):
            continue
        since = period_of(form, release.first_at, zone)
        counted[since] += 1
        numbers[release.id] = index_number(form, since, counted[since])
    return numbers


def period_of(form: IndexNumbers, at: datetime, zone: timezone) -> datetime:
    """The beginning of the year or month in which releases are counted together."""
    there = at.astimezone(zone)
    month = 1 if form.form is Form.YEARLY else there.month
    return datetime(there.year, month, 1, tzinfo=zone)


def index_number(form: IndexNumbers, since: datetime, count: int) -> str:
    period = f"{since.year:04}" if form.form is Form.YEARLY else f"{since.year:04}{since.month:02}"
    return f"{form.code}/{period}-{count:05}"
