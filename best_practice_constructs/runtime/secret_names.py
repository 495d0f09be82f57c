"""Tell whether a field's name looks like that of a secret, which no event may carry."""

from __future__ import annotations

import re

_SECRETS = (
    ("password",), ("passwd",), ("passphrase",), ("secret",), ("secrets",), ("token",), ("credential",),
    ("credentials",), ("cvv",), ("cvc",), ("pin",), ("otp",), ("api", "key"), ("apikey",), ("access", "key"),
    ("private", "key"), ("signing", "key"), ("encryption", "key"), ("card", "number"), ("authorization",),
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def looks_secret(name: str) -> bool:
    """Tell whether ``name`` (``card_number``, ``apiKey``) looks like a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return any(
        tuple(words[start : start + len(secret)]) == secret
        for secret in _SECRETS
        for start in range(len(words) - len(secret) + 1)
    )
