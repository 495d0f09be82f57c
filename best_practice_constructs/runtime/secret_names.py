"""Tell whether a field's name looks like that of a secret, which no event may carry.

A secret opens something for whoever reads it: a password, a token, a key, a connection string, a card's number and
code. What is merely personal (an IBAN, an e-mail address, a social security number) is none: invoices need it, and who
may read it is for the bus, its archive and the consumers to say.
"""

from __future__ import annotations

import re

# In the singular; the words of a name are compared without their plural's s.
_SECRETS = (
    ("password",), ("passwd",), ("passphrase",), ("passcode",), ("pwd",), ("secret",), ("token",), ("jwt",),
    ("bearer",), ("credential",), ("cvv",), ("cvc",), ("cvv2",), ("pin",), ("pincode",), ("otp",), ("totp",),
    ("api", "key"), ("apikey",), ("access", "key"), ("accesskey",), ("private", "key"), ("privatekey",),
    ("signing", "key"), ("encryption", "key"), ("secretkey",), ("account", "key"), ("ssh", "key"), ("card", "number"),
    ("cardnumber",), ("card", "no"), ("security", "code"), ("verification", "code"), ("connection", "string"),
    ("connectionstring",), ("sas", "url"), ("presigned", "url"), ("signed", "url"), ("session", "id"),
    ("sessionid",), ("authorization",), ("cookie",),
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COUNTED = frozenset({"count", "total", "limit", "length", "used", "sold", "number", "name", "type", "expire", "hint"})


def looks_secret(name: str) -> bool:
    """Tell whether ``name`` (``card_number``, ``apiKeys``) looks like a secret.

    What is said of a secret is none: ``token_count``, ``secret_name``, ``password_expires_at``.
    """
    words = [_singular(word.lower()) for word in _WORDS.findall(name)]
    return any(
        tuple(words[start : start + len(secret)]) == secret and not _COUNTED & {*words[start + len(secret) :]}
        for secret in _SECRETS
        for start in range(len(words) - len(secret) + 1)
    )


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
