"""`new incident`, `new release`, `new english`: begin a file with what clock and routing table know."""

import difflib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from greenchannel.cli.call import Call, TermChoice
from greenchannel.cli.localised import LocalisedGroup
from greenchannel.domain.errors import GreenchannelError
from greenchannel.domain.vocabulary import Category, IncidentClass, ReleaseType, Theme

if TYPE_CHECKING:
    from greenchannel.desk.document import Newsroom
    from greenchannel.desk.settings import Settings


@click.group(cls=LocalisedGroup)
def new() -> None:
    """Begin an incident or a release; the clock and the routing table fill in what they know."""


@new.command("incident")
@click.argument("title")
@click.option("--category", type=TermChoice(Category), required=True)
@click.option("--class", "incident_class", type=TermChoice(IncidentClass), required=True)
@click.option("--theme", type=TermChoice(Theme), help="Of a livelihood matter.")
@click.option("--casualties", is_flag=True, help="造成重大人员伤亡")
@click.option("--wide-impact", is_flag=True, help="社会影响较大")
@click.option("--slug", help="The name in the address; by default from the title's pinyin.")
@click.pass_obj
def new_incident(
    call: Call,
    title: str,
    category: Category,
    incident_class: IncidentClass,
    theme: Theme | None,
    casualties: bool,
    wide_impact: bool,
    slug: str | None,
) -> int:
    """Open an incident: TITLE is what the public will read. The clock starts now; edit claimed_at if not so."""
    from greenchannel.delivery.writing import create_file
    from greenchannel.desk import scaffolds
    from greenchannel.desk.pinyin import propose_slug
    from greenchannel.domain.slug import is_slug

    settings = call.settings()
    if category is Category.LIVELIHOOD and theme is None:
        raise GreenchannelError("a livelihood matter needs --theme")
    newsroom = _around(settings)
    routing = newsroom.registry.routing
    now = call.clock(settings)()
    chosen = slug or propose_slug(title)
    if not is_slug(chosen):
        raise GreenchannelError("{slug}: a slug is a-z, 0-9 and -, at most 80", slug=chosen)
    identifier = f"{now:%Y}/{chosen}"
    if identifier in _taken(settings, newsroom):
        raise GreenchannelError("{incident}: another incident has this id; choose a --slug", incident=identifier)
    text = scaffolds.incident_text(
        identifier=identifier,
        title=title,
        category=category,
        theme=theme,
        incident_class=incident_class,
        casualties=casualties,
        wide_impact=wide_impact,
        lead=routing.lead_for(category, theme) or "",
        cc=routing.cc,
        now=now,
        language=settings.language,
    )
    path = settings.content / "incidents" / identifier / "incident.md"
    create_file(path, text.encode())
    click.echo(str(path.relative_to(call.home)))
    click.echo(call.translate("next: {command}").format(command=f"greenchannel new release fact {identifier}"))
    return 0


@new.command("release")
@click.argument("kind", metavar="TYPE", type=TermChoice(ReleaseType))
@click.argument("incident")
@click.option("--author", envvar="GREENCHANNEL_PERSON", default="", help="Your id in content/registry/people.yml.")
@click.pass_obj
def new_release(call: Call, kind: ReleaseType, incident: str, author: str) -> int:
    """Begin a release of TYPE for INCIDENT (its id, like 2026/qingnianlu-huozai)."""
    from greenchannel.delivery.writing import create_file
    from greenchannel.desk import scaffolds
    from greenchannel.desk.policies import select
    from greenchannel.domain.timing import obligations

    settings = call.settings()
    newsroom = _around(settings, incident)
    known = newsroom.incidents.get(incident)
    if known is None:
        raise GreenchannelError("{incident}: no such incident, or its file has errors", incident=incident)
    if author and author not in newsroom.registry.people:
        near = difflib.get_close_matches(author, newsroom.registry.people, n=1)
        raise GreenchannelError(
            "{author}: not in content/registry/people.yml; known: {names}",
            author=author,
            names=", ".join(near or newsroom.registry.people),
        )
    policy = select(settings.policy, settings.advisory, newsroom.policies).deciding
    owed = {one.duty.value: one.due_at for one in obligations(known, policy, ())}
    # The incident's folder may have another name by now, and a renamed release still has its id.
    document = newsroom.document_of(incident)
    folder = (settings.content / document.path).parent if document else settings.content / "incidents" / incident
    taken = _taken(settings, newsroom)
    names = (f"{kind.value}-{number}" for number in range(1, 10_000))
    name = next(one for one in names if f"{incident}/{one}" not in taken and not (folder / f"{one}.md").exists())
    text = scaffolds.release_text(
        identifier=f"{incident}/{name}",
        kind=kind,
        incident=known,
        deadline=owed.get(kind.value),
        author=author,
        language=settings.language,
    )
    path = folder / f"{name}.md"
    create_file(path, text.encode())
    click.echo(str(path.relative_to(call.home)))
    follow = f"greenchannel check {folder.relative_to(call.home).as_posix()}"
    click.echo(call.translate("next: {command}").format(command=follow))
    return 0


@new.command("english")
@click.argument("named", metavar="ID")
@click.pass_obj
def new_english(call: Call, named: str) -> int:
    """Begin the English text of a release or an incident on the desk, beside it; it is released with it."""
    from greenchannel.delivery.writing import create_file
    from greenchannel.desk import scaffolds
    from greenchannel.desk.values import translation_path
    from greenchannel.domain.incident import Incident
    from greenchannel.domain.vocabulary import Language
    from greenchannel.opening import release_id

    settings = call.settings()
    identifier = release_id(settings, named)
    documents = _around(settings, identifier).documents
    document = next((one for one in documents if one.identifier == identifier and not one.original), None)
    if document is None:
        raise GreenchannelError("{name}: not on the desk", name=identifier)
    if document.value is None:
        raise GreenchannelError("{path}: has errors; mend them first (greenchannel check)", path=document.path)
    kind = None if isinstance(document.value, Incident) else document.value.type
    path = settings.content / translation_path(PurePosixPath(document.path), Language.ENGLISH)
    create_file(path, scaffolds.english_text(kind, settings.language).encode())
    click.echo(str(path.relative_to(call.home)))
    follow = f"greenchannel check {path.parent.relative_to(call.home).as_posix()}"
    click.echo(call.translate("next: {command}").format(command=follow))
    return 0


def _around(settings: "Settings", *about: str) -> "Newsroom":
    """The desk, with no more of it read than has to do with the ids `about`: of all else the ids are known."""
    from greenchannel.delivery.memory import Memory
    from greenchannel.desk.outline import read_around
    from greenchannel.portal.maker import maker

    with Memory(settings.home, maker()) as memory:
        return read_around(settings.content, settings.zone, about, (), memory)


def _taken(settings: "Settings", newsroom: "Newsroom") -> set[str]:
    """Every id that some file or the record has."""
    from greenchannel.delivery.record import LedgerDamagedError, read_record

    known = set(newsroom.identifiers)
    try:
        state = read_record(settings.releases).state
    except LedgerDamagedError:
        return known  # A damaged record stops what goes out; a draft may be begun meanwhile.
    return known | set(state.incidents) | set(state.releases)
