"""A text for people, kept apart from its language until a shell prints it.

The template is English and is the key of the gettext catalogues; the values are filled in
after translation. A value may be such a text itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, translate: Callable[[str], str]) -> str:
        values = {
            name: value.in_language(translate) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.in_language(lambda template: template)


def message(template: str, **values: object) -> Message:
    return Message(template, values)
