"""Ledgers of any length, put together without a desk: what feeds are made of."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from greenchannel.portal import window
from greenchannel.portal.entries import Voice
from greenchannel.record.canonical import canonical_json, sha256
from small import START

Event = Mapping[str, Any]  # Any: JSON
VOICE = Voice(
    name="示例市政务舆情回应",
    organisation="示例市人民政府",
    email="press@shili.example",
    url="https://news.shili.example/",
    tag="news.shili.example,2026",
    zone=START.tzinfo,  # type: ignore[arg-type]  # It is a timezone.
    hubs=(),
    departments=(("housing", "住建局", "0999-8123000"),),
)
SERIOUS: Mapping[str, Any] = {"class": "serious"}


@contextmanager
def small_documents() -> Iterator[None]:
    """Archives of four versions and a window of three entries, so that short ledgers have long chains."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "ARCHIVE", 4)
        patch.setattr(window, "_AT_LEAST", 3)
        yield


@dataclass
class Ledger:
    """Each event a minute behind the one before, unless `wait` is called."""

    events: list[Event] = field(default_factory=list)
    now: datetime = START

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def publish(
        self, release: str, *notes: tuple[str, str], department: str = "housing", basis: str = "", **incident: Any
    ) -> None:
        """The next revision; `notes` are pairs of kind and text, `incident` its facts where they differ.

        `basis` is what it explains.
        """
        name, _, _ = release.rpartition("/")
        before = [one for one in self.events if one["id"] == release and "changes" in one]
        revision = len(before) + 1
        self._add(
            {
                "event": "corrected" if before else "published",
                "id": release,
                "revision": revision,
                "type": "fact",
                "title": f"通报{release}",
                "summary": f"摘要{revision}。",
                "department": department,
                **({"basis": basis} if basis else {}),
                "changes": [
                    *(before[-1]["changes"] if before else ()),
                    *({"kind": kind, "note": note} for kind, note in notes),
                ],
                "sha256": sha256(f"{release} {revision}".encode()),
                "path": f"{release}.r{revision}.md",
                "incident": {"id": name, "title": f"事件{name}", "category": "other", "class": "ordinary", **incident},
            }
        )

    def withdraw(self, release: str, reason: str = "数据有误。") -> None:
        self._add({"event": "withdrawn", "id": release, "department": "housing", "reason": reason})

    def see(self, release: str) -> None:
        self._add({"event": "visible", "id": release, "revision": 1, "target": "site"})

    def _add(self, body: Event) -> None:
        prev = sha256(canonical_json(self.events[-1])) if self.events else "0" * 64
        self.events.append({**body, "seq": len(self.events) + 1, "at": self.now.isoformat(), "prev": prev})
        self.wait(minutes=1)


KINDS = ("correction", "update", "minor")
STEPS = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.sampled_from(("publish", "publish", *KINDS, "both", "withdraw", "see", "move", "close")),
        st.sampled_from((0, 0, 1, 24, 24 * 20, 24 * 40)),
    ),
    min_size=1,
    max_size=60,
)


def ledger_of(steps: Sequence[tuple[int, str, int]]) -> list[Event]:
    """A sound ledger from steps: which release, what is done with it, and after how many hours."""
    ledger, known, gone = Ledger(), set[str](), set[str]()
    for number, step, hours in steps:
        ledger.wait(hours=hours)
        release = f"2026/x{number % 3}/fact-{number}"
        serious: Mapping[str, Any] = SERIOUS if number % 3 == 0 else {}
        if release not in known:
            ledger.publish(release, **serious)
            known.add(release)
        elif step == "withdraw" and release not in gone:
            ledger.withdraw(release)
            gone.add(release)
        elif step == "see":
            ledger.see(release)
        else:
            notes = [(kind, f"{kind}{len(ledger.events)}") for kind in KINDS if step in (kind, "both")]
            more: Mapping[str, Any] = {"closed_at": "2026-11-21"} if step == "close" else {}
            where = {"department": "water"} if step == "move" else {}
            ledger.publish(release, *(notes or [("update", "更新。")]), **where, **serious, **more)
            gone.discard(release)
    return ledger.events
