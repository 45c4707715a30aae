"""A release as its page shows it."""

from collections.abc import Iterator

from greenchannel.domain.moment import read_moment
from greenchannel.domain.vocabulary import Category, ChangeKind, ReleaseType, Verdict
from greenchannel.portal import revisions, timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.conference_calendar import NAME as CALENDAR
from greenchannel.portal.conference_calendar import is_conference
from greenchannel.portal.shown import attached, card_of, feed_link, notice, release_url, shown_time
from greenchannel.portal.views.parts import Card, FeedLink, Frame, Link, Row
from greenchannel.portal.views.releases import ExpertView, InterpretationView, ReleaseView
from greenchannel.record.events import PublicRelease

_NEAREST = 2  # others of the incident, on either side: the page stands still once so many have followed


def release_view(catalogue: Catalogue, timeline: tuple[PublicRelease, ...], place: int) -> ReleaseView:
    """Of the release at that place of its incident's releases, newest first."""
    release = timeline[place]
    card, history = card_of(catalogue, release), revisions.history(catalogue, release)
    newer, older = timeline[max(place - _NEAREST, 0) : place], timeline[place + 1 : place + 1 + _NEAREST]
    event, is_shown = release.current.event, release.withdrawal is None
    address = f"{catalogue.settings.root}releases/{release.id}/"  # of what is the same in each language
    text = catalogue.translation(event) or event
    return ReleaseView(
        frame=_frame(catalogue, release, card),
        id=f"tag:{catalogue.settings.tag}:{release.id}",
        language=catalogue.language,
        twin=f"{address}index.json",
        card=card,
        updated=shown_time(catalogue, release.updated_at),
        metadata=catalogue.settings.metadata,
        table=tuple(_table(catalogue, release, card)),
        rows=tuple(_release_rows(catalogue, release, card)),
        revisions=history,
        body=text["sha256"],
        previous=_link(catalogue, older[:1]),
        next=_link(catalogue, newer[-1:]),
        attachments=tuple(attached(catalogue, release)) if is_shown else (),
        withdrawn=notice(catalogue, release),
        corrections=revisions.notes(catalogue, release, ChangeKind.CORRECTION),
        update=next(iter(revisions.notes(catalogue, release, ChangeKind.UPDATE)), None),
        earlier_withdrawals=tuple(one.withdrawal for one in history if one.withdrawal and one.withdrawal.until),
        duties=timeliness.release_duties(catalogue, release),
        draft=release.draft,
        confirmed=catalogue.stand(event, "confirmed") if is_shown else (),
        checking=catalogue.stand(event, "checking") if is_shown else (),
        interpretation=_interpretation(catalogue, release) if is_shown else None,
        explained_by=tuple(card_of(catalogue, one) for one in catalogue.explaining(release.id)),
        siblings=tuple(card_of(catalogue, one) for one in (*newer, *older)),
        calendar=f"{address}{CALENDAR}" if is_conference(release) else "",
        editor=catalogue.settings.editor,
    )


def _frame(catalogue: Catalogue, release: PublicRelease, card: Card) -> Frame:
    return Frame(
        title=card.title,
        description=card.summary,
        url=card.url,
        crumbs=(card.incident,),
        feeds=tuple(_release_feeds(catalogue, release)),
        column_type="政策解读" if card.type == ReleaseType.INTERPRETATION else "回应关切",
    )


def _link(catalogue: Catalogue, one: tuple[PublicRelease, ...]) -> Link | None:
    return Link(catalogue.title(one[0].current.event), release_url(catalogue, one[0])) if one else None


def _release_feeds(catalogue: Catalogue, release: PublicRelease) -> Iterator[FeedLink]:
    incident = release.current.event["incident"]
    yield feed_link(catalogue.settings.root, catalogue.title(incident), f"incidents/{incident['id']}")
    yield department_feed(catalogue, release)
    kind = ReleaseType(release.current.event["type"])
    yield feed_link(catalogue.settings.root, catalogue.term(kind), f"types/{kind.value}")


def department_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    department = release.current.event["department"]
    return feed_link(catalogue.settings.root, catalogue.department_name(department), f"departments/{department}")


def category_feed(catalogue: Catalogue, release: PublicRelease) -> FeedLink:
    category = Category(release.current.event["incident"]["category"])
    return feed_link(catalogue.settings.root, catalogue.term(category), f"categories/{category.value}")


def _table(catalogue: Catalogue, release: PublicRelease, card: Card) -> Iterator[Row]:
    """What the ledger knows of the metadata, under the labels by which the settings order it."""
    category = Category(release.current.event["incident"]["category"])
    if number := catalogue.index_numbers.get(release.id):
        yield Row("索引号", number)
    yield Row("主题分类", catalogue.term(category), f"{catalogue.settings.root}categories/{category.value}/")
    yield Row("发布机构", card.department.text, card.department.url)
    yield Row("发布日期", card.published.text)
    if release.updated_at != release.first_at:
        yield Row("更新时间", shown_time(catalogue, release.updated_at).text)
    yield Row("有效性", _validity(catalogue, card.status))
    if catalogue.settings.editor:
        yield Row("责任编辑", catalogue.settings.editor)


def _validity(catalogue: Catalogue, status: str) -> str:
    say = catalogue.say
    words = {"": say("有效"), "更正": say("已更正"), "撤回": say("已撤回"), "草稿": say("草稿，未发布")}
    return words[status]


def _release_rows(catalogue: Catalogue, release: PublicRelease, card: Card) -> Iterator[Row]:
    """What is said of a release besides its metadata."""
    event = release.current.event
    say = catalogue.say
    yield Row(say("所属事件"), card.incident.text, card.incident.url)
    if verdict := event.get("verdict"):
        yield Row(say("核查结论"), catalogue.term(Verdict(verdict)))
    if due := event.get("result_due"):
        time = shown_time(catalogue, read_moment(due, catalogue.settings.zone)).text
        yield Row(say("结果公布"), say("%(time)s前", time=time))
    if reason := event.get("late_reason"):
        yield Row(say("迟发原因"), reason)


def _interpretation(catalogue: Catalogue, release: PublicRelease) -> InterpretationView | None:
    event = release.current.event
    basis, expert = catalogue.state.releases.get(event.get("basis", "")), _expert(catalogue, event.get("expert", ""))
    return InterpretationView(expert=expert, basis=card_of(catalogue, basis)) if basis else None


def _expert(catalogue: Catalogue, identifier: str) -> ExpertView | None:
    known = catalogue.registry.public_experts.get(identifier)
    if known is None:
        return None
    url, named = f"{catalogue.settings.root}experts/{known.id}/", catalogue.expert(known)
    return ExpertView(
        link=Link(named["name"], url), field=known.field, affiliation=named["affiliation"], title=known.title
    )
