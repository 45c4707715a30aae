"""What is wrong with a file, where, and what to do: a value that flows beside the result, never raised."""

from dataclasses import dataclass
from enum import StrEnum

from greenchannel.domain.message import Message


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file; lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """A safe repair: the key of the front matter and the value it should have."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Respelling:
    """A safe repair: the same word, spelled as it must be, within one line."""

    span: Span
    text: str


SETTINGS_FILE = "mkdocs.yml"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """`path` is relative to content/; the settings alone stand beside that folder."""

    code: str
    severity: Severity
    message: Message
    path: str
    span: Span
    hint: Message
    edit: Edit | Respelling | None = None

    @property
    def file(self) -> str:
        """The path from the newsroom's folder, as people and tools open it."""
        return self.path if self.path == SETTINGS_FILE else f"content/{self.path}"

    @property
    def order(self) -> tuple[str, Span, str, str]:
        return (self.path, self.span, self.code, str(self.message))
