"""S: does the desk still hold what is public?"""

from collections.abc import Iterator

from greenchannel.desk.newsroom import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
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
    known = context.published.get(document.value.id) if document.value else None
    if known is None or not known.lacks_note or context.has_broken_translation(document):
        return
    names = keys("changes", "kind", "note")
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
    original = context.by_path.get(document.original)
    known = context.published.get(original.value.id) if original and original.value else None
    if known and document.translation and document.translation.language in known.outlived:
        yield Finding(
            document.span("title"),
            message("the text that this translates was changed, and this was not"),
            message("bring it up to date, unless the change does not concern it"),
        )


RULES: tuple[Rule, ...] = (
    Rule("S022", Severity.ERROR, _renamed, asks_record=True),
    Rule("S023", Severity.WARNING, _vanished, asks_record=True),
    Rule("S024", Severity.ERROR, _lacks_note, asks_record=True),
    Rule("S027", Severity.WARNING, _outlived, asks_record=True),
)
