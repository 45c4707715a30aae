"""Runs the rules over the documents: values in, diagnostics out, in a fixed order."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from greenchannel.desk.document import Document
from greenchannel.desk.rules import ALL_RULES
from greenchannel.desk.rules.rule import Context
from greenchannel.desk.rules.structure import UNUSED_IGNORE
from greenchannel.desk.spelling import spelling
from greenchannel.domain.diagnostic import Diagnostic
from greenchannel.domain.message import Message, message

_CODES = frozenset(rule.code for rule in ALL_RULES)
_NEVER_IGNORED = "S"


def check(context: Context, only: frozenset[str] | None = None) -> tuple[Diagnostic, ...]:
    """All diagnostics, or those of the documents with the paths in `only`; the others are still looked up."""
    return in_order(chain.from_iterable(check_each(context, only)))


def check_each(context: Context, only: frozenset[str] | None = None) -> Iterator[tuple[Diagnostic, ...]]:
    """As `check`, of one document after the other: for who may have to stop in between."""
    documents = (one for one in context.newsroom.documents if only is None or one.path in only)
    return (tuple(_in_its_words(one, context)) for one in documents)


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found, key=lambda one: one.order))


def _in_its_words(document: Document, context: Context) -> Iterator[Diagnostic]:
    """The keys that messages and hints name are spelled as the file spells them."""
    if found := tuple(_check_document(document, context)):
        spell = spelling(document, context.language)
        yield from (replace(one, message=one.message.spelled(spell), hint=one.hint.spelled(spell)) for one in found)


def manuals() -> Mapping[str, str]:
    """The manual of every rule, by its code."""
    return {one.code: inspect.cleandoc(one.check.__doc__ or "") for one in ALL_RULES}


def _check_document(document: Document, context: Context) -> Iterator[Diagnostic]:
    ignored = {one.code for one in document.ignores if not one.code.startswith(_NEVER_IGNORED)}
    used: set[str] = set()
    rules = [one for one in ALL_RULES if context.is_record_whole or not one.asks_record]
    waiting = {one.code for one in ALL_RULES} - {one.code for one in rules}
    for rule in rules:
        for one in rule.check(document, context):
            if rule.code in ignored:
                used.add(rule.code)
            else:
                yield Diagnostic(rule.code, rule.severity, one.message, document.path, one.span, one.hint, one.edit)
    for ignore in document.ignores:
        if ignore.code not in used | waiting:
            reason, hint = _why_unused(ignore.code)
            yield Diagnostic(UNUSED_IGNORE.code, UNUSED_IGNORE.severity, reason, document.path, ignore.span, hint)


def _why_unused(code: str) -> tuple[Message, Message]:
    if code not in _CODES:
        return message("there is no rule {code}", code=code), message("correct the code, or delete the entry")
    if code.startswith(_NEVER_IGNORED):
        return message("{code} cannot be ignored", code=code), message("correct the fault, and delete the entry")
    return message("{code} found nothing here to ignore", code=code), message("delete the entry")
