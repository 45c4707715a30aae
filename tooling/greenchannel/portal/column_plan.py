"""Columns -> the plan of their pages.

A month in all columns is made of the releases of that month, so that a month which is over is planned once and then
remembered; the columns' own pages show the newest and are planned each time.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from greenchannel.portal import columns
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.columns import Shelf
from greenchannel.portal.page_plan import Pages
from greenchannel.portal.plan import Planned, Stage, fingerprint
from greenchannel.portal.remembered_plan import Earlier
from greenchannel.portal.source import Site
from greenchannel.record.events import PublicRelease


def plan_columns(
    site: Site, theme: str, digests: Sequence[str], catalogue: Catalogue, pages: Pages, shelves: Sequence[Shelf]
) -> Iterator[Planned]:
    """`theme` is its digest, `digests` are those of the ledger's lines."""
    language = catalogue.language
    common = fingerprint(site.ground, theme, language, pages.frame)
    every = columns.months(shelves)
    known = Earlier(site.memory, site.at_hand.plans, [f"month {language} {one}" for one in every])
    marks = {one.id: _mark(catalogue, one, digests) for one in catalogue.releases}  # It stands in several columns.
    for month in every:
        inputs = [
            (path, beside, [marks[one.id] for one in held])
            for path, beside, held in columns.month_inputs(shelves, month)
        ]
        plan = partial(_planned, catalogue, pages, shelves, month)
        yield from known.plan(f"month {language} {month}", fingerprint(common, inputs), plan)
    for template, view in columns.front_pages(catalogue, shelves):
        yield pages.page(Stage.LIST, template, view)


def _planned(catalogue: Catalogue, pages: Pages, shelves: Sequence[Shelf], month: str) -> Iterator[Planned]:
    for template, view in columns.month_pages(catalogue, shelves, month):
        yield pages.page(Stage.LIST, template, view)


def _mark(catalogue: Catalogue, release: PublicRelease, digests: Sequence[str]) -> str:
    """All that a card shows of a release; receipts and second signatures are none of it."""
    lines = tuple(digests[one.event["seq"] - 1] for one in release.revisions)
    incident = release.current.event["incident"]["id"]
    return repr((lines, release.withdrawals, catalogue.has_page(release.id), catalogue.has_page(incident)))
