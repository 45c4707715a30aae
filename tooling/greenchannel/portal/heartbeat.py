"""Heartbeats -> the test stream, by which a subscriber tries his whole line. Nothing of it stands anywhere else."""

from collections.abc import Sequence

from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.items import Item
from greenchannel.portal.shown import local, rfc3339
from greenchannel.portal.views.feeds import FeedEntry, FeedView
from greenchannel.record.heartbeat import Beat

_TEXT = (
    "本条只供测试订阅是否畅通，不是政务信息，请勿转载。此时发布记录共 {sequence} 行。"
    "A test of the feed, not news: do not publish it. The record has {sequence} lines."
)


def stream(catalogue: Catalogue, beats: Sequence[Beat]) -> FeedView:
    """`beats` oldest first, at least one."""
    settings = catalogue.settings
    return FeedView(
        id=f"tag:{settings.tag}:feeds/test",
        path="feeds/test",
        title=f"【测试】{settings.name}",
        description="订阅测试，每天至多一条，不是新闻。A test of the feed, not news.",
        home=f"{settings.url}subscribe/",
        base=settings.url,
        organisation=settings.organisation,
        email=settings.email,
        rights="",
        licence=f"{settings.url}subscribe/",
        namespace=f"tag:{settings.tag}:ns/1",
        updated=rfc3339(catalogue, beats[-1].at),
        hubs=settings.websub,
    )


def items(catalogue: Catalogue, beats: Sequence[Beat]) -> tuple[Item, ...]:
    """Newest first."""
    entries = (_entry(catalogue, one) for one in reversed(beats))
    return tuple(Item(one, f"<p>{one.summary}</p>") for one in entries)


def _entry(catalogue: Catalogue, beat: Beat) -> FeedEntry:
    settings, date = catalogue.settings, f"{local(catalogue, beat.at):%Y-%m-%d}"
    identifier, at = f"tag:{settings.tag}:heartbeat/{date}", rfc3339(catalogue, beat.at)
    url = f"{settings.url}subscribe/#heartbeat-{date}"  # Of its own, for readers that tell entries apart by it.
    return FeedEntry(
        id=identifier,
        url=url,
        title=f"【测试】订阅测试，不是新闻（{date}）",
        summary=_TEXT.format(sequence=beat.sequence),
        notes=(),
        more="",
        body="",
        tags=("test",),
        published=at,
        updated=at,
        kind="test",
        item=identifier,
        item_url=url,
        sequence=beat.sequence,
        status="current",
        revision=1,
        type="test",
        department="",
        department_name="",
        incident="",
        incident_title="",
        text_url="",
        sha256="",
        contact=settings.email,
    )
