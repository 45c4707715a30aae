"""One spelling of a value as bytes: JSON with sorted keys, NFC, UTF-8, no spaces. And its SHA-256."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(value: Mapping[str, object]) -> bytes:
    return unicodedata.normalize("NFC", _ENCODER.encode(value)).encode()


def read_canonical(data: bytes) -> dict[str, Any] | None:
    """None for bytes that `canonical_json` did not write: NaN, lone surrogates and endless brackets included."""
    try:
        value = json.loads(data)
        is_canonical = isinstance(value, dict) and canonical_json(value) == data
    except (ValueError, RecursionError):
        return None
    return value if is_canonical else None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
