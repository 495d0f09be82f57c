"""Texts as SQS takes them in message attributes."""

from __future__ import annotations

import re

_MOST_BYTES = 1000
# Compiled, and kept by re, when something fails for the first time: its many characters take milliseconds.
_NOT_ALLOWED_IN_SQS = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def attribute_text(text: str) -> str:
    """Give a text without the characters that SQS refuses, and no longer than a cause needs to be."""
    text = re.sub(_NOT_ALLOWED_IN_SQS, "\ufffd", text)
    encoded = text.encode()
    if len(encoded) <= _MOST_BYTES:
        return text
    return encoded[: _MOST_BYTES - 3].decode(errors="ignore") + "…"
