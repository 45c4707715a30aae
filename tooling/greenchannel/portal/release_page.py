"""A release as its page shows it."""

from collections.abc import Iterator
from datetime import datetime

from greenchannel.domain.moment import read_moment
from greenchannel.domain.vocabulary import Category, ChangeKind, ReleaseType, Verdict
from greenchannel.portal import revisions, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import attached, card_of, feed_link, notice, release_url, shown_time
from greenchannel.portal.views import Card, FeedLink, Frame, Link, ReleaseView, Row
from greenchannel.record.events import PublicRelease


def release_view(
    catalogue: Catalogue, release: PublicRelease, older: PublicRelease | None, newer: PublicRelease | None
) -> ReleaseView:
    card = card_of(catalogue, release)
    history = revisions.history(catalogue, release)
    frame = Frame(
        title=card.title,
        description=card.summary,
        url=card.url,
        crumbs=(card.incident,),
        feeds=tuple(_release_feeds(catalogue, release)),
        column_type="政策解读" if card.type == ReleaseType.INTERPRETATION else "回应关切",
    )
    return ReleaseView(
        frame=frame,
        twin=f"{card.url}index.json",
        card=card,
        rows=tuple(_release_rows(catalogue, release, card)),
        revisions=history,
        body=release.current.sha256,
        previous=Link(older.current.event["title"], release_url(catalogue, older)) if older else None,
        next=Link(newer.current.event["title"], release_url(catalogue, newer)) if newer else None,
        attachments=() if release.withdrawal else tuple(attached(catalogue, release)),
        withdrawn=notice(catalogue, release),
        corrections=revisions.notes(catalogue, release, ChangeKind.CORRECTION),
        update=next(iter(revisions.notes(catalogue, release, ChangeKind.UPDATE)), None),
        earlier_withdrawals=tuple(one.withdrawal for one in history if one.withdrawal and one.withdrawal.until),
        duties=timeliness.release_duties(catalogue, release),
        draft=release.draft,
    )


def _release_feeds(catalogue: Catalogue, release: PublicRelease) -> Iterator[FeedLink]:
    incident = release.current.event["incident"]
    yield feed_link(catalogue.settings.root, incident["title"], f"incidents/{incident['id']}")
    yield department_feed(catalogue, release)
    kind = ReleaseType(release.current.event["type"])
    yield feed_link(catalogue.settings.root, kind.zh, f"types/{kind.value}")


def department_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    department = release.current.event["department"]
    return feed_link(catalogue.settings.root, catalogue.department_name(department), f"departments/{department}")


def category_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    category = Category(release.current.event["incident"]["category"])
    return feed_link(catalogue.settings.root, category.zh, f"categories/{category.value}")


def _release_rows(catalogue: Catalogue, release: PublicRelease, card: Card) -> Iterator[Row]:
    event = release.current.event
    yield Row("发布机构", card.department.text, card.department.url)
    yield Row("发布日期", card.published.text)
    if release.updated_at != release.first_at:
        yield Row("更新时间", shown_time(catalogue, release.updated_at).text)
    yield Row("所属事件", card.incident.text, card.incident.url)
    if verdict := event.get("verdict"):
        yield Row("核查结论", Verdict(verdict).zh)
    if starts := event.get("starts_at"):
        yield Row("开始时间", shown_time(catalogue, datetime.fromisoformat(starts)).text)
    if held := event.get("held_at"):
        yield Row("召开时间", shown_time(catalogue, read_moment(held, catalogue.settings.zone)).text)
    if (expert := catalogue.registry.experts.get(event.get("expert", ""))) and expert.public:
        yield Row(
            "解读专家", f"{expert.name}（{expert.affiliation}）", f"{catalogue.settings.root}experts/{expert.id}/"
        )
    if basis := catalogue.state.releases.get(event.get("basis", "")):
        yield Row("解读对象", basis.current.event["title"], release_url(catalogue, basis))
    if reason := event.get("late_reason"):
        yield Row("迟发原因", reason)
