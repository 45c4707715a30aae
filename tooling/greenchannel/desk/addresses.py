"""What is an address that a settings file may name."""

from typing import Any
from urllib.parse import urlsplit


def is_web_address(value: Any) -> bool:  # Any: what YAML holds
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port  # It is read only now, and may be none.
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def is_site_path(value: Any) -> bool:  # Any: what YAML holds
    """A place of the site itself, from its root: /departments/. Browsers read a backslash as a slash."""
    is_path = isinstance(value, str) and value[:1] == "/" and value[:2] != "//" and "\\" not in value
    return is_path and is_web_address(f"https://x{value}")
