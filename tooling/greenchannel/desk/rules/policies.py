"""T, fourth part: is the policy that decides known, and does a policy file say what can hold?"""

from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.frontmatter import FaultKind
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.message import message


def _unknown_policy(document: Document, context: Context) -> Iterator[Finding]:
    """An unknown policy.

    What: mkdocs.yml names a policy, as deciding or as advice, that is neither shipped nor in registry/policies/.
    Why: nobody could say what is owed; until it is mended the board shows what the regulation's own policy asks for.
    Fix: correct the id (`greenchannel policy list` shows all), or add the file.
    """
    for fault in document.faults:
        if fault.kind is FaultKind.UNKNOWN_POLICY:
            hint = (
                message("did you mean {suggestion}?", suggestion=fault.suggestion)
                if fault.suggestion
                else message("greenchannel policy list shows all; {policy} decides for now", policy=context.policy.id)
            )
            yield Finding(fault.span, message("unknown policy {policy}", policy=fault.detail), hint)


def _policy_name(document: Document, _context: Context) -> Iterator[Finding]:
    """A policy file under a wrong name.

    What: the id of a policy is not the name of its file, or it is the id of a policy that ships with the tool.
    Why: a policy is found by its id, and two of one id would leave open which limits hold.
    Fix: give file and id the same name, one that is not taken.
    """
    for fault in document.faults:
        if fault.kind is FaultKind.POLICY_NAME:
            yield Finding(
                fault.span,
                message("the policy's id {policy} does not fit", policy=fault.detail),
                message("name the file {policy}.yml", policy=fault.detail)
                if fault.suggestion
                else message("a policy of this id ships with the tool: choose another id"),
            )


def _policy_rule(document: Document, _context: Context) -> Iterator[Finding]:
    """A policy that contradicts itself.

    What: two rules have one id, an end lies before its beginning, or the clock published stands with another duty
    than update (which knows no other clock).
    Why: such a rule could not be evaluated, or in two ways.
    Fix: correct the place that is named.
    """
    for fault in document.faults:
        if fault.kind is FaultKind.POLICY_RULE:
            yield Finding(
                fault.span,
                message("this contradicts the rest of the policy: {value}", value=fault.detail),
                message("each rule has an id of its own; published is the clock of update, and of nothing else"),
            )


RULES: tuple[Rule, ...] = (
    Rule("T120", Severity.ERROR, _unknown_policy),
    Rule("T121", Severity.ERROR, _policy_name),
    Rule("T122", Severity.ERROR, _policy_rule),
)
