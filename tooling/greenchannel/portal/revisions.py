"""The revisions of a release: as a list on its page, and each with a page of its own that compares it with the last.

A revision has a page once there is a second one: until then the release's own page shows it. What a page says of its
revision is fixed with the next one; how many follow changes nothing on it.

A withdrawn text stays readable at the addresses it had, marked on top; no page is opened for it by the withdrawal. No
page of a revision asks to be found by a search engine: who searches should meet what holds now.
"""

from collections.abc import Iterator
from dataclasses import replace

from greenchannel.domain.vocabulary import ChangeKind, ReleaseType
from greenchannel.portal.addresses import public_path
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.shown import card_of, shown_time, withdrawal_notice
from greenchannel.portal.views.incidents import CorrectionView
from greenchannel.portal.views.parts import Frame, Link, Row
from greenchannel.portal.views.releases import NoteView, RevisionPageView, RevisionView, WithdrawalView
from greenchannel.record.approval import COUNTERSIGN_WITHIN
from greenchannel.record.events import PublicRelease, Revision


def history(catalogue: Catalogue, release: PublicRelease) -> tuple[RevisionView, ...]:
    """Newest first."""
    return tuple(_revision(catalogue, release, one) for one in reversed(release.revisions))


def notes(catalogue: Catalogue, release: PublicRelease, kind: ChangeKind) -> tuple[NoteView, ...]:
    """What the revisions of a kind said of themselves, newest first."""
    return tuple(
        NoteView(
            at=shown_time(catalogue, one.at),
            note=joined(said),
            page=_page_url(catalogue, release, one.number),
        )
        for one in reversed(release.revisions)
        if (said := [note for said_kind, note in changes_of(release, one) if said_kind is kind])
    )


def corrections(catalogue: Catalogue, release: PublicRelease) -> tuple[CorrectionView, ...]:
    """Every correction with the texts before and after it, newest first."""
    return tuple(
        CorrectionView(
            at=shown_time(catalogue, one.at),
            note=joined(said),
            page=_page_url(catalogue, release, one.number),
            before=release.revisions[one.number - 2].sha256,
            after=one.sha256,
        )
        for one in reversed(release.revisions)
        if (said := [note for kind, note in changes_of(release, one) if kind is ChangeKind.CORRECTION])
    )


def pages(catalogue: Catalogue, release: PublicRelease) -> Iterator[RevisionPageView]:
    if len(release.revisions) > 1:
        for one in release.revisions:
            yield _page(catalogue, release, one)


def changes_of(release: PublicRelease, revision: Revision) -> list[tuple[ChangeKind, str]]:
    """The notes that came with a revision: those behind the ones that the text before it had."""
    if revision.number == 1:
        return []
    known = len(release.revisions[revision.number - 2].event["changes"])
    return [(ChangeKind(one["kind"]), one["note"]) for one in revision.event["changes"][known:]]


def joined(said: list[str]) -> str:
    """Several notes as one sentence."""
    return "；".join((*(one.rstrip("。；") for one in said[:-1]), *said[-1:]))


def _unnoted(catalogue: Catalogue, revision: Revision) -> str:
    """Of a later revision, only a draft has no note yet."""
    return catalogue.say("首次发布") if revision.number == 1 else catalogue.say("尚无变更说明")


def _revision(catalogue: Catalogue, release: PublicRelease, revision: Revision) -> RevisionView:
    changes = changes_of(release, revision)
    named = dict.fromkeys(catalogue.term(kind) for kind, _ in changes)
    kinds = catalogue.say("、").join(named) or _unnoted(catalogue, revision)
    ended = any(one.revision == revision.number - 1 for one in release.withdrawals)
    text = catalogue.translation(revision.event) or revision.event
    return RevisionView(
        number=revision.number,
        at=shown_time(catalogue, revision.at),
        kind=catalogue.say("重新发布（%(kinds)s）", kinds=kinds) if ended else kinds,
        note=joined([note for _, note in changes]),
        signed=_signed(catalogue, release, revision),
        url=catalogue.settings.root + public_path(text["path"]),
        sha256=text["sha256"],
        page=_page_url(catalogue, release, revision.number),
        withdrawal=_withdrawal(catalogue, release, revision),
    )


def _page_url(catalogue: Catalogue, release: PublicRelease, number: int) -> str:
    """In Chinese, whatever the language: the comparison is of the Chinese texts."""
    return f"{catalogue.settings.root}releases/{release.id}/r{number}/" if len(release.revisions) > 1 else ""


