"""S: does the desk still hold what is public?"""

from collections.abc import Iterator

from greenchannel.desk.newsroom import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Edit, Severity, Span
from greenchannel.domain.message import Key, message


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


RULES: tuple[Rule, ...] = (
    Rule("S022", Severity.ERROR, _renamed),
    Rule("S023", Severity.WARNING, _vanished),
)
