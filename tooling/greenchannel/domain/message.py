"""A text for people, kept apart from its language until a shell prints it.

The template is English and is the key of the gettext catalogues; the values are filled in
after translation. A value may be such a text itself; a time is told to the second, which is what duties are exact to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a file by its English name, until somebody who knows the file spells it as the file does."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Message:
    """Words for people, in the language of whoever reads them: an English template and what goes into it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, translate: Callable[[str], str]) -> str:
        values = {name: _shown(value, translate) for name, value in self.values.items()}
        return translate(self.template).format(**values)

    def spelled(self, spell: Callable[[str], str]) -> "Message":
        """The same with every key as `spell` gives it for the English name."""
        return Message(self.template, {name: _spelled(value, spell) for name, value in self.values.items()})

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


def _spelled(value: object, spell: Callable[[str], str]) -> object:
    if isinstance(value, Key):
        return spell(value.name)
    return value.spelled(spell) if isinstance(value, Message) else value


def keys(*names: str) -> Mapping[str, Key]:
    """Keys as values of a message that names each of them: ``message("correct {lead}", **keys("lead"))``."""
    return {name: Key(name) for name in names}


def message(template: str, **values: object) -> Message:
    return Message(template, values)
