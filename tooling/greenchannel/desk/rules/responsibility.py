"""R: is the department that answers the one that has to?"""

from collections.abc import Iterator
from datetime import date

from greenchannel.desk.document import Document
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity, Span
from greenchannel.domain.incident import Incident
from greenchannel.domain.message import keys, message
from greenchannel.domain.moment import earliest
from greenchannel.domain.vocabulary import Category, Theme

DEPARTMENTS = "registry/departments.yml"
ROUTING = "registry/routing.yml"
_ADD_DEPARTMENT = "correct the id, or add the department to registry/departments.yml"


def _unknown(department: str, context: Context) -> bool:
    return context.could_read(DEPARTMENTS) and department not in context.newsroom.registry.departments


def _day(incident: Incident, context: Context) -> date:
    """The day on which bodies are looked up: when the city learned of the incident."""
    clock = incident.claimed_at or incident.detected_at or incident.occurred_at
    return earliest(clock).date() if clock is not None else context.now.date()


def _other_lead(document: Document, context: Context) -> Iterator[Finding]:
    """Another lead than the routing table's.

    What: the lead is not the department the routing table names for this category or theme, and no reason is given.
    Why: the regulation names a lead body for each kind of concern, so that no concern is passed around.
    Fix: correct lead, or say in lead_reason why another department leads.
    """
    value = document.value
    if not isinstance(value, Incident) or value.lead_reason:
        return
    expected = context.newsroom.registry.routing.lead_for(value.category, value.theme)
    if expected is not None:
        expected = context.newsroom.registry.body_on(expected, _day(value, context))
    if expected is not None and value.lead != expected:
        yield Finding(
            document.span("lead"),
            message("the lead is {lead}, but the routing table names {expected}", lead=value.lead, expected=expected),
            message(
                "correct {lead}, or say in {lead_reason} why another department leads", **keys("lead", "lead_reason")
            ),
        )


def _unknown_lead(document: Document, context: Context) -> Iterator[Finding]:
    """An unknown lead department.

    What: the lead is not in the directory of departments.
    Why: nobody would be told, and the portal could not name who answers.
    Fix: correct the id, or add the department to registry/departments.yml.
    """
    value = document.value
    if isinstance(value, Incident) and _unknown(value.lead, context):
        yield Finding(
            document.span("lead"),
            message("unknown department {department}", department=value.lead),
            message(_ADD_DEPARTMENT),
        )


