"""Values that the CDK knows at deployment only, told without asking it."""

from __future__ import annotations

# How the CDK writes such a value as a text, as an item of a list, and as a number: one far below any that people write.
_MARKERS = ("${Token[", "#{Token[")
_NUMBERS_BELOW = -1e288


def is_deploy_time_value(value: object) -> bool:
    """Tell whether a text or number is, or holds, what is known at deployment only: a parameter, an attribute.

    ``Token.is_unresolved`` says the same; each of its answers is a call into the CDK.
    """
    if isinstance(value, str):
        return any(marker in value for marker in _MARKERS)
    return isinstance(value, float) and value < _NUMBERS_BELOW
