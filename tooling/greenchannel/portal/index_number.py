"""索引号: minted from the record, in the order of first publication, and the same for ever.

Nothing that comes later changes one: a correction, a withdrawal, a new release stand behind it in the ledger.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timezone

from greenchannel.desk.metadata import Form, IndexNumbers
from greenchannel.record.events import State


def index_numbers(form: IndexNumbers | None, state: State, zone: timezone) -> Mapping[str, str]:
    """By the id of the release. A draft has none, and without a code of the organisation nothing has."""
    numbers: dict[str, str] = {}
    counted = Counter[str]()
    if form is None:
        return numbers
    for release in state.releases.values():  # in the order of the ledger
        if release.revisions[0].event.get("draft"):
            continue
        at = release.first_at.astimezone(zone)
        period = f"{at.year:04}" if form.form is Form.YEARLY else f"{at.year:04}{at.month:02}"
        counted[period] += 1
        numbers[release.id] = f"{form.code}/{period}-{counted[period]:05}"
    return numbers