def _withdrawal(catalogue: Catalogue, release: PublicRelease, revision: Revision) -> WithdrawalView | None:
    found = next((one for one in release.withdrawals if one.revision == revision.number), None)
    if found is None:
        return None
    after = release.revisions[revision.number : revision.number + 1]
    return WithdrawalView(
        at=shown_time(catalogue, found.at),
        notice=withdrawal_notice(catalogue, found),
        until=shown_time(catalogue, after[0].at) if after else None,
    )


def _signed(catalogue: Catalogue, release: PublicRelease, revision: Revision) -> str:
    """What the public is told of the duty rule; empty where two people signed before publication."""
    if not revision.event.get("on_duty"):
        return ""
    if signed_at := release.countersigned.get(revision.number):
        return catalogue.say("值班先行发布，%(at)s 由另一人补签", at=shown_time(catalogue, signed_at).text)
    due = shown_time(catalogue, revision.at + COUNTERSIGN_WITHIN).text
    return catalogue.say("值班先行发布，应于 %(due)s 前由另一人补签", due=due)


def _page(catalogue: Catalogue, release: PublicRelease, revision: Revision) -> RevisionPageView:
    number = revision.number
    before, after = release.revisions[: number - 1][-1:], release.revisions[number : number + 1]
    card, view = card_of(catalogue, _as_then(release, number)), _revision(catalogue, release, revision)
    return RevisionPageView(
        frame=Frame(
            title=f"第 {number} 版",
            description=f"{card.title}：第 {number} 版（{view.kind}），{view.at.text}",
            url=view.page,
            crumbs=(card.incident, Link(card.title, card.url)),
            column_type="政策解读" if card.type == ReleaseType.INTERPRETATION else "回应关切",
        ),
        card=card,
        revision=view,
        state=_state(release, view),
        notice=_notice(catalogue, release, view),
        rows=_rows(view),
        previous=Link(f"第 {number - 1} 版", _page_url(catalogue, release, number - 1)) if before else None,
        next=Link(f"第 {number + 1} 版", _page_url(catalogue, release, number + 1)) if after else None,
        body=revision.sha256,
        before=before[0].sha256 if before else "",
        names=names_of(catalogue, (*before, revision)),
    )


def names_of(catalogue: Catalogue, revisions: tuple[Revision, ...]) -> tuple[tuple[str, str], ...]:
    """Identifier and name of everything that these texts name by its identifier."""
    return tuple(sorted({pair for one in revisions for pair in _names(catalogue, one)}))


def _as_then(release: PublicRelease, number: int) -> PublicRelease:
    """The release as it was when that revision was its last: a title that changes later is not this page's title."""
    earlier = tuple(one for one in release.withdrawals if one.revision < number)
    return replace(release, revisions=release.revisions[:number], withdrawals=earlier)


def _state(release: PublicRelease, view: RevisionView) -> str:
    is_last = view.number == release.current.number
    if release.draft and is_last:
        return "草稿"
    if release.withdrawal or view.withdrawal:
        return "已撤回"
    return "现行版本" if is_last else "已被取代"


def _notice(catalogue: Catalogue, release: PublicRelease, view: RevisionView) -> tuple[str, ...]:
    """Why this text is not to be relied on, as paragraphs: a reason ends as its officer typed it. Empty where it is."""
    if release.withdrawal:
        return (withdrawal_notice(catalogue, release.withdrawal),)
    if view.withdrawal and view.withdrawal.until:
        return view.withdrawal.notice, f"本信息已于{view.withdrawal.until.text}重新发布。"
    if view.number == release.current.number:
        return ()
    return (f"本版自{shown_time(catalogue, release.revisions[view.number].at).text}起由新的一版取代。",)


def _rows(view: RevisionView) -> tuple[Row, ...]:
    rows = (
        Row("版次", f"第 {view.number} 版"),
        Row("种类", view.kind),
        Row("发布时间", view.at.text),
        Row("原文", view.url.rpartition("/")[2], view.url),
        Row("审签", view.signed),
    )
    return tuple(one for one in rows if one.value)


def _names(catalogue: Catalogue, revision: Revision) -> Iterator[tuple[str, str]]:
    event = revision.event
    yield event["department"], catalogue.department_name(event["department"])
    yield event["incident"]["id"], event["incident"]["title"]
    if expert := catalogue.registry.public_experts.get(event.get("expert", "")):
        yield expert.id, expert.name
    if basis := catalogue.state.releases.get(event.get("basis", "")):
        # Its first title: a correction of the basis is no change of this page.
        yield basis.id, basis.revisions[0].event["title"]
