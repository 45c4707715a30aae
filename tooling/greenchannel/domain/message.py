"""A text for people, kept apart from its language until a shell prints it.

The template is English and is the key of the gettext catalogues; the values are filled in after translation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, translate: Callable[[str], str]) -> str:
        return translate(self.template).format(**self.values)

    def __str__(self) -> str:
        return self.in_language(lambda template: template)


def message(template: str, **values: object) -> Message:
    return Message(template, values)
