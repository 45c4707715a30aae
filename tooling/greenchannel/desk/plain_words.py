"""What the libraries that read a file object to, in words that help who wrote it. Their own words reach nobody."""

from collections.abc import Mapping
from typing import Any

from greenchannel.domain.message import Key, Message, message

_YAML: tuple[tuple[str, Message], ...] = (
    ("mapping values are not allowed", message("a second colon stands in this line; put the value in quotes")),
    ("could not find expected ':'", message("a line has no colon after its key")),
    ("cannot start any token", message("a value that begins with this sign must stand in quotes")),
    ("expected ',' or ']'", message("the bracket [ is not closed, or a comma is missing")),
    ("expected ',' or '}'", message("the brace {{ is not closed, or a comma is missing")),
    ("unexpected end of stream", message("a quotation mark is not closed")),
    (
        "did not find expected key",
        message("this line is indented otherwise than those above, or a quotation mark is missing"),
    ),
    ("block sequence entries", message("a list begins on a line of its own, each entry with - and a blank")),
)


def of_yaml(problem: str) -> Message:
    found = (words for part, words in _YAML if part in problem)
    return next(found, message("key and value cannot be told apart here"))


def of_pydantic(detail: Mapping[str, Any], entry: tuple[str, ...]) -> Message:  # Any: pydantic's own error dictionary
    """What is expected in place of a value of the wrong kind. `entry` are the keys of an entry, if one is."""
    match detail["type"]:
        case "string_type":
            return message("a single text; in quotes where it begins with a bracket or a brace")
        case "string_too_short" | "too_short":
            return message("something; it must not be empty")
        case "tuple_type" if entry:
            return message("a list of entries such as [{entry}]", entry=_entry(entry))
        case "tuple_type":
            given = detail["input"]
            return message(
                "a list in brackets such as [{value}]", value=given if isinstance(given, str) and given else "…"
            )
        case "model_type" if entry:
            return message("an entry such as {entry}", entry=_entry(entry))
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return message("a whole number, in digits")
        case "greater_than_equal" | "less_than_equal":
            return message("a whole number from 0 to 1000000")
        case "string_pattern_mismatch":
            return message("a date such as 2026, 2026-11 or 2026-11-20")
        case _:
            return message("a value of another kind")


def _entry(keys: tuple[str, ...]) -> Message:
    """Two keys show what an entry looks like."""
    first, last = keys[0], keys[1 if len(keys) > 1 else 0]
    return message("{{{first}: …, {last}: …}}", first=Key(first), last=Key(last))
