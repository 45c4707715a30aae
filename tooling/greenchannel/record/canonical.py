"""One spelling of a value as bytes: JSON with sorted keys, NFC, UTF-8, no spaces. And its SHA-256."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping


def canonical_json(value: Mapping[str, object]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