def _missing_copy(document: Document, context: Context) -> Iterator[Finding]:
    """A body that must be copied is missing.

    What: the routing table lists bodies that get a copy of every incident, and one of them is not in cc.
    Why: they collect and judge public concerns for the whole city.
    Fix: add the body to cc. The lead itself need not be copied.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    registry = context.newsroom.registry
    for required in (registry.body_on(one, _day(value, context)) for one in registry.routing.cc):
        if required not in value.cc and required != value.lead:
            yield Finding(
                document.span("cc"),
                message("{department} must be copied", department=required),
                message("add {department} to {cc}", **keys("cc"), department=required),
            )


def _unknown_department(document: Document, context: Context) -> Iterator[Finding]:
    """A release of an unknown department.

    What: the department of the release is not in the directory.
    Why: a release without a known sender cannot be listed or answered for.
    Fix: correct the id, or add the department to registry/departments.yml.
    """
    value = document.value
    if value is not None and not isinstance(value, Incident) and _unknown(value.department, context):
        yield Finding(
            document.span("department"),
            message("unknown department {department}", department=value.department),
            message(_ADD_DEPARTMENT),
        )


def _theme(document: Document, _context: Context) -> Iterator[Finding]:
    """Livelihood and theme belong together.

    What: the category is livelihood and no theme is given, or a theme is given with another category.
    Why: for livelihood, and only there, the theme decides who leads.
    Fix: add the theme, delete it, or correct the category.
    """
    value = document.value
    if not isinstance(value, Incident) or (value.category is Category.LIVELIHOOD) == (value.theme is not None):
        return
    if value.theme is None:
        yield Finding(
            document.span("category"),
            message("a livelihood incident needs a theme"),
            message(
                "add {theme}: {choices}", **keys("theme"), choices=", ".join(f"{one.value} ({one.zh})" for one in Theme)
            ),
        )
    else:
        yield Finding(
            document.span("theme"),
            message("only a livelihood incident has a theme"),
            message("delete {theme}, or correct the category", **keys("theme")),
        )


def _routing(document: Document, context: Context) -> Iterator[Finding]:
    """The routing table names an unknown department.

    What: a lead or a copied body in registry/routing.yml is not in registry/departments.yml.
    Why: every incident routed there would go to nobody.
    Fix: correct the id, or add the department to registry/departments.yml.
    """
    if document.path != ROUTING or document.faults:
        return
    for place, department in _named(document):
        if _unknown(department, context):
            yield Finding(
                place, message("unknown department {department}", department=department), message(_ADD_DEPARTMENT)
            )


def _named(document: Document) -> Iterator[tuple[Span, str]]:
    for part in ("lead", "themes"):
        for key, department in document.fields.get(part, {}).items():
            yield document.span(f"{part}.{key}"), department
    for index, department in enumerate(document.fields.get("cc", ())):
        yield document.span(f"cc.{index}"), department


def _abolished(document: Document, context: Context) -> Iterator[Finding]:
    """A body that did not exist at the time.

    What: the lead or a copied body was not valid on the day on which the city learned of the incident.
    Why: after a reform the duties lie with the successor; a record with the former name would blame nobody.
    Fix: name the successor shown in the hint, or correct valid_from and valid_to in registry/departments.yml.
    """
    value = document.value
    if not isinstance(value, Incident):
        return
    registry, day = context.newsroom.registry, _day(value, context)
    for key, body in (("lead", value.lead), *((f"cc.{number}", one) for number, one in enumerate(value.cc))):
        known = registry.departments.get(body)
        if known is not None and not known.is_valid(day):
            yield Finding(
                document.span(key),
                message("{department} did not exist on {day}", department=body, day=day.isoformat()),
                message("name {successor}, or correct registry/departments.yml", successor=registry.body_on(body, day)),
            )


def _successors(document: Document, context: Context) -> Iterator[Finding]:
    """A successor that leads nowhere.

    What: a body's successor is unknown, or the successors lead back to the body itself.
    Why: nobody would be found who answers for its incidents.
    Fix: correct successor in registry/departments.yml.
    """
    if document.path != DEPARTMENTS or document.faults:
        return
    registry = context.newsroom.registry
    for index, one in enumerate(document.fields.get("departments") or ()):
        known = registry.departments.get(str(one.get("id")))
        if known is None or known.successor is None:
            continue
        circle = registry.successor_circle(known.id)
        if circle or known.successor not in registry.departments:
            yield Finding(
                document.span(f"departments.{index}.successor"),
                message("the successors lead in a circle: {circle}", circle=" -> ".join(circle))
                if circle
                else message("unknown department {department}", department=known.successor),
                message("correct {successor}", **keys("successor")),
            )


def _forgotten(document: Document, context: Context) -> Iterator[Finding]:
    """A body of the record that the directory does not know.

    What: a public release or incident names a department that is not in registry/departments.yml any more.
    Why: its page and its releases stay, and readers see an id instead of a name.
    Fix: enter the department again; one that was abolished has valid_to and a successor instead of being deleted.
    """
    if document.path != DEPARTMENTS:
        return
    for body in sorted(one for one in context.named_bodies if _unknown(one, context)):
        yield Finding(
            Span(),
            message("the record names {department}, which is not in the directory any more", department=body),
            message("enter it again; if it was abolished, write {valid_to} and do not delete it", **keys("valid_to")),
        )


RULES: tuple[Rule, ...] = (
    Rule("R201", Severity.ERROR, _other_lead),
    Rule("R202", Severity.ERROR, _unknown_lead),
    Rule("R203", Severity.ERROR, _missing_copy),
    Rule("R204", Severity.ERROR, _unknown_department),
    Rule("R205", Severity.ERROR, _theme),
    Rule("R206", Severity.ERROR, _routing),
    Rule("R207", Severity.WARNING, _abolished),
    Rule("R208", Severity.ERROR, _successors),
    Rule("R209", Severity.WARNING, _forgotten, asks_record=True),
)
