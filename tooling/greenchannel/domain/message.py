"""A text for people, kept apart from its language until a shell prints it.

The template is English and is the key of the gettext catalogues; the values are filled in
after translation. A value may be such a text itself; a time is told to the second, which is what duties are exact to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, translate: Callable[[str], str]) -> str:
        values = {name: _shown(value, translate) for name, value in self.values.items()}
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.in_language(lambda template: template)


def _shown(value: object, translate: Callable[[str], str]) -> object:
    match value:
        case Message():
            return value.in_language(translate)
        case datetime():
            return value.isoformat(timespec="seconds")
        case _:
            return value


def message(template: str, **values: object) -> Message:
    return Message(template, values)
