"""Texts as SQS takes them in message attributes."""

from __future__ import annotations

import re

_MOST_BYTES = 1000
_NOT_ALLOWED_IN_SQS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def attribute_text(text: str) -> str:
    """Give a text without the characters that SQS refuses, and no longer than a cause needs to be."""
    text = _NOT_ALLOWED_IN_SQS.sub("\ufffd", text)
    encoded = text.encode()
    if len(encoded) <= _MOST_BYTES:
        return text
    return encoded[: _MOST_BYTES - 3].decode(errors="ignore") + "…"
