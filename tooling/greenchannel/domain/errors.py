"""Exceptions are for bugs and the environment; faults in content are diagnostics."""

from collections.abc import Callable

from greenchannel.domain.message import Message


class GreenchannelError(Exception):
    """Base of all our exceptions; the shell prints it in the reader's language and ends with exit code 2.

    The template is the key of the catalogues, as with `message`; `str` gives the English of the code.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template, values)
        self.message = Message(template, values)

    def __str__(self) -> str:
        return str(self.message)

    def in_language(self, translate: Callable[[str], str]) -> str:
        return self.message.in_language(translate)


class SettingsError(GreenchannelError):
    """mkdocs.yml cannot be used."""
