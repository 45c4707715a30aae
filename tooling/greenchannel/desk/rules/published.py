"""S: does the desk still hold what is public?"""

from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.desk.vanished import Published
from greenchannel.domain.diagnostic import Edit, Severity, Span
from greenchannel.domain.message import Key, keys, message


def _renamed(document: Document, context: Context) -> Iterator[Finding]:
    """A published text under a new name.

    What: the file has no id and is not public, and a public one of its type with its title or its text has vanished.
    Why: published under the new name it would get a second address, and the first one would never be corrected.
    Fix: add the id of the public one; `--fix` does it. If it is another text, give it an id of its own.
    """
    found = context.lookalikes.get(document.path, ())
    if found:
        claims = sum(found[0] in one for one in context.lookalikes.values())
        yield Finding(
            document.span("title"),
            message("this looks like the published {id} under a new name", id=found[0].id),
            message("add {key}: {id}, or an id of its own if it is another text", key=Key("id"), id=found[0].id),
            Edit("id", found[0].id) if len(found) == claims == 1 else None,
        )


def _vanished(document: Document, context: Context) -> Iterator[Finding]:
    """A public text without its file.

    What: the record shows a release or an incident whose file is no longer on the desk.
    Why: its page stays, but nobody can correct it any more.
    Fix: restore the file, or withdraw the release. If the file was moved, write the old id into it.
    """
    if document.is_vanished and document.identifier not in context.renamed:
        identifier = document.identifier
        yield Finding(
            Span(),
            message("{id} is public, and its file has vanished from the desk", id=identifier),
            message(
                "restore the file, or withdraw the release; if it was moved, write {key}: {id}",
                key=Key("id"),
                id=identifier,
            ),
        )


def _lacks_note(document: Document, context: Context) -> Iterator[Finding]:
    """A public text that was changed without a note.

    What: the text on the desk differs from the one that is public, and changes has no entry for it.
    Why: the public is told what was changed and why; without a note the change is not published.
    Fix: add an entry to changes with kind (correction, update, minor) and note, or take the change back.
    """
    names = keys("changes", "kind", "note")
    if document.translation and document.translation.language in _known_original(document, context).unnoted:
        yield Finding(
            document.span("title"),
            message(
                "this translation is not the one that is public, and {changes} of its text has no note of it", **names
            ),
            message(
                "add to {changes} of {path}: - {{{kind}: correction, {note}: what was wrong}}",
                path=document.original,
                **names,
            ),
        )
    known = context.published.get(document.value.id) if document.value else None
    if known is None or not known.lacks_note or context.has_broken_translation(document):
        return
    is_listed = bool(document.fields.get("changes"))
    yield Finding(
        document.span("changes" if "key:changes" in document.spans else "title"),
        message("the public text was changed, and {changes} has no note of it", **names),
        message("add to {changes}: - {{{kind}: correction, {note}: what was wrong}}", **names)
        if is_listed
        else message("write {changes}: [{{{kind}: correction, {note}: what was wrong}}]", **names),
    )


def _outlived(document: Document, context: Context) -> Iterator[Finding]:
    """A translation that did not follow its text.

    What: the text that it translates was changed since it became public, and the translation was not.
    Why: who reads the translation alone would go on reading what the city has corrected.
    Fix: bring the translation up to date. Where the change does not concern it, release both as they are.
    """
    if document.translation and document.translation.language in _known_original(document, context).outlived:
        yield Finding(
            document.span("title"),
            message("the text that this translates was changed, and this was not"),
            message("bring it up to date, unless the change does not concern it"),
        )


def _known_original(document: Document, context: Context) -> Published:
    """What is public of the text that a translation translates."""
    original = context.by_path.get(document.original)
    found = context.published.get(original.value.id) if original and original.value else None
    return found or Published(id="", kind="", title="")


def _lost_translation(document: Document, context: Context) -> Iterator[Finding]:
    """A public translation without its file.

    What: the record has a translation of this text, and the desk has no file of it any more.
    Why: the next revision would go out without it, and who reads that language would lose a public text untold.
    Fix: restore the file. To give the translation up, withdraw the release and publish it anew without one: readers
    are told why.
    """
    known = context.published.get(document.value.id) if document.value else None
    if known is None or context.has_broken_translation(document):
        return
    for language in known.missing:
        path = f"{document.path.removesuffix('.md')}.{language.value}.md"
        yield Finding(
            document.span("title"),
            message("the public translation {path} has no file any more", path=path),
            message("restore the file")
            if known.kind == "incident"
            else message("restore the file, or withdraw the release and publish it anew without a translation"),
        )


RULES: tuple[Rule, ...] = (
    Rule("S022", Severity.ERROR, _renamed, asks_record=True),
    Rule("S023", Severity.WARNING, _vanished, asks_record=True),
    Rule("S024", Severity.ERROR, _lacks_note, asks_record=True),
    Rule("S027", Severity.WARNING, _outlived, asks_record=True),
    Rule("S029", Severity.ERROR, _lost_translation, asks_record=True),
)
