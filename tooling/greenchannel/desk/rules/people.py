"""P: who wrote it, who explains it, and may they be named?"""

from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.rules.responsibility import DEPARTMENTS
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import message
from greenchannel.domain.release import Interpretation

PEOPLE = "registry/people.yml"
EXPERTS = "registry/experts.yml"


def _author(document: Document, context: Context) -> Iterator[Finding]:
    """An unknown author.

    What: the author is not in the directory of people.
    Why: another person must approve what the author wrote, and that can be shown only for people who are known.
    Fix: correct the id, or add the person to registry/people.yml.
    """
    value = document.value
    if value is None or isinstance(value, Incident) or not context.could_read(PEOPLE):
        return
    if value.author not in context.newsroom.registry.people:
        yield Finding(
            document.span("author"),
            message("unknown person {person}", person=value.author),
            message("correct the id, or add the person to registry/people.yml"),
        )


def _department_of_person(document: Document, context: Context) -> Iterator[Finding]:
    """A person of an unknown department.

    What: the department of a person in registry/people.yml is not in registry/departments.yml.
    Why: who may approve, and for whom, hangs on the department.
    Fix: correct the id, or add the department to registry/departments.yml.
    """
    if document.path != PEOPLE or document.faults or not context.could_read(DEPARTMENTS):
        return
    for index, person in enumerate(document.fields.get("people", ())):
        if person["department"] not in context.newsroom.registry.departments:
            yield Finding(
                document.span(f"people.{index}.department"),
                message("unknown department {department}", department=person["department"]),
                message("correct the id, or add the department to registry/departments.yml"),
            )


def _unknown_expert(document: Document, context: Context) -> Iterator[Finding]:
    """An unknown expert.

    What: the expert is not in the directory of experts.
    Why: the portal names field and affiliation from the directory; a stranger has neither.
    Fix: correct the id, or add the expert to registry/experts.yml.
    """
    value = document.value
    if not isinstance(value, Interpretation) or not context.could_read(EXPERTS):
        return
    if value.expert not in context.newsroom.registry.experts:
        yield Finding(
            document.span("expert"),
            message("unknown expert {expert}", expert=value.expert),
            message("correct the id, or add the expert to registry/experts.yml"),
        )


def _no_consent(document: Document, context: Context) -> Iterator[Finding]:
    """An expert who has not agreed to be named.

    What: the expert's entry does not say public: true.
    Why: an interpretation is released under the expert's name, and the name is the expert's to give.
    Fix: ask the expert and set public: true in registry/experts.yml, or choose another expert.
    """
    value = document.value
    if not isinstance(value, Interpretation):
        return
    expert = context.newsroom.registry.experts.get(value.expert)
    if expert is not None and not expert.public:
        yield Finding(
            document.span("expert"),
            message("{expert} has not agreed to be named in public", expert=value.expert),
            message("ask the expert and set public: true in registry/experts.yml, or choose another"),
        )


def _basis(document: Document, context: Context) -> Iterator[Finding]:
    """An interpretation of nothing.

    What: the key basis names no release of the desk.
    Why: an expert explains what the city has said; an opinion without it is no interpretation.
    Fix: write the id of the release, `<year>/<slug>/<name>`.
    """
    value = document.value
    if not isinstance(value, Interpretation) or context.is_broken(f"incidents/{value.basis}.md"):
        return
    known = any(not isinstance(one.value, Incident) for one in context.by_id.get(value.basis, ()))
    if not known or value.basis == value.id:
        yield Finding(
            document.span("basis"),
            message("there is no release {release}", release=value.basis)
            if not known
            else message("an interpretation cannot be its own basis"),
            message("write the id of a release: <year>/<slug>/<name>"),
        )


RULES: tuple[Rule, ...] = (
    Rule("P301", Severity.ERROR, _author),
    Rule("P302", Severity.ERROR, _department_of_person),
    Rule("P303", Severity.ERROR, _unknown_expert),
    Rule("P304", Severity.ERROR, _no_consent),
    Rule("P305", Severity.ERROR, _basis),
)
